"""Spreadsheets as people send them, row by row: CSV in the usual encodings, and XLSX, of which nothing is ever run."""

import codecs
import csv
import io
import re
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time

from openpyxl import load_workbook

MEGABYTE = 1024 * 1024
MAX_BYTES = 20 * MEGABYTE
MAX_UNPACKED = 60 * MEGABYTE
MAX_ROWS = 20_000
MAX_COLUMNS = 100
# As in Excel; nothing an idea says is as long.
MAX_CELL = 32_767

ENCODINGS = {
    "utf-8-sig": "UTF-8",
    "cp1252": "Windows (Western European)",
    "utf-16": "UTF-16 (“Unicode text”)",
    "utf-16-le": "UTF-16, little-endian",
    "utf-16-be": "UTF-16, big-endian",
}
DELIMITERS = {",": "Comma", ";": "Semicolon", "\t": "Tab"}
UNREADABLE_CHARACTER = "\N{REPLACEMENT CHARACTER}"
_NOT_TEXT = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff\ufffe\uffff]")
_CONTROLS = re.compile(rb"[\x00-\x08\x0b\x0c\x0e-\x1f]")
_SEP_LINE = re.compile(r"sep=(.)\r?\n?", re.IGNORECASE)


class Unreadable(Exception):
    """The file can't be taken as a spreadsheet of ideas; `str(error)` tells the person why and what to do."""


@dataclass
class Sheet:
    """The headings of a spreadsheet and its other rows, read as they are asked for: pairs of a number and cells."""

    headers: list[str]
    rows: Iterator[tuple[int, list[str]]]
    encoding: str = ""
    delimiter: str = ""
    note: str = ""


def read(file, *, encoding: str = "", delimiter: str = "") -> Sheet:
    """The sheet in a binary file that can seek; what isn't given is found out. Raise Unreadable, also from the rows."""
    size = file.seek(0, io.SEEK_END)
    file.seek(0)
    start = file.read(4096)
    file.seek(0)
    if not start.strip():
        raise Unreadable("This file is empty.")
    if size > MAX_BYTES:
        raise Unreadable(
            f"This file is larger than {MAX_BYTES // MEGABYTE} MB. Please split it into several files."
        )
    if start.startswith(b"PK\x03\x04"):
        return _read_xlsx(file)
    _refuse_other_formats(start)
    if not encoding:
        _refuse_binary(start)
    return _read_csv(file, encoding=encoding, delimiter=delimiter)


def _refuse_other_formats(start):
    """Name what a file is instead of a spreadsheet, whatever its name says."""
    if start.startswith(b"\xd0\xcf\x11\xe0"):
        raise Unreadable(
            "This is an old Excel file (.xls). Open it and save it as .xlsx or as CSV, then send that."
        )
    if start.startswith(b"%PDF"):
        raise Unreadable("This is a PDF, not a spreadsheet. Please send the spreadsheet it was made from.")
    if start.lstrip()[:1] == b"<" and re.match(rb"\s*<(!doctype|html|\?xml|table)", start, re.IGNORECASE):
        raise Unreadable("This is a web page or XML, not a spreadsheet. Please save it as .xlsx or CSV.")


def _refuse_binary(start):
    controls = len(_CONTROLS.findall(start))
    if controls > 16 and controls > len(start) / 50 and _guess_utf16(start) is None:
        raise Unreadable("This isn't a spreadsheet we can read. Please send an .xlsx or a CSV file.")


def _guess_utf16(start):
    """Which UTF-16 it is, by its mark or since most letters of European languages have a zero for a half."""
    if start.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return "utf-16"
    for encoding, zeros in (("utf-16-le", start[1::2]), ("utf-16-be", start[0::2])):
        if zeros.count(0) > len(start) / 4 and not _NOT_TEXT.search(start.decode(encoding, "ignore")):
            return encoding
    return None


def guess_encoding(file) -> str:
    """UTF-16 by its marks, UTF-8 if all of the file is, else the encoding of Windows, in which every file is text."""
    file.seek(0)
    guess = _guess_utf16(file.read(4096))
    file.seek(0)
    if guess:
        return guess
    decoder = codecs.getincrementaldecoder("utf-8")()
    try:
        while block := file.read(65536):
            decoder.decode(block)
        decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        return "cp1252"
    finally:
        file.seek(0)
    return "utf-8-sig"


def _read_csv(file, *, encoding, delimiter):
    encoding = encoding or guess_encoding(file)
    # Windows leaves five bytes undefined: their rows are refused one by one, not the file.
    text = io.TextIOWrapper(
        file, encoding=encoding, errors="replace" if encoding == "cp1252" else "strict", newline=""
    )
    try:
        first = text.readline(MAX_CELL)
        skip = 0
        if hint := _SEP_LINE.fullmatch(first):
            delimiter, skip = delimiter or hint[1], 1
            first = text.readline(MAX_CELL)
        while first and not first.strip():
            first = text.readline(MAX_CELL)
    except UnicodeError as error:
        text.detach()
        raise _wrong_encoding(encoding) from error
    delimiter = delimiter or guess_delimiter(first)
    text.seek(0)
    return _sheet(_csv_rows(text, encoding, delimiter, skip), encoding=encoding, delimiter=delimiter)


