import uuid

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex, OpClass
from django.contrib.postgres.search import SearchVector, SearchVectorField
from django.core.exceptions import ValidationError
from django.db import models, transaction
from django.db.models import F, Q, Value
from django.db.models.functions import MD5, Cast, Coalesce, Concat
from django.urls import reverse
from django.utils.crypto import salted_hmac
from django.utils.text import Truncator

from meetings.models import Meeting
from profiles.models import Answer, Member, Organisation
from profiles.vocabularies import NATIONS, Area, ChoiceArrayField, labels_of

from .. import news
from ..errors import (
    AlreadyModerated,
    ConsentNeeded,
    EmailUnverified,
    MergedAway,
    NotAllowedInPhase,
    NotDeclined,
    NotMergeable,
    NotPublished,
    Refused,
    SubmissionClosed,
    VotingClosed,
)
from ..vocabularies import DeclineReason, Level, OGPValue, PolicyArea, Source
from .comment import Discussed, DiscussedQuerySet
from .finding import FindingQuerySet
from .lexeme import LANGUAGE
from .phase import Action
from .revision import WORDING, ImprovableQuerySet, Improving, Revision
from .round import Round
from .theme import Theme


def values_that_count(values):
    """Refuse technology and innovation as an idea's only open government value, as OGP does."""
    if values == [OGPValue.TECHNOLOGY_AND_INNOVATION]:
        raise ValidationError("Technology and innovation counts only together with one of the others.")


class IdeaContent(models.Model):
    """What an idea says, the same for a draft and for an idea that was submitted."""

    NEEDED = ("title", "why", "how", "difference", "theme", "level", "ogp_values")

    title = models.CharField(
        "What is your idea?", max_length=120, help_text="In one line, as you would say it to a neighbour."
    )
    why = models.TextField(
        "Why is it important?", max_length=5000, help_text="The problem, and who it touches."
    )
    how = models.TextField(
        "How would it work?", max_length=5000, help_text="What government would do differently."
    )
    difference = models.TextField("What difference would it make to citizens?", max_length=5000)
    theme = models.ForeignKey(Theme, on_delete=models.PROTECT, related_name="%(class)ss")
    policy_areas = ChoiceArrayField(models.CharField(max_length=40, choices=PolicyArea))
    ogp_values = ChoiceArrayField(
        models.CharField(max_length=40, choices=OGPValue),
        verbose_name="open government values",
        help_text="Technology and innovation counts only together with one of the others.",
        validators=[values_that_count],
    )
    areas = ChoiceArrayField(
        models.CharField(max_length=9, choices=Area),
        verbose_name="nations and regions",
        help_text="Where it would apply. Choose none for the whole UK.",
    )
    level = models.CharField("level of government", max_length=20, choices=Level)
    evidence_links = ArrayField(
        models.URLField(max_length=500),
        default=list,
        blank=True,
        size=10,
        help_text="Web addresses, one a line.",
    )
    organisation = models.ForeignKey(
        Organisation,
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="%(class)ss",
        verbose_name="put forward for",
        help_text="Only if you speak for an organisation you belong to.",
    )
    from_answer = models.ForeignKey(
        Answer, on_delete=models.SET_NULL, null=True, blank=True, editable=False, related_name="%(class)ss"
    )

    class Meta:
        abstract = True

    def missing(self):
        """The names of the fields that an idea needs and that are empty here."""
        return [name for name in self.NEEDED if not getattr(self, name)]

    def content(self):
        """The fields above by name, to make an idea of a draft."""
        return {field.name: getattr(self, field.name) for field in IdeaContent._meta.get_fields()}


