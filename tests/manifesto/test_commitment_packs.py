"""Packs for an incoming government: frozen for good, the same whenever they are read, whatever is in them."""

import io
from datetime import date, timedelta

import pytest
from django.db import ProgrammingError, transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from docx import Document

from manifesto import pack_csv
from manifesto.errors import NotReady
from manifesto.models import CommitmentPack, Milestone, PackEntry
from tests.factories import make_commitment, make_idea, make_round, make_theme

pytestmark = pytest.mark.django_db

AWKWARD = "\u200f=SUM(1)\n'quoted'; \"double\"\n\n🗳️ שלום עולם " + "long" * 500
BEYOND_XML = "a\x01b\x0bc\ufffed\tè"


def freeze(round, *, by=None, now=None, title="What we ask"):
    return CommitmentPack.objects.freeze(round, title=title, by=by, now=now or timezone.now())


def address(pack, name="commitment_pack"):
    return reverse(f"manifesto:{name}", args=[pack.round.slug, pack.number])


def file(visitor, pack, ending):
    answer = visitor.get(address(pack, f"commitment_pack_{ending}"))
    assert answer.status_code == 200
    return answer.content


@pytest.fixture
def round(db):
    return make_round()


@pytest.fixture
def visitor(db):
    """Beside whoever is signed in."""
    return Client()


def test_a_pack_holds_what_is_asked_for_in_public(round, editor):
    public = make_commitment(round=round)
    make_commitment(round=round, published=False)
    make_commitment(round=round).withdraw(reason="Won.", by=editor, now=timezone.now())
    pack = freeze(round, by=editor)
    assert [entry.commitment for entry in pack.entries.for_page()] == [public]
    assert (pack.number, freeze(round).number) == (1, 2)


def test_nothing_is_no_pack(round):
    make_commitment(round=round, published=False)
    with pytest.raises(NotReady):
        freeze(round)
    assert not CommitmentPack.objects.exists()


@pytest.mark.parametrize("model", [CommitmentPack, PackEntry])
def test_packs_are_for_good(round, model):
    make_commitment(round=round)
    freeze(round)
    change = {"title": "Other"} if model is CommitmentPack else {"theme": "Other"}
    for attempt in (lambda: model.objects.update(**change), lambda: model.objects.all().delete()):
        with pytest.raises((ProgrammingError, Exception)), transaction.atomic():
            attempt()
    assert model.objects.filter(**change).count() == 0
    assert model.objects.count() == 1


def test_a_pack_stays_as_it_was(round, editor, visitor):
    theme = make_theme(round=round)
    idea = make_idea(round=round, theme=theme)
    commitment = make_commitment(ideas=[idea], theme=theme, title="Diaries")
    milestone = Milestone.objects.create(commitment=commitment, reference="1.01", output="A list")
    pack = freeze(round)
    before = [
        visitor.get(address(pack)).text.split("<main")[1],
        *(file(visitor, pack, e) for e in ("csv", "docx")),
    ]
    commitment.improve(text={"title": "Other"}, by=editor, now=timezone.now(), opened=1, note="So.")
    milestone.delete()
    theme.name = "Other theme"
    theme.save()
    after = [
        visitor.get(address(pack)).text.split("<main")[1],
        *(file(visitor, pack, e) for e in ("csv", "docx")),
    ]
    assert before == after


def test_a_later_pack_says_what_changed(round, editor, visitor):
    stays, changes, goes = (make_commitment(round=round, title=name) for name in ("Stays", "Changes", "Goes"))
    first = freeze(round)
    text = {"results": "Everything is seen."}
    changes.improve(text=text, by=editor, now=timezone.now(), opened=1, note="All.")
    goes.withdraw(reason="Won.", by=editor, now=timezone.now())
    new = make_commitment(round=round, title="New one")
    second = freeze(round)
    assert second.before == first and first.before is None
    told = second.changes_since(first)
    assert [entry.commitment for entry in told["added"]] == [new]
    assert [entry.commitment for _then, entry in told["changed"]] == [changes]
    assert [entry.commitment for entry in told["left_out"]] == [goes]
    assert "What changed since the pack before" in visitor.get(address(second)).text
    assert "Everything is seen" in visitor.get(address(second, "commitment_pack_changes")).text
    assert visitor.get(address(first, "commitment_pack_changes")).status_code == 404
    assert stays.pack_entries.count() == 2


@pytest.mark.parametrize("who", ["visitor", "member", "expert", "editor"])
def test_who_freezes_packs(who, round, request, client, sign_in):
    make_commitment(round=round)
    if who != "visitor":
        sign_in(request.getfixturevalue(who))
    new = reverse("manifesto:commitment_pack_create", args=[round.slug])
    answer = client.post(new, {"title": "Handed over"})
    may = who == "editor"
    assert (answer.status_code, CommitmentPack.objects.count()) == (
        302 if may or who == "visitor" else 403,
        int(may),
    )


def test_bad_input_freezes_nothing(round, editor, sign_in):
    client, new = sign_in(editor), reverse("manifesto:commitment_pack_create", args=[round.slug])
    assert client.post(new, {"title": "Nothing in it"}).status_code == 409
    make_commitment(round=round)
    for title in ("", "x" * 151, "\u200b", "nul\x00"):
        assert client.post(new, {"title": title}).status_code == 422
    assert not CommitmentPack.objects.exists()


def test_packs_of_unannounced_rounds_are_not_found(visitor, editor):
    round = make_round(announced_at=None)
    commitment = make_commitment(round=round)
    pack = CommitmentPack.objects.create(round=round, number=1, title="Early", frozen_at=timezone.now())
    for name in ("commitment_pack", "commitment_pack_csv", "commitment_pack_docx"):
        assert visitor.get(address(pack, name)).status_code == 404
    assert commitment.pack_entries.count() == 0


