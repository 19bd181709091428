"""Pages in the languages that the site has."""

from django.conf import settings
from django.urls import translate_url
from django.utils.translation import get_language_from_path, override


def in_language(address, code):
    """The address, a path of this site, of the same page in another language; as it is where it leads to no page.

    Django knows addresses of the language that is active alone; this one may be of any.
    """
    with override(get_language_from_path(address) or settings.LANGUAGE_CODE):
        return translate_url(address, code)
