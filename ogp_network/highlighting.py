"""Words that a search found, marked. A leaf: imports nothing of ours, so every app may use it."""

import re

from django.utils.html import format_html, format_html_join

# What PostgreSQL puts around words that match; `marked` makes elements of them once the text is escaped.
MARK, END_MARK = "\x02", "\x03"
_MARKED = re.compile(f"{MARK}([^{MARK}{END_MARK}]*){END_MARK}")
_STRAY = str.maketrans("", "", MARK + END_MARK)


def marked(text):
    """`text`, escaped, with what matched a search in mark elements. Strays, which people may have typed, go."""
    parts = _MARKED.split(text)
    return format_html_join(
        "",
        "{}",
        (
            (format_html("<mark>{}</mark>" if n % 2 else "{}", part.translate(_STRAY)),)
            for n, part in enumerate(parts)
        ),
    )
