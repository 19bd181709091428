from django.urls import path

from . import views

app_name = "profiles"
urlpatterns = [
    path("organisations/", views.organisation_list, name="organisation_list"),
    path("organisations/<slug:slug>/", views.organisation_detail, name="organisation_detail"),
    path("stories/", views.profile_list, name="profile_list"),
    path("stories/<slug:slug>/", views.profile_detail, name="profile_detail"),
]
