from django import forms

from ..models import NoteImport
from ..note_text.documents import MAX_BYTES, MAX_CHARACTERS, MEGABYTE, Unreadable, check, read_file


class PasteForm(forms.Form):
    """A note as somebody wrote it: pasted, or in a file."""

    text = forms.CharField(
        label="Paste the note",
        required=False,
        strip=False,
        widget=forms.Textarea(attrs={"rows": 16}),
        help_text="With its title, date and attendees, as it was written or published.",
    )
    file = forms.FileField(
        label="Or send it as a file",
        required=False,
        allow_empty_file=True,
        help_text=f"Word (.docx), plain text or Markdown, up to {MAX_BYTES // MEGABYTE} MB "
        f"and {MAX_CHARACTERS:,} characters.",
        widget=forms.FileInput(attrs={"accept": ".docx,.docm,.txt,.md,.markdown,.text"}),
        max_length=NoteImport._meta.get_field("file_name").max_length,
    )

    use_required_attribute = False

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        # What is wrong takes the focus otherwise.
        if not self.is_bound:
            self.fields["text"].widget.attrs["autofocus"] = True

    def clean_text(self):
        text = self.cleaned_data["text"]
        try:
            return check(text) if text.strip() else ""
        except Unreadable as error:
            raise forms.ValidationError(str(error)) from error

    def clean_file(self):
        file = self.cleaned_data["file"]
        if file:
            try:
                self.read_text = read_file(file)
            except Unreadable as error:
                raise forms.ValidationError(str(error)) from error
        return file

    def clean(self):
        cleaned = super().clean()
        if self.errors:
            return cleaned
        if cleaned["text"] and cleaned["file"]:
            self.add_error("file", "Please paste the note or send a file, not both.")
        elif not cleaned["text"] and not cleaned["file"]:
            self.add_error("text", "Please paste the note here, or choose a file below.")
        return cleaned

    def receive(self, *, by, now):
        """Keep the text: the import, and whether it is new."""
        file = self.cleaned_data["file"]
        text = self.read_text if file else self.cleaned_data["text"]
        return NoteImport.receive(text, by=by, now=now, file_name=file.name if file else "")
