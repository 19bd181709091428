from django.conf import settings
from django.core.cache import caches
from django.db import models, transaction
from django.urls import reverse

from ..addresses import not_an_address_of_the_site
from .version import Version
from .writing import Writing, WritingQuerySet

# How long a process may show the footer as it was. Publishing in the same process shows at once.
FOOTER_LASTS = 60


class PageQuerySet(WritingQuerySet):
    def in_footer(self, language):
        """Those the foot of every page links to, in order."""
        pages = self.published().in_language(language).exclude(footer_position=None)
        return (
            pages.select_related("public")
            .defer("public__body", "public__body_html", "public__search")
            .order_by("footer_position", "slug", "pk")
        )

    def footer_links(self, language):
        """Pairs of an address and a title: worked out once a minute at most, for every page of the site shows them."""
        return caches["process"].get_or_set(
            footer_key(language),
            lambda: [(page.get_absolute_url(), page.public.title) for page in self.in_footer(language)],
            FOOTER_LASTS,
        )


def footer_key(language):
    return f"footer-{language}"


class Page(Writing):
    """A text of the site itself, such as what it is for or what becomes of people's data."""

    slug = models.SlugField(
        "address",
        max_length=100,
        validators=[not_an_address_of_the_site],
        help_text="What stands after the first slash: “privacy” for /privacy/. Former addresses lead to the new one.",
    )
    footer_position = models.PositiveSmallIntegerField(
        "place in the footer",
        null=True,
        blank=True,
        help_text="Pages with a number are linked at the foot of every page, in this order. Leave empty for none.",
    )
    public = models.ForeignKey(
        "PageVersion", on_delete=models.RESTRICT, null=True, blank=True, editable=False, related_name="+"
    )
    scheduled = models.ForeignKey(
        "PageVersion", on_delete=models.RESTRICT, null=True, blank=True, editable=False, related_name="+"
    )

    objects = PageQuerySet.as_manager()

    def get_absolute_url(self):
        return reverse("page_detail", args=[self.slug])

    @property
    def versions_address(self):
        return reverse("page_versions", args=[self.slug])

    def save(self, *args, **kwargs):
        super().save(*args, **kwargs)
        transaction.on_commit(self.forget_footer)

    def forget_footer(self):
        """Have this process read the footer's pages anew; the others do within a minute."""
        caches["process"].delete_many(footer_key(code) for code, _ in settings.LANGUAGES)


class PageVersion(Version):
    """One wording of a page."""

    page = models.ForeignKey(Page, on_delete=models.CASCADE, related_name="versions")

    class Meta(Version.Meta):
        constraints = [
            *Version.Meta.constraints,
            models.UniqueConstraint(fields=["page", "number"], name="pageversion_numbered_in_page"),
        ]
