"""A pack of commitments as a document for a word processor: the same bytes for the same pack, whenever it is made."""

import re
import unicodedata
from io import BytesIO
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from docx import Document
from docx.enum.table import WD_TABLE_ALIGNMENT
from docx.enum.text import WD_BREAK
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Cm, Pt, RGBColor

PLUM = RGBColor(0x5D, 0x1F, 0x49)
COLOURS = {"Normal": None, "Subtitle": RGBColor(0x5C, 0x4A, 0x5A)}
SHADE = "F3E3EC"
FONT = "Arial"
# The labels' column and the words', on A4 between margins of 2 cm.
WIDTHS = (Cm(4.6), Cm(12.4))
OF_MILESTONES = (Cm(1.8), Cm(7.6), Cm(4), Cm(3.6))
# What XML can't hold at all.
UNWRITABLE = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
NO_DATE = (1980, 1, 1, 0, 0, 0)


def write(pack, entries):
    """The document's bytes."""
    document = Document()
    _set_up(document, pack)
    _cover(document, pack, len(entries))
    _contents(document, entries)
    for mark, entry in enumerate(entries, start=1):
        _commitment(document, entry, mark)
    file = BytesIO()
    document.save(file)
    return _without_dates(file)


def _without_dates(file):
    """The same archive, in which no file says when it was packed."""
    steady = BytesIO()
    with ZipFile(file) as packed, ZipFile(steady, "w", ZIP_DEFLATED) as again:
        for name in packed.namelist():
            info = ZipInfo(name, NO_DATE)
            info.compress_type = ZIP_DEFLATED
            again.writestr(info, packed.read(name))
    return steady.getvalue()


def _set_up(document, pack):
    made = pack.frozen_at.replace(tzinfo=None, microsecond=0)
    properties = document.core_properties
    properties.title, properties.language = _clean(pack.title), pack.language_tag
    properties.author = properties.last_modified_by = "Open Government Manifesto"
    properties.created = properties.modified = made
    properties.version, properties.comments, properties.revision = str(pack.number), "", 1
    section = document.sections[0]
    section.page_width, section.page_height = Cm(21), Cm(29.7)
    section.left_margin = section.right_margin = section.top_margin = section.bottom_margin = Cm(2)
    section.different_first_page_header_footer = True
    styles = document.styles
    for name, size in (
        ("Normal", 10.5),
        ("Title", 28),
        ("Subtitle", 13),
        ("Heading 1", 17),
        ("Heading 2", 12),
    ):
        _face(styles[name], size, COLOURS.get(name, PLUM))
    styles["Subtitle"].font.italic = False
    _language(styles["Normal"].element.get_or_add_rPr(), pack.language_tag)
    section.header.paragraphs[0].add_run(_clean(pack.title))
    footer = section.footer.paragraphs[0]
    footer.add_run(f"{_version(pack)} · ")
    _field(footer, "PAGE")
    footer.add_run(" / ")
    _field(footer, "NUMPAGES")


def _face(style, size, colour):
    style.font.name, style.font.size = FONT, Pt(size)
    fonts = style.element.rPr.rFonts
    for kind in ("w:asciiTheme", "w:hAnsiTheme", "w:eastAsiaTheme", "w:cstheme"):
        fonts.attrib.pop(qn(kind), None)
    for kind in ("w:cs", "w:eastAsia"):
        fonts.set(qn(kind), FONT)
    if colour is not None:
        style.font.color.rgb = colour


def _language(properties, tag):
    for old in properties.findall(qn("w:lang")):
        properties.remove(old)
    element = OxmlElement("w:lang")
    for kind in ("w:val", "w:eastAsia", "w:bidi"):
        element.set(qn(kind), tag)
    properties.append(element)


def _version(pack):
    day = date_format(timezone.localdate(pack.frozen_at), "DATE_FORMAT")
    return _("Version %(number)s, %(day)s") % {"number": pack.number, "day": day}


def _cover(document, pack, size):
    document.add_paragraph("Open Government Manifesto", style="Subtitle")
    document.add_paragraph(_clean(pack.title), style="Title")
    document.add_paragraph(_clean(pack.round.title), style="Subtitle")
    document.add_paragraph(_version(pack))
    count = _("Commitments in this pack: %(number)s") % {"number": size}
    document.add_paragraph(count).add_run().add_break(WD_BREAK.PAGE)


def _contents(document, entries):
    """A table of contents that lists the commitments as it is, and that a word processor renews with page numbers."""
    heading = document.add_paragraph(_("Contents"))
    heading.runs[0].bold, heading.runs[0].font.size, heading.runs[0].font.color.rgb = True, Pt(17), PLUM
    paragraph = document.add_paragraph()
    _mark(paragraph, "begin")
    instruction = OxmlElement("w:instrText")
    instruction.set(qn("xml:space"), "preserve")
    instruction.text = r'TOC \o "1-1" \h \z'
    paragraph.add_run()._r.append(instruction)
    _mark(paragraph, "separate")
    for mark, entry in enumerate(entries, start=1):
        paragraph = paragraph if mark == 1 else document.add_paragraph()
        link = OxmlElement("w:hyperlink")
        link.set(qn("w:anchor"), f"commitment{mark}")
        run = paragraph.add_run(_name(entry))
        _language(run._r.get_or_add_rPr(), entry.language_tag)
        link.append(run._r)
        paragraph._p.append(link)
    _mark(paragraph, "end")


def _mark(paragraph, kind):
    element = OxmlElement("w:fldChar")
    element.set(qn("w:fldCharType"), kind)
    paragraph.add_run()._r.append(element)


def _field(paragraph, code):
    field = OxmlElement("w:fldSimple")
    field.set(qn("w:instr"), code)
    run = paragraph.add_run("1")
    field.append(run._r)
    paragraph._p.append(field)


