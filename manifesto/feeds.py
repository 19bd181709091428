"""Ideas, what is said of them, what was decided, and what happens in a round, as feed readers take them: Atom."""

from dataclasses import dataclass
from datetime import datetime

from django.http import Http404
from django.shortcuts import get_object_or_404
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone
from django.utils.text import Truncator
from django.utils.translation import gettext as _

from profiles.feeds import PublicFeed, tag_of

from .filters import IdeaFilter
from .models import Comment, Erratum, Idea, Phase, Round, Signature, Statement


class IdeaFeed(PublicFeed):
    """A round's ideas, all or those that a visitor has narrowed down, the newest first."""

    def get_object(self, request, slug):
        round = get_object_or_404(Round.objects.announced(), slug=slug)
        today = timezone.localdate(timezone.now())
        return IdeaFilter(request.GET, round.ideas.live(), request=request, round=round, today=today)

    def title(self, ideas):
        return _("Ideas: %(round)s") % {"round": ideas.round}

    def link(self, ideas):
        return reverse("manifesto:idea_list", args=[ideas.round.slug])

    def subtitle(self, ideas):
        return ideas.round.summary

    def chosen(self, ideas):
        return ideas.address

    def entries(self, ideas):
        return ideas.qs.for_feed().by_newest()

    def item_title(self, idea):
        return idea.title

    def item_guid(self, idea):
        return tag_of(f"idea/{idea.pk}")

    def item_description(self, idea):
        return str(idea.summary)

    def item_extra_kwargs(self, idea):
        return {"content": render_to_string("manifesto/_idea_in_feed.html", {"idea": idea})}

    def item_author_name(self, idea):
        return ", ".join(idea.author_names) or None

    def item_pubdate(self, idea):
        return idea.published_at

    def item_updateddate(self, idea):
        return idea.changed_in_public_at

    def item_categories(self, idea):
        return [idea.theme.name]


class CommentFeed(PublicFeed):
    """What is said about an idea and what was merged into it, the latest first."""

    def get_object(self, request, slug, number):
        idea = get_object_or_404(
            Idea.objects.public().select_related("round"), round__slug=slug, number=number
        )
        return idea

    def title(self, idea):
        return _("Discussion of “%(idea)s”") % {"idea": idea}

    def link(self, idea):
        return idea.get_absolute_url()

    def entries(self, idea):
        return Comment.objects.on_page_of(idea).standing().for_page().by_latest()

    def item_title(self, comment):
        return Truncator(comment.text).words(12)

    def item_guid(self, comment):
        return tag_of(f"comment/{comment.pk}")

    def item_description(self, comment):
        return comment.text

    def item_author_name(self, comment):
        return comment.author_name

    def item_pubdate(self, comment):
        return comment.created_at

    def item_updateddate(self, comment):
        return comment.edited_at or comment.created_at


class DecisionFeed(PublicFeed):
    """What was decided on a round's ideas and why, once that is public; the corrected ones first."""

    def get_object(self, request, slug):
        round = get_object_or_404(Round.objects.announced(), slug=slug)
        if not round.is_shortlist_published:
            raise Http404
        return round

    def title(self, round):
        return _("Decisions: %(round)s") % {"round": round}

    def link(self, round):
        return reverse("manifesto:shortlist", args=[round.slug])

    def entries(self, round):
        return (
            round.ideas.decided().for_cards().with_public_change().order_by("-changed_in_public_at", "number")
        )

    def item_title(self, idea):
        return f"{idea.public_decision.get_outcome_display()}: {idea.title}"

    def item_guid(self, idea):
        return tag_of(f"idea/{idea.pk}/decision")

    def item_description(self, idea):
        return idea.public_decision.reasons

    def item_pubdate(self, idea):
        return idea.round.shortlist_published_at

    def item_updateddate(self, idea):
        return idea.changed_in_public_at

    def item_categories(self, idea):
        return [idea.theme.name]


@dataclass(frozen=True)
class News:
    """Something that happened in a round, for everybody to know."""

    name: str
    title: str
    words: str
    address: str
    moment: datetime

    def get_absolute_url(self):
        return self.address


class RoundNewsFeed(PublicFeed):
    """What happened in one round or in all of them: phases that began, and corrections of decisions."""

    def get_object(self, request, slug=None):
        rounds = Round.objects.announced().by_newest()
        return get_object_or_404(rounds, slug=slug) if slug else None

    def title(self, round):
        return _("News: %(round)s") % {"round": round} if round else _("News of all rounds")

    def link(self, round):
        return round.get_absolute_url() if round else reverse("manifesto:round_list")

    def entries(self, round):
        rounds = [round] if round else list(Round.objects.announced().by_newest())
        now = timezone.now()
        news = [entry for each in rounds for entry in _phases_of(each, now)]
        news += map(_correction, Erratum.objects.public().of_rounds(rounds))
        return sorted(news, key=lambda entry: (entry.moment, entry.name), reverse=True)

    def item_title(self, news):
        return news.title

    def item_guid(self, news):
        return tag_of(news.name)

    def item_description(self, news):
        return news.words

    def item_pubdate(self, news):
        return news.moment

    def item_updateddate(self, news):
        return news.moment


def _phases_of(round, now):
    for step in round.timeline_at(now):
        if step.starts_at and step.starts_at <= now and (step.is_done or step.is_current):
            public = step.phase == Phase.SHORTLISTED
            yield News(
                name=f"round/{round.pk}/{step.phase}",
                title=f"{step.phase.label}: {round}",
                words=round.summary,
                address=reverse("manifesto:shortlist", args=[round.slug])
                if public
                else round.get_absolute_url(),
                moment=max(step.starts_at, round.announced_at),
            )


def _correction(erratum):
    idea = erratum.decision.idea
    return News(
        name=f"erratum/{erratum.pk}",
        title=_("Correction: %(idea)s") % {"idea": idea},
        words=erratum.explanation,
        address=idea.get_absolute_url(),
        moment=erratum.corrected_at,
    )


class SignatureFeed(PublicFeed):
    """The organisations that signed a statement, the latest first."""

    def get_object(self, request, slug):
        return get_object_or_404(Statement.objects.public(), slug=slug)

    def title(self, statement):
        return _("Signatories of “%(statement)s”") % {"statement": statement}

    def link(self, statement):
        return reverse("manifesto:signatory_list", args=[statement.slug])

    def subtitle(self, statement):
        return statement.summary

    def entries(self, statement):
        signatures = Signature.objects.filter(version__statement=statement)
        return signatures.standing().for_list().by_latest()

    def item_title(self, signature):
        return signature.organisation.name

    def item_link(self, signature):
        return signature.organisation.get_absolute_url()

    def item_guid(self, signature):
        return tag_of(f"signature/{signature.pk}")

    def item_description(self, signature):
        words = _("%(organisation)s signed version %(number)d.")
        return words % {"organisation": signature.organisation, "number": signature.version.number}

    def item_pubdate(self, signature):
        return signature.signed_at

    def item_updateddate(self, signature):
        return signature.signed_at
