"""How everything on the site is found that everybody can read, of whatever kind, in one ranked list."""

from collections import Counter
from dataclasses import dataclass
from datetime import date

from django.contrib.postgres.search import SearchHeadline, SearchQuery, SearchRank
from django.db import connection, models
from django.db.models import F, Value
from django.db.models.functions import ExtractYear

from manifesto.models import Lexeme
from manifesto.models.lexeme import LANGUAGE, LexemeQuery
from meetings.models import NoteWords
from ogp_network.highlighting import END_MARK, MARK, Passages
from profiles.spelling import is_slip

from .kinds import KINDS, Kind

# Up to how many of each kind, the latest, are ranked by how well they match.
RANKED = 1000
LIKELIEST = 3
# What a word is worth where it stands: in words that explain, in the text, in what is important, in the title.
WORTH = [0.1, 0.3, 0.4, 1.0]
# PostgreSQL's own: a rank is divided by 1 and the logarithm of how long the text is.
BY_LENGTH = Value(1)

# What else people read on the site than ideas, whose words are counted beside them: only what is public.
OTHER_WORDS = """
    SELECT search FROM profiles_storywords
    UNION ALL SELECT words.search FROM meetings_notewords words
        JOIN meetings_note note ON note.id = words.note_id JOIN meetings_meeting meeting ON meeting.id = note.meeting_id
        WHERE note.published_at IS NOT NULL AND meeting.announced_at IS NOT NULL
    UNION ALL SELECT to_tsvector(''profiles_english'', name || '' '' || summary) FROM profiles_organisation
    UNION ALL SELECT version.search FROM ogp_network_pageversion version
        JOIN ogp_network_page page ON page.public_id = version.id WHERE page.withdrawn_at IS NULL
    UNION ALL SELECT version.search FROM ogp_network_postversion version
        JOIN ogp_network_post post ON post.public_id = version.id WHERE post.withdrawn_at IS NULL
    UNION ALL SELECT to_tsvector(''manifesto_english'', concat_ws('' '', asked.title, asked.summary, asked.solution,
        asked.problem, asked.results, asked.done_so_far, asked.relevance, asked.lead_institution,
        asked.supporting_government, asked.supporting_civil_society, asked.supporting_others))
        FROM manifesto_commitment asked LEFT JOIN manifesto_round round ON round.id = asked.round_id
        LEFT JOIN manifesto_actionplan plan ON plan.id = asked.plan_id WHERE asked.published_at IS NOT NULL
        AND (round.announced_at IS NOT NULL OR plan.published_at IS NOT NULL)
    UNION ALL SELECT to_tsvector(''manifesto_english'', pack.title) FROM manifesto_commitmentpack pack
        JOIN manifesto_round round ON round.id = pack.round_id WHERE round.announced_at IS NOT NULL
    UNION ALL SELECT words.search FROM manifesto_statementwords words
        JOIN manifesto_statement statement ON statement.id = words.statement_id
        WHERE statement.published_at IS NOT NULL
    UNION ALL SELECT to_tsvector(''manifesto_english'', name) FROM manifesto_institutionname
    UNION ALL SELECT to_tsvector(''manifesto_english'', said.topline || '' '' || said.quotation)
        FROM manifesto_position said LEFT JOIN manifesto_ask ask ON ask.id = said.ask_id
        LEFT JOIN manifesto_statement statement ON statement.id = ask.statement_id
        LEFT JOIN manifesto_commitment asked ON asked.id = said.commitment_id
        LEFT JOIN manifesto_round round ON round.id = asked.round_id
        WHERE said.published_at IS NOT NULL AND said.withdrawn_on IS NULL AND (statement.published_at IS NOT NULL
            OR asked.published_at IS NOT NULL AND round.announced_at IS NOT NULL)
        AND NOT EXISTS (SELECT FROM manifesto_position later
            WHERE later.corrects_id = said.id AND later.published_at IS NOT NULL)
    UNION ALL SELECT to_tsvector(''manifesto_english'', said.reasons)
        FROM manifesto_governmentanswer said JOIN manifesto_expectedanswer expected ON expected.id = said.expected_id
        LEFT JOIN manifesto_idea idea ON idea.id = expected.idea_id
        LEFT JOIN manifesto_decision decision ON decision.idea_id = idea.id
        LEFT JOIN manifesto_round decided ON decided.id = idea.round_id
        LEFT JOIN manifesto_commitment asked ON asked.id = expected.commitment_id
        LEFT JOIN manifesto_round round ON round.id = asked.round_id
        LEFT JOIN manifesto_actionplan plan ON plan.id = asked.plan_id
        WHERE said.published_at IS NOT NULL AND said.withdrawn_on IS NULL
        AND (decision.position IS NOT NULL AND decided.shortlist_published_at IS NOT NULL
            AND decided.announced_at IS NOT NULL AND idea.published_at IS NOT NULL AND idea.survivor_id IS NULL
            OR asked.published_at IS NOT NULL AND (round.announced_at IS NOT NULL OR plan.published_at IS NOT NULL))
        AND NOT EXISTS (SELECT FROM manifesto_governmentanswer later
            WHERE later.corrects_id = said.id AND later.published_at IS NOT NULL)
"""


@dataclass(frozen=True)
class Find:
    """One thing that was found; `title` and `text` with marks around what matches, and not escaped."""

    kind: Kind
    title: str
    text: str
    on: date | None
    address: str