def guess_delimiter(line: str) -> str:
    """The delimiter that gives the line most cells; the comma if none does."""

    def cells(delimiter):
        return len(next(csv.reader([line], delimiter=delimiter), []))

    return max(DELIMITERS, key=cells)


def _csv_rows(text, encoding, delimiter, skip):
    # Strict, since an unclosed quotation mark would otherwise swallow the ideas that follow.
    reader = csv.reader(text, delimiter=delimiter, strict=True)
    number = 0
    try:
        for number, cells in enumerate(reader, start=1):
            if number > skip:
                yield number, cells
    except csv.Error as error:
        raise Unreadable(
            f"Row {number + 1} can't be read: a quotation mark in it is not closed, or closed too early. "
            "Please save the file again from your spreadsheet program."
        ) from error
    except UnicodeError as error:
        raise _wrong_encoding(encoding) from error
    finally:
        text.detach()


def _wrong_encoding(encoding):
    return Unreadable(
        f"The text of this file isn't in {ENCODINGS.get(encoding, encoding)}. Choose another encoding, "
        "or let us find it out."
    )


def _read_xlsx(file):
    _refuse_bombs(file)
    try:
        # Values, not formulas: what the spreadsheet program saw last.
        book = load_workbook(file, read_only=True, data_only=True, keep_links=False)
        visible = [sheet for sheet in book.worksheets if sheet.sheet_state == "visible"]
        chosen = visible[0]
        # What the file says about its own size is often wrong.
        chosen.reset_dimensions()
    except Exception as error:
        # A damaged workbook fails in as many ways as it has parts.
        raise Unreadable("This Excel file is damaged. Please open it and save it again.") from error
    note = f"Only the first sheet, “{chosen.title}”, is read." if len(visible) > 1 else ""
    return _sheet(_xlsx_rows(chosen), note=note)


def _refuse_bombs(file):
    """Refuse an archive that is no workbook or unpacks to more than it may; no part is read beyond what it declares."""
    try:
        with zipfile.ZipFile(file) as archive:
            parts = archive.infolist()
    except (zipfile.BadZipFile, ValueError, OSError) as error:
        raise Unreadable("This Excel file is damaged. Please open it and save it again.") from error
    finally:
        file.seek(0)
    if not any(part.filename.casefold().endswith("workbook.xml") for part in parts):
        raise Unreadable("This isn't an Excel file (.xlsx). Please save it as .xlsx or as CSV.")
    if len(parts) > 1000 or sum(part.file_size for part in parts) > MAX_UNPACKED:
        raise Unreadable(
            f"This Excel file holds more than {MAX_UNPACKED // MEGABYTE} MB once it is unpacked. "
            "Please split it, or leave out what isn't about ideas."
        )


def _xlsx_rows(sheet):
    try:
        # Without limits a lone cell far to the right would widen every row.
        for number, cells in enumerate(sheet.iter_rows(max_col=MAX_COLUMNS + 1, values_only=True), start=1):
            # A sheet may end a million empty rows below its last idea.
            if cells.count(None) < len(cells):
                yield number, ["" if cell is None else _text_of(cell) for cell in cells]
    except Unreadable:
        raise
    except Exception as error:
        raise Unreadable("This Excel file is damaged. Please open it and save it again.") from error


def _text_of(value):
    """A cell as a person reads it."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    if isinstance(value, datetime | date | time):
        return value.isoformat()
    return str(value)


def _sheet(rows, **found):
    """Take the first row with anything in it as headings, and give the others cleaned, blank ones left out."""
    cleaned = _cleaned(rows)
    _, headers = next(cleaned, (0, []))
    if not headers:
        raise Unreadable("There is nothing in this file.")
    if len(headers) > MAX_COLUMNS:
        raise Unreadable(f"This file has more than {MAX_COLUMNS} columns. Please leave some out.")
    return Sheet(headers=headers, rows=_counted(cleaned), **found)


def _cleaned(rows):
    for number, cells in rows:
        values = [_clean(cell) for cell in cells[: MAX_COLUMNS + 1]]
        while values and not values[-1]:
            values.pop()
        if values:
            yield number, values


def _clean(cell):
    """What a database can store; a character that can't be stored is marked, so that its row can be refused."""
    return _NOT_TEXT.sub(UNREADABLE_CHARACTER, cell[: MAX_CELL + 1]).strip()


def _counted(rows):
    for count, row in enumerate(rows, start=1):
        if count > MAX_ROWS:
            raise Unreadable(
                f"This file has more than {MAX_ROWS:,} rows. Please split it into several files."
            )
        yield row
