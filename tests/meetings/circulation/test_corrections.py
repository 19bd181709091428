"""What those who were there would put differently, and what editors do with it."""

from datetime import timedelta

import pytest

from meetings.models import Correction, CorrectionsClosed, Note
from profiles.errors import NotTheirs
from profiles.models import Notification
from tests.factories import make_attendance, make_meeting, make_member
from tests.meetings.circulation.circulating import (
    AFTERWARDS,
    LATER,
    NOW,
    TODAY,
    desk,
    page_of,
    suggest,
)
from tests.profiles.admin_forms import messages_in

# Saying it


def test_attendee_corrects_changes_and_withdraws(sign_in, circulated, attendee):
    client = sign_in(attendee)
    sent = {"where": "Secret heading", "words": "Three of us, not two."}
    assert client.post(page_of(circulated), sent).url == page_of(circulated)
    correction = Correction.objects.get()
    assert (correction.member, correction.name, correction.where) == (
        attendee,
        "Ash Attendee",
        "Secret heading",
    )
    assert "Three of us, not two." in client.get(page_of(circulated)).content.decode()
    edit = page_of(circulated, correction.pk)
    assert "Three of us, not two." in client.get(edit).content.decode()
    client.post(edit, {"where": "general", "words": "Four of us."})
    correction.refresh_from_db()
    assert (correction.where, correction.words) == ("", "Four of us.")
    client.post(page_of(circulated, correction.pk, "withdrawals"))
    assert not Correction.objects.exists()


def test_a_form_sent_twice_says_it_once_and_again_once_it_is_settled(sign_in, circulated, attendee, editor):
    client, sent = sign_in(attendee), {"where": "general", "words": "Three of us, not two."}
    for _ in range(2):
        assert client.post(page_of(circulated), sent).url == page_of(circulated)
    Correction.objects.get().settle(outcome="taken", by=editor, now=NOW, reply="")
    client.post(page_of(circulated), sent)
    assert [correction.is_open for correction in Correction.objects.order_by("pk")] == [False, True]


@pytest.mark.parametrize(
    "sent, complaint",
    [
        ({"where": "general", "words": " "}, "Say what you would put differently."),
        ({"where": "Nowhere", "words": "Kept words"}, "Select a valid choice"),
        ({"where": "general", "words": "Kept words" + "x" * 2000}, "at most 2000 characters"),
    ],
)
def test_mistake_in_a_correction_is_explained_and_what_was_typed_kept(
    sign_in, circulated, attendee, sent, complaint
):
    response = sign_in(attendee).post(page_of(circulated), sent)
    html = response.content.decode()
    assert (response.status_code, complaint in html, sent["words"].strip() in html) == (422, True, True)
    assert not Correction.objects.exists()


CLOSED = {
    "draft": (None, "taken the note back"),
    "agreed": ("agreed", "is agreed"),
    "published": ("published", "is agreed"),
    "late": (None, "time for corrections is over"),
}


@pytest.mark.parametrize("state", CLOSED)
def test_closed_note_takes_no_corrections(circulated, attendee, state):
    correction = suggest(circulated, attendee)
    correction.settle(outcome="taken", reply="", by=None, now=NOW)
    other = suggest(circulated, attendee)
    other.settle(outcome="taken", reply="", by=None, now=NOW)
    if state == "draft":
        circulated.take_back()
    elif state != "late":
        circulated.agree(by=None, now=AFTERWARDS)
    if state == "published":
        circulated.publish(by=None, now=AFTERWARDS)
    words = CLOSED[state][1]
    for act in (
        lambda: suggest(circulated, attendee, now=AFTERWARDS),
        lambda: correction.change(by=attendee, where="", words="New", now=AFTERWARDS),
        lambda: correction.withdraw(by=attendee, now=AFTERWARDS),
    ):
        with pytest.raises(CorrectionsClosed, match=words):
            act()
    assert Correction.objects.count() == 2


