"""Which organisation somebody means who wrote its name a little differently."""

import difflib
import re
from collections.abc import Iterable

from .lines import words_of

_LONG = {
    **{"intl": "international", "int'l": "international", "govt": "government", "gov": "government"},
    **{"dept": "department", "assoc": "association", "org": "organisation", "univ": "university", "&": "and"},
}
_EMPTY = words_of("the ltd limited cic plc uk")
# As many words as this are compared letter by letter; beyond, only whole forms are.
MOST_COMPARED = 100
_ENOUGH = 0.86


def key_of(name: str) -> str:
    """A name without capitals, marks, brackets and words that add nothing."""
    words = re.findall(r"[\w'’]+|&", re.sub(r"\([^()]{0,60}\)", " ", name[:200].casefold()))
    words = [_LONG.get(word, word) for word in words]
    return " ".join([word for word in words if word not in _EMPTY] or words)


def initials_of(name: str) -> str:
    """“IBP” of “International Budget Partnership”; empty for a single word."""
    words = [word for word in key_of(name).split() if word not in ("of", "and", "for", "on", "in")]
    return "".join(word[0] for word in words) if len(words) > 2 else ""


def resembling(names: Iterable[str], known: Iterable[tuple[str, int]]) -> dict[str, int]:
    """For each of `names`, the body it probably stands for, if that is one only. `known` pairs names and bodies."""
    forms = {}
    for one, body in known:
        for form in {key_of(one), initials_of(one), *_bracketed(one)} - {""}:
            forms.setdefault(form, set()).add(body)
    found = {}
    for number, name in enumerate(names):
        parts = [name, *name.split(","), *_bracketed(name)]
        bodies = next((forms[key_of(part)] for part in parts if key_of(part) in forms), set())
        if not bodies and number < MOST_COMPARED and len(key_of(name)) > 4:
            close = difflib.get_close_matches(key_of(name), forms, n=1, cutoff=_ENOUGH)
            bodies = forms[close[0]] if close else set()
        if len(bodies) == 1:
            found[name] = next(iter(bodies))
    return found


def _bracketed(name):
    return [inner.casefold().strip() for inner in re.findall(r"\(([^()]{2,60})\)", name[:200])]
