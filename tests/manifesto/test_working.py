"""The published working: files, reading them back, and recounts of honest, changed and broken ones."""

import csv
import io
import json
import os
import subprocess
import sys
import zipfile
from dataclasses import replace
from hashlib import sha256
from random import Random

import pytest
from django.conf import settings
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from manifesto.panel import RULE_VERSION, bootstrap
from manifesto.ranking import rank
from manifesto.recounting import MAX_BYTES, MAX_REPLICATES, Broken, Recount, read, recount
from manifesto.working import Criterion, Idea, Working, files, zipped

CRITERIA = (Criterion("lens", "Open government lens", 2), Criterion("feasible", "Feasible by 2017", 3))


def working(*, ideas=6, experts=4, seed=1):
    random = Random(seed)
    choices = [0, 1, 2, None]
    return Working(
        rule_version=RULE_VERSION,
        seed="The round’s seed",
        replicates=200,
        places=2,
        round="Open Government Manifesto",
        criteria=CRITERIA,
        ideas=tuple(
            Idea(
                number,
                f"=Idea {number}",
                number % 3,
                "accepted",
                number if number < 3 else None,
                "Since “yes”,\r\nso",
            )
            for number in range(1, ideas + 1)
        ),
        answers={
            number: {
                f"Expert {letter}": {c.slug: random.choice(choices) for c in CRITERIA}
                for letter in "ABCDEFGHIJ"[:experts]
            }
            for number in range(1, ideas + 1)
        },
    )


def cells(content):
    return list(csv.reader(io.StringIO(content.decode(), newline="")))


def changed(named, name, old, new):
    assert named[name].count(old) >= 1
    return named | {name: named[name].replace(old, new, 1)}


def test_files_are_these_and_come_back_as_they_were():
    made = files(working())
    assert list(made) == [
        "method.json",
        "criteria.csv",
        "ideas.csv",
        "scores.csv",
        "ranking.csv",
        "SHA256SUMS",
    ]
    assert read(made) == working()
    assert files(read(made)) == made
    assert recount(made) == Recount(made["ranking.csv"], ())


def test_order_of_what_is_given_does_not_change_the_files():
    shuffled = replace(
        working(),
        ideas=working().ideas[::-1],
        answers={
            idea: {expert: dict(reversed(sheet.items())) for expert, sheet in reversed(panel.items())}
            for idea, panel in reversed(working().answers.items())
        },
    )
    assert files(shuffled) == files(working())


def test_ranking_says_what_the_ranking_and_the_bootstrap_say():
    made = working()
    header, *rows = cells(files(made)["ranking.csv"])
    assert header == [
        *("rank", "idea", "title", "score", "score_exact", "agreement", "mean lens", "mean feasible"),
        *("scorers", "excluded", "low_rank", "high_rank", "probability", "band"),
    ]
    certainty = bootstrap(made.answers, made.weights, places=2, seed=made.seed, replicates=200)
    for row, result in zip(rows, rank(made.answers, made.weights), strict=True):
        sure = certainty[result.idea]
        assert row[0] == str(result.rank)
        assert row[1:3] == [str(result.idea), f"'=Idea {result.idea}"]
        assert row[4] == str(result.score)
        assert row[3] == f"{float(result.score):.2f}"
        assert row[8:12] == [str(n) for n in (result.scorers, result.idea % 3, sure.low_rank, sure.high_rank)]
        assert row[12:] == [f"{float(sure.probability):.4f}", sure.band]


def test_ideas_nobody_scored_have_empty_cells():
    made = files(replace(working(ideas=1), answers={}))
    assert cells(made["ranking.csv"])[1] == ["", "1", "'=Idea 1", *[""] * 5, "0", "1", *[""] * 4]
    assert recount(made).differences == ()


