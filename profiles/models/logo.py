import hashlib

from django.db import models
from django.db.models import Q
from django.urls import reverse

from ..errors import NotTheirs
from .member import Member
from .membership import NOT_THEIRS
from .organisation import Organisation


class LogoQuerySet(models.QuerySet):
    def put(self, organisation, *, by, now, pictures=None, alt=""):
        """Have this logo, in two sizes as pictures.encode makes it, for any before; without one, only other words.

        Raise NotTheirs.
        """
        if not organisation.is_looked_after_by(by):
            raise NotTheirs(NOT_THEIRS)
        fields = {"alt": alt, "changed_at": now, "changed_by": by}
        if pictures:
            self.record(organisation, *pictures, **fields)
        else:
            self.filter(organisation=organisation).update(**fields)

    def record(self, organisation, large, small, **fields):
        """Keep a logo, whoever it is from."""
        fields |= {
            "large": large.content,
            "small": small.content,
            "media_type": large.media_type,
            "width": large.width,
            "height": large.height,
            "digest": hashlib.sha256(large.content).hexdigest(),
        }
        self.update_or_create(organisation=organisation, defaults=fields)

    def remove(self, organisation, *, by):
        """Delete the logo. Raise NotTheirs."""
        if not organisation.is_looked_after_by(by):
            raise NotTheirs(NOT_THEIRS)
        self.filter(organisation=organisation).delete()


class OrganisationLogo(models.Model):
    """The logo of an organisation, as we encoded it anew: large for its page, small for cards."""

    organisation = models.OneToOneField(
        Organisation, on_delete=models.CASCADE, primary_key=True, related_name="logo"
    )
    large = models.BinaryField()
    small = models.BinaryField()
    media_type = models.CharField(max_length=20)
    width = models.PositiveIntegerField()
    height = models.PositiveIntegerField()
    digest = models.CharField(max_length=64, help_text="The SHA-256 of the large one.")
    alt = models.CharField(max_length=200, blank=True)
    changed_at = models.DateTimeField()
    changed_by = models.ForeignKey(Member, on_delete=models.SET_NULL, null=True, related_name="changed_logos")

    objects = LogoQuerySet.as_manager()

    class Meta:
        verbose_name = "logo"
        constraints = [
            models.CheckConstraint(
                condition=Q(media_type="image/webp", width__gt=0, height__gt=0), name="logo_is_a_webp"
            )
        ]

    def __str__(self):
        return f"The logo of {self.organisation}"

    @property
    def address(self):
        return reverse("profiles:logo", args=[self.pk, self._mark])

    @property
    def small_address(self):
        return reverse("profiles:logo_small", args=[self.pk, self._mark])

    @property
    def _mark(self):
        """What makes the address another one when the picture is, so that browsers may keep it for ever."""
        return self.digest[:16]
