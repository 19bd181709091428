"""How ideas are found: by the words people search for, and by likeness to an idea that is being written."""

from collections import Counter
from dataclasses import dataclass, replace
from math import log

from django.contrib.postgres.search import SearchHeadline, SearchQuery, SearchRank, TrigramSimilarity
from django.db import connection, models
from django.db.models import F, Value
from django.db.models.functions import Concat

from ogp_network.highlighting import END_MARK, MARK, Passages

from .lexeme import LANGUAGE, Lexeme, LexemeQuery

# The rest is tuned on tests/manifesto/paraphrases.toml and held to its time by the benchmark_search command.
# What a word in common is worth elsewhere, in why it is important, and in the title.
WORTH = [0.0, 0.3, 0.5, 1.0]
# What ts_rank makes of a single word of weight 1: the inverse of the sum of 1/n².
ONE_WORD = 0.6079
# How many of the rarest words are looked for, and at most how many ideas are compared for them.
TELLING_WORDS, COMPARED = 8, 200
# What the spelling of the whole title adds to the words in common, and from how alike an idea is worth showing.
SPELLING, ALIKE = 0.5, 0.2
# How many similar ideas people are asked to look at.
SIMILAR = 5
# Up to how many matches are ranked by how well they match.
RANKED = 3000

# What ideas are narrowed down by, and the column that its codes are in: one code, or a list of them.
FACETS = {"theme": "theme_code", "area": "areas", "level": "level", "value": "ogp_values", "status": "status"}
LISTS = {"areas", "ogp_values"}


@dataclass(frozen=True)
class Search:
    """What is looked for: the words as typed or, where no idea has them all, words spelt like `misspelt`."""

    text: str
    query: SearchQuery
    misspelt: tuple[str, ...] = ()
    is_empty: bool = False

    @classmethod
    def of(cls, text):
        """The search for the words as typed, in the syntax of a web search."""
        return cls(text, SearchQuery(text, config=LANGUAGE, search_type="websearch"))

    @classmethod
    def among(cls, ideas, text):
        """The search for `text` that finds something among `ideas` if any does."""
        typed = cls.of(text)
        if ideas.matching(typed).exists():
            return typed
        known = Lexeme.objects.of(text)
        new = [word for word, occurrences in known.items() if not occurrences]
        near = Lexeme.objects.spelt_like(new)
        groups = [near.get(word) or [word] for word in known]
        if not any(near.values()):
            return replace(typed, is_empty=not known)
        return cls(text, LexemeQuery(*groups), misspelt=_as_typed(new, text))


def _as_typed(stems, text):
    words = text.split()
    return tuple(next((word for word in words if word.lower().startswith(stem)), stem) for stem in stems)


class FindingQuerySet(models.QuerySet):
    def matching(self, search: Search):
        return self.filter(search=search.query)

    def by_relevance(self, search: Search):
        return self.order_by(SearchRank(F("search"), search.query).desc(), "-published_at", "-pk")

    def with_highlights(self, search: Search):
        """Annotate `title_found` and `text_found`: with marks around what matches, and not escaped."""
        words = {
            "query": search.query,
            "config": LANGUAGE,
            "start_sel": MARK,
            "stop_sel": END_MARK,
        }
        text = Concat("why", Value(" "), "how", Value(" "), "difference", output_field=models.TextField())
        return self.annotate(
            title_found=SearchHeadline("title", highlight_all=True, **words),
            text_found=Passages(text, **words),
        )

    def count_by_theme(self, round, chosen):
        """For each facet how many of these ideas there are by theme and code: {facet: {(theme, code): number}}.

        `chosen` is {facet: code}, without a theme. A facet's own choice doesn't narrow its counts: they say what
        another would show.
        """
        found = self.with_status(round).annotate(theme_code=F("theme__slug")).order_by()
        sql, parameters = found.values(*FACETS.values()).query.sql_with_params()
        parameters = list(parameters)
        selects = []
        for facet, column in FACETS.items():
            others = [name for name in chosen if name != facet]
            parameters += [chosen[name] for name in others]
            conditions = " AND ".join(["true", *(_has_code(FACETS[name]) for name in others)])
            selects.append(_count_by(facet, column, conditions))
        counts = {facet: {} for facet in FACETS}
        with connection.cursor() as cursor:
            cursor.execute(f"WITH found AS MATERIALIZED ({sql}) {' UNION ALL '.join(selects)}", parameters)
            for facet, theme, code, number in cursor.fetchall():
                counts[facet][theme, code] = number
        return counts

    def similar_to(self, title):
        """At most five that may say the same as an idea of this title, the most alike first, with their `likeness`."""
        words = dict(list(Lexeme.objects.of(title).items())[:TELLING_WORDS])
        if not words:
            return []
        spelt_like = self.filter(title__trigram_similar=title)
        worded_like = self.filter(search=_telling(words))
        # One list of keys to look up: either condition in the search itself would have it read every idea.
        keys = [ideas.order_by().values("pk")[:COMPARED] for ideas in (spelt_like, worded_like)]
        likeness = _words_in_common(words) + SPELLING * TrigramSimilarity("title", title)
        ideas = self.filter(pk__in=keys[0].union(keys[1])).annotate(likeness=likeness)
        return [idea for idea in ideas.order_by("-likeness", "-pk")[:SIMILAR] if idea.likeness >= ALIKE]


def _has_code(column):
    return f"%s = ANY({column})" if column in LISTS else f"{column} = %s"


def _count_by(facet, column, conditions):
    code, source = ("code", f"found, unnest({column}) AS code") if column in LISTS else (column, "found")
    return (
        f"SELECT '{facet}', theme_code, {code}::text, count(*) FROM {source} WHERE {conditions}"
        f" GROUP BY theme_code, {code}"
    )


def counts_within(theme, counts_by_theme):
    """Of what `count_by_theme` counted: for each facet how many ideas of a theme, or of all, have each of its codes.

    Those of the themes say what another theme would show.
    """
    counts = {facet: Counter() for facet in counts_by_theme}
    for facet, numbers in counts_by_theme.items():
        for (of, code), number in numbers.items():
            if facet == "theme" or theme in (None, of):
                counts[facet][code] += number
    return counts


def _telling(words):
    """A search for any of the rarest of `words`, or where even those are common, for several of them at once."""
    rare, seen = [], 0
    for word, ideas in words.items():
        seen += ideas
        if seen > COMPARED:
            break
        rare.append(word)
    return LexemeQuery(rare) if rare else LexemeQuery(*([word] for word in list(words)[:3]))


def _words_in_common(words):
    """How much of the rarity of `words` an idea has, between 0 and about 1: rare words tell more than common ones."""
    rarity = {word: 1 / (1 + log(1 + ideas)) for word, ideas in words.items()}
    whole = sum(rarity.values()) * ONE_WORD
    return sum(
        (
            Value(rarity[word] / whole) * SearchRank(F("search"), LexemeQuery([word]), weights=WORTH)
            for word in words
        ),
        start=Value(0.0),
    )
