from django.db import models

from .answer import published_text_is_locked


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

    class Meta:
        triggers = [published_text_is_locked()]

    def __str__(self):
        return f"The picture of {self.profile}"