def test_page_after_the_last_day_says_so_and_keeps_what_was_typed(sign_in, circulated, attendee):
    Note.objects.update(corrections_until=TODAY - timedelta(days=1))
    client = sign_in(attendee)
    html = client.get(page_of(circulated)).content.decode()
    assert ("time for corrections ended" in html, "Send to the editors" in html) == (True, False)
    html = client.post(page_of(circulated), {"where": "general", "words": "Too late"}).content.decode()
    assert ("time for corrections is over" in html, "Too late" in html) == (True, True)


@pytest.mark.parametrize("person", ["other_member", "editor"])
def test_correction_belongs_to_its_author(request, sign_in, circulated, attendee, person):
    other = request.getfixturevalue(person)
    make_attendance(meeting=circulated.meeting, member=other)
    correction = suggest(circulated, attendee, words="Mine alone")
    for act in (
        lambda: correction.change(by=other, where="", words="Forged", now=NOW),
        lambda: correction.withdraw(by=other, now=NOW),
    ):
        with pytest.raises(NotTheirs):
            act()
    client = sign_in(other)
    assert "Mine alone" not in client.get(page_of(circulated)).content.decode()
    assert [
        client.post(
            page_of(circulated, correction.pk, *rest), {"where": "general", "words": "Forged"}
        ).status_code
        for rest in ([], ["withdrawals"])
    ] == [404, 404]
    assert Correction.objects.get().words == "Mine alone"


@pytest.mark.parametrize("person", ["member", "expert", "editor", "attendee of another"])
def test_only_who_was_there_corrects(request, sign_in, circulated, person):
    if person == "attendee of another":
        other = make_member()
        make_attendance(meeting=make_meeting(days=-3), member=other)
    else:
        other = request.getfixturevalue(person)
    with pytest.raises(NotTheirs):
        suggest(circulated, other)
    client = sign_in(other)
    assert client.get(page_of(circulated)).status_code == 404
    assert client.post(page_of(circulated), {"where": "general", "words": "Hello"}).status_code == 404


def test_visitor_signs_in_to_correct(visitor, circulated):
    assert visitor.get(page_of(circulated)).url == f"/account/login/?next={page_of(circulated)}"


def test_settled_correction_is_not_changed_behind_the_editors(circulated, attendee):
    correction = suggest(circulated, attendee)
    correction.settle(outcome="not_taken", reply="Two is right.", by=None, now=NOW)
    with pytest.raises(CorrectionsClosed, match="answered this already"):
        correction.change(by=attendee, where="", words="New", now=NOW)


@pytest.mark.parametrize("rows", [1, 30])
def test_page_costs_the_same_at_one_and_at_thirty(
    sign_in, circulated, attendee, django_assert_num_queries, rows
):
    for _ in range(rows):
        suggest(circulated, attendee)
    client = sign_in(attendee)
    with django_assert_num_queries(12):
        client.get(page_of(circulated))


# Settling


def test_editor_settles_and_the_author_hears(sign_in, circulated, attendee, editor):
    correction = suggest(circulated, attendee)
    prefix = correction.pk
    client = sign_in(editor)
    html = client.get(desk(circulated)).content.decode()
    assert ["Three of us, not two." in html, "Secret body" in html] == [True, True]
    sent = {f"{prefix}-outcome": "not_taken", f"{prefix}-reply": "The minutes say two."}
    client.post(desk(circulated, "settlement", correction.pk), sent)
    correction.refresh_from_db()
    assert (correction.outcome, correction.settled_by) == ("not_taken", editor)
    words = Notification.objects.get(subject="Your correction to a note").words
    assert ["Three of us" in words, "not taken in" in words, "The minutes say two." in words] == [True] * 3
    html = sign_in(attendee).get(page_of(circulated)).content.decode()
    assert ["Not taken in" in html, "The minutes say two." in html] == [True, True]


