import sys
import zipfile
from pathlib import Path, PurePosixPath

from django.core.management.base import BaseCommand, CommandError

from manifesto.recounting import MAX_BYTES, Broken, recount
from manifesto.working import NAMES


class Command(BaseCommand):
    help = (
        "Recount the ranking of a shortlist from the files of its published working, a folder or a zip archive, "
        "without a database. Prints the ranking as ranking.csv has it. Fails, saying where, if it or a file differs "
        "from what was published."
    )
    requires_system_checks = []

    def add_arguments(self, parser):
        parser.add_argument("path", type=Path, metavar="FOLDER_OR_ZIP")

    def handle(self, *args, path, **options):
        try:
            found = recount(_files(path))
        except Broken as error:
            raise CommandError(str(error)) from error
        sys.stdout.buffer.write(found.ranking)
        sys.stdout.buffer.flush()
        for difference in found.differences:
            self.stderr.write(difference)
        if found.differences:
            raise CommandError("This isn't what was published.")
        if options["verbosity"]:
            self.stderr.write("The recount gives what was published, byte for byte.", self.style.SUCCESS)


def _files(path):
    """The files of the working in a folder or an archive, by their names; of none more than shows it is too large."""
    try:
        if path.is_dir():
            return {name: _start((path / name).open("rb")) for name in NAMES if (path / name).is_file()}
        with zipfile.ZipFile(path) as archive:
            parts = {
                PurePosixPath(part.filename).name: part for part in archive.infolist() if not part.is_dir()
            }
            return {name: _start(archive.open(parts[name])) for name in NAMES if name in parts}
    except Exception as error:
        # A damaged archive fails in as many ways as it has parts.
        raise CommandError(f"{path} can't be read: {error}") from error


def _start(file):
    with file:
        return file.read(MAX_BYTES + 1)
