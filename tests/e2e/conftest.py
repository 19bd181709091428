"""A real browser against the real site. Needs a Chromium; where CI is set, going without one is a failure."""

import os
import re
import shutil

import pytest
from django.db import connections
from playwright.sync_api import sync_playwright

from profiles.models import Member
from tests.factories import PASSWORD

os.environ.setdefault("DJANGO_ALLOW_ASYNC_UNSAFE", "1")

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
QUIET = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
]


def pytest_collection_modifyitems(items):
    for item in items:
        if "/e2e/" in str(item.path):
            item.add_marker(pytest.mark.e2e)


@pytest.fixture(scope="session")
def chromium_path():
    path = os.environ.get("CHROMIUM") or next(filter(None, map(shutil.which, NAMES)), None)
    if path is None and os.environ.get("CI"):
        pytest.fail("CI must run the browser tests: install Chromium or set CHROMIUM to its path.")
    if path is None:
        pytest.skip("no Chromium here: install it, or set CHROMIUM to its path, to run the browser tests")
    return path


@pytest.fixture(scope="session")
def chromium(django_db_setup, chromium_path):
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium_path, args=QUIET)
        yield browser
        browser.close()
        connections.close_all()


@pytest.fixture
def site(live_server, settings, mailoutbox):
    """The running site's address."""
    settings.DEMO_MODE = True
    settings.ACCOUNT_RATE_LIMITS = False
    return live_server.url


@pytest.fixture
def open_page(chromium, site):
    """Open a page as a new visitor: another person, in a browser of their own."""
    contexts = []

    def open_page(path="/", **options):
        context = chromium.new_context(base_url=site, **options)
        context.set_default_timeout(10_000)
        contexts.append(context)
        page = context.new_page()
        page.goto(path)
        return page

    yield open_page
    for context in contexts:
        context.close()


@pytest.fixture
def sign_in_at(open_page):
    """Sign a member in through the page for it, without JavaScript unless asked for."""

    def sign_in_at(member, path="/", **options):
        page = open_page(f"/account/login/?next={path}", **{"java_script_enabled": False, **options})
        page.get_by_label("E-mail").fill(member.email)
        page.get_by_label("Password", exact=True).fill(PASSWORD)
        page.locator("main form").get_by_role("button", name=re.compile("^Sign in$")).click()
        return page

    return sign_in_at


@pytest.fixture
def demonstration(site, load_demonstration):
    load_demonstration()
    for email in ("member@example.org", "expert@example.org", "editor@example.org"):
        member = Member.objects.get(email=email)
        member.set_password(PASSWORD)
        member.save()


@pytest.fixture
def sign_in_to_look(sign_in_at):
    """Sign a demonstration's member in, in a browser that axe can work in."""

    def sign_in_to_look(name):
        member = Member.objects.get(email=f"{name}@example.org")
        return sign_in_at(member, java_script_enabled=True, bypass_csp=True)

    return sign_in_to_look
