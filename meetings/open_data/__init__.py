"""The meetings, notes and actions that everybody may have as data."""

from .actions import ACTION_EVENTS, ACTIONS
from .meetings import ATTENDEES, MEETINGS, NOTICE
from .notes import NOTE_DECISIONS, NOTE_ERRATA, NOTES

DATASETS = (MEETINGS, NOTICE, ATTENDEES, NOTES, NOTE_DECISIONS, NOTE_ERRATA, ACTIONS, ACTION_EVENTS)
