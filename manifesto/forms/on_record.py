from django import forms
from django.utils import timezone

from profiles.admin.fields import FIELDS

from ..models import ExpectedAnswer, Idea, Institution, Round

DAY = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")


def _explanation(**kwargs):
    return forms.CharField(max_length=500, widget=forms.Textarea(attrs={"rows": 3, "dir": "auto"}), **kwargs)


class OnRecordForm(forms.ModelForm):
    """Something an institution said; what is wrong with it stands next to the field."""

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        for name in set(self._meta.model.NEEDED) & set(self.fields):
            self.fields[name].required = True

    def _post_clean(self):
        super()._post_clean()
        if self.errors:
            return
        for name, words in self.instance.faults(timezone.localdate(timezone.now())).items():
            self.add_error(name if name in self.fields else None, words)


class CorrectionOfRecordForm(OnRecordForm):
    """What it should have said, and what was wrong."""

    explanation = _explanation(label="What was wrong?", help_text="It is published with the correction.")


def correction_form(model):
    """The form for corrections of a kind of what is on record."""
    callback = lambda field, **kwargs: field.formfield(**FIELDS.get(type(field), {}) | kwargs)  # noqa: E731
    return forms.modelform_factory(
        model, form=CorrectionOfRecordForm, fields=model.CONTENT, formfield_callback=callback
    )


class WithdrawalForm(forms.Form):
    """When and how an institution took back what it said."""

    on = forms.DateField(label="Withdrawn on", widget=DAY)
    words = _explanation(
        label="How, or why", help_text="In the institution’s words if it gave any. Shown with what it said."
    )


class RenameForm(forms.Form):
    """Another name from a day on, or the right spelling of the present one."""

    name = forms.CharField(max_length=200)
    since_on = forms.DateField(
        label="Since",
        widget=DAY,
        required=False,
        help_text="The first day of the new name. Leave empty if the present name was only spelt wrongly.",
    )
    slug = forms.SlugField(
        label="Address",
        max_length=80,
        required=False,
        help_text="The last part of its page’s address from then on. The former one leads there.",
    )

    def clean(self):
        cleaned = super().clean()
        if cleaned.get("since_on") and not cleaned.get("slug"):
            self.add_error("slug", "A new name needs an address of its own.")
        return cleaned


class EndForm(forms.Form):
    """When an institution ended, and what came after it."""

    on = forms.DateField(label="Its last day", widget=DAY)
    succeeded_by = forms.ModelChoiceField(
        label="Succeeded by",
        queryset=Institution.objects.none(),
        required=False,
        help_text="Leave empty if nothing took its place. What it said stays under its own name.",
    )

    def __init__(self, *args, institution, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["succeeded_by"].queryset = Institution.objects.exclude(pk=institution.pk).by_name()


class ExpectedAnswerForm(forms.ModelForm):
    """From whom an answer is expected, and when; only what is public can be asked about."""

    class Meta:
        model = ExpectedAnswer
        fields = ["idea", "commitment", "institution", "asked_on", "due_on", "next_check_on"]

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        if "idea" in self.fields:
            shortlisted = Idea.objects.shortlisted().public().select_related("round").defer("search")
            self.fields["idea"].queryset = shortlisted.by_round()
        if "commitment" in self.fields:
            commitments = self.fields["commitment"].queryset
            self.fields["commitment"].queryset = commitments.public().asked().by_number()

    def clean(self):
        cleaned = super().clean()
        if (asked_on := cleaned.get("asked_on")) and asked_on > timezone.localdate(timezone.now()):
            self.add_error("asked_on", "This day is still to come.")
        return cleaned


class ShortlistDueForm(forms.Form):
    """The day by which an institution is to answer to a whole shortlist."""

    round = forms.ModelChoiceField(queryset=Round.objects.none(), label="Shortlist of")
    institution = forms.ModelChoiceField(queryset=Institution.objects.none(), label="Expected from")
    asked_on = forms.DateField(label="Asked on", widget=DAY)
    due_on = forms.DateField(label="Due on", widget=DAY)
    next_check_on = forms.DateField(label="Next check", widget=DAY, required=False)

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        rounds = Round.objects.announced().exclude(shortlist_published_at=None)
        self.fields["round"].queryset = rounds.by_newest()
        self.fields["institution"].queryset = Institution.objects.current().by_name()

    def clean(self):
        cleaned = super().clean()
        asked_on, due_on = cleaned.get("asked_on"), cleaned.get("due_on")
        if asked_on and asked_on > timezone.localdate(timezone.now()):
            self.add_error("asked_on", "This day is still to come.")
        if asked_on and due_on and due_on < asked_on:
            self.add_error("due_on", "The due day must not be before the day it was asked.")
        return cleaned
