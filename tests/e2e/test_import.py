"""Thousands of ideas from a spreadsheet, in a browser without JavaScript, against the site in a process of its own."""

import csv
import os
import re
from pathlib import Path

import pytest
from openpyxl import Workbook

from ogp_network.demonstration import PASSWORD

ROWS = int(os.environ.get("ROWS_TO_IMPORT", 3000))
WITHOUT_TITLE = ROWS // 1000
HEADERS = ["id", "title/en", "body/en", "category/name/en", "scope/name/en", "created_at"]
MEGABYTES = 1024
# What a process of the site may grow by, however many rows there are.
ROOM = 32


def ideas():
    """As another platform exports them; every thousandth has no title."""
    for number in range(1, ROWS + 1):
        title = f"Publish register {number} of what was decided" if number % 1000 else ""
        body = f"<p>{'People cannot see who asks ministers for what. ' * 10}</p><p>Number {number}.</p>"
        yield [str(number), title, body, "Open data", "Wales", "2026-10-01"]


@pytest.fixture
def site(own_site):
    own_site.start()
    return own_site


@pytest.fixture
def desk(chromium, site):
    """The admin, with the editor signed in."""
    context = chromium.new_context(base_url=f"http://127.0.0.1:{site.port}", java_script_enabled=False)
    context.set_default_timeout(60_000)
    page = context.new_page()
    page.goto("/account/login/?next=/admin/")
    page.locator("[name=login]").fill("editor@example.org")
    page.get_by_label("Password", exact=True).fill(PASSWORD)
    page.locator("main form").get_by_role("button", name=re.compile("^Sign in$")).click()
    yield page
    context.close()


def memory(site):
    """By process of the site, the most memory it has had so far, in MB."""
    group = Path(f"/proc/{site.process.pid}/task/{site.process.pid}/children").read_text().split()
    peaks = {}
    for pid in [str(site.process.pid), *group]:
        status = Path(f"/proc/{pid}/status").read_text()
        peaks[pid] = int(re.search(r"VmHWM:\s+(\d+)", status)[1]) // MEGABYTES
    return peaks


def bring_in(desk, path):
    """Send the file, have it read through and say yes if there is anything to take in; give the counts at the end."""
    desk.goto("/admin/")
    desk.get_by_role("link", name="Imports of ideas").first.click()
    desk.locator(".object-tools a").click()
    desk.get_by_label("Spreadsheet").set_input_files(path)
    desk.get_by_label("Round").select_option(label="Open Government Manifesto for the UK")
    desk.get_by_label("How these ideas reached the network").select_option("partner")
    desk.get_by_label("Short name of this collection").fill("Another platform")
    desk.get_by_label("Credited to").fill("People of another platform")
    desk.get_by_role("button", name="Send the file").click()
    desk.get_by_label("Level for rows without one we know").select_option("uk")
    desk.get_by_role("button", name="Show what would come of it").click()
    desk.get_by_role("heading", name="What would come of").wait_for()
    word = desk.get_by_role("button", name=re.compile("^Take in"))
    if word.count():
        word.click()
        progress = desk.get_by_text(re.compile(rf"\d+ of {ROWS - WITHOUT_TITLE} rows taken in"))
        result = desk.get_by_role("heading", name="What came of")
        # A machine at leisure may be done before the page is there.
        progress.or_(result).wait_for()
        result.wait_for(timeout=900_000)
    return dict(re.findall(r"(.+): (\d+)", desk.locator(".import-result .desk-links").inner_text()))


def test_thousands_of_ideas_come_in_once_and_in_bounded_memory(site, desk, tmp_path, record_property):
    book = Workbook(write_only=True)
    sheet = book.create_sheet()
    with open(tmp_path / "ideas.csv", "w", newline="") as file:
        writer = csv.writer(file, delimiter=";")
        for row in [HEADERS, *ideas()]:
            writer.writerow(row)
            sheet.append(row)
    book.save(tmp_path / "ideas.xlsx")
    before = memory(site)
    first = bring_in(desk, tmp_path / "ideas.csv")
    again = bring_in(desk, tmp_path / "ideas.xlsx")
    after = memory(site)
    record_property("peak memory before and after, MB", f"{before} {after}")
    print("Peak memory of the site's processes in MB before:", before, "after:", after)
    everything = {"All": str(ROWS), "Changed": "0", "Can't be taken in": str(WITHOUT_TITLE)}
    assert first == {**everything, "New": str(ROWS - WITHOUT_TITLE), "Nothing new": "0"}
    assert again == {**everything, "New": "0", "Nothing new": str(ROWS - WITHOUT_TITLE)}
    assert max(after[pid] - before[pid] for pid in before) < ROOM
