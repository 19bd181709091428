"""Rows that tests share are there for each as they were made, and for nobody else."""

import pytest

from profiles.models import Organisation

from .factories import make_organisation
from .shared_rows import shared

# How often each was made.
made = []


def make_first():
    made.append("first")
    return make_organisation(name="First")


def make_second():
    made.append("second")
    return make_organisation(name="Second")


first, second = shared(make_first), shared(make_second)


def names():
    return sorted(Organisation.objects.values_list("name", flat=True))


@pytest.mark.parametrize("time", [1, 2, 3])
def test_each_finds_them_as_they_were_made(first, time):
    assert (names(), first.name) == (["First"], "First")
    first.name = "Changed"
    first.save()
    make_organisation(name="Third")


def test_more_is_made_on_top_of_them(first, second):
    assert names() == ["First", "Second"]
    Organisation.objects.all().delete()


def test_who_does_not_want_them_finds_nothing(db):
    assert names() == []


def test_who_commits_has_them_made_anew(transactional_db, first):
    assert (names(), Organisation.objects.get()) == (["First"], first)
    make_organisation(name="Left behind")


def test_they_are_there_again_after_others_came_between(first, second):
    assert names() == ["First", "Second"]


@pytest.mark.parametrize("time", [1, 2])
def test_one_alone_is_there_without_the_other(second, time):
    assert names() == ["Second"]


def test_they_were_made_once_for_those_that_came_one_after_the_other(first, second):
    """And not for each of the nine; once more where something else came between."""
    assert names() == ["First", "Second"]
    assert 2 <= len(made) <= 7
