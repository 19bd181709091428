from django.urls import path

from . import calendar_data, views

app_name = "meetings"
urlpatterns = [
    path("", views.meeting_list, name="meeting_list"),
    path("calendar.ics", calendar_data.meetings_ics, name="meetings_ics"),
    path("<slug:slug>/", views.meeting_detail, name="meeting_detail"),
    path("<slug:slug>/event.ics", calendar_data.meeting_ics, name="meeting_ics"),
]
