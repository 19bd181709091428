from django.db import models
from django.db.models import Q
from django.urls import reverse

from ogp_network.comparison import compare
from profiles.models import Member

from ..note_record import parts_of, without_names
from .note import Note


class NoteErratumQuerySet(models.QuerySet):
    def with_comparison(self):
        return self.exclude(text_before="")

    def by_newest(self):
        return self.order_by("-corrected_at", "-pk")

    def in_public_notes(self):
        return self.filter(note__published_at__isnull=False, note__meeting__announced_at__isnull=False)

    def for_data(self):
        """With their meetings, and without the texts."""
        with_meetings = self.select_related("note__meeting").defer("text_after")
        return with_meetings.by_newest()

    def record(self, note, *, before, after, explanation, by, now):
        """Keep what a public note said before and after; without either where only names were left out."""
        names = note.unnamed_people()
        texts = [without_names(text, names) for text in (before, after)]
        if texts[0] == texts[1]:
            texts = ["", ""]
        return self.create(
            note=note,
            explanation=without_names(explanation, names),
            text_before=texts[0],
            text_after=texts[1],
            corrected_by=by,
            corrected_at=now,
        )

    def forget_unnamed(self, meeting):
        """Leave out of what earlier texts said the names of those who don't want to be named now."""
        for erratum in self.filter(note__meeting=meeting).select_related("note__meeting"):
            erratum.leave_out(erratum.note.unnamed_people())


class NoteErratum(models.Model):
    """A dated correction of a public note, with what it said before and after, unless that would name somebody."""

    note = models.ForeignKey(Note, on_delete=models.PROTECT, related_name="errata")
    explanation = models.TextField(max_length=1000)
    text_before = models.TextField(blank=True)
    text_after = models.TextField(blank=True)
    corrected_at = models.DateTimeField()
    corrected_by = models.ForeignKey(Member, on_delete=models.SET_NULL, null=True, related_name="note_errata")

    objects = NoteErratumQuerySet.as_manager()

    class Meta:
        verbose_name = "erratum of a note"
        verbose_name_plural = "errata of notes"
        constraints = [
            models.CheckConstraint(condition=~Q(explanation=""), name="note_erratum_with_explanation"),
            models.CheckConstraint(
                condition=Q(text_before="", text_after="")
                | (~Q(text_before="") & ~Q(text_after="") & ~Q(text_before=models.F("text_after"))),
                name="note_erratum_with_two_texts_or_none",
            ),
        ]

    def __str__(self):
        return f"Correction of {self.corrected_at:%Y-%m-%d}"

    def get_absolute_url(self):
        return reverse("meetings:erratum_detail", args=[self.note.meeting.slug, self.pk])

    @property
    def has_comparison(self):
        return self.text_before != ""

    def is_visible_to(self, user):
        """It belongs to the public note: as long as that is with its writers, nobody reads of its past."""
        return self.note.is_published and self.note.meeting.is_visible_to(user)

    def leave_out(self, names):
        before, after = (without_names(text, names) for text in (self.text_before, self.text_after))
        self.text_before, self.text_after = ("", "") if before == after else (before, after)
        self.explanation = without_names(self.explanation, names)
        self.save(update_fields=["text_before", "text_after", "explanation"])

    def changes(self):
        """For each heading whose text it changed, the heading, True, and the comparison's passages.

        The names of those who don't want to be named now are left out.
        """
        names = self.note.unnamed_people()
        before, after = (parts_of(without_names(text, names)) for text in (self.text_before, self.text_after))
        pairs = {
            heading: (before.get(heading, ""), after.get(heading, "")) for heading in {**before, **after}
        }
        return [(heading, True, compare(*pair)) for heading, pair in pairs.items() if pair[0] != pair[1]]
