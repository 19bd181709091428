"""The common statement, what it asks for, and who puts their name to it."""

from .endorsement import Endorsement, refusal_to_endorse
from .own_ask import OwnAsk
from .sign_off import SignOff
from .signature import Signature
from .statement import Ask, AskWording, Statement, StatementVersion
from .statement_words import StatementWords

__all__ = [
    "Ask",
    "AskWording",
    "Endorsement",
    "OwnAsk",
    "SignOff",
    "Signature",
    "Statement",
    "StatementVersion",
    "StatementWords",
    "refusal_to_endorse",
]
