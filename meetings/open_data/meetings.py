from django.utils.translation import gettext_lazy as _

from ogp_network.datasets import Column, Dataset, Kind
from profiles.open_data import AREA_CODES, AREAS, address

from ..models import Attendance, Meeting

LANGUAGE = Column(
    "language", _("The language it is written in, as BCP 47 has it."), of="language_tag", is_required=True
)
KINDS = tuple(Meeting.Kind.values)
KIND = Column("kind", _("What sort of meeting it is."), choices=KINDS, is_required=True)
HELD_ON = Column("held_on", _("The day it was or is to be held on."), Kind.DATE, is_required=True)
TOLD_ON = Column(
    "told_on", _("The day people were told of its date; empty where nobody recorded it."), Kind.DATE
)
DAYS_OF_NOTICE = Column(
    "days_of_notice",
    _("The days from then to the day itself, below nought if people were told afterwards."),
    Kind.INTEGER,
)
IS_CANCELLED = Column("is_cancelled", _("Whether it was called off."), Kind.BOOLEAN, is_required=True)


def of_meeting(path="meeting"):
    """Columns that say which meeting a row is of, which an object has at the end of `path`."""
    return (
        Column(
            "meeting", _("The end of the address of the meeting’s page."), of=f"{path}.slug", is_required=True
        ),
        Column("held_on", _("The day of the meeting."), Kind.DATE, of=f"{path}.held_on", is_required=True),
    )


MEETINGS = Dataset(
    name="meetings",
    title=_("Meetings"),
    words=_(
        "Every meeting that was announced, past or to come. Times are those of clocks in the United Kingdom."
    ),
    public=lambda now: Meeting.objects.announced().for_data().by_latest(),
    key=("slug",),
    columns=(
        Column("slug", _("The end of its page’s address, and what the API calls it."), is_required=True),
        Column("address", _("Where its page is."), Kind.ADDRESS, of=address, is_required=True),
        Column("title", _("Its title."), is_required=True),
        LANGUAGE,
        KIND,
        Column("areas", AREA_CODES, choices=AREAS, is_list=True),
        HELD_ON,
        Column("starts_at", _("When it begins, if that is known."), Kind.TIME),
        Column("ends_on", _("Its last day, if it is a later one."), Kind.DATE),
        Column("ends_at", _("When it ends, if that is known."), Kind.TIME),
        Column("venue", _("Where it is held.")),
        Column("map", _("A page with a map of the way there."), Kind.ADDRESS, of="map_url"),
        Column("has_remote_access", _("Whether people can join remotely."), Kind.BOOLEAN, is_required=True),
        Column("summary", _("What it is about.")),
        Column("agenda", _("Its agenda, in Markdown.")),
        Column("topics", _("What it shares with other meetings."), of=lambda m: m.topics.all(), is_list=True),
        Column(
            "organisers",
            _("The organisations that hold it."),
            of=lambda meeting: meeting.organisers.all(),
            is_list=True,
        ),
        Column("institution", _("The public body that invites to it, if one does.")),
        TOLD_ON,
        DAYS_OF_NOTICE,
        IS_CANCELLED,
        Column("cancellation_reason", _("Why it was called off.")),
        Column("has_note", _("Whether its note is public."), Kind.BOOLEAN, is_required=True),
        Column(
            "attendees",
            _("How many were there, as its public note says."),
            Kind.INTEGER,
            of="attendee_count",
            is_required=True,
        ),
    ),
)

NOTICE = Dataset(
    name="notice",
    title=_("Notice of chances to be heard"),
    words=_(
        "How many days of notice people got of meetings with ministers, forums, workshops, roundtables and hustings, "
        "and of whatever else a public body invites to. Those cancelled are not in the figures on the site’s page."
    ),
    public=lambda now: Meeting.objects.announced().engagements().for_notice().by_latest(),
    key=("address",),
    columns=(
        Column("address", _("The meeting’s page."), Kind.ADDRESS, of=address, is_required=True),
        Column("title", _("Its title."), is_required=True),
        KIND,
        Column("institution", _("The public body that invited to it, if one did.")),
        TOLD_ON,
        HELD_ON,
        DAYS_OF_NOTICE,
        IS_CANCELLED,
    ),
)

ATTENDEES = Dataset(
    name="attendees",
    title=_("Attendees"),
    words=_(
        "Who was at the meetings whose notes are public. Whoever doesn’t want to be named is a row without a name, and "
        "can say so at any time, so there are no files of earlier days."
    ),
    public=lambda now: Attendance.objects.in_published_notes().for_data(),
    is_kept=False,
    columns=(
        *of_meeting(),
        Column(
            "name",
            _("Their name; initials or “A member” for somebody who isn’t named."),
            of="public_name",
            is_required=True,
            is_personal=True,
        ),
        Column("is_named", _("Whether they are named."), Kind.BOOLEAN, is_required=True),
        Column(
            "organisation",
            _("Where they come from, as far as they are named."),
            of=lambda person: person.public_organisation or person.public_organisation_name,
            is_personal=True,
        ),
        Column(
            "side",
            _("Which side of the table they sat on."),
            choices=tuple(Attendance.Side.values),
            is_required=True,
        ),
        Column(
            "role",
            _("What they did there, if anything in particular."),
            of=lambda person: person.role if person.is_named else None,
            choices=tuple(Attendance.Role.values),
        ),
        Column(
            "joined_remotely",
            _("Whether they took part from afar, as far as they are named."),
            Kind.BOOLEAN,
            of="joined_remotely_in_public",
            is_required=True,
        ),
        Column(
            "sent_apologies", _("Whether they couldn’t come and said so."), Kind.BOOLEAN, is_required=True
        ),
    ),
)
