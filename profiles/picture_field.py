from django import forms
from django.utils.translation import gettext_lazy as _

from . import pictures


class PictureField(forms.FileField):
    """A picture made anew in these sizes, as pictures.encode does."""

    widget = forms.FileInput(attrs={"accept": "image/jpeg,image/png,image/webp,image/gif"})
    default_error_messages = {
        "empty": _("This file is empty."),
        "max_length": _("The file’s name is too long."),
        "too_large": _("This file is larger than %(most)s MB. Send a smaller one."),
        "too_many_pixels": _("This picture has more than %(most)s million pixels. Send a smaller one."),
        "far_too_many_pixels": _("This picture has far more than %(most)s million pixels."),
        "unreadable": _("We can’t read this file as a picture. Send a JPEG, PNG, WebP or GIF."),
    }

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
            raise forms.ValidationError(
                self.error_messages[error.problem], code=error.problem, params={"most": error.most}
            ) from error
