"""The demonstration: three rounds, meetings, stories and news, with dates relative to the day they are loaded."""

from .load import ACCOUNTS, PASSWORD, load

__all__ = ["ACCOUNTS", "PASSWORD", "load"]
