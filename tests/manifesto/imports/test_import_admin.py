"""Bringing in ideas in the admin: the upload, the preview, the word, and what is shown meanwhile."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from manifesto import spreadsheets
from manifesto.models import Idea, ImportBatch, ImportRow
from manifesto.models import importing as importing_models
from tests.factories import make_meeting

from .rows import COLUMNS, row, table

Outcome = ImportRow.Outcome


def page_of(name, batch):
    return reverse(f"admin:manifesto_importbatch_{name}", args=[batch.pk])


ADD = "admin:manifesto_importbatch_add"


def upload(client, into, content, name="ideas.csv", **fields):
    values = {"round": into.pk, "source": "workshop", "origin": "Leeds", "credited_as": "Participants"}
    return client.post(reverse(ADD), {**values, "file": SimpleUploadedFile(name, content), **fields})


@pytest.mark.parametrize("who", ["visitor", "member", "expert", "editor", "administrator"])
def test_who_may_bring_in_ideas(client, sign_in, request, check, who):
    batch = check(row(1, "One"))
    if who != "visitor":
        sign_in(request.getfixturevalue(who))
    may = who in ("editor", "administrator")
    refused = 403 if who == "expert" else 302
    for name, allowed in (("change", 200), ("columns", 200)):
        assert client.get(page_of(name, batch)).status_code == (allowed if may else refused)
    assert client.get(reverse(ADD)).status_code == (200 if may else refused)
    assert upload(client, batch.round, table(row(2, "Two"))).status_code == (302 if may else refused)
    assert client.get(reverse("admin:manifesto_importbatch_changelist")).status_code == (
        200 if may else refused
    )
    assert ImportBatch.objects.count() == (2 if may else 1)
    client.post(page_of("confirmation", batch))
    batch.refresh_from_db()
    assert batch.is_confirmed == may
    client.post(page_of("removal", ImportBatch.objects.order_by("pk").last()))
    assert ImportBatch.objects.count() == 1


def test_an_editor_brings_in_a_file(sign_in, editor, round):
    client = sign_in(editor)
    batch = ImportBatch.objects.get(
        pk=upload(client, round, table(row(1, "One"), row(2, ""))).url.split("/")[-3]
    )
    form = client.get(page_of("columns", batch)).context["form"]
    assert [field.value() for field, _ in form.column_fields()] == COLUMNS
    data = {f"column-{index}": name for index, name in enumerate(COLUMNS)}
    response = client.post(page_of("columns", batch), data, follow=True)
    page = response.content.decode()
    assert ("Nothing is taken in yet." in page, "Take in 1 row" in page) == (True, True)
    assert [(row.number, row.outcome) for row in response.context["page_obj"]] == [
        (2, "create"),
        (3, "refuse"),
    ]
    assert (Idea.objects.count(), batch.rows.count()) == (0, 2)
    response = client.post(page_of("confirmation", batch), follow=True)
    assert ("Finished on" in response.content.decode(), Idea.objects.get().title) == (True, "One")
    client.post(page_of("confirmation", batch), follow=True)
    assert Idea.objects.count() == 1


@pytest.mark.parametrize(
    ("fields", "name"),
    [
        ({"file": ""}, "file"),
        ({"origin": " "}, "origin"),
        ({"credited_as": ""}, "credited_as"),
        ({"source": "website"}, "source"),
        ({"round": ""}, "round"),
        ({"raised_at": "999"}, "raised_at"),
        ({"encoding": "ebcdic"}, "encoding"),
    ],
)
def test_an_incomplete_upload_is_refused_beside_its_field(sign_in, editor, round, fields, name):
    response = upload(sign_in(editor), round, table(row(1, "One")), **fields)
    assert (response.status_code, list(response.context["form"].errors)) == (422, [name])


@pytest.mark.parametrize(
    ("content", "name", "says"),
    [
        (b"", "ideas.csv", "This file is empty."),
        (b"%PDF-1.4", "ideas.xlsx", "This is a PDF"),
        (b"\xd0\xcf\x11\xe0" + b"\0" * 600, "ideas.xlsx", "old Excel file"),
        (b"title\n", "ideas.csv", "nothing below the headings"),
        (b"title\n" + b"x\n" * 1_000_000, "ideas.csv", "more than 1,100 rows"),
    ],
)
def test_a_bad_file_is_refused_with_the_reason(sign_in, editor, round, content, name, says, monkeypatch):
    # Enough for some to be kept before the file turns out to be too long.
    monkeypatch.setattr(spreadsheets, "MAX_ROWS", 1_100)
    response = upload(sign_in(editor), round, content, name=name)
    assert (response.status_code, ImportRow.objects.count()) == (422, 0)
    assert says in response.context["form"].errors["file"][0]


def test_the_credit_is_the_meetings_participants_if_nothing_else_is_said(sign_in, editor, round):
    meeting = make_meeting(title="Leeds workshop")
    upload(sign_in(editor), round, table(row(1, "One")), credited_as="", raised_at=meeting.pk)
    assert ImportBatch.objects.get().credited_as == "Participants of Leeds workshop"


@pytest.mark.parametrize(
    ("columns", "fields", "errors"),
    [
        (["", "title", "title", "", "", "theme", "level", ""], {}, ["column-2", "__all__"]),
        (["", "title", "why", "", "", "", "", ""], {}, ["default_theme", "default_level"]),
        (["x", "title", "why", "", "", "theme", "level", ""], {}, ["column-0"]),
        ([""] * 8, {"default_level": "uk"}, ["__all__", "default_theme"]),
    ],
)
def test_columns_that_make_no_idea_are_refused(sign_in, editor, stage, columns, fields, errors):
    data = {f"column-{index}": name for index, name in enumerate(columns)} | fields
    response = sign_in(editor).post(page_of("columns", stage(row(1, "One"))), data)
    assert (response.status_code, list(response.context["form"].errors)) == (422, errors)


def test_progress_is_shown_until_the_work_is_done(sign_in, editor, stage, monkeypatch):
    monkeypatch.setattr(importing_models, "STAGED_AT_ONCE", 2)
    monkeypatch.setattr("manifesto.admin.importing.SECONDS_PER_PAGE", 0)
    batch = stage(*[row(number, f"Idea {number}") for number in range(5)])
    client = sign_in(editor)
    response = client.get(page_of("change", batch))
    assert ("2 of 5 rows read through" in response.content.decode(), response["Refresh"]) == (True, "1")
    response = client.get(page_of("change", batch), {"refresh": "off"})
    assert ("4 of 5 rows" in response.content.decode(), "Refresh" in response) == (True, False)
    assert "Nothing is taken in yet." in client.get(page_of("change", batch)).content.decode()


def test_looking_never_confirms_or_forgets(sign_in, editor, check):
    batch = check(row(1, "One"))
    client = sign_in(editor)
    for name in ("change", "confirmation", "removal"):
        client.get(page_of(name, batch), follow=True)
    batch.refresh_from_db()
    assert (batch.is_confirmed, Idea.objects.count()) == (False, 0)


def test_rows_are_filtered_by_what_would_come_of_them(sign_in, editor, check):
    batch = check(row(1, "One"), row(2, ""))
    client = sign_in(editor)
    for chosen, numbers in (("refuse", [3]), ("create", [2]), ("skip", []), ("nonsense", [2, 3])):
        page = client.get(page_of("change", batch), {"outcome": chosen})
        assert [row.number for row in page.context["page_obj"]] == numbers


def test_what_a_spreadsheet_says_is_never_markup(sign_in, editor, check):
    batch = check(row(1, "<script>alert(1)</script>", theme="<b>x</b>"))
    page = sign_in(editor).get(page_of("change", batch)).content.decode()
    assert ("<script>alert" in page, "<b>x</b>" in page) == (False, False)


def test_preview_costs_the_same_with_1_and_with_30_rows(sign_in, editor, bring_in, django_assert_num_queries):
    client = sign_in(editor)
    one, many = bring_in(row(1, "One")), bring_in(*[row(number, f"Idea {number}") for number in range(30)])
    client.get(page_of("change", one))
    with django_assert_num_queries(13):
        client.get(page_of("change", one))
    with django_assert_num_queries(13):
        client.get(page_of("change", many))


def test_list_costs_the_same_with_1_and_with_30_imports(sign_in, editor, stage, django_assert_num_queries):
    client = sign_in(editor)
    address = reverse("admin:manifesto_importbatch_changelist")
    stage(row(1, "One"))
    client.get(address)
    with django_assert_num_queries(7):
        client.get(address)
    for _ in range(29):
        stage(row(1, "One"))
    with django_assert_num_queries(7):
        client.get(address)


def test_an_import_that_is_not_there_is_404(sign_in, editor):
    client = sign_in(editor)
    for address in ("999/change/", "x/change/", "999/columns/", "9" * 30 + "/columns/"):
        assert client.get(f"/admin/manifesto/importbatch/{address}").status_code == 404


def test_editors_are_greeted_with_the_imports_they_left(sign_in, editor, stage, bring_in):
    bring_in(row(1, "One"))
    batch = stage(row(2, "Two"), file_name="two.csv")
    tasks = sign_in(editor).get(reverse("admin:index")).context["tasks"]
    assert ("Finish the import of two.csv", page_of("change", batch)) in tasks
    assert sum(words.startswith("Finish the import") for words, _ in tasks) == 1
