"""How notes are found: by the words that everybody can read in them."""

import html
from dataclasses import dataclass

from django.conf import settings
from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.search import (
    SearchHeadline,
    SearchQuery,
    SearchRank,
    SearchVector,
    SearchVectorField,
)
from django.db import connection, models, transaction
from django.db.models import F
from django.utils.formats import date_format
from django.utils.html import strip_tags
from django.utils.translation import override

from ogp_network.highlighting import END_MARK, MARK, Passages
from ogp_network.read_only import is_read_only
from profiles.spelling import is_slip

from .note import Note

# English stems, with accents taken off first; made by a migration.
LANGUAGE = "meetings_english"
# A number of our own: with a note's key it makes the lock that the words of the note are written under.
LOCK = 2014_1115
RENEWED_AT_ONCE = 200
LIKELIEST = 3


@dataclass(frozen=True)
class Search:
    """What is looked for: the words as typed or, where no note has them all, words spelt like `misspelt`."""

    text: str
    query: SearchQuery
    misspelt: tuple[str, ...] = ()

    @classmethod
    def among(cls, words, text):
        """The search for `text`, in the words of a web search, that finds something among `words` if any does."""
        typed = SearchQuery(text, config=LANGUAGE, search_type="websearch")
        if words.filter(search=typed).exists():
            return cls(text, typed)
        meant = NoteWords.objects.spelt_like(_stems(text))
        new = [stem for stem, known in meant.items() if known and stem not in known]
        if not new:
            return cls(text, typed)
        query = None
        for stem, known in meant.items():
            any_of_them = _any_of([stem] if stem in known else known or [stem])
            query = any_of_them if query is None else query & any_of_them
        return cls(text, query, misspelt=tuple(_as_typed(stem, text) for stem in new))


def _any_of(lexemes):
    first, *others = (SearchQuery(lexeme, config="simple") for lexeme in lexemes)
    for other in others:
        first = first | other
    return first


def _stems(text):
    with connection.cursor() as cursor:
        cursor.execute("SELECT tsvector_to_array(to_tsvector(%s::regconfig, %s))", [LANGUAGE, text])
        return cursor.fetchone()[0]


def _as_typed(stem, text):
    return next((word for word in text.split() if word.lower().startswith(stem)), stem)


class NoteWordsQuerySet(models.QuerySet):
    def renew(self):
        """Write down the words of the public notes that have none, because something in them changed.

        A trigger forgets them at every change, so that nothing is found that isn't there any more.
        """
        while not is_read_only() and (missing := self._missing()):
            with transaction.atomic():
                self._lock(missing)
                notes = Note.objects.public().filter(pk__in=missing, words=None)
                self.bulk_create([_words_of(note) for note in _with_all(notes)], ignore_conflicts=True)

    def _missing(self):
        notes = Note.objects.public().filter(words=None).order_by("pk")
        return list(notes.values_list("pk", flat=True)[:RENEWED_AT_ONCE])

    def _lock(self, notes):
        """Whoever changes something in these notes meanwhile waits, and then forgets what is written here."""
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT pg_advisory_xact_lock(%s, hashint8(note)) FROM unnest(%s::bigint[]) AS note",
                [LOCK, notes],
            )

    def public(self):
        return self.filter(note__published_at__isnull=False, note__meeting__announced_at__isnull=False)

    def matching(self, search: Search):
        return self.filter(search=search.query)

    def with_highlights(self, search: Search):
        """Annotate `title_found` and `text_found`: with marks around what matches, and not escaped."""
        words = {"query": search.query, "config": LANGUAGE, "start_sel": MARK, "stop_sel": END_MARK}
        return self.annotate(
            title_found=SearchHeadline("title", highlight_all=True, **words),
            text_found=Passages("text", **words),
        )

    def for_list(self):
        return self.select_related("note__meeting").defer("search")

    def by_relevance(self, search: Search):
        rank = SearchRank(F("search"), search.query)
        return self.order_by(rank.desc(), "-note__meeting__held_on", "-pk")

    def by_latest(self):
        return self.order_by("-note__meeting__held_on", "-pk")

    def spelt_like(self, stems) -> dict[str, list[str]]:
        """For each stem, itself where a public note has it, else at most three that somebody may have meant by it."""
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT typed.stem, known.word FROM ts_stat('SELECT search FROM meetings_notewords') known"
                " JOIN unnest(%s::text[]) AS typed (stem) ON similarity(known.word, typed.stem) >= 0.25"
                " ORDER BY similarity(known.word, typed.stem) DESC, known.ndoc DESC, known.word",
                [list(stems)],
            )
            near = {stem: [] for stem in stems}
            for stem, word in cursor.fetchall():
                near[stem].append(word)
        return {
            stem: [stem] if stem in words else [word for word in words if is_slip(stem, word)][:LIKELIEST]
            for stem, words in near.items()
        }


class NoteWords(models.Model):
    """What everybody can read in a public note, to be searched; there is none where it changed since."""

    note = models.OneToOneField(Note, on_delete=models.CASCADE, primary_key=True, related_name="words")
    title = models.TextField()
    text = models.TextField()
    search = models.GeneratedField(
        expression=SearchVector("title", weight="A", config=LANGUAGE)
        + SearchVector("text", weight="B", config=LANGUAGE),
        output_field=SearchVectorField(),
        db_persist=True,
    )

    objects = NoteWordsQuerySet.as_manager()

    class Meta:
        indexes = [GinIndex(fields=["search"], name="note_words_search")]

    def __str__(self):
        return self.title


def _with_all(notes):
    return notes.select_related("meeting").prefetch_related(
        "points",
        "sections",
        "links",
        "actions__owner_organisation",
        "meeting__attendances__organisation",
    )


@override(settings.LANGUAGE_CODE)
def _words_of(note):
    meeting = note.meeting
    parts = [date_format(meeting.held_on, "DATE_FORMAT"), meeting.venue, meeting.summary]
    parts += [point.text for point in note.points.all()]
    for section in note.sections.all():
        parts += [section.heading, _plain(section.body_html)]
    for action in note.actions.all():
        parts += [action.text, action.owner]
    parts += [link.title for link in note.links.all()]
    if not meeting.is_cancelled:
        parts += [_named(attendance) for attendance in meeting.attendances.all() if attendance.is_named]
    return NoteWords(note=note, title=meeting.title, text=" · ".join(filter(None, map(_on_one_line, parts))))


def _named(attendance):
    organisation = attendance.public_organisation or attendance.public_organisation_name
    return f"{attendance.public_name}, {organisation}" if organisation else attendance.public_name


def _plain(markup):
    return html.unescape(strip_tags(markup.replace("<", " <")))


def _on_one_line(text):
    return " ".join(text.split())
