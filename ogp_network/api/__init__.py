"""The open data for other programs to ask for a little at a time: read only, in JSON, described by OpenAPI."""
