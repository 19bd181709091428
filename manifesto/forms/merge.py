from django import forms

from ..models import Idea, Merge
from ..vocabularies import Level
from .draft import DraftForm


def _reason():
    field = Merge._meta.get_field("reason")
    return forms.CharField(
        label="Why do they belong together?",
        help_text=field.help_text,
        widget=forms.Textarea(attrs={"rows": 4}),
        max_length=field.max_length,
    )


class SearchForm(forms.Form):
    """What an editor looks for among the other ideas of a round."""

    text = forms.CharField(
        label="Look for other ideas",
        max_length=200,
        required=False,
        widget=forms.TextInput({"type": "search"}),
    )

    def found(self, source):
        """The ideas most like what was typed or, without that, like `source`; the most alike first."""
        text = self.cleaned_data["text"] if self.is_valid() else ""
        others = source.round.ideas.live().exclude(pk=source.pk).with_supporters()
        return others.select_related("round").defer("search").similar_to(text or source.title)


class MergeForm(forms.Form):
    """Which idea another is to be merged into, chosen from a list or by its number, and why."""

    target = forms.ModelChoiceField(Idea.objects.none(), label="Merge into", widget=forms.RadioSelect)
    number = forms.IntegerField(
        label="Number of the idea",
        help_text="If it isn’t in the list: the number at the end of its page’s address.",
        required=False,
        min_value=1,
        max_value=2**31 - 1,
    )
    reason = _reason()

    def __init__(self, *args, source, likely, now, **kwargs):
        super().__init__(*args, **kwargs)
        self.source, self.now = source, now
        self.fields["target"].queryset = source.round.ideas.published()
        self.fields["target"].choices = [
            *((idea.pk, f"{idea} (idea {idea.number}, supported by {idea.supporters})") for idea in likely),
            ("", "Another one, by its number:"),
        ]

    def full_clean(self):
        """The field is marked as needed, but a number does instead."""
        self.fields["target"].required = False
        super().full_clean()
        self.fields["target"].required = True

    def clean(self):
        cleaned = super().clean()
        number = cleaned.get("number")
        if number and not cleaned.get("target"):
            cleaned["target"] = self.source.round.ideas.published().filter(number=number).first()
            if cleaned["target"] is None:
                self.add_error("number", "This round has no public idea with this number.")
                return cleaned
        target = cleaned.get("target")
        if target is None:
            if not self.errors:
                self.add_error("target", "Choose an idea, or give the number of one.")
        elif refusal := self.source.refusal_to_merge_into(target, self.now):
            self.add_error(None, str(refusal))
        return cleaned


class NewWordingForm(forms.ModelForm):
    """A new idea in an editor's words that several are to be merged into."""

    reason = _reason()

    class Meta:
        model = Idea
        fields = [name for name in DraftForm.Meta.fields if name not in ("evidence_links", "organisation")]
        widgets = DraftForm.Meta.widgets

    def __init__(self, *args, ideas, **kwargs):
        first = ideas[0]
        given = {"theme": first.theme_id, "level": first.level, "areas": first.areas}
        for name in ("ogp_values", "policy_areas"):
            given[name] = sorted({code for idea in ideas for code in getattr(idea, name)})
        super().__init__(*args, initial=given, **kwargs)
        for name, field in self.fields.items():
            field.required = name in (*Idea.NEEDED, "reason")
        self.fields["theme"].queryset = first.round.themes.all()
        self.fields["level"].choices = Level.choices
        for name in ("why", "how", "difference"):
            self.fields[name].widget.attrs["rows"] = 6
