"""Spreadsheets as they come: reading them needs neither Django nor a database."""

import io
import warnings
import zipfile

import pytest
from openpyxl import Workbook

from manifesto import spreadsheets
from manifesto.spreadsheets import Unreadable


def workbook(*rows, change=None):
    book = Workbook()
    for row in rows:
        book.active.append(row)
    if change:
        change(book)
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()


def rows_of(content, **given):
    sheet = spreadsheets.read(io.BytesIO(content), **given)
    return sheet.headers, list(sheet.rows)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252", "utf-16", "utf-16-le", "utf-16-be"])
@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
@pytest.mark.parametrize("newline", ["\n", "\r\n", "\r"])
def test_encoding_and_delimiter_are_found_out(encoding, delimiter, newline):
    lines = [["title", "why", "how"], ["Café “now”", "Because – so", ""]]
    content = newline.join(delimiter.join(line) for line in lines).encode(encoding)
    assert rows_of(content) == (["title", "why", "how"], [(2, ["Café “now”", "Because – so"])])


def test_a_chosen_encoding_is_believed():
    assert rows_of("title\nзакон\n".encode("utf-16"), encoding="utf-16") == (["title"], [(2, ["закон"])])


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16"])
def test_a_wrong_encoding_is_named(encoding):
    with pytest.raises(Unreadable, match="Choose another encoding"):
        rows_of("title;why\nCafé;naïve, é".encode("cp1252"), encoding=encoding)


def test_a_wrong_encoding_far_down_is_named():
    content = b"title,why\n" + b"a,b\n" * 5000 + b"caf\xe9,b\n"
    with pytest.raises(Unreadable, match="isn't in UTF-8"):
        rows_of(content, encoding="utf-8-sig")
    assert rows_of(content)[1][-1] == (5002, ["café", "b"])


def test_excels_hint_at_the_delimiter_is_followed():
    assert rows_of(b"sep=;\r\na;b,c\r\n1;2\r\n") == (["a", "b,c"], [(3, ["1", "2"])])


def test_rows_keep_the_numbers_of_the_spreadsheet_and_blank_ones_go():
    assert rows_of(b'\ntitle,why\n\n"two\nlines",x\n,\nlast,y\n') == (
        ["title", "why"],
        [(4, ["two\nlines", "x"]), (6, ["last", "y"])],
    )


@pytest.mark.parametrize("rest", [b'"never closed,b\nc,d\n', b'"closed" early,b\n', b'"' + b"x" * 200_000])
def test_a_stray_quotation_mark_is_refused_with_its_row(rest):
    with pytest.raises(Unreadable, match="Row 2 can't be read"):
        rows_of(b"title,why\n" + rest)


def test_what_a_database_cannot_hold_is_marked():
    assert rows_of(b"title,why\na\0b,c\x1fd\n")[1] == [(2, ["a\N{REPLACEMENT CHARACTER}b", "c\ufffdd"])]


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b"", "empty"),
        (b" \n\n", "empty"),
        (b"\xef\xbb\xbf", "nothing in this file"),
        (b",,\n,,\n", "nothing in this file"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 512, "old Excel"),
        (b"%PDF-1.7\n", "PDF"),
        (b"\n<!DOCTYPE html><table>", "web page"),
        (b"PK\x03\x04 and then nothing", "damaged"),
        (bytes(range(256)) * 20, "isn't a spreadsheet"),
        (b"\x7fELF\x02\x01" + b"\0\1" * 600, "isn't a spreadsheet"),
        (b"title," * 200 + b"\n", "more than 100 columns"),
    ],
)
def test_what_is_no_spreadsheet_is_named(content, says):
    with pytest.raises(Unreadable, match=says):
        rows_of(content)


def test_a_million_rows_are_refused_without_reading_them():
    lines = b"title\n" + b"x\n" * 1_000_000
    file = io.BytesIO(lines)
    sheet = spreadsheets.read(file)
    with pytest.raises(Unreadable, match="more than 20,000 rows"):
        for _ in sheet.rows:
            pass


