"""Querysets whose SQL is written once find what they would have found without that."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from manifesto.models import Idea
from profiles.written_once import WrittenOnce
from tests.factories import make_idea, make_round

pytestmark = pytest.mark.django_db


@pytest.fixture
def ideas():
    rounds = [make_round(slug=slug) for slug in ("one", "other")]
    return [make_idea(round=round, title=f"In {round.slug}") for round in rounds for _ in range(2)]


def numbered():
    return WrittenOnce(
        lambda slug, number: Idea.objects.for_cards().filter(round__slug=slug, number=number),
        slug=str,
        number=int,
    )


def test_rows_are_what_the_queryset_has_for_each_value(ideas):
    written = numbered()
    for idea in [*ideas, *ideas]:
        [found] = written.rows(slug=idea.round.slug, number=idea.number)
        expected = written.make(slug=idea.round.slug, number=idea.number).get()
        assert (found, vars(found).keys()) == (expected, vars(expected).keys())
        assert (found.round, found.theme, found.supporters) == (idea.round, idea.theme, 0)
    assert written.first(slug="none", number=1) is None


def test_sql_is_the_same_as_without_and_joins_what_is_joined(ideas):
    written = numbered()
    written.rows(slug="one", number=1)
    with CaptureQueriesContext(connection) as queries:
        found = written.first(slug="other", number=2)
        list(written.make(slug="other", number=2))
        assert found.round.slug == "other"
    half = len(queries) // 2
    sql = [query["sql"] for query in queries.captured_queries]
    assert (sql[:half], half) == (sql[half:], 2)


@pytest.mark.parametrize("number", [-1, 0, 2**31, 2**63, 10**40])
def test_numbers_that_no_column_holds_find_nothing(ideas, number):
    assert numbered().rows(slug="one", number=number) == []


@pytest.mark.parametrize(
    "slug", ["", "'; DROP TABLE x; --", "%s", "%(slug)s", "written-once-slug", "ŵ" * 500]
)
def test_text_is_a_parameter_whatever_it_says(ideas, slug):
    assert numbered().rows(slug=slug, number=1) == []


def test_values_that_are_no_parameter_of_their_own_are_refused(ideas):
    written = WrittenOnce(lambda number: Idea.objects.filter(pk=number + 1), number=int)
    with pytest.raises(ValueError, match="number"):
        written.rows(number=1)


def test_what_is_chosen_of_rows_can_be_asked_on(ideas):
    """The queryset of one time is given to nobody, so its parameters get into no other."""
    found = numbered().first(slug="one", number=1)
    assert {idea.title for idea in found.round.ideas.all()} == {"In one"}
    assert list(Idea.objects.filter(pk=found.pk)) == [found]


@pytest.mark.django_db(transaction=True)
def test_many_threads_get_what_each_asked_for(ideas):
    written = numbered()

    def ask(idea):
        try:
            return written.first(slug=idea.round.slug, number=idea.number) == idea
        finally:
            connection.close()

    with ThreadPoolExecutor(4) as many:
        assert all(many.map(ask, ideas * 5))


def plans_of(threshold):
    """How many plans the server has kept for the connection once the statement was executed ten times."""
    written, link = numbered(), connection.connection
    before, link.prepare_threshold = link.prepare_threshold, threshold
    try:
        found = [written.first(slug="one", number=1) for _ in range(10)]
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT count(*) FROM pg_prepared_statements WHERE statement LIKE '%manifesto_idea%'"
            )
            return cursor.fetchone()[0], len(set(found))
    finally:
        link.prepare_threshold = before


def test_the_database_plans_a_statement_once(ideas):
    assert plans_of(5) == (1, 1)


def test_nothing_is_kept_where_another_server_may_answer_next(ideas):
    with connection.cursor() as cursor:
        cursor.execute("DEALLOCATE ALL")
    connection.connection._prepared.clear()
    assert plans_of(None) == (0, 1)
