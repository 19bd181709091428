"""The survey: the four questions, who is speaking, and agreement to publication, on one page."""

import json

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from .forms import LanguageField
from .models import Profile, Question
from .models.answer import LONGEST_ANSWER
from .models.survey import ANSWERS, WORDS, mark_of
from .picture_field import PictureField
from .wording import clean, clean_line, count_words

GUIDANCE = {
    Question.MEANING: gettext_lazy(
        "For the people you work with, not in general. Say it as you would to a neighbour."
    ),
    Question.IMPORTANCE: gettext_lazy("What goes wrong without it, and for whom?"),
    Question.EXAMPLE: gettext_lazy(
        "One case, told from its beginning: what was the matter, who opened up what, what is "
        "different now? Leave out names of people who wouldn’t want to be named."
    ),
    Question.REFORM: gettext_lazy(
        "One thing that government could decide. It can become an idea in the manifesto."
    ),
}
EMPTY = gettext_lazy("Please fill this in.")
# The longer side in the story, and on cards.
PICTURE_SIZES = (1600, 640)


class TextField(forms.CharField):
    """Words as people paste them, cleaned before anything else is made of them."""

    widget = forms.Textarea

    def to_python(self, value):
        return clean(str(value)) if value not in self.empty_values else ""


class LineField(forms.CharField):
    def to_python(self, value):
        return clean_line(str(value)) if value not in self.empty_values else ""


class AnswerField(TextField):
    def __init__(self, question):
        super().__init__(
            label=question.label,
            help_text=GUIDANCE[question],
            max_length=LONGEST_ANSWER,
            widget=forms.Textarea(attrs={"rows": 9, "data-counted": True}),
            error_messages={
                "max_length": gettext_lazy(
                    "This is longer than a book. What is below isn’t saved: shorten it first."
                )
            },
        )


def _length_of(name):
    return Profile._meta.get_field(name).max_length


class SurveyForm(forms.Form):
    """Everything may be saved half done; sending asks for all that isn’t optional, and for consent."""

    answer_1, answer_2, answer_3, answer_4 = (AnswerField(question) for question in Question)
    language = LanguageField(label=gettext_lazy("I answer in"))
    evidence_link = forms.URLField(
        label=gettext_lazy("A link that shows your example"),
        help_text=gettext_lazy("A report, a news story, a page of your own."),
        max_length=_length_of("evidence_link"),
        required=False,
        assume_scheme="https",
        error_messages={"invalid": gettext_lazy("This doesn’t look like a web address.")},
    )
    speaker_name = LineField(
        label=gettext_lazy("Who is speaking?"),
        help_text=gettext_lazy("A name, as it should be printed under the story."),
        max_length=_length_of("speaker_name"),
    )
    speaker_role = LineField(
        label=gettext_lazy("In what role?"),
        help_text=gettext_lazy("Such as “Secretary” or “Volunteer since 2009”."),
        max_length=_length_of("speaker_role"),
        required=False,
    )
    picture = PictureField(
        sizes=PICTURE_SIZES,
        label=gettext_lazy("A picture"),
        help_text=gettext_lazy(
            "JPEG, PNG, WebP or GIF, 12 MB at most. It is sent when you press one of the buttons below."
        ),
        required=False,
    )
    remove_picture = forms.BooleanField(label=gettext_lazy("Remove the picture"), required=False)
    picture_credit = LineField(
        label=gettext_lazy("Who made the picture?"),
        help_text=gettext_lazy(
            "Printed beside it. They have to agree that it is published under the same licence."
        ),
        max_length=_length_of("picture_credit"),
        required=False,
    )
    picture_alt = LineField(
        label=gettext_lazy("What does the picture show?"),
        help_text=gettext_lazy("In a sentence, for people who can’t see it."),
        max_length=_length_of("picture_alt"),
        required=False,
    )
    consent = forms.BooleanField(
        label=gettext_lazy("On behalf of our organisation I agree that our story is published"),
        error_messages={"required": gettext_lazy("Nothing can be published unless you agree.")},
    )
    opened = forms.CharField(widget=forms.HiddenInput, required=False, max_length=1000)

    def __init__(self, data=None, files=None, *, profile, words, submitting=False):
        marks = {name: mark_of(words[name]) for name in WORDS}
        initial = {**words, "opened": json.dumps(marks)}
        if profile.pk is None:
            # The page's.
            del initial["language"]
        super().__init__(data, files, initial=initial)
        self.profile, self.submitting = profile, submitting
        self.needed = {name for name, field in self.fields.items() if field.required}
        if not profile.has_picture:
            del self.fields["remove_picture"]
        for name, field in self.fields.items():
            field.required = name in self.needed
            field.error_messages.setdefault("required", EMPTY)
            if field.error_messages["required"] == forms.Field.default_error_messages["required"]:
                field.error_messages["required"] = EMPTY
        self.use_required_attribute = False

    def full_clean(self):
        """Fields are marked as what the editors need, but only sending insists on them."""
        for name, field in self.fields.items():
            field.required = self.submitting and name in self.needed
        super().full_clean()
        for name, field in self.fields.items():
            field.required = name in self.needed

    def clean(self):
        cleaned = super().clean()
        has_picture = self.profile.has_picture and not cleaned.get("remove_picture")
        if self.submitting and (has_picture or cleaned.get("picture")):
            for name in ("picture_credit", "picture_alt"):
                if cleaned.get(name) == "":
                    self.add_error(name, _("Your picture needs this."))
        return cleaned

    def typed(self):
        """What was sent in that can be kept, by name, whatever is wrong with the rest."""
        names = [name for name in WORDS if name in self.cleaned_data and name in self.data]
        return {name: self.cleaned_data[name] for name in names}

    def apply_picture(self, *, by, now):
        """Keep the picture that was sent, or take away the one there is; whatever is wrong with the rest."""
        if sizes := self.cleaned_data.get("picture"):
            self.profile.keep_picture(*sizes, by=by, now=now)
        elif self.cleaned_data.get("remove_picture"):
            self.profile.remove_picture(by=by, now=now)

    def opened_marks(self):
        """The marks of the texts that the page began with, by name."""
        try:
            marks = json.loads(self.data.get("opened") or "{}")
        except ValueError:
            return {}
        return marks if isinstance(marks, dict) else {}

    def begin_with(self, words):
        """Let the next save of the same page stand over `words`, which its author has been shown."""
        self.data = self.data.copy()
        self.data["opened"] = json.dumps({name: mark_of(words[name]) for name in WORDS})

    def questions(self):
        """The fields of the four answers, with how many words each has now."""
        return [(self[name], count_words(str(self[name].value() or ""))) for name in ANSWERS]

    def speaker_fields(self):
        return [self["speaker_name"], self["speaker_role"]]

    def picture_fields(self):
        names = ("picture", "remove_picture", "picture_credit", "picture_alt")
        return [self[name] for name in names if name in self.fields]
