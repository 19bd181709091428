"""What editors fill in to write a page or a post."""

from django import forms

from manifesto.errors import EditedMeanwhile
from profiles.survey_forms import LineField, TextField

from ..models import Page, PageVersion, Post, PostVersion
from ..models.version import LONGEST_BODY


class WritingForm(forms.ModelForm):
    """Where it stands, and what it says: that becomes a version of its own."""

    title = LineField(max_length=150, widget=forms.TextInput(attrs={"size": 60}))
    summary = LineField(
        required=False,
        max_length=300,
        help_text="A sentence or two, for lists, search engines and those who share it.",
        widget=forms.Textarea(attrs={"rows": 2, "cols": 80}),
    )
    body = TextField(
        label="Text",
        max_length=LONGEST_BODY,
        help_text="In Markdown: “## ” begins a section, “- ” an item of a list, [words](address) is a link.",
        widget=forms.Textarea(attrs={"rows": 24, "cols": 80}),
    )
    reason = LineField(
        label="What changed, and why",
        required=False,
        max_length=300,
        help_text="In a few words. Once it was public, everybody can read this beside the earlier versions.",
        widget=forms.TextInput(attrs={"size": 60}),
    )
    opened = forms.IntegerField(widget=forms.HiddenInput, required=False, min_value=0)

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.latest = self.instance.latest if self.instance.pk else None
        number = self.latest.number if self.latest else 0
        self.initial = {**(self.latest.content() if self.latest else {}), **self.initial, "opened": number}
        self.theirs = []

    @property
    def content(self):
        return {name: self.cleaned_data.get(name, "") for name in self.version_model.CONTENT}

    def clean(self):
        cleaned = super().clean()
        if set(self.version_model.CONTENT) & set(self.errors):
            return cleaned
        try:
            self.version_model(**self.content).clean()
        except forms.ValidationError as error:
            self.add_error(None, error)
        if self.instance.pk:
            self._settle_with_others(cleaned)
        return cleaned

    def _settle_with_others(self, cleaned):
        refusal = self.instance.refusal_to_write(
            self.content, opened=cleaned.get("opened") or 0, reason=cleaned.get("reason", "")
        )
        if isinstance(refusal, EditedMeanwhile):
            self.theirs = self.latest.changes_to(self.content)
            # Who saves again has seen it.
            self.data = self.data.copy()
            self.data[self.add_prefix("opened")] = self.latest.number
            self.add_error(None, str(refusal))
        elif refusal:
            self.add_error("reason", str(refusal))


class PageForm(WritingForm):
    version_model = PageVersion

    class Meta:
        model = Page
        fields = ["slug", "language", "footer_position"]


class PostForm(WritingForm):
    version_model = PostVersion
    closes_at = forms.DateTimeField(
        label="Deadline",
        required=False,
        help_text="For a call to action: until when people can answer. Until then it stands on the home page.",
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
    )
    action_label = LineField(
        label="Words of the button",
        required=False,
        max_length=60,
        help_text="What people are to do, such as “Answer the survey”.",
    )
    action_link = forms.URLField(
        label="Where the button leads", required=False, max_length=500, assume_scheme="https"
    )

    class Meta:
        model = Post
        fields = ["slug", "language"]
