"""Organisations as feed readers and search engines read them: Atom and JSON-LD."""

from datetime import datetime, time

from django.urls import reverse_lazy
from django.utils import timezone
from django.utils.translation import gettext as _

from .feeds import PublicFeed, tag_of
from .filters import OrganisationFilter
from .models import Organisation
from .open_data import ORGANISATIONS
from .script_data import for_script


class OrganisationFeed(PublicFeed):
    """The organisations that joined the network, the latest first."""

    link = reverse_lazy("profiles:organisation_list")

    def title(self):
        return _("Organisations in the open government network")

    def subtitle(self):
        return _("Who has joined the network.")

    def get_object(self, request):
        return OrganisationFilter(request.GET, Organisation.objects.members(), request=request)

    def chosen(self, organisations):
        return organisations.chosen

    def entries(self, organisations):
        return organisations.qs.by_joining()

    def item_title(self, organisation):
        return organisation.name

    def item_guid(self, organisation):
        return tag_of(f"organisation/{organisation.pk}")

    def item_description(self, organisation):
        return organisation.summary or organisation.get_kind_display()

    def item_pubdate(self, organisation):
        return timezone.make_aware(datetime.combine(organisation.member_since, time()))

    def item_updateddate(self, organisation):
        return self.item_pubdate(organisation)

    def item_categories(self, organisation):
        return [organisation.get_kind_display()]


def json_ld(organisation):
    """The organisation for search engines, safe to stand in a page's `<script>`."""
    row = ORGANISATIONS.record(organisation)
    pages = [identifier.page for identifier in organisation.identifiers.all()]
    data = {
        "@context": "https://schema.org",
        "@type": "NGO" if organisation.kind == Organisation.Kind.CHARITY else "Organization",
        "name": row["name"],
        "alternateName": row["other_names"],
        "identifier": row["identifiers"],
        "description": row["summary"],
        "areaServed": organisation.area_names,
        "sameAs": [*filter(None, [row["website"]]), *pages],
        "logo": row["logo"],
        "mainEntityOfPage": row["address"],
    }
    return for_script({name: value for name, value in data.items() if value})
