from django.conf.urls.i18n import i18n_patterns
from django.contrib import admin
from django.contrib.sitemaps.views import index, sitemap
from django.urls import include, path
from django.views.decorators.http import require_safe

from meetings.registration_views import my_meetings

from . import health, sitemaps, views
from .api import urls as api
from .card_views import card
from .fair_process.views import fair_process, fair_process_archive, fair_process_bundle
from .models import Page, Post
from .news_feed import NewsFeed
from .open_data import urls as open_data
from .personal_data_views import (
    departure_create,
    departure_undo,
    personal_data,
    personal_data_file,
    retention,
)
from .search_views import site_search
from .style_guide import style_guide
from .writing_views import page_detail, post_detail, post_list, version_detail, version_list

# Pages, in every language.
pages = i18n_patterns(
    path("", views.home, name="home"),
    *open_data.pages,
    *api.pages,
    path("", include("manifesto.urls")),
    path("rounds/<slug:slug>/fair-process/", fair_process, name="fair_process"),
    path("rounds/<slug:slug>/fair-process.zip", fair_process_archive, name="fair_process_archive"),
    path("rounds/<slug:slug>/fair-process/<day:day>.zip", fair_process_bundle, name="fair_process_bundle"),
    path("", include("profiles.urls")),
    path("meetings/", include("meetings.urls")),
    path("my/meetings/", my_meetings, name="my_meetings"),
    path("search/", site_search, name="site_search"),
    path("news/", post_list, name="post_list"),
    path("news.atom", NewsFeed.as_view(), name="news_atom"),
    path("news/<slug:slug>/", post_detail, name="post_detail"),
    path("news/<slug:slug>/versions/", version_list, {"model": Post}, name="post_versions"),
    path("news/<slug:slug>/versions/<int:number>/", version_detail, {"model": Post}, name="post_version"),
    path("feeds/", views.feeds, name="feeds"),
    path("retention/", retention, name="retention"),
    path("account/you/", views.account_you, name="account_you"),
    path("account/consent/", views.consent, name="consent"),
    path("account/consent/withdrawals/", views.consent_withdraw, name="consent_withdraw"),
    path("account/data/", personal_data, name="personal_data"),
    path("account/data/file/", personal_data_file, name="personal_data_file"),
    path("account/departures/", departure_create, name="departure_create"),
    path("account/departures/<str:token>/", departure_undo, name="departure_undo"),
    path("account/", include("allauth.urls")),
    prefix_default_language=False,
)
# Last, for these would take any address of one part: editors' pages stand where nothing else does.
editors_pages = i18n_patterns(
    path("<slug:slug>/", page_detail, name="page_detail"),
    path("<slug:slug>/versions/", version_list, {"model": Page}, name="page_versions"),
    path("<slug:slug>/versions/<int:number>/", version_detail, {"model": Page}, name="page_version"),
    prefix_default_language=False,
)
urlpatterns = [
    *open_data.files,
    *open_data.former,
    *api.addresses,
    *health.urls,
    *pages,
    path("admin/", admin.site.urls),
    path("cards/<slug:kind>/<int:pk>-<slug:digest>.png", card, name="card"),
    path("style/", style_guide, name="style_guide"),
    path(".well-known/security.txt", views.security_txt, name="security_txt"),
    path("robots.txt", sitemaps.robots_txt, name="robots_txt"),
    path(
        "sitemap.xml",
        require_safe(index),
        {"sitemaps": sitemaps.SECTIONS, "sitemap_url_name": "sitemap_section"},
        name="sitemap",
    ),
    path(
        "sitemap-<slug:section>.xml",
        require_safe(sitemap),
        {"sitemaps": sitemaps.SECTIONS},
        name="sitemap_section",
    ),
    *editors_pages,
]

handler400 = "ogp_network.views.bad_request"
handler403 = "ogp_network.views.permission_denied"
handler404 = "ogp_network.views.page_not_found"
handler429 = "profiles.limits.too_often"
handler500 = "ogp_network.views.server_error"
