from django.urls import path

from . import calendar_data, correction_views, registration_views, views

app_name = "meetings"
urlpatterns = [
    path("", views.meeting_list, name="meeting_list"),
    path("calendar.ics", calendar_data.meetings_ics, name="meetings_ics"),
    path("<slug:slug>/", views.meeting_detail, name="meeting_detail"),
    path("<slug:slug>/event.ics", calendar_data.meeting_ics, name="meeting_ics"),
    path("<slug:slug>/corrections/", correction_views.correction_list, name="correction_list"),
    path("<slug:slug>/corrections/<int:pk>/", correction_views.correction_edit, name="correction_edit"),
    path(
        "<slug:slug>/corrections/<int:pk>/withdrawals/",
        correction_views.correction_withdraw,
        name="correction_withdraw",
    ),
    path("<slug:slug>/naming/", correction_views.naming, name="naming"),
    path("<slug:slug>/registration/", registration_views.registration, name="registration"),
    path("<slug:slug>/registration/change/", registration_views.registration_edit, name="registration_edit"),
    path(
        "<slug:slug>/registration/cancellation/",
        registration_views.registration_cancel,
        name="registration_cancel",
    ),
]
