from django.db import models, transaction
from django.db.models import F, Q
from django.urls import reverse
from django.utils.translation import gettext as _

from ogp_network import markdown
from profiles.errors import NotReady
from profiles.models import Member
from profiles.vocabularies import language_field, language_tag


class ActionPlanQuerySet(models.QuerySet):
    def public(self):
        return self.exclude(published_at=None)

    def with_commitment_count(self):
        """With `commitment_count`, of those that are public."""
        published = Q(commitments__published_at__isnull=False)
        return self.annotate(commitment_count=models.Count("commitments", filter=published))

    def by_newest(self):
        return self.order_by("-starts_on", "-pk")


class ActionPlan(models.Model):
    """A government's action plan, whose commitments are followed until they are done."""

    title = models.CharField(max_length=150)
    slug = models.SlugField(max_length=80, unique=True, help_text="The last part of the page's address.")
    introduction = models.TextField(
        max_length=20_000, blank=True, help_text="What the plan is and how it came about. Markdown."
    )
    introduction_html = models.TextField(editable=False)
    language = language_field()
    round = models.ForeignKey(
        "Round",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="plans",
        help_text="The round whose shortlist it answers, if it does.",
    )
    starts_on = models.DateField()
    ends_on = models.DateField()
    source_url = models.URLField("where it is published", max_length=500, blank=True)
    published_at = models.DateTimeField(null=True, blank=True, editable=False)
    published_by = models.ForeignKey(
        Member, on_delete=models.SET_NULL, null=True, editable=False, related_name="published_plans"
    )

    objects = ActionPlanQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(ends_on__gt=F("starts_on")),
                name="plan_ends_after_it_starts",
                violation_error_message="The plan must end after it starts.",
            )
        ]

    def __str__(self):
        return self.title

    def save(self, *args, **kwargs):
        self.introduction_html = markdown.render(self.introduction)
        super().save(*args, **kwargs)

    def get_absolute_url(self):
        return reverse("manifesto:plan_detail", args=[self.slug])

    def publish(self, *, by, now):
        """Show it and the commitments it has to everybody; a second time changes nothing of it.

        Raise NotReady while it has none.
        """
        if not self.commitments.exists():
            raise NotReady(
                _("A plan is published with what it promises: please enter its commitments first.")
            )
        with transaction.atomic():
            self.commitments.filter(published_at=None).update(published_at=now, published_by=by)
            type(self).objects.filter(pk=self.pk, published_at=None).update(published_at=now, published_by=by)
        self.refresh_from_db()

    @property
    def is_public(self):
        return self.published_at is not None

    @property
    def language_tag(self):
        return language_tag(self.language)
