from django.db import models

from .round import Round


class ThemeQuerySet(models.QuerySet):
    def with_idea_count(self):
        """Annotate `idea_count`: how many ideas under the theme are public and not merged into another."""
        live = models.Q(ideas__published_at__isnull=False, ideas__survivor=None)
        return self.annotate(idea_count=models.Count("ideas", filter=live)).order_by("position", "pk")

    def with_leads(self):
        """With who leads the talks about each, on either side."""
        return self.prefetch_related("leads__organisation")

    def for_data(self):
        """Everything open data says of those in rounds that people know of, round by round."""
        announced = self.exclude(round__announced_at=None).select_related("round")
        return announced.with_idea_count().order_by("round", "position", "pk")


class Theme(models.Model):
    """A heading that a round groups its ideas under."""

    round = models.ForeignKey(Round, on_delete=models.CASCADE, related_name="themes")
    name = models.CharField(max_length=100)
    slug = models.SlugField(max_length=60)
    description = models.CharField(max_length=300, blank=True)
    position = models.PositiveSmallIntegerField(default=0)

    objects = ThemeQuerySet.as_manager()

    class Meta:
        ordering = ["position", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["round", "slug"],
                name="theme_slug_unique_in_round",
                violation_error_message="The round has a theme with this address already.",
            )
        ]

    def __str__(self):
        return self.name
