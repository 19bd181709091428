"""An idea's wordings, kept for good: how they are improved, and how many support each."""

import pgtrigger
from django.db import models, transaction
from django.db.models import Exists, OuterRef, Subquery, Sum
from django.db.models.functions import Coalesce
from django.urls import reverse
from django.utils.translation import gettext as _

from ogp_network import comparison
from profiles.models import Member
from profiles.vocabularies import language_field, language_tag

from .. import news
from ..errors import (
    ConsentNeeded,
    EditedMeanwhile,
    EmailUnverified,
    MergedAway,
    NotAllowedInPhase,
    NotAnAuthor,
    NotASupporter,
    NotPublished,
    Refused,
)
from .content import IdeaContent
from .phase import Action

WORDING = ("title", "why", "how", "difference")


class RevisionQuerySet(models.QuerySet):
    def published(self):
        """Without those that were replaced before an editor published the idea: the public never saw them."""
        later = self.model.objects.filter(
            idea=OuterRef("idea"),
            number__gt=OuterRef("number"),
            edited_at__lte=OuterRef("idea__published_at"),
        )
        return self.exclude(idea__published_at=None).exclude(Exists(later))

    def public(self):
        """Those the public can read, in rounds that people know of."""
        return self.published().exclude(idea__round__announced_at=None)

    def with_supporters(self):
        """Annotate `supporters`: how many votes for this very idea are for the revision's wording."""
        tallies = WordingTally.objects.filter(idea=OuterRef("idea"), wording=OuterRef("wording"))
        return self.annotate(supporters=Coalesce(Subquery(tallies.values("supporters")), 0))

    def for_list(self):
        return self.with_supporters().select_related("edited_by")

    def for_data(self):
        """Everything open data says of them, idea by idea."""
        with_ideas = self.with_supporters().select_related("idea__round")
        return with_ideas.defer("idea__search").order_by("idea__round", "idea__number", "number")

    def by_latest(self):
        return self.order_by("-number", "-pk")


# The caller holds the idea FOR UPDATE, so no vote is counted meanwhile.
JOIN_WORDINGS = """
    IF NOT EXISTS (
        SELECT FROM manifesto_revision earlier WHERE earlier.idea_id = NEW.idea_id
        AND earlier.number = NEW.number - 1 AND earlier.wording = NEW.wording AND OLD.wording = NEW.wording + 1
    ) OR EXISTS (SELECT FROM manifesto_revision WHERE idea_id = NEW.idea_id AND number > NEW.number) THEN
        RAISE EXCEPTION 'only the latest change of an idea can become minor' USING ERRCODE = 'check_violation';
    END IF;
    WITH gone AS (
        DELETE FROM manifesto_wordingtally WHERE idea_id = NEW.idea_id AND wording = OLD.wording RETURNING supporters
    )
    INSERT INTO manifesto_wordingtally (idea_id, wording, supporters)
    SELECT NEW.idea_id, NEW.wording, supporters FROM gone
    ON CONFLICT (idea_id, wording) DO UPDATE SET supporters = manifesto_wordingtally.supporters + EXCLUDED.supporters;
    RETURN NULL;
"""


