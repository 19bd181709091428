"""Words as people paste them, made fit to keep, and counted."""

import re
import unicodedata

# Word ends a line within a paragraph with a vertical tab; other programs have separators of their own.
_NEW_LINES = str.maketrans(
    {"\r": "\n", "\v": "\n", "\f": "\n\n", "\u0085": "\n", "\u2028": "\n", "\u2029": "\n\n"}
)
# Spaces that only look different, and marks that nobody sees: soft hyphens, byte order marks, zero-width spaces, and
# the overrides of direction with which a text can be made to read backwards.
_SPACES = re.compile(r"[^\S\n]")
_UNSEEN = re.compile("[\u00ad\u200b\u2060\ufeff\u202d\u202e]")


def clean(text: str) -> str:
    """The same words without control characters, odd spaces and lines of nothing; HTML stays as it was typed."""
    text = unicodedata.normalize("NFC", text.replace("\r\n", "\n").translate(_NEW_LINES))
    text = _SPACES.sub(" ", _UNSEEN.sub("", text))
    text = "".join(
        letter for letter in text if letter == "\n" or unicodedata.category(letter) not in ("Cc", "Cs")
    )
    lines = (line.rstrip() for line in text.split("\n"))
    return re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip()


def clean_line(text: str) -> str:
    return " ".join(clean(text).split())


def count_words(text: str) -> int:
    """How many stretches between spaces have a letter or a digit in them; static/js/survey.js counts the same."""
    return sum(any(letter.isalnum() for letter in word) for word in text.split())
