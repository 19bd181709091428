"""All the open data of the site: what the apps declare, under the names its files have."""

from django.conf import settings
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from manifesto.open_data import DATASETS as OF_MANIFESTO
from meetings.open_data import DATASETS as OF_MEETINGS
from ogp_network.datasets import LICENCE, csvw
from profiles.open_data import DATASETS as OF_PROFILES

GROUPS = [
    (_("The manifesto"), OF_MANIFESTO),
    (_("Organisations and their stories"), OF_PROFILES),
    (_("Meetings"), OF_MEETINGS),
]
DATASETS = {dataset.name: dataset for _title, datasets in GROUPS for dataset in datasets}
TYPES = {"csv": "text/csv; charset=utf-8", "json": "application/json"}


def address_of(dataset, kind):
    """Where the file made when asked for is."""
    return settings.SITE_URL + reverse(f"open_data_{kind}", args=[dataset.name])


def metadata_of(dataset):
    return csvw(**dataset.metadata(address_of(dataset, "csv")))


def metadata():
    """All files in one description."""
    return csvw(
        tables=[dataset.metadata(address_of(dataset, "csv")) for dataset in DATASETS.values()],
        **{"dc:license": {"@id": LICENCE}},
    )


def dcat():
    """The catalogue as data portals harvest it, in the Data Catalog Vocabulary."""
    return {
        "@context": {
            "dcat": "http://www.w3.org/ns/dcat#",
            "dct": "http://purl.org/dc/terms/",
            "@vocab": "http://www.w3.org/ns/dcat#",
        },
        "@id": settings.SITE_URL + reverse("open_data"),
        "@type": "dcat:Catalog",
        "dct:title": "Open Government Manifesto",
        "dct:license": {"@id": LICENCE},
        "dcat:dataset": [_entry(dataset) for dataset in DATASETS.values()],
    }


def _entry(dataset):
    page = settings.SITE_URL + reverse("open_data_detail", args=[dataset.name])
    return {
        "@id": page,
        "@type": "dcat:Dataset",
        "dct:identifier": dataset.name,
        "dct:title": str(dataset.title),
        "dct:description": str(dataset.words),
        "dct:license": {"@id": LICENCE},
        "dcat:landingPage": {"@id": page},
        "dcat:distribution": [
            {
                "@type": "dcat:Distribution",
                "dcat:downloadURL": {"@id": address_of(dataset, kind)},
                "dcat:mediaType": media_type.partition(";")[0],
            }
            for kind, media_type in TYPES.items()
        ],
    }