class Revision(models.Model):
    """A wording an idea was published under, kept for good. `wording` rises only when the substance changes."""

    idea = models.ForeignKey("Idea", on_delete=models.CASCADE, related_name="revisions")
    number = models.PositiveIntegerField()
    wording = models.PositiveIntegerField()
    title = models.CharField(max_length=120)
    why = models.TextField()
    how = models.TextField()
    difference = models.TextField()
    # What the wording is marked as: no part of it, so a wrong mark can be put right.
    language = language_field()
    note = models.CharField(max_length=300, blank=True)
    is_by_editor = models.BooleanField(default=False)
    edited_by = models.ForeignKey(
        Member, on_delete=models.SET_NULL, null=True, blank=True, related_name="revisions"
    )
    edited_at = models.DateTimeField()
    made_minor_by = models.ForeignKey(
        Member, on_delete=models.SET_NULL, null=True, blank=True, related_name="minor_revisions"
    )
    made_minor_at = models.DateTimeField(null=True, blank=True)

    objects = RevisionQuerySet.as_manager()

    class Meta:
        ordering = ["number"]
        constraints = [
            models.UniqueConstraint(fields=["idea", "number"], name="revision_number_unique_in_idea")
        ]
        triggers = [
            pgtrigger.ReadOnly(
                name="wording_is_for_good",
                exclude=["language", "edited_by", "wording", "made_minor_by", "made_minor_at"],
            ),
            pgtrigger.Trigger(
                name="only_the_latest_becomes_minor",
                level=pgtrigger.Row,
                when=pgtrigger.After,
                operation=pgtrigger.UpdateOf("wording"),
                condition=pgtrigger.Q(old__wording__df=pgtrigger.F("new__wording")),
                func=JOIN_WORDINGS,
            ),
        ]

    def __str__(self):
        return _("Revision %(number)s") % {"number": self.number}

    @property
    def text(self):
        """What it says, by the names of the fields."""
        return {name: getattr(self, name) for name in WORDING}

    @property
    def language_tag(self):
        return language_tag(self.language)

    @property
    def editor_name(self):
        """Who is on record for it."""
        name = self.edited_by.public_name if self.edited_by else _("Somebody whose account is gone")
        return _("%(name)s, as an editor") % {"name": name} if self.is_by_editor else name

    @property
    def is_minor(self):
        return self.made_minor_at is not None

    def make_minor(self, *, by, now):
        """Record that the change left the substance as it was, so that support for the wording before counts for it.

        Nobody who hasn't heard of the change yet is told. Raise NotAnAuthor but for editors, NotAllowedInPhase, or
        EditedMeanwhile unless it is the idea's latest substantive change.
        """
        if not by.has_perm("manifesto.moderate_idea"):
            raise NotAnAuthor(_("Only editors can say that a change is minor."))
        with transaction.atomic():
            Idea = type(self.idea)
            idea = (
                Idea.objects.select_for_update(of=["self"])
                .select_related("round")
                .defer("search")
                .get(pk=self.idea_id)
            )
            if not idea.round.allows(Action.IMPROVE, now):
                raise NotAllowedInPhase(_("Wordings can be improved only until the experts begin to score."))
            [*_earlier, before, latest] = [None, *idea.revisions.published().order_by("number")]
            if latest != self or not before or latest.wording == before.wording:
                raise EditedMeanwhile(
                    _("Only the latest change of an idea can be called minor, and only once.")
                )
            self.wording, self.made_minor_by, self.made_minor_at = before.wording, by, now
            self.save(update_fields=["wording", "made_minor_by", "made_minor_at"])
            news.forget_improvement(idea, self)

    def compared_with(self, text):
        """What changes from this revision to `text`, for a page: triples of the question, whether its answer differs,
        and the passages of comparison.compare.
        """
        passages = {name: comparison.compare(before, text[name]) for name, before in self.text.items()}
        return [
            (
                IdeaContent._meta.get_field(name).verbose_name,
                any(kind != comparison.SAME for kind, _text in parts),
                parts,
            )
            for name, parts in passages.items()
        ]

    def is_unchanged_by(self, text):
        """Whether `text` differs from this revision by spaces at most."""
        return all(comparison.is_same(before, text[name]) for name, before in self.text.items())


# The support for wordings is locked in the order of keys, after the tally of the idea.
COUNT_WORDINGS = """
    INSERT INTO manifesto_wordingtally (idea_id, wording, supporters)
    SELECT revision.idea_id, revision.wording, count(*)
    FROM cast_votes JOIN manifesto_revision revision ON revision.id = cast_votes.revision_id
    GROUP BY 1, 2 ORDER BY 1, 2
    ON CONFLICT (idea_id, wording) DO UPDATE SET supporters = manifesto_wordingtally.supporters + EXCLUDED.supporters;
    RETURN NULL;
"""
COUNT_WORDINGS_WITHDRAWN = """
    PERFORM FROM manifesto_wordingtally tally JOIN manifesto_revision revision USING (idea_id, wording)
    WHERE revision.id IN (SELECT revision_id FROM withdrawn_votes) ORDER BY idea_id, wording FOR NO KEY UPDATE OF tally;
    UPDATE manifesto_wordingtally tally SET supporters = supporters - gone.votes
    FROM (
        SELECT revision.idea_id, revision.wording, count(*) AS votes
        FROM withdrawn_votes JOIN manifesto_revision revision ON revision.id = withdrawn_votes.revision_id
        WHERE withdrawn_votes.invalidation_id IS NULL GROUP BY 1, 2
    ) gone WHERE tally.idea_id = gone.idea_id AND tally.wording = gone.wording;
    RETURN NULL;
"""
COUNT_CONFIRMED = """
    PERFORM FROM manifesto_idea WHERE id = NEW.idea_id FOR KEY SHARE;
    SELECT wording INTO earlier FROM manifesto_revision WHERE id = OLD.revision_id;
    SELECT wording INTO later FROM manifesto_revision WHERE id = NEW.revision_id;
    IF earlier <> later AND NEW.invalidation_id IS NULL THEN
        INSERT INTO manifesto_wordingtally (idea_id, wording, supporters) VALUES (NEW.idea_id, later, 0)
        ON CONFLICT DO NOTHING;
        PERFORM FROM manifesto_wordingtally WHERE idea_id = NEW.idea_id AND wording IN (earlier, later)
        ORDER BY wording FOR NO KEY UPDATE;
        UPDATE manifesto_wordingtally SET supporters = supporters + CASE wording WHEN later THEN 1 ELSE -1 END
        WHERE idea_id = NEW.idea_id AND wording IN (earlier, later);
    END IF;
    RETURN NULL;
"""


