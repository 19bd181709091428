"""Every cell of every table, by generic SQL, for tests that look for what must not be in any of them."""

import gzip
import io
import zipfile
import zlib
from base64 import b64decode

from django.contrib.sessions.models import Session
from django.db import connection

TABLES = """
    SELECT table_name, column_name, data_type FROM information_schema.columns
    JOIN information_schema.tables USING (table_schema, table_name)
    WHERE table_schema = 'public' AND table_type = 'BASE TABLE' ORDER BY table_name, ordinal_position
"""


def cells():
    """Triples of a table, a column and what is in a cell of it, as text; what is packed or signed is unpacked."""
    with connection.cursor() as cursor:
        cursor.execute(TABLES)
        for table, column, kind in cursor.fetchall():
            value = f'"{column}"' if kind == "bytea" else f'"{column}"::text'
            cursor.execute(f'SELECT DISTINCT {value} FROM "{table}" WHERE "{column}" IS NOT NULL')
            for (cell,) in cursor.fetchall():
                for text in readings(table, column, cell):
                    yield table, column, text


def readings(table, column, cell):
    """What a cell says, and what it says once it is unpacked."""
    if (table, column) == ("django_session", "session_data"):
        yield str(Session(session_data=cell).get_decoded())
    if (table, column) == ("cache", "value"):
        yield b64decode(cell).decode("utf-8", "replace")
    if isinstance(cell, str):
        yield cell
        return
    content = bytes(cell)
    yield content.decode("utf-8", "replace")
    if content.startswith(b"PK"):
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            yield from (archive.read(name).decode("utf-8", "replace") for name in archive.namelist())
    if content.startswith(b"\x1f\x8b"):
        try:
            yield gzip.decompress(content).decode("utf-8", "replace")
        except (EOFError, zlib.error):
            yield zlib.decompressobj(16 + zlib.MAX_WBITS).decompress(content).decode("utf-8", "replace")


def mentions(*words):
    """Each table and column that has one of the words in it, large or small letters aside, and what is around it."""
    wanted = [word.casefold() for word in words]
    found = set()
    for table, column, text in cells():
        folded = text.casefold()
        for word in wanted:
            if (at := folded.find(word)) >= 0:
                found.add((table, column, text[max(0, at - 40) : at + 60]))
    return sorted(found)
