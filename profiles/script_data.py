"""Data for other programs that stands in a page."""

import json

from django.utils.safestring import mark_safe


def for_script(data):
    """JSON that can't end the `<script>` it stands in, whatever people wrote."""
    text = json.dumps(data, ensure_ascii=False)
    for letter in "<>&\u2028\u2029":
        text = text.replace(letter, f"\\u{ord(letter):04x}")
    return mark_safe(text)