@pytest.mark.parametrize(
    "sent, complaint",
    [
        ({}, "Say whether it is taken in."),
        ({"outcome": "perhaps", "reply": "Kept reply"}, "Select a valid choice"),
        ({"outcome": "not_taken", "reply": ""}, "Say why it isn’t taken in"),
    ],
)
def test_incomplete_answer_is_refused_in_words(sign_in, circulated, attendee, editor, sent, complaint):
    correction = suggest(circulated, attendee)
    sent = {f"{correction.pk}-{name}": value for name, value in sent.items()}
    response = sign_in(editor).post(desk(circulated, "settlement", correction.pk), sent)
    html = response.content.decode()
    assert (response.status_code, complaint in html) == (422, True)
    assert all(value in html for value in sent.values())
    correction.refresh_from_db()
    assert correction.is_open


def test_same_answer_twice_tells_once_and_another_tells_again(circulated, attendee):
    correction = suggest(circulated, attendee)
    for now in (NOW, AFTERWARDS):
        correction.settle(outcome="taken", reply="", by=None, now=now)
    assert (correction.settled_at, Notification.objects.filter(subject__contains="correction").count()) == (
        NOW,
        1,
    )
    correction.settle(outcome="not_taken", reply="On reflection.", by=None, now=AFTERWARDS)
    assert Notification.objects.filter(subject__contains="correction").count() == 2


@pytest.mark.parametrize(
    "person, status", [("member", 302), ("attendee", 302), ("expert", 403), ("editor", 200)]
)
def test_who_looks_after_circulation(request, sign_in, circulated, attendee, person, status):
    suggest(circulated, attendee, words="Secret words")
    client = sign_in(request.getfixturevalue(person))
    response = client.get(desk(circulated))
    assert (response.status_code, b"Secret words" in response.content) == (status, person == "editor")
    client.post(desk(circulated, "take_back"))
    circulated.refresh_from_db()
    assert circulated.is_draft == (person == "editor")


def test_editor_sends_round_takes_back_and_agrees(sign_in, note, editor):
    client = sign_in(editor)
    assert desk(note) in client.get(f"/admin/meetings/note/{note.pk}/change/").content.decode()
    client.post(desk(note), {"until": LATER.isoformat()})
    note.refresh_from_db()
    assert (note.status, note.circulated_by) == ("Circulated", editor)
    response = client.post(desk(note, "agreement"), follow=True)
    assert messages_in(response)[-1].startswith("People have until")
    assert "_publish" not in client.get(f"/admin/meetings/note/{note.pk}/change/").content.decode()
    Note.objects.update(corrections_until=TODAY - timedelta(days=1))
    client.post(desk(note, "agreement"))
    note.refresh_from_db()
    assert (note.status, note.agreed_by) == ("Agreed", editor)
    client.post(desk(note, "take_back"))
    note.refresh_from_db()
    assert note.status == "Draft"


@pytest.mark.parametrize("until", ["", "yesterday", "2026-02-31", "2014-11-04"])
def test_day_that_makes_no_sense_is_explained(sign_in, note, editor, until):
    response = sign_in(editor).post(desk(note), {"until": until})
    assert (response.status_code, bool(response.context["form"].errors)) == (422, True)


@pytest.mark.parametrize("rows", [1, 30])
def test_desk_costs_the_same_at_one_and_at_thirty(
    sign_in, circulated, attendee, administrator, django_assert_num_queries, rows
):
    for _ in range(rows):
        suggest(circulated, attendee)
        make_attendance(meeting=circulated.meeting, member=make_member(password=None))
    client = sign_in(administrator)
    client.get(desk(circulated))
    with django_assert_num_queries(10):
        client.get(desk(circulated))


def test_editors_home_says_what_is_to_settle(sign_in, circulated, attendee, editor):
    client = sign_in(editor)
    assert "to the note of" not in client.get("/admin/").content.decode()
    suggest(circulated, attendee)
    last = suggest(circulated, attendee, words="And four of us later.")
    last.settle(outcome="taken", reply="", by=None, now=NOW)
    html = client.get("/admin/").content.decode()
    assert (f"Settle 1 correction to the note of {circulated.meeting}" in html, desk(circulated) in html) == (
        True,
        True,
    )
