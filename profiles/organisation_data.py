"""Organisations as other programs read them: CSV, JSON and JSON-LD. What the columns mean stands on a page."""

from django.conf import settings
from django.http import JsonResponse, StreamingHttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from ogp_network import safe_csv

from .models import Organisation
from .script_data import LICENCE, for_script

READ_AT_ONCE = 500
# Each column with what stands in it, in order: the page of columns and the files are made of this.
COLUMNS = {
    "address": "Where its page is. It stays; after a merge it leads to the organisation that is left.",
    "name": "Its name.",
    "other_names": "Other names it is known by, separated by “ | ”.",
    "identifiers": "Its numbers in public registers, by org-id.guide, such as GB-CHC-1130568, separated by “ | ”.",
    "type": "One of: " + ", ".join(Organisation.Kind.values) + ".",
    "areas": "Codes of the Office for National Statistics for the nations and English regions it works in, "
    "separated by “ | ”.",
    "website": "Its own website.",
    "summary": "What it is and does, in a sentence or two.",
    "member_since": "The day it joined the network, as YYYY-MM-DD; empty for others.",
    "logo": "Where its logo is. The logo is the organisation’s own and not under the licence.",
    "licence": "The licence of everything else in the row.",
}
LISTS = ("other_names", "identifiers", "areas")


def record(organisation):
    """What is public of an organisation, by column; expects its names, numbers and logo to be loaded."""
    logo = organisation.own_logo
    values = [
        settings.SITE_URL + organisation.get_absolute_url(),
        organisation.name,
        [str(name) for name in organisation.other_names.all()],
        [str(identifier) for identifier in organisation.identifiers.all()],
        organisation.kind,
        organisation.areas,
        organisation.website,
        organisation.summary,
        organisation.member_since.isoformat() if organisation.member_since else "",
        settings.SITE_URL + logo.address if logo else "",
        LICENCE,
    ]
    return dict(zip(COLUMNS, values, strict=True))


def _organisations():
    return Organisation.objects.for_data().by_name().iterator(chunk_size=READ_AT_ONCE)


def _rows():
    yield COLUMNS
    for organisation in _organisations():
        row = record(organisation)
        yield [" | ".join(row[name]) if name in LISTS else row[name] for name in COLUMNS]


@require_safe
def organisations_csv(request):
    headers = {"Content-Disposition": 'attachment; filename="organisations.csv"'}
    return StreamingHttpResponse(
        safe_csv.lines(_rows()), content_type="text/csv; charset=utf-8", headers=headers
    )


@require_safe
def organisations_json(request):
    organisations = [record(organisation) for organisation in _organisations()]
    return JsonResponse(
        {"licence": LICENCE, "organisations": organisations}, json_dumps_params={"ensure_ascii": False}
    )


@require_safe
def organisation_columns(request):
    return render(request, "profiles/organisation_columns.html", {"columns": COLUMNS.items()})


def json_ld(organisation):
    """The organisation for search engines, safe to stand in a page's `<script>`."""
    row = record(organisation)
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
