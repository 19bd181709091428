"""Which addresses belong to the site's own pages, so that no editor's page can stand in their way."""

from django.conf import settings
from django.core.exceptions import ValidationError
from django.urls import LocalePrefixPattern, get_resolver


def not_an_address_of_the_site(slug):
    """Raise ValidationError where the site's own pages begin with /slug/."""
    if slug in taken():
        raise ValidationError(
            "The site itself uses addresses that begin with /%(slug)s/. Choose another one.",
            code="taken",
            params={"slug": slug},
        )


def taken() -> set[str]:
    """What stands between the first two slashes of the site's own addresses."""
    languages = {code for code, _ in settings.LANGUAGES}
    return {*_beginnings(get_resolver()), *languages, settings.STATIC_URL.strip("/").split("/")[0]}


def _beginnings(resolver):
    for part in resolver.url_patterns:
        route = str(part.pattern)
        if not route or isinstance(part.pattern, LocalePrefixPattern):
            if hasattr(part, "url_patterns"):
                yield from _beginnings(part)
        else:
            yield route.lstrip("^").split("/")[0]
