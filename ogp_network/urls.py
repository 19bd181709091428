from django.conf.urls.i18n import i18n_patterns
from django.contrib import admin
from django.urls import include, path

from meetings.registration_views import my_meetings

from . import views
from .open_data import urls as open_data

# Pages, in every language.
pages = i18n_patterns(
    path("", views.home, name="home"),
    *open_data.pages,
    path("", include("manifesto.urls")),
    path("", include("profiles.urls")),
    path("meetings/", include("meetings.urls")),
    path("my/meetings/", my_meetings, name="my_meetings"),
    path("account/you/", views.account_you, name="account_you"),
    path("account/consent/", views.consent, name="consent"),
    path("account/consent/withdrawals/", views.consent_withdraw, name="consent_withdraw"),
    path("account/", include("allauth.urls")),
    prefix_default_language=False,
)
urlpatterns = [*open_data.files, *open_data.former, *pages, path("admin/", admin.site.urls)]

handler400 = "ogp_network.views.bad_request"
handler403 = "ogp_network.views.permission_denied"
handler404 = "ogp_network.views.page_not_found"
handler500 = "ogp_network.views.server_error"
