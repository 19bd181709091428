"""What a panel's analysis says, in rows, words and pictures, for people to read."""

from collections import Counter
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from .coverage import coverage
from .panel import BORDERLINE, CLEAR_IN, CLEAR_OUT, Certainty
from .pictures import MOST_LABELS, Markup, heat_map, interval, letter, mark, scatter
from .ranking import Result, fixed
from .sensitivity import first_places

BANDS = {
    CLEAR_IN: gettext_lazy("Clear in"),
    BORDERLINE: gettext_lazy("Borderline"),
    CLEAR_OUT: gettext_lazy("Clear out"),
    None: gettext_lazy("Can’t tell"),
}
# Krippendorff's own thresholds are the first two.
AGREEMENT = [
    (
        Fraction(4, 5),
        gettext_lazy("They agree closely: another panel of such experts would most likely rank alike."),
    ),
    (
        Fraction(2, 3),
        gettext_lazy("They agree fairly well: the ranking is good for cautious conclusions."),
    ),
    (
        Fraction(2, 5),
        gettext_lazy("They agree in part: the ranking shows a tendency, and close places mean little."),
    ),
    (
        Fraction(1, 10),
        gettext_lazy("They agree little: the ranking is a start for talking it over, not a result."),
    ),
]
DISAGREEMENT = gettext_lazy(
    "They agree no more than chance would make them: the ranking tells next to nothing."
)
UNKNOWN = gettext_lazy(
    "There are too few answers, or they are too much alike, to tell how far the experts agree."
)
MOST_CONTESTED = 10


@dataclass(frozen=True)
class Standing:
    """Where an idea stands: what its scores come to, how much they tell, and how many stand behind it."""

    idea: object
    result: Result
    certainty: Certainty
    excluded: int
    outdated: int
    supporters: int
    ideas: int
    places: int

    @property
    def band_text(self) -> str:
        """The band's name alone."""
        return BANDS[self.certainty.band]

    @property
    def band(self) -> Markup:
        """The band's shape and name."""
        return _band(self.certainty.band)

    @property
    def bar(self) -> Markup | None:
        """Its rank interval as a picture."""
        label = _("Rank %(rank)s, interval %(interval)s, %(band)s") % {
            "rank": self.result.rank_text,
            "interval": self.interval_text,
            "band": BANDS[self.certainty.band].lower(),
        }
        return interval(self.certainty, self.result.rank, ideas=self.ideas, places=self.places, label=label)

    @property
    def interval_text(self):
        low, high = self.certainty.low_rank, self.certainty.high_rank
        if low is None:
            return "–"
        return str(low) if low == high else f"{low}–{high}"

    @property
    def probability_text(self):
        """To a whole percent, and never said to be certain where it isn't."""
        probability = self.certainty.probability
        if probability is None:
            return "–"
        text = fixed(100 * probability, 0)
        if text == "100" and probability < 1:
            return _("over %(share)s") % {"share": "99%"}
        if text == "0" and probability > 0:
            return _("under %(share)s") % {"share": "1%"}
        return f"{text}%"


