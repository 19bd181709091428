"""What a round can tell of itself in numbers: its ideas over time, by theme, nation and level, and what they lack.

Ideas are public, and so is how many support each: sums of those hide nobody. Only when votes came is counted in
periods that are long enough (`manifesto.periods`).
"""

from dataclasses import dataclass
from datetime import timedelta

from django.db import models
from django.db.models import Count, F, Max, Q, Sum
from django.db.models.functions import Coalesce, TruncDate
from django.utils import timezone

from profiles.small_cells import FEWEST
from profiles.vocabularies import NATIONS, Area

from ..periods import Period, periods
from ..vocabularies import Level

REGIONS = frozenset(Area) - NATIONS
# What counts as lately for support that is new.
LATELY = timedelta(days=14)


@dataclass(frozen=True)
class Portion:
    """How many ideas bear a label, how often members support them, and what the list of ideas finds them by."""

    label: str
    code: str
    ideas: int
    support: int


class ActiveQuerySet(models.QuerySet):
    def gaining_support(self, now):
        """Those that enough members began to support in the last two weeks to be told; annotates `new_votes`.

        Since it is public how many support each in all, the rest mustn't be a small number either.
        """
        recent = Q(votes__cast_at__gt=now - LATELY, votes__cast_at__lte=now, votes__invalidation=None)
        counted = self.annotate(new_votes=Count("votes", filter=recent)).filter(new_votes__gte=FEWEST)
        rest = F("tally__supporters") - F("new_votes")
        return counted.annotate(rest=rest).filter(Q(rest=0) | Q(rest__gte=FEWEST))

    def talked_about(self):
        """Those with comments that everybody may read; annotates `last_comment_at`."""
        readable = Q(comments__approved_at__isnull=False, comments__deleted_at=None, comments__hidden_at=None)
        return self.annotate(last_comment_at=Max("comments__created_at", filter=readable)).exclude(
            last_comment_at=None
        )

    def for_lines(self):
        """What one line about each needs."""
        return (
            self.with_supporters()
            .select_related("round", "theme")
            .only("title", "number", "published_at", "round__slug", "theme__name")
        )

    def by_new_support(self):
        return self.order_by("-new_votes", "-published_at", "-pk")

    def by_last_comment(self):
        return self.order_by("-last_comment_at", "-pk")

    def portions(self, name) -> dict:
        """{value of the field: (ideas, how often members support them)}"""
        support = Coalesce(Sum("tally__supporters"), 0)
        rows = self.order_by().values_list(name).annotate(n=Count("pk"), support=support)
        return {value: (number, times) for value, number, times in rows}

    def portions_by_place(self) -> dict:
        """Likewise by nation or region; an idea for several counts in each."""
        place = models.Func("areas", function="unnest", output_field=models.CharField())
        return self.annotate(place=place).portions("place")

    def by_day(self) -> dict:
        """{day: how many were published on it}"""
        days = self.order_by().annotate(day=TruncDate("published_at")).values_list("day")
        return dict(days.annotate(n=Count("pk")))


@dataclass(frozen=True)
class Activity:
    """How a round's ideas and votes came in and are spread."""

    periods: list[Period]
    themes: list[Portion]
    places: list[Portion]
    levels: list[Portion]
    everywhere: int  # Ideas that name no place, since they are for the whole UK.

    @property
    def ideas_by_place(self) -> dict:
        return {portion.code: portion.ideas for portion in self.places}

    @property
    def empty_themes(self) -> list[Portion]:
        return [portion for portion in self.themes if not portion.ideas]

    @property
    def empty_nations(self) -> list[Portion]:
        """Nations that no idea names. A region is a part of England."""
        named = {
            Area.ENGLAND if portion.code in REGIONS else portion.code
            for portion in self.places
            if portion.ideas
        }
        return [portion for portion in self.places if portion.code in NATIONS - named]


class Active:
    """What a round can say of what happens in it."""

    def activity_at(self, now) -> Activity:
        return Activity(
            periods=self._periods_at(now),
            themes=self._themes(),
            places=self._places(),
            levels=self._levels(),
            everywhere=self.ideas.live().filter(areas=[]).count(),
        )

    def _periods_at(self, now):
        """From the first day to yesterday, or to the last day for votes."""
        if self.ballots_reduced_at:
            return self.kept_periods
        today = timezone.localdate(now)
        end = min(today, timezone.localdate(self.votes_close_at) + timedelta(days=1))
        return periods(
            self.ideas.live().by_day(), self._votes_by_day(), timezone.localdate(self.ideas_open_at), end
        )

    def _votes_by_day(self):
        votes = self.ideas.model.votes.rel.related_model.objects
        days = (
            votes.valid()
            .filter(idea__round=self, idea__published_at__isnull=False)
            .annotate(day=TruncDate("cast_at"))
        )
        return dict(days.order_by().values_list("day").annotate(n=Count("pk")))

    def _themes(self):
        found = self.ideas.live().portions("theme")
        return [Portion(theme.name, theme.slug, *found.get(theme.pk, (0, 0))) for theme in self.themes.all()]

    def _levels(self):
        found = self.ideas.live().portions("level")
        return [Portion(label, code, *found.get(code, (0, 0))) for code, label in Level.choices]

    def _places(self):
        found = self.ideas.live().portions_by_place()
        return [Portion(label, code, *found.get(code, (0, 0))) for code, label in Area.choices]
