"""Words that notes put before or above their parts."""

from .attendees import ROLES

PRESENT = frozenset(
    (
        *(
            "attendees",
            "attendee list",
            "list of attendees",
            "attendance",
            "present",
            "in attendance",
            "attending",
        ),
        *("participants", "people present", "those present", "who was there", "who came", "members present"),
        *("also present", "also attending", "also in attendance", "attended", "who attended", "attended by"),
    )
)
KEY_POINTS = frozenset(
    (
        *(
            "key points",
            "key point",
            "summary of key points",
            "key messages",
            "main points",
            "headlines",
            "highlights",
        ),
        *("in short", "in brief", "summary points", "key discussion points", "key takeaways", "takeaways"),
    )
)
DECISIONS = frozenset(
    (
        *("decisions", "decision", "decisions taken", "decisions made", "decisions agreed", "resolutions"),
        *("agreed", "we agreed", "what we agreed", "what was agreed", "agreed decisions"),
    )
)
ACTIONS = frozenset(
    (
        *(
            "actions",
            "action",
            "action points",
            "action point",
            "action items",
            "agreed actions",
            "actions agreed",
        ),
        *("next actions", "summary of actions", "list of actions", "actions arising", "action list", "ap"),
    )
)
AUTHORS = frozenset(
    (
        *(
            "note by",
            "notes by",
            "note taken by",
            "notes taken by",
            "written by",
            "note written by",
            "minutes by",
        ),
        *(
            "minutes taken by",
            "minute taker",
            "note taker",
            "note-taker",
            "notetaker",
            "author",
            "recorded by",
        ),
        *("scribe", "minute-taker", "written up by", "note written up by"),
    )
)
DATES = frozenset(
    ("date", "when", "date and time", "meeting date", "date of meeting", "date & time", "held on")
)
TIMES = frozenset(("time", "times"))
VENUES = frozenset(("venue", "where", "location", "place"))
TITLES = frozenset(("title", "meeting", "subject", "meeting title"))
SUMMARIES = frozenset(("summary", "introduction", "about"))
NOTE_WORDS = frozenset(
    (
        *("meeting note", "meeting notes", "note of the meeting", "notes of the meeting", "note of meeting"),
        *(
            "notes",
            "note",
            "minutes",
            "meeting minutes",
            "minutes of the meeting",
            "notes of meeting",
            "draft minutes",
        ),
        *("minutes of meeting", "draft note", "draft notes", "meeting summary", "summary note"),
    )
)
CHAIRS = {
    **{key: role for key, role in ROLES.items() if role != "note_taker"},
    **dict.fromkeys(("chaired by", "facilitator and chair", "meeting chair"), "chair"),
    **dict.fromkeys(("co-chaired by", "joint chairs"), "co_chair"),
}

KINDS = [
    ("workshop", ("workshop",)),
    ("roundtable", ("roundtable", "round table")),
    ("hustings", ("hustings",)),
    ("expert_group", ("expert group",)),
    ("steering", ("steering",)),
    ("forum", ("forum",)),
    (
        "ministerial",
        ("minister ", "minister,", "minister)", "minister for", "secretary of state", "ministerial"),
    ),
]


def kind_of(title: str, summary: str) -> str:
    """The kind of meeting its title names, else its first words; nothing where neither does."""
    for text in (title, summary[:500]):
        words = f"{text.casefold()} "
        for kind, signs in KINDS:
            if any(sign in words for sign in signs):
                return kind
    return ""
