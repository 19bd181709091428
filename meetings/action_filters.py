import django_filters
from django import forms
from django.utils.formats import date_format
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from profiles.filters import Narrowing, PlainSelect
from profiles.models import Organisation

from .models import Action, Meeting, Topic

STATUSES = {
    "open": Action.Status.OPEN.label,
    "overdue": pgettext_lazy("status of an action", "Overdue"),
    "done": Action.Status.DONE.label,
    "dropped": Action.Status.DROPPED.label,
    "all": pgettext_lazy("actions of any status", "All"),
}


class MeetingChoiceField(forms.ModelChoiceField):
    def label_from_instance(self, meeting):
        return f"{date_format(meeting.held_on, 'DATE_FORMAT')}: {meeting}"


class MeetingChoice(django_filters.ModelChoiceFilter):
    field_class = MeetingChoiceField


class ActionFilter(Narrowing):
    """What a visitor narrows the actions of all published notes down by. Without a status, the open ones come."""

    NOT_NARROWING = ("status",)

    organisation = django_filters.ModelChoiceFilter(
        label=_("Organisation that promised it"),
        field_name="owner_organisation",
        queryset=Organisation.objects.none(),
        to_field_name="slug",
        widget=PlainSelect,
        empty_label=_("Any organisation"),
    )
    meeting = MeetingChoice(
        label=_("Meeting it was agreed at"),
        field_name="note__meeting",
        queryset=Meeting.objects.none(),
        to_field_name="slug",
        widget=PlainSelect,
        empty_label=_("Any meeting"),
    )
    topic = django_filters.ModelChoiceFilter(
        label=_("Topic"),
        field_name="note__meeting__topics",
        queryset=Topic.objects.by_name(),
        to_field_name="slug",
        widget=PlainSelect,
        empty_label=_("All topics"),
    )
    status = django_filters.ChoiceFilter(
        choices=list(STATUSES.items()), method="leave_to_status", widget=forms.HiddenInput
    )

    class Meta:
        model = Action
        fields = []

    def __init__(self, *args, today, **kwargs):
        super().__init__(*args, **kwargs)
        self.today = today
        owners = self.queryset.order_by().values("owner_organisation")
        self.filters["organisation"].queryset = Organisation.objects.filter(pk__in=owners).by_name()
        meetings = self.queryset.order_by().values("note__meeting")
        self.filters["meeting"].queryset = Meeting.objects.filter(pk__in=meetings).by_latest()

    def leave_to_status(self, actions, name, status):
        return actions

    @property
    def shown(self):
        """The status that is shown."""
        return self.asked.get("status", "open")

    def filter_queryset(self, actions):
        self.narrowed = super().filter_queryset(actions)
        match self.shown:
            case "open":
                return self.narrowed.open().by_due_date()
            case "overdue":
                return self.narrowed.overdue(self.today).by_due_date()
            case "done":
                return self.narrowed.done().by_latest()
            case "dropped":
                return self.narrowed.dropped().by_latest()
        return self.narrowed.by_latest()

    @property
    def statuses(self):
        """Each status with its label and how many actions have it among those that are otherwise asked for."""
        counts = self.narrowed.count_by_status(self.today)
        return [(status, label, counts[status]) for status, label in STATUSES.items()]