class IdeaQuerySet(ImprovableQuerySet, DiscussedQuerySet, FindingQuerySet):
    def published(self):
        return self.exclude(published_at=None)

    def public(self):
        """Published, in a round that people know of."""
        return self.published().exclude(round__announced_at=None)

    def live(self):
        """Public and standing for itself: what is listed, counted, scored and decided. Merged ideas aren't."""
        return self.published().filter(survivor=None)

    def survivors(self):
        """The live ideas that the public ones of these are or were merged into, each once."""
        roots = self.published().order_by().values(root=Coalesce("survivor", "pk"))
        return self.model.objects.live().filter(pk__in=roots)

    def pending(self):
        return self.filter(published_at=None, declined_at=None)

    def declined(self):
        return self.exclude(declined_at=None)

    def shortlisted(self):
        """With a place on a shortlist that is public."""
        return self.live().filter(
            decision__position__isnull=False, round__shortlist_published_at__isnull=False
        )

    def not_shortlisted(self):
        """Answered in public, but without a place on the shortlist."""
        return self.live().filter(
            decision__position=None, decision__isnull=False, round__shortlist_published_at__isnull=False
        )

    def undecided(self):
        """Public, with no answer yet that the public may see."""
        return self.live().filter(Q(round__shortlist_published_at=None) | Q(decision=None))

    def for_author(self, member):
        return self.filter(authorships__member=member)

    def from_form(self, key):
        """The idea that the form of this key was submitted as."""
        return self.filter(source=Source.WEBSITE, external_reference=str(key))

    def with_supporters(self):
        """Annotate `supporters`: how many members support the idea now."""
        return self.annotate(supporters=Coalesce(F("tally__supporters"), 0))

    def for_cards(self):
        """Everything a card shows, in a fixed number of queries."""
        return (
            self.with_supporters()
            .with_comment_count()
            .select_related("theme", "round", "organisation", "decision")
            .prefetch_related(models.Prefetch("authorships", Authorship.objects.select_related("member")))
            .defer("search", "how", "difference", "evidence_links")
        )

    def for_page(self):
        """Everything the idea's own page shows."""
        return (
            self.with_supporters()
            .with_comment_count()
            .with_wording()
            .select_related("survivor")
            .defer("survivor__search")
            .select_related(
                "theme",
                "round",
                "organisation",
                "decision",
                "raised_at",
                "from_answer__profile__organisation",
            )
            .prefetch_related(models.Prefetch("authorships", Authorship.objects.select_related("member")))
            .defer("search")
        )

    def merged(self):
        """Those that count for another idea now."""
        return self.exclude(survivor=None)

    def for_admin(self):
        """What editors read, without a vote in it."""
        return self.prefetch_related(
            models.Prefetch("authorships", Authorship.objects.select_related("member"))
        ).defer("search")

    def with_last_moderation(self):
        """Annotate `last_reason`, a code or empty, and `last_words`: what an editor last answered the author."""
        last = Moderation.objects.filter(idea=models.OuterRef("pk")).order_by("-moderated_at", "-pk")
        return self.annotate(
            last_reason=models.Subquery(last.values("reason")[:1]),
            last_words=models.Subquery(last.values("words")[:1]),
        )

    def by_support(self):
        return self.order_by(Coalesce(F("tally__supporters"), 0).desc(), "-published_at", "-pk")

    def by_newest(self):
        return self.order_by("-published_at", "-pk")

    def by_number(self):
        return self.order_by("number", "pk")

    def by_latest(self):
        """The order they were submitted in, latest first."""
        return self.order_by("-submitted_at", "-pk")

    def by_place(self):
        """The order of the shortlist."""
        return self.order_by("decision__position", "pk")

    def with_status(self, round):
        """Annotate `status`: the name of the one of undecided, shortlisted, not_shortlisted that live ideas are in."""
        if not round.is_shortlist_published:
            return self.annotate(status=Value("undecided"))
        return self.annotate(
            status=models.Case(
                models.When(decision=None, then=Value("undecided")),
                models.When(decision__position=None, then=Value("not_shortlisted")),
                default=Value("shortlisted"),
            )
        )

    def by_chance(self, seed):
        """A shuffled order, the same for the same seed."""
        return self.order_by(MD5(Concat(Cast("pk", models.TextField()), Value(f":{seed}"))), "pk")


