"""Spreadsheets of ideas, from the upload to the ideas: nothing before the word is given, and nothing twice."""

import io
import os
import signal
import subprocess
import sys
import time
from datetime import timedelta

import pytest
from django.conf import settings
from django.core.management import call_command
from django.db import IntegrityError, connection, transaction
from django.utils import timezone

from manifesto import models, spreadsheets
from manifesto.errors import NotAllowedInPhase, NotReady
from manifesto.models import ColumnMapping, Idea, ImportBatch, ImportRow, Phase
from manifesto.models import importing as importing_models
from manifesto.spreadsheets import Unreadable
from tests.factories import make_idea, make_meeting, make_round, make_theme

from .rows import COLUMNS, HEADERS, row

Outcome = ImportRow.Outcome


def outcomes(batch):
    return list(batch.rows.values_list("number", "outcome"))


def reasons(batch):
    return dict(batch.rows.filter(outcome=Outcome.REFUSE).values_list("number", "reasons"))


def test_nothing_is_written_until_confirmed(check):
    batch = check(row(1, "One"), row(2, "Two"))
    assert (outcomes(batch), Idea.objects.count()) == ([(2, "create"), (3, "create")], 0)


def test_confirmed_rows_become_pending_ideas(bring_in, round):
    workshop = make_meeting(days=-1)
    batch = bring_in(row(1, "One"), row(2, "Two"), raised_at=workshop)
    ideas = Idea.objects.order_by("number")
    assert list(ideas.values_list("number", "title", "external_reference", "source", "raised_at")) == [
        (1, "One", "Leeds: 1", "workshop", workshop.pk),
        (2, "Two", "Leeds: 2", "workshop", workshop.pk),
    ]
    idea = ideas[0]
    assert (idea.is_pending, idea.author_names, idea.revisions.count(), idea.theme.name, idea.areas) == (
        True,
        ["Participants"],
        1,
        "Open data",
        ["W92000004"],
    )
    assert (batch.is_finished, batch.rows.get(number=2).idea) == (True, idea)


def snapshot():
    return list(Idea.objects.order_by("pk").values()), list(models.Revision.objects.order_by("pk").values())


@pytest.mark.parametrize("fields", [{}, {"source": "partner"}, {"credited_as": "Somebody else"}])
def test_importing_a_file_twice_changes_nothing(bring_in, fields):
    rows = [row(1, "One"), row("", "No reference"), row(3, "<p>Three</p>")]
    bring_in(*rows)
    before = snapshot()
    batch = bring_in(*rows, **fields)
    assert ([outcome for _, outcome in outcomes(batch)], snapshot()) == (["skip"] * 3, before)


def test_importing_a_file_again_leaves_what_editors_changed_since(bring_in, editor):
    bring_in(row(1, "One"))
    Idea.objects.get().correct(by=editor, now=timezone.now(), title="One, put better")
    batch = bring_in(row(1, "One"))
    assert (outcomes(batch), Idea.objects.get().title) == ([(2, "skip")], "One, put better")


def test_a_newer_version_of_a_row_changes_the_pending_idea(check, bring_in, editor):
    bring_in(row(1, "One"))
    batch = check(row(1, "One", why="Because of this.", level="local"))
    changed = batch.rows.get()
    assert (changed.outcome, changed.notes) == (
        "update",
        ["Changes why it is important, or the whole text, level of government."],
    )
    assert Idea.objects.get().level == "uk"
    batch.confirm(by=editor, now=timezone.now())
    batch.advance(now=timezone.now(), seconds=60)
    idea = Idea.objects.get()
    assert (idea.why, idea.level, list(idea.revisions.values_list("why", "edited_by"))) == (
        "Because of this.",
        "local",
        [("So that people see.", None), ("Because of this.", editor.pk)],
    )


