"""An organisation as search engines read it: JSON-LD."""

from .models import Organisation
from .open_data import ORGANISATIONS
from .script_data import for_script


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
