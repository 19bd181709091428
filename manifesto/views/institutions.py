from django.core.paginator import Paginator
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_safe

from profiles.feeds import address_of_feed

from ..filters_of_institutions import InstitutionFilter
from ..models import Institution
from ..position_data import institution_json_ld

PER_PAGE = 30


@require_safe
def institution_list(request):
    institutions = InstitutionFilter(request.GET, Institution.objects.all(), request=request)
    page = Paginator(institutions.qs.with_names().by_name(), PER_PAGE).get_page(request.GET.get("page"))
    return render(request, "manifesto/institution_list.html", {"filter": institutions, "page_obj": page})


@require_safe
def institution_detail(request, slug):
    """The whole record of an institution: where it stands, what it answered, and who spoke for it."""
    institution = get_object_or_404(
        Institution.objects.select_related("succeeded_by").with_names().once_at(slug)
    )
    if institution.slug != slug:
        return redirect(institution, permanent=True)
    today = timezone.localdate(timezone.now())
    positions = institution.positions.public().latest().with_subjects().by_day()
    expected = institution.expected_answers.public().with_answers().order_by("-due_on", "-pk")
    expected_page = Paginator(expected, PER_PAGE).get_page(request.GET.get("answers"))
    context = {
        "institution": institution,
        "predecessors": institution.predecessors.by_name(),
        "offices": institution.offices.prefetch_related("terms"),
        "page_obj": Paginator(positions, PER_PAGE).get_page(request.GET.get("page")),
        "expected_page": expected_page,
        "answers": [(each, each.timing_at(today)) for each in expected_page],
        "feed": address_of_feed(reverse("manifesto:institution_atom", args=[institution.slug]), {}),
        "json_ld": institution_json_ld(institution),
    }
    return render(request, "manifesto/institution_detail.html", context)
