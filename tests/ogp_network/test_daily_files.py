"""Open data kept day by day: once a day, in parts, and without what people can take back."""

import csv
import gzip
import io
import json
from datetime import UTC, date, datetime, timedelta
from hashlib import sha256

import pytest
from django.core.management import call_command
from django.db import IntegrityError, transaction
from django.utils import timezone

from ogp_network.models import DailyFile, open_data
from ogp_network.open_data.catalogue import DATASETS
from profiles.open_data import ORGANISATIONS
from tests.factories import make_organisation

NOW = datetime(2026, 5, 20, 3, tzinfo=UTC)
DAY = timezone.localdate(NOW)
KEPT = [name for name, dataset in DATASETS.items() if dataset.is_kept]


def publish(*, now=NOW, dataset=ORGANISATIONS, kind="csv"):
    DailyFile.objects.publish(dataset, kind, now=now)
    return DailyFile.objects.get(day=timezone.localdate(now), dataset=dataset.name, kind=kind)


def test_file_is_served_as_it_was_on_its_day(visitor, db):
    make_organisation(name="Before", slug="o")
    file = publish()
    make_organisation(name="After")
    response = visitor.get(f"/open-data/{DAY}/organisations.csv")
    content = response.getvalue()
    [row] = csv.DictReader(io.StringIO(content.decode()))
    assert (row["name"], file.rows) == ("Before", 1)
    assert (file.size, file.sha256) == (len(content), sha256(content).hexdigest())
    assert response.headers["Content-Length"] == str(len(content))
    assert response.headers["Content-Disposition"] == f'attachment; filename="organisations-{DAY}.csv"'


@pytest.mark.parametrize(
    "accepted, is_compressed",
    [
        ("gzip", True),
        ("br, gzip;q=0.5", True),
        ("", False),
        ("br", False),
        ("gzip;q=0", False),
        ("gzip; q=0.0, br", False),
    ],
)
def test_file_is_sent_compressed_to_whoever_takes_it_so(visitor, db, accepted, is_compressed):
    make_organisation(name="River Watch")
    publish(kind="json")
    response = visitor.get(f"/open-data/{DAY}/organisations.json", headers={"accept-encoding": accepted})
    assert ("gzip" in response.headers.get("Content-Encoding", "")) == is_compressed
    content = gzip.decompress(response.getvalue()) if is_compressed else response.getvalue()
    assert json.loads(content)["rows"][0]["name"] == "River Watch"
    assert "Accept-Encoding" in response.headers["Vary"]
    tag = response.headers["ETag"]
    again = visitor.get(
        f"/open-data/{DAY}/organisations.json", headers={"accept-encoding": accepted, "if-none-match": tag}
    )
    assert (again.status_code, tag) == (304, again.headers["ETag"])


def test_file_is_kept_in_parts_and_put_together_again(db, monkeypatch):
    monkeypatch.setattr(open_data, "PART", 100)
    for number in range(50):
        make_organisation(name=f"Organisation {sha256(str(number).encode()).hexdigest()}")
    file = publish()
    content = b"".join(file.plain())
    assert max(len(part) for part in file.compressed()) == 100
    assert file.parts.count() > 10
    assert (sha256(content).hexdigest(), len(content), file.rows) == (file.sha256, file.size, 50)
    assert gzip.decompress(b"".join(file.compressed())) == content


def test_command_keeps_every_file_of_the_day_once(public_things, capsys):
    for new in (2 * len(KEPT), 0):
        call_command("publish_open_data")
        assert f"Files kept of today: {new} new." in capsys.readouterr().out
    assert set(DailyFile.objects.values_list("dataset", "kind")) == {
        (name, kind) for name in KEPT for kind in ("csv", "json")
    }


@pytest.mark.django_db(transaction=True)
def test_two_at_once_keep_one(at_once):
    make_organisation()
    results = at_once(*[lambda: DailyFile.objects.publish(ORGANISATIONS, "csv", now=NOW)] * 2)
    assert sorted(results) == [False, True]
    file = DailyFile.objects.get()
    assert sha256(b"".join(file.plain())).hexdigest() == file.sha256


