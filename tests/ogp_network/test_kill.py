"""The demonstration as a newcomer starts it, killed without warning while members vote."""

import http.client
import http.cookiejar
import os
import re
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.parse
import urllib.request
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.conf import settings

from ogp_network.demonstration import ACCOUNTS, PASSWORD

IDEAS = range(1, 18)
FIELD = re.compile(r'name="(csrfmiddlewaretoken|idea)" value="([^"]+)"')


class Browser:
    """As much of a browser as voting takes: cookies, forms and redirects."""

    def __init__(self, site):
        self.base = f"http://127.0.0.1:{site.port}"
        jar = urllib.request.HTTPCookieProcessor(http.cookiejar.CookieJar())
        self.opener = urllib.request.build_opener(jar)

    def get(self, path):
        return self.opener.open(self.base + path, timeout=10).read().decode()

    def post(self, path, **data):
        body = urllib.parse.urlencode(data).encode()
        request = urllib.request.Request(self.base + path, body, {"Origin": self.base})
        return self.opener.open(request, timeout=10).read().decode()

    def sign_in(self, account):
        token = dict(FIELD.findall(self.get("/account/login/")))["csrfmiddlewaretoken"]
        page = self.post(
            "/account/login/", login=f"{account}@example.org", password=PASSWORD, csrfmiddlewaretoken=token
        )
        assert "Sign out" in page

    def support(self, number):
        """The idea's title if the site said that the vote counts, else None."""
        try:
            fields = dict(FIELD.findall(self.get(f"/rounds/uk/ideas/{number}/")))
            page = self.post("/support/", **fields)
        except (OSError, http.client.HTTPException):
            return None
        title = re.search("<h1[^>]*>(.+?)</h1>", page)
        return title.group(1) if "Thank you: you support this" in page else None

    def supported(self):
        """The titles on every page of "my votes"."""
        titles, number = set(), 1
        while True:
            page = self.get(f"/my/votes/?page={number}")
            titles |= set(re.findall(r'<h2 dir="auto" lang="en-GB"><a href="[^"]+">(.+?)</a>', page))
            if 'rel="next"' not in page:
                return titles
            number += 1


def vote_while(browsers, kill):
    """Everyone votes for everything, `kill` strikes after a third of it; what each was told counts."""
    told = {account: set() for account in browsers}
    answered = 0

    def vote(account):
        nonlocal answered
        for number in IDEAS:
            if title := browsers[account].support(number):
                told[account].add(title)
                answered += 1

    with ThreadPoolExecutor(len(browsers)) as pool:
        jobs = [pool.submit(vote, account) for account in browsers]
        while answered < 20 and not all(job.done() for job in jobs):
            time.sleep(0.01)
        kill()
        for job in jobs:
            job.result()
    return told


@pytest.mark.parametrize("victim", ["site", "database"])
def test_no_vote_answered_as_counted_is_lost(own_site, victim):
    site = own_site
    introduction = site.start()
    assert f"http://127.0.0.1:{site.port}/" in introduction
    assert [account for account in ACCOUNTS if f"{account}@example.org" not in introduction] == []
    browsers = {}
    for account in ACCOUNTS:
        browsers[account] = Browser(site)
        browsers[account].sign_in(account)
    before = {account: browser.supported() for account, browser in browsers.items()}
    told = vote_while(browsers, site.kill if victim == "site" else site.kill_database)
    if victim == "site":
        site.start()
    else:
        site.wait_until_it_answers()
    after = {account: browser.supported() for account, browser in browsers.items()}
    assert sum(map(len, told.values())) >= 20
    assert {account: told[account] - after[account] for account in told} == {
        account: set() for account in told
    }
    assert {account: before[account] - after[account] for account in told} == {
        account: set() for account in told
    }


def test_a_port_in_use_is_said(tmp_path):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        environment = {
            name: value for name, value in os.environ.items() if name not in ("SITE_MODE", "DATABASE_URL")
        }
        run = subprocess.run(
            [sys.executable, "manage.py", "demo", "--port", str(port)],
            cwd=settings.BASE_DIR,
            env={**environment, "EMBEDDED_POSTGRES_DIR": str(tmp_path)},
            capture_output=True,
            text=True,
            check=False,
        )
    assert (run.returncode, f"Port {port} is in use" in run.stderr) == (1, True)
