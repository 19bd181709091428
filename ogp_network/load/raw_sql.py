"""The same rows without any Python: PostgreSQL's own pgbench asks for them, and casts the same votes."""

import os
import re
import shutil
import subprocess
import tempfile
from pathlib import Path

from .client import Measured
from .stack import is_embedded

LIVE = "idea.round_id = {round} AND idea.published_at IS NOT NULL AND idea.survivor_id IS NULL"
CARDS = """
SELECT idea.id, idea.number, idea.title, idea.why, theme.name, idea.level, idea.areas, idea.published_at,
    COALESCE(tally.supporters, 0)
FROM manifesto_idea idea JOIN manifesto_theme theme ON theme.id = idea.theme_id
LEFT JOIN manifesto_tally tally ON tally.idea_id = idea.id
WHERE {where} ORDER BY {order} LIMIT 20;
"""
ONE = """
\\set at random(1, {ideas})
SELECT idea.*, theme.name, COALESCE(tally.supporters, 0)
FROM manifesto_idea idea JOIN manifesto_theme theme ON theme.id = idea.theme_id
LEFT JOIN manifesto_tally tally ON tally.idea_id = idea.id
WHERE idea.round_id = {round} AND idea.number = :at;
"""
VOTE = """
\\set idea random({first_idea}, {last_idea})
\\set member random({first_member}, {last_member})
INSERT INTO manifesto_vote (member_id, idea_id, revision_id, receipt, cast_at)
SELECT :member, :idea, revision.id, upper(substr(md5(random()::text), 1, 16)), now()
FROM manifesto_revision revision WHERE revision.idea_id = :idea ORDER BY number DESC LIMIT 1
ON CONFLICT DO NOTHING;
"""
NEWEST = "idea.published_at DESC, idea.id DESC"


class NoPgbench(Exception):
    """It isn't installed."""


def scripts(round, word, members):
    """By the name of what the site is asked for, what pgbench is."""
    live = LIVE.format(round=round.pk)
    found = f"{live} AND idea.search @@ websearch_to_tsquery('english', '{word}')"
    keys = round.ideas.order_by("pk").values_list("pk", flat=True)
    return {
        "newest": CARDS.format(where=live, order=NEWEST),
        "most supported": CARDS.format(where=live, order=f"COALESCE(tally.supporters, 0) DESC, {NEWEST}"),
        "filtered search": CARDS.format(where=found, order=NEWEST),
        "idea page": ONE.format(round=round.pk, ideas=len(keys)),
        "vote": VOTE.format(
            first_idea=keys[0],
            last_idea=keys[len(keys) - 1],
            first_member=min(members),
            last_member=max(members),
        ),
    }


def pgbench(database, script, *, connections, seconds) -> Measured:
    """`database` as `stack.reachable` gives it. Raise NoPgbench."""
    with tempfile.TemporaryDirectory() as directory:
        path = Path(directory, "script.sql")
        path.write_text(script)
        command = [_program(database), "--no-vacuum", "--protocol=prepared", f"--file={path}"]
        command += [f"--client={connections}", "--jobs=1", f"--time={seconds}"]
        command += ["--log", f"--log-prefix={directory}/log"]
        done = subprocess.run(
            command, env=os.environ | _address(database), capture_output=True, text=True, check=False
        )
        failed = re.search(r"number of failed transactions: (\d+)", done.stdout)
        if done.returncode or failed is None or failed[1] != "0":
            raise RuntimeError(f"pgbench failed: {done.stderr}{done.stdout}")
        lines = [
            line.split() for log in Path(directory).glob("log.*") for line in log.read_text().splitlines()
        ]
        return Measured(float(seconds), times=[int(line[2]) / 1_000_000 for line in lines])


def _program(database):
    if is_embedded(database):
        from ogp_network.embedded_postgres.base import SERVER

        return str(SERVER.programs / "pgbench")
    if program := shutil.which("pgbench"):
        return program
    raise NoPgbench("pgbench isn't installed (Debian: postgresql-contrib).")


def _address(database):
    named = {
        "PGHOST": "HOST",
        "PGPORT": "PORT",
        "PGUSER": "USER",
        "PGPASSWORD": "PASSWORD",
        "PGDATABASE": "NAME",
    }
    return {name: str(database[key]) for name, key in named.items() if database.get(key)}
