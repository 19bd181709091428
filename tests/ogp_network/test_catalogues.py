"""The files with translations: complete, compiled, and safe to put in place of the English."""

import gettext
import os
import re
import shutil
import subprocess
from pathlib import Path

import pytest
from django.conf import settings as site
from django.core.management import call_command

from tests.pseudo_locale import APPS

CATALOGUES = sorted(Path(site.LOCALE_PATHS[0]).glob("*/LC_MESSAGES/django.po"))
# Variables, and tags without what is said in their attributes.
VARIABLE = re.compile(r"%\(\w+\)[a-z]|%[sd]|\{\w*\}|</?\w+")
MARK = "# Needs a translator's review."

needs_gettext = pytest.mark.skipif(
    shutil.which("xgettext") is None and "CI" not in os.environ,
    reason="needs gettext's programs: apt install gettext",
)


def entries(path):
    """The messages of a catalogue: (what stands above it, {field: text}) of each, without the header."""
    found = []
    for block in path.read_text().split("\n\n")[1:]:
        fields, name = {}, None
        comments = [line for line in block.splitlines() if line.startswith("#")]
        for line in block.splitlines():
            if match := re.match(r'(msg\w+(?:\[\d\])?) "(.*)"$', line):
                name, fields[match[1]] = match[1], match[2]
            elif line.startswith('"'):
                fields[name] += line[1:-1]
        if "msgid" in fields:
            found.append((comments, fields))
    return found


def messages(path):
    return {(fields.get("msgctxt"), fields["msgid"]) for _, fields in entries(path)}


@needs_gettext
@pytest.mark.parametrize("path", CATALOGUES, ids=lambda path: path.parts[-3])
def test_catalogue_holds_every_message_of_the_site(path, tmp_path, settings, monkeypatch):
    for folder in [*APPS, "templates"]:
        shutil.copytree(settings.BASE_DIR / folder, tmp_path / folder)
    settings.LOCALE_PATHS = [tmp_path / "ogp_network" / "locale"]
    monkeypatch.chdir(tmp_path)
    call_command("makemessages", locale=[path.parts[-3]], no_location=True, no_obsolete=True, verbosity=0)
    fresh = tmp_path / path.relative_to(settings.BASE_DIR)
    assert messages(fresh) == messages(path), "run makemessages as the README says"


@needs_gettext
@pytest.mark.parametrize("path", CATALOGUES, ids=lambda path: path.parts[-3])
def test_catalogue_is_compiled(path, tmp_path):
    compiled = tmp_path / "django.mo"
    subprocess.run(["msgfmt", "--check-format", "-o", compiled, path], check=True)
    with open(compiled, "rb") as fresh, open(path.with_suffix(".mo"), "rb") as kept:
        assert gettext.GNUTranslations(fresh)._catalog == gettext.GNUTranslations(kept)._catalog


@pytest.mark.parametrize("path", CATALOGUES, ids=lambda path: path.parts[-3])
def test_translation_keeps_variables_and_tags(path):
    wrong = []
    for _, fields in entries(path):
        full = set(VARIABLE.findall(fields.get("msgid_plural", fields["msgid"])))
        for name, text in fields.items():
            if name.startswith("msgstr") and text:
                said = set(VARIABLE.findall(text))
                is_same = said <= full if "msgid_plural" in fields else said == full
                wrong += [] if is_same else [(fields["msgid"], text)]
    assert wrong == []


@pytest.mark.parametrize("path", CATALOGUES, ids=lambda path: path.parts[-3])
def test_nothing_is_fuzzy_and_what_no_translator_has_seen_is_marked(path):
    is_unreviewed = path.parts[-3] in site.UNREVIEWED_LANGUAGES
    unmarked = [
        fields["msgid"]
        for comments, fields in entries(path)
        if is_unreviewed and (fields.get("msgstr") or fields.get("msgstr[0]")) and MARK not in comments
    ]
    assert unmarked == []
    assert [fields["msgid"] for comments, fields in entries(path) if "#, fuzzy" in comments] == []


def test_every_language_has_a_catalogue():
    codes = [code for code, _ in site.LANGUAGES if code != site.LANGUAGE_CODE]
    assert [path.parts[-3] for path in CATALOGUES] == sorted(codes)
