from abc import ABC, abstractmethod
from contextlib import contextmanager
from statistics import median, quantiles
from time import perf_counter

from django.core.management.base import BaseCommand, CommandError
from django.db import connection
from django.test.utils import override_settings, setup_databases, teardown_databases


@contextmanager
def database_of_its_own():
    """A new database, with the settings of a server, that is deleted afterwards."""
    connection.settings_dict["TEST"]["NAME"] = f"{connection.settings_dict['NAME']}_benchmark"
    databases = setup_databases(verbosity=0, interactive=False, serialized_aliases=[])
    try:
        with override_settings(ALLOWED_HOSTS=["testserver"], DEBUG=False):
            yield
    finally:
        teardown_databases(databases, verbosity=0)


class Benchmark(ABC, BaseCommand):
    """Measures tasks, in milliseconds of server time, in a database of its own that is deleted afterwards.

    `limits` says, by a task's name, which median is too much.
    """

    limits = {}

    @abstractmethod
    def prepare(self, **options):
        """Make up what is measured. Return pairs of a name and something to do, with other values each time."""

    def handle(self, *args, repeat, **options):
        with database_of_its_own():
            self._measure(self.prepare(**options), repeat)

    def _measure(self, tasks, repeat):
        with connection.cursor() as cursor:
            cursor.execute("VACUUM ANALYZE")
        self.stdout.write(f"{'':28}{'median':>9}{'95th %':>9}")
        slow = []
        for name, task in tasks:
            times = [_milliseconds(task) for _ in range(repeat + 3)][3:]
            self.stdout.write(f"{name:28}{median(times):9.1f}{quantiles(times, n=20)[-1]:9.1f}")
            if median(times) > self.limits.get(name, float("inf")):
                slow.append(f"{name} takes more than {self.limits[name]} ms")
        if slow:
            raise CommandError("; ".join(slow) + ".")


def _milliseconds(task):
    start = perf_counter()
    task()
    return (perf_counter() - start) * 1000
