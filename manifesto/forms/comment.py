from unicodedata import category

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from profiles.forms import LanguageField, LinedCharField

from ..models import Comment, Report
from ..vocabularies import CommentFault


class CommentForm(forms.Form):
    """What somebody says. The key comes with the page, so that sending it twice says it once."""

    key = forms.UUIDField(widget=forms.HiddenInput)
    text = LinedCharField(
        label=_("Your comment"),
        help_text=_("Everybody can read it, with your name as it stands in your account."),
        max_length=Comment.LONGEST,
        widget=forms.Textarea(attrs={"rows": 5}),
        error_messages={
            "required": _("Please write something first."),
            "max_length": _("Please keep it to %(limit_value)d characters: this has %(show_value)d."),
        },
    )

    language = LanguageField()

    use_required_attribute = False

    def clean_text(self):
        text = self.cleaned_data["text"]
        if not any(category(character)[0] in "LNPS" for character in text):
            raise ValidationError(_("Please write something that people can read."))
        return text


class CommentEditForm(CommentForm):
    key = None


class ReportForm(forms.ModelForm):
    """Why a member wants an editor to read a comment."""

    reason = forms.ChoiceField(
        label=_("What is wrong with it?"),
        choices=CommentFault,
        widget=forms.RadioSelect,
        error_messages={"required": _("Please choose what is wrong with it.")},
    )
    words = LinedCharField(
        label=_("Anything the editors should know"),
        max_length=1000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
    )

    use_required_attribute = False

    class Meta:
        model = Report
        fields = ["reason", "words"]


class CommentModerationForm(forms.Form):
    """An editor's answer to a comment that waits, was reported, or is hidden."""

    ANSWERS = {
        "approve": "Publish it",
        "keep": "Keep it as it is",
        "hide": "Hide it, because of the reason below",
        "unhide": "Show it again",
    }

    answer = forms.ChoiceField(
        label="Your answer",
        widget=forms.RadioSelect,
        error_messages={"required": "Choose what should happen to it."},
    )
    reason = forms.ChoiceField(
        label="Reason for hiding",
        help_text="Everybody reads it in place of the comment, and its author in an e-mail.",
        choices=[("", "None"), *CommentFault.choices],
        required=False,
    )

    use_required_attribute = False

    def __init__(self, *args, comment, **kwargs):
        super().__init__(*args, **kwargs)
        self.comment = comment
        self.fields["answer"].choices = [(code, self.ANSWERS[code]) for code in self._possible()]
        if "hide" not in dict(self.fields["answer"].choices):
            del self.fields["reason"]

    def _possible(self):
        if self.comment.is_deleted:
            return []
        if self.comment.is_hidden:
            return ["unhide"]
        if self.comment.is_waiting:
            return ["approve", "hide"]
        return ["keep", "hide"] if self.comment.open_reports else ["hide"]

    def clean(self):
        cleaned = super().clean()
        if cleaned.get("answer") == "hide" and not cleaned.get("reason"):
            self.add_error("reason", "Choose a reason.")
        return cleaned

    def apply(self, *, by, now):
        """Do as chosen. Raise a Refused."""
        answer = self.cleaned_data["answer"]
        reason = {"reason": self.cleaned_data["reason"]} if answer == "hide" else {}
        getattr(self.comment, answer)(by=by, now=now, **reason)
