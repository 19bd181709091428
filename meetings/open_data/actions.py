from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from ogp_network.datasets import Column, Dataset, Kind
from profiles.open_data import address

from ..models import Action, ActionEvent

STATUSES = tuple(Action.Status.values)


def _closed_on(action):
    closed_at = action.done_at or action.dropped_at
    return timezone.localdate(closed_at) if closed_at else None


ACTIONS = Dataset(
    name="actions",
    title=_("Actions"),
    words=_("What somebody promised at a meeting whose note is public, and whether they did it."),
    public=lambda now: Action.objects.in_public_notes().for_data(timezone.localdate(now)).by_latest(),
    key=("action_id",),
    is_kept=False,
    columns=(
        Column(
            "action_id",
            _("A number of its own, and what the API calls it."),
            Kind.INTEGER,
            "pk",
            is_required=True,
        ),
        Column(
            "address",
            _("Where its page with its whole history is."),
            Kind.ADDRESS,
            of=address,
            is_required=True,
        ),
        Column("action", _("What is to be done."), of="text", is_required=True),
        Column("owner", _("The person who does it, as published."), of="owner_name", is_personal=True),
        Column("organisation", _("The organisation that does it."), of="owner_organisation"),
        Column("due_on", _("The day it is due."), Kind.DATE),
        Column("due_text", _("When it is due, as written, where no day was named.")),
        Column(
            "status",
            _("How it stands."),
            of="status",
            choices=STATUSES,
            is_required=True,
        ),
        Column(
            "days_overdue",
            _("How many days an open action’s date has passed by."),
            Kind.INTEGER,
            of=lambda action: action.overdue_by.days if action.overdue_by else None,
        ),
        Column("closed_on", _("The day it was done or dropped."), Kind.DATE, of=_closed_on),
        Column("meeting", _("The meeting it was agreed at."), of="note.meeting.title", is_required=True),
        Column(
            "meeting_on",
            _("The day of that meeting."),
            Kind.DATE,
            of="note.meeting.held_on",
            is_required=True,
        ),
        Column(
            "note",
            _("Where the note of that meeting is."),
            Kind.ADDRESS,
            of=lambda action: address(action.note.meeting),
            is_required=True,
        ),
    ),
)

ACTION_EVENTS = Dataset(
    name="action-events",
    title=_("What became of actions"),
    words=_("What happened to each action after the note that it stands in: new dates, new owners, updates."),
    public=lambda now: ActionEvent.objects.public().of_public_actions().for_data(),
    key=("event_id",),
    is_kept=False,
    columns=(
        Column("event_id", _("A number of its own."), Kind.INTEGER, of="pk", is_required=True),
        Column("action_id", _("The action’s number."), Kind.INTEGER, is_required=True),
        Column(
            "action",
            _("Where the action’s page is."),
            Kind.ADDRESS,
            of=lambda e: address(e.action),
            is_required=True,
        ),
        Column(
            "kind",
            _("What happened."),
            choices=tuple(ActionEvent.Kind.values),
            is_required=True,
        ),
        Column("made_at", _("When it was recorded."), Kind.MOMENT, is_required=True),
        Column(
            "said_by",
            _("Who recorded it: its owner, or an editor."),
            of=lambda event: "owner" if event.is_from_owner else "editor",
            choices=("owner", "editor"),
            is_required=True,
        ),
        Column("words", _("What was said.")),
        Column(
            "meeting",
            _("The meeting it was carried to."),
            Kind.ADDRESS,
            of=lambda event: address(event.meeting),
        ),
        Column("before", _("The date or owner it had."), is_personal=True),
        Column("after", _("The date or owner it got."), is_personal=True),
    ),
)
