"""One wording of a page or a post."""

import pgtrigger
from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.search import SearchVector, SearchVectorField
from django.db import models
from django.db.models import Q

from manifesto.models.lexeme import LANGUAGE
from ogp_network import comparison, markdown
from profiles.models import Member

# Far more than any page: only there so that nobody fills the database.
LONGEST_BODY = 100_000


class VersionQuerySet(models.QuerySet):
    def published(self):
        """Those that are, or once were, public."""
        return self.exclude(published_at=None)

    def by_latest(self):
        return self.order_by("-number", "-pk")


class Version(models.Model):
    """What a page or a post says, or said, from one save to the next. Its words never change."""

    CONTENT = ("title", "summary", "body")

    number = models.PositiveIntegerField()
    title = models.CharField(max_length=150)
    summary = models.CharField(
        max_length=300,
        blank=True,
        help_text="A sentence or two, for lists, search engines and those who share it.",
    )
    body = models.TextField(max_length=LONGEST_BODY, help_text="In Markdown. Begin sections with “## ”.")
    body_html = models.TextField(editable=False)
    reason = models.CharField(max_length=300, blank=True)
    saved_at = models.DateTimeField()
    saved_by = models.ForeignKey(Member, on_delete=models.SET_NULL, null=True, related_name="+")
    published_at = models.DateTimeField(null=True)
    published_by = models.ForeignKey(Member, on_delete=models.SET_NULL, null=True, related_name="+")
    search = models.GeneratedField(
        expression=SearchVector("title", weight="A", config=LANGUAGE)
        + SearchVector("summary", weight="B", config=LANGUAGE)
        + SearchVector("body", weight="C", config=LANGUAGE),
        output_field=SearchVectorField(),
        db_persist=True,
    )

    objects = VersionQuerySet.as_manager()

    class Meta:
        abstract = True
        indexes = [GinIndex(fields=["search"], name="%(class)s_search")]
        constraints = [
            models.CheckConstraint(condition=Q(number__gte=1), name="%(class)s_counted_from_one"),
            models.CheckConstraint(
                condition=~Q(title="") & ~Q(body=""), name="%(class)s_with_title_and_body"
            ),
        ]
        triggers = [
            pgtrigger.ReadOnly(
                name="versions_are_for_good",
                exclude=["body_html", "saved_by", "published_at", "published_by", "search"],
            ),
            pgtrigger.Protect(
                name="published_versions_are_kept",
                operation=pgtrigger.Delete,
                condition=pgtrigger.Q(old__published_at__isnull=False),
            ),
        ]

    def __str__(self):
        return f"Version {self.number}"

    def save(self, *args, **kwargs):
        self.body_html = markdown.render(self.body, highest=2)
        super().save(*args, **kwargs)

    def content(self):
        """What it says, by name; `write` takes the same."""
        return {name: getattr(self, name) for name in self.CONTENT}

    def changes_to(self, content):
        """For each part that `content` says differently, its label, True, and the comparison's passages."""
        before, after = self._as_read(self.content()), self._as_read(content)
        return [
            (
                self._meta.get_field(name).verbose_name.capitalize(),
                True,
                comparison.compare(before[name], after[name]),
            )
            for name in self.CONTENT
            if before[name] != after[name]
        ]

    def _as_read(self, content):
        return {name: "" if content[name] is None else str(content[name]) for name in self.CONTENT}
