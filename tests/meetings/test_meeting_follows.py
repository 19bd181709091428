"""Following the notes of meetings."""

from datetime import timedelta

import pytest
from django.core.management import call_command
from django.db import IntegrityError, transaction
from django.utils import timezone

from meetings.models import MeetingFollow
from profiles.models import Notification
from profiles.vocabularies import Frequency
from tests.factories import make_attendance, make_meeting, make_member, make_note

NOW = timezone.now()
FOLLOW, END = "/meetings/follows/", "/meetings/follows/ends/"


def follow(member, kind=""):
    MeetingFollow.objects.begin(member, kind, now=NOW)


def draft(**fields):
    return make_note(
        meeting=make_meeting(days=-3, kind="workshop", **fields),
        published=False,
        key_points=["A public point."],
    )


@pytest.mark.parametrize("kind", ["", "workshop"])
def test_following_twice_and_ending_twice_change_nothing(member, kind):
    for _ in range(2):
        follow(member, kind)
    assert [row.kind for row in member.meeting_follows.all()] == [kind]
    for _ in range(2):
        MeetingFollow.objects.end(member, kind)
    assert not MeetingFollow.objects.exists()


@pytest.mark.parametrize("kind, number", [("", 1), ("workshop", 1), ("forum", 0)])
def test_followers_of_the_kind_hear_of_a_note(member, kind, number):
    follow(member, kind)
    draft().publish(by=None, now=NOW)
    assert member.notifications.count() == number


def test_who_follows_twice_and_a_note_published_twice_are_told_once(member, editor):
    for kind in ("", "workshop"):
        follow(member, kind)
        follow(editor, kind)
    note = draft()
    for days in (0, 1):
        note.publish(by=editor, now=NOW + timedelta(days=days))
    assert list(Notification.objects.values_list("member", flat=True)) == [member.pk]


def test_nobody_hears_of_drafts_and_of_what_goes_round(member):
    follow(member)
    note = draft()
    make_attendance(meeting=note.meeting, member=make_member())
    note.circulate(until=timezone.localdate(NOW), by=None, now=NOW)
    assert not member.notifications.exists()


def test_mail_says_what_is_public_and_how_to_stop(member, mailoutbox):
    member.choose_email_frequency(Frequency.IMMEDIATELY)
    follow(member)
    note = draft(title="Leeds workshop")
    make_attendance(meeting=note.meeting, name="Hidden Hal", is_named=False)
    note.publish(by=None, now=NOW)
    call_command("send_notifications")
    [mail] = mailoutbox
    shown = ["Leeds workshop", "A public point.", note.get_absolute_url()]
    assert [text in mail.body for text in shown] == [True] * 3
    assert ("Hidden Hal" in mail.body, "List-Unsubscribe" in mail.extra_headers) == (False, True)


def test_who_wants_no_mails_gets_none(member):
    member.choose_email_frequency(Frequency.OFF)
    follow(member)
    draft().publish(by=None, now=NOW)
    assert not Notification.objects.exists()


# Buttons


def test_member_follows_from_the_list_and_stops_in_the_settings(sign_in, member):
    client = sign_in(member)
    assert "Follow all notes" in client.get("/meetings/").content.decode()
    assert client.post(FOLLOW, {"kind": ""}).url == "/meetings/"
    html = client.get("/meetings/?kind=workshop").content.decode()
    assert ["Stop following all notes" in html, "Follow notes of this kind" in html] == [True, True]
    html = client.get("/account/news/").content.decode()
    assert ("Notes of all meetings" in html, END in html) == (True, True)
    assert client.post(END, {"kind": "", "next": "/account/news/"}).url == "/account/news/"
    assert not MeetingFollow.objects.exists()


def test_member_follows_a_kind_from_a_meetings_page(sign_in, member):
    meeting, client = make_meeting(kind="workshop"), sign_in(member)
    back = client.post(FOLLOW, {"kind": "workshop", "next": meeting.get_absolute_url()}).url
    assert (back, member.meeting_follows.get().kind) == (meeting.get_absolute_url(), "workshop")
    assert "Stop following notes of this kind" in client.get(back).content.decode()


@pytest.mark.parametrize("address", [FOLLOW, END])
def test_visitor_signs_in_first(visitor, db, address):
    assert visitor.post(address, {"kind": ""}).url == "/account/login/?next=/meetings/"
    assert visitor.get(address).status_code == 405
    assert not MeetingFollow.objects.exists()


@pytest.mark.parametrize(
    "sent, status",
    [
        ({"kind": "party"}, 404),
        ({"kind": "\x00"}, 404),
        ({"next": "\x00"}, 302),
    ],
)
def test_nonsense_does_no_harm(sign_in, member, sent, status):
    assert sign_in(member).post(FOLLOW, sent).status_code == status


@pytest.mark.parametrize("address", [FOLLOW, END])
def test_button_leads_nowhere_else(sign_in, member, address):
    assert sign_in(member).post(address, {"next": "//elsewhere.org/"}).url == "/meetings/"


def test_nobody_sees_what_others_follow(sign_in, member, other_member):
    follow(other_member)
    client = sign_in(member)
    assert [
        "Stop following" in client.get(page).content.decode() for page in ("/meetings/", "/account/news/")
    ] == [
        False,
        False,
    ]


# Integrity


@pytest.mark.parametrize(
    "kind, constraint",
    [("", "meeting_follow_once_per_kind"), ("party", "meeting_follow_of_a_known_kind")],
)
def test_database_refuses(member, kind, constraint):
    follow(member)
    with pytest.raises(IntegrityError, match=constraint), transaction.atomic():
        MeetingFollow.objects.create(member=member, kind=kind, began_at=NOW)


def test_follows_go_with_the_account(member):
    follow(member)
    member.delete()
    assert not MeetingFollow.objects.exists()
