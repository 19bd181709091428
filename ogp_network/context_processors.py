from email.utils import parseaddr

from django.conf import settings
from django.utils.encoding import escape_uri_path, iri_to_uri
from django.utils.functional import SimpleLazyObject
from django.utils.translation import get_language

from profiles.following import safe_address
from profiles.translated import in_language
from profiles.vocabularies import language_tag

from .models import Page, readers_language
from .read_only import is_read_only

# As social networks name the language and the country that a page is written for.
LOCALES = {"en-gb": "en_GB", "cy": "cy_GB"}


def site(request):
    return {
        "CONTACT_EMAIL": parseaddr(settings.DEFAULT_FROM_EMAIL)[1],
        "DEMO_MODE": settings.DEMO_MODE,
        "READ_ONLY": is_read_only,
        "SITE_URL": settings.SITE_URL,
    }


def languages(request):
    """The page's language as a tag (“en-GB”), and this page's address in each language there is."""
    current = get_language() or settings.LANGUAGE_CODE
    return {
        "PAGE_LANGUAGE": language_tag(current),
        "IS_UNREVIEWED_LANGUAGE": current in settings.UNREVIEWED_LANGUAGES,
        "LANGUAGE_LINKS": SimpleLazyObject(lambda: _links(request, current)),
    }


def discovery(request):
    """Where the page is for search engines, and whether what it shows was narrowed down or put in order."""
    asked = {name: value for name, value in request.GET.items() if name != "page"}
    page = "" if asked else request.GET.get("page", "")
    query = f"?page={page}" if page.isascii() and page.isdecimal() else ""
    return {
        "CANONICAL": f"{settings.SITE_URL}{request.path}{query}",
        "IS_NARROWED": bool(asked),
    }


def _links(request, current):
    return [
        {
            "code": code,
            "tag": language_tag(code),
            "locale": LOCALES[code],
            "name": name,
            "is_current": code == current,
            "path": path,
            "address": f"{path}{_query(request, code)}",
        }
        for code, name in settings.LANGUAGES
        for path in [_path(request, code, current)]
    ]


def _path(request, code, current):
    path = escape_uri_path(request.path)
    return path if code == current else in_language(path, code)


def _query(request, code):
    """The end of this page's address. Where it says what comes afterwards, that is in the other language too."""
    following = safe_address(request, request.GET.get("next"), "")
    if not following:
        asked = request.META.get("QUERY_STRING", "")
        return f"?{iri_to_uri(asked)}" if asked else ""
    query = request.GET.copy()
    query["next"] = in_language(following, code)
    return f"?{query.urlencode(safe='/')}"


def footer(request):
    """The editors' pages that every page links to, read only where a template shows them."""
    language = readers_language()
    return {"FOOTER_PAGES": SimpleLazyObject(lambda: Page.objects.footer_links(language))}
