"""Fixed vocabularies: the field's own, shared by organisations and ideas, and what members choose between."""

from functools import lru_cache

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.forms import CheckboxSelectMultiple, TypedMultipleChoiceField
from django.utils.functional import lazy
from django.utils.translation import gettext_lazy as _
from django.utils.translation import to_locale


class Area(models.TextChoices):
    """A nation of the United Kingdom or region of England, by its ONS code."""

    ENGLAND = "E92000001", _("England")
    NORTHERN_IRELAND = "N92000002", _("Northern Ireland")
    SCOTLAND = "S92000003", _("Scotland")
    WALES = "W92000004", _("Wales")
    NORTH_EAST = "E12000001", _("North East")
    NORTH_WEST = "E12000002", _("North West")
    YORKSHIRE = "E12000003", _("Yorkshire and The Humber")
    EAST_MIDLANDS = "E12000004", _("East Midlands")
    WEST_MIDLANDS = "E12000005", _("West Midlands")
    EAST = "E12000006", _("East of England")
    LONDON = "E12000007", _("London")
    SOUTH_EAST = "E12000008", _("South East")
    SOUTH_WEST = "E12000009", _("South West")


_lines = lazy(lambda name: str(name).splitlines(), list)
# A schematic map: each place with the lines of its name and its column and row on a grid. Who works in all of England
# has a square beside its regions.
TILES = [
    (area, area.label, _lines(name), column, row)
    for area, name, column, row in [
        (Area.SCOTLAND, _("Scotland"), 1, 0),
        (Area.NORTHERN_IRELAND, _("Northern\nIreland"), 0, 1),
        (Area.NORTH_EAST, _("North East"), 2, 1),
        (Area.NORTH_WEST, _("North West"), 1, 2),
        (Area.YORKSHIRE, _("Yorkshire &\nHumber"), 2, 2),
        (Area.WALES, _("Wales"), 0, 3),
        (Area.WEST_MIDLANDS, _("West\nMidlands"), 1, 3),
        (Area.EAST_MIDLANDS, _("East\nMidlands"), 2, 3),
        (Area.EAST, _("East of\nEngland"), 3, 3),
        (Area.SOUTH_WEST, _("South West"), 1, 4),
        (Area.SOUTH_EAST, _("South East"), 2, 4),
        (Area.LONDON, _("London"), 3, 4),
        (Area.ENGLAND, _("England,\nall of it"), 3, 1),
    ]
]

NATIONS = frozenset({Area.ENGLAND, Area.NORTHERN_IRELAND, Area.SCOTLAND, Area.WALES})


class ReformTheme(models.TextChoices):
    """What a reform that an organisation asks for is about: the five themes of the UK's action plan of 2013–15, and
    what they leave out. Stories outlive rounds, so these are not a round's themes, though their codes are the same.
    """

    OPEN_DATA = "open-data", _("Open data")
    INTEGRITY = "government-integrity", _("Government integrity")
    FISCAL = "fiscal-transparency", _("Fiscal transparency")
    CITIZENS = "empowering-citizens", _("Empowering citizens")
    NATURAL_RESOURCES = "natural-resource-transparency", _("Natural resource transparency")
    INFORMATION = "access-to-information", _("Access to information")
    SERVICES = "public-services", _("Public services")
    OTHER = "other", _("Something else")


class Frequency(models.TextChoices):
    """How often a member wants e-mails with news."""

    DAILY = "daily", _("Once a day at most, with everything in one e-mail")
    IMMEDIATELY = "immediately", _("Soon after each thing happens")
    OFF = "off", _("Never")


class ChoiceArrayField(ArrayField):
    """An array of codes of one vocabulary, edited as a group of checkboxes."""

    def __init__(self, base_field, **kwargs):
        kwargs.setdefault("default", list)
        kwargs.setdefault("blank", True)
        super().__init__(base_field, **kwargs)

    def formfield(self, **kwargs):
        return super(ArrayField, self).formfield(
            **{
                "form_class": TypedMultipleChoiceField,
                "choices": self.base_field.choices,
                "coerce": self.base_field.to_python,
                "widget": CheckboxSelectMultiple,
                **kwargs,
            }
        )


class AuditAction(models.TextChoices):
    """What the audit log calls what staff do. Codes stay as they are, for entries are never changed."""

    SIGNED_IN = "signed_in", "signed in"
    SECOND_FACTOR_ADDED = "second_factor_added", "added a second step of signing in"
    SECOND_FACTOR_REMOVED = "second_factor_removed", "removed a second step of signing in"
    SECOND_FACTOR_RESET = "second_factor_reset", "took away somebody’s second step of signing in"
    RECOVERY_CODES_MADE = "recovery_codes_made", "made new recovery codes"
    PASSWORD_CHANGED = "password_changed", "changed their password"
    EMAIL_CHANGED = "email_changed", "changed their e-mail address"
    RIGHTS_CHANGED = "rights_changed", "changed what somebody may do"
    ADDED = "added", "added"
    CHANGED = "changed", "changed"
    DELETED = "deleted", "deleted"
    # The page is in the details, by its name in the URL configuration.
    ACTED = "acted", "did what a page is for"
    DOWNLOADED = "downloaded", "downloaded personal data"
    VOTES_COUNTED = "votes_counted", "asked how many votes a description fits"


def audit_actions():
    """Choices that may grow; migrations name this function instead of its answer."""
    return AuditAction.choices


def labels_of(vocabulary: type[models.TextChoices], codes: list[str]) -> list[str]:
    """The labels of `codes` in the vocabulary's own order."""
    return [str(member.label) for member in vocabulary if member.value in codes] if codes else []


def languages():
    """Choices of the languages that the site has; migrations name this function instead of its answer."""
    return settings.LANGUAGES


def language_field(verbose_name="written in", **kwargs):
    """The language of what somebody wrote; the site's own unless they say otherwise."""
    return models.CharField(
        verbose_name,
        max_length=7,
        choices=languages,
        default=settings.LANGUAGE_CODE,
        db_default=settings.LANGUAGE_CODE,
        **kwargs,
    )


@lru_cache(maxsize=100)
def language_tag(code):
    """What HTML and open data call a language: `en-GB` for `en-gb`, `cy` for `cy` (BCP 47)."""
    return to_locale(code).replace("_", "-")