def test_a_second_file_of_the_same_kind_and_day_is_refused_by_the_database(db):
    file = publish()
    with transaction.atomic(), pytest.raises(IntegrityError):
        DailyFile.objects.create(day=file.day, dataset=file.dataset, kind=file.kind, made_at=NOW)


def test_files_are_kept_for_a_month_and_those_of_the_first_for_good(db):
    today = date(2026, 5, 20)
    days = [today - timedelta(days=back) for back in (0, 30, 31, 49, 50, 80)]
    for day in days:
        publish(now=datetime(day.year, day.month, day.day, 12, tzinfo=UTC))
    assert DailyFile.objects.forget_old(today) == 2
    kept = DailyFile.objects.order_by("-day").values_list("day", flat=True)
    assert list(kept) == [today, date(2026, 4, 20), date(2026, 4, 1), date(2026, 3, 1)]


def test_what_people_can_take_back_is_in_no_file_of_a_day(public_things):
    call_command("publish_open_data")
    text = b"".join(piece for file in DailyFile.objects.all() for piece in file.plain()).decode()
    # Authors, speakers, attendees and owners: see the fixture.
    assert [name for name in ("Sam Carter", "Kim", "Robin", "Sekret") if name in text] == []
    assert not any(
        dataset.is_kept for dataset in DATASETS.values() if dataset.name in ("stories", "attendees", "notes")
    )
    columns = [
        c.name for d in DATASETS.values() if d.is_kept for c in d.without_people().columns if c.is_personal
    ]
    assert columns == []


def test_metadata_says_what_the_columns_meant_on_that_day(visitor, db):
    file = publish()
    DailyFile.objects.update(metadata={**file.metadata, "dc:title": "As it was"})
    metadata = visitor.get(f"/open-data/{DAY}/organisations.csv-metadata.json").json()
    assert (metadata["url"], metadata["dc:title"]) == ("organisations.csv", "As it was")
    names = [column["name"] for column in metadata["tableSchema"]["columns"]]
    assert names == [column.name for column in ORGANISATIONS.columns]


@pytest.mark.parametrize(
    "path",
    ["2026-05-19/", "2026-05-19/organisations.csv", "2026-05-20/nonsense.csv", "2026-05-20/stories.csv"],
)
def test_what_was_not_kept_is_not_found(visitor, db, path):
    publish()
    assert visitor.get(f"/open-data/{path}").status_code == 404


@pytest.mark.parametrize("days", [1, 30])
def test_catalogue_costs_the_same_at_one_and_at_thirty_days(visitor, db, days, django_assert_num_queries):
    for back in range(days):
        publish(now=NOW - timedelta(days=back))
    visitor.get("/open-data/")
    with django_assert_num_queries(2):
        page = visitor.get("/open-data/").context["page_obj"]
    assert [day["day"] for day in page] == [DAY - timedelta(days=back) for back in range(days)]


@pytest.mark.parametrize("files", [1, 20])
def test_page_of_a_day_costs_the_same_at_one_and_at_many(
    visitor, public_things, files, django_assert_num_queries
):
    for name in KEPT[:files]:
        publish(dataset=DATASETS[name])
    visitor.get("/open-data/")
    with django_assert_num_queries(1):
        html = visitor.get(f"/open-data/{DAY}/").content.decode()
    assert html.count("SHA-256") == DailyFile.objects.count()


def test_catalogue_leads_to_each_file(visitor, db):
    make_organisation()
    file = publish()
    assert f'href="/open-data/{DAY}/"' in visitor.get("/open-data/").content.decode()
    html = visitor.get(f"/open-data/{DAY}/").content.decode()
    assert (f'href="{file.get_absolute_url()}"' in html, file.sha256 in html) == (True, True)
    assert visitor.get(file.get_absolute_url()).status_code == 200
