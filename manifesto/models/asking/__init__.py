"""The common statement, what it asks for, and who puts their name to it."""

from .endorsement import Endorsement, refusal_to_endorse
from .own_ask import OwnAsk
from .sign_off import SignOff
from .signature import Signature
from .statement import Ask, AskWording, Statement, StatementVersion

__all__ = [
    "Ask",
    "AskWording",
    "Endorsement",
    "OwnAsk",
    "SignOff",
    "Signature",
    "Statement",
    "StatementVersion",
    "refusal_to_endorse",
]
