"""Rows that tests share: made once, and there before each test that wants them, whatever the one before did to them.

They are in a transaction that stays open from test to test. Each test has one of its own within, as Django gives it,
and so leaves them as they were. Before a test that doesn't want them, they are gone.
"""

import copy

import pytest
from django.db import connection, transaction


def shared(maker):
    """A fixture that gives what `maker` made, to tests that come one after the other, as a copy to each."""

    def made(db, shared_rows):
        return shared_rows.made_by(maker)

    # By it, rows are made before the test's own transaction begins.
    made.maker = maker
    return pytest.fixture(made)


def makers_of(item):
    """The makers of what a test wants to be there, in the order it names their fixtures."""
    definitions = item._fixtureinfo.name2fixturedefs
    found = (definitions[name][-1] for name in item.fixturenames if name in definitions)
    return [definition.func.maker for definition in found if hasattr(definition.func, "maker")]


class SharedRows:
    """What is there now, one on the other."""

    def __init__(self):
        self.layers = []

    def arrange(self, makers):
        """Have what these make, and nothing else, as far as it isn't there already."""
        there = [maker for maker, _made, _atomic in self.layers]
        while there != makers[: len(there)]:
            self._leave()
            there.pop()
        for maker in makers[len(there) :]:
            self._make(maker)

    def made_by(self, maker):
        """A copy; where it isn't shared, as in a test that commits, it is made for that test alone."""
        for there, made, _atomic in self.layers:
            if there is maker:
                return copy.deepcopy(made)
        return maker()

    def _make(self, maker):
        atomic = transaction.atomic()
        # As around Django's own tests, which what is durable may be within.
        atomic._from_testcase = True
        atomic.__enter__()
        try:
            made = maker()
            connection.check_constraints()
        except BaseException:
            transaction.set_rollback(True)
            atomic.__exit__(None, None, None)
            raise
        self.layers.append((maker, made, atomic))

    def _leave(self):
        _maker, _made, atomic = self.layers.pop()
        transaction.set_rollback(True)
        atomic.__exit__(None, None, None)
