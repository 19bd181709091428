"""Institutions and what they said as search engines read them: what the pages say in schema.org's words."""

from django.conf import settings

from profiles.script_data import for_script

SCHEMA = "https://schema.org"


def institution_json_ld(institution):
    """The institution with its former names, safe to stand in a page's `<script>`."""
    return for_script({"@context": SCHEMA, **_organisation(institution)})


def _organisation(institution):
    kind = {"party": "PoliticalParty"}.get(institution.kind, "GovernmentOrganization")
    former = [name.name for name in institution.names.all() if name.name != institution.name]
    facts = {
        "@type": "Organization" if institution.kind == "other" else kind,
        "name": institution.name,
        "url": settings.SITE_URL + institution.get_absolute_url(),
    }
    facts |= {"alternateName": former} if former else {}
    facts |= {"sameAs": institution.website} if institution.website else {}
    return facts | ({"dissolutionDate": institution.ended_on.isoformat()} if institution.ended_on else {})


def json_ld(position):
    """What an institution said, with where that can be read."""
    said = {
        "@context": SCHEMA,
        "@type": "Quotation" if position.quotation else "CreativeWork",
        "text": position.quotation or position.topline,
        "abstract": position.topline,
        "inLanguage": position.language_tag,
        "about": position.title,
        "dateCreated": position.stated_on.isoformat(),
        "datePublished": position.published_at.isoformat(),
        "url": settings.SITE_URL + position.get_absolute_url(),
        "creator": _organisation(position.institution),
    }
    return for_script(said | ({"isBasedOn": position.source_url} if position.source_url else {}))
