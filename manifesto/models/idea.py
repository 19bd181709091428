from django.contrib.postgres.indexes import GinIndex, OpClass
from django.contrib.postgres.search import SearchVector, SearchVectorField
from django.db import models, transaction
from django.db.models import F, Q, Value
from django.db.models.functions import MD5, Cast, Coalesce, Concat, Greatest
from django.urls import reverse
from django.utils.text import Truncator
from django.utils.translation import gettext as _

from meetings.models import Meeting
from profiles.vocabularies import NATIONS, Area, labels_of

from ..errors import AlreadyModerated
from ..vocabularies import Level, OGPValue, PolicyArea, Source
from .activity import ActiveQuerySet
from .authorship import Authorship
from .content import IdeaContent
from .discussion import Discussed, DiscussedQuerySet
from .finding import FindingQuerySet
from .lexeme import LANGUAGE
from .merging import Mergeable
from .moderation import Moderated, Moderation
from .revision import WORDING, ImprovableQuerySet, Improving, Revision
from .round import Round
from .support import Supported


class IdeaQuerySet(ImprovableQuerySet, DiscussedQuerySet, FindingQuerySet, ActiveQuerySet):
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

    def for_list(self, *, with_decisions):
        """What cards show in the list of a round: it is known, none names an organisation, and decisions are shown once
        they are public.
        """
        around = ["theme", "decision"] if with_decisions else ["theme"]
        return self.for_cards().select_related(None).select_related(*around)

    def for_page(self):
        """Everything the idea's own page shows.

        What few ideas have, such as a survivor or a meeting they come from, is read where there is one: joining all of
        it took longer than all else in the query.
        """
        return (
            self.with_supporters()
            .with_comment_count()
            .with_wording()
            .select_related("theme", "round")
            .prefetch_related(
                models.Prefetch("authorships", Authorship.objects.select_related("member")),
                "from_answer__profile__organisation",
            )
            .defer("search")
        )

    def for_tallies(self):
        """How many support each, and in which wording, without the words."""
        counted = self.with_supporters().with_wording().select_related("round")
        return counted.only("number", "survivor", "published_at", "round__slug")

    def for_feed(self):
        """Everything an entry of a feed tells, in a fixed number of queries."""
        return (
            self.with_public_change()
            .select_related("theme", "round")
            .prefetch_related(models.Prefetch("authorships", Authorship.objects.select_related("member")))
            .defer("search")
        )

    def decided(self):
        """Answered in public."""
        return self.live().filter(decision__isnull=False, round__shortlist_published_at__isnull=False)

    def with_public_change(self):
        """Annotate `changed_in_public_at`: when what the public reads of a published idea last changed."""
        return self.annotate(
            changed_in_public_at=Greatest(
                "published_at",
                models.Max("revisions__edited_at"),
                "round__shortlist_published_at",
                models.Max("decision__errata__corrected_at"),
            )
        )

    def votes_that_count(self):
        """For each vote the number of the live idea that it counts for, its member or None, and its own key.

        For counting only: who supports what is shown to nobody.
        """
        votes = self.model.votes.rel.related_model.objects.filter(idea__in=self.published().order_by())
        counted_for = Coalesce("idea__survivor__number", "idea__number")
        return votes.counted().order_by().values_list(counted_for, "member", "pk")

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

    def by_round(self):
        return self.order_by("round", "number", "pk")

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


class Idea(Moderated, Supported, Mergeable, Improving, Discussed, IdeaContent):
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

    # What a search found, where one did: templates ask all ideas, and take long to see that there is no such thing.
    title_found = text_found = ""

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
    def feed_address(self):
        """Where the feed of its discussion is."""
        return reverse("manifesto:comments_atom", args=[self.round.slug, self.number])

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
            return [_("Whole UK")]
        return labels_of(Area, self.areas)

    @property
    def nation_names(self):
        """The nations the idea would apply in, a region of England being England."""
        if not self.areas or set(self.areas) >= NATIONS:
            return [_("Whole UK")]
        return labels_of(Area, [code if code in NATIONS else Area.ENGLAND for code in self.areas])

    @property
    def aspects(self):
        """What tells whether a selection of ideas is one-sided: names of aspects, and the idea's labels in each."""
        return {
            _("Theme"): [self.theme.name],
            _("Where"): self.nation_names,
            _("Level of government"): [str(self.get_level_display())],
            _("Open government value"): self.ogp_value_names,
        }

    @property
    def level_name(self):
        """What get_level_display says, which looks through all levels for it."""
        return str(Level(self.level).label)

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
                wording = {name: getattr(idea, name) for name in (*WORDING, "language")}
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
            if locked.text == last.text:
                locked._mark_language(last, locked.language)
            else:
                Revision.objects.create(
                    idea=locked,
                    number=last.number + 1,
                    # Nobody can have supported the words before.
                    wording=last.wording,
                    edited_by=by,
                    edited_at=now,
                    language=locked.language,
                    **locked.text,
                )
