"""What an editor fills in to make a story of an organisation's answers."""

from django import forms
from django.db import models

from ogp_network import comparison

from ..models import Answer, Organisation, Profile, Question
from ..survey_forms import LineField, TextField
from ..wording import clean
from .fields import AlsoValidated, MemberByEmailField, OrganisationByNameField

CHANGED_MEANWHILE = (
    "Somebody else changed this story after you opened it. "
    "What you typed is below: save again to keep it instead."
)


def https_by_default(field, **options):
    is_address = isinstance(field, models.URLField)
    return field.formfield(**options, **({"assume_scheme": "https"} if is_address else {}))


class ProfileForm(AlsoValidated, forms.ModelForm):
    """Who answered, for stories that came by e-mail or on paper; and the words around the answers."""

    also_validated = {"published_at"}
    organisation = OrganisationByNameField(help_text="Start to type its name.")
    author = MemberByEmailField(
        label="Author’s e-mail address",
        required=False,
        help_text="Of the member who answered for the organisation, and who will approve the story.",
    )
    speaker_name = LineField(max_length=120, help_text="Who is speaking, as it should be printed.")
    standfirst = TextField(
        required=False,
        max_length=400,
        help_text="One or two sentences that make people want to read on.",
        widget=forms.Textarea(attrs={"rows": 3, "cols": 80}),
    )
    pull_quote = TextField(
        required=False,
        max_length=300,
        help_text="A phrase to set large: word for word from one of the answers.",
        widget=forms.Textarea(attrs={"rows": 3, "cols": 80}),
    )
    opened = forms.CharField(widget=forms.HiddenInput, required=False)

    class Meta:
        model = Profile
        formfield_callback = https_by_default
        fields = [
            *("organisation", "call", "author", "consented_at"),
            *("speaker_name", "speaker_role", "evidence_link", "picture_credit", "picture_alt"),
            *("slug", "language", "standfirst", "pull_quote", "theme"),
        ]

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.stands = self.instance.fingerprint() if self.instance.pk else ""
        self.initial["opened"] = self.stands
        if "slug" in self.fields:
            self.fields["slug"].required = False
            self.fields["slug"].help_text = "The last part of the story’s address. Leave empty to make one."

    def clean(self):
        cleaned = super().clean()
        if cleaned.get("opened") and cleaned["opened"] != self.stands:
            self.data = self.data.copy()
            self.data["opened"] = self.stands
            raise forms.ValidationError(CHANGED_MEANWHILE)
        organisation = cleaned.get("organisation") or (self.instance.pk and self.instance.organisation)
        call = cleaned.get("call") or (self.instance.pk and self.instance.call)
        is_slug_wanted = "slug" in self.fields and not cleaned.get("slug") and "slug" not in self.errors
        if is_slug_wanted and organisation and call:
            cleaned["slug"] = f"{organisation.slug}-{call.slug}"[:100].rstrip("-")
        author = cleaned.get("author")
        if author and organisation and not Organisation.objects.for_member(author).filter(pk=organisation.pk):
            self.add_error("author", "This person has no confirmed place in the organisation.")
        return cleaned


class AnswerForm(forms.ModelForm):
    """One answer. Its question is settled by its place and can't be sent in; what was given stays as it is."""

    question = forms.TypedChoiceField(choices=Question, coerce=int, disabled=True, widget=forms.HiddenInput)

    class Meta:
        model = Answer
        fields = ["question", "original", "edited"]
        widgets = {
            "original": forms.Textarea(attrs={"rows": 14}),
            "edited": forms.Textarea(attrs={"rows": 14}),
        }

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        if self.instance.pk and "original" in self.fields:
            self.fields["original"].disabled = True

    def clean_original(self):
        return self.instance.original if self.instance.pk else clean(self.cleaned_data["original"])

    def clean_edited(self):
        return clean(self.cleaned_data["edited"])

    @property
    def is_given(self):
        return bool(self.instance.pk)

    @property
    def question_text(self):
        question = self["question"].value() if "question" in self.fields else self.instance.question
        return Question(question).label if question else ""

    @property
    def passages(self):
        """What the editor changed, in passages; empty where nothing is changed."""
        answer = self.instance
        if not answer.edited or comparison.is_same(answer.original, answer.edited):
            return []
        return comparison.compare(answer.original, answer.edited)


class AnswerFormSet(forms.BaseInlineFormSet):
    """The four questions, each of them once, answered or not."""

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        answered = {answer.question for answer in self.get_queryset()}
        missing = [question for question in Question if question not in answered]
        self.extra = len(missing)
        self.initial_extra = [{"question": question.value} for question in missing]

    @property
    def in_order(self):
        return sorted(self.forms, key=lambda form: form["question"].value() or len(Question))

    def clean(self):
        super().clean()
        if any(self.errors):
            return
        texts = [
            form.cleaned_data.get("edited") or form.cleaned_data.get("original") or "" for form in self.forms
        ]
        if not self.instance.quotes_one_of(texts):
            raise forms.ValidationError("The pull quote is not, word for word, in any of the answers.")


class PublicationForm(forms.Form):
    publish_at = forms.DateTimeField(
        label="Publish it by itself on",
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
        error_messages={"required": "Choose a day and a time.", "invalid": "This isn’t a day and a time."},
    )
    use_required_attribute = False
