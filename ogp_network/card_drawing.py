"""A card of words, for those who share a page: PNG, in the colours and typefaces of the site.

Letters that the typefaces lack can't be drawn; signs that they lack, such as emoji, are left out.
"""

import unicodedata
from functools import cache, lru_cache
from hashlib import sha256
from importlib.metadata import version
from io import BytesIO
from pathlib import Path

from PIL import Image, ImageDraw, ImageFont

from .fonts import FACES, source

WIDTH, HEIGHT = 1200, 630
MARGIN, BAND = 84, 104
NAME = "Open Government Manifesto"
SITE_TITLE = "What should government open up next?"
TITLE_FACE, TEXT_FACE = "title.woff2", "text-strong.woff2"
# Of the tokens: band, on-band, on-band-soft, amber, on-accent.
GROUND, INK, SOFT_INK, AMBER, ON_AMBER = "#4a1639", "#fff6fa", "#ecd3e0", "#f0aa31", "#251823"
TITLE_SIZES = (84, 72, 62, 54)
WORDS_SIZE, NAME_SIZE = 34, 40
WORDS_TOP, TITLE_TOP = 72, 138
LINE_HEIGHT = 1.16
# Titles are shorter than that. Work stays bounded whatever comes.
LONGEST = 300
ELLIPSIS = "…"
EMOJI_SELECTOR = "\ufe0f"


@cache
def state():
    """Stays the same as long as the same words are drawn the same."""
    packages = sorted({package for package, _ in FACES.values()})
    parts = [Path(__file__).read_text(), *map(version, packages)]
    return sha256("\n".join(parts).encode()).hexdigest()


def drawable(text: str, name: str) -> str | None:
    """The text in characters of a typeface, in one line; None where letters of it aren't among them."""
    drawn = [_drawable(character, name) for character in unicodedata.normalize("NFC", text[:LONGEST])]
    return None if None in drawn else " ".join("".join(drawn).split())


def draw(title: str, words: str) -> bytes:
    """The card of a title and of what it is the title of, both of them drawable."""
    image = Image.new("RGB", (WIDTH, HEIGHT), GROUND)
    pen = ImageDraw.Draw(image)
    pen.text(
        (MARGIN, WORDS_TOP), _cut(words, _face(TEXT_FACE, WORDS_SIZE)), SOFT_INK, _face(TEXT_FACE, WORDS_SIZE)
    )
    face, lines = _set(title)
    for number, line in enumerate(lines):
        pen.text((MARGIN, TITLE_TOP + number * _height(face)), line, INK, face)
    pen.rectangle((0, HEIGHT - BAND, WIDTH, HEIGHT), AMBER)
    pen.text((MARGIN, HEIGHT - BAND // 2), NAME, ON_AMBER, _face(TITLE_FACE, NAME_SIZE), anchor="lm")
    file = BytesIO()
    image.save(file, "PNG")
    return file.getvalue()


def draw_site() -> bytes:
    """The card of the site itself."""
    return draw(SITE_TITLE, "")


@cache
def _characters(name):
    # Takes a while to import, and is wanted once.
    from fontTools.ttLib import TTFont

    with TTFont(source(*FACES[name])) as font:
        return frozenset(map(chr, font.getBestCmap()))


@lru_cache(maxsize=4096)
def _drawable(character, name):
    """What is drawn of a character: itself, its like, nothing; or None where that would misspell a word."""
    known = _characters(name)
    like = unicodedata.normalize("NFKC", character)
    category = unicodedata.category(character)
    if category[0] == "Z" or category == "Cc":
        return " "
    if character in known:
        return character
    if known.issuperset(like):
        return like
    if category == "Pd":
        return "-"
    return None if category[0] in "LMN" and character != EMOJI_SELECTOR else ""


@cache
def _face(name, size):
    return ImageFont.truetype(str(source(*FACES[name])), size)


def _height(face):
    return round(face.size * LINE_HEIGHT)


def _set(title):
    """The largest typeface that the title has room in, and its lines; in the smallest, as many as have room."""
    room = HEIGHT - BAND - TITLE_TOP - WORDS_SIZE // 2
    for size in TITLE_SIZES:
        face = _face(TITLE_FACE, size)
        lines = _lines(title, face)
        most = room // _height(face)
        if len(lines) <= most:
            return face, lines
    return face, [*lines[: most - 1], _cut(f"{lines[most - 1]}{ELLIPSIS}", face)]


def _lines(text, face):
    """The words in lines that have room; one that has none by itself is broken."""
    lines = [""]
    for word in text.split():
        if _fits(f"{lines[-1]} {word}".strip(), face):
            lines[-1] = f"{lines[-1]} {word}".strip()
            continue
        lines.append("")
        for letter in word:
            if not _fits(lines[-1] + letter, face):
                lines.append("")
            lines[-1] += letter
    return [line for line in lines if line]


def _cut(line, face):
    """The line, or as much of it as there is room for, ending in an ellipsis."""
    if _fits(line, face):
        return line
    line = line.removesuffix(ELLIPSIS)
    while not _fits(f"{line}{ELLIPSIS}", face):
        line = line[:-1].rstrip()
    return f"{line}{ELLIPSIS}"


def _fits(line, face):
    return face.getlength(line) <= WIDTH - 2 * MARGIN
