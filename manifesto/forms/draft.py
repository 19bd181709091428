from unicodedata import category

from django import forms
from django.contrib.postgres.forms import SimpleArrayField
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from profiles.forms import LanguageField
from profiles.models import Organisation
from profiles.vocabularies import Area

from ..models import Draft
from ..vocabularies import Level


class LinesField(SimpleArrayField):
    """Web addresses, one a line."""

    widget = forms.Textarea

    def __init__(self, **kwargs):
        address = forms.URLField(max_length=500, assume_scheme="https")
        super().__init__(address, delimiter="\n", **kwargs)

    def to_python(self, value):
        if isinstance(value, str):
            value = "\n".join(line.strip() for line in value.splitlines() if line.strip())
        return super().to_python(value)


class TitleForm(forms.ModelForm):
    """The beginning of an idea: its title, which similar ideas are looked for by."""

    key = forms.UUIDField(widget=forms.HiddenInput, required=False)
    version = forms.IntegerField(widget=forms.HiddenInput, required=False, min_value=0, max_value=2**31 - 2)
    # What the page that asked for an idea found missing: a theme by its slug, a place by its code.
    about_theme = forms.CharField(widget=forms.HiddenInput, required=False)
    about_area = forms.CharField(widget=forms.HiddenInput, required=False)

    class Meta:
        model = Draft
        fields = ["title"]
        widgets = {"title": forms.TextInput}

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        for field in self.fields.values():
            field.error_messages["required"] = _("Please fill this in.")
        self.use_required_attribute = False
        self.initial |= {"version": self.instance.version, "key": self.instance.key}

    def clean_title(self):
        """One line, with something in it to see."""
        title = " ".join(self.cleaned_data["title"].split())
        if not any(category(character)[0] in "LNPS" for character in title):
            raise ValidationError(_("Please write a title that people can read."))
        return title

    def clean(self):
        """Choose what the idea was asked about, where it is not chosen yet; what nobody knows is let go."""
        super().clean()
        draft, theme, area = self.instance, *map(self.cleaned_data.get, ("about_theme", "about_area"))
        if theme and draft.theme_id is None:
            draft.theme = draft.round.themes.filter(slug=theme).first()
        if area in Area.values and not draft.areas:
            draft.areas = [area]

    def offer_to_overwrite(self):
        """Let the next save of the same page win over what was saved elsewhere meanwhile."""
        self.data = self.data.copy()
        saved = Draft.objects.filter(key=self.instance.key).values_list("version", flat=True)
        self.data["version"] = saved.first() or 0


class DraftForm(TitleForm):
    """An idea being written. Saving a draft asks for a title alone; submitting asks for everything an idea needs."""

    about_theme = about_area = None
    evidence_links = LinesField(
        label=_("Links that support it"),
        help_text=_("Web addresses, one a line. Up to ten."),
        required=False,
        max_length=10,
        error_messages={"item_invalid": _("Link number %(nth)s doesn’t look right:")},
    )
    language = LanguageField()

    class Meta(TitleForm.Meta):
        fields = [
            "title",
            "why",
            "how",
            "difference",
            "evidence_links",
            "language",
            "theme",
            "level",
            "areas",
            "ogp_values",
            "policy_areas",
            "organisation",
        ]
        labels = {"theme": _("Theme"), "policy_areas": _("Policy areas")}
        widgets = {"title": forms.TextInput, "level": forms.RadioSelect, "organisation": forms.Select}

    def __init__(self, *args, round, member=None, submitting=False, **kwargs):
        super().__init__(*args, **kwargs)
        self.submitting = submitting
        for name, field in self.fields.items():
            field.required = name in (*Draft.NEEDED, "language")
        self.fields["theme"].queryset = round.themes.all()
        self.fields["theme"].empty_label = _("Choose a theme")
        self.fields["level"].choices = Level.choices
        for name in ("why", "how", "difference"):
            self.fields[name].widget.attrs["rows"] = 7
        self.fields["evidence_links"].widget.attrs["rows"] = 3
        own = Organisation.objects.for_member(member).by_name() if member else Organisation.objects.none()
        if member and own.exists():
            self.fields["organisation"].queryset = own
            self.fields["organisation"].empty_label = _("Nobody: it is my own idea")
        else:
            self.instance.organisation = None
            del self.fields["organisation"]

    def full_clean(self):
        """Fields are marked as what an idea needs, but only submitting insists on them."""
        marked = {name: field.required for name, field in self.fields.items()}
        for name, field in self.fields.items():
            field.required = name == "title" or (self.submitting and marked[name])
        super().full_clean()
        for name, field in self.fields.items():
            field.required = marked[name]

    def clean(self):
        super().clean()
        for name in ("title", "why", "how", "difference"):
            if isinstance(self.cleaned_data.get(name), str):
                self.cleaned_data[name] = self.cleaned_data[name].strip()

    def sections(self):
        """The visible fields under the headings of the page."""
        headings = [
            (_("Your idea"), ("title", "why", "how", "difference", "evidence_links", "language")),
            (
                _("Where it belongs"),
                ("theme", "level", "areas", "ogp_values", "policy_areas", "organisation"),
            ),
        ]
        return [
            (heading, [self[name] for name in names if name in self.fields]) for heading, names in headings
        ]
