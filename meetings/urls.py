from django.urls import path, re_path

from . import (
    action_data,
    action_views,
    calendar_data,
    correction_views,
    follow_views,
    months,
    note_feed,
    notice_views,
    registration_views,
    search_views,
    views,
    writing_views,
)

app_name = "meetings"
urlpatterns = [
    path("", views.meeting_list, name="meeting_list"),
    path("calendar.ics", calendar_data.meetings_ics, name="meetings_ics"),
    path("notes.atom", note_feed.notes_atom, name="notes_atom"),
    path("follows/", follow_views.follow_create, name="follow_create"),
    path("follows/ends/", follow_views.follow_end, name="follow_end"),
    path("actions/", action_views.action_list, name="action_list"),
    path("actions.csv", action_data.actions_csv, name="actions_csv"),
    path("actions/<int:pk>/", action_views.action_detail, name="action_detail"),
    path("actions/<int:pk>/events/", action_views.action_events, name="action_events"),
    path("month/", months.month_now, name="month_now"),
    re_path(r"^month/(?P<year>[0-9]{4})/(?P<month>[0-9]{2})/$", months.month, name="month"),
    path("notice/", notice_views.notice, name="notice"),
    path("search/", search_views.note_search, name="note_search"),
    path("topics/<slug:slug>/", search_views.topic_detail, name="topic_detail"),
    path("<slug:slug>/", views.meeting_detail, name="meeting_detail"),
    path("<slug:slug>/note/", writing_views.note_edit, name="note_edit"),
    path("<slug:slug>/event.ics", calendar_data.meeting_ics, name="meeting_ics"),
    path("<slug:slug>/corrections/", correction_views.correction_list, name="correction_list"),
    path("<slug:slug>/corrections/<int:pk>/", correction_views.correction_edit, name="correction_edit"),
    path(
        "<slug:slug>/corrections/<int:pk>/withdrawals/",
        correction_views.correction_withdraw,
        name="correction_withdraw",
    ),
    path("<slug:slug>/errata/<int:pk>/", views.erratum_detail, name="erratum_detail"),
    path("<slug:slug>/naming/", correction_views.naming, name="naming"),
    path("<slug:slug>/registration/", registration_views.registration, name="registration"),
    path("<slug:slug>/registration/change/", registration_views.registration_edit, name="registration_edit"),
    path(
        "<slug:slug>/registration/cancellation/",
        registration_views.registration_cancel,
        name="registration_cancel",
    ),
    path("<slug:slug>/carried-actions/", action_views.carried_actions, name="carried_actions"),
    path(
        "<slug:slug>/carried-actions/<int:pk>/removal/",
        action_views.carried_action_removal,
        name="carried_action_removal",
    ),
]
