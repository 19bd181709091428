from pathlib import Path

import pytest
from django.contrib.staticfiles import finders
from fontTools.ttLib import TTFont

from ogp_network.fonts import FACES, FontFinder
from ogp_network.templatetags.icons import ICONS, icon


@pytest.mark.parametrize("name", FACES)
def test_faces_are_found_small_and_speak_welsh(name):
    path = finders.find(f"fonts/{name}")
    with TTFont(path) as font:
        letters = set(font.getBestCmap())
    assert {ord(letter) for letter in "AŵŷŴŶäéłş’–"} <= letters
    assert Path(path).stat().st_size < 25_000


def test_faces_are_listed_and_nothing_else_is_found(settings, tmp_path):
    settings.LOCAL_DIR = tmp_path
    finder = FontFinder()
    assert finder.find("fonts/nothing.woff2") == []
    assert finder.find("css/text.woff2") == []
    assert [(storage.prefix, name, storage.exists(name)) for name, storage in finder.list(None)] == [
        ("fonts", name, True) for name in FACES
    ]
    assert len(list(tmp_path.rglob("*"))) == 2 + len(FACES)


@pytest.mark.parametrize("name", ICONS)
def test_icons_say_nothing_by_themselves(name):
    assert icon(name).startswith("<svg") and 'aria-hidden="true"' in icon(name)