def test_a_file_that_is_too_large_is_refused_unread():
    with pytest.raises(Unreadable, match="larger than 20 MB"):
        rows_of(b"title\n" + b"x" * spreadsheets.MAX_BYTES)


def test_a_workbook_gives_what_people_saw():
    content = workbook(["Title", "Number", "Share", "Done"], [" Café\n", 3.0, 0.5, True], [None, None], ["x"])
    assert rows_of(content) == (
        ["Title", "Number", "Share", "Done"],
        [(2, ["Café", "3", "0.5", "yes"]), (4, ["x"])],
    )


def test_formulas_are_never_run():
    """A formula nobody's spreadsheet program worked out is empty; in a CSV it is text."""
    formula = "=HYPERLINK(\"http://example.org\", A1)&cmd|' /C calc'!A0"
    assert rows_of(workbook(["title", "why"], [formula, "so"])) == (["title", "why"], [(2, ["", "so"])])
    assert rows_of(b"title;why\n=1+1;so\n") == (["title", "why"], [(2, ["=1+1", "so"])])


def test_the_first_visible_sheet_is_read_and_that_is_said():
    def change(book):
        book.active.sheet_state = "hidden"
        book.create_sheet("Ideas").append(["title"])
        book["Ideas"].append(["One"])
        book.create_sheet("Notes")

    sheet = spreadsheets.read(io.BytesIO(workbook(["secret"], change=change)))
    assert (sheet.headers, list(sheet.rows)) == (["title"], [(2, ["One"])])
    assert sheet.note == "Only the first sheet, “Ideas”, is read."


def test_lone_cells_far_away_cost_nothing():
    def change(book):
        book.active["B1048576"] = "far down"
        book.active["XFD2"] = "far right"

    content = workbook(["title", "why"], ["One", "so"], change=change)
    assert rows_of(content)[1] == [(2, ["One", "so"]), (1_048_576, ["", "far down"])]


def archive(**parts):
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as packed:
        for name, content in parts.items():
            packed.writestr(name.replace("__", "/"), content)
    return file.getvalue()


def test_a_zip_bomb_is_refused_before_it_unpacks():
    bomb = archive(
        **{"xl__workbook.xml": "<a/>", "xl__sharedStrings.xml": b"\0" * (spreadsheets.MAX_UNPACKED + 1)}
    )
    assert len(bomb) < 100_000
    with pytest.raises(Unreadable, match="once it is unpacked"):
        rows_of(bomb)


def test_a_zip_of_very_many_parts_is_refused():
    with pytest.raises(Unreadable, match="unpacked"):
        rows_of(archive(**{"xl__workbook.xml": "", **{f"part{number}": "" for number in range(1001)}}))


@pytest.mark.parametrize("parts", [{"word__document.xml": "<a/>"}, {"content.xml": "<a/>"}])
def test_other_documents_in_a_zip_are_refused(parts):
    with pytest.raises(Unreadable, match="isn't an Excel file"):
        rows_of(archive(**parts))


def test_entities_that_grow_are_refused():
    lol = '<!DOCTYPE a [<!ENTITY a "aaaaaaaaaa">' + "".join(
        f'<!ENTITY {new} "{f"&{old};" * 10}">' for old, new in zip("abcdefgh", "bcdefghi", strict=True)
    )
    good = workbook(["title"])
    file = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(good)) as source, zipfile.ZipFile(file, "w") as packed:
        for part in source.infolist():
            content = source.read(part)
            if part.filename == "xl/workbook.xml":
                content = f"<?xml version='1.0'?>{lol}]><workbook>&i;</workbook>".encode()
            packed.writestr(part.filename, content)
    with pytest.raises(Unreadable, match="damaged"):
        rows_of(file.getvalue())


@pytest.mark.parametrize("keep", [0.3, 0.6, 0.9])
def test_a_workbook_cut_short_is_refused(keep):
    content = workbook(["title"], *([f"Idea {number}"] for number in range(200)))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        with pytest.raises(Unreadable, match="damaged"):
            rows_of(content[: int(len(content) * keep)])