class Report:
    """An analysis told to people: `ideas` by number, `criteria` in their order with their names and weights."""

    def __init__(self, panel, *, ideas, criteria):
        self.analysis, self.balance = panel.analysis, panel.balance
        self.ideas, self.criteria = ideas, list(criteria)
        self.standings = [
            Standing(
                idea=ideas[result.idea],
                result=result,
                certainty=certainty,
                excluded=panel.exclusions.get(result.idea, 0),
                outdated=panel.outdated.get(result.idea, 0),
                supporters=panel.supporters.get(result.idea, ideas[result.idea].supporters),
                ideas=len(self.analysis.results),
                places=self.analysis.places,
            )
            for result in self.analysis.results
            if result.idea in ideas
            for certainty in [self.analysis.certainty.get(result.idea, Certainty())]
        ]

    @property
    def first(self) -> list[int]:
        """The numbers of the ideas in the first places."""
        return first_places(self.analysis.results, self.analysis.places)

    @property
    def bands(self):
        """In words how many ideas are in each band, the best first."""
        counts = Counter(standing.certainty.band for standing in self.standings)
        return [(str(counts[band]), _band(band)) for band in BANDS if counts[band]]

    @property
    def is_sure_of_nothing(self):
        """Whether it says nothing of how much the ranking tells, as where fewer than two experts answered."""
        return all(standing.certainty.probability is None for standing in self.standings)

    @property
    def alpha_text(self):
        return _alpha(self.analysis.alpha)

    @property
    def alpha_words(self):
        alpha = self.analysis.alpha
        if alpha is None:
            return UNKNOWN
        return next((words for least, words in AGREEMENT if alpha >= least), DISAGREEMENT)

    @property
    def alphas(self):
        """Each criterion with its alpha."""
        found = self.analysis.alpha_by_criterion
        return [(criterion, _alpha(found.get(criterion.slug))) for criterion in self.criteria]

    @property
    def leeways(self):
        """Each criterion, and in words how far its weight can move before the first places change."""
        found = {leeway.criterion: leeway for leeway in self.analysis.sensitivity}
        return [(c, self._leeway(found[c.slug])) for c in self.criteria if c.slug in found]

    def _leeway(self, leeway):
        if not (leeway.down or leeway.up):
            return [_("However much or little it counts, the same ideas come first.")]
        cases = []
        if leeway.down:
            cases.append((self._below(leeway), _exchange(leeway.down)))
        if leeway.up:
            cases.append((self._above(leeway), _exchange(leeway.up)))
        return [_("%(condition)s: %(change)s.") % {"condition": if_, "change": then} for if_, then in cases]

    def _below(self, leeway):
        if leeway.down.weight == leeway.weight:
            return _("If it counted any less")
        return _("If it counted less than %(weight)s") % {"weight": _weight(leeway.down.weight)}

    def _above(self, leeway):
        if leeway.up.weight == leeway.weight:
            return _("If it counted any more")
        return _("If it counted more than %(weight)s") % {"weight": _weight(leeway.up.weight)}

    @property
    def without_declared(self):
        """In words what changes where scores beside declared conflicts are left out; empty if there are none."""
        found = self.analysis.without_declared
        if found is None:
            return ""
        if not found:
            return _("Without the scores beside declared conflicts nothing changes.")
        moved = len(found.moved)
        ranks = ngettext("%(number)s idea has another rank", "%(number)s ideas have another rank", moved)
        values = {"ranks": ranks % {"number": moved}}
        if found.enter or found.leave:
            text = _("Without the scores beside declared conflicts %(change)s; %(ranks)s.")
            return text % {**values, "change": _exchange(found)}
        text = _("Without the scores beside declared conflicts the same ideas come first; %(ranks)s.")
        return text % values

    @property
    def contested(self):
        """The ideas that experts are most divided on, with how far apart two of them lie on average."""
        disputes = self.analysis.contested[:MOST_CONTESTED]
        return [
            (self.ideas[d.idea], fixed(d.distance, 2))
            for d in disputes
            if d.idea in self.ideas and d.distance
        ]

    @cached_property
    def coverage(self):
        """What the first places cover of all ideas, by aspect."""
        return coverage({number: idea.aspects for number, idea in self.ideas.items()}, self.first)

    @property
    def lettered(self):
        """The criteria with the letters they have in the heat map."""
        return [(letter(at), criterion) for at, criterion in enumerate(self.criteria)]

    def heat_map(self, standings):
        slugs = [criterion.slug for criterion in self.criteria]
        return heat_map(
            [(s.idea.number, [s.result.means.get(slug) for slug in slugs]) for s in standings],
            label=_("Means of the experts’ answers by idea and criterion"),
        )

    @cached_property
    def scatter(self):
        return scatter(
            [
                (s.idea.number, self._spoken(s), s.supporters, s.result.score, s.certainty.band)
                for s in self.standings
            ],
            label=_("Experts’ scores against public support"),
            across=_("Supporters"),
            upwards=_("Experts’ score"),
        )

    @property
    def has_labelled_scatter(self):
        return len(self.standings) <= MOST_LABELS

    def _spoken(self, standing):
        text = ngettext(
            "Idea %(number)s, %(title)s: score %(score)s, %(supporters)s supporter",
            "Idea %(number)s, %(title)s: score %(score)s, %(supporters)s supporters",
            standing.supporters,
        )
        return text % {
            "number": standing.idea.number,
            "title": standing.idea.title,
            "score": standing.result.score_text,
            "supporters": standing.supporters,
        }

    @property
    def balanced_sets(self):
        """For each proportional rule its name, its ideas, and how they differ from the first places."""
        if self.balance is None:
            return []
        shares = self.balance.equal_shares
        return [
            self._set(_("Sequential proportional approval voting"), self.balance.sequential_pav, ()),
            self._set(_("Method of equal shares"), shares.paid, shares.completed),
        ]

    def _set(self, name, chosen, completed):
        first, all_of_them = self.first, [*chosen, *completed]
        return {
            "name": name,
            "chosen": self._named(chosen),
            "completed": self._named(completed),
            "enter": self._named(number for number in all_of_them if number not in first),
            "leave": self._named(number for number in first if number not in all_of_them),
        }

    def _named(self, numbers):
        return [self.ideas[number] for number in numbers if number in self.ideas]


def _band(band):
    return Markup(f'<span class="band">{mark(band) if band else ""} {BANDS[band]}</span>')


def _alpha(value):
    if value is None:
        return "–"
    return fixed(value, 2) if value >= 0 else f"−{fixed(-value, 2)}"


def _weight(value):
    return fixed(value, 2).rstrip("0").rstrip(".")


def _exchange(change):
    came, went = _listed(change.enter), _listed(change.leave)
    if came and went:
        return _("%(came)s would come in for %(went)s") % {"came": came, "went": went}
    if came:
        return _("%(came)s would come in") % {"came": came}
    return _("%(went)s would go out") % {"went": went}


def _listed(numbers):
    *before, last = [str(number) for number in numbers] or [""]
    if not before:
        return last and _("idea %(number)s") % {"number": last}
    return _("ideas %(numbers)s and %(last)s") % {"numbers": ", ".join(before), "last": last}
