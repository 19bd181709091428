import re

from django import template
from django.utils.html import format_html, format_html_join

from ..models.finding import END_MARK, MARK

register = template.Library()

MARKED = re.compile(f"{MARK}([^{MARK}{END_MARK}]*){END_MARK}")
STRAY = str.maketrans("", "", MARK + END_MARK)


@register.filter
def marked(text):
    """`text`, escaped, with what matched a search in mark elements. Strays, which people may have typed, go."""
    parts = MARKED.split(text)
    return format_html_join(
        "",
        "{}",
        (
            (format_html("<mark>{}</mark>" if n % 2 else "{}", part.translate(STRAY)),)
            for n, part in enumerate(parts)
        ),
    )
