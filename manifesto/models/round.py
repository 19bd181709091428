from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Coalesce
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from meetings.models import Meeting
from ogp_network import markdown
from profiles.models import Member
from profiles.vocabularies import Area, language_field, language_tag

from ..vocabularies import Visibility
from .activity import Active
from .ballots import Balloted
from .board import Board
from .panel import Ranked
from .phase import ALLOWED, Action, Phase, Step
from .published import Published
from .readiness import Prepared
from .shortlisting import Shortlisting


def _at(moment):
    """The day and the time, for a sentence to say."""
    moment = timezone.localtime(moment)
    return {"day": date_format(moment, "DATE_FORMAT"), "time": date_format(moment, "TIME_FORMAT")}


class RoundQuerySet(models.QuerySet):
    def announced(self):
        return self.exclude(announced_at=None)

    def taking_ideas(self, now):
        return self.announced().filter(
            ideas_open_at__lte=now, ideas_close_at__gt=now, shortlist_published_at=None
        )

    def by_newest(self):
        return self.order_by("-ideas_open_at", "-pk")

    def with_totals(self):
        """Annotate `idea_count`, public ideas, and `support_count`, how often members support one of them."""
        ideas = self.model.ideas.rel.related_model.objects.live().filter(round=models.OuterRef("pk"))
        total = ideas.order_by().values("round")
        return self.annotate(
            idea_count=Coalesce(models.Subquery(total.values(n=models.Count("pk"))), 0),
            support_count=Coalesce(models.Subquery(total.values(n=models.Sum("tally__supporters"))), 0),
        )

    def for_data(self, now):
        """Everything open data says of them at `now`, which each remembers as `read_at`."""
        read_at = models.Value(now, output_field=models.DateTimeField())
        return self.with_totals().annotate(read_at=read_at)

    def being_scored(self, now):
        """Those whose experts may score now, in the first scoring or the second look."""
        first = Q(scoring_open_at__lte=now, scoring_close_at__gt=now)
        again = Q(second_look_opened_at__lte=now, second_look_closes_at__gt=now)
        return self.announced().filter(first | again, shortlist_published_at=None)

    def due_for_publication(self, now):
        """Those whose shortlist is to be published by itself at a time that has come, and wasn't refused."""
        return self.filter(
            shortlist_publish_at__lte=now, shortlist_published_at=None, shortlist_failure=""
        ).order_by("shortlist_publish_at", "pk")

    def in_focus(self, now):
        """The round to show first: one that takes ideas, else the last one begun, else the next; or None."""
        rounds = sorted(self.by_newest(), key=lambda round: round.phase_at(now) != Phase.CROWDSOURCING)
        begun = [round for round in rounds if round.phase_at(now) != Phase.UPCOMING]
        return next(iter(begun), None) or next(reversed(rounds), None)

    def with_newest_idea(self):
        """Annotate `newest_idea_at`: when the last of its ideas was published, or nothing."""
        return self.annotate(newest_idea_at=models.Max("ideas__published_at"))

    def asking(self):
        """Those with public commitments; annotate `commitment_count`, how many there are."""
        public = Q(commitments__published_at__isnull=False)
        counted = self.annotate(commitment_count=models.Count("commitments", filter=public))
        return counted.exclude(commitment_count=0)

    def with_idea_count(self):
        """Annotate `idea_count`: how many ideas are public and not merged into another."""
        live = Q(ideas__published_at__isnull=False, ideas__survivor=None)
        return self.annotate(idea_count=models.Count("ideas", filter=live))


