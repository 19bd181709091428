"""A language made up for tests: all that goes through gettext loses its ASCII letters, so what keeps them didn't.

What people wrote is put into Greek letters beforehand, so that only the site's own words are left to find.
"""

import re
from gettext import NullTranslations
from html.parser import HTMLParser
from string import ascii_letters

from django.apps import apps
from django.db import connection, models

GREEK = "αβξδεφγηιζκλμνοπψρστυθωχυζ"
CONTENT_LETTERS = str.maketrans(ascii_letters, GREEK + GREEK.upper())
MESSAGE_LETTERS = str.maketrans(ascii_letters, "áƀćđéƒǵħíĵķłɱńóƥɋŕśŧúṽŵẋýźÁɃĆĐÉƑǴĦÍĴĶŁṂŃÓƤɊŔŚŦÚṼŴẊÝŹ")
# Tags, variables and entities of a message stay as they are; so do texts inside a tag's attributes not.
KEPT = re.compile(r"(<[^>]*>|%\(\w+\)[a-z]|%[sd%]|\{\w*\}|&[#\w]+;)")
SPOKEN = re.compile(r'(\b(?:alt|aria-label|placeholder|title)=")([^"]*)')
JSON_STRING = re.compile(r'("(?:[^"\\]|\\.)*")(\s*:)?')
TAG = re.compile(r"(<[^>]*>|&[#\w]+;)")

APPS = ["ogp_network", "manifesto", "meetings", "profiles"]
# What machines read.
NOT_WORDS = {
    "address",
    "confirmed_domain",
    "consent_version",
    "delimiter",
    "digest",
    "email_domain",
    "encoding",
    "external_reference",
    "fingerprint",
    "key",
    "media_type",
    "number",
    "password",
    "receipt",
    "signature",
    "token",
    "value",
    "version",
}
NOT_WORDS_OF = {"manifesto.WorkingFile", "manifesto.Lexeme", "manifesto.PanelAnalysis"}


def pseudo(message):
    """A message as the made-up language has it: `Newest ideas` becomes `Ńéŵéśŧ íđéáś`."""
    message = message.rpartition("\x04")[2]
    return "".join(
        SPOKEN.sub(lambda match: match[1] + match[2].translate(MESSAGE_LETTERS), part)
        if number % 2
        else part.translate(MESSAGE_LETTERS)
        for number, part in enumerate(KEPT.split(message))
    )


class PseudoLocale(NullTranslations):
    """What Django asks for translations, under the code of a language that the site has."""

    def __init__(self, code):
        super().__init__()
        self.code = code

    def to_language(self):
        return self.code

    def gettext(self, message):
        return pseudo(message)

    def ngettext(self, singular, plural, number):
        return pseudo(singular if number == 1 else plural)


def write_everything_in_greek():
    """Put all that people wrote into Greek letters, past the triggers that keep it as it is."""
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL session_replication_role = replica")
        for app in APPS:
            for model in apps.get_app_config(app).get_models():
                for field in model._meta.concrete_fields:
                    if _holds_words(field):
                        _write_in_greek(cursor, model._meta.db_table, field)
        cursor.execute("SET LOCAL session_replication_role = DEFAULT")


def _holds_words(field):
    if field.model._meta.label in NOT_WORDS_OF:
        return False
    return isinstance(field, models.JSONField) or (
        isinstance(field, (models.CharField, models.TextField))
        and not isinstance(field, (models.EmailField, models.SlugField, models.URLField))
        and not field.choices
        and not field.generated
        and field.name not in NOT_WORDS
    )


