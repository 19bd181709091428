"""The demonstration: three rounds, meetings and stories, with dates relative to the day they are loaded."""

from .load import ACCOUNTS, PASSWORD, load

__all__ = ["ACCOUNTS", "PASSWORD", "load"]
