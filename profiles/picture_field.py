from django import forms

from . import pictures


class PictureField(forms.FileField):
    """A picture made anew in these sizes, as pictures.encode does."""

    widget = forms.FileInput(attrs={"accept": "image/jpeg,image/png,image/webp,image/gif"})

    def __init__(self, *, sizes, media_type="image/jpeg", **kwargs):
        super().__init__(**kwargs)
        self.sizes, self.media_type = sizes, media_type

    def clean(self, data, initial=None):
        file = super().clean(data, initial)
        if not file:
            return None
        try:
            return pictures.encode(file, sizes=self.sizes, media_type=self.media_type)
        except pictures.Unusable as error:
            raise forms.ValidationError(str(error)) from error
