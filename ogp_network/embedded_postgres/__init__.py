"""A database backend for Django that brings its own PostgreSQL server, for development and tests."""
