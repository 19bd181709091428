"""What the site says of itself until its editors say it better."""

import re
import tomllib
from pathlib import Path
from string import Template

from .models import Page

# Editors go on from these in a box where lines break by themselves.
WRAPPED = re.compile(r"(?<!\n)\n(?!\n|- |\||#) *")
TEXTS = Path(__file__).with_suffix(".toml")


def load_pages(*, contact, now):
    """Publish the starting pages whose address no page has, or had; give those. What editors wrote stays."""
    with open(TEXTS, "rb") as file:
        rows = tomllib.load(file)["page"]
    return [_publish(row, contact, now) for row in rows if not Page.objects.known_as(row["slug"]).exists()]


def _publish(row, contact, now):
    content = {
        "title": row["title"],
        "summary": row["summary"],
        "body": WRAPPED.sub(" ", Template(row["body"]).substitute(contact=contact).strip()),
    }
    page = Page.objects.begin(
        content,
        slug=row["slug"],
        footer_position=row["footer_position"],
        by=None,
        now=now,
    )
    page.publish(by=None, now=now)
    return page