class Round(Active, Balloted, Ranked, Published, Board, Shortlisting, Prepared, models.Model):
    """One crowdsourcing exercise, from the first idea to what was given to government."""

    title = models.CharField(max_length=150)
    slug = models.SlugField(max_length=80, unique=True, help_text="The last part of the page's address.")
    summary = models.CharField(max_length=300, help_text="One sentence for lists and search engines.")
    introduction = models.TextField(
        max_length=20_000, help_text="What the round is for and how it works. Markdown."
    )
    introduction_html = models.TextField(editable=False)
    language = language_field()
    area = models.CharField(
        "nation or region", max_length=9, choices=Area, blank=True, help_text="Leave empty for the whole UK."
    )
    announced_at = models.DateTimeField(
        null=True, blank=True, help_text="When it was made public. Until then only editors see it."
    )
    ideas_open_at = models.DateTimeField()
    ideas_close_at = models.DateTimeField()
    votes_open_at = models.DateTimeField()
    votes_close_at = models.DateTimeField(
        help_text="May be later than the last day for ideas, but not after scoring opens."
    )
    scoring_open_at = models.DateTimeField(help_text="From then on wordings, votes and weights are fixed.")
    scoring_close_at = models.DateTimeField()
    shortlist_target = models.PositiveSmallIntegerField(
        "ideas to shortlist", default=10, help_text="How many ideas the expert group aims to shortlist."
    )
    score_visibility = models.CharField(
        "experts see the others’ scores",
        max_length=10,
        choices=Visibility,
        default=Visibility.AFTER_OWN,
        help_text="While scoring is open. Nobody outside the group sees a score before the shortlist is published.",
    )
    has_hidden_authors = models.BooleanField(
        "hide authors’ names from the experts while they score",
        default=False,
        help_text="Also the organisation behind an idea, and all names in its discussion. A name that somebody wrote "
        "into a text stays.",
    )
    has_hidden_support = models.BooleanField(
        "hide the number of supporters from the experts while they score",
        default=False,
        help_text="At the desk. The ideas’ public pages go on showing it.",
    )
    second_look_opened_at = models.DateTimeField(null=True, blank=True, editable=False)
    second_look_closes_at = models.DateTimeField(null=True, blank=True, editable=False)
    second_look_opened_by = models.ForeignKey(
        Member, on_delete=models.SET_NULL, null=True, blank=True, editable=False, related_name="second_looks"
    )
    second_look_ideas = models.ManyToManyField("Idea", editable=False, related_name="second_looks")
    shortlist_version = models.PositiveIntegerField(default=0, editable=False)
    shortlist_publish_at = models.DateTimeField(null=True, blank=True, editable=False)
    shortlist_scheduled_by = models.ForeignKey(
        Member,
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        editable=False,
        related_name="scheduled_shortlists",
    )
    shortlist_failure = models.TextField(
        blank=True, editable=False, help_text="Why it could not be published at the time that was set."
    )
    shortlist_published_at = models.DateTimeField(null=True, blank=True, editable=False)
    shortlist_published_by = models.ForeignKey(
        Member,
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        editable=False,
        related_name="published_shortlists",
    )
    presented_at = models.DateTimeField(
        null=True, blank=True, help_text="When the shortlist was given to government."
    )
    meetings = models.ManyToManyField(Meeting, blank=True, related_name="rounds")
    ballots_reduced_at = models.DateTimeField(null=True, blank=True, editable=False)
    # What the votes came to over time, once there are only counts and receipt codes left of them.
    ballot_periods = models.JSONField(null=True, blank=True, editable=False)

    objects = RoundQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(ideas_close_at__gt=F("ideas_open_at")),
                name="round_ideas_close_after_they_open",
                violation_error_message="The last day for ideas must be later than the first.",
            ),
            models.CheckConstraint(
                condition=Q(votes_open_at__gte=F("ideas_open_at")) & Q(votes_close_at__gt=F("votes_open_at")),
                name="round_votes_within_dates",
                violation_error_message="Votes open with the ideas or later, and close after they open.",
            ),
            models.CheckConstraint(
                condition=Q(scoring_open_at__gte=F("ideas_close_at"))
                & Q(scoring_open_at__gte=F("votes_close_at")),
                name="round_scoring_after_ideas_and_votes",
                violation_error_message="Scoring opens once ideas and votes have closed.",
            ),
            models.CheckConstraint(
                condition=Q(scoring_close_at__gt=F("scoring_open_at")),
                name="round_scoring_closes_after_it_opens",
                violation_error_message="Scoring must close after it opens.",
            ),
            models.CheckConstraint(
                condition=Q(presented_at=None) | Q(shortlist_published_at__isnull=False),
                name="round_presented_after_shortlist",
                violation_error_message="Publish the shortlist before it is given to government.",
            ),
            models.CheckConstraint(
                condition=Q(second_look_opened_at=None, second_look_closes_at=None)
                | Q(
                    second_look_opened_at__gte=F("scoring_close_at"),
                    second_look_closes_at__gt=F("second_look_opened_at"),
                ),
                name="round_second_look_after_scoring",
                violation_error_message="A second look opens once scoring has closed, and closes after it opens.",
            ),
            models.CheckConstraint(
                condition=Q(shortlist_publish_at=None) | Q(shortlist_published_at=None),
                name="round_shortlist_scheduled_or_published",
            ),
            models.CheckConstraint(
                condition=Q(shortlist_failure="") | Q(shortlist_publish_at__isnull=False),
                name="round_publication_failed_at_a_time",
            ),
        ]
        permissions = [
            ("score_round", "Can score ideas and prepare the shortlist"),
            ("publish_shortlist", "Can publish the shortlist"),
        ]

    def __str__(self):
        return self.title

    def save(self, *args, **kwargs):
        self.introduction_html = markdown.render(self.introduction)
        super().save(*args, **kwargs)

    def get_absolute_url(self):
        return reverse("manifesto:round_detail", args=[self.slug])

    def clean(self):
        super().clean()
        now = timezone.now()
        moments = {"announced_at": self.announced_at, "presented_at": self.presented_at}
        if late := [name for name, moment in moments.items() if moment and moment > now]:
            raise ValidationError(dict.fromkeys(late, "This can't be in the future."))

    @property
    def language_tag(self):
        return language_tag(self.language)

    @property
    def place(self):
        return self.get_area_display() if self.area else _("United Kingdom")

    def phase_at(self, now) -> Phase:
        """Where the round stands. One nobody knows of is upcoming, whatever its dates."""
        return self._dated_phase(now) if self.announced_at else Phase.UPCOMING

    def _dated_phase(self, now):
        """The one place that compares the round's dates with the clock."""
        if self.presented_at:
            return Phase.PRESENTED
        if self.shortlist_published_at:
            return Phase.SHORTLISTED
        if now >= self.scoring_open_at:
            return Phase.PRIORITISATION
        if now >= self.ideas_close_at:
            return Phase.REFINEMENT
        if now >= self.ideas_open_at:
            return Phase.CROWDSOURCING
        return Phase.UPCOMING

    def timeline_at(self, now) -> list[Step]:
        """The phases from the first idea to government, in order."""
        spans = {
            Phase.CROWDSOURCING: (self.ideas_open_at, self.ideas_close_at),
            Phase.REFINEMENT: (self.ideas_close_at, self.scoring_open_at),
            Phase.PRIORITISATION: (self.scoring_open_at, self.scoring_close_at),
            Phase.SHORTLISTED: (self.shortlist_published_at, None),
            Phase.PRESENTED: (self.presented_at, None),
        }
        current = list(Phase).index(self.phase_at(now))
        return [
            Step(
                phase,
                *span,
                is_current=list(Phase).index(phase) == current,
                is_done=list(Phase).index(phase) < current,
            )
            for phase, span in spans.items()
        ]

    def allows(self, action: Action, now) -> bool:
        """Whether the phase allows it and, where the action has a window of its own, that is open too."""
        windows = {
            Action.SUPPORT: (self.votes_open_at, self.votes_close_at),
            Action.SCORE: (self.scoring_open_at, self.scoring_close_at),
            Action.LOOK_AGAIN: (self.second_look_opened_at, self.second_look_closes_at),
        }
        if action not in ALLOWED[self.phase_at(now)]:
            return False
        if action not in windows:
            return True
        opens, closes = windows[action]
        return opens is not None and opens <= now < closes

    def scoring_window(self, now):
        """When the scoring that is open now opened and closes, be it the first or the second look; else None."""
        if self.allows(Action.SCORE, now):
            return self.scoring_open_at, self.scoring_close_at
        if self.allows(Action.LOOK_AGAIN, now):
            return self.second_look_opened_at, self.second_look_closes_at
        return None

    def why_no_ideas(self, now) -> str:
        """The sentence that tells a member why no idea can be submitted now."""
        if now < self.ideas_open_at:
            return _("This round opens for ideas on %(day)s at %(time)s.") % _at(self.ideas_open_at)
        return _("This round stopped taking ideas on %(day)s at %(time)s.") % _at(self.ideas_close_at)

    def why_no_votes(self, now) -> str:
        """The sentence that tells a member why support can't be given or withdrawn now."""
        if now < self.votes_open_at:
            return _("You can support ideas in this round from %(day)s at %(time)s.") % _at(
                self.votes_open_at
            )
        return _("Support for ideas in this round closed on %(day)s at %(time)s.") % _at(self.votes_close_at)

    def why_no_comments(self, now) -> str:
        """The sentence that tells a member why ideas can't be discussed now."""
        if now < self.ideas_open_at:
            text = _("Ideas in this round can be discussed from %(day)s at %(time)s.")
            return text % _at(self.ideas_open_at)
        text = _("Discussion closed on %(day)s at %(time)s, when the experts began their work.")
        return text % _at(self.scoring_open_at)

    def why_no_scores(self, now) -> str:
        """The sentence that tells an expert why ideas can't be scored now."""
        if now < self.scoring_open_at:
            return _("Scoring opens on %(day)s at %(time)s.") % _at(self.scoring_open_at)
        if self.is_shortlist_published:
            return _("Scoring ended when the shortlist was published.")
        if self.second_look_closes_at and now >= self.second_look_closes_at:
            return _("The second look closed on %(day)s at %(time)s.") % _at(self.second_look_closes_at)
        return _("Scoring closed on %(day)s at %(time)s.") % _at(self.scoring_close_at)

    def has_begun_scoring(self, now) -> bool:
        """Whether wordings, votes, criteria and weights are fixed for good, even should nobody know of the round."""
        return self._dated_phase(now) in (Phase.PRIORITISATION, Phase.SHORTLISTED, Phase.PRESENTED)

    def next_number(self):
        """The number of the next idea. The caller's transaction holds the round's row until it ends."""
        Round.objects.select_for_update(no_key=True).get(pk=self.pk)
        return (self.ideas.aggregate(last=models.Max("number"))["last"] or 0) + 1
