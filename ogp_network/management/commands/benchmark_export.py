import tracemalloc
from pathlib import Path
from resource import getpagesize
from time import perf_counter

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.test import Client
from django.urls import reverse

from ogp_network.management.benchmark import database_of_its_own
from profiles.models import Organisation, OrganisationName

MB = 1024 * 1024
MOST_GROWTH = 10


class Command(BaseCommand):
    help = (
        "Measures the export of made-up organisations as open data, in a database of its own that is made for it and"
        f" deleted afterwards. Fails where all of them take more than {MOST_GROWTH} MB more than half of them. Linux"
        " only."
    )

    def add_arguments(self, parser):
        parser.add_argument("--rows", type=int, default=100_000)

    def handle(self, *, rows, **options):
        if rows < 10_000:
            raise CommandError(
                "Export at least 10,000 rows: fewer say nothing about the memory that many take."
            )
        most = {"csv": [], "json": []}
        with database_of_its_own():
            self.stdout.write(f"{'':20}{'rows':>9}{'MB':>8}{'seconds':>9}{'grown by':>10}{'at most':>9}")
            for first, last in ((0, rows // 2), (rows // 2, rows)):
                _make_up(range(first, last))
                for kind, peaks in most.items():
                    peaks.append(self._export(kind, last))
        if max(peaks[1] - peaks[0] for peaks in most.values()) > MOST_GROWTH * MB:
            raise CommandError(f"All rows take more than {MOST_GROWTH} MB more than half of them.")

    def _export(self, kind, rows):
        """Export once for the time and once for the memory; the most bytes in use at once."""
        size, seconds, grown = _timed(kind)
        most = _traced(kind)
        self.stdout.write(
            f"organisations.{kind:6}{rows:9,}{size / MB:8.1f}{seconds:9.1f}{grown / MB:7.1f} MB{most / MB:6.1f} MB"
        )
        return most


def _make_up(numbers):
    """Organisations with another name each."""
    organisations = Organisation.objects.bulk_create(
        [
            Organisation(
                name=f"Organisation {number}",
                slug=f"o-{number}",
                kind="charity",
                areas=[],
                summary="Made up. " * 20,
            )
            for number in numbers
        ],
        batch_size=1000,
    )
    names = [OrganisationName(organisation=organisation, name="Else") for organisation in organisations]
    OrganisationName.objects.bulk_create(names, batch_size=1000)


def _pieces(kind):
    address = reverse(f"open_data_{kind}", args=["organisations"])
    response = Client().get(address, secure=settings.SECURE_SSL_REDIRECT)
    assert response.status_code == 200, response
    return response.streaming_content


def _timed(kind):
    """Bytes sent, the seconds that took, and by how many bytes the process grew while it did."""
    start, before, most, size = perf_counter(), _resident(), 0, 0
    for piece in _pieces(kind):
        size += len(piece)
        most = max(most, _resident())
    return size, perf_counter() - start, max(most - before, 0)


def _traced(kind):
    """The most bytes that Python had in use for the export at once."""
    tracemalloc.start()
    for _ in _pieces(kind):
        pass
    most = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    return most


def _resident():
    """The bytes of memory that the process holds."""
    return int(Path("/proc/self/statm").read_text().split()[1]) * getpagesize()
