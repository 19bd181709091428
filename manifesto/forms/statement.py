"""What editors fill in to write a version of a statement with its asks."""

from django import forms

from profiles.survey_forms import LineField, TextField

MOST_ASKS = 50


class StatementDraftForm(forms.Form):
    """The text of the version that is being written. `opened` is the mark of the draft that the page began with."""

    use_required_attribute = False
    text = TextField(
        label="The statement",
        max_length=20_000,
        required=False,
        help_text="In Markdown. The asks stand below it, each by itself.",
        widget=forms.Textarea(attrs={"rows": 14, "cols": 80}),
    )
    note = LineField(
        label="What changed",
        max_length=300,
        required=False,
        help_text="Needed from the second version on: signatories of the version before read it first.",
        widget=forms.TextInput(attrs={"size": 60}),
    )
    opened = forms.CharField(widget=forms.HiddenInput, required=False, max_length=32)


class AskForm(forms.Form):
    """One thing it asks for. `number` is the ask's, which stays the same in all versions; a new one has none yet."""

    use_required_attribute = False
    number = forms.IntegerField(widget=forms.HiddenInput, required=False, min_value=1, max_value=30_000)
    title = LineField(label="What is asked for", max_length=150, widget=forms.TextInput(attrs={"size": 60}))
    text = TextField(
        label="In more words",
        max_length=3000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 4, "cols": 80}),
    )


class BaseAskFormSet(forms.BaseFormSet):
    """The asks in the order of their numbers; rows left empty are none."""

    def add_fields(self, form, index):
        super().add_fields(form, index)
        form.fields["DELETE"].label = "Don’t ask for this any more"

    @property
    def asks(self):
        """Triples for Statement.write_draft."""
        kept = [
            form.cleaned_data
            for form in self.forms
            if form.cleaned_data and not self._should_delete_form(form)
        ]
        return [(row.get("number"), row["title"], row["text"]) for row in kept if row.get("title")]

    def clean(self):
        numbers = [row.get("number") for form in self.forms if (row := getattr(form, "cleaned_data", None))]
        given = [number for number in numbers if number]
        if len(given) != len(set(given)):
            raise forms.ValidationError("The page names one ask twice. Open it anew.")


AskFormSet = forms.formset_factory(
    AskForm,
    formset=BaseAskFormSet,
    extra=3,
    can_delete=True,
    max_num=MOST_ASKS,
    validate_max=True,
    absolute_max=2 * MOST_ASKS,
)


def asks_of(version):
    """What the forms of a version's asks begin with."""
    return [
        {"number": wording.ask.number, "title": wording.title, "text": wording.text}
        for wording in version.ask_wordings.select_related("ask").order_by("ask__number")
    ]