class Idea(Improving, Discussed, IdeaContent):
    """A commitment that a member, or the people at a workshop, would have government make."""

    round = models.ForeignKey(Round, on_delete=models.PROTECT, related_name="ideas")
    number = models.PositiveIntegerField(editable=False)
    source = models.CharField(max_length=20, choices=Source, default=Source.WEBSITE)
    raised_at = models.ForeignKey(
        Meeting,
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="ideas",
        verbose_name="raised at",
    )
    external_reference = models.CharField(
        max_length=100, blank=True, help_text="Its reference where it came from, such as a spreadsheet's row."
    )
    submitted_at = models.DateTimeField(editable=False)
    published_at = models.DateTimeField(null=True, blank=True, editable=False)
    declined_at = models.DateTimeField(null=True, blank=True, editable=False)
    # What live merges amount to: the end of the way from each source to its target. Only merges write it.
    survivor = models.ForeignKey(
        "self",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        editable=False,
        db_index=False,
        related_name="merged_ideas",
    )
    search = models.GeneratedField(
        expression=SearchVector("title", weight="A", config=LANGUAGE)
        + SearchVector("why", weight="B", config=LANGUAGE)
        + SearchVector("how", "difference", weight="C", config=LANGUAGE),
        output_field=SearchVectorField(),
        db_persist=True,
    )

    objects = IdeaQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["round", "number"], name="idea_number_unique_in_round"),
            models.UniqueConstraint(
                fields=["round", "source", "external_reference"],
                condition=~Q(external_reference=""),
                name="idea_external_reference_unique_per_source",
                violation_error_message="An idea with this reference came in already.",
            ),
            models.CheckConstraint(
                condition=Q(published_at=None) | Q(declined_at=None), name="idea_published_or_declined"
            ),
            models.CheckConstraint(
                condition=~Q(ogp_values=[OGPValue.TECHNOLOGY_AND_INNOVATION.value]),
                name="idea_technology_not_the_only_value",
            ),
            models.CheckConstraint(
                condition=Q(survivor=None) | ~Q(survivor=F("pk")), name="idea_survivor_is_another"
            ),
        ]
        indexes = [
            GinIndex(fields=["search"], name="idea_search"),
            GinIndex(OpClass("title", "gin_trgm_ops"), name="idea_by_spelling"),
            models.Index(fields=["round", "-published_at", "-id"], name="idea_by_newest"),
            models.Index(fields=["survivor"], condition=Q(survivor__isnull=False), name="idea_by_survivor"),
        ]
        permissions = [("moderate_idea", "Can approve and decline ideas")]

    def __str__(self):
        return self.title

    def get_absolute_url(self):
        return reverse("manifesto:idea_detail", args=[self.round.slug, self.number])

    @property
    def is_published(self):
        return self.published_at is not None

    @property
    def is_public(self):
        return self.is_published and self.round.announced_at is not None

    @property
    def is_live(self):
        return self.is_published and self.survivor_id is None

    @property
    def root_pk(self):
        """The idea that this one counts for: its survivor, or itself."""
        return self.survivor_id or self.pk

    @property
    def is_pending(self):
        return self.published_at is None and self.declined_at is None

    @property
    def is_declined(self):
        return self.declined_at is not None

    @property
    def public_decision(self):
        """The decision, once the round's shortlist is public; before that nobody learns that there is one."""
        return getattr(self, "decision", None) if self.round.is_shortlist_published else None

    @property
    def is_shortlisted(self):
        return self.is_live and bool(self.public_decision and self.public_decision.position)

    @property
    def is_undecided(self):
        return self.is_live and self.public_decision is None

    @property
    def summary(self):
        """The beginning of why it matters, for cards."""
        return Truncator(self.why).words(32)

    @property
    def area_names(self):
        """Where the idea would apply; no area, or all four nations, is the whole of the UK."""
        if not self.areas or set(self.areas) >= NATIONS:
            return ["Whole UK"]
        return labels_of(Area, self.areas)

    @property
    def ogp_value_names(self):
        return labels_of(OGPValue, self.ogp_values)

    @property
    def policy_area_names(self):
        return labels_of(PolicyArea, self.policy_areas)

    @property
    def author_names(self):
        return [authorship.public_name for authorship in self.authorships.all()]

    def is_by(self, member):
        return any(authorship.member_id == member.pk for authorship in self.authorships.all())

    def likely_duplicates(self):
        """The ideas of the round, public or waiting for an editor, that may say the same, the most alike first."""
        others = self.round.ideas.exclude(pk=self.pk).filter(declined_at=None, survivor=None)
        return others.for_admin().select_related("round").similar_to(self.title)

    def is_visible_to(self, user):
        """Everybody sees a public idea; until then its authors and those who look after ideas do."""
        return self.is_public or (
            user.is_authenticated and (self.is_by(user) or user.has_perm("manifesto.view_idea"))
        )

    @classmethod
    def supported_among(cls, ideas, user) -> set[int]:
        """Which of `ideas`, by primary key, the person at the page supports, if through a merged idea."""
        if not user.is_authenticated:
            return set()
        roots = user.votes.with_root().filter(root__in=[idea.root_pk for idea in ideas])
        supported = set(roots.values_list("root", flat=True))
        return {idea.pk for idea in ideas if idea.root_pk in supported}

    def supported_through(self, user):
        """The merged ideas whose support by the person at the page counts for this one, unless they support it too."""
        if not user.is_authenticated:
            return []
        ideas = [vote.idea for vote in user.votes.in_tree_of(self).with_ideas().by_latest()]
        return [] if self in ideas else ideas

    @classmethod
    def receive(cls, *, round, now, **arrival):
        """Take in a new idea, awaiting moderation, with its first revision and its author. Phases are the caller's.

        `arrival` is what it says, and `author`, a member, or `credited_as`.
        """
        return cls.receive_all([arrival], round=round, now=now)[0]

    @classmethod
    def receive_all(cls, arrivals, *, round, now):
        """Take in several new ideas as `receive` does one, in a fixed number of queries."""
        with transaction.atomic():
            first, ideas, authorships, revisions = round.next_number(), [], [], []
            for number, arrival in enumerate(arrivals, start=first):
                author, credited_as = arrival.get("author"), arrival.get("credited_as", "")
                fields = {name: arrival[name] for name in arrival if name not in ("author", "credited_as")}
                idea = cls(round=round, number=number, submitted_at=now, **fields)
                ideas.append(idea)
                authorships.append(
                    Authorship(idea=idea, member=author, credited_as=credited_as, accepted_at=now)
                )
                wording = {name: getattr(idea, name) for name in WORDING}
                revisions.append(
                    Revision(idea=idea, number=1, wording=1, edited_by=author, edited_at=now, **wording)
                )
            cls.objects.bulk_create(ideas)
            Authorship.objects.bulk_create(authorships)
            Revision.objects.bulk_create(revisions)
        return ideas

    def correct(self, *, by, now, **fields):
        """Replace what the idea says while no editor has answered it; its earlier words stay as a revision.

        Raise AlreadyModerated.
        """
        with transaction.atomic():
            locked = Idea.objects.select_for_update().defer("search").get(pk=self.pk)
            if not locked.is_pending:
                raise AlreadyModerated("Somebody has dealt with this idea already.")
            for name, value in fields.items():
                setattr(locked, name, value)
            locked.save(update_fields=fields)
            last = locked.revisions.last()
            wording = {name: getattr(locked, name) for name in WORDING}
            if wording != {name: getattr(last, name) for name in WORDING}:
                Revision.objects.create(
                    idea=locked,
                    number=last.number + 1,
                    # Nobody can have supported the words before.
                    wording=last.wording,
                    edited_by=by,
                    edited_at=now,
                    **wording,
                )

    def approve(self, *, by, now, words=""):
        """Publish the idea. Raise NotAllowedInPhase or AlreadyModerated."""
        if not self.round.allows(Action.MODERATE, now):
            raise NotAllowedInPhase("Ideas can be published only while the round collects or improves them.")
        self._moderate(by=by, now=now, words=words, published_at=now)

    def decline(self, *, by, now, reason: DeclineReason, words):
        """Tell the author, with a reason, that the idea will not be published. Raise AlreadyModerated."""
        self._moderate(by=by, now=now, reason=reason, words=words, declined_at=now)

    def _moderate(self, *, by, now, reason="", words, **state):
        with transaction.atomic():
            if not Idea.objects.pending().filter(pk=self.pk).update(**state):
                raise AlreadyModerated("Somebody has dealt with this idea already.")
            moderation = Moderation.objects.create(
                idea=self, reason=reason, words=words, moderated_by=by, moderated_at=now
            )
            news.idea_answered(self, moderation, now=now)
            if moderation.is_approval:
                news.idea_published(self, now=now)
        self.refresh_from_db(fields=["published_at", "declined_at"])

    @property
    def next_key(self):
        """The key of the one draft that a declined idea is changed in; nobody can take it by guessing it."""
        return uuid.UUID(salted_hmac("manifesto.redraft", str(self.pk)).hexdigest()[:32])

    def refusal_to_redraft(self, member, now) -> Refused | None:
        """Why this member can't change the idea and send it again, or None if they can."""
        if not self.is_declined or not self.is_by(member):
            return NotDeclined("Only an idea of yours that was not published can be sent again.")
        if not self.round.allows(Action.SUBMIT, now):
            return SubmissionClosed(self.round.why_no_ideas(now))
        if self.round.ideas.for_author(member).from_form(self.next_key).exists():
            return NotDeclined("You have sent this idea again already. It is among your ideas.")
        return None

    def redraft(self, *, by, now):
        """A draft that says what this declined idea says, for its author to change and send again.

        Asked twice, it is the same draft, with what was changed in it. Raise SubmissionClosed or NotDeclined.
        """
        if refusal := self.refusal_to_redraft(by, now):
            raise refusal
        fresh = {"round": self.round, "version": 1, "updated_at": now, **self.content()}
        draft, _ = by.drafts.get_or_create(key=self.next_key, defaults=fresh)
        return draft

    def refusal_to_support(self, member, now) -> Refused | None:
        """Why this member can't support the idea now, or None if they can."""
        if not self.is_published:
            return NotPublished("This idea isn't public, so it can't be supported.")
        if self.survivor:
            return MergedAway(
                f"This idea was merged into “{self.survivor}”. You can support that one instead."
            )
        if not self.round.allows(Action.SUPPORT, now):
            return VotingClosed(self.round.why_no_votes(now))
        if not member.has_verified_email:
            return EmailUnverified("Please confirm your e-mail address before you support an idea.")
        if not member.has_current_consent:
            return ConsentNeeded(
                "Support shows a political opinion, so we need your agreement before we record it."
            )
        return None

    def support(self, member, *, now, seen=None):
        """Count the member's support once, however often or however many at once ask. Raise a Refused.

        It stands for the revision of the number that the member has `seen`, or else for the latest.
        """
        if refusal := self.refusal_to_support(member, now):
            raise refusal
        # Not get_or_create: a violated constraint would write the member and the idea into the server's log.
        Vote = self.votes.model
        revision = self.revision_seen(seen)
        Vote.objects.bulk_create(
            [Vote(member=member, idea=self, revision=revision, cast_at=now)], ignore_conflicts=True
        )

    def withdraw_support(self, member, *, now):
        """Take the member's support back, also from ideas that count for the same one by a merge.

        Without any support nothing changes. Raise VotingClosed.
        """
        if not self.round.allows(Action.SUPPORT, now):
            raise VotingClosed(self.round.why_no_votes(now))
        member.votes.in_tree_of(self).delete()

    def merge_into(self, other, *, by, reason, now):
        """Have this idea and what was merged into it count for `other`. Return the merge or raise a Refused."""
        [merge] = self.merges.model.objects.join([self], other, by=by, reason=reason, now=now)
        self.refresh_from_db(fields=["survivor"])
        return merge

    def refusal_to_merge(self, round, now) -> Refused | None:
        """Why this idea can't be merged into any other of `round` now, or None if it can."""
        if self.round_id != round.pk:
            return NotMergeable("Only ideas of the same round can be merged.")
        if not round.allows(Action.MODERATE, now):
            return NotAllowedInPhase("Ideas can be merged only while the round collects or improves them.")
        if not self.is_published:
            return NotPublished("Only ideas that are public can be merged.")
        if self.survivor:
            return MergedAway(f"“{self}” was merged into “{self.survivor}” already.")
        return None

    def refusal_to_merge_into(self, other, now) -> Refused | None:
        """Why this idea can't be merged into `other` now, or None if it can."""
        if self.pk == other.pk:
            return NotMergeable("An idea can't be merged into itself.")
        if refusal := self.refusal_to_merge(other.round, now):
            return refusal
        if not other.is_published:
            return NotPublished("Only ideas that are public can be merged.")
        if other.survivor_id == self.pk:
            return NotMergeable(f"“{other}” was merged into “{self}”, so “{self}” can't be merged into it.")
        if other.survivor:
            return MergedAway(f"“{other}” was merged into “{other.survivor}”. Merge into that one instead.")
        return None


