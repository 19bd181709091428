from django.db import models
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from ogp_network import markdown

from ..deadlines import Closes
from ..errors import CallClosed, NotAMember
from ..vocabularies import language_field, language_tag
from .member import Member
from .organisation import Organisation


class CallQuerySet(models.QuerySet):
    def opened(self, now):
        """Those the public knows: open now, or open once."""
        return self.filter(opens_at__lte=now)

    def open(self, now):
        return self.opened(now).filter(models.Q(closes_at=None) | models.Q(closes_at__gt=now))

    def with_counts(self):
        """Annotate `answer_count`, editions that were sent in, and `begun_count`, those that aren't yet."""
        return self.annotate(
            answer_count=models.Count("profiles", filter=models.Q(profiles__submitted_at__isnull=False)),
            begun_count=models.Count("profiles", filter=models.Q(profiles__submitted_at=None)),
        )

    def by_latest(self):
        return self.order_by(models.F("opens_at").desc(nulls_first=True), "-pk")


class Call(Closes, models.Model):
    """An invitation to organisations to answer the four questions."""

    title = models.CharField(max_length=150)
    slug = models.SlugField(max_length=80, unique=True, help_text="The last part of the page's address.")
    introduction = models.TextField(
        max_length=20_000, help_text="Why the network asks, and what happens to the answers. Markdown."
    )
    introduction_html = models.TextField(editable=False, db_default="")
    language = language_field()
    opens_at = models.DateTimeField("opened at", null=True, blank=True, editable=False)
    opened_by = models.ForeignKey(
        Member, on_delete=models.SET_NULL, null=True, blank=True, editable=False, related_name="opened_calls"
    )
    closes_at = models.DateTimeField(
        null=True, blank=True, help_text="People read on the page until when they can answer. May stay empty."
    )
    closed_by = models.ForeignKey(
        Member, on_delete=models.SET_NULL, null=True, blank=True, editable=False, related_name="closed_calls"
    )

    objects = CallQuerySet.as_manager()

    class Meta:
        verbose_name_plural = "calls for stories"
        constraints = [
            models.CheckConstraint(
                condition=models.Q(closes_at=None) | models.Q(closes_at__gt=models.F("opens_at")),
                name="call_closes_after_it_opens",
                violation_error_message=gettext_lazy("A call closes after it opens."),
            )
        ]

    def __str__(self):
        return self.title

    def save(self, *, update_fields=None, **options):
        self.introduction_html = markdown.render(self.introduction)
        if update_fields and "introduction" in update_fields:
            update_fields = {*update_fields, "introduction_html"}
        super().save(update_fields=update_fields, **options)

    def get_absolute_url(self):
        return reverse("profiles:call_detail", args=[self.slug])

    @property
    def language_tag(self):
        return language_tag(self.language)

    def is_opened(self, now):
        return self.opens_at is not None and self.opens_at <= now

    def is_open(self, now):
        return self.is_opened(now) and (self.closes_at is None or self.closes_at > now)

    def open(self, *, by, now):
        """Take answers from now on, also again after closing; an open call stays as it is."""
        if self.is_open(now):
            return
        if self.closes_at and self.closes_at <= now:
            self.closes_at = None
        self.opens_at, self.opened_by, self.closed_by = self.opens_at or now, by, None
        self.save(update_fields=["opens_at", "opened_by", "closes_at", "closed_by"])

    def close(self, *, by, now):
        """Take no more answers; a call that isn't open stays as it is."""
        if self.is_open(now):
            self.closes_at, self.closed_by = now, by
            self.save(update_fields=["closes_at", "closed_by"])

    def refusal_to_answer(self, organisation, member, now):
        """Why this member can't answer for the organisation now, or None if they can."""
        if not self.is_open(now):
            return CallClosed(_("This call has closed, so answers can’t be changed or sent any more."))
        if not Organisation.objects.for_member(member).filter(pk=organisation.pk).exists():
            return NotAMember(
                _("Only people who belong to %(organisation)s can answer for it.")
                % {"organisation": organisation}
            )
        return None
