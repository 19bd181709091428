"""Open data as files: complete, as documented, safe in a spreadsheet, and nothing that the public may not read."""

import csv
import gc
import io
import json
import tracemalloc

import csvw
import pytest
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from manifesto.models import Decision, Endorsement, Erratum, OwnAsk, Signature
from ogp_network import safe_csv
from ogp_network.datasets import READ_AT_ONCE, Column, Dataset, Kind
from ogp_network.open_data.catalogue import DATASETS
from profiles.models import Organisation
from tests.factories import (
    make_commitment,
    make_idea,
    make_organisation,
    make_round,
    make_signature,
    make_statement,
)
from tests.shared_rows import shared

from . import conftest
from .conftest import SECRET

BEGINNINGS = (*"=+-@＝＋－＠", "\t", "\r", "\n")


def text_of(response):
    return b"".join(response.streaming_content).decode() if response.streaming else response.content.decode()


def rows_of(visitor, name):
    return list(csv.DictReader(io.StringIO(text_of(visitor.get(f"/open-data/{name}.csv")), newline="")))


def as_json(visitor, name):
    return json.loads(text_of(visitor.get(f"/open-data/{name}.json")))


def make_public_things():
    """With what single organisations ask for and stand behind."""
    conftest.make_public_things()
    now = timezone.now()
    signature = Signature.objects.standing().get()
    by_signatory = {
        "ask": signature.version.statement.asks.first(),
        "organisation": signature.organisation,
        "written_at": now,
    }
    OwnAsk.objects.create(**by_signatory, text="Earlier", ended_at=now)
    OwnAsk.objects.create(**by_signatory, text="=Ours")
    for thing in ({"idea": make_idea()}, {"commitment": make_commitment()}):
        for moments in ({"withdrawn_at": now}, {}):
            Endorsement.objects.create(
                organisation=signature.organisation, endorsed_at=now, **thing, **moments
            )


def make_secret_things():
    """With what was taken back or hidden, and what was endorsed of what isn't public."""
    conftest.make_secret_things()
    now = timezone.now()
    statement, signatory = make_statement(), make_organisation()
    make_signature(statement=statement, organisation=signatory)
    own = {"ask": statement.asks.first(), "text": SECRET, "written_at": now}
    OwnAsk.objects.create(**own, organisation=signatory, ended_at=now)
    OwnAsk.objects.create(**own, organisation=signatory, hidden_at=now, hidden_reason=SECRET)
    OwnAsk.objects.create(**own, organisation=make_organisation())
    hidden = make_round(announced_at=None)
    for thing in (
        {"idea": make_idea(title=SECRET, published=False)},
        {"idea": make_idea(title=SECRET, round=hidden)},
        {"commitment": make_commitment(title=SECRET, published=False)},
        {"commitment": make_commitment(title=SECRET, round=hidden)},
    ):
        Endorsement.objects.create(organisation=make_organisation(), endorsed_at=now, **thing)


public_things, secret_things = shared(make_public_things), shared(make_secret_things)


# What is in them


@pytest.mark.parametrize("name", DATASETS)
def test_csv_validates_against_its_own_metadata(visitor, public_things, name, tmp_path):
    metadata = visitor.get(f"/open-data/{name}.csv-metadata.json").json()
    (tmp_path / "data.csv").write_text(text_of(visitor.get(f"/open-data/{name}.csv")), newline="")
    (tmp_path / "data.csv-metadata.json").write_text(json.dumps({**metadata, "url": "data.csv"}))
    table = csvw.TableGroup.from_file(_as_group(tmp_path)).tables[0]
    faults = []
    rows = list(table.iterdicts(log=None, strict=True))
    assert table.check_primary_key(log=_Log(faults)), faults
    assert len(rows) == len(rows_of(visitor, name)) > 0


def _as_group(folder):
    table = json.loads((folder / "data.csv-metadata.json").read_text())
    group = {"@context": table.pop("@context"), "tables": [table]}
    path = folder / "group.json"
    path.write_text(json.dumps(group))
    return path


class _Log:
    def __init__(self, faults):
        self.warning = self.error = faults.append


