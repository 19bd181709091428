from django.contrib.postgres.indexes import GinIndex
from django.db import IntegrityError, models, transaction
from django.db.models import Exists, F, Max, OuterRef, Prefetch, Q
from django.db.models.functions import Greatest
from django.urls import reverse
from django.utils.translation import gettext as _

from ogp_network import comparison
from profiles.models import Member
from profiles.vocabularies import language_field, language_tag

from ...errors import AlreadyUndone, EditedMeanwhile, NotAnAuthor, NotPublished, NotReady
from ..idea import Idea
from ..round import Round
from ..theme import Theme
from .group import EDIT, ThemeLead, WorkingGroupMember, may_word
from .lineage import PartedKept, origins_of
from .plan import ActionPlan
from .source import CommitmentSource
from .withdrawal import CommitmentWithdrawal
from .wording import WORDING, WORDS, CommitmentContent, CommitmentRevision

# Without these a commitment doesn't say what it asks for.
NEEDED = ("title", "problem", "solution", "results")


def _withdrawal():
    return CommitmentWithdrawal.objects.in_force().filter(commitment=OuterRef("pk"))


def _adoptions():
    """What became of each of them, as far as it is public; its model is defined on top of this one."""
    adoptions = Commitment._meta.get_field("adoptions").related_model.objects
    return adoptions.public().filter(asked=OuterRef("pk"))


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

    def drafts(self):
        return self.filter(published_at=None)

    def withdrawn(self):
        """Public, but no longer asked for."""
        return self.public().filter(Exists(_withdrawal()))

    def standing(self):
        """Public, and still asked for."""
        return self.public().exclude(Exists(_withdrawal()))

    def without_adoption(self):
        """Still asked for, and nothing is on record in public of what became of it."""
        return self.standing().exclude(Exists(_adoptions()))

    def with_adopted(self):
        """Those that something in a public plan was adopted for."""
        return self.filter(Exists(_adoptions().exclude(adopted=None)))

    def dropped(self):
        return self.filter(Exists(_adoptions().filter(adopted=None)))

    def with_standing(self):
        """Annotate `was_withdrawn`: whether a withdrawal is in force."""
        return self.annotate(was_withdrawn=Exists(_withdrawal()))

    def visible_to(self, user):
        """What everybody can read, and the drafts of those who word them: editors, and a theme's working group."""
        if not user.is_authenticated:
            return self.public()
        if user.has_perm(EDIT):
            return self
        groups = WorkingGroupMember.objects.current().for_member(user).values("theme")
        known = Q(round__announced_at__isnull=False) | Q(plan__published_at__isnull=False)
        return self.filter(known, Q(published_at__isnull=False) | Q(round__isnull=False, theme__in=groups))

    def drafts_of(self, user):
        """The drafts that this person may improve."""
        return self.visible_to(user).asked().drafts()

    def for_page(self):
        """Everything that all pages about one show, in a fixed number of queries."""
        leads = ThemeLead.objects.select_related("organisation")
        return (
            self.with_standing()
            .select_related("round", "plan", "theme")
            .prefetch_related(Prefetch("theme__leads", leads))
        )

    def for_cards(self):
        """Everything that lists of what is asked for show, in a fixed number of queries."""
        sources = CommitmentSource.objects.with_ideas()
        return (
            self.with_standing()
            .select_related("round", "theme")
            .prefetch_related(Prefetch("sources", sources), "adoptions__adopted__plan")
        )

    def for_pack(self):
        """Everything that a pack keeps of them, in a fixed number of queries."""
        return self.for_page().prefetch_related(
            Prefetch("sources", CommitmentSource.objects.with_ideas()), "revisions", "milestones"
        )

    def for_data(self):
        """Everything open data says of them, round by round."""
        withdrawals = CommitmentWithdrawal.objects.in_force()
        return self.for_cards().prefetch_related(Prefetch("withdrawals", withdrawals)).by_round()

    def with_words(self):
        """Annotate `search`, the words it is found by."""
        return self.annotate(search=WORDS)

    def by_plan(self):
        return self.order_by("plan", "number", "pk")

    def asked(self):
        """What the network asks for."""
        return self.exclude(round=None)

    def adopted(self):
        """What a government promised in an action plan."""
        return self.exclude(plan=None)

    def with_last_wording(self):
        """Annotate `changed_in_public_at`: when it was published, or its wording last improved in public."""
        edited = Max("revisions__edited_at")
        return self.annotate(changed_in_public_at=Greatest("published_at", edited))

    def with_public_change(self):
        """With `changed_in_public_at`: the publication, or the last report or change of dates."""
        return self.annotate(
            changed_in_public_at=Greatest(
                "published_at",
                Max("status_reports__recorded_at"),
                Max("milestones__status_reports__recorded_at"),
                Max("milestones__date_changes__changed_at"),
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

    def by_holder(self):
        """By what they are asked for or adopted in, then by number."""
        return self.order_by("round", "plan", "number", "pk")

    def by_round(self):
        return self.order_by("round", "number", "pk")

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
        indexes = [GinIndex(WORDS, name="commitment_words")]
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

    @property
    def is_withdrawn(self):
        """Whether a withdrawal is in force; where the queryset hasn't said so, the database is asked."""
        if not hasattr(self, "was_withdrawn"):
            self.was_withdrawn = self.withdrawals.in_force().exists()
        return self.was_withdrawn

    @property
    def leads(self):
        """Who leads its theme, on either side."""
        return self.theme.leads.all() if self.theme else []

    @property
    def drawn_ideas(self):
        """The public ideas it was drawn from, as its querysets for pages have them."""
        return [source.idea for source in self.sources.all() if source.idea.is_published]

    @property
    def public_adoptions(self):
        return [adoption for adoption in self.adoptions.all() if adoption.is_public]

    def is_visible_to(self, user):
        return self.is_public or (user.is_authenticated and self._is_worded_by(user))

    def _is_worded_by(self, member):
        """Whether the member looks after drafts like this one: every editor does, and its theme's working group."""
        if member.has_perm(EDIT):
            return True
        known = self.is_asked and self.theme_id and self.round.announced_at and not self.is_published
        return bool(known) and may_word(member, self.theme)

    def origins(self):
        return origins_of(self)

    def refusal_to_improve(self, member):
        """Why the member can't change its wording, or None if they can."""
        if self._is_worded_by(member):
            return None
        if self.is_published:
            return NotAnAuthor(_("Once a commitment is public, only editors change it."))
        return NotAnAuthor(_("Only editors and the theme’s working group can change this draft."))

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
        one, NotAnAuthor, or NotReady where the public isn't told what was changed in what it reads.
        """
        with transaction.atomic():
            locked = type(self).objects.select_for_update(of=["self"]).get(pk=self.pk)
            if refusal := locked.refusal_to_improve(by):
                raise refusal
            if locked.revisions.last().number != opened:
                raise EditedMeanwhile(_("Somebody else changed this commitment after you opened it."))
            before = locked.said()
            for name, value in text.items():
                setattr(locked, name, value)
            locked.language = language or locked.language
            after = locked.said()
            is_same = all(comparison.is_same(before[name], after[name]) for name in WORDING)
            if not (is_same or note.strip()) and locked.is_asked and locked.is_published:
                raise NotReady(_("Please say what you changed, and why: everybody can read it."))
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

    @property
    def missing(self):
        """The names of the fields that have to say something before it is published."""
        needed = NEEDED if self.is_asked else ("title",)
        return [str(self._meta.get_field(name).verbose_name) for name in needed if not getattr(self, name)]

    def publish(self, *, by, now):
        """Show it to everybody; a second time changes nothing. Raise NotReady while it doesn't say what it asks for."""
        if self.missing:
            raise NotReady(_("Please fill in first: %(missing)s.") % {"missing": ", ".join(self.missing)})
        unpublished = type(self).objects.filter(pk=self.pk, published_at=None)
        unpublished.update(published_at=now, published_by=by)
        self.refresh_from_db()

    def withdraw(self, *, reason, by, now):
        """Stop asking for it, for a reason that everybody can read. Raise NotPublished, NotReady or AlreadyUndone."""
        if not (self.is_asked and self.is_public):
            raise NotPublished(_("Only what is asked for in public can be withdrawn."))
        if not reason.strip():
            raise NotReady(_("Please say why. Everybody can read it."))
        try:
            with transaction.atomic():
                self.withdrawals.create(reason=reason.strip(), withdrawn_by=by, withdrawn_at=now)
        except IntegrityError as error:
            raise AlreadyUndone(_("It has been withdrawn already.")) from error
        self.was_withdrawn = True

    def restore(self, *, by, now):
        """Ask for it again. Raise AlreadyUndone if it isn't withdrawn."""
        if not self.withdrawals.in_force().update(restored_by=by, restored_at=now):
            raise AlreadyUndone(_("It isn’t withdrawn."))
        self.was_withdrawn = False

    def settle_parted(self, source, idea, *, draws, by, now):
        """Answer what follows from `idea` standing by itself again: draw from it, too, or keep what was drawn."""
        if draws:
            self.draw_from([idea], by=by, now=now)
        else:
            answer = PartedKept(source=source, idea=idea, kept_by=by, kept_at=now)
            PartedKept.objects.bulk_create([answer], ignore_conflicts=True)
