from resource import RUSAGE_SELF, getrusage
from time import perf_counter

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.test import Client
from django.urls import reverse

from ogp_network.management.benchmark import database_of_its_own
from profiles.models import Organisation, OrganisationName

MB = 1024 * 1024
MOST_GROWTH = 10
MADE_AT_ONCE = 500


class Command(BaseCommand):
    help = (
        "Measures the export of made-up organisations as open data, in a database of its own that is made for it and"
        f" deleted afterwards. Fails where the process grows by more than {MOST_GROWTH} MB when it exports all of them"
        " after half of them. Linux only."
    )

    def add_arguments(self, parser):
        parser.add_argument("--rows", type=int, default=100_000)

    def handle(self, *, rows, **options):
        if rows < 10_000:
            raise CommandError(
                "Export at least 10,000 rows: fewer say nothing about the memory that many take."
            )
        grown = {}
        with database_of_its_own():
            self.stdout.write(f"{'':20}{'rows':>9}{'MB':>8}{'seconds':>9}{'grown by':>10}")
            for first, last in ((0, rows // 2), (rows // 2, rows)):
                _make_up(first, last)
                for kind in ("csv", "json"):
                    grown[kind] = self._export(kind, last)
        if max(grown.values()) > MOST_GROWTH * MB:
            raise CommandError(f"All rows take more than {MOST_GROWTH} MB more than half of them.")

    def _export(self, kind, rows):
        """By how many bytes the process grew over the most it had held before."""
        size, seconds, grown = _measured(kind)
        self.stdout.write(
            f"organisations.{kind:6}{rows:9,}{size / MB:8.1f}{seconds:9.1f}{grown / MB:7.1f} MB"
        )
        return grown


def _make_up(first, last):
    """Organisations with another name each; few at a time, for what is held for it would hide what exporting takes."""
    for start in range(first, last, MADE_AT_ONCE):
        organisations = Organisation.objects.bulk_create(
            Organisation(
                name=f"Organisation {number}",
                slug=f"o-{number}",
                kind="charity",
                areas=[],
                summary="Made up. " * 20,
            )
            for number in range(start, min(start + MADE_AT_ONCE, last))
        )
        OrganisationName.objects.bulk_create(
            OrganisationName(organisation=organisation, name="Else") for organisation in organisations
        )


def _measured(kind):
    """Bytes sent, the seconds that took, and by how many bytes the most that the process ever held rose meanwhile."""
    start, before, size = perf_counter(), _most_ever(), 0
    address = reverse(f"open_data_{kind}", args=["organisations"])
    response = Client().get(address, secure=settings.SECURE_SSL_REDIRECT)
    assert response.status_code == 200, response
    for piece in response.streaming_content:
        size += len(piece)
    return size, perf_counter() - start, _most_ever() - before


def _most_ever():
    return getrusage(RUSAGE_SELF).ru_maxrss * 1024