@pytest.mark.parametrize("answer", ["approve", "decline"])
def test_an_answered_idea_is_never_changed(check, bring_in, editor, answer):
    bring_in(row(1, "One"))
    idea = Idea.objects.get()
    if answer == "approve":
        idea.approve(by=editor, now=timezone.now())
    else:
        idea.decline(by=editor, now=timezone.now(), reason="other", words="Sorry.")
    assert outcomes(check(row(1, "One"))) == [(2, "skip")]
    state = "published" if answer == "approve" else "answered by an editor"
    batch = bring_in(row(1, "Another"))
    assert reasons(batch) == {2: [f"It differs from idea 1, which is {state} already."]}
    assert Idea.objects.get().title == "One"


def test_an_idea_answered_between_preview_and_word_is_not_changed(check, bring_in, editor):
    bring_in(row(1, "One"))
    batch = check(row(1, "Another"))
    Idea.objects.get().approve(by=editor, now=timezone.now())
    batch.confirm(by=editor, now=timezone.now())
    batch.advance(now=timezone.now(), seconds=60)
    assert (outcomes(batch), Idea.objects.get().title) == ([(2, "refuse")], "One")


def test_a_file_confirmed_twice_over_two_uploads_is_taken_in_once(check, editor):
    first, second = check(row(1, "One")), check(row(1, "One"))
    for batch in (first, second):
        batch.confirm(by=editor, now=timezone.now())
        batch.advance(now=timezone.now(), seconds=60)
    assert (outcomes(first), outcomes(second), Idea.objects.count()) == ([(2, "create")], [(2, "skip")], 1)


def test_the_same_reference_of_another_collection_is_another_idea(bring_in):
    bring_in(row(1, "One of Leeds"))
    bring_in(row(1, "One of Cardiff"), origin="Cardiff")
    assert Idea.objects.count() == 2


def test_references_twice_in_a_file_are_refused_but_for_the_first(bring_in, monkeypatch):
    monkeypatch.setattr(importing_models, "STAGED_AT_ONCE", 2)
    batch = bring_in(row(1, "One"), row(2, "Two"), row(1, "One again"), row("", "Same"), row("", "Same"))
    same = "It has the same reference, or the same words, as row {}."
    assert reasons(batch) == {4: [same.format(2)], 6: [same.format(5)]}
    assert sorted(Idea.objects.values_list("title", flat=True)) == ["One", "Same", "Two"]


def test_a_good_row_counts_where_a_bad_one_with_its_reference_came_before(bring_in):
    batch = bring_in(row(1, ""), row(1, "One"))
    assert outcomes(batch) == [(2, "refuse"), (3, "create")]


def test_bad_rows_are_refused_with_their_reasons_and_the_others_taken_in(bring_in):
    batch = bring_in(
        row(1, "Good"),
        row(2, ""),
        row(3, "Theme", theme="Cats"),
        row(4, "a\0b"),
        row(5, "=1+1"),
        row(6, "x" * 121),
    )
    assert reasons(batch) == {
        3: ["The idea in one line: empty."],
        4: ["Theme: “Cats” isn't one of this round's."],
        5: ["It holds a character that can't be read."],
        7: ["The idea in one line: 121 characters, and there is room for 120."],
    }
    assert sorted(Idea.objects.values_list("title", flat=True)) == ["=1+1", "Good"]


def test_columns_nobody_asked_for_are_not_kept(bring_in):
    batch = bring_in(row(1, "One"), row(2, ""))
    assert list(batch.rows.values_list("cells", flat=True)) == [[], []]


def test_an_unreadable_file_leaves_nothing_behind(round, editor, monkeypatch):
    monkeypatch.setattr(spreadsheets, "MAX_ROWS", 1_100)
    for content in (b"", b"title\n", b'title,why\n"open,x\n', b"title\n" + b"x\n" * 1_101):
        with pytest.raises(Unreadable):
            ImportBatch.stage(
                io.BytesIO(content), round=round, by=editor, now=timezone.now(), source="email",
                origin="x", credited_as="x", file_name="x",
            )  # fmt: skip
    assert (ImportBatch.objects.count(), ImportRow.objects.count()) == (0, 0)


def test_ideas_entered_by_hand_with_a_reference_are_known(check, round):
    make_idea(round=round, published=False, source="workshop", external_reference="Leeds: 1", title="By hand")
    assert outcomes(check(row(1, "By spreadsheet"))) == [(2, "update")]


