"""Hostile Markdown of the greatest length that a form takes costs about what it would cost to read."""

import gc
from time import process_time

import pytest
from django.apps import apps
from django.core.exceptions import ValidationError

from manifesto.models import ActionPlan, Round, StatementVersion
from meetings.models import Meeting, Section
from ogp_network import markdown
from ogp_network.models import PageVersion, PostVersion
from ogp_network.models.version import LONGEST_BODY
from profiles.models import Call

# CPU seconds, several times what the worst of these takes on a machine that has nothing else to do.
GENEROUS = 12
# Four times the text costs about four times as much; where each line were read again for each other, sixteen times.
QUARTER = 4
MOST_GROWTH = 10
# Too short to be measured against.
A_MOMENT = 0.3
FIELDS = [
    (Call, "introduction"),
    (Round, "introduction"),
    (ActionPlan, "introduction"),
    (StatementVersion, "text"),
    (Meeting, "agenda"),
    (Section, "body"),
    (PageVersion, "body"),
    (PostVersion, "body"),
]


def nested(line):
    """Lines that each go one level deeper, until there are enough of them."""
    return "".join(line(depth) for depth in range(700))


HOSTILE = {
    "emphasis that opens": "**x ",
    "emphasis in words": "_a_",
    "emphasis of two kinds": "*a_ ",
    "emphasis that may be either": "*a**b",
    "runs of stars": "*",
    "brackets": "[",
    "brackets on lines": "[\n",
    "pictures": "![",
    "pictures in pictures": "![[]()",
    "links without an end": "[a](",
    "links to a tag": "[a](<b",
    "titles without an end": '[a](b "',
    "parentheses": "(",
    "tags": "<a ",
    "comments": "<!--",
    "character data": "<![CDATA[",
    "entities": "&#1",
    "definitions": "[a]: b\n",
    "definitions without an end": "[a]:\n",
    "many definitions": "".join(f"[a{n}]: b\n" for n in range(2_000)) + "[a1] " * 2_000,
    "ticks": "".join("`" * n + " " for n in range(1, 400)),
    "quotes in a row": "> ",
    "quotes, deeper and deeper": nested(lambda depth: ">" * depth + "a\n"),
    "lists in a row": "- ",
    "lists of one": "- a\n",
    "lists, deeper and deeper": nested(lambda depth: "  " * depth + "- a\n"),
    "lists in quotes": "> - ",
    "headings": "# a\n",
    "headings by a line": "a\n=\n",
    "a wide table without cells": "|a" * 12_500 + "|\n" + "|-" * 12_500 + "|\n" + "|\n" * 25_000,
    "a long table": "|a|b|\n|-|-|\n" + "|x|y|\n" * 16_000,
    "empty lines": "\n",
    "tabs": "\t- ",
}


@pytest.fixture(autouse=True)
def nothing_is_collected():
    """What other tests left behind would be looked through again and again meanwhile."""
    gc.disable()
    yield
    gc.enable()


def render(text):
    began = process_time()
    html = markdown.render(text)
    return html, process_time() - began


def grows_with_its_length(text, taken):
    """Whether it takes about as much longer than its first quarter as it is longer.

    A machine has other things to do: what looks like more is measured again, twice.
    """
    for _ in range(3):
        # A slow quarter would make the whole look harmless.
        quarter = min(render(text[: LONGEST_BODY // QUARTER])[1] for _ in range(3))
        if taken / max(quarter, A_MOMENT / QUARTER) < MOST_GROWTH:
            return True
        taken = min(taken, render(text)[1])
    return False


@pytest.mark.parametrize("pattern", HOSTILE.values(), ids=list(HOSTILE))
def test_hostile_text_is_rendered_in_time(pattern):
    text = (pattern * (LONGEST_BODY // len(pattern) + 1))[:LONGEST_BODY]
    html, taken = render(text)
    assert taken < GENEROUS
    if taken > A_MOMENT and len(pattern) < LONGEST_BODY // (2 * QUARTER):
        assert grows_with_its_length(text, taken)
    # Rows that end too early are filled up with cells, to a limit.
    assert len(html) < 10 * LONGEST_BODY


@pytest.mark.parametrize(("power", "is_fine"), [(1, True), (2, False)])
def test_what_reads_each_line_again_for_each_other_is_found(monkeypatch, power, is_fine):
    monkeypatch.setitem(globals(), "render", lambda text: ("", 4 * (len(text) / LONGEST_BODY) ** power))
    assert grows_with_its_length("a" * LONGEST_BODY, 4) is is_fine


@pytest.mark.parametrize(("model", "name"), FIELDS, ids=lambda value: getattr(value, "__name__", value))
def test_forms_take_no_more_than_can_be_rendered(model, name):
    field = model._meta.get_field(name)
    assert field.max_length <= LONGEST_BODY
    with pytest.raises(ValidationError, match=f"at most {field.max_length} characters"):
        field.formfield().clean("a" * (field.max_length + 1))


def test_every_field_of_markdown_is_known_here():
    rendered = {
        (model, field.name.removesuffix("_html"))
        for model in apps.get_models()
        for field in model._meta.get_fields()
        if field.name.endswith("_html")
    }
    assert rendered == set(FIELDS)
