import re
import uuid

from django.db import IntegrityError, models, transaction
from django.urls import reverse
from django.utils.crypto import salted_hmac
from django.utils.text import Truncator
from django.utils.translation import gettext as _

from profiles.models import Member, Organisation

from ..errors import ConsentNeeded, EditedMeanwhile, EmailUnverified, NotReady, SubmissionClosed, Suspended
from ..vocabularies import Source
from .content import IdeaContent
from .idea import Idea
from .phase import Action
from .round import Round
from .theme import Theme


def _saved_elsewhere():
    return _(
        "You saved this draft in another window after opening it here. What you typed here is below: "
        "save again to keep this version instead."
    )


class DraftQuerySet(models.QuerySet):
    def for_author(self, member):
        return self.filter(author=member)

    def by_latest(self):
        return self.order_by("-updated_at", "-pk")

    def of_reform(self, answer, *, round, by, now):
        """A draft for `round` that asks for the reform of a published story, or the idea that became of it.

        Asked twice by the same member, it is the same one. Raise SubmissionClosed.
        """
        if not round.allows(Action.SUBMIT, now):
            raise SubmissionClosed(round.why_no_ideas(now))
        seed = f"{answer.pk}-{round.pk}-{by.pk}"
        key = uuid.UUID(salted_hmac("manifesto.reform", seed).hexdigest()[:32])
        if idea := round.ideas.for_author(by).from_form(key).first():
            return idea
        organisation = answer.profile.organisation
        belongs = Organisation.objects.for_member(by).filter(pk=organisation.pk).exists()
        beginning = {
            "round": round,
            "title": first_sentence(answer.text, Draft._meta.get_field("title").max_length),
            "how": Truncator(answer.text).chars(Draft._meta.get_field("how").max_length),
            "theme": round.themes.filter(slug=answer.profile.theme).first(),
            "areas": organisation.areas,
            "organisation": organisation if belongs else None,
            "from_answer": answer,
            "language": answer.profile.language,
            "version": 1,
            "updated_at": now,
        }
        draft, _ = by.drafts.get_or_create(key=key, defaults=beginning)
        return draft


def first_sentence(text, longest):
    """How a text begins, in one line of so many letters at most."""
    sentence = re.split(r"(?<=[.!?])\s", " ".join(text.split()), maxsplit=1)[0]
    return Truncator(sentence.rstrip(".")).chars(longest)


class Draft(IdeaContent):
    """An idea that its author is still writing and nobody else can see.

    Its `key` comes with the form and goes on to the idea, so that one form makes one idea however often it is sent.
    """

    theme = models.ForeignKey(Theme, on_delete=models.SET_NULL, null=True, blank=True, related_name="drafts")
    round = models.ForeignKey(Round, on_delete=models.CASCADE, related_name="drafts")
    author = models.ForeignKey(Member, on_delete=models.CASCADE, related_name="drafts")
    key = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    version = models.PositiveIntegerField(default=0, editable=False)
    updated_at = models.DateTimeField(editable=False)

    objects = DraftQuerySet.as_manager()

    def __str__(self):
        return self.title or _("Untitled idea")

    def get_absolute_url(self):
        return reverse("manifesto:draft_edit", args=[self.pk])

    def similar_ideas(self):
        """The public ideas of the round that may say the same, the most alike first."""
        return self.round.ideas.live().for_cards().similar_to(self.title)

    def refusal_to_submit(self, now):
        """Why the draft can't be submitted now, or None if it can."""
        if not self.round.allows(Action.SUBMIT, now):
            return SubmissionClosed(self.round.why_no_ideas(now))
        if self.author.is_suspended:
            return Suspended(
                _("%(why)s Until then you can’t submit ideas.") % {"why": self.author.why_suspended}
            )
        if not self.author.has_verified_email:
            return EmailUnverified(_("Please confirm your e-mail address before you submit an idea."))
        if not self.author.has_current_consent:
            return ConsentNeeded(
                _("An idea shows a political opinion, so we need your agreement before we take it in.")
            )
        if self.missing():
            return NotReady(_("Some of what an idea needs is still empty."))
        return None

    def keep(self, *, version, now):
        """Save what the author typed over the `version` they opened. Raise EditedMeanwhile if there is a later one that
        says something else, or Draft.DoesNotExist if it was submitted or deleted.
        """
        self.updated_at = now
        try:
            with transaction.atomic():
                saved = Draft.objects.select_for_update().get(pk=self.pk) if self.pk else None
                # A form that is sent again, because nobody answered, finds its own words.
                if saved and saved.version != version and saved.content() != self.content():
                    raise EditedMeanwhile(_saved_elsewhere())
                self.version = (saved.version if saved else 0) + 1
                self.save()
        except IntegrityError as error:
            raise EditedMeanwhile(_saved_elsewhere()) from error

    def submit(self, *, now):
        """Make it an idea awaiting moderation. Raise a Refused, or Draft.DoesNotExist if it was submitted before."""
        if refusal := self.refusal_to_submit(now):
            raise refusal
        try:
            return self._become_an_idea(now)
        except IntegrityError:
            # The key stands on an idea already: this form's own, sent a moment ago, or by chance somebody else's.
            if Idea.objects.for_author(self.author).from_form(self.key).exists():
                self.delete()
                raise Draft.DoesNotExist from None
            self.key = uuid.uuid4()
            self.save(update_fields=["key"])
            return self._become_an_idea(now)

    def _become_an_idea(self, now):
        with transaction.atomic():
            locked = Draft.objects.select_for_update().get(pk=self.pk)
            idea = Idea.receive(
                round=self.round,
                now=now,
                author=self.author,
                source=Source.WEBSITE,
                external_reference=str(locked.key),
                **locked.content(),
            )
            locked.delete()
        return idea
