"""What a form brought to a page that can't take it now, to be shown and sent again: whole, and without secrets."""

import re

# Never shown again, so that nothing of it stays in a page's history.
SECRET = re.compile(r"password|code|token|secret", re.I)
KEY = re.compile(r"[\w-]*")


def brought(posted):
    """Texts as (field, its name in words, value), to be seen, and the other (field, value), to go with them."""
    fields = [(name, value) for name, values in posted.lists() for value in values]
    kept = [(name, value) for name, value in fields if not SECRET.search(name)]
    texts = [(name, _in_words(name), value) for name, value in kept if not KEY.fullmatch(value)]
    return texts, [(name, value) for name, value in kept if KEY.fullmatch(value)]


def _in_words(name):
    return re.sub(r"[_-]+", " ", name).strip().capitalize()
