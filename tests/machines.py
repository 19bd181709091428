"""How state machines of hypothesis are run: the same steps each time, and as slowly as the database is."""

from copy import deepcopy

from django.db import connection
from hypothesis import HealthCheck, settings
from hypothesis.configuration import set_hypothesis_home_dir

set_hypothesis_home_dir(".local/hypothesis")


def settings_of(*, examples, steps):
    return settings(
        max_examples=examples,
        stateful_step_count=steps,
        deadline=None,
        derandomize=True,
        database=None,
        print_blob=False,
        suppress_health_check=list(HealthCheck),
    )


# It also counts what was taken back to a savepoint, and never falls within a transaction.
WRITTEN = "SELECT sum(n_tup_ins + n_tup_upd + n_tup_del) FROM pg_stat_xact_user_tables"


def state_of(model):
    """What both sides of a comparison depend on: rows written in this transaction, and what the model holds.

    Where it is as after the step before, all that could be asked has the same answer.
    """
    with connection.cursor() as cursor:
        cursor.execute(WRITTEN)
        return cursor.fetchone()[0], deepcopy(vars(model))
