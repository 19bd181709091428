"""The site in other languages: addresses, and whether every word of the public face can be translated."""

import pytest
from django.test import Client

from manifesto.models import Round
from profiles.models import Member
from tests.addresses import Addresses, routes
from tests.pseudo_locale import pseudo, untranslated, write_everything_in_greek

pytestmark = pytest.mark.django_db

CODE = "cy"
# The first folders of pages for those who keep the site, which are in English as the admin is.
IN_ENGLISH = ["admin", "style"]


@pytest.fixture
def addresses(load_demonstration, pseudo_locale):
    """All addresses of the public face in the made-up language, with demonstration content in Greek letters."""
    load_demonstration()
    everywhere = [Addresses(round) for round in Round.objects.order_by("pk")]
    write_everything_in_greek()
    paths = [
        f"/{CODE}{address}"
        for route in routes()
        if route.split("/")[0] not in IN_ENGLISH and "logout" not in route
        for known in everywhere
        for address in known.of(route)
    ]
    return list(dict.fromkeys(paths))


def untranslated_pages(client, addresses):
    found = {}
    for address in addresses:
        response = client.get(address)
        is_page = response.get("Content-Type", "").startswith("text/html")
        if is_page and (texts := untranslated(response.text)):
            found[address] = texts
    return found


@pytest.mark.parametrize("role", [None, "member@example.org"])
def test_no_words_of_the_public_face_are_left_out_of_translation(addresses, role, settings):
    client = Client()
    if role:
        client.force_login(Member.objects.get(email=role))
    assert untranslated_pages(client, addresses) == {}


def test_the_made_up_language_reaches_a_page(pseudo_locale, visitor):
    page = visitor.get("/cy/meetings/month/2026/11/").text
    assert pseudo("November") in page


def test_pseudo_keeps_variables_tags_and_entities():
    assert pseudo('See <a href="/ideas/">%(count)s ideas</a>&nbsp;now') == (
        'Śéé <a href="/ideas/">%(count)s íđéáś</a>&nbsp;ńóŵ'
    )


def test_text_left_out_is_found():
    html = '<p title="Untouched">Łéáṽé <b>This</b> <span translate="no">Name</span> CSV</p>'
    assert untranslated(html) == ["Untouched", "This"]


def test_english_has_no_prefix_and_welsh_has(visitor):
    assert visitor.get("/")["Content-Language"] == "en-gb"
    assert visitor.get("/cy/")["Content-Language"] == "cy"
    assert visitor.get("/", headers={"accept-language": "cy"})["Content-Language"] == "en-gb"


def test_page_says_its_language(visitor):
    assert '<html lang="en-GB">' in visitor.get("/").text
    assert '<html lang="cy">' in visitor.get("/cy/").text


def test_welsh_is_there_and_says_that_no_translator_has_read_it(visitor):
    welsh, english = visitor.get("/cy/").text, visitor.get("/").text
    notice = "mailto:hello@example.org"
    assert [text in welsh for text in ("Mewngofnodi", notice)] == [True, True]
    assert [text in english for text in ("Mewngofnodi", notice)] == [False, False]
