"""Conflicts of interest between experts and ideas: those the site finds by itself, and those that are declared."""

from django.db import models, transaction
from django.db.models import Exists, F, OuterRef, Q

from profiles.models import Member, Membership, Organisation

from ..errors import NotAllowedInPhase, NotAnExpert, NotPublished, NotTheirs, Refused
from ..vocabularies import InterestAction, InterestKind
from .authorship import Authorship
from .idea import Idea
from .round import Round

EXCLUDING = (InterestAction.PARTIAL_EXCLUSION, InterestAction.FULL_EXCLUSION)
# What follows from a declaration unless the expert asks to stay out.
USUAL = {
    InterestKind.DIRECT_FINANCIAL: InterestAction.FULL_EXCLUSION,
    InterestKind.DIRECT_NON_FINANCIAL: InterestAction.PARTIAL_EXCLUSION,
    InterestKind.INDIRECT: InterestAction.DECLARE_ONLY,
}


def is_conflicted(*, term, member, idea):
    """Whether the expert may not score the idea: a conflict is found now, or one on record excludes them."""
    recorded = Conflict.objects.excluding().filter(term=term, idea=idea)
    return found_conflict(term=term, member=member, idea=idea) | Exists(recorded)


def found_conflict(*, term, member, idea):
    """The rule of automatic exclusion: the expert wrote the idea or belongs to the organisation behind it.

    An idea that was merged into it counts as part of it; its authors are co-authors. Leaving an organisation once
    scoring has opened changes nothing.
    """
    behind = Q(organisation__ideas=idea) | Q(organisation__ideas__survivor=idea)
    still = Q(ended_at=None) | Q(ended_at__gt=F("organisation__ideas__round__scoring_open_at"))
    belonged = Membership.objects.confirmed().filter(behind, still, member=member)
    return (
        Exists(Authorship.objects.filter(member=member, idea=idea))
        | Exists(belonged)
        | Exists(Organisation.objects.filter(Q(ideas=idea) | Q(ideas__survivor=idea), expert_terms=term))
    )


class ConflictQuerySet(models.QuerySet):
    def excluding(self):
        """Those that keep the expert's scores for the idea out of the count."""
        return self.filter(action__in=EXCLUDING)

    def declared_only(self):
        """Those on record beside scores that count."""
        return self.exclude(action__in=EXCLUDING)

    def for_round(self, round):
        return self.filter(term__round=round)

    def for_editor(self, member):
        """Those this editor may read: none of a round whose experts they are one of."""
        return self.exclude(term__round__expert_terms__member=member)

    def for_admin(self):
        return self.select_related("term__member", "term__round", "idea__round", "settled_by").defer(
            "idea__search"
        )

    def record_found(self, round, *, now):
        """Put on record the conflicts of the round that follow from who wrote what and who belongs where."""
        found = found_conflict(term=OuterRef("pk"), member=OuterRef("member"), idea=OuterRef("idea"))
        recorded = Conflict.objects.excluding().filter(term=OuterRef("pk"), idea=OuterRef("idea"))
        pairs = (
            round.expert_terms.annotate(idea=F("round__ideas"))
            .filter(found, idea__in=round.ideas.live())
            .exclude(Exists(recorded))
            .values_list("pk", "idea")
        )
        self.bulk_create(
            [
                self.model(
                    term_id=term,
                    idea_id=idea,
                    kind=InterestKind.DIRECT_NON_FINANCIAL,
                    action=InterestAction.PARTIAL_EXCLUSION,
                    is_found=True,
                    declared_at=now,
                )
                for term, idea in pairs
            ],
            update_conflicts=True,
            unique_fields=["term", "idea"],
            update_fields=["action", "is_found"],
        )