def wording_triggers():
    """The triggers on votes that keep WordingTally."""
    return [
        pgtrigger.Trigger(
            name="count_wording",
            level=pgtrigger.Statement,
            when=pgtrigger.After,
            operation=pgtrigger.Insert,
            referencing=pgtrigger.Referencing(new="cast_votes"),
            func=COUNT_WORDINGS,
        ),
        pgtrigger.Trigger(
            name="count_wording_withdrawal",
            level=pgtrigger.Statement,
            when=pgtrigger.After,
            operation=pgtrigger.Delete,
            referencing=pgtrigger.Referencing(old="withdrawn_votes"),
            func=COUNT_WORDINGS_WITHDRAWN,
        ),
        pgtrigger.Trigger(
            name="count_wording_confirmed",
            level=pgtrigger.Row,
            when=pgtrigger.After,
            operation=pgtrigger.UpdateOf("revision_id"),
            declare=[("earlier", "INTEGER"), ("later", "INTEGER")],
            func=COUNT_CONFIRMED,
        ),
    ]


class WordingTallyQuerySet(models.QuerySet):
    def wrong(self):
        """Triples of an idea's key, a wording and what its tally should say; counted from all votes there still are."""
        votes = Revision._meta.get_field("votes").related_model.objects.valid().standing().order_by()
        counted = {
            (row["revision__idea"], row["revision__wording"]): row["n"]
            for row in votes.values("revision__idea", "revision__wording").annotate(n=models.Count("pk"))
        }
        tallies = self.filter(idea__round__ballots_reduced_at=None)
        kept = {(tally.idea_id, tally.wording): tally.supporters for tally in tallies}
        return [
            (*key, counted.get(key, 0))
            for key in sorted(counted.keys() | kept.keys())
            if kept.get(key, 0) != counted.get(key, 0)
        ]


class WordingTally(models.Model):
    """How many votes for this very idea were cast on, or confirmed for, a wording. Triggers on votes keep it."""

    idea = models.ForeignKey("Idea", on_delete=models.CASCADE, related_name="wording_tallies", db_index=False)
    wording = models.PositiveIntegerField()
    supporters = models.PositiveIntegerField(default=0)

    objects = WordingTallyQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["idea", "wording"], name="wording_tally_once_per_wording")
        ]

    def __str__(self):
        return f"{self.supporters} for wording {self.wording}"


class ImprovableQuerySet(models.QuerySet):
    def with_wording(self):
        """Annotate the latest revision's `revision_number`, `wording` and `worded_at`, and how many votes for this very
        idea are for its wording or an earlier one: `for_wording`, `for_earlier_wordings`.
        """
        latest = Revision.objects.filter(idea=OuterRef("pk")).by_latest()
        tallies = WordingTally.objects.filter(idea=OuterRef("pk")).order_by()
        current, earlier = (
            tallies.filter(wording=OuterRef("wording")),
            tallies.filter(wording__lt=OuterRef("wording")),
        )
        total = earlier.values("idea").annotate(n=Sum("supporters"))
        return self.annotate(
            revision_number=Subquery(latest.values("number")[:1]),
            wording=Subquery(latest.values("wording")[:1]),
            worded_at=Subquery(latest.values("edited_at")[:1]),
        ).annotate(
            for_wording=Coalesce(Subquery(current.values("supporters")), 0),
            for_earlier_wordings=Coalesce(Subquery(total.values("n")), 0),
        )


def key_of_seen(idea, number):
    """The key of the idea's revision of that number if the public can see it, else of its latest, as an expression."""
    seen = Revision.objects.published().filter(idea=idea, number=number).values("pk")
    latest = Revision.objects.filter(idea=idea).by_latest().values("pk")
    return Coalesce(Subquery(seen[:1]), Subquery(latest[:1]))


