"""Words that a search found, marked. A leaf: imports nothing of ours, so every app may use it."""

import re

from django.contrib.postgres.search import SearchHeadline
from django.db.models import Func, TextField
from django.utils.html import escape
from django.utils.safestring import mark_safe

# What PostgreSQL puts around words that match; `marked` makes elements of them once the text is escaped.
MARK, END_MARK = "\x02", "\x03"
_MARKED = re.compile(f"{MARK}([^{MARK}{END_MARK}]*){END_MARK}")
_STRAY = str.maketrans("", "", MARK + END_MARK)


def marked(text):
    """`text`, escaped, with what matched a search in mark elements. Strays, which people may have typed, go."""
    return mark_safe(_MARKED.sub(r"<mark>\1</mark>", escape(text)).translate(_STRAY))


class Passages(Func):
    """The words of a text around what a search found in it, marked, with an ellipsis wherever something is left out."""

    # Without the offset PostgreSQL would put the headline, which takes longer than all else, wherever it is named.
    template = f"""(
        SELECT CASE WHEN starts_with(ltrim(words, {{space}}), split_part(bare, ' … ', 1)) THEN '' ELSE '… ' END
            || found
            || CASE WHEN right(rtrim(words, {{end}}), length(last)) = last THEN '' ELSE ' …' END
        FROM (SELECT %(expressions)s OFFSET 0) AS passages (words, found),
            LATERAL (SELECT translate(found, '{MARK}{END_MARK}', '') AS bare) AS unmarked,
            LATERAL (SELECT rtrim(split_part(bare, ' … ', -1), {{end}}) AS last) AS ended
    )""".format(space=r"E' \n\r\t'", end=r"E' \n\r\t.!?;:,”’\"'")
    output_field = TextField()

    def __init__(self, text, **words):
        headline = SearchHeadline(
            text,
            max_fragments=2,
            max_words=24,
            min_words=10,
            short_word=0,
            fragment_delimiter=" … ",
            **words,
        )
        super().__init__(text, headline)