def _name(entry):
    return f"{entry.number}. {_clean(entry.revision.title)}"


def _commitment(document, entry, mark):
    heading = document.add_heading(level=1)
    heading.paragraph_format.page_break_before = True
    _say(heading, _name(entry), entry.language_tag)
    _bookmark(heading, mark)
    if entry.revision.summary:
        _say(document.add_paragraph(), entry.revision.summary, entry.language_tag)
    rows = [(label, text) for label, text in _rows(entry) if text]
    table = _table(document, len(rows), WIDTHS)
    for row, (label, text) in zip(table.rows, rows, strict=True):
        _say(row.cells[0].paragraphs[0], str(label), None, is_bold=True)
        _shade(row.cells[0])
        _fill(row.cells[1], text, entry.language_tag)
    if entry.milestones:
        document.add_heading(_("Milestones"), level=2)
        _milestones(document, entry)


def _rows(entry):
    """Pairs of a label and a text, or a list of points, in the order of OGP's template."""
    said, label = entry.revision, entry.revision.label_of
    period = [day and date_format(day, "DATE_FORMAT") for day in (said.starts_on, said.ends_on)]
    yield label("lead_institution"), said.lead_institution
    for name in ("supporting_government", "supporting_civil_society", "supporting_others"):
        yield label(name), getattr(said, name)
    yield _("Theme"), entry.theme
    yield _("Start and end"), " – ".join(day or "…" for day in period) if any(period) else ""
    yield label("newness"), str(said.get_newness_display())
    yield label("problem"), said.problem
    yield label("done_so_far"), said.done_so_far
    yield label("solution"), said.points
    for name in ("results", "relevance"):
        yield label(name), getattr(said, name)
    ideas = [f"{idea['title']} ({_supporters(idea['supporters'])})" for idea in entry.ideas]
    yield _("Drawn from these ideas"), ideas


def _supporters(number):
    return _("supporters: %(number)s") % {"number": number}


def _milestones(document, entry):
    table = _table(document, len(entry.milestones) + 1, OF_MILESTONES)
    headings = (_("Number"), _("Expected output"), _("Lead"), _("Due"))
    for cell, heading in zip(table.rows[0].cells, headings, strict=True):
        _say(cell.paragraphs[0], str(heading), None, is_bold=True)
        _shade(cell)
    _repeat(table.rows[0])
    for row, milestone in zip(table.rows[1:], entry.milestones, strict=True):
        due = milestone["due_text"] or milestone["due_on"] or ""
        for cell, text in zip(
            row.cells, (milestone["reference"], milestone["output"], milestone["lead"], due), strict=True
        ):
            _fill(cell, text, entry.language_tag)


def _table(document, rows, widths):
    table = document.add_table(rows, len(widths), style="Table Grid")
    table.autofit, table.alignment = False, WD_TABLE_ALIGNMENT.LEFT
    _give_room(table)
    for column, width in zip(table.columns, widths, strict=True):
        column.width = width
        for cell in column.cells:
            cell.width = width
    return table


def _give_room(table):
    """Space between the words and the lines around them, in twentieths of a point."""
    margins = OxmlElement("w:tblCellMar")
    for side, width in (("top", 60), ("left", 100), ("bottom", 60), ("right", 100)):
        element = OxmlElement(f"w:{side}")
        element.set(qn("w:w"), str(width))
        element.set(qn("w:type"), "dxa")
        margins.append(element)
    table._tbl.tblPr.append(margins)


def _repeat(row):
    row._tr.get_or_add_trPr().append(OxmlElement("w:tblHeader"))


def _shade(cell):
    shade = OxmlElement("w:shd")
    for name, value in (("w:val", "clear"), ("w:color", "auto"), ("w:fill", SHADE)):
        shade.set(qn(name), value)
    cell._tc.get_or_add_tcPr().append(shade)


def _fill(cell, text, language):
    """The text's paragraphs, or the points of a list, in the cell."""
    is_list = isinstance(text, list)
    parts = text if is_list else [part for part in re.split(r"\n\s*\n", text) if part.strip()]
    for index, part in enumerate(parts):
        paragraph = cell.paragraphs[0] if index == 0 else cell.add_paragraph()
        if is_list:
            paragraph.style = "List Bullet"
        _say(paragraph, part, language)


def _say(paragraph, text, language, *, is_bold=False):
    """Put the text into the paragraph, from right to left if it is written so."""
    text = _clean(text)
    run = paragraph.add_run(text)
    run.bold = is_bold or None
    if language:
        _language(run._r.get_or_add_rPr(), language)
    if _runs_leftwards(text):
        run.font.rtl = True
        paragraph._p.get_or_add_pPr().insert_element_before(OxmlElement("w:bidi"), *AFTER_BIDI)


# What comes after it among the properties of a paragraph, which have an order.
AFTER_BIDI = (
    "w:adjustRightInd",
    "w:snapToGrid",
    "w:spacing",
    "w:ind",
    "w:contextualSpacing",
    "w:jc",
    "w:rPr",
)


def _runs_leftwards(text):
    """Whether its first letter belongs to a script that is written from right to left."""
    strong = (unicodedata.bidirectional(sign) for sign in text)
    return next((kind for kind in strong if kind in ("L", "R", "AL")), "L") != "L"


def _bookmark(paragraph, mark):
    for kind in ("w:bookmarkStart", "w:bookmarkEnd"):
        element = OxmlElement(kind)
        element.set(qn("w:id"), str(mark))
        if kind == "w:bookmarkStart":
            element.set(qn("w:name"), f"commitment{mark}")
        paragraph._p.append(element)


def _clean(text):
    return UNWRITABLE.sub("", text.replace("\r\n", "\n"))
