"""The text of an uploaded file: plain text, Markdown or DOCX, of which nothing is ever run."""

import codecs
import io
import re
import zipfile

from docx import Document
from docx.oxml.ns import qn
from docx.table import Table
from docx.text.hyperlink import Hyperlink
from docx.text.paragraph import Paragraph
from lxml import etree

MEGABYTE = 1024 * 1024
MAX_BYTES = 10 * MEGABYTE
MAX_UNPACKED = 40 * MEGABYTE
MAX_PARTS = 2000
MAX_CHARACTERS = 300_000
MAX_LINES = 10_000
_CONTROLS = re.compile("[\x00-\x08\x0e-\x1f\x7f\ud800-\udfff\ufffe\uffff]")
_DAMAGED = (
    "This Word file is damaged. Please open it in a word processor and save it again, or paste its text."
)
_PROSE = ("footnotes", "endnotes", "header", "footer")


class Unreadable(Exception):
    """This can't be read as a note; `str(error)` tells the person why and what to do."""


def read_file(file) -> str:
    """The text of a binary file that can seek. Raise Unreadable."""
    size = file.seek(0, io.SEEK_END)
    file.seek(0)
    if size > MAX_BYTES:
        raise Unreadable(
            f"This file is larger than {MAX_BYTES // MEGABYTE} MB. Leave out its pictures, or paste its text."
        )
    start = file.read(8)
    file.seek(0)
    if start.startswith(b"\xd0\xcf\x11\xe0"):
        raise Unreadable(
            "This file is protected by a password, or in the old Word format (.doc). "
            "Please save it as .docx without a password, or paste its text."
        )
    if start.startswith(b"%PDF"):
        raise Unreadable("This is a PDF. Please send the document it was made from, or paste its text.")
    if start.startswith(b"{\\rtf"):
        raise Unreadable("This is an RTF file. Please save it as .docx, or paste its text.")
    text = _read_docx(file) if start.startswith(b"PK") else _decode(file.read())
    if not text.strip():
        raise Unreadable("There is no text in this file.")
    return check(text)


def check(text: str) -> str:
    """The text, unless it is too long for a note or no text at all. Raise Unreadable."""
    if len(text) > MAX_CHARACTERS or text.count("\n") + text.count("\r") > MAX_LINES:
        raise Unreadable(
            f"This is longer than {MAX_CHARACTERS:,} characters or {MAX_LINES:,} lines, a hundred pages or so. "
            "Please bring in one note at a time."
        )
    if _CONTROLS.search(text):
        raise Unreadable(
            "There are characters in this that are no text. Please paste it from where you read it."
        )
    return text


def _decode(data):
    for mark, encoding in (
        (codecs.BOM_UTF8, "utf-8-sig"),
        (codecs.BOM_UTF16_LE, "utf-16"),
        (codecs.BOM_UTF16_BE, "utf-16"),
    ):
        if data.startswith(mark):
            return data.decode(encoding, "replace")
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError:
        return data.decode("cp1252", "replace")


def _read_docx(file):
    _refuse_bombs(file)
    try:
        document = Document(file)
        parts = [*_blocks(document.element.body, document), *_elsewhere(document)]
    except Exception as error:
        # A damaged document fails in as many ways as it has parts.
        raise Unreadable(_DAMAGED) from error
    return "\n".join(parts).replace("\x0c", "\n").replace("\x0b", "\n")


def _refuse_bombs(file):
    """Refuse an archive that is no document or unpacks to more than it may: no part is read beyond what it declares."""
    try:
        with zipfile.ZipFile(file) as archive:
            parts = archive.infolist()
    except (zipfile.BadZipFile, ValueError, OSError) as error:
        raise Unreadable(_DAMAGED) from error
    finally:
        file.seek(0)
    if any(part.flag_bits & 1 for part in parts):
        raise Unreadable(
            "This file is protected by a password. Please save it without one, or paste its text."
        )
    if len(parts) > MAX_PARTS or sum(part.file_size for part in parts) > MAX_UNPACKED:
        raise Unreadable(
            f"This file holds more than {MAX_UNPACKED // MEGABYTE} MB once it is unpacked. "
            "Leave out its pictures, or paste its text."
        )
    if not any(part.filename == "word/document.xml" for part in parts):
        raise Unreadable("This isn't a Word file (.docx). Please save it as .docx, or paste its text.")


def _blocks(body, document):
    """Each paragraph as lines of Markdown, each table as a Markdown table, in the order of the page."""
    was_item = False
    for element in body.iterchildren():
        if element.tag == qn("w:p"):
            lines, is_item = _paragraph(Paragraph(element, document))
            if lines and not (is_item and was_item):
                yield ""
            yield from lines or [""]
            was_item = is_item and bool(lines)
        elif element.tag == qn("w:tbl"):
            yield ""
            yield from _table(Table(element, document))
            was_item = False
        elif element.tag == qn("w:sdt"):
            yield from _blocks(element.find(qn("w:sdtContent")), document)


def _paragraph(paragraph):
    text = _text(paragraph).strip()
    style = (paragraph.style.name or "").casefold() if paragraph.style is not None else ""
    if not text:
        return [], False
    if style == "title":
        return [f"# {' '.join(text.split())}"], False
    if style.startswith("heading"):
        return [f"## {' '.join(text.split())}"], False
    properties = paragraph._p.pPr
    if style.startswith("list") or (properties is not None and properties.numPr is not None):
        return [f"- {' '.join(text.split())}"], True
    return text.split("\n"), False


def _text(paragraph):
    """Also of text boxes, and with the addresses of links."""
    parts = []
    for part in paragraph.iter_inner_content():
        if isinstance(part, Hyperlink) and part.url.startswith(("http://", "https://", "mailto:")):
            parts.append(f"[{part.text}]({part.url})")
        else:
            parts.append(part.text)
    boxes = [
        node.text or "" for box in paragraph._p.iter(qn("w:txbxContent")) for node in box.iter(qn("w:t"))
    ]
    return "".join(parts) + (f"\n{' '.join(boxes)}" if boxes else "")


def _table(table):
    for number, row in enumerate(table.rows):
        cells = [" ".join(cell.text.split()).replace("|", "/") for cell in row.cells]
        yield f"| {' | '.join(cells)} |"
        if number == 0:
            yield f"|{' --- |' * len(cells)}"


def _elsewhere(document):
    """The words of footnotes, headers and footers, after all else."""
    for part in document.part.package.iter_parts():
        if part.partname.startswith("/word/") and part.partname.rpartition("/")[2].startswith(_PROSE):
            element = getattr(part, "element", None)
            words = _words(element) if element is not None else _words_of_blob(part.blob)
            if words:
                yield f"\n{words}"


def _words_of_blob(blob):
    parser = etree.XMLParser(resolve_entities=False, no_network=True)
    return _words(etree.fromstring(blob, parser))


def _words(element):
    return " ".join(node.text for node in element.iter(qn("w:t")) if node.text)
