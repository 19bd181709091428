import uuid

from django import forms

from meetings.models import Meeting
from profiles.forms import LanguageField

from ..models import Action, Authorship, Idea, Round, Theme
from ..vocabularies import Level

CREDITED_AS_LIMIT = Authorship._meta.get_field("credited_as").max_length


def rounds_taking_in(now):
    """The rounds that ideas from events can be taken into, the newest first."""
    open_rounds = [round.pk for round in Round.objects.by_newest() if round.allows(Action.CAPTURE, now)]
    return Round.objects.filter(pk__in=open_rounds).by_newest()


def credit_of(meeting):
    return f"Participants of {meeting}"[:CREDITED_AS_LIMIT]


class MeetingField(forms.ModelChoiceField):
    """A choice between all meetings, the latest first."""

    def __init__(self, **kwargs):
        super().__init__(Meeting.objects.by_latest(), **kwargs)

    def label_from_instance(self, meeting):
        return f"{meeting.held_on:%d %b %Y}: {meeting}"


class SittingForm(forms.Form):
    """Which round and meeting the ideas are for, asked once."""

    round = forms.ModelChoiceField(Round.objects.none(), empty_label="Choose a round")
    meeting = MeetingField(empty_label="Choose a meeting")

    use_required_attribute = False

    def __init__(self, *args, now, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["round"].queryset = rounds_taking_in(now)


class CaptureForm(forms.ModelForm):
    """One idea, as it was raised. What stays the same for many of them starts as it was last time."""

    KEPT = ("theme", "level", "areas", "language", "credited_as")

    theme = forms.ModelChoiceField(Theme.objects.none(), empty_label="Choose a theme")
    credited_as = forms.CharField(
        label="Credited to",
        max_length=CREDITED_AS_LIMIT,
        error_messages={"required": "Say who put it forward."},
    )
    language = LanguageField(label="Written in")
    key = forms.UUIDField(widget=forms.HiddenInput)

    class Meta:
        model = Idea
        fields = ["theme", "level", "areas", "language", "title", "why", "how", "difference"]
        labels = {"title": "The idea in one line", "difference": "What difference would it make?"}
        widgets = {"title": forms.TextInput}
        help_texts = {"title": "", "why": "", "how": ""}
        error_messages = {
            "title": {"required": "Give the idea in one line."},
            "why": {"required": "Say why it is important."},
            "level": {"required": "Choose a level of government."},
        }

    field_order = [*KEPT, "title", "why", "how", "difference", "key"]
    use_required_attribute = False

    def __init__(self, *args, round, meeting, last=None, editing=None, **kwargs):
        """`last` is the capture whose place is kept, `editing` the one that is changed here."""
        pattern = editing or last
        initial = {"credited_as": credit_of(meeting), "key": uuid.uuid4()}
        if pattern and pattern.idea:
            initial |= {name: getattr(pattern.idea, name) for name in ("theme", "level", "areas", "language")}
            initial["credited_as"] = pattern.idea.author_names[0]
        if editing:
            initial |= {name: getattr(editing.idea, name) for name in ("title", "why", "how", "difference")}
            initial["key"] = editing.key
        super().__init__(*args, initial=initial, **kwargs)
        self.fields["theme"].queryset = round.themes.all()
        self.fields["level"].choices = [("", "Choose a level"), *Level.choices]
        for name in ("how", "difference"):
            self.fields[name].required = False
        for name in ("why", "how", "difference"):
            self.fields[name].widget.attrs["rows"] = 3
        if not self.is_bound:
            # The first time, where it belongs isn't known yet.
            self.fields["title" if pattern else "theme"].widget.attrs["autofocus"] = True

    def kept_fields(self):
        return [self[name] for name in self.KEPT]

    def idea_fields(self):
        return [self[name] for name in ("title", "why", "how", "difference")]

    def _post_clean(self):
        # The idea is made by a verb: there is no instance to fill in or to validate here.
        pass
