from django.db import models, transaction
from django.db.models import F, Max, Q
from django.db.models.functions import Greatest
from django.urls import reverse
from django.utils.translation import gettext as _

from ogp_network import comparison
from profiles.models import Member
from profiles.vocabularies import language_field, language_tag

from ...errors import EditedMeanwhile, NotReady
from ..idea import Idea
from ..round import Round
from ..theme import Theme
from .plan import ActionPlan
from .wording import WORDING, CommitmentContent, CommitmentRevision


class CommitmentQuerySet(models.QuerySet):
    SHOWN_IN_PLANS = (
        "number", "title", "language", "lead_institution", "ends_on", "plan", "round", "published_at",
    )  # fmt: skip

    def published(self):
        return self.exclude(published_at=None)

    def public(self):
        """Published, and asked for in a round or promised in a plan that people know of."""
        known = Q(round__announced_at__isnull=False) | Q(plan__published_at__isnull=False)
        return self.published().filter(known)

    def asked(self):
        """What the network asks for."""
        return self.exclude(round=None)

    def adopted(self):
        """What a government promised in an action plan."""
        return self.exclude(plan=None)

    def with_public_change(self):
        """With `changed_in_public_at`: the publication, or the last report about it or a milestone of it."""
        return self.annotate(
            changed_in_public_at=Greatest(
                "published_at",
                Max("status_reports__recorded_at"),
                Max("milestones__status_reports__recorded_at"),
            )
        )

    def for_plan(self, plan):
        """Everything a plan's page says of its commitments, whose wordings are on their own pages."""
        shown = self.only(*self.SHOWN_IN_PLANS)
        for commitment in shown:
            commitment.plan = plan
        return shown

    def by_number(self):
        return self.order_by("number", "pk")

    def draw(self, *, text, by, now, round=None, plan=None, ideas=(), theme=None, language=None, note=""):
        """Begin a commitment that isn't public yet: asked for in `round`, drawn from `ideas`, or adopted in `plan`.

        `text` has fields of CommitmentContent by name. It gets the next number. Raise NotReady for an idea of another
        round, or one that isn't public.
        """
        if any(idea.round_id != (round and round.pk) or not idea.is_published for idea in ideas):
            raise NotReady(_("A commitment is drawn from ideas of its own round that are public."))
        holder = {"round": round} if round else {"plan": plan}
        with transaction.atomic():
            # Held, so that two commitments begun at once get two numbers.
            type(round or plan).objects.select_for_update(no_key=True).get(pk=(round or plan).pk)
            last = self.model.objects.filter(**holder).aggregate(last=Max("number"))["last"]
            commitment = self.model.objects.create(
                **holder,
                **text,
                number=(last or 0) + 1,
                theme=theme,
                language=language or (round or plan).language,
                begun_by=by,
                begun_at=now,
            )
            commitment._record(by=by, now=now, note=note)
            commitment.draw_from(ideas, by=by, now=now)
        return commitment


