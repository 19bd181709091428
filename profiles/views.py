from django.core.paginator import Paginator
from django.http import Http404
from django.shortcuts import get_object_or_404, render
from django.utils import timezone

from .filters import OrganisationFilter, ProfileFilter
from .models import Organisation, Profile

PER_PAGE = 20


def organisation_list(request):
    organisations = OrganisationFilter(request.GET, Organisation.objects.by_name(), request=request)
    page = Paginator(organisations.qs, PER_PAGE).get_page(request.GET.get("page"))
    context = {"filter": organisations, "page_obj": page}
    return render(request, "profiles/organisation_list.html", context)


def organisation_detail(request, slug):
    organisation = get_object_or_404(Organisation, slug=slug)
    today = timezone.localdate(timezone.now())
    context = {
        "organisation": organisation,
        "profiles": organisation.profiles.published().for_cards().by_newest(),
        "ideas": organisation.ideas.survivors().for_cards().by_newest(),
        "actions": organisation.actions.open().in_public_notes().for_page().by_due_date(),
        "attendances": organisation.attendances.named().present().at_public_meetings(today).one_per_meeting(),
    }
    return render(request, "profiles/organisation_detail.html", context)


def profile_list(request):
    profiles = ProfileFilter(
        request.GET, Profile.objects.published().for_cards().by_newest(), request=request
    )
    page = Paginator(profiles.qs, PER_PAGE).get_page(request.GET.get("page"))
    return render(request, "profiles/profile_list.html", {"filter": profiles, "page_obj": page})


def profile_detail(request, slug):
    profile = get_object_or_404(Profile.objects.select_related("organisation", "call"), slug=slug)
    if profile.is_withdrawn:
        return render(request, "profiles/profile_withdrawn.html", status=410)
    if not profile.is_published:
        raise Http404
    context = {"profile": profile, "answers": profile.answers.all()}
    return render(request, "profiles/profile_detail.html", context)