@pytest.mark.parametrize("phase", Phase)
def test_files_are_taken_in_until_scoring(stage, editor, phase):
    round = make_round(phase=phase)
    make_theme(round=round, name="Open data")
    if phase in (Phase.CROWDSOURCING, Phase.REFINEMENT):
        assert stage(row(1, "One"), round=round).rows.count() == 1
    else:
        with pytest.raises(NotAllowedInPhase):
            stage(row(1, "One"), round=round)


def test_rows_left_when_scoring_opens_are_refused(check, editor, round):
    batch = check(row(1, "One"))
    batch.confirm(by=editor, now=timezone.now())
    batch.advance(now=round.scoring_open_at, seconds=60)
    assert (batch.is_finished, reasons(batch)[2], Idea.objects.count()) == (
        True,
        ["This round doesn't take in ideas at this time."],
        0,
    )


def test_an_import_is_not_confirmed_late_or_unchecked(stage, check, editor, round):
    with pytest.raises(NotReady):
        stage(row(1, "One")).confirm(by=editor, now=timezone.now())
    with pytest.raises(NotAllowedInPhase):
        check(row(1, "One")).confirm(by=editor, now=round.scoring_open_at)


def test_confirmed_imports_keep_their_columns_and_cannot_be_discarded(bring_in):
    batch = bring_in(row(1, "One"))
    with pytest.raises(NotReady):
        batch.map_columns(COLUMNS, now=timezone.now())
    with pytest.raises(NotReady):
        batch.discard()
    assert Idea.objects.count() == 1


def test_other_columns_are_checked_anew(check):
    batch = check(row(1, "One"))
    batch.map_columns(["", "why", "title", "", "", "theme", "level", ""], now=timezone.now())
    batch.advance(now=timezone.now(), seconds=60)
    assert list(batch.rows.values_list("title", "outcome")) == [("So that people see.", "create")]


@pytest.mark.parametrize("columns", [["title"] * 8, ["title"] + [""] * 7, [""] * 8])
def test_columns_twice_or_missing_are_refused(stage, columns):
    with pytest.raises(NotReady):
        stage(row(1, "One"), columns=columns)


def test_the_meaning_of_columns_is_remembered(stage):
    chosen = ["", "why", "title", "", "", "theme", "level", ""]
    assert ColumnMapping.recall(HEADERS) == COLUMNS
    stage(row(1, "One"), columns=chosen)
    assert ColumnMapping.recall([header.upper() for header in HEADERS]) == chosen


def test_work_is_done_in_pieces(stage, editor, monkeypatch):
    monkeypatch.setattr(importing_models, "STAGED_AT_ONCE", 2)
    monkeypatch.setattr(importing_models, "IMPORTED_AT_ONCE", 2)
    batch = stage(*[row(number, f"Idea {number}") for number in range(5)])
    checked, taken_in = [], []
    while not batch.is_checked:
        batch.advance(now=timezone.now())
        checked.append(batch.rows.exclude(outcome="").count())
    batch.confirm(by=editor, now=timezone.now())
    while not batch.is_finished:
        batch.advance(now=timezone.now())
        taken_in.append(Idea.objects.count())
    assert (checked, taken_in) == ([2, 4, 5], [2, 4, 5])


def test_a_piece_costs_the_same_however_many_rows_there_are(stage, django_assert_num_queries):
    few = stage(row(1, "One"))
    with django_assert_num_queries(9):
        few._advance_once(timezone.now())
    many = stage(*[row(number, f"Idea {number}") for number in range(300)], origin="Cardiff")
    with django_assert_num_queries(9):
        many._advance_once(timezone.now())


@pytest.mark.django_db(transaction=True)
def test_two_processes_at_one_import_do_each_row_once(check, editor, at_once):
    batch = check(*[row(number, f"Idea {number}") for number in range(120)])
    batch.confirm(by=editor, now=timezone.now())

    def work():
        mine = ImportBatch.objects.get(pk=batch.pk)
        while not mine.is_finished:
            mine.advance(now=timezone.now())
        return True

    assert at_once(work, work, work) == [True] * 3
    assert (Idea.objects.count(), models.Revision.objects.count()) == (120, 120)