class SiteSearch:
    """A search for `text`, in the words of a web search, of what everybody can read in `language`.

    Where nothing has the words as typed, those spelt like `misspelt` are looked for instead; then `known` are those
    that something has. `is_empty` says that there were only signs and the commonest of words.
    """

    def __init__(self, text, *, language):
        self.text, self.language = text, language
        self.misspelt, self.known, self.is_empty = (), (), False
        NoteWords.objects.renew()
        self.query = SearchQuery(text, config=LANGUAGE, search_type="websearch")
        self.counts = self._count()
        if not self.counts:
            self._look_for_what_was_meant()

    def _count(self):
        """How many match, by kind and year; a year is None for what belongs to none."""
        counted = [
            kind.found(self.query, self.language)
            .order_by()
            .annotate(of_kind=Value(kind.name), of_year=ExtractYear(kind.on))
            .values_list("of_kind", "of_year")
            .annotate(models.Count("pk"))
            for kind in KINDS.values()
        ]
        return Counter({(kind, year): number for kind, year, number in _together(counted)})

    def _look_for_what_was_meant(self):
        meant = meant_by(self.text)
        self.is_empty = not meant
        self.known = tuple(_as_typed(stem, self.text) for stem, words in meant.items() if words == [stem])
        new = [stem for stem, words in meant.items() if words and words != [stem]]
        if new:
            self.query = LexemeQuery(*(words or [stem] for stem, words in meant.items()))
            self.counts = self._count()
            self.misspelt = tuple(_as_typed(stem, self.text) for stem in new) if self.counts else ()

    def count_by_kind(self, year=None):
        """Pairs of a kind and how many there are of it, in that year if one is given."""
        return [
            (
                kind,
                sum(n for (name, of), n in self.counts.items() if name == kind.name and year in (None, of)),
            )
            for kind in KINDS.values()
        ]

    def count_by_year(self, kind=None):
        """Pairs of a year and how many belong to it, the latest first."""
        years = Counter()
        for (name, year), number in self.counts.items():
            if year and kind in (None, name):
                years[year] += number
        return sorted(years.items(), reverse=True)

    def count(self, kind=None, year=None):
        """How many there are, and how many of them are ranked."""
        numbers = [n for of, n in self.count_by_kind(year) if kind in (None, of.name)]
        return sum(numbers), sum(min(number, RANKED) for number in numbers)

    def ranked(self, first, last, kind=None, year=None):
        """What stands from place `first` to before `last`, the best match first. Two queries, whatever is found."""
        ranked = _together(
            [self._ranked(each, year) for each in KINDS.values() if kind in (None, each.name)],
        ).order_by("-rank", F("on_day").desc(nulls_last=True), "of_kind", "-of_key")
        places = [(name, key) for name, key, _, _ in ranked[first:last]]
        found = self._with_highlights(places)
        return [found[place] for place in places if place in found]

    def _ranked(self, kind, year):
        latest = kind.found(self.query, self.language).annotate(on_day=kind.on)
        if year:
            latest = latest.filter(on_day__year=year)
        latest = latest.order_by(F("on_day").desc(nulls_last=True), "-pk")
        rows = kind.rows(self.language).filter(pk__in=latest.values("pk")[:RANKED])
        rank = SearchRank(F(kind.search), self.query, weights=WORTH, normalization=BY_LENGTH)
        rows = rows.annotate(of_kind=Value(kind.name), of_key=F("pk"), on_day=kind.on, rank=rank)
        return rows.order_by().values_list("of_kind", "of_key", "on_day", "rank")

    def _with_highlights(self, places):
        """The things at these places, by their kind's name and key."""
        if not places:
            return {}
        keys = {name: [key for of, key in places if of == name] for name, _ in places}
        rows = _together([self._highlighted(KINDS[name], of) for name, of in keys.items()])
        return {
            (name, key): Find(KINDS[name], title, text, on, KINDS[name].address(slug, number))
            for name, key, title, text, on, slug, number in rows
        }

    def _highlighted(self, kind, keys):
        words = {"query": self.query, "config": LANGUAGE, "start_sel": MARK, "stop_sel": END_MARK}
        rows = kind.rows(self.language).filter(pk__in=keys).order_by()
        return rows.annotate(
            of_kind=Value(kind.name),
            of_key=F("pk"),
            title_found=SearchHeadline(kind.title, highlight_all=True, **words),
            text_found=Passages(kind.text, **words),
            on_day=kind.on,
            address_slug=F(kind.slug),
            address_number=F(kind.number),
        ).values_list(
            "of_kind", "of_key", "title_found", "text_found", "on_day", "address_slug", "address_number"
        )


def _together(querysets):
    first, *others = querysets
    return first.union(*others, all=True) if others else first


def meant_by(text) -> dict[str, list[str]]:
    """For each stem in `text`, itself where something public has it, else at most three that may have been meant."""
    counted = Lexeme.objects.of(text)
    elsewhere = _near_elsewhere(list(counted))
    meant = {}
    of_ideas = Lexeme.objects.spelt_like([stem for stem, ideas in counted.items() if not ideas])
    for stem, ideas in counted.items():
        if ideas or stem in elsewhere[stem]:
            meant[stem] = [stem]
        else:
            near = [word for word in elsewhere[stem] if is_slip(stem, word)]
            meant[stem] = list(dict.fromkeys([*of_ideas.get(stem, []), *near]))[:LIKELIEST]
    return meant


def _near_elsewhere(stems):
    """For each stem the words of all but ideas that are spelt somewhat like it, the likeliest first."""
    near = {stem: [] for stem in stems}
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT typed.stem, known.word FROM ts_stat('{OTHER_WORDS}') known"
            " JOIN unnest(%s::text[]) AS typed (stem) ON similarity(known.word, typed.stem) >= 0.25"
            " ORDER BY similarity(known.word, typed.stem) DESC, known.ndoc DESC, known.word",
            [stems],
        )
        for stem, word in cursor.fetchall():
            near[stem].append(word)
    return near


def _as_typed(stem, text):
    return next((word for word in text.split() if word.lower().startswith(stem)), stem)
