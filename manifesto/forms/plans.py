from django import forms
from django.forms import inlineformset_factory

from ..models import Commitment, Milestone
from ..models.commitments.milestone import DATES
from ..models.commitments.wording import WORDING

DAY = {"attrs": {"type": "date"}, "format": "%Y-%m-%d"}


class PromiseForm(forms.ModelForm):
    """What a commitment of an action plan says."""

    note = forms.CharField(
        label="What changed", required=False, max_length=300, help_text="Kept beside this wording."
    )
    opened = forms.IntegerField(widget=forms.HiddenInput, required=False, min_value=0, max_value=10**6)

    class Meta:
        model = Commitment
        fields = [*WORDING, "theme", "language"]
        widgets = {"starts_on": forms.DateInput(**DAY), "ends_on": forms.DateInput(**DAY)} | {
            name: forms.Textarea(attrs={"rows": 3})
            for name in (
                "summary",
                "problem",
                "done_so_far",
                "solution",
                "results",
                "relevance",
                "supporting_government",
                "supporting_civil_society",
                "supporting_others",
            )
        }

    use_required_attribute = False

    def __init__(self, *args, plan, **kwargs):
        super().__init__(*args, **kwargs)
        self.plan = plan
        self.fields["solution"].label = "What is promised"
        self.fields["solution"].help_text = "One point a line."
        del self.fields["theme"]
        if self.instance.pk:
            self.initial["opened"] = self.instance.revisions.last().number
        else:
            del self.fields["note"]
            self.initial["language"] = plan.language

    def _post_clean(self):
        """Keep what is stored as it is: the verb writes the new wording."""
        starts_on, ends_on = self.cleaned_data.get("starts_on"), self.cleaned_data.get("ends_on")
        if starts_on and ends_on and ends_on < starts_on:
            self.add_error("ends_on", "The end date must not be before the start date.")

    def keep(self, *, by, now):
        """The commitment, begun or with its new wording. Raise EditedMeanwhile."""
        text = {name: self.cleaned_data[name] for name in WORDING}
        language = self.cleaned_data["language"]
        if not self.instance.pk:
            draw = Commitment.objects.draw
            return draw(text=text, plan=self.plan, by=by, now=now, language=language)
        self.instance.improve(
            text=text,
            by=by,
            now=now,
            opened=self.cleaned_data["opened"] or 0,
            note=self.cleaned_data["note"],
            language=language,
        )
        return self.instance


class MilestoneForm(forms.ModelForm):
    """A milestone. Once it is public, its dates change with a reason alone."""

    because = forms.CharField(
        label="Why the dates change",
        required=False,
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text="Needed if you change a date. Everybody reads it beside the date before and the day of today.",
    )
    is_correction = forms.BooleanField(
        label="The date was entered wrong here",
        required=False,
        help_text="Nobody moved it, so lateness isn't told against it. The change is public all the same.",
    )

    class Meta:
        model = Milestone
        fields = ["reference", "output", "lead", "starts_on", "due_on", "due_text", "next_check_on"]
        widgets = {
            "output": forms.Textarea(attrs={"rows": 2}),
            **{name: forms.DateInput(**DAY) for name in ("starts_on", "due_on", "next_check_on")},
        }

    use_required_attribute = False

    field_order = ["reference", "output", "lead", *DATES, "because", "is_correction", "next_check_on"]

    def __init__(self, *args, is_public, **kwargs):
        super().__init__(*args, **kwargs)
        self.is_on_record = is_public and bool(self.instance.pk)
        if not self.is_on_record:
            del self.fields["because"], self.fields["is_correction"]

    def clean(self):
        cleaned = super().clean()
        starts_on, due_on = cleaned.get("starts_on"), cleaned.get("due_on")
        if (
            self.is_on_record
            and not cleaned.get("because")
            and any(name in self.changed_data for name in DATES)
        ):
            self.add_error("because", "Please say why the dates change.")
        if starts_on and due_on and due_on < starts_on:
            self.add_error("due_on", "The due date must not be before the start date.")
        return cleaned

    def _get_validation_exclusions(self):
        return super()._get_validation_exclusions() | ({"due_on"} if "due_on" in self.errors else set())

    def keep(self, *, by, now):
        """Raise a Refused where somebody changed the dates meanwhile."""
        why = {name: self.cleaned_data[name] for name in ("because", "is_correction") if name in self.fields}
        self.instance.keep(by=by, now=now, **why)


class MilestoneFormSet(forms.BaseInlineFormSet):
    def clean(self):
        super().clean()
        for form in self.deleted_forms:
            if refusal := form.instance.refusal_to_delete():
                raise forms.ValidationError(str(refusal))

    def keep(self, *, by, now):
        """Save each milestone that was changed. Raise a Refused where somebody changed its dates meanwhile."""
        self.save(commit=False)
        for milestone in self.deleted_objects:
            milestone.delete()
        for form in self.forms:
            if form.has_changed() and form not in self.deleted_forms:
                form.instance.commitment = self.instance
                form.keep(by=by, now=now)


MilestoneForms = inlineformset_factory(
    Commitment,
    Milestone,
    form=MilestoneForm,
    formset=MilestoneFormSet,
    extra=2,
    can_delete=True,
    max_num=200,
    absolute_max=210,
)
