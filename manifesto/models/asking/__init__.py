"""The common statement, what it asks for, and who puts their name to it."""

from .statement import Ask, AskWording, Statement, StatementVersion

__all__ = ["Ask", "AskWording", "Statement", "StatementVersion"]
