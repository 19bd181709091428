from django.core.paginator import Paginator
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext_lazy
from django.views.decorators.http import require_safe

from .feeds import address_of_feed
from .filters import OrganisationFilter
from .models import Organisation, OrganisationMerge
from .organisation_data import json_ld

PER_PAGE = 20
SHOWN_AT_FIRST = 10
# By name: the heading, what it is called for short, and a link to the whole.
SECTIONS = {
    "stories": (
        _("In its own words"),
        _("Stories"),
        ngettext_lazy("All %(number)d story", "All %(number)d stories", "number"),
    ),
    "actions": (
        _("What it has promised to do"),
        _("Actions"),
        ngettext_lazy("All %(number)d action", "All %(number)d actions", "number"),
    ),
    "statements": (
        _("Statements it has signed"),
        _("Statements"),
        ngettext_lazy("All %(number)d statement", "All %(number)d statements", "number"),
    ),
    "ideas": (
        _("Ideas it has put forward"),
        _("Ideas"),
        ngettext_lazy("All %(number)d idea", "All %(number)d ideas", "number"),
    ),
    "meetings": (
        _("Meetings it took part in"),
        _("Meetings"),
        ngettext_lazy("All %(number)d meeting", "All %(number)d meetings", "number"),
    ),
}


@require_safe
def organisation_list(request):
    organisations = OrganisationFilter(
        request.GET, Organisation.objects.with_logo().by_name(), request=request
    )
    page = Paginator(organisations.qs, PER_PAGE).get_page(request.GET.get("page"))
    context = {
        "filter": organisations,
        "page_obj": page,
        "feed": address_of_feed(reverse("profiles:organisations_atom"), organisations.chosen),
    }
    return render(request, "profiles/organisation_list.html", context)


@require_safe
def organisation_detail(request, slug):
    """The organisation with the beginning of each list of what it does that has something in it."""
    organisation = Organisation.objects.for_data().filter(slug=slug).first()
    if organisation is None:
        merge = get_object_or_404(OrganisationMerge.objects.select_related("target"), slug=slug)
        return redirect(merge.target, permanent=True)
    lists = _lists_of(organisation)
    sections = [_section(name, Paginator(rows, SHOWN_AT_FIRST).get_page(1)) for name, rows in lists.items()]
    context = {
        "organisation": organisation,
        "json_ld": json_ld(organisation),
        "sections": [section for section in sections if section["page"].object_list],
    }
    return render(request, "profiles/organisation_detail.html", context)


def organisation_section(request, slug, name):
    """One of those lists whole."""
    organisation = get_object_or_404(Organisation, slug=slug)
    lists = _lists_of(organisation)
    if name not in lists:
        raise Http404
    page = Paginator(lists[name], PER_PAGE).get_page(request.GET.get("page"))
    context = {"organisation": organisation, "section": _section(name, page), "page_obj": page}
    return render(request, "profiles/organisation_section.html", context)


def _lists_of(organisation):
    """What everybody may know of the organisation's doings, in the order of SECTIONS."""
    today = timezone.localdate(timezone.now())
    attendances = organisation.attendances.named().present().in_published_notes()
    return {
        "stories": organisation.profiles.published().for_cards().by_newest(),
        "actions": organisation.actions.open().in_public_notes().for_page().with_delay(today).by_due_date(),
        "statements": organisation.signatures.standing().for_list().by_latest(),
        "ideas": organisation.ideas.public().survivors().for_cards().by_newest(),
        "meetings": attendances.one_per_meeting(),
    }


def _section(name, page):
    title, short_title, counted = SECTIONS[name]
    return {
        "name": name,
        "title": title,
        "short_title": short_title,
        "all": counted % {"number": page.paginator.count},
        "template": f"profiles/_organisation_{name}.html",
        "page": page,
    }
