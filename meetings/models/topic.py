from django.db import models
from django.db.models.functions import Lower
from django.urls import reverse


class TopicQuerySet(models.QuerySet):
    def with_note_count(self):
        """Annotate `note_count`: how many notes on it everybody can read."""
        public = models.Q(meetings__note__published_at__isnull=False, meetings__announced_at__isnull=False)
        return self.annotate(note_count=models.Count("meetings", filter=public))

    def by_name(self):
        return self.order_by(Lower("name"), "pk")


class Topic(models.Model):
    """What meetings come back to, such as beneficial ownership; its page gathers their notes and actions."""

    name = models.CharField(max_length=100)
    slug = models.SlugField(max_length=100, unique=True, help_text="The last part of the page's address.")
    summary = models.TextField(max_length=1000, blank=True, help_text="What it is, in a sentence or two.")

    objects = TopicQuerySet.as_manager()

    class Meta:
        ordering = [Lower("name"), "pk"]
        constraints = [
            models.UniqueConstraint(
                Lower("name"), name="topic_once", violation_error_message="There is a topic of this name."
            )
        ]

    def __str__(self):
        return self.name

    def get_absolute_url(self):
        return reverse("meetings:topic_detail", args=[self.slug])