class Authorship(models.Model):
    """Who put an idea forward: a member, or people without an account under the name they are credited by."""

    class Role(models.TextChoices):
        AUTHOR = "author", "Author"
        CO_AUTHOR = "co_author", "Co-author"

    idea = models.ForeignKey(Idea, on_delete=models.CASCADE, related_name="authorships")
    member = models.ForeignKey(
        Member, on_delete=models.SET_NULL, null=True, blank=True, related_name="authorships"
    )
    credited_as = models.CharField(
        max_length=150,
        blank=True,
        help_text="For ideas without an account behind them: “Participants of the … workshop”.",
    )
    role = models.CharField(max_length=20, choices=Role, default=Role.AUTHOR)
    accepted_at = models.DateTimeField(null=True, blank=True)
    is_by_merge = models.BooleanField(
        default=False,
        editable=False,
        help_text="Author of an idea that was merged into this one, and only so.",
    )

    class Meta:
        ordering = ["role", "pk"]
        constraints = [models.UniqueConstraint(fields=["idea", "member"], name="authorship_once_per_idea")]

    def __str__(self):
        return self.public_name

    @property
    def public_name(self):
        if self.member:
            return self.member.public_name
        return self.credited_as or "Withdrawn author"


class Moderation(models.Model):
    """An editor's answer to a submitted idea: approved, or declined with a reason and words to the author."""

    idea = models.ForeignKey(Idea, on_delete=models.CASCADE, related_name="moderations")
    reason = models.CharField(max_length=30, choices=DeclineReason, blank=True)
    words = models.TextField("words to the author", max_length=2000, blank=True)
    moderated_by = models.ForeignKey(
        Member, on_delete=models.SET_NULL, null=True, blank=True, related_name="moderations"
    )
    moderated_at = models.DateTimeField()

    class Meta:
        ordering = ["-moderated_at", "-pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(reason="") | ~Q(words=""),
                name="moderation_declines_with_words",
                violation_error_message="Tell the author why.",
            )
        ]

    def __str__(self):
        return self.get_reason_display() or "Approved"

    @property
    def is_approval(self):
        return not self.reason
