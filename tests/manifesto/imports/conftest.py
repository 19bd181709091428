import io

import pytest
from django.utils import timezone

from manifesto.models import ImportBatch
from tests.factories import make_round, make_theme

from .rows import COLUMNS, table


@pytest.fixture
def round(db):
    round = make_round()
    make_theme(round=round, name="Open data")
    return round


@pytest.fixture
def stage(round, editor):
    def stage(*rows, origin="Leeds", columns=COLUMNS, round=round, now=None, **fields):
        """A batch of these rows with its columns mapped and its rows not checked yet."""
        now = now or timezone.now()
        values = {"source": "workshop", "credited_as": "Participants", "file_name": "ideas.csv"}
        batch = ImportBatch.stage(
            io.BytesIO(table(*rows)), round=round, by=editor, now=now, origin=origin, **{**values, **fields}
        )
        batch.map_columns(columns, now=now)
        return batch

    return stage


@pytest.fixture
def check(stage):
    def check(*rows, **fields):
        """A batch of these rows, all of them checked."""
        batch = stage(*rows, **fields)
        batch.advance(now=timezone.now(), seconds=60)
        return batch

    return check


@pytest.fixture
def bring_in(check, editor):
    def bring_in(*rows, **fields):
        """A batch of these rows, confirmed and finished."""
        batch = check(*rows, **fields)
        batch.confirm(by=editor, now=timezone.now())
        batch.advance(now=timezone.now(), seconds=60)
        return batch

    return bring_in