@hypothesis_settings(max_examples=200)
@given(st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0")))
def test_any_text_comes_back_from_the_files(text):
    made = replace(
        working(ideas=1),
        round=text,
        seed=text,
        criteria=(Criterion("lens", text, 2),),
        ideas=(Idea(1, text, outcome=text, reasons=text),),
        answers={1: {f"A{text}": {"lens": 1}}},
    )
    assert read(files(made)) == made
    assert recount(files(made)).differences == ()


def test_an_archive_of_the_files_is_always_the_same():
    assert zipped(files(working())) == zipped(files(working()))
    with zipfile.ZipFile(io.BytesIO(zipped(files(working())))) as archive:
        assert {name: archive.read(name) for name in archive.namelist()} == files(working())


def test_checksums_are_those_of_the_files():
    made = files(working())
    lines = made.pop("SHA256SUMS").decode().splitlines()
    assert lines == [f"{sha256(content).hexdigest()}  {name}" for name, content in made.items()]


def test_a_changed_score_is_noticed_in_its_file_and_in_the_ranking():
    made = files(working())
    row = next(line for line in made["scores.csv"].split(b"\r\n") if line.endswith(b",2"))
    found = recount(changed(made, "scores.csv", row, row[:-1] + b"0"))
    assert found.differences[0] == "SHA256SUMS, line 4: scores.csv isn't the file that was published."
    assert found.differences[1].startswith("ranking.csv, line ")
    assert found.ranking != made["ranking.csv"]


def test_a_changed_score_is_noticed_though_the_checksum_was_made_anew():
    made = files(working())
    row = next(line for line in made["scores.csv"].split(b"\r\n") if line.endswith(b",2"))
    forged = changed(made, "scores.csv", row, row[:-1] + b"0")
    forged = changed(
        forged,
        "SHA256SUMS",
        sha256(made["scores.csv"]).hexdigest().encode(),
        sha256(forged["scores.csv"]).hexdigest().encode(),
    )
    differences = recount(forged).differences
    assert differences
    assert all(difference.startswith("ranking.csv, line ") for difference in differences)


def test_a_changed_ranking_is_reported_by_line():
    made = files(working())
    first = made["ranking.csv"].split(b"\r\n")[1]
    forged = changed(made, "ranking.csv", first, first[:-1] + b"?")
    assert recount(forged) == Recount(
        made["ranking.csv"],
        (
            "SHA256SUMS, line 5: ranking.csv isn't the file that was published.",
            f"ranking.csv, line 2: published “{first.decode()[:-1]}?”, recounted “{first.decode()}”.",
        ),
    )


def test_missing_and_unlisted_files_are_reported():
    made = files(working())
    without = {name: content for name, content in made.items() if name not in ("ranking.csv", "SHA256SUMS")}
    assert recount(without) == Recount(
        made["ranking.csv"],
        (
            "SHA256SUMS is missing, so files may have been changed.",
            "ranking.csv is missing; above is what the other files give.",
        ),
    )
    lines = made["SHA256SUMS"].splitlines(keepends=True)
    assert recount(made | {"SHA256SUMS": b"".join(lines[1:])}).differences == (
        "SHA256SUMS doesn't list method.json.",
    )
    assert recount(made | {"SHA256SUMS": made["SHA256SUMS"] + b"00  notes.txt\n"}).differences == (
        "SHA256SUMS, line 6: there is no file notes.txt.",
    )


NOT_WHOLE = "isn't a whole number of at most nine digits."


def swap(name, old, new):
    return lambda made: changed(made, name, old, new)


def put(name, content):
    return lambda made: made | {name: content}


def method(**changes):
    return lambda made: made | {"method.json": json.dumps(json.loads(made["method.json"]) | changes).encode()}


def more(name, row):
    return lambda made: made | {name: made[name] + row}


@pytest.mark.parametrize(
    "spoil, words",
    [
        (lambda made: {n: c for n, c in made.items() if n != "scores.csv"}, "scores.csv is missing."),
        (put("scores.csv", b"x" * (MAX_BYTES + 1)), "scores.csv is larger than 20 MB."),
        (put("ideas.csv", b"\xff\xfe"), "ideas.csv isn't text in UTF-8."),
        (put("ideas.csv", b""), "ideas.csv is empty."),
        (put("method.json", b"{"), "method.json isn't JSON in UTF-8."),
        (put("method.json", b"[" * 100_000), "method.json isn't JSON in UTF-8."),
        (put("method.json", b"[]"), "method.json must say rule_version, as text."),
        (method(seed="\ud800"), "method.json isn't JSON in UTF-8."),
        (method(seed=1), "method.json must say seed, as text."),
        (method(places=True), "method.json must say places, as a whole number."),
        (method(places=-1), "method.json: places can't be -1."),
        (method(rule_version="0"), "method.json names rule version 0; this program knows 1."),
        (method(replicates=0), "method.json: replicates must be from 1 to 20,000."),
        (method(replicates=MAX_REPLICATES + 1), "method.json: replicates must be from 1 to 20,000."),
        (swap("criteria.csv", b"slug", b"slag"), "criteria.csv, line 1 must be: slug,name,weight"),
        (swap("criteria.csv", b",3", b",3.5"), f"criteria.csv, line 3: “3.5” {NOT_WHOLE}"),
        (swap("criteria.csv", b",3", b",-3"), f"criteria.csv, line 3: “-3” {NOT_WHOLE}"),
        (swap("criteria.csv", b"feasible,", b"lens,"), "criteria.csv, line 3: “lens” stands there twice."),
        (swap("criteria.csv", b"feasible,", b","), "criteria.csv, line 3: the slug is missing."),
        (swap("criteria.csv", b",3", b""), "criteria.csv, line 3: there must be 3 cells, not 2."),
        (more("ideas.csv", b"1,a,0,,,\r\n"), "ideas.csv, line 14: idea 1 stands there twice."),
        (more("ideas.csv", b'9,"a,0,,,\r\n'), "ideas.csv, line 14 isn't CSV: unexpected end of data."),
        (more("ideas.csv", "٣,a,0,,,\r\n".encode()), f"ideas.csv, line 14: “٣” {NOT_WHOLE}"),
        (
            more("scores.csv", b"7,Expert A,lens,1\r\n"),
            "scores.csv, line 50: there is no idea 7 in ideas.csv.",
        ),
        (
            more("scores.csv", b"1,Expert A,cost,1\r\n"),
            "scores.csv, line 50: there is no criterion “cost” in criteria.csv.",
        ),
        (more("scores.csv", b"1,,lens,1\r\n"), "scores.csv, line 50: the expert is missing."),
        (
            more("scores.csv", b"1,Expert A,lens,1\r\n"),
            "scores.csv, line 50: Expert A has scored idea 1 by “lens” before.",
        ),
        (
            more("scores.csv", b"1,Expert Z,lens,0.5\r\n"),
            "scores.csv, line 50: half-points are 0, 1 or 2, or empty for “don’t know”, not “0.5”.",
        ),
        (
            more("ideas.csv", b"".join(b"%d,a,0,,,\r\n" % number for number in range(100, 5100))),
            "There are too many ideas, criteria or replicates to recount.",
        ),
    ],
)
def test_broken_files_are_refused_in_words(spoil, words):
    with pytest.raises(Broken) as refused:
        recount(spoil(files(working())))
    assert str(refused.value) == words


def test_a_file_saved_again_by_a_spreadsheet_still_counts_but_is_noticed():
    made = files(working())
    saved = b"\xef\xbb\xbf" + made["scores.csv"].replace(b"\r\n", b"\n")
    assert recount(made | {"scores.csv": saved}) == Recount(
        made["ranking.csv"], ("SHA256SUMS, line 4: scores.csv isn't the file that was published.",)
    )


def saved(folder, named):
    folder.mkdir(exist_ok=True)
    for name, content in named.items():
        (folder / name).write_bytes(content)
    return folder


def command(path, cwd, **environment):
    """`manage.py recount` in a process of its own, whose database doesn't exist: its status, output and complaints."""
    environment = {
        "PATH": os.environ["PATH"],
        "SITE_MODE": "development",
        "DATABASE_URL": "postgresql://nobody@127.0.0.1:9/none",
        **environment,
    }
    run = subprocess.run(
        [sys.executable, settings.BASE_DIR / "manage.py", "recount", path],
        capture_output=True,
        cwd=cwd,
        env=environment,
        check=False,
    )
    return run.returncode, run.stdout, run.stderr.decode()


@pytest.mark.parametrize(
    "environment", [{}, {"PYTHONHASHSEED": "7", "OPENBLAS_CORETYPE": "Prescott", "LC_ALL": "C"}]
)
def test_recount_needs_the_files_alone_and_prints_the_same_bytes(tmp_path, environment):
    made = files(working(ideas=40, experts=9))
    folder = saved(tmp_path / "working", made)
    status, output, said = command(folder, tmp_path, **environment)
    assert (status, output) == (0, made["ranking.csv"])
    assert "byte for byte" in said
    archive = tmp_path / "working.zip"
    archive.write_bytes(zipped({f"working/{name}": content for name, content in made.items()}))
    assert command(archive, tmp_path, **environment)[:2] == (0, made["ranking.csv"])


def test_recount_notices_one_changed_score(tmp_path):
    made = files(working())
    row = next(line for line in made["scores.csv"].split(b"\r\n") if line.endswith(b",2"))
    folder = saved(tmp_path / "working", changed(made, "scores.csv", row, row[:-1] + b"1"))
    status, output, said = command(folder, tmp_path)
    assert status == 1
    assert output == recount(changed(made, "scores.csv", row, row[:-1] + b"1")).ranking != made["ranking.csv"]
    assert "SHA256SUMS, line 4: scores.csv isn't the file that was published." in said
    assert "ranking.csv, line " in said


# One byte of the packed scores is wrong.
DAMAGED = zipped({"scores.csv": b"0123456789" * 9}).replace(b"\x33", b"\xff", 1)


@pytest.mark.parametrize(
    "content", [None, b"", b"PK\x03\x04 not an archive", zipped({"notes.txt": b""}), DAMAGED]
)
def test_recount_of_what_holds_no_files_fails_in_words(tmp_path, content):
    path = tmp_path / "working.zip"
    if content is not None:
        path.write_bytes(content)
    status, output, said = command(path, tmp_path)
    assert (status, output) == (1, b"")
    assert said.startswith("CommandError: ")


def script(folder):
    """What the script we publish says of a folder; it knows nothing but the files."""
    path = settings.BASE_DIR / "docs/recount_shortlist.py"
    run = subprocess.run([sys.executable, "-I", "-S", path, folder], capture_output=True, check=False)
    return run.returncode, run.stdout, run.stderr.decode()


SPARSE = {
    number: {expert: sheet for expert, sheet in panel.items() if (number + ord(expert[-1])) % 3}
    for number, panel in working(ideas=30, experts=7).answers.items()
}


@pytest.mark.parametrize(
    "given",
    [
        working(ideas=40, experts=9),
        replace(working(ideas=30), answers=SPARSE, places=40),
        replace(working(ideas=30), answers=SPARSE, criteria=(*CRITERIA, Criterion("-new", "Nobody’s", 0))),
        replace(working(), criteria=tuple(replace(criterion, weight=0) for criterion in CRITERIA)),
        replace(working(), answers={1: {"Expert A": {"lens": 2}}}),
        replace(working(), ideas=(), answers={}, places=0),
    ],
)
def test_the_script_recounts_with_python_alone(tmp_path, given):
    made = files(given)
    assert script(saved(tmp_path / "working", made)) == (0, made["ranking.csv"], "")


def test_the_script_notices_one_changed_score(tmp_path):
    made = files(working())
    row = next(line for line in made["scores.csv"].split(b"\r\n") if line.endswith(b",2"))
    status, output, said = script(
        saved(tmp_path / "working", changed(made, "scores.csv", row, row[:-1] + b"1"))
    )
    assert (status, output != made["ranking.csv"]) == (1, True)
    assert said.split("\n")[:2] == [
        "scores.csv isn't the file that was published.",
        "The ranking above isn't the one that was published.",
    ]
