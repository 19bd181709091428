from email.utils import parseaddr

from django.conf import settings
from django.urls import translate_url
from django.utils.functional import lazy
from django.utils.translation import get_language

from profiles.vocabularies import language_tag

from .models import Page, readers_language


def site(request):
    return {
        "CONTACT_EMAIL": parseaddr(settings.DEFAULT_FROM_EMAIL)[1],
        "DEMO_MODE": settings.DEMO_MODE,
        "SITE_URL": settings.SITE_URL,
    }


def languages(request):
    """The page's language as a tag (“en-GB”), and this page's address in each language there is."""
    current = get_language() or settings.LANGUAGE_CODE
    return {
        "PAGE_LANGUAGE": language_tag(current),
        "LANGUAGE_LINKS": lazy(_links, list)(request, current),
    }


def _links(request, current):
    return [
        {
            "code": code,
            "name": name,
            "is_current": code == current,
            "path": translate_url(request.path, code),
            "address": translate_url(request.get_full_path(), code),
        }
        for code, name in settings.LANGUAGES
    ]


def footer(request):
    """The editors' pages that every page links to, read only where a template shows them."""
    return {"FOOTER_PAGES": lazy(Page.objects.footer_links, list)(readers_language())}
