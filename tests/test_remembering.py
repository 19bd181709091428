"""A remembered answer is given only where it would be the same made anew."""

import pytest
from django.db import DatabaseError, connection, transaction

from profiles.models import Organisation

from .factories import make_organisation
from .remembering import Remembering


def names(address):
    return list(Organisation.objects.filter(kind=address).values_list("name", flat=True))


def number_in(address):
    """Of what the first query found, the second asks further."""
    first = Organisation.objects.order_by("pk").first()
    return first and Organisation.objects.filter(kind=first.kind).count()


@pytest.fixture
def asked(db):
    make_organisation(name="First", kind="charity")
    return Remembering(names)


def test_it_is_made_once_while_all_is_the_same(asked):
    assert [asked("charity") for _ in range(3)] == [["First"]] * 3
    assert asked.made == 1


def test_it_is_made_anew_where_the_rows_are_others(asked):
    asked("charity")
    Organisation.objects.update(name="Another")
    asked.the_database_changed()
    assert (asked("charity"), asked.made) == (["Another"], 2)


def test_what_was_told_earlier_is_given_where_all_is_as_it_was_then(asked):
    for name in ("Another", "First", "Another"):
        Organisation.objects.update(name=name)
        asked.the_database_changed()
        assert asked("charity") == [name]
    assert asked.made == 2


def test_what_another_address_tells_is_made_for_it(asked):
    assert (asked("charity"), asked("government"), asked.made) == (["First"], [], 2)


def test_a_change_is_noticed_that_only_a_later_query_sees(asked):
    counted = Remembering(number_in)
    assert counted("") == 1
    make_organisation(kind="charity")
    counted.the_database_changed()
    assert (counted(""), counted.made) == (2, 2)


def test_what_is_elsewhere_is_not_looked_at(asked):
    asked("charity")
    make_organisation(kind="government")
    asked.the_database_changed()
    assert (asked("charity"), asked.made) == (["First"], 1)


def test_what_writes_is_done_each_time(db):
    written = Remembering(lambda address: make_organisation().pk)
    assert written("") != written("")


def test_what_is_refused_is_asked_for_each_time(db):
    def refused(address):
        with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("SELECT 1 / 0")

    remembering = Remembering(refused)
    remembering(""), remembering("")
    assert remembering.made == 2