@pytest.mark.django_db(transaction=True)
def test_two_uploads_of_one_file_at_once_make_each_idea_once(check, editor, at_once):
    batches = [check(*[row(number, f"Idea {number}") for number in range(120)]) for _ in range(2)]
    for batch in batches:
        batch.confirm(by=editor, now=timezone.now())
    results = at_once(
        *[lambda batch=batch: batch.advance(now=timezone.now(), seconds=60) for batch in batches]
    )
    assert (results, Idea.objects.count()) == ([None, None], 120)
    assert {batch.is_finished for batch in batches} == {True}


@pytest.mark.django_db(transaction=True)
def test_an_import_killed_again_and_again_ends_as_if_it_had_not_been(check, editor):
    rows = [row(number, f"Idea {number}") for number in range(400)]
    batch = check(*rows)
    batch.confirm(by=editor, now=timezone.now())
    for killed_at in (1, 100, 200):
        process = subprocess.Popen(
            [sys.executable, "-c", WORKER, connection.settings_dict["NAME"]],
            cwd=settings.BASE_DIR,
            env={**os.environ, "DJANGO_SETTINGS_MODULE": "tests.settings"},
        )
        deadline = time.monotonic() + 60
        while Idea.objects.count() < killed_at and time.monotonic() < deadline:
            time.sleep(0.01)
        process.send_signal(signal.SIGKILL)
        process.wait()
    done = batch.rows.exclude(done_at=None).count()
    assert done == Idea.objects.count() >= 200
    call_command("process_imports")
    batch.refresh_from_db()
    titles = list(Idea.objects.order_by("number").values_list("title", flat=True))
    assert (batch.is_finished, titles) == (True, [f"Idea {number}" for number in range(400)])
    assert (models.Revision.objects.count(), models.Authorship.objects.count()) == (400, 400)


WORKER = """
import sys, django
from django.conf import settings
django.setup()
settings.DATABASES["default"]["NAME"] = sys.argv[1]
from django.core.management import call_command
call_command("process_imports")
"""


def test_the_command_goes_on_with_what_was_begun_and_forgets_what_was_abandoned(stage, check, editor):
    unchecked, confirmed = stage(row(1, "One")), check(row(2, "Two"))
    confirmed.confirm(by=editor, now=timezone.now())
    stage(row(3, "Three"), now=timezone.now() - timedelta(days=31), round=make_old_round())
    call_command("process_imports")
    batches = ImportBatch.objects.order_by("pk")
    assert [(batch.pk, batch.is_checked) for batch in batches] == [(unchecked.pk, True), (confirmed.pk, True)]
    assert list(Idea.objects.values_list("title", flat=True)) == ["Two"]


def make_old_round():
    """One that was open a month ago already."""
    round = make_round(now=timezone.now() - timedelta(days=25))
    make_theme(round=round, name="Open data")
    return round


@pytest.mark.parametrize(
    ("name", "values"),
    [
        ("import_confirmed_after_check", {"checked_at": None, "confirmed_at": "2026-01-01T00:00Z"}),
        ("import_finished_after_confirmation", {"confirmed_at": None, "finished_at": "2026-01-01T00:00Z"}),
        ("import_not_from_website", {"source": "website"}),
    ],
)
def test_a_batch_that_cannot_be_violates_its_constraint(check, name, values):
    batch = check(row(1, "One"))
    with pytest.raises(IntegrityError, match=name), transaction.atomic():
        ImportBatch.objects.filter(pk=batch.pk).update(**values)


@pytest.mark.parametrize(
    ("name", "values"),
    [
        ("import_row_number_unique_in_batch", {"number": 2}),
        ("import_row_reference_once_per_batch", {"reference": "Leeds: 1"}),
    ],
)
def test_a_row_that_cannot_be_violates_its_constraint(check, name, values):
    batch = check(row(1, "One"), row(2, "Two"))
    with pytest.raises(IntegrityError, match=name), transaction.atomic():
        batch.rows.filter(number=3).update(**values)
