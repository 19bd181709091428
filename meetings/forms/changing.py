"""What editors are asked when an announced meeting moves, is cancelled or takes place after all."""

from django import forms

from profiles.admin.fields import FIELDS

from ..models import Meeting, MeetingChange


def _reason(words_when_missing):
    return forms.CharField(
        label="Why?",
        help_text="One sentence. It stands on the meeting’s page, for everybody to read.",
        max_length=MeetingChange._meta.get_field("reason").max_length,
        widget=forms.Textarea(attrs={"rows": 2, "dir": "auto"}),
        error_messages={"required": words_when_missing},
    )


class MoveForm(forms.ModelForm):
    """When and where it is to be, checked as the meeting itself checks it."""

    reason = _reason("Say why it moves.")
    use_required_attribute = False
    word, button = "Moved", "Move it"

    class Meta:
        model = Meeting
        fields = Meeting.WHEN_AND_WHERE
        widgets = {
            field.name: FIELDS[type(field)]["widget"]
            for field in Meeting._meta.fields
            if field.name in Meeting.WHEN_AND_WHERE and type(field) in FIELDS
        }

    def apply(self, meeting, *, by, now):
        """Move it as chosen. Raise a Refused."""
        to = {name: self.cleaned_data[name] for name in Meeting.WHEN_AND_WHERE}
        meeting.move(to, reason=self.cleaned_data["reason"], by=by, now=now)


class CancellationForm(forms.Form):
    reason = _reason("Say why it is cancelled.")
    use_required_attribute = False
    word, button = "Cancelled", "Cancel it"

    def apply(self, meeting, *, by, now):
        meeting.cancel(reason=self.cleaned_data["reason"], by=by, now=now)


class ReinstatementForm(forms.Form):
    reason = _reason("Say why it takes place after all.")
    use_required_attribute = False
    word, button = "On again", "Put it back on"

    def apply(self, meeting, *, by, now):
        meeting.reinstate(reason=self.cleaned_data["reason"], by=by, now=now)
