from django.urls import path

from . import notification_views, views

app_name = "profiles"
urlpatterns = [
    path("account/news/", notification_views.notification_settings, name="notification_settings"),
    path("no-more-e-mails/<str:token>/", notification_views.unsubscribe, name="unsubscribe"),
    path("organisations/", views.organisation_list, name="organisation_list"),
    path("organisations/<slug:slug>/", views.organisation_detail, name="organisation_detail"),
    path("organisations/<slug:slug>/<slug:name>/", views.organisation_section, name="organisation_section"),
    path("stories/", views.profile_list, name="profile_list"),
    path("stories/<slug:slug>/", views.profile_detail, name="profile_detail"),
]
