import contextlib
import shutil

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError
from django.db import connection
from django.db.migrations.loader import MigrationLoader
from django.db.utils import Error
from django.utils import timezone

from ogp_network.backups import archive, databases, programs
from ogp_network.backups.contents import contents, differences


class Command(BaseCommand):
    help = (
        "Bring the site back from a file that `backup` wrote. A new database is made beside the site's own, filled "
        "and compared with what the file says it must hold; only then does it take the site's place, so that there is "
        "never half of one. Stop the site first."
    )

    def add_arguments(self, parser):
        parser.add_argument("file")
        parser.add_argument("--check", action="store_true", help="Only say whether the file can be restored.")
        parser.add_argument(
            "--replace",
            action="store_true",
            help="Also where the site's database isn't empty; it stays on the server, under another name.",
        )

    def handle(self, *args, file, check, replace, **options):
        try:
            with archive.checked(file) as (source, manifest):
                self._refuse_a_newer_one(manifest)
                self.stdout.write(f"{file} is whole. It was taken at {manifest['taken_at']}.")
                if not check:
                    programs.require("pg_restore")
                    self._refuse_to_overwrite(replace)
                    self._restore(source, manifest)
        except (archive.Unusable, programs.Failed, OSError, Error) as error:
            raise CommandError(f"{file} was not restored. {error}") from error

    def _refuse_a_newer_one(self, manifest):
        known = MigrationLoader(None, ignore_no_migrations=True).disk_migrations
        unknown = [f"{app} {name}" for app, name in manifest["migrations"] if (app, name) not in known]
        if unknown:
            raise archive.Unusable(
                f"It comes from a newer version of this software, which has {', '.join(unknown[:5])}: install that."
            )
        if manifest["server"] // 10000 > databases.server_version():
            raise archive.Unusable(
                f"It comes from PostgreSQL {manifest['server'] // 10000}, and this server is older."
            )

    def _refuse_to_overwrite(self, replace):
        name = connection.settings_dict["NAME"]
        if databases.exists(name) and not databases.is_empty() and not replace:
            raise archive.Unusable(
                f"There are tables in {name} already. With --replace it is kept under another name."
            )
        connection.close()
        if others := databases.others_connected(name):
            raise archive.Unusable(
                f"{name} is in use by {others} connections: stop the site and its jobs first."
            )

    def _restore(self, source, manifest):
        name, stamp = connection.settings_dict["NAME"], f"{timezone.now():%Y%m%d%H%M%S}"
        new, former = f"{name[:40]}_new_{stamp}", f"{name[:40]}_until_{stamp}"
        databases.make_like(new, name)
        try:
            with databases.working_in(new):
                self._fill(source, manifest)
                self._bring_up_to_date()
            refused = databases.take_settings_over(new, name)
            was_empty = databases.exists(name) and databases.is_empty()
            connection.close()
            databases.put_in_place(new, name, former)
        except BaseException:
            databases.drop(new)
            raise
        self._conclude(name, former, was_empty, refused)

    def _fill(self, source, manifest):
        self.stdout.write("Filling a new database…")
        process = programs.restore()
        # Where it stops early it says itself why.
        with source.open(archive.DUMP) as dump, contextlib.suppress(BrokenPipeError):
            shutil.copyfileobj(dump, process.stdin, archive.AT_ONCE)
        programs.finish(process)
        self.stdout.write("Comparing it with what was backed up…")
        found = contents()
        if wrong := list(differences(manifest, found)):
            raise archive.Unusable(
                "What was restored isn't what was backed up: " + "; ".join(wrong[:10]) + "."
            )
        rows = sum(rows for rows, _ in found["tables"].values())
        self.stdout.write(f"{rows} rows and {len(found['registers'])} count registers are as they were.")

    def _bring_up_to_date(self):
        """What later versions of the software changed, and what must not come back, before anybody sees it."""
        call_command("migrate", verbosity=0)
        call_command("createcachetable", verbosity=0)
        call_command("verify_counts", stdout=self.stdout)
        for command in settings.AFTER_RESTORE:
            self.stdout.write(f"{command}…")
            call_command(command, stdout=self.stdout)

    def _conclude(self, name, former, was_empty, refused):
        if was_empty:
            databases.drop(former)
        elif databases.exists(former):
            self.stdout.write(
                f"What was there before is kept as {former}; drop it when you no longer need it."
            )
        if refused:
            self.stdout.write(
                f"These settings of the database only a superuser may set anew: {', '.join(refused)}. "
                "`check --database default` says what they should be."
            )
        self.stdout.write(f"{name} is restored.")
