import pgtrigger
from django.db import models
from django.db.models import Q
from django.urls import reverse

from ogp_network import markdown
from profiles.models import Member
from profiles.vocabularies import language_field, language_tag

from ..commitments import Commitment
from ..round import Round


class StatementQuerySet(models.QuerySet):
    def public(self):
        return self.exclude(published_at=None)


class Statement(models.Model):
    """What the network says together to parties and government, with its asks; organisations sign it."""

    title = models.CharField(max_length=150)
    slug = models.SlugField(max_length=80, unique=True, help_text="The last part of the page's address.")
    summary = models.CharField(max_length=300, help_text="One sentence for lists and search engines.")
    language = language_field()
    round = models.ForeignKey(
        Round, on_delete=models.PROTECT, null=True, blank=True, related_name="statements"
    )
    signing_closes_on = models.DateField(
        "last day to sign", null=True, blank=True, help_text="Leave empty while it can be signed at any time."
    )
    published_at = models.DateTimeField(null=True, blank=True, editable=False)
    published_by = models.ForeignKey(
        Member, on_delete=models.SET_NULL, null=True, editable=False, related_name="published_statements"
    )

    objects = StatementQuerySet.as_manager()

    def __str__(self):
        return self.title

    def get_absolute_url(self):
        return reverse("manifesto:statement_detail", args=[self.slug])

    @property
    def is_public(self):
        return self.published_at is not None

    @property
    def language_tag(self):
        return language_tag(self.language)


class Ask(models.Model):
    """One thing a statement asks for, the same through all its versions: positions and signatures refer to it."""

    statement = models.ForeignKey(Statement, on_delete=models.CASCADE, related_name="asks")
    number = models.PositiveSmallIntegerField()
    commitment = models.ForeignKey(
        Commitment,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="asks",
        help_text="The commitment that says it in full, if there is one.",
    )

    class Meta:
        ordering = ["number", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["statement", "number"], name="ask_number_unique_in_statement")
        ]

    def __str__(self):
        return f"Ask {self.number} of {self.statement}"


class StatementVersion(models.Model):
    """What a statement said from a time on. Signatures bind to it; once published, it doesn't change."""

    statement = models.ForeignKey(Statement, on_delete=models.CASCADE, related_name="versions")
    number = models.PositiveSmallIntegerField()
    text = models.TextField(max_length=20_000, help_text="Markdown.")
    text_html = models.TextField(editable=False)
    note = models.CharField("what changed", max_length=300, blank=True)
    made_by = models.ForeignKey(
        Member, on_delete=models.SET_NULL, null=True, editable=False, related_name="statement_versions"
    )
    made_at = models.DateTimeField(editable=False)
    published_at = models.DateTimeField(null=True, blank=True, editable=False)

    class Meta:
        ordering = ["number"]
        constraints = [
            models.UniqueConstraint(fields=["statement", "number"], name="statement_version_number_unique"),
            models.UniqueConstraint(
                fields=["statement"],
                condition=Q(published_at=None),
                name="statement_version_one_draft",
                violation_error_message="There is a version in the making already.",
            ),
        ]
        triggers = [
            pgtrigger.Protect(
                name="statement_as_signed",
                operation=pgtrigger.UpdateOf("text", "number", "statement_id", "published_at"),
                condition=pgtrigger.Q(old__published_at__isnull=False),
            )
        ]

    def __str__(self):
        return f"Version {self.number} of {self.statement}"

    def save(self, *args, **kwargs):
        self.text_html = markdown.render(self.text)
        super().save(*args, **kwargs)


class AskWording(models.Model):
    """How a version of a statement words one of its asks."""

    version = models.ForeignKey(StatementVersion, on_delete=models.CASCADE, related_name="ask_wordings")
    ask = models.ForeignKey(Ask, on_delete=models.PROTECT, related_name="wordings")
    title = models.CharField(max_length=150)
    text = models.TextField(max_length=3000, blank=True)

    class Meta:
        ordering = ["ask__number", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["version", "ask"], name="ask_worded_once_in_a_version")
        ]

    def __str__(self):
        return self.title
