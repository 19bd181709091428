"""Comparisons that are left out where nothing changed are made wherever anything did."""

import pytest
from django.db import IntegrityError, transaction

from profiles.models import Member

from .factories import make_member
from .machines import state_of


class Model:
    def __init__(self):
        self.votes = {1: set()}


def rename(member):
    Member.objects.update(display_name="Another")


def delete(member):
    Member.objects.all().delete()


def make_and_take_back(member):
    with pytest.raises(IntegrityError), transaction.atomic():
        make_member(email=member.email)
        make_member(email=member.email)


@pytest.mark.parametrize("write", [rename, delete, make_and_take_back])
def test_rows_that_are_written_are_another_state(member, write):
    model = Model()
    before = state_of(model)
    write(member)
    assert state_of(model) != before


def test_a_model_that_goes_on_is_another_state(member):
    model = Model()
    before = state_of(model)
    model.votes[1].add(member.pk)
    assert state_of(model) != before


def test_what_is_read_leaves_the_state_as_it_was(member):
    model = Model()
    before = state_of(model)
    assert Member.objects.select_for_update().get() == member
    assert state_of(model) == before