class Conflict(models.Model):
    """An expert's interest in an idea, and what follows from it. Private: published only as counts for each idea."""

    term = models.ForeignKey("ExpertTerm", on_delete=models.PROTECT, related_name="conflicts")
    idea = models.ForeignKey(Idea, on_delete=models.PROTECT, related_name="conflicts")
    kind = models.CharField("interest", max_length=20, choices=InterestKind)
    action = models.CharField("what follows", max_length=20, choices=InterestAction)
    explanation = models.TextField(max_length=1000, blank=True)
    is_found = models.BooleanField(
        default=False, editable=False, help_text="The site found it: they wrote the idea or belong behind it."
    )
    declared_at = models.DateTimeField(editable=False)
    settled_by = models.ForeignKey(
        Member,
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        editable=False,
        related_name="settled_conflicts",
    )
    settled_at = models.DateTimeField(null=True, blank=True, editable=False)

    objects = ConflictQuerySet.as_manager()

    class Meta:
        verbose_name = "conflict of interest"
        verbose_name_plural = "conflicts of interest"
        constraints = [
            models.UniqueConstraint(fields=["term", "idea"], name="conflict_once_per_expert_and_idea"),
            models.CheckConstraint(
                condition=Q(is_found=False) | Q(action__in=EXCLUDING), name="conflict_found_excludes"
            ),
        ]
        permissions = [("settle_conflict", "Can say what follows from a conflict of interest")]

    def __str__(self):
        return self.get_kind_display()

    @property
    def is_excluding(self):
        return self.action in EXCLUDING

    def settle(self, action, *, by, now):
        """Say as an editor what follows from it. Raise NotAllowedInPhase once the shortlist is public.

        What the site found excludes whatever anybody says, and nobody on the expert group settles its conflicts:
        NotTheirs.
        """
        with transaction.atomic():
            round = Round.objects.select_for_update(no_key=True).get(expert_terms=self.term_id)
            if round.is_shortlist_published:
                raise NotAllowedInPhase("The shortlist is public, so its working stays as it was.")
            if round.expert_terms.for_member(by).exists():
                raise NotTheirs("You are on this expert group, so another editor has to settle it.")
            if self.is_found and action not in EXCLUDING:
                raise NotAllowedInPhase(
                    "They wrote the idea or belong to the organisation behind it, so they can't score it."
                )
            before = Conflict.objects.values_list("action", flat=True).get(pk=self.pk)
            Conflict.objects.filter(pk=self.pk).update(action=action, settled_by=by, settled_at=now)
            self._record(before, action, by=by, now=now)
        self.refresh_from_db()

    def _record(self, before, after, *, by, now):
        if before != after:
            self.changes.create(before=before, after=after, changed_by=by, changed_at=now)


class ConflictChange(models.Model):
    """That something else follows from a conflict than before, on record for the editors."""

    conflict = models.ForeignKey(Conflict, on_delete=models.CASCADE, related_name="changes")
    before = models.CharField(max_length=20, choices=InterestAction)
    after = models.CharField(max_length=20, choices=InterestAction)
    changed_by = models.ForeignKey(
        Member, on_delete=models.SET_NULL, null=True, blank=True, related_name="conflict_changes"
    )
    changed_at = models.DateTimeField()

    class Meta:
        ordering = ["changed_at", "pk"]
        constraints = [
            models.CheckConstraint(condition=~Q(before=F("after")), name="conflict_change_changes_it")
        ]

    def __str__(self):
        return f"{self.get_before_display()}: {self.get_after_display()}"


class Conflicted:
    """What an expert's term knows of conflicts of interest, and can do about them."""

    def found_conflicts(self):
        """Live ideas of the round that this expert wrote, or put forward for an organisation they belong to."""
        conflict = found_conflict(term=self.pk, member=self.member_id, idea=OuterRef("pk"))
        return self.round.ideas.live().filter(conflict).defer("search").order_by("number")

    def conflicted_ideas(self):
        """Live ideas of the round that this expert may not score."""
        conflict = is_conflicted(term=self.pk, member=self.member_id, idea=OuterRef("pk"))
        return self.round.ideas.live().filter(conflict).defer("search").order_by("number")

    def hidden_ideas(self):
        """Ideas that this expert stays out of altogether, until the shortlist is public."""
        return self.round.ideas_hidden_from(self.member)

    def refusal_to_declare(self, idea, now) -> Refused | None:
        """Why this expert can't put an interest in the idea on record now, or None if they can."""
        if self.round.is_shortlist_published:
            return NotAllowedInPhase("The shortlist is public, so its working stays as it was.")
        if not self.is_serving(now):
            return NotAnExpert("Your time on the expert group has ended or not begun.")
        if idea.round_id != self.round_id or not idea.is_live:
            return NotPublished("This idea is not among those to score.")
        return None

    def declare(self, idea, *, kind, now, explanation="", action=None):
        """Put an interest in the idea on record; a later word on the same idea replaces an earlier one.

        A score given before stays on record and leaves the count where the conflict excludes. The expert may ask
        for a stricter `action` than the kind has, never for a laxer one than is on record. Return the conflict or
        raise a Refused.
        """
        with transaction.atomic():
            self.round = Round.objects.select_for_update(no_key=True).get(pk=self.round_id)
            if refusal := self.refusal_to_declare(idea, now):
                raise refusal
            earlier = self.conflicts.filter(idea=idea).first()
            wanted = [USUAL[kind], *filter(None, [action, earlier and earlier.action])]
            strictest = max(wanted, key=InterestAction.values.index)
            conflict, _ = Conflict.objects.update_or_create(
                term=self,
                idea=idea,
                defaults={
                    "kind": kind,
                    "action": strictest,
                    "explanation": explanation,
                    "declared_at": now,
                },
            )
            if earlier:
                conflict._record(earlier.action, strictest, by=self.member, now=now)
        return conflict
