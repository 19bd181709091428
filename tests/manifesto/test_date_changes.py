"""When the dates of a milestone change: what is kept of it, and who reads what."""

from datetime import date, timedelta

import pytest
from django.db import DatabaseError, IntegrityError, transaction
from django.urls import reverse
from django.utils import timezone

from manifesto.errors import NotReady
from manifesto.lateness import Standing, State
from manifesto.models import Commitment, DateChange, Milestone
from manifesto.models.commitments.progress import progress_of
from tests.factories import (
    make_commitment,
    make_member,
    make_milestone,
    make_plan,
    make_report,
    move_milestone,
)

pytestmark = pytest.mark.django_db
FIRST, SECOND, THIRD = date(2015, 5, 3), date(2015, 6, 12), date(2015, 9, 1)
REASON = "Parliament was dissolved."


def words_of(response):
    return " ".join(response.text.split())


def test_a_change_of_dates_is_kept_with_its_reason_and_day(editor):
    milestone, now = make_milestone(due_on=FIRST), timezone.now()
    move_milestone(milestone, due_on=SECOND, by=editor, now=now, because=REASON)
    change = milestone.date_changes.get()
    assert (change.due_before, change.due_after, change.because) == (FIRST, SECOND, REASON)
    assert (change.changed_by, change.changed_at) == (editor, now)
    milestone.refresh_from_db()
    assert milestone.due_on == SECOND


@pytest.mark.parametrize(
    "dates", [{"due_on": SECOND}, {"due_on": None}, {"starts_on": FIRST}, {"due_text": "soon"}]
)
@pytest.mark.parametrize("because", ["", " \n"])
def test_public_dates_do_not_change_without_a_reason(dates, because):
    milestone = make_milestone(due_on=SECOND if "due_on" not in dates else FIRST)
    with pytest.raises(NotReady):
        move_milestone(milestone, because=because, **dates)
    assert not DateChange.objects.exists()
    milestone.refresh_from_db()
    assert {name: getattr(milestone, name) for name in dates} != dates


def test_what_is_no_change_of_dates_needs_no_reason():
    milestone = make_milestone(due_on=FIRST)
    milestone.output = "Another list"
    milestone.keep(by=None, now=timezone.now())
    assert not DateChange.objects.exists()


@pytest.mark.parametrize(("plan_public", "commitment_public"), [(False, True), (True, False)])
def test_dates_of_what_nobody_has_read_yet_are_no_promise(plan_public, commitment_public):
    commitment = make_commitment(plan=make_plan(published=plan_public), published=commitment_public)
    milestone = make_milestone(commitment=commitment, due_on=FIRST)
    milestone.due_on = SECOND
    milestone.keep(by=None, now=timezone.now())
    assert (milestone.first_due_on, DateChange.objects.count()) == (SECOND, 0)


@pytest.mark.parametrize(
    ("due_on", "changes", "expected"),
    [
        (FIRST, [], FIRST),
        (FIRST, [({"due_on": SECOND}, False), ({"due_on": THIRD}, False)], FIRST),
        (FIRST, [({"due_on": SECOND}, True)], SECOND),
        (FIRST, [({"due_on": SECOND}, True), ({"due_on": THIRD}, False)], SECOND),
        (FIRST, [({"due_on": SECOND}, False), ({"due_on": THIRD}, True)], FIRST),
        (FIRST, [({"starts_on": FIRST}, False), ({"due_on": SECOND}, True)], SECOND),
        (FIRST, [({"due_on": None, "due_text": "in time"}, False)], FIRST),
        (None, [({"due_on": FIRST}, False), ({"due_on": SECOND}, False)], FIRST),
    ],
)
def test_the_first_date_is_the_one_before_it_was_moved_and_not_what_was_entered_wrong(
    due_on, changes, expected
):
    milestone = make_milestone(due_on=due_on)
    for dates, is_correction in changes:
        move_milestone(milestone, is_correction=is_correction, **dates)
    assert milestone.first_due_on == expected


def test_what_is_kept_is_never_changed_nor_deleted():
    change = move_milestone(make_milestone(due_on=FIRST), due_on=SECOND)
    for spoil in (
        lambda: DateChange.objects.update(due_before=THIRD),
        lambda: DateChange.objects.update(because="Nothing"),
        change.delete,
        change.milestone.delete,
    ):
        with pytest.raises(DatabaseError), transaction.atomic():
            spoil()
    make_member()
    DateChange.objects.update(changed_by=None)


@pytest.mark.parametrize("fields", [{"because": ""}, {"due_after": FIRST}])
def test_the_database_wants_a_reason_and_a_change(fields):
    milestone = make_milestone(due_on=FIRST)
    values = {
        "due_before": FIRST,
        "due_after": SECOND,
        "because": REASON,
        "changed_at": timezone.now(),
        **fields,
    }
    with pytest.raises(IntegrityError):
        DateChange.objects.create(milestone=milestone, **values)


def test_those_of_public_promises_are_public():
    shown = move_milestone(make_milestone(due_on=FIRST), due_on=SECOND)
    hidden = move_milestone(make_milestone(due_on=FIRST), due_on=SECOND)
    Commitment.objects.filter(milestones=hidden.milestone).update(published_at=None)
    assert list(DateChange.objects.public()) == [shown]


