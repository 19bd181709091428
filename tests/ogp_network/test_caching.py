"""Who may keep what was sent, what is sent again, and how small it is."""

import gzip
import re
from pathlib import Path

import pytest
from django.conf import settings as current
from django.contrib.staticfiles.storage import staticfiles_storage
from django.core.management import call_command
from django.http import HttpResponse
from whitenoise.middleware import WhiteNoiseMiddleware

from tests.factories import make_idea, make_round

pytestmark = pytest.mark.django_db


@pytest.fixture
def public_pages(db):
    idea = make_idea()
    return [
        "/",
        "/rounds/",
        f"/rounds/{idea.round.slug}/ideas/",
        "/feeds/",
    ]


def test_visitor_is_told_that_a_page_is_the_one_they_have(visitor, public_pages):
    for address in public_pages:
        first = visitor.get(address)
        assert (address, first["Cache-Control"], first.cookies) == (address, "no-cache", {})
        assert visitor.get(address, headers={"if-none-match": first["ETag"]}).status_code == 304
    make_round(title="Another")
    changed = visitor.get("/rounds/", headers={"if-none-match": first["ETag"]})
    assert (changed.status_code, "Another" in changed.text) == (200, True)


def test_who_has_a_page_is_told_of_it_what_its_sending_told(visitor, public_pages):
    asking = {"accept-encoding": "gzip"}
    for address in [*public_pages, "/news.atom", "/api/v1/ideas"]:
        sent = visitor.get(address, headers=asking)
        kept = visitor.get(address, headers={**asking, "if-none-match": sent["ETag"]})
        assert (address, kept.status_code, kept.content) == (address, 304, b"")
        names = ("Cache-Control", "Vary")
        assert [kept.get(name) for name in names] == [sent.get(name) for name in names]
        assert kept["ETag"].removeprefix("W/") == sent["ETag"].removeprefix("W/")


def test_a_tag_is_of_one_language_and_of_nobodys_own_page(visitor, member, public_pages):
    for address in public_pages:
        english, welsh = (visitor.get(prefix + address)["ETag"] for prefix in ("", "/cy"))
        assert visitor.get(address, headers={"if-none-match": welsh}).status_code == 200
        assert visitor.get(f"/cy{address}", headers={"if-none-match": english}).status_code == 200
        visitor.force_login(member)
        own = visitor.get(address, headers={"if-none-match": f"{english}, {welsh}"})
        assert (own.status_code, own["Cache-Control"]) == (200, "private, no-cache")
        visitor.logout()


def test_what_goes_to_a_member_is_kept_by_them_alone(member, sign_in, public_pages):
    client = sign_in(member)
    for address in public_pages:
        response = client.get(address)
        assert (address, response["Cache-Control"]) == (address, "private, no-cache")
        assert "Cookie" in response["Vary"]
    assert client.get("/feeds/").has_header("ETag") is False


def test_page_that_has_a_form_is_kept_by_its_visitor_alone(visitor):
    response = visitor.get(make_idea().get_absolute_url())
    assert "csrftoken" in response.cookies
    assert response["Cache-Control"] == "private, no-cache"
    assert "no-store" in visitor.get("/account/login/")["Cache-Control"]


def test_pages_are_compressed_but_for_those_nobody_may_keep(visitor, member, sign_in, public_pages):
    asking = {"accept-encoding": "gzip"}
    for address in public_pages:
        response = visitor.get(address, headers=asking)
        assert (address, response["Content-Encoding"]) == (address, "gzip")
        assert gzip.decompress(response.content).startswith(b"<!DOCTYPE html>")
    client = sign_in(member)
    assert client.get("/my/votes/", headers=asking).has_header("Content-Encoding") is False


def test_what_is_sent_as_it_is_made_is_left_alone(visitor):
    make_idea()
    response = visitor.get("/meetings/actions.csv", headers={"accept-encoding": "gzip"})
    assert (response.streaming, response.has_header("Content-Encoding")) == (True, False)
    assert response.has_header("ETag") is False


@pytest.fixture
def as_in_production(settings, tmp_path, rf):
    """The static files collected, and WhiteNoise sending them, with what production sets."""
    settings.STATIC_ROOT = tmp_path
    settings.STATICFILES_DIRS = [current.BASE_DIR / "static"]
    # The admin's own would only take time.
    settings.STATICFILES_FINDERS = [
        "django.contrib.staticfiles.finders.FileSystemFinder",
        "ogp_network.fonts.FontFinder",
    ]
    name = "whitenoise.storage.CompressedManifestStaticFilesStorage"
    settings.STORAGES = {**settings.STORAGES, "staticfiles": {"BACKEND": name}}
    settings.WHITENOISE_AUTOREFRESH = settings.WHITENOISE_USE_FINDERS = False
    call_command("collectstatic", interactive=False, verbosity=0)
    send = WhiteNoiseMiddleware(lambda request: HttpResponse(status=404))

    def get(address, **headers):
        response = send(
            rf.get(address, headers={name.replace("_", "-"): value for name, value in headers.items()})
        )
        response.close()
        return response

    return get


def test_static_files_are_small_and_kept_for_ever(as_in_production):
    address = staticfiles_storage.url("css/base.css")
    assert re.fullmatch(r"/static/css/base\.[0-9a-f]{12}\.css", address)
    plain = as_in_production(address)
    assert plain["Cache-Control"] == "max-age=315360000, public, immutable"
    sizes = {"identity": int(plain["Content-Length"])}
    for encoding in ("gzip", "br"):
        response = as_in_production(address, accept_encoding=encoding)
        assert (response["Content-Encoding"], "Accept-Encoding" in response["Vary"]) == (encoding, True)
        sizes[encoding] = int(response["Content-Length"])
    assert sizes["br"] < sizes["gzip"] < sizes["identity"] / 3


def test_typefaces_are_kept_for_ever_under_the_name_the_stylesheet_gives_them(as_in_production):
    stylesheets = [
        path.read_text() for path in Path(current.STATIC_ROOT).glob(f"css/*.{'[0-9a-f]' * 12}.css")
    ]
    names = {name for text in stylesheets for name in re.findall(r"fonts/[\w.-]+\.woff2", text)}
    assert {staticfiles_storage.url("fonts/text.woff2").removeprefix("/static/")} <= names
    for name in names:
        assert "immutable" in as_in_production(f"/static/{name}")["Cache-Control"]
