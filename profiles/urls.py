from django.urls import path

from . import (
    approval_views,
    devices,
    logo_views,
    membership_views,
    network_views,
    notification_views,
    organisation_data,
    story_data,
    story_views,
    survey_views,
    views,
)

app_name = "profiles"
urlpatterns = [
    path("account/news/", notification_views.notification_settings, name="notification_settings"),
    path("account/sessions/<int:pk>/ends/", devices.session_end, name="session_end"),
    path("no-more-e-mails/<str:token>/", notification_views.unsubscribe, name="unsubscribe"),
    path("my/organisations/", membership_views.my_organisations, name="my_organisations"),
    path("my/organisations/find/", membership_views.organisation_find, name="organisation_find"),
    path("my/organisations/new/", membership_views.proposal_create, name="proposal_create"),
    path(
        "my/memberships/<int:pk>/confirmations/",
        membership_views.membership_confirm,
        name="membership_confirm",
    ),
    path(
        "my/memberships/<int:pk>/authorisations/",
        membership_views.membership_authorise,
        name="membership_authorise",
    ),
    path(
        "my/memberships/<int:pk>/authorisations/end/",
        membership_views.membership_end_authorisation,
        name="membership_end_authorisation",
    ),
    path("my/memberships/<int:pk>/endings/", membership_views.membership_end, name="membership_end"),
    path("network/", network_views.network, name="network"),
    path("organisations.atom", organisation_data.OrganisationFeed.as_view(), name="organisations_atom"),
    path("organisations/", views.organisation_list, name="organisation_list"),
    path("organisations/<slug:slug>/", views.organisation_detail, name="organisation_detail"),
    path(
        "organisations/<slug:slug>/memberships/", membership_views.membership_create, name="membership_create"
    ),
    path("organisations/<slug:slug>/logo/", logo_views.logo_edit, name="logo_edit"),
    path("logos/<int:pk>-<slug:digest>-large.webp", logo_views.logo, {"size": "large"}, name="logo"),
    path("logos/<int:pk>-<slug:digest>-small.webp", logo_views.logo, {"size": "small"}, name="logo_small"),
    path("organisations/<slug:slug>/people/", membership_views.people, name="people"),
    path("organisations/<slug:slug>/<slug:name>/", views.organisation_section, name="organisation_section"),
    path("calls/<slug:slug>/", survey_views.call_detail, name="call_detail"),
    path("calls/<slug:slug>/answers/", survey_views.survey_begin, name="survey_begin"),
    path("calls/<slug:slug>/answers/<slug:organisation>/", survey_views.survey, name="survey"),
    path(
        "calls/<slug:slug>/answers/<slug:organisation>/returns/",
        survey_views.survey_take_back,
        name="survey_take_back",
    ),
    path("my/stories/", survey_views.my_stories, name="my_stories"),
    path("my/stories/<int:pk>/approval/", approval_views.approval_detail, name="approval_detail"),
    path("my/stories/<int:pk>/approvals/", approval_views.approval_create, name="approval_create"),
    path("my/stories/<int:pk>/returns/", approval_views.approval_return, name="approval_return"),
    path("my/stories/<int:pk>/withdrawals/", approval_views.profile_withdraw, name="profile_withdraw"),
    path("reforms/", story_views.reform_list, name="reform_list"),
    path("stories.atom", story_data.StoryFeed.as_view(), name="stories_atom"),
    path(
        "stories/pictures/<int:pk>-<slug:digest>-small.jpg",
        story_views.profile_picture,
        {"size": "small"},
        name="profile_picture_small",
    ),
    path(
        "stories/pictures/<int:pk>-<slug:digest>.jpg",
        story_views.profile_picture,
        {"size": "large"},
        name="profile_picture",
    ),
    path("stories/", story_views.profile_list, name="profile_list"),
    path("stories/<slug:slug>/", story_views.profile_detail, name="profile_detail"),
]
