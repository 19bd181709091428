"""The published stories: the collection, each of them, what they ask for, and what other programs read of them."""

from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_safe

from .feeds import address_of_feed
from .filters import ProfileFilter, ReformFilter
from .models import Call, Profile, ProfilePicture
from .story_data import json_ld

PER_PAGE = 20


@require_safe
def profile_list(request):
    profiles = ProfileFilter(
        request.GET, Profile.objects.published().for_cards().by_newest(), request=request
    )
    context = {
        "filter": profiles,
        "feed": address_of_feed(reverse("profiles:stories_atom"), profiles.chosen),
        "page_obj": Paginator(profiles.qs, PER_PAGE).get_page(request.GET.get("page")),
        "call": Call.objects.open(timezone.now()).by_latest().first(),
    }
    return render(request, "profiles/profile_list.html", context)


@require_safe
def profile_detail(request, slug):
    profile = get_object_or_404(Profile.objects.for_page(), slug=slug)
    if profile.is_withdrawn:
        return render(request, "profiles/profile_withdrawn.html", status=410)
    if not profile.is_published:
        raise Http404
    answers = list(profile.answers.all())
    reform = next((answer for answer in answers if answer.is_reform), None)
    context = {
        "profile": profile,
        "organisation": profile.organisation,
        "answers": answers,
        "reform": reform,
        "ideas": reform and reform.ideas.public().survivors().for_cards().by_newest(),
        "json_ld": json_ld(profile, answers),
    }
    return render(request, "profiles/profile_detail.html", context)


@require_safe
def reform_list(request):
    """What published stories ask of government, theme by theme, each theme with its number."""
    published = Profile.objects.published()
    reforms = ReformFilter(request.GET, published.for_cards().with_reform_pk().by_theme(), request=request)
    context = {
        "filter": reforms,
        "page_obj": Paginator(reforms.qs, PER_PAGE).get_page(request.GET.get("page")),
        "themes": published.count_by_theme(),
    }
    return render(request, "profiles/reform_list.html", context)


@require_safe
def profile_picture(request, pk, digest, size):
    """A story's picture: for everybody once it is public, before that for those who may read the text."""
    pictures = ProfilePicture.objects.select_related("profile").filter(digest__startswith=digest)
    picture = get_object_or_404(pictures.defer("small" if size == "large" else "large"), pk=pk)
    if not picture.profile.is_visible_to(request.user):
        raise Http404
    response = HttpResponse(bytes(getattr(picture, size)), content_type=picture.media_type)
    # Asked for anew each time: a story that is taken down is gone at once.
    response["Cache-Control"] = "no-cache" if picture.profile.is_published else "private, no-store"
    return response
