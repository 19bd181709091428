"""What ideas say, submitted or not."""

from django.contrib.postgres.fields import ArrayField
from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext_lazy as _

from profiles.models import Answer, Organisation
from profiles.vocabularies import Area, ChoiceArrayField, language_field, language_tag

from ..vocabularies import Level, OGPValue, PolicyArea
from .theme import Theme


def values_that_count(values):
    """Refuse technology and innovation as an idea's only open government value, as OGP does."""
    if values == [OGPValue.TECHNOLOGY_AND_INNOVATION]:
        raise ValidationError(_("Technology and innovation counts only together with one of the others."))


class IdeaContent(models.Model):
    """What an idea says, the same for a draft and for an idea that was submitted."""

    NEEDED = ("title", "why", "how", "difference", "theme", "level", "ogp_values")

    title = models.CharField(
        _("What is your idea?"),
        max_length=120,
        help_text=_("In one line, as you would say it to a neighbour."),
    )
    why = models.TextField(
        _("Why is it important?"), max_length=5000, help_text=_("The problem, and who it touches.")
    )
    how = models.TextField(
        _("How would it work?"), max_length=5000, help_text=_("What government would do differently.")
    )
    difference = models.TextField(_("What difference would it make to citizens?"), max_length=5000)
    language = language_field()
    theme = models.ForeignKey(Theme, on_delete=models.PROTECT, related_name="%(class)ss")
    policy_areas = ChoiceArrayField(models.CharField(max_length=40, choices=PolicyArea))
    ogp_values = ChoiceArrayField(
        models.CharField(max_length=40, choices=OGPValue),
        verbose_name=_("open government values"),
        help_text=_("Technology and innovation counts only together with one of the others."),
        validators=[values_that_count],
    )
    areas = ChoiceArrayField(
        models.CharField(max_length=9, choices=Area),
        verbose_name=_("nations and regions"),
        help_text=_("Where it would apply. Choose none for the whole UK."),
    )
    level = models.CharField(_("level of government"), max_length=20, choices=Level)
    evidence_links = ArrayField(
        models.URLField(max_length=500),
        default=list,
        blank=True,
        size=10,
        help_text=_("Web addresses, one a line."),
    )
    organisation = models.ForeignKey(
        Organisation,
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="%(class)ss",
        verbose_name=_("put forward for"),
        help_text=_("Only if you speak for an organisation you belong to."),
    )
    from_answer = models.ForeignKey(
        Answer, on_delete=models.SET_NULL, null=True, blank=True, editable=False, related_name="%(class)ss"
    )

    class Meta:
        abstract = True

    @property
    def language_tag(self):
        return language_tag(self.language)

    def missing(self):
        """The names of the fields that an idea needs and that are empty here."""
        return [name for name in self.NEEDED if not getattr(self, name)]

    def content(self):
        """The fields above by name, to make an idea of a draft."""
        return {field.name: getattr(self, field.name) for field in IdeaContent._meta.get_fields()}
