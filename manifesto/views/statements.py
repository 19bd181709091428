"""What the network asks for together: statements, their versions, and who has signed them."""

from django.core.paginator import Paginator
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_safe

from profiles.feeds import address_of_feed

from ..filters import SignatoryFilter
from ..models import AskWording, OwnAsk, Signature, Statement
from ..statement_data import json_ld

PER_PAGE = 20
SIGNATORIES_PER_PAGE = 60
SHOWN_AT_FIRST = 12


@require_safe
def statement_list(request):
    statements = Statement.objects.public().with_signatures().by_newest().select_related("round")
    page = Paginator(statements, PER_PAGE).get_page(request.GET.get("page"))
    return render(request, "manifesto/statement_list.html", {"page_obj": page})


@require_safe
def statement_detail(request, slug):
    """The statement as it stands, with its asks, what signatories add to them, and the first signatories."""
    statement = _statement(slug)
    versions = list(statement.versions.published().by_latest())
    signatures = Signature.objects.filter(version__statement=statement)
    current = signatures.current()
    count = current.count()
    context = {
        "statement": statement,
        **text_of(versions[0]),
        "versions": versions,
        "signatures": current.for_list().by_name()[:SHOWN_AT_FIRST],
        "signature_count": count,
        "outdated_count": signatures.outdated().count(),
        "taken_back": signatures.taken_back_in_public().for_list().by_name(),
        "dropped": AskWording.objects.dropped_from(statement),
        "is_open": statement.is_open_for_signing(timezone.localdate(timezone.now())),
        "feed": reverse("manifesto:signatures_atom", args=[slug]),
        "json_ld": json_ld(statement, versions, count),
    }
    return render(request, "manifesto/statement_detail.html", context)


def text_of(version, *, own_asks=True):
    """A version with how it words its asks, each with what signatories add, for the parts of a page."""
    wordings = list(version.ask_wordings.for_page().by_number())
    owned = {}
    if own_asks:
        for own in OwnAsk.objects.public().filter(ask__statement=version.statement_id).for_page().by_name():
            owned.setdefault(own.ask_id, []).append(own)
    return {"version": version, "asks": [(wording, owned.get(wording.ask_id, [])) for wording in wordings]}


@require_safe
def signatory_list(request, slug):
    """All who have signed, by version, type and place."""
    statement = _statement(slug)
    signatures = Signature.objects.filter(version__statement=statement)
    filter = SignatoryFilter(request.GET, signatures.standing().for_list().by_name(), request=request)
    page = Paginator(filter.qs, SIGNATORIES_PER_PAGE).get_page(request.GET.get("page"))
    context = {
        "statement": statement,
        "version": statement.current_version,
        "filter": filter,
        "page_obj": page,
        "current_count": signatures.current().count(),
        "outdated_count": signatures.outdated().count(),
        "by_kind": signatures.current().kinds_counted(),
        "by_area": signatures.current().areas_counted(),
        "feed": address_of_feed(reverse("manifesto:signatures_atom", args=[slug]), {}),
    }
    return render(request, "manifesto/signatory_list.html", context)


@require_safe
def version_list(request, slug):
    """Every version that was published, with links to what each changed; or to the two that were asked for."""
    statement = _statement(slug)
    if "before" in request.GET and "after" in request.GET:
        chosen = [request.GET[name] for name in ("before", "after")]
        if not all(number.isascii() and number.isdigit() and len(number) < 5 for number in chosen):
            raise Http404
        return redirect("manifesto:statement_comparison", slug, *map(int, chosen))
    versions = statement.versions.published().with_signatures().by_latest()
    return render(
        request, "manifesto/statement_version_list.html", {"statement": statement, "versions": versions}
    )


@require_safe
def statement_version(request, slug, number):
    """A version as it was published, also when a later one has taken its place."""
    statement = _statement(slug)
    version = get_object_or_404(statement.versions.published(), number=number)
    context = {
        "statement": statement,
        **text_of(version, own_asks=False),
        "current": statement.current_version,
    }
    return render(request, "manifesto/statement_version.html", context)


@require_safe
def statement_comparison(request, slug, before, after):
    """What changed from one version to another, word by word."""
    statement = _statement(slug)
    versions = statement.versions.published()
    before, after = (get_object_or_404(versions, number=number) for number in (before, after))
    context = {
        "statement": statement,
        "before": before,
        "after": after,
        "sections": before.compared_with(after),
    }
    return render(request, "manifesto/statement_comparison.html", context)


def _statement(slug):
    return get_object_or_404(Statement.objects.public().select_related("round"), slug=slug)
