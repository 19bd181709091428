import re

import pytest
from django.contrib.staticfiles import finders
from django.urls import reverse

from ogp_network.colours import Colour, colours_in, contrast, contrasts
from ogp_network.style_guide import PAIRS


def test_contrast_is_that_of_wcag():
    assert (contrast("#000000", "#ffffff"), contrast("#777777", "#777777")) == (21, 1)
    assert round(contrast("#767676", "#ffffff"), 2) == 4.54


def test_colours_are_read_from_a_sheet():
    sheet = "--ink: light-dark(#231523, #f4edf2);\n--plain: #123456;\n--space-1: 1rem;\n--accent: var(--ink);"
    assert colours_in(sheet) == {
        "ink": Colour("ink", "#231523", "#f4edf2"),
        "plain": Colour("plain", "#123456", "#123456"),
    }


def test_every_colour_can_be_read_upon_what_it_stands_on():
    with open(finders.find("css/tokens.css")) as sheet:
        found = contrasts(colours_in(sheet.read()), PAIRS)
    assert [(pair.upper.name, pair.lower.name) for pair in found if not pair.is_enough] == []


@pytest.mark.parametrize("query", ["", "?errors"])
def test_the_guide_is_drawn_and_kept_out_of_search_engines(client, db, query):
    response = client.get(reverse("style_guide") + query)
    text = response.content.decode()
    assert (response.status_code, '<meta name="robots" content="noindex">' in text) == (200, True)
    assert ("Please check this before you go on" in text) == bool(query)


def test_the_guide_has_each_kind_of_card(client, db):
    text = client.get(reverse("style_guide")).text
    cards = ["idea-card", "meeting-card", "organisation-card", "story-card", "call-to-action", "call-panel"]
    assert [card for card in cards if not re.search(rf'class="[^"]*\b{card}["\s]', text)] == []
    assert ("Closes in 3 days" in text, "A sample charity" in text, "A sample call" in text) == (True,) * 3