# Files


def awkward(round, **fields):
    commitment = make_commitment(
        round=round,
        title="+Title. With a stop",
        summary="-Summary",
        problem=AWKWARD,
        done_so_far="@done\r\nso far",
        solution="=one\n- two",
        results="'results",
        lead_institution="\tCabinet Office",
        supporting_government="One, two",
        supporting_civil_society="Three; four",
        supporting_others='"Five"',
        **{"starts_on": date(2016, 1, 1), "ends_on": date(2017, 12, 31), "newness": "new", **fields},
    )
    milestones = [("1.01", AWKWARD, "Lead; of it"), ("1.02", '"quoted"', "")]
    for number, (reference, output, lead) in enumerate(milestones):
        Milestone.objects.create(
            commitment=commitment,
            reference=reference,
            output=output[:1000],
            lead=lead,
            due_on=date(2016, 6, 30) if number else None,
            due_text="" if number else "by spring",
        )
    return commitment


@pytest.mark.parametrize(
    "dates", [{}, {"starts_on": None}, {"ends_on": None}, {"starts_on": None, "ends_on": None}]
)
def test_csv_read_back_says_the_same(round, visitor, dates):
    commitment = awkward(round, **dates)
    plain = make_commitment(round=round)
    first, second = pack_csv.read(file(visitor, freeze(round), "csv").decode())
    said = {name: "" if value is None else value for name, value in commitment.wording.items()}
    kept = ("title", "summary", "lead_institution")
    kept += ("supporting_government", "supporting_civil_society", "supporting_others")
    assert {name: first[name] for name in kept} == {name: said[name] for name in kept}
    assert first["number"] == commitment.number
    assert first["objective"] == commitment.solution
    assert first["status_quo"] == f"{commitment.problem}\n\nDone so far: {commitment.done_so_far}"
    assert first["ambition"] == commitment.results
    assert [first["starts_on"], first["ends_on"]] == [str(said["starts_on"]), str(said["ends_on"])]
    milestones = commitment.milestones.order_by("reference")
    assert [row["output"] for row in first["milestones"]] == [m.output for m in milestones]
    assert [(row["due_on"], row["due_text"]) for row in first["milestones"]] == [
        ("", "by spring"),
        ("2016-06-30", ""),
    ]
    assert (second["title"], second["milestones"], second["status_quo"]) == (plain.title, [], plain.problem)


def test_csv_of_other_columns_is_refused():
    with pytest.raises(ValueError):
        pack_csv.read("Number,Title\r\n1,x\r\n")


def test_document_has_headings_tables_and_a_version(round, visitor):
    awkward(round)
    pack = freeze(round, now=timezone.now())
    document = Document(io.BytesIO(file(visitor, pack, "docx")))
    headings = [p.text for p in document.paragraphs if p.style.name == "Heading 1"]
    assert headings == ["1. +Title. With a stop"]
    table, milestones = document.tables
    labels = [row.cells[0].text for row in table.rows]
    assert {"Lead institution", "We call for", "The public problem and its causes"} <= set(labels)
    assert [cell.text for cell in milestones.rows[0].cells] == ["Number", "Expected output", "Lead", "Due"]
    assert (document.core_properties.title, document.core_properties.language) == ("What we ask", "en-GB")
    assert "Version 1" in document.sections[0].footer.paragraphs[0].text
    assert document.sections[0].header.paragraphs[0].text == "What we ask"


def test_document_is_the_same_bytes_whenever_and_in_whatever_language_it_is_made(round, visitor, monkeypatch):
    awkward(round)
    pack = freeze(round)
    first = file(visitor, pack, "docx")
    monkeypatch.setattr("time.time", lambda: 2_000_000_000.0)
    again = Client().get("/cy" + address(pack, "commitment_pack_docx"))
    assert again.content == first


@pytest.mark.parametrize(
    "text",
    [BEYOND_XML, "👩🏽‍⚖️" * 50, "שלום עולם", "w" * 5000, "\n" * 200 + "x", "<b>&amp;]]></b>", "\ud7ff\ue000"],
    ids=["control", "emoji", "leftwards", "long word", "lines", "markup", "edges"],
)
def test_any_text_makes_a_document(round, visitor, text):
    make_commitment(round=round, title=f"T {text}"[:150], problem=text, solution=text)
    pack = freeze(round)
    document = Document(io.BytesIO(file(visitor, pack, "docx")))
    assert len(document.tables) == 1
    assert visitor.get(address(pack)).status_code == 200


def test_texts_at_their_longest_make_a_document(round, visitor):
    fields = {name: "word " * 1000 for name in ("problem", "done_so_far", "solution", "results", "relevance")}
    for _ in range(3):
        make_commitment(round=round, summary="x" * 1000, **fields)
    pack = freeze(round)
    assert len(Document(io.BytesIO(file(visitor, pack, "docx"))).tables) == 3


@pytest.mark.parametrize("number", [1, 60])
def test_pack_costs_a_fixed_number_of_queries(round, visitor, number, django_assert_num_queries):
    theme = make_theme(round=round)
    ideas = [make_idea(round=round, theme=theme)]
    for _ in range(number):
        make_commitment(ideas=ideas, theme=theme)
    with django_assert_num_queries(12):
        pack = freeze(round, now=timezone.now() + timedelta(days=1))
    with django_assert_num_queries(3):
        assert visitor.get(address(pack)).status_code == 200
    with django_assert_num_queries(2):
        file(visitor, pack, "csv")