class Improving:
    """What an idea can do about its wording."""

    @property
    def text(self):
        """What it says, by the names of the fields."""
        return {name: getattr(self, name) for name in WORDING}

    @property
    def for_merged_ideas(self):
        """How many support it only through ideas that were merged into it. Needs with_wording()."""
        return self.supporters - self.for_wording - self.for_earlier_wordings

    @property
    def is_improved(self):
        """Whether it says something else than it was published with. Needs with_wording()."""
        return self.is_published and self.worded_at > self.published_at

    def revisions_address(self):
        return reverse("manifesto:revision_list", args=[self.round.slug, self.number])

    def is_author(self, member):
        return any(
            authorship.member_id == member.pk and authorship.accepted_at
            for authorship in self.authorships.all()
        )

    def can_improve(self, user, now):
        """Whether the person at the page is shown the way to improve it."""
        return user.is_authenticated and not isinstance(
            self.refusal_to_improve(user, now), (NotAllowedInPhase, NotAnAuthor, NotPublished, MergedAway)
        )

    def refusal_to_improve(self, by, now) -> Refused | None:
        """Why this member can't improve the wording now, or None if they can."""
        is_editor = by.is_staff and by.has_perm("manifesto.moderate_idea")
        if not self.is_published:
            return NotPublished(_("Only an idea that is public can be improved here."))
        if not (is_editor or self.is_author(by)):
            return NotAnAuthor(_("Only the authors of an idea, and editors, can improve its wording."))
        if self.survivor:
            return MergedAway(
                _("This idea was merged into “%(survivor)s” and stays as it was.")
                % {"survivor": self.survivor}
            )
        if not self.round.allows(Action.IMPROVE, now):
            return NotAllowedInPhase(_("Wordings can be improved only until the experts begin to score."))
        if not is_editor and not by.has_verified_email:
            return EmailUnverified(_("Please confirm your e-mail address before you improve an idea."))
        if not is_editor and not by.has_current_consent:
            return ConsentNeeded(
                _("An idea shows a political opinion, so we need your agreement before you improve it.")
            )
        return None

    def improve(self, *, by, wording, opened, now, note="", is_minor=False, language=None):
        """Publish the next revision, of the texts in `wording`; give it, or None if nothing but spaces changed.

        `language` is what they are written in, by default what the idea was. Where it alone changes, the latest
        revision was marked wrongly: the mark is put right, and support stands as it did.

        `opened` is the number of the revision that the editor or author began with. Only an editor may call a change
        minor: it leaves support as it is. Raise EditedMeanwhile if there is a later revision, or another Refused.
        """
        with transaction.atomic():
            locked = type(self).objects.select_related("round").select_for_update(of=["self"])
            locked = locked.defer("search").get(pk=self.pk)
            if refusal := locked.refusal_to_improve(by, now):
                raise refusal
            if is_minor and not by.has_perm("manifesto.moderate_idea"):
                raise NotAnAuthor(_("Only editors can say that a change is minor."))
            latest = locked.revisions.last()
            if latest.number != opened:
                raise EditedMeanwhile(_("Somebody else changed this idea after you opened it."))
            if latest.is_unchanged_by(wording):
                locked._mark_language(latest, language or locked.language)
                return None
            for name in WORDING:
                setattr(locked, name, wording[name])
                setattr(self, name, wording[name])
            locked.language = self.language = language or locked.language
            locked.save(update_fields=[*WORDING, "language"])
            revision = Revision.objects.create(
                idea=locked,
                number=latest.number + 1,
                wording=latest.wording if is_minor else latest.wording + 1,
                note=note,
                is_by_editor=not locked.is_author(by),
                edited_by=by,
                edited_at=now,
                made_minor_by=by if is_minor else None,
                made_minor_at=now if is_minor else None,
                language=locked.language,
                **locked.text,
            )
            if not is_minor:
                news.idea_improved(locked, revision, now=now)
        return revision

    def _mark_language(self, latest, language):
        for written in (self, latest):
            if written.language != language:
                written.language = language
                written.save(update_fields=["language"])

    def revision_to_make_minor(self, user, now):
        """The latest revision, where the person at the page is an editor who may say that it is minor; else None."""
        if not (user.is_staff and user.has_perm("manifesto.moderate_idea")):
            return None
        latest, before = [*self.revisions.published().by_latest()[:2], None, None][:2]
        is_open = self.round.allows(Action.IMPROVE, now)
        return latest if is_open and before and before.wording < latest.wording else None

    def earlier_vote_of(self, member):
        """The member's vote for this very idea if it stands for an earlier wording than the latest, else None."""
        latest = Revision.objects.filter(idea=self.pk).by_latest().values("wording")[:1]
        votes = self.votes.not_withdrawn().filter(member=member, revision__wording__lt=Subquery(latest))
        return votes.select_related("revision").first()

    def revision_seen(self, number):
        """The revision of that number if the public can see it, else the latest."""
        return self.revisions.defer(*WORDING, "note").get(pk=key_of_seen(self.pk, number or 0))

    def confirm_support(self, member, *, now, seen=None):
        """Have the member's vote stand for the revision they have `seen`, by number; without one, the latest.

        A vote never goes back to an earlier wording. Raise NotASupporter without a vote, or a Refused.
        """
        if refusal := self.refusal_to_support(member, now):
            raise refusal
        votes = self.votes.not_withdrawn().filter(member=member)
        if not votes.exists():
            raise NotASupporter(_("You don’t support this idea, so there is nothing to confirm."))
        revision = self.revision_seen(seen)
        votes.filter(revision__number__lt=revision.number).update(revision=revision)