@pytest.mark.parametrize("name", DATASETS)
def test_csv_and_json_say_the_same(visitor, public_things, name):
    dataset, data = DATASETS[name], as_json(visitor, name)
    assert data["licence"] == "https://creativecommons.org/licenses/by/4.0/"
    told = []
    for row in rows_of(visitor, name):
        told.append({column.name: _read(row[column.name], column) for column in dataset.columns})
    assert told == [{**row, **_as_joined(row)} for row in data["rows"]]


def _read(cell, column):
    """A cell as a reader of the metadata takes it."""
    if column.is_list:
        return safe_csv.text(cell)
    match column.kind:
        case _ if cell == "":
            return None
        case Kind.INTEGER:
            return int(cell)
        case Kind.BOOLEAN:
            return {"true": True, "false": False}[cell]
    return safe_csv.text(cell)


def _as_joined(row):
    return {name: " | ".join(value) for name, value in row.items() if isinstance(value, list)}


@pytest.mark.parametrize("name", DATASETS)
def test_no_cell_of_text_begins_like_a_formula(visitor, public_things, name):
    columns = DATASETS[name].columns
    texts = [column.name for column in columns if column.kind in (Kind.TEXT, Kind.ADDRESS)]
    cells = [row[column] for row in rows_of(visitor, name) for column in texts]
    assert [cell for cell in cells if cell.startswith(BEGINNINGS)] == []


def test_negative_numbers_stay_numbers(visitor, public_things):
    assert [row["days_of_notice"] for row in rows_of(visitor, "notice")] == ["-3"]


@given(st.builds(str.__add__, st.sampled_from([*BEGINNINGS, "'", ""]), st.text()))
def test_no_text_is_a_formula_and_all_text_comes_back(text):
    assert not safe_csv.cell(text).startswith(BEGINNINGS)
    assert safe_csv.text(safe_csv.cell(text)) == text


def test_everything_the_catalogue_offers_is_there(visitor, public_things):
    html = visitor.get("/open-data/").content.decode()
    for name, dataset in DATASETS.items():
        for address in (f"/open-data/{name}.csv", f"/open-data/{name}.json", f"/open-data/{name}/"):
            assert f'href="{address}"' in html
        page = visitor.get(f"/open-data/{name}/").content.decode()
        assert [c.name for c in dataset.columns if f'<code translate="no">{c.name}</code>' not in page] == []
    group = visitor.get("/open-data/csv-metadata.json").json()
    assert [table["url"].rpartition("/")[2] for table in group["tables"]] == [
        f"{name}.csv" for name in DATASETS
    ]
    assert len(visitor.get("/open-data/catalogue.jsonld").json()["dcat:dataset"]) == len(DATASETS)


@pytest.mark.parametrize("page", ["nonsense/", "nonsense.csv", "nonsense.json", "nonsense.csv-metadata.json"])
def test_what_nobody_declared_is_not_found(visitor, db, page):
    assert visitor.get(f"/open-data/{page}").status_code == 404


@pytest.mark.parametrize(
    "old, new",
    [
        ("/organisations.csv", "/open-data/organisations.csv"),
        ("/organisations.json", "/open-data/organisations.json"),
        ("/stories.csv", "/open-data/stories.csv"),
        ("/stories.json", "/open-data/stories.json"),
        ("/meetings/notice/notice.csv", "/open-data/notice.csv"),
    ],
)
def test_former_addresses_lead_on(visitor, db, old, new):
    response = visitor.get(old)
    assert (response.status_code, response.headers["Location"]) == (301, new)


# How they are sent


def test_file_says_what_it_is(visitor, public_things):
    response = visitor.get("/open-data/ideas.csv")
    today = timezone.localdate().isoformat()
    assert response.headers["Content-Disposition"] == f'attachment; filename="ideas-{today}.csv"'
    assert response.headers["Content-Type"] == "text/csv; charset=utf-8"
    assert '/open-data/ideas.csv-metadata.json>; rel="describedby"' in response.headers["Link"]
    assert 'licenses/by/4.0/>; rel="license"' in response.headers["Link"]


@pytest.mark.parametrize("name", ["count-register", "working-files"])
def test_file_that_can_tell_is_sent_again_only_when_it_changed(visitor, public_things, name):
    tag = visitor.get(f"/open-data/{name}.csv").headers["ETag"]
    again = visitor.get(f"/open-data/{name}.csv", headers={"if-none-match": tag})
    assert (again.status_code, again.content) == (304, b"")


