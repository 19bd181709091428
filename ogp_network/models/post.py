from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from profiles.deadlines import Closes
from profiles.errors import NotReady

from .version import Version
from .writing import Writing, WritingQuerySet


class PostQuerySet(WritingQuerySet):
    def calls_open(self, now):
        """Public calls to action whose deadline is to come."""
        return self.published().filter(public__closes_at__gt=now)

    def not_open(self, now):
        """All but the open calls: plain news, and calls that are over."""
        return self.exclude(public__closes_at__gt=now)

    def for_cards(self):
        """With what a card shows, and without what it doesn't."""
        return self.select_related("public").defer("public__body", "public__body_html", "public__search")

    def for_feed(self):
        return self.select_related("public").defer("public__body", "public__search").by_newest()

    def by_newest(self):
        return self.order_by("-published_at", "-pk")

    def by_deadline(self):
        """The most urgent first."""
        return self.order_by("public__closes_at", "pk")

    def open_calls_first(self, now):
        """Open calls, the most urgent first; then all else, the newest first."""
        deadline = models.Case(
            models.When(public__closes_at__gt=now, then="public__closes_at"),
            output_field=models.DateTimeField(),
        )
        return self.order_by(deadline.asc(nulls_last=True), "-published_at", "-pk")


class Post(Writing):
    """A piece of news, or a call to action with a deadline."""

    slug = models.SlugField(
        "address",
        max_length=100,
        help_text="What stands after /news/. Former addresses lead to the new one.",
    )
    public = models.ForeignKey(
        "PostVersion", on_delete=models.RESTRICT, null=True, blank=True, editable=False, related_name="+"
    )
    scheduled = models.ForeignKey(
        "PostVersion", on_delete=models.RESTRICT, null=True, blank=True, editable=False, related_name="+"
    )

    objects = PostQuerySet.as_manager()

    class Meta(Writing.Meta):
        verbose_name = "news post"

    def get_absolute_url(self):
        return reverse("post_detail", args=[self.slug])

    @property
    def versions_address(self):
        return reverse("post_versions", args=[self.slug])

    def refusal_to_publish(self, version, now):
        if refusal := super().refusal_to_publish(version, now):
            return refusal
        if self.published_at is None and version.is_over(now):
            return NotReady("Its deadline would have passed by then. Give it a later one first.")
        return None


class PostVersion(Closes, Version):
    """One wording of a news post, with what it calls for."""

    CONTENT = (*Version.CONTENT, "closes_at", "action_label", "action_link")

    post = models.ForeignKey(Post, on_delete=models.CASCADE, related_name="versions")
    closes_at = models.DateTimeField(
        "deadline",
        null=True,
        blank=True,
        help_text="For a call to action: until when people can answer. Until then it stands on the home page.",
    )
    action_label = models.CharField(
        "words of the button",
        max_length=60,
        blank=True,
        help_text="What people are to do, such as “Answer the survey”.",
    )
    action_link = models.URLField("where the button leads", max_length=500, blank=True)

    class Meta(Version.Meta):
        constraints = [
            *Version.Meta.constraints,
            models.UniqueConstraint(fields=["post", "number"], name="postversion_numbered_in_post"),
            models.CheckConstraint(
                condition=Q(action_label="", action_link="") | (~Q(action_label="") & ~Q(action_link="")),
                name="postversion_action_with_label_and_link",
            ),
            models.CheckConstraint(
                condition=Q(action_label="") | Q(closes_at__isnull=False),
                name="postversion_action_with_deadline",
            ),
        ]

    def clean(self):
        super().clean()
        if bool(self.action_label) != bool(self.action_link):
            missing = "action_link" if self.action_label else "action_label"
            raise ValidationError({missing: "A button needs both its words and where it leads."})
        if self.action_label and not self.closes_at:
            raise ValidationError({"closes_at": "A button is for a call to action, which needs a deadline."})

    @property
    def is_call(self):
        return self.closes_at is not None

    def is_open(self, now):
        return self.closes_at is not None and now < self.closes_at

    def is_over(self, now):
        return self.closes_at is not None and now >= self.closes_at

    def days_left(self, now):
        """From today to the last day of a call, as people here count days."""
        return (timezone.localdate(self.last_moment) - timezone.localdate(now)).days

    def time_left(self, now):
        """How long people still have, or that it is over, in a few words."""
        if self.is_over(now):
            return _("Closed")
        days = self.days_left(now)
        if days == 0:
            return _("Closes today")
        if days == 1:
            return _("Closes tomorrow")
        return ngettext("Closes in %(days)d day", "Closes in %(days)d days", days) % {"days": days}
