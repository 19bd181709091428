"""Files with notes in them: Word, text in any usual encoding, and files that mean harm."""

import io
import zipfile

import pytest
from docx import Document

from meetings.note_text import documents
from meetings.note_text.documents import Unreadable, check, read_file

WORD = "application/vnd.openxmlformats-officedocument.wordprocessingml"


def word_file(fill):
    document, file = Document(), io.BytesIO()
    fill(document)
    document.save(file)
    return file


def repacked(file, **changes):
    """The same archive with some parts replaced or added."""
    made = io.BytesIO()
    with zipfile.ZipFile(file) as old, zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            if name not in changes:
                new.writestr(name, old.read(name))
        for name, content in changes.items():
            new.writestr(name, content)
    return made


def test_word_file_as_markdown():
    def fill(document):
        document.add_paragraph("Spring meeting", style="Title")
        document.add_paragraph("4 November 2014")
        document.add_heading("Attendees", 1)
        document.add_paragraph("Ada Quill (Chair)", style="List Bullet")
        document.add_paragraph("Dev Newbold,", style="List Bullet")
        document.add_paragraph("Then we talked.")
        table = document.add_table(rows=2, cols=2)
        for place, text in enumerate(("Action", "Owner", "Dance", "Ada | Dev")):
            table.cell(place // 2, place % 2).text = text
        document.sections[0].footer.paragraphs[0].text = "Page of the network"

    text = read_file(word_file(fill))
    assert text.split("\n") == [
        *("", "# Spring meeting", "", "4 November 2014", "", "## Attendees"),
        *("", "- Ada Quill (Chair)", "- Dev Newbold,", "", "Then we talked."),
        *("", "| Action | Owner |", "| --- | --- |", "| Dance | Ada / Dev |", "", "Page of the network"),
    ]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
def test_plain_text_in_any_usual_encoding(encoding):
    assert read_file(io.BytesIO("Café – “note”".encode(encoding))) == "Café – “note”"


@pytest.mark.parametrize(
    "content, words",
    [
        (b"\xd0\xcf\x11\xe0" + b"\0" * 600, "protected by a password"),
        (b"PK\x03\x04 and then nothing", "damaged"),
        (b"%PDF-1.7", "a PDF"),
        (b"{\\rtf1}", "RTF"),
        (b"  \n ", "no text"),
        (b"", "no text"),
        (b"a\x00b", "no text"),
        (b"x" * 400_000, "longer than"),
        (b"a\n" * 20_000, "longer than"),
    ],
)
def test_what_is_no_note_is_refused_in_words(content, words):
    with pytest.raises(Unreadable, match=words):
        read_file(io.BytesIO(content))


def test_file_too_large_is_refused_unread(monkeypatch):
    monkeypatch.setattr(documents, "MAX_BYTES", 10)
    with pytest.raises(Unreadable, match="larger than"):
        read_file(io.BytesIO(b"x" * 11))


def test_zip_bomb_is_refused_before_it_is_unpacked():
    bomb = repacked(word_file(lambda document: None), **{"word/media/image1.png": b"\0" * (50 * 1024 * 1024)})
    assert bomb.seek(0, io.SEEK_END) < 200_000
    with pytest.raises(Unreadable, match="once it is unpacked"):
        read_file(bomb)


def test_archive_that_is_no_word_file_is_refused():
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w") as new:
        new.writestr("readme.txt", "Hello")
    with pytest.raises(Unreadable, match="isn't a Word file"):
        read_file(archive)


def test_damaged_document_is_refused():
    with pytest.raises(Unreadable, match="damaged"):
        read_file(repacked(word_file(lambda document: None), **{"word/document.xml": "<w:document"}))


@pytest.mark.parametrize("source", ['SYSTEM "file:///etc/hostname"', '"expanded"'])
def test_entities_are_not_looked_up(source):
    space = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
    xml = (
        f'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY e {source}>]><w:document xmlns:w="{space}"><w:body>'
        "<w:p><w:r><w:t>Before &e; after</w:t></w:r></w:p></w:body></w:document>"
    )
    try:
        text = read_file(repacked(word_file(lambda document: None), **{"word/document.xml": xml}))
    except Unreadable:
        text = ""
    assert "expanded" not in text
    assert text.strip() in ("", "Before", "Before  after")


def test_macros_are_ignored():
    file = word_file(lambda document: document.add_paragraph("Only words"))
    with zipfile.ZipFile(file) as archive:
        types = archive.read("[Content_Types].xml").decode()
    plain, macro = f"{WORD}.document.main+xml", "application/vnd.ms-word.document.macroEnabled.main+xml"
    changed = {"[Content_Types].xml": types.replace(plain, macro), "word/vbaProject.bin": b"\xd0\xcf\x11\xe0"}
    try:
        assert read_file(repacked(file, **changed)).strip() == "Only words"
    except Unreadable as error:
        assert "save it" in str(error)


def test_pasted_text_within_the_limits_is_left_alone():
    assert check("A\r\n\tnote\u2028 of “ours”") == "A\r\n\tnote\u2028 of “ours”"