@pytest.mark.parametrize("rows", [1, 30])
@pytest.mark.parametrize("kind", ["csv", "json"])
def test_files_cost_the_same_at_one_and_at_thirty(visitor, db, kind, rows, django_assert_num_queries):
    round = make_round()
    for _ in range(rows):
        make_organisation().other_names.create(name="Else")
        make_idea(round=round)
    for name, queries in (("organisations", 4), ("ideas", 3), ("idea-revisions", 2), ("tallies", 2)):
        with django_assert_num_queries(queries):
            text_of(visitor.get(f"/open-data/{name}.{kind}"))


def test_rows_are_read_and_sent_a_few_at_a_time():
    taken = []

    class Rows:
        def prefetch_related(self, nothing):
            return self

        def values_list(self, name, flat):
            return range(1000)

        def filter(self, pk__in):
            taken.extend(pk__in)
            return [{"n": number} for number in pk__in]

    dataset = Dataset(
        "n", "N", "N.", (Column("n", "N.", Kind.INTEGER, of=lambda row: row["n"]),), public=None
    )
    pieces = dataset.csv(dataset.records(Rows()))
    next(pieces)
    assert taken == list(range(READ_AT_ONCE))
    assert "999" in "".join(pieces)


# Nothing private


@pytest.mark.parametrize("name", DATASETS)
@pytest.mark.parametrize("kind", ["csv", "json"])
def test_nothing_the_public_may_not_read_is_in_any_file(visitor, public_things, secret_things, name, kind):
    text = text_of(visitor.get(f"/open-data/{name}.{kind}"))
    assert (SECRET.casefold() in text.casefold(), "@example.org" in text) == (False, False)


def test_secrets_are_as_many_rows_as_none(visitor, public_things):
    """What is private isn't there without its name either."""
    before = {name: rows_of(visitor, name) for name in DATASETS}
    make_secret_things()
    new = {name: [row for row in rows_of(visitor, name) if row not in before[name]] for name in DATASETS}
    # An idea, its round and its institution are public, though what was answered isn't yet.
    expected = {
        "rounds": 4,
        "themes": 3,
        "signatures": 1,
        "ideas": 2,
        "idea-revisions": 2,
        "tallies": 2,
        "meetings": 5,
    }
    expected |= {"decisions": 1, "expected-answers": 1, "institutions": 4}
    expected |= {"commitments": 1, "notes": 2, "actions": 2, "action-events": 1, "organisations": 8}
    assert {name: len(rows) for name, rows in new.items()} == dict.fromkeys(DATASETS, 0) | expected


def test_public_decisions_and_errata_agree_with_their_predicate(public_things, secret_things):
    decisions = Decision.objects.select_related("idea__round", "round")
    assert set(Decision.objects.public()) == {decision for decision in decisions if decision.is_public}
    assert (Decision.objects.count(), Decision.objects.public().count()) == (4, 3)
    assert set(Erratum.objects.public()) == {e for e in Erratum.objects.all() if e.decision.is_public}


def most_memory_of(pieces):
    """The most bytes held at once, without what waits for the garbage collector, and how many there were in all."""
    gc.collect()
    # What was there before needn't be looked through each time.
    gc.freeze()
    tracemalloc.start()
    size = 0
    for piece in pieces:
        size += len(piece)
        gc.collect()
    most = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    gc.unfreeze()
    return most, size


@pytest.mark.parametrize("kind", ["csv", "json"])
def test_three_times_as_many_rows_take_no_more_memory(visitor, db, kind):
    figures = []
    for first, last in ((0, 500), (500, 1500)):
        Organisation.objects.bulk_create(
            Organisation(name=str(n), slug=n, kind="charity", areas=[], summary="x" * 900)
            for n in range(first, last)
        )
        figures.append(most_memory_of(visitor.get(f"/open-data/organisations.{kind}").streaming_content))
    (few, size_of_few), (many, size_of_many) = figures
    assert size_of_many - size_of_few > 900_000
    assert many - few < 300_000


def test_what_organisations_ask_for_and_endorse_is_there_while_it_stands(visitor, public_things):
    (own,) = rows_of(visitor, "own-asks")
    assert (own["ask"], own["text"]) == ("1", "'=Ours")
    endorsed = [(row["kind"], row["organisation"]) for row in rows_of(visitor, "endorsements")]
    assert endorsed == [("idea", own["organisation"]), ("commitment", own["organisation"])]
