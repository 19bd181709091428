from django.utils.translation import gettext_lazy as _

from ogp_network.datasets import Column, Dataset, Kind
from profiles.open_data import address

from ..models import Note, NoteErratum, Point
from .meetings import of_meeting


def _text(note):
    return "\n\n".join(f"## {section.heading}\n\n{section.body}" for section in note.sections.all())


NOTES = Dataset(
    name="notes",
    title=_("Notes of meetings"),
    words=_(
        "What the public notes of meetings say. Names can be taken out of a note at any time, so there are no files of "
        "earlier days."
    ),
    public=lambda now: Note.objects.public().for_feed(),
    key=("meeting",),
    is_kept=False,
    columns=(
        *of_meeting(),
        Column("address", _("Where it is."), Kind.ADDRESS, of=address, is_required=True),
        Column("title", _("The title of the meeting."), of="meeting.title", is_required=True),
        Column(
            "language",
            _("The language it is written in, as BCP 47 has it."),
            of="meeting.language_tag",
            is_required=True,
        ),
        Column("written_by", _("Who wrote it."), is_required=True, is_personal=True),
        Column("published_at", _("When it was published."), Kind.MOMENT, is_required=True),
        Column(
            "changed_at",
            _("When it was last corrected in public, else when it was published."),
            Kind.MOMENT,
            of="changed_in_public_at",
            is_required=True,
        ),
        Column(
            "key_points",
            _("What to take away from it."),
            of=lambda note: [point for point in note.points.all() if point.is_key_point],
            is_list=True,
        ),
        Column(
            "decisions",
            _("What was decided."),
            of=lambda note: [point for point in note.points.all() if not point.is_key_point],
            is_list=True,
        ),
        Column("text", _("Its sections under their headings, in Markdown."), of=_text),
        Column(
            "links",
            _("The documents and pages it leads to."),
            Kind.ADDRESS,
            of=lambda note: [link.url for link in note.links.all()],
            is_list=True,
        ),
    ),
)

NOTE_DECISIONS = Dataset(
    name="note-decisions",
    title=_("Decisions in notes"),
    words=_("What was decided at meetings, as their public notes say."),
    public=lambda now: Point.objects.decisions().in_public_notes().for_data(),
    key=("decision_id",),
    is_kept=False,
    columns=(
        Column("decision_id", _("A number of its own."), Kind.INTEGER, of="pk", is_required=True),
        *of_meeting("note.meeting"),
        Column("decision", _("What was decided."), of="text", is_required=True),
    ),
)

NOTE_ERRATA = Dataset(
    name="note-errata",
    title=_("Corrections of notes"),
    words=_("When and why notes were corrected after they were published."),
    public=lambda now: NoteErratum.objects.in_public_notes().for_data(),
    key=("erratum_id",),
    is_kept=False,
    columns=(
        Column("erratum_id", _("A number of its own."), Kind.INTEGER, of="pk", is_required=True),
        *of_meeting("note.meeting"),
        Column("corrected_at", _("When it was corrected."), Kind.MOMENT, is_required=True),
        Column("explanation", _("What was wrong."), is_required=True),
        Column(
            "comparison",
            _("Where both texts are compared, unless only names were left out."),
            Kind.ADDRESS,
            of=lambda erratum: address(erratum) if erratum.has_comparison else None,
        ),
    ),
)
