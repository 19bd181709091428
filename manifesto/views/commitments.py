"""What a round asks of government: the list, the chain from ideas to result, and how the wording came about."""

from django.core.paginator import Paginator
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_safe

from ..commitment_data import commitment_json_ld, list_json_ld
from ..filters import CommitmentFilter
from ..models import Adoption, Commitment, CommitmentPack, Endorsement, Round
from ..models.answering.about import said_about
from ..models.commitments import group as rules
from ..models.commitments.progress import progress_of

PER_PAGE = 20


@require_safe
def commitment_list(request, slug):
    round = get_object_or_404(Round.objects.announced(), slug=slug)
    public = round.commitments.public()
    filter = CommitmentFilter(request.GET, public, round=round)
    page = Paginator(filter.qs.for_cards().by_number(), PER_PAGE).get_page(request.GET.get("page"))
    is_worder = request.user.is_authenticated and rules.may_word_in(request.user, round)
    drafts = round.commitments.drafts_of(request.user).for_cards().by_number() if is_worder else []
    context = {
        "round": round,
        "filter": filter,
        "page_obj": page,
        "json_ld": list_json_ld(round, page),
        "can_draw": is_worder,
        "can_freeze": request.user.has_perm("manifesto.add_commitmentpack"),
        "drafts": Paginator(drafts, PER_PAGE).get_page(request.GET.get("drafts")),
        "packs": CommitmentPack.objects.filter(round=round).with_count().by_latest()[:5],
    }
    return render(request, "manifesto/commitment_list.html", context)


@require_safe
def commitment_detail(request, slug, number):
    """The whole chain on one page, from the ideas to the result."""
    commitment = load_commitment(request, slug, number)
    adoptions = list(commitment.adoptions.public().with_commitments().by_record())
    is_editor = request.user.has_perm(rules.EDIT)
    origins = commitment.origins()
    decisions = _decisions(origins)
    today = timezone.localdate(timezone.now())
    promises = progress_of([adoption.adopted for adoption in adoptions if adoption.adopted], today)
    context = {
        "commitment": commitment,
        "round": commitment.round,
        "origins": origins,
        "decisions": decisions,
        "adoptions": adoptions,
        "promises": promises,
        "results": [promise for promise in promises if promise.latest],
        "withdrawals": commitment.withdrawals.by_latest(),
        "packs": CommitmentPack.objects.with_commitment(commitment).by_latest(),
        "endorsements": Endorsement.objects.live().of(commitment).for_list().by_name(),
        "latest": commitment.revisions.published().by_latest().first(),
        "is_editor": is_editor,
        "can_improve": request.user.is_authenticated and commitment.refusal_to_improve(request.user) is None,
        "undecided": is_editor and any(origin.undecided for origin in origins),
        "json_ld": commitment_json_ld(commitment, origins) if commitment.is_public else None,
        **said_about(commitment, [idea for idea, _decision in decisions], today),
    }
    return render(request, "manifesto/commitment_detail.html", context)


@require_safe
def commitment_revision_list(request, slug, number):
    """All wordings of a commitment, the latest first; two of them chosen lead to their comparison."""
    commitment = load_commitment(request, slug, number)
    if "before" in request.GET and "after" in request.GET:
        return _to_comparison(request, commitment)
    revisions = _revisions_of(commitment)
    context = {
        "commitment": commitment,
        "round": commitment.round,
        "page_obj": Paginator(revisions.by_latest(), PER_PAGE).get_page(request.GET.get("page")),
        "first": revisions.order_by("number").first(),
        "can_improve": request.user.is_authenticated and commitment.refusal_to_improve(request.user) is None,
    }
    return render(request, "manifesto/commitment_revision_list.html", context)


@require_safe
def commitment_revision_comparison(request, slug, number, before, after):
    """What changed from one wording to another, word by word; or one wording, if both are the same."""
    commitment = load_commitment(request, slug, number)
    revisions = _revisions_of(commitment)
    before = get_object_or_404(revisions, number=before)
    after = before if before.number == after else get_object_or_404(revisions, number=after)
    context = {
        "commitment": commitment,
        "round": commitment.round,
        "before": before,
        "after": after,
        "sections": before.compared_with(after),
    }
    return render(request, "manifesto/commitment_revision_comparison.html", context)


@require_safe
def adoption_detail(request, slug, number, pk):
    """What was asked for beside what a government adopted for it, word by word."""
    adoptions = Adoption.objects.public().with_commitments()
    adoption = get_object_or_404(adoptions, asked__round__slug=slug, asked__number=number, pk=pk)
    context = {
        "adoption": adoption,
        "commitment": adoption.asked,
        "round": adoption.asked.round,
        "sections": adoption.asked.compared_with(adoption.adopted) if adoption.adopted else [],
    }
    return render(request, "manifesto/adoption_detail.html", context)


def load_commitment(request, slug, number):
    """The commitment at an address, for those who may read it."""
    commitments = Commitment.objects.asked().for_page()
    commitment = get_object_or_404(commitments, round__slug=slug, number=number)
    if not commitment.is_visible_to(request.user):
        raise Http404
    return commitment


def _revisions_of(commitment):
    """The wordings that whoever may read it may read: all of a draft's, and of others those that were public."""
    revisions = commitment.revisions.select_related("edited_by")
    return revisions.published() if commitment.is_published else revisions


def _decisions(origins):
    """Pairs of an idea that is decided on in public and its decision: of those that count for another, the other."""
    ideas = {(origin.survivor or origin.idea).pk: origin.survivor or origin.idea for origin in origins}
    for origin in origins:
        if origin.survivor:
            origin.survivor.round = origin.idea.round
    return [(idea, idea.public_decision) for idea in ideas.values() if idea.public_decision]


def _to_comparison(request, commitment):
    chosen = [request.GET[name] for name in ("before", "after")]
    if not all(number.isascii() and number.isdigit() and len(number) < 10 for number in chosen):
        raise Http404
    return redirect(
        "manifesto:commitment_revision_comparison",
        commitment.round.slug,
        commitment.number,
        *map(int, chosen),
    )