def test_lateness_is_told_against_the_first_date():
    milestone = make_milestone(due_on=FIRST)
    move_milestone(milestone, due_on=SECOND)
    make_report(about=milestone, status="completed", reported_on=THIRD, completed_on=SECOND)
    [progress] = progress_of([milestone.commitment], timezone.localdate())
    assert progress.steps[0].standing == Standing(State.DONE, 0, 40)
    assert progress.put_off == progress.steps
    data = Milestone.objects.public().for_data(timezone.localdate()).get()
    assert (data.standing, data.first_due_on) == (Standing(State.DONE, 0, 40), FIRST)


def test_a_promise_tells_when_and_why_its_dates_changed(client):
    milestone = make_milestone(due_on=FIRST)
    now = timezone.now()
    move_milestone(milestone, due_on=SECOND, because=REASON, now=now)
    make_report(about=milestone, status="completed", reported_on=THIRD, completed_on=SECOND)
    page = words_of(client.get(milestone.commitment.get_absolute_url()))
    assert page.count("Was due on 3 May 2015. Moved on <time") == 2
    assert page.count("</time> to 12 June 2015. Why:") == 2
    assert page.count(REASON) == 2
    assert "Date changed" in page
    assert "Done on time by the new date" in page
    assert "40 days after the first date" in page
    assert "1 put off" in client.get(milestone.commitment.plan.get_absolute_url()).text


@pytest.mark.parametrize(
    ("dates", "is_correction", "words"),
    [
        ({"due_on": None}, False, "Was due on 3 May 2015. Without a date since <time"),
        ({"due_on": None, "due_text": "in time"}, False, '</time> to <bdi lang="en-GB">in time</bdi>.'),
        ({"due_on": SECOND}, True, "</time>: it was entered wrong here."),
        ({"starts_on": FIRST}, False, "Had no start date. Moved on <time"),
    ],
)
def test_every_change_is_put_in_words(client, dates, is_correction, words):
    milestone = make_milestone(due_on=FIRST)
    move_milestone(milestone, is_correction=is_correction, **dates)
    assert words in words_of(client.get(milestone.commitment.get_absolute_url()))


def test_who_changed_it_is_for_editors_alone(client):
    milestone = make_milestone(due_on=FIRST)
    commitment, mover = milestone.commitment, make_member(name="Mona Mover", groups=["Editors"])
    move_milestone(milestone, due_on=SECOND, by=mover)
    public = [commitment.get_absolute_url(), commitment.plan.get_absolute_url(), "/open-data/milestones.json"]
    for address in public:
        response = client.get(address)
        assert response.status_code == 200
        assert "Mona Mover" not in response.getvalue().decode()
    client.force_login(mover)
    desk = reverse("admin:manifesto_actionplan_commitment", args=[commitment.plan_id, commitment.number])
    assert "Entered by Mona Mover." in client.get(desk).text


def typed(milestone, **fields):
    row = {
        "id": milestone.pk,
        "reference": milestone.reference,
        "output": milestone.output,
        "due_on": FIRST,
        **fields,
    }
    data = {f"milestones-0-{name}": value for name, value in row.items()}
    counts = {"milestones-TOTAL_FORMS": 1, "milestones-INITIAL_FORMS": 1}
    return {
        "title": milestone.commitment.title,
        "language": "en-gb",
        "opened": milestone.commitment.revisions.count(),
        **counts,
        **data,
    }


@pytest.fixture
def desk(client, editor):
    client.force_login(editor)

    def post(milestone, **fields):
        commitment = milestone.commitment
        page = reverse("admin:manifesto_actionplan_commitment", args=[commitment.plan_id, commitment.number])
        return client.post(page, typed(milestone, **fields))

    return post


def test_the_form_asks_why_beside_the_field_and_keeps_what_was_typed(desk):
    milestone = make_milestone(due_on=FIRST)
    response = desk(milestone, due_on=SECOND, output="Typed, too")
    assert response.status_code == 422
    assert response.context["milestones"].forms[0].errors == {"because": ["Please say why the dates change."]}
    assert "Typed, too" in response.text
    assert not DateChange.objects.exists()


def test_the_form_records_the_change(desk, editor):
    milestone = make_milestone(due_on=FIRST)
    assert desk(milestone, due_on=SECOND, because=REASON, is_correction="on").status_code == 302
    change = DateChange.objects.get()
    assert (change.due_after, change.because, change.is_correction) == (SECOND, REASON, True)
    assert change.changed_by == editor
    assert desk(milestone, due_on=SECOND, output="Another").status_code == 302
    assert DateChange.objects.count() == 1


def test_a_draft_is_not_asked_why(desk):
    milestone = make_milestone(commitment=make_commitment(plan=make_plan(published=False)), due_on=FIRST)
    assert desk(milestone, due_on=SECOND).status_code == 302
    assert Milestone.objects.get().due_on == SECOND


def test_what_is_public_is_not_deleted_to_hide_its_dates(desk):
    response = desk(make_milestone(due_on=FIRST), DELETE="on")
    assert response.status_code == 422
    assert "is public, so it can&#x27;t be deleted" in response.text
    assert Milestone.objects.exists()


@pytest.mark.parametrize("number", [1, 30])
def test_histories_cost_the_same_however_many_there_are(client, editor, django_assert_num_queries, number):
    commitment = make_commitment(plan=make_plan())
    for each in range(number):
        milestone = make_milestone(commitment=commitment, due_on=FIRST)
        move_milestone(milestone, due_on=SECOND + timedelta(days=each), by=editor)
    client.get("/plans/")
    with django_assert_num_queries(7):
        client.get(commitment.get_absolute_url())
    client.force_login(editor)
    page = reverse("admin:manifesto_actionplan_commitment", args=[commitment.plan_id, 1])
    client.get(page)
    with django_assert_num_queries(10):
        client.get(page)