class Commitment(CommitmentContent):
    """What the network asks government to do, or what a government promised to do in an action plan."""

    round = models.ForeignKey(
        Round, on_delete=models.PROTECT, null=True, blank=True, related_name="commitments"
    )
    plan = models.ForeignKey(
        ActionPlan, on_delete=models.PROTECT, null=True, blank=True, related_name="commitments"
    )
    number = models.PositiveSmallIntegerField()
    theme = models.ForeignKey(
        Theme, on_delete=models.PROTECT, null=True, blank=True, related_name="commitments"
    )
    language = language_field()
    ideas = models.ManyToManyField(Idea, through="CommitmentSource", related_name="commitments")
    begun_by = models.ForeignKey(
        Member, on_delete=models.SET_NULL, null=True, editable=False, related_name="begun_commitments"
    )
    begun_at = models.DateTimeField(editable=False)
    published_at = models.DateTimeField(null=True, blank=True, editable=False)
    published_by = models.ForeignKey(
        Member, on_delete=models.SET_NULL, null=True, editable=False, related_name="published_commitments"
    )

    objects = CommitmentQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(round=None, plan__isnull=False) | Q(round__isnull=False, plan=None),
                name="commitment_asked_or_adopted",
            ),
            models.UniqueConstraint(fields=["round", "number"], name="commitment_number_unique_in_round"),
            models.UniqueConstraint(fields=["plan", "number"], name="commitment_number_unique_in_plan"),
            models.CheckConstraint(
                condition=Q(starts_on=None) | Q(ends_on=None) | Q(ends_on__gte=F("starts_on")),
                name="commitment_ends_after_it_starts",
                violation_error_message="The end date must not be before the start date.",
            ),
        ]

    def __str__(self):
        return self.title

    def get_absolute_url(self):
        name = "manifesto:commitment_detail" if self.is_asked else "manifesto:promise_detail"
        return reverse(name, args=[self.holder.slug, self.number])

    @property
    def is_asked(self):
        return self.round_id is not None

    @property
    def holder(self):
        """The round it is asked for in, or the plan it is adopted in."""
        return self.round or self.plan

    @property
    def is_published(self):
        return self.published_at is not None

    @property
    def is_public(self):
        known = self.round.announced_at if self.is_asked else self.plan.published_at
        return self.is_published and known is not None

    @property
    def language_tag(self):
        return language_tag(self.language)

    def ideas_behind(self):
        """Ideas that the commitments it was adopted for draw on, so long as those are public."""
        asked = Commitment.objects.public().filter(adoptions__adopted=self)
        return Idea.objects.public().filter(commitments__in=asked).distinct()

    def draw_from(self, ideas, *, by, now):
        """Note that it draws on these ideas, too; on one that it draws on already, nothing changes."""
        links = [CommitmentSource(commitment=self, idea=idea, drawn_by=by, drawn_at=now) for idea in ideas]
        CommitmentSource.objects.bulk_create(links, ignore_conflicts=True)

    def improve(self, *, text, by, now, opened, note="", language=None):
        """Give it a new wording, kept as its next revision; give that, or None if nothing but spaces changed.

        `opened` is the number of the revision that the editor began with. Raise EditedMeanwhile if there is a later
        one.
        """
        with transaction.atomic():
            locked = type(self).objects.select_for_update(of=["self"]).get(pk=self.pk)
            if locked.revisions.last().number != opened:
                raise EditedMeanwhile(_("Somebody else changed this commitment after you opened it."))
            before = locked.said()
            for name, value in text.items():
                setattr(locked, name, value)
            locked.language = language or locked.language
            after = locked.said()
            is_same = all(comparison.is_same(before[name], after[name]) for name in WORDING)
            locked.save(update_fields=["language"] if is_same else [*WORDING, "language"])
            revision = None if is_same else locked._record(by=by, now=now, note=note)
        self.refresh_from_db()
        return revision

    def _record(self, *, by, now, note):
        last = self.revisions.aggregate(last=Max("number"))["last"]
        return CommitmentRevision.objects.create(
            commitment=self,
            number=(last or 0) + 1,
            language=self.language,
            note=note,
            edited_by=by,
            edited_at=now,
            **self.wording,
        )

    def publish(self, *, by, now):
        """Show it to everybody; a second time changes nothing. Raise NotReady while it doesn't say what it asks for."""
        needed = ("title", "problem", "solution", "results") if self.is_asked else ("title",)
        if missing := [
            str(self._meta.get_field(name).verbose_name) for name in needed if not getattr(self, name)
        ]:
            raise NotReady(_("Please fill in first: %(missing)s.") % {"missing": ", ".join(missing)})
        unpublished = type(self).objects.filter(pk=self.pk, published_at=None)
        unpublished.update(published_at=now, published_by=by)
        self.refresh_from_db()


class CommitmentSource(models.Model):
    """That a commitment draws on an idea, since when, and who said so."""

    commitment = models.ForeignKey(Commitment, on_delete=models.CASCADE, related_name="sources")
    idea = models.ForeignKey(Idea, on_delete=models.PROTECT, related_name="commitment_sources")
    drawn_by = models.ForeignKey(
        Member, on_delete=models.SET_NULL, null=True, related_name="commitment_sources"
    )
    drawn_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["commitment", "idea"], name="commitment_draws_on_an_idea_once")
        ]

    def __str__(self):
        return f"{self.commitment} from {self.idea}"
