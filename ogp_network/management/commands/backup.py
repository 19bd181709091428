from django.core.management.base import BaseCommand, CommandError
from django.db import connection, transaction
from django.utils import timezone

from ogp_network.backups import archive, programs
from ogp_network.backups.contents import FLEETING, contents


class Command(BaseCommand):
    help = (
        "Write all of the site into one file, as of one moment, while people go on using it. Everything the site keeps "
        "is in its database, pictures included. The file holds who supports what: keep it as safe as the database."
    )

    def add_arguments(self, parser):
        parser.add_argument("file")

    def handle(self, *args, file, **options):
        try:
            version = programs.require("pg_dump")
            with archive.written_whole(file) as target:
                manifest = self._write(target, version)
        except (programs.Failed, OSError) as error:
            raise CommandError(f"No backup was made. {error}") from None
        rows = sum(rows for rows, _ in manifest["tables"].values())
        self.stdout.write(
            f"{file}: {rows} rows of {len(manifest['tables'])} tables, {len(manifest['registers'])} count registers, "
            f"{manifest['dump']['bytes'] / 1e6:.1f} MB."
        )

    def _write(self, target, version):
        """Everything is read in one snapshot, also by pg_dump."""
        taken_at = timezone.now()
        with transaction.atomic(durable=True), connection.cursor() as cursor:
            cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
            # It waits for pg_dump, however long that takes.
            cursor.execute("SET LOCAL idle_in_transaction_session_timeout = 0")
            cursor.execute("SELECT pg_export_snapshot()")
            (snapshot,) = cursor.fetchone()
            self.stdout.write("Counting what there is…")
            manifest = {"taken_at": taken_at.isoformat(), "server": connection.pg_version, **contents()}
            self.stdout.write("Writing it…")
            left_out = [f"--exclude-table-data={table}" for table in FLEETING]
            process = programs.dump(f"--snapshot={snapshot}", *left_out)
            manifest |= {"dump": archive.add_dump(target, process.stdout), "pg_dump": version}
            programs.finish(process)
        archive.add_manifest(target, manifest)
        return manifest
