"""Packs of commitments to hand over: how they are frozen, read, printed, downloaded and compared."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import override
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from profiles.auditing import audited

from .. import pack_csv, pack_docx
from ..errors import Refused
from ..forms.commitment import PackForm
from ..models import CommitmentPack, Round

PER_PAGE = 20
FREEZE = "manifesto.add_commitmentpack"
DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"


@require_safe
def commitment_pack_list(request, slug):
    round = get_object_or_404(Round.objects.announced(), slug=slug)
    packs = CommitmentPack.objects.filter(round=round).with_count().by_latest()
    context = {
        "round": round,
        "page_obj": Paginator(packs, PER_PAGE).get_page(request.GET.get("page")),
        "can_freeze": request.user.has_perm(FREEZE),
    }
    return render(request, "manifesto/commitment_pack_list.html", context)


@login_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@audited(FREEZE, Round, slug="slug")
def commitment_pack_create(request, slug):
    """Freezing is for good, so it has a page of its own that says what will be in the pack."""
    round = get_object_or_404(Round.objects.announced(), slug=slug)
    if not request.user.has_perm(FREEZE):
        raise PermissionDenied
    form = PackForm(request.POST if request.method == "POST" else None)
    status = 422 if form.is_bound else 200
    if form.is_bound and form.is_valid():
        try:
            pack = CommitmentPack.objects.freeze(
                round, title=form.cleaned_data["title"], by=request.user, now=timezone.now()
            )
        except Refused as refusal:
            form.add_error(None, str(refusal))
            status = 409
        else:
            messages.success(request, _("The pack is public, and stays as it is now."))
            return redirect(pack)
    commitments = round.commitments.standing().for_cards().by_number()
    context = {"round": round, "form": form, "commitments": commitments}
    return render(request, "manifesto/commitment_pack_create.html", context, status=status)


@require_safe
def commitment_pack(request, slug, number):
    """The pack as a document to read on the page, or to print."""
    pack = _pack(slug, number)
    before = pack.before
    context = {
        "pack": pack,
        "round": pack.round,
        "entries": pack.entries.for_page(),
        "before": before,
        "changes": pack.changes_since(before) if before else None,
    }
    return render(request, "manifesto/commitment_pack.html", context)


@require_safe
def commitment_pack_changes(request, slug, number):
    """What changed since the pack before, word by word."""
    pack = _pack(slug, number)
    before = pack.before
    if before is None:
        raise Http404
    changes = pack.changes_since(before)
    changed = [(old, new, old.revision.compared_with(new.revision)) for old, new in changes["changed"]]
    context = {"pack": pack, "round": pack.round, "before": before, "changes": changes, "changed": changed}
    return render(request, "manifesto/commitment_pack_changes.html", context)


@require_safe
def commitment_pack_csv(request, slug, number):
    pack = _pack(slug, number)
    entries = [
        {**entry.revision.wording, "number": entry.number, "milestones": entry.milestones}
        for entry in pack.entries.for_page()
    ]
    return _file("".join(pack_csv.lines(entries)), "text/csv; charset=utf-8; header=present", pack, "csv")


@require_safe
def commitment_pack_docx(request, slug, number):
    pack = _pack(slug, number)
    # The document is in the pack's own language, whatever the page is in, so there is one of it.
    with override(pack.language):
        content = pack_docx.write(pack, list(pack.entries.for_page()))
    return _file(content, DOCX, pack, "docx")


def _pack(slug, number):
    packs = CommitmentPack.objects.public().select_related("round")
    return get_object_or_404(packs, round__slug=slug, number=number)


def _file(content, kind, pack, ending):
    name = f"{pack.round.slug}-commitments-{pack.number}.{ending}"
    headers = {"Content-Disposition": f'attachment; filename="{name}"', "X-Content-Type-Options": "nosniff"}
    return HttpResponse(content, content_type=kind, headers=headers)
