"""Pages are for people, and may be had in their languages; files are the same for everybody."""

from django.urls import path
from django.views.generic import RedirectView

import manifesto.urls  # noqa: F401  knows how a day is written in an address

from . import views

pages = [
    path("open-data/", views.open_data, name="open_data"),
    path("open-data/<day:day>/", views.open_data_day, name="open_data_day"),
    path("open-data/<slug:dataset>/", views.open_data_detail, name="open_data_detail"),
]
files = [
    path("open-data/csv-metadata.json", views.all_metadata, name="open_data_all_metadata"),
    path("open-data/catalogue.jsonld", views.dcat, name="open_data_dcat"),
    path("open-data/<slug:dataset>.csv", views.live_file, {"kind": "csv"}, name="open_data_csv"),
    path("open-data/<slug:dataset>.json", views.live_file, {"kind": "json"}, name="open_data_json"),
    path("open-data/<slug:dataset>.csv-metadata.json", views.metadata, name="open_data_metadata"),
    path(
        "open-data/<day:day>/<slug:dataset>.csv",
        views.daily_file,
        {"kind": "csv"},
        name="open_data_daily_csv",
    ),
    path(
        "open-data/<day:day>/<slug:dataset>.json",
        views.daily_file,
        {"kind": "json"},
        name="open_data_daily_json",
    ),
    path(
        "open-data/<day:day>/<slug:dataset>.csv-metadata.json",
        views.daily_metadata,
        name="open_data_daily_metadata",
    ),
]


# Where these files were before there was a place for all of them.
_to_csv = RedirectView.as_view(pattern_name="open_data_csv", permanent=True)
_to_json = RedirectView.as_view(pattern_name="open_data_json", permanent=True)
former = [
    path("organisations.csv", _to_csv, {"dataset": "organisations"}),
    path("organisations.json", _to_json, {"dataset": "organisations"}),
    path("stories.csv", _to_csv, {"dataset": "stories"}),
    path("stories.json", _to_json, {"dataset": "stories"}),
    path("meetings/notice/notice.csv", _to_csv, {"dataset": "notice"}),
]