def _write_in_greek(cursor, table, field):
    column = connection.ops.quote_name(field.column)
    table = connection.ops.quote_name(table)
    if isinstance(field, models.JSONField):
        # Strings of more than a word, and those that begin with a capital: not the keys that machines know.
        cursor.execute(f"SELECT ctid::text, {column}::text FROM {table} WHERE {column} IS NOT NULL")
        rows = cursor.fetchall()
        for row, text in rows:
            greek = JSON_STRING.sub(_of_json, text)
            cursor.execute(f"UPDATE {table} SET {column} = %s::jsonb WHERE ctid = %s::tid", [greek, row])
    elif field.name.endswith("_html"):
        cursor.execute(f"SELECT ctid::text, {column} FROM {table}")
        rows = cursor.fetchall()
        for row, text in rows:
            greek = "".join(
                part if number % 2 else part.translate(CONTENT_LETTERS)
                for number, part in enumerate(TAG.split(text))
            )
            cursor.execute(f"UPDATE {table} SET {column} = %s WHERE ctid = %s::tid", [greek, row])
    else:
        cursor.execute(
            f"UPDATE {table} SET {column} = translate({column}, %s, %s)",
            [ascii_letters, GREEK + GREEK.upper()],
        )


def _of_json(match):
    string, colon = match.groups()
    is_for_people = not colon and (" " in string or string[1:2].isupper())
    return match[0].translate(CONTENT_LETTERS) if is_for_people and "\\" not in string else match[0]


# Names that are the same in every language, and addresses.
SAME_EVERYWHERE = re.compile(
    r"""https?://\S+|[\w.+-]+@[\w.-]+|[\w-]+(?:\.example)?\.org\S*|\b(?:
    AGPL|API|Atom|CC|BY|CSV|CSVW|DOCX|GitHub|iCalendar|JSON|Markdown|ODS|OGP|ONS|OpenAPI|PDF|PNG|JPEG|WebP|SHA|UK|XLSX|
    xlsx|docx|md|txt|csv|json|ics|zip|MB|kB|ORCID|Open\ Street\ Map|OpenStreetMap|CHNRI|PAV|seed
    )\b""",
    re.VERBOSE,
)
LETTER = re.compile(r"[A-Za-z]")


class _Reader(HTMLParser):
    """Collects what a page says in ASCII letters, outside what is marked as in another language or not to translate."""

    VOID = {
        "area",
        "base",
        "br",
        "col",
        "embed",
        "hr",
        "img",
        "input",
        "link",
        "meta",
        "source",
        "track",
        "wbr",
    }
    SILENT = {"script", "style", "code", "kbd", "pre", "template"}
    ATTRIBUTES = ["alt", "aria-label", "aria-description", "placeholder", "title"]
    SPOKEN_METAS = {"description", "og:title", "og:description", "twitter:title", "twitter:description"}

    def __init__(self):
        super().__init__()
        self.open, self.found = [], []

    def handle_starttag(self, tag, attrs):
        attributes = dict(attrs)
        is_silent = (
            tag in self.SILENT
            or attributes.get("translate") == "no"
            or (tag != "html" and "lang" in attributes)
        )
        if tag not in self.VOID:
            self.open.append((tag, is_silent))
        if is_silent or self.is_silent:
            return
        for name in self.ATTRIBUTES:
            self._read(attributes.get(name) or "")
        if tag == "input" and attributes.get("type") in ("submit", "button", "reset"):
            self._read(attributes.get("value") or "")
        if tag == "meta" and (attributes.get("name") or attributes.get("property")) in self.SPOKEN_METAS:
            self._read(attributes.get("content") or "")

    def handle_endtag(self, tag):
        while self.open and self.open.pop()[0] != tag:
            pass

    def handle_data(self, data):
        if not self.is_silent:
            self._read(data)

    @property
    def is_silent(self):
        return any(is_silent for _, is_silent in self.open)

    def _read(self, text):
        if LETTER.search(SAME_EVERYWHERE.sub("", text)):
            self.found.append(" ".join(text.split()))


def untranslated(html):
    """The texts of a page that kept ASCII letters, in their order, each once."""
    reader = _Reader()
    reader.feed(html)
    return list(dict.fromkeys(reader.found))
