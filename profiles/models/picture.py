import hashlib

from django.db import models

from .answer import published_text_is_locked


class PictureQuerySet(models.QuerySet):
    def record(self, profile, large, small):
        """Keep a picture in two sizes, as pictures.encode makes them, instead of any that the profile has."""
        fields = {
            "large": large.content,
            "small": small.content,
            "media_type": large.media_type,
            "width": large.width,
            "height": large.height,
            "digest": hashlib.sha256(large.content).hexdigest(),
        }
        self.update_or_create(profile=profile, defaults=fields)


class ProfilePicture(models.Model):
    """The picture of a story, as we encoded it anew: large for the story, small for cards. Never what was uploaded."""

    profile = models.OneToOneField(
        "Profile", on_delete=models.CASCADE, primary_key=True, related_name="picture"
    )
    large = models.BinaryField()
    small = models.BinaryField()
    media_type = models.CharField(max_length=20)
    width = models.PositiveIntegerField()
    height = models.PositiveIntegerField()
    digest = models.CharField(max_length=64, help_text="The SHA-256 of the large one.")

    objects = PictureQuerySet.as_manager()

    class Meta:
        triggers = [published_text_is_locked()]

    def __str__(self):
        return f"The picture of {self.profile}"
