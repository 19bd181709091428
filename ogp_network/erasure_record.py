"""The list of deleted accounts outside the database, so that it outlives it: a line of JSON for each, only added to."""

import fcntl
import json
import os
import sys
from pathlib import Path


def write_missing(path, erasures) -> int:
    """Add those that aren't on the list yet, and have them on the disk; give how many there were.

    Compared with all that the database knows, a line that a crash kept from being written is written the next time.
    """
    with open(path, "a+", encoding="utf-8") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        file.seek(0)
        text = file.read()
        known = {_key(record) for record in _records(text)}
        new = [
            line
            for line in (erasure.as_record() for erasure in erasures)
            if _key(json.loads(line)) not in known
        ]
        # A line that was cut short by a full disk gets an end of its own.
        file.write("".join(f"{line}\n" for line in ([""] if text and not text.endswith("\n") else []) + new))
        file.flush()
        os.fsync(file.fileno())
    return len(new)


def read(path) -> list[dict]:
    """The list as it stands in a file, or in standard input for “-”."""
    return _records(sys.stdin.read() if str(path) == "-" else Path(path).read_text(encoding="utf-8"))


def _records(text):
    """Its lines; one that a full disk cut short is left out, since it is written again."""
    records = []
    for line in text.splitlines():
        try:
            records.append(json.loads(line))
        except json.JSONDecodeError:
            continue
    return records


def _key(record):
    return record["account"], record["joined_at"]
