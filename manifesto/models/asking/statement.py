import pgtrigger
from django.db import models
from django.db.models import Exists, OuterRef, Q, Subquery
from django.db.models.functions import Coalesce
from django.urls import reverse
from django.utils.translation import gettext as _

from ogp_network import comparison, markdown
from profiles.models import Member
from profiles.vocabularies import language_field, language_tag

from ..commitments import Commitment
from ..round import Round
from .drafting import Drafted
from .signature import Signable, Signature
from .statement_words import words_are_written_down, words_follow_title


def _number_of(rows, name):
    counted = rows.order_by().values(name).annotate(number=models.Count("pk")).values("number")
    return Coalesce(Subquery(counted), 0)


class StatementQuerySet(models.QuerySet):
    def public(self):
        return self.exclude(published_at=None)

    def open_for_signing(self, today):
        return self.public().filter(Q(signing_closes_on=None) | Q(signing_closes_on__gte=today))

    def with_signatures(self):
        """Annotate `signature_count`, how many organisations signed the version that stands, and `ask_count`."""
        signed = Signature.objects.current().filter(version__statement=OuterRef("pk"))
        asked = AskWording.objects.current().filter(version__statement=OuterRef("pk"))
        return self.annotate(
            signature_count=_number_of(signed, "version__statement"),
            ask_count=_number_of(asked, "version__statement"),
        )

    def with_change(self):
        """Annotate `changed_in_public_at`, when the latest version was published."""
        return self.annotate(changed_in_public_at=models.Max("versions__published_at"))

    def by_newest(self):
        return self.order_by("-published_at", "-pk")


class Statement(Drafted, Signable, models.Model):
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

    class Meta:
        triggers = [words_follow_title()]

    def __str__(self):
        return self.title

    def get_absolute_url(self):
        return reverse("manifesto:statement_detail", args=[self.slug])

    @property
    def is_public(self):
        return self.published_at is not None

    def is_open_for_signing(self, today):
        return self.is_public and (self.signing_closes_on is None or self.signing_closes_on >= today)

    @property
    def language_tag(self):
        return language_tag(self.language)


class AskQuerySet(models.QuerySet):
    def public(self):
        """Those that some published version words, also where a later one dropped them."""
        return self.filter(Exists(AskWording.objects.published().filter(ask=OuterRef("pk"))))

    def current(self):
        """Those that the latest published version of their statement words."""
        return self.filter(Exists(AskWording.objects.current().filter(ask=OuterRef("pk"))))

    def by_number(self):
        return self.order_by("statement", "number")


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

    objects = AskQuerySet.as_manager()

    class Meta:
        ordering = ["number", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["statement", "number"], name="ask_number_unique_in_statement")
        ]

    def __str__(self):
        return f"Ask {self.number} of {self.statement}"

    def get_absolute_url(self):
        return f"{self.statement.get_absolute_url()}#ask-{self.number}"


class StatementVersionQuerySet(models.QuerySet):
    def published(self):
        return self.exclude(published_at=None)

    def latest_published(self):
        """Of each statement the one that stands now."""
        later = self.model.objects.published().filter(
            statement=OuterRef("statement"), number__gt=OuterRef("number")
        )
        return self.published().exclude(Exists(later))

    def with_signatures(self):
        """Annotate `signature_count`, how many organisations have their name under this version."""
        signed = Signature.objects.live().filter(version=OuterRef("pk"))
        return self.annotate(signature_count=_number_of(signed, "version"))

    def by_latest(self):
        return self.order_by("-number", "-pk")


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

    objects = StatementVersionQuerySet.as_manager()

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
            ),
            words_are_written_down(),
        ]

    def __str__(self):
        return f"Version {self.number} of {self.statement}"

    def save(self, *args, **kwargs):
        self.text_html = markdown.render(self.text)
        super().save(*args, **kwargs)

    def get_absolute_url(self):
        return reverse("manifesto:statement_version", args=[self.statement.slug, self.number])

    @property
    def is_published(self):
        return self.published_at is not None

    def wordings_by_number(self):
        """How it words its asks, by their numbers."""
        return {wording.ask.number: wording for wording in self.ask_wordings.select_related("ask")}

    def compared_with(self, later):
        """What changes from this version to `later`, for a page: triples of a heading, whether its words differ, and
        the passages of comparison.compare; the text first, then each ask by its number.
        """
        before, after = self.wordings_by_number(), later.wordings_by_number()
        pairs = [(_("The statement"), self.text, later.text)]
        for number in sorted(before.keys() | after.keys()):
            words = [side[number].said if number in side else "" for side in (before, after)]
            pairs.append((_("Ask %(number)d") % {"number": number}, *words))
        passages = [(heading, comparison.compare(old, new)) for heading, old, new in pairs]
        return [
            (heading, any(kind != comparison.SAME for kind, _text in parts), parts)
            for heading, parts in passages
        ]


class AskWordingQuerySet(models.QuerySet):
    def published(self):
        return self.exclude(version__published_at=None)

    def current(self):
        """Those of the version of their statement that stands now."""
        return self.filter(version__in=StatementVersion.objects.latest_published().values("pk"))

    def about(self, commitment):
        """Those whose ask a commitment says in full; `signature_count` is how many organisations signed them."""
        signed = Signature.objects.live().filter(version=OuterRef("version"))
        asked = self.filter(ask__commitment=commitment).select_related("ask__statement", "version")
        return asked.annotate(signature_count=_number_of(signed, "version")).order_by(
            "version__published_at", "pk"
        )

    def dropped_from(self, statement):
        """How the asks that the statement doesn't ask for any more were worded last."""
        later = self.model.objects.published().filter(
            ask=OuterRef("ask"), version__number__gt=OuterRef("version__number")
        )
        last = self.published().filter(version__statement=statement).exclude(Exists(later))
        current = StatementVersion.objects.latest_published().values("pk")
        return last.exclude(version__in=current).select_related("ask", "version").by_number()

    def for_page(self):
        return self.select_related("ask__commitment__round", "ask__commitment__plan")

    def by_number(self):
        return self.order_by("ask__number", "pk")


# What was signed stays as it was signed; a draft's wordings come and go.
AS_PUBLISHED = """
    IF EXISTS (
        SELECT FROM manifesto_statementversion
        WHERE id IN (NEW.version_id, OLD.version_id) AND published_at IS NOT NULL
    ) THEN
        RAISE EXCEPTION 'what a published statement asks for is for good' USING ERRCODE = 'check_violation';
    END IF;
    RETURN COALESCE(NEW, OLD);
"""


class AskWording(models.Model):
    """How a version of a statement words one of its asks."""

    version = models.ForeignKey(StatementVersion, on_delete=models.CASCADE, related_name="ask_wordings")
    ask = models.ForeignKey(Ask, on_delete=models.PROTECT, related_name="wordings")
    title = models.CharField(max_length=150)
    text = models.TextField(max_length=3000, blank=True)

    objects = AskWordingQuerySet.as_manager()

    class Meta:
        ordering = ["ask__number", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["version", "ask"], name="ask_worded_once_in_a_version")
        ]
        triggers = [
            pgtrigger.Trigger(
                name="asks_as_signed",
                level=pgtrigger.Row,
                when=pgtrigger.Before,
                operation=pgtrigger.Insert | pgtrigger.Update | pgtrigger.Delete,
                func=AS_PUBLISHED,
            )
        ]

    def __str__(self):
        return self.title

    @property
    def said(self):
        """Its title and its text, as one."""
        return f"{self.title}. {self.text}" if self.text else self.title
