from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.contrib.auth.views import redirect_to_login
from django.core.paginator import Paginator
from django.db.models import Q
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from profiles.feeds import address_of_feed

from ..errors import Refused
from ..filters import IdeaFilter
from ..idea_data import json_ld, page_json_ld
from ..models import Action, Draft, Follow, Idea, Invitation, Round
from ..models.answering.about import answers_to
from ..models.commitments.group import may_draw
from ..models.invitation import refusal_to_invite
from ..models.reading import announced_round_at, commitments_from, endorsements_of, idea_at
from .comments import discussion
from .refusals import explain

PER_PAGE = 20


@require_safe
def idea_list(request, slug):
    round = announced_round_at(slug)
    if round is None:
        raise Http404
    now = timezone.now()
    ideas = IdeaFilter(
        request.GET,
        round.ideas.live(),
        request=request,
        round=round,
        today=timezone.localdate(now),
    )
    page = ideas.page(request.GET.get("page"), PER_PAGE)
    context = {
        "round": round,
        "phase": round.phase_at(now),
        "can_submit": round.allows(Action.SUBMIT, now),
        "can_support": round.allows(Action.SUPPORT, now),
        "filter": ideas,
        "feed": address_of_feed(reverse("manifesto:ideas_atom", args=[slug]), ideas.address),
        "page_obj": page,
        "json_ld": page_json_ld(round, page),
        "supported": Idea.supported_among(page.object_list, request.user),
    }
    return render(request, "manifesto/idea_list.html", context)


@require_safe
def idea_detail(request, slug, number):
    idea = idea_at(slug, number)
    if not (idea and idea.is_visible_to(request.user)):
        raise Http404
    now = timezone.now()
    signed_in = request.user.is_authenticated
    merged = idea.merged_ideas.published().by_number() if idea.has_merged else []
    is_supported = bool(Idea.supported_among([idea], request.user))
    context = {
        "idea": idea,
        "round": idea.round,
        "json_ld": json_ld(idea) if idea.is_public else None,
        "can_support": idea.round.allows(Action.SUPPORT, now),
        "why_not": idea.round.why_no_votes(now),
        "refusal": idea.refusal_to_support(request.user, now) if signed_in else None,
        "is_supported": is_supported,
        "invalidation": idea.invalidation_for(request.user) if is_supported else None,
        "followed": Follow.followed_among([idea], request.user),
        "earlier_vote": idea.earlier_vote_of(request.user) if signed_in and idea.wording > 1 else None,
        "can_improve": idea.can_improve(request.user, now),
        "can_invite": signed_in and refusal_to_invite(idea, request.user, now) is None,
        "moderation": None if idea.is_published else idea.moderations.first(),
        "can_redraft": signed_in and idea.refusal_to_redraft(request.user, now) is None,
        "answers": answers_to(Q(idea=idea), timezone.localdate(now)) if idea.is_shortlisted else [],
        "merge": idea.merges.live().first() if idea.survivor else None,
        "merged_ideas": merged,
        "commitments": commitments_from(idea),
        "can_draw": idea.is_live and may_draw(request.user),
        "supported_through": idea.supported_through(request.user) if merged else [],
        "endorsements": endorsements_of(idea) if idea.is_public else [],
        **(discussion(request, idea, now) if idea.is_public else {}),
    }
    return render(request, "manifesto/idea_detail.html", context)


@require_POST
@never_cache
def idea_redraft(request, slug, number):
    if not request.user.is_authenticated:
        return redirect_to_login(reverse("manifesto:my_ideas"))
    ideas = Idea.objects.for_author(request.user).select_related("round")
    idea = get_object_or_404(ideas, round__slug=slug, number=number)
    try:
        draft = idea.redraft(by=request.user, now=timezone.now())
    except Refused as refusal:
        return explain(request, refusal, idea.get_absolute_url())
    messages.info(request, _("Here is what you sent. Change it and send it again."))
    return redirect(draft)


@require_safe
@login_required
@never_cache
def my_ideas(request):
    ideas = Idea.objects.for_author(request.user).for_cards().with_last_moderation().by_latest()
    drafts = Draft.objects.for_author(request.user).select_related("round").by_latest()
    context = {
        "page_obj": Paginator(ideas, PER_PAGE).get_page(request.GET.get("page")),
        "drafts": Paginator(drafts, PER_PAGE).get_page(request.GET.get("drafts")),
        "invitations": Invitation.objects.for_member(request.user).open().with_idea().by_latest(),
        "open_rounds": Round.objects.announced().taking_ideas(timezone.now()),
    }
    return render(request, "manifesto/my_ideas.html", context)


@require_safe
@login_required
@never_cache
def my_votes(request):
    now = timezone.now()
    page = Paginator(request.user.votes.not_withdrawn().with_ideas().by_latest(), PER_PAGE)
    page = page.get_page(request.GET.get("page"))
    votes = [(vote, vote.idea.round.allows(Action.SUPPORT, now)) for vote in page]
    return render(request, "manifesto/my_votes.html", {"page_obj": page, "votes": votes})
