"""The file of a backup: PostgreSQL's own archive and a manifest of what is in it, in one ZIP file."""

import hashlib
import json
import os
import zipfile
from contextlib import contextmanager
from pathlib import Path

FORMAT, VERSION = "Open Government Manifesto backup", 1
DUMP, MANIFEST = "database.dump", "manifest.json"
AT_ONCE = 1024 * 1024


class Unusable(Exception):
    """The file can't be restored; the message says why."""


@contextmanager
def written_whole(path):
    """A ZIP file to write into, at `path` only once it is complete and on the disk; readable by its owner alone."""
    path = Path(path)
    unfinished = path.with_name(f".{path.name}.unfinished")
    try:
        with open(os.open(unfinished, os.O_RDWR | os.O_CREAT | os.O_TRUNC, 0o600), "w+b") as file:
            # What PostgreSQL wrote is compressed already.
            with zipfile.ZipFile(file, "w", zipfile.ZIP_STORED) as archive:
                yield archive
            file.flush()
            os.fsync(file.fileno())
        unfinished.replace(path)
    finally:
        unfinished.unlink(missing_ok=True)


def add_dump(archive, source) -> dict:
    """Write the dump into the archive as it comes; what the manifest says of it."""
    digest, size = hashlib.sha256(), 0
    with archive.open(DUMP, "w", force_zip64=True) as target:
        while block := source.read(AT_ONCE):
            target.write(block)
            digest.update(block)
            size += len(block)
    return {"bytes": size, "sha256": digest.hexdigest()}


def add_manifest(archive, manifest):
    told = {"format": FORMAT, "version": VERSION, **manifest}
    archive.writestr(MANIFEST, json.dumps(told, indent=1, sort_keys=True))


@contextmanager
def checked(path):
    """The archive and its manifest, if the file is whole and ours; raise Unusable otherwise."""
    try:
        with zipfile.ZipFile(path) as archive:
            manifest = _manifest(archive)
            if _digest(archive) != manifest["dump"]:
                raise Unusable("The database in it isn't the one that was written: the file was changed.")
            yield archive, manifest
    except FileNotFoundError:
        raise Unusable("There is no such file.") from None
    except zipfile.BadZipFile as error:
        raise Unusable(f"It isn't a backup, or was cut short or damaged ({error}).") from None


def _manifest(archive):
    try:
        manifest = json.loads(archive.read(MANIFEST))
        is_ours = manifest["format"] == FORMAT
    except (KeyError, ValueError, TypeError):
        is_ours = False
    if not is_ours:
        raise Unusable("It isn't a backup of this software.")
    if manifest["version"] != VERSION:
        raise Unusable(
            f"It has version {manifest['version']} of the format; this software reads version {VERSION}."
        )
    return manifest


def _digest(archive):
    digest, size = hashlib.sha256(), 0
    try:
        with archive.open(DUMP) as source:
            while block := source.read(AT_ONCE):
                digest.update(block)
                size += len(block)
    except KeyError:
        raise Unusable("The database is missing from it.") from None
    return {"bytes": size, "sha256": digest.hexdigest()}
