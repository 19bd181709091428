"""Registering on the site, and what nobody else may read."""

import csv
import io
from datetime import time, timedelta

import pytest
from django.contrib.admin.models import LogEntry
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from meetings.models import Meeting, Registration
from profiles.models import Notification, OrganisationName
from tests.factories import (
    make_attendance,
    make_meeting,
    make_member,
    make_membership,
    make_note,
    make_organisation,
    make_registration,
)
from tests.profiles.admin_forms import filled_in

MINE = "/my/meetings/"
WAY_IN = "https://meet.example/door-4711"
NEEDS = "Hearing loop by the stage"
SAID = {"mode": "in_person", "name": "Mina M", "wants_reminder": "on"}


def open_meeting(**fields):
    return make_meeting(
        **{"accepts_registrations": True, "venue": "City library", "joining_details": WAY_IN, **fields}
    )


def page_of(meeting, part=""):
    return f"{meeting.get_absolute_url()}registration/{part}"


def html(response):
    return b"".join(response).decode()


# Registering


def test_member_registers_and_sees_how_to_join(sign_in, member):
    meeting, client = open_meeting(capacity=3), sign_in(member)
    assert "3 places left" in html(client.get(meeting.get_absolute_url()))
    assert client.get(page_of(meeting)).context["form"]["name"].value() == "Mina Member"
    said = {**SAID, "access_requirements": NEEDS, "agrees_to_be_named": "on"}
    response = client.post(page_of(meeting), said, follow=True)
    assert response.redirect_chain == [(page_of(meeting), 302)]
    stored = Registration.objects.get()
    assert (stored.member, stored.name, stored.access_requirements) == (member, "Mina M", NEEDS)
    assert (stored.agrees_to_be_named, stored.wants_reminder) == (True, True)
    assert all(words in html(response) for words in ("You have a place", WAY_IN, NEEDS))
    assert "no-store" in response["Cache-Control"]
    assert "You have a place, in person" in html(client.get(meeting.get_absolute_url()))


def test_member_waits_when_it_is_full(sign_in, member):
    meeting, client = open_meeting(capacity=1), sign_in(member)
    make_registration(meeting=meeting)
    assert "full, with a waiting list" in html(client.get(page_of(meeting)))
    response = client.post(page_of(meeting), SAID, follow=True)
    assert "number 1 on the waiting list" in html(response)
    assert WAY_IN not in html(response)
    assert "number 1 on the waiting list" in html(client.get(meeting.get_absolute_url()))


def test_posting_twice_registers_once(sign_in, member):
    meeting, client = open_meeting(), sign_in(member)
    assert [client.post(page_of(meeting), SAID).status_code for _ in range(2)] == [302, 302]
    assert Registration.objects.count() == 1


def test_bad_input_is_said_beside_the_field_and_kept(sign_in, member):
    meeting, client = open_meeting(has_remote_access=True), sign_in(member)
    response = client.post(page_of(meeting), {"mode": "flying", "name": " ", "access_requirements": NEEDS})
    assert (response.status_code, sorted(response.context["form"].errors)) == (422, ["mode", "name"])
    assert NEEDS in html(response)
    response = client.post(
        page_of(meeting), {**SAID, "name": "x" * 151, "access_requirements": "\x00" * 2000}
    )
    assert list(response.context["form"].errors) == ["name"]


def test_visitor_signs_in_first_and_comes_back(visitor, sign_in, member):
    meeting = open_meeting()
    assert "Sign in to register" in html(visitor.get(meeting.get_absolute_url()))
    for response in (
        visitor.get(page_of(meeting)),
        visitor.post(page_of(meeting), {**SAID, "name": "Typed"}),
    ):
        assert response["Location"] == f"/account/login/?next={page_of(meeting)}"
    assert sign_in(member).get(page_of(meeting)).context["form"]["name"].value() == "Typed"
    for part in ("change/", "cancellation/"):
        visitor.logout()
        assert visitor.get(page_of(meeting, part)).status_code == 302


@pytest.mark.parametrize("method", ["get", "post"])
@pytest.mark.parametrize("part", ["", "change/", "cancellation/"])
def test_unannounced_meeting_has_no_registration(sign_in, member, editor, method, part):
    meeting = open_meeting(announced_at=None)
    for person in (member, editor):
        assert getattr(sign_in(person), method)(page_of(meeting, part), SAID).status_code == 404


@pytest.mark.parametrize(
    "fields, words",
    [
        ({"accepts_registrations": False}, "You needn’t register"),
        ({"cancelled_at": timezone.now()}, "This meeting was cancelled."),
        ({"days": 0}, "has begun"),
        ({"days": -2}, "has begun"),
        ({"registrations_close_at": timezone.now() - timedelta(hours=1)}, "Registration closed on"),
    ],
)
def test_closed_registration_says_why(sign_in, member, fields, words):
    meeting, client = open_meeting(**fields), sign_in(member)
    response = client.get(page_of(meeting))
    assert (response.status_code, words in html(response)) == (403, True)
    response = client.post(page_of(meeting), SAID)
    assert (response.status_code, words in html(response), "Mina M" in html(response)) == (422, True, True)
    assert Registration.objects.count() == 0


def test_suspended_member_is_told_why(sign_in):
    member = make_member(suspended_at=timezone.now(), suspension_reason="Advertising")
    response = sign_in(member).post(page_of(open_meeting()), SAID)
    assert (response.status_code, "Advertising" in html(response)) == (422, True)


# Which organisation


def test_own_organisation_is_offered_and_taken(sign_in, member):
    organisation = make_organisation(name="Rivers Trust")
    make_membership(member=member, organisation=organisation)
    meeting, client = open_meeting(), sign_in(member)
    assert client.get(page_of(meeting)).context["form"]["organisation"].value() == "Rivers Trust"
    client.post(page_of(meeting), {**SAID, "organisation": "rivers trust"})
    stored = Registration.objects.get()
    assert (stored.organisation, stored.organisation_name) == (organisation, "")


@pytest.mark.parametrize("typed", ["River Trust", "Rivers Trusts", "The Rivers Trust"])
@pytest.mark.parametrize("is_same", [True, False])
def test_organisation_spelt_otherwise_is_offered_as_the_one_there_is(sign_in, member, typed, is_same):
    organisation = make_organisation(name="Rivers Trust")
    meeting, client = open_meeting(), sign_in(member)
    response = client.post(page_of(meeting), {**SAID, "organisation": typed})
    assert (response.status_code, list(response.context["form"].errors)) == (422, ["same_as"])
    assert f"Is “{typed}” one of these?" in html(response)
    answer = organisation.pk if is_same else "none"
    client.post(page_of(meeting), {**SAID, "organisation": typed, "same_as": answer})
    stored = Registration.objects.get()
    assert (stored.organisation, stored.organisation_name) == (
        (organisation, "") if is_same else (None, typed)
    )
    # What was said once isn't asked again.
    assert client.post(page_of(meeting, "change/"), {**SAID, "organisation": typed}).status_code == (
        422 if is_same else 302
    )


def test_organisation_is_known_by_its_other_name(sign_in, member):
    organisation = make_organisation(name="Rivers Trust")
    OrganisationName.objects.create(organisation=organisation, name="RT")
    sign_in(member).post(page_of(open_meeting()), {**SAID, "organisation": "rt"})
    assert Registration.objects.get().organisation == organisation


# Changing and cancelling


def test_member_changes_what_they_said(sign_in, member):
    meeting, client = open_meeting(capacity=1), sign_in(member)
    make_registration(meeting=meeting, member=member, access_requirements=NEEDS)
    form = client.get(page_of(meeting, "change/")).context["form"]
    assert form["access_requirements"].value() == NEEDS
    response = client.post(page_of(meeting, "change/"), {"mode": "in_person", "name": "New"}, follow=True)
    assert "Your changes are saved." in html(response)
    stored = Registration.objects.get()
    assert (stored.name, stored.access_requirements, stored.wants_reminder) == ("New", "", False)


def test_change_to_a_full_kind_is_refused_beside_the_form(sign_in, member):
    meeting = open_meeting(has_remote_access=True, remote_capacity=0)
    make_registration(meeting=meeting, member=member)
    response = sign_in(member).post(page_of(meeting, "change/"), {**SAID, "mode": "remote"})
    assert (response.status_code, "you keep the one you have" in html(response)) == (422, True)


def test_who_had_a_kind_of_place_that_is_no_longer_offered_can_change_to_the_other(sign_in, member):
    meeting, client = open_meeting(has_remote_access=True), sign_in(member)
    make_registration(meeting=meeting, member=member, mode="remote")
    Meeting.objects.update(has_remote_access=False)
    mode = client.get(page_of(meeting, "change/")).context["form"]["mode"].value()
    client.post(page_of(meeting, "change/"), {**SAID, "mode": mode})
    assert Registration.objects.get().mode == "in_person"


def test_member_cancels_after_a_question(sign_in, member):
    meeting, client = open_meeting(), sign_in(member)
    registration = make_registration(meeting=meeting, member=member)
    assert "Cancel your place?" in html(client.get(page_of(meeting, "cancellation/")))
    assert Registration.objects.get().is_live
    response = client.post(page_of(meeting, "cancellation/"), follow=True)
    assert "You are no longer registered" in html(response)
    registration.refresh_from_db()
    assert not registration.is_live
    assert client.post(page_of(meeting, "cancellation/"))["Location"] == page_of(meeting)


def test_nothing_of_another_members_registration_can_be_reached(sign_in, member, other_member):
    meeting = open_meeting()
    make_registration(meeting=meeting, member=other_member, access_requirements=NEEDS)
    client = sign_in(member)
    for part in ("change/", "cancellation/"):
        assert client.post(page_of(meeting, part), SAID).status_code == 302
    assert Registration.objects.get().name == "Otto Other"
    assert client.get(page_of(meeting)).context["form"]["name"].value() == "Mina Member"


@pytest.mark.parametrize("fields", [{"held_on": timezone.localdate()}, {"cancelled_at": timezone.now()}])
def test_registration_stays_to_be_read_but_not_changed(sign_in, member, fields):
    meeting, client = open_meeting(), sign_in(member)
    make_registration(meeting=meeting, member=member)
    Meeting.objects.update(**fields)
    response = client.get(page_of(meeting))
    assert (response.status_code, "Change this" in html(response)) == (200, False)
    assert client.post(page_of(meeting, "change/"), SAID).status_code == 422
    assert (WAY_IN in html(response)) == ("held_on" in fields)


# One's own meetings


def test_own_meetings_say_what_is_coming_and_what_was(sign_in, member, other_member):
    soon, later, full = open_meeting(days=2), open_meeting(days=9), open_meeting(days=5, capacity=0)
    for meeting in (later, soon, full):
        make_registration(meeting=meeting, member=member)
    make_registration(meeting=open_meeting(title="Other"), member=other_member)
    gone = make_registration(meeting=open_meeting(title="Gone"), member=member)
    gone.cancel(now=timezone.now())
    Meeting.objects.filter(pk=later.pk).update(held_on=timezone.localdate() - timedelta(days=1))
    response = sign_in(member).get(MINE)
    assert [registration.meeting for registration in response.context["upcoming"]] == [soon, full]
    assert [registration.meeting for registration in response.context["page_obj"]] == [later]
    assert all(
        words in html(response) for words in ("You have a place", "Number 1 on the waiting list", "event.ics")
    )


def test_own_meetings_are_for_those_signed_in(visitor, db):
    assert visitor.get(MINE)["Location"] == f"/account/login/?next={MINE}"


@pytest.mark.parametrize("rows", [1, 30])
def test_own_meetings_cost_the_same_at_one_and_at_thirty(sign_in, member, rows, django_assert_num_queries):
    for days in (2, 3):
        for _ in range(rows):
            make_registration(meeting=open_meeting(days=days), member=member)
    Meeting.objects.filter(held_on=timezone.localdate() + timedelta(days=3)).update(
        held_on=timezone.localdate() - timedelta(days=3)
    )
    client = sign_in(member)
    with django_assert_num_queries(5):
        client.get(MINE)


@pytest.mark.parametrize("rows", [1, 30])
def test_pages_cost_the_same_at_one_and_at_thirty(sign_in, member, rows, django_assert_num_queries):
    meeting, client = open_meeting(capacity=10), sign_in(member)
    plain = make_meeting()
    client.get(plain.get_absolute_url())
    with CaptureQueriesContext(connection) as without:
        client.get(plain.get_absolute_url())
    for _ in range(rows):
        make_registration(meeting=meeting)
    make_registration(meeting=meeting, member=member)
    with django_assert_num_queries(len(without) + 2):
        client.get(meeting.get_absolute_url())
    with django_assert_num_queries(5):
        client.get(page_of(meeting))


# What nobody else may read


@pytest.fixture
def private(editor):
    """A meeting with everything that could leak: a way in, what people need, who they are."""
    meeting = open_meeting(title="Private things", capacity=1, has_remote_access=True, starts_at=time(9))
    for name, mode in (("Ottoline Leak", "in_person"), ("Waldo Leak", "in_person"), ("Rena Leak", "remote")):
        make_registration(
            meeting=meeting,
            member=make_member(name=name),
            name=name,
            mode=mode,
            access_requirements=NEEDS,
            organisation_name="Leakers United",
        )
    make_attendance(meeting=meeting, name="Leaked Attendee")
    make_note(meeting=make_meeting(days=-3, joining_details=WAY_IN))
    return meeting


SECRETS = (WAY_IN, "door-4711", NEEDS, "Leak")


def secrets_in(response):
    return [secret for secret in SECRETS if secret in html(response)]


def public_addresses(meeting):
    past = Meeting.objects.get(note__isnull=False)
    return [
        "/",
        "/meetings/",
        "/meetings/?kind=network",
        "/meetings/calendar.ics",
        f"/meetings/month/{meeting.held_on:%Y/%m}/",
        "/meetings/notice/",
        "/open-data/notice.csv",
        "/meetings/actions/",
        "/meetings/actions.csv",
        "/meetings/search/?text=hearing",
        "/organisations/",
        "/network/",
        "/open-data/organisations.csv",
        "/open-data/organisations.json",
        "/open-data/meetings.csv",
        "/open-data/meetings.json",
        "/open-data/attendees.csv",
        meeting.get_absolute_url(),
        f"{meeting.get_absolute_url()}event.ics",
        past.get_absolute_url(),
        f"{past.get_absolute_url()}event.ics",
    ]


def others(private):
    """Members who have no place here: with one elsewhere, waiting, cancelled, and without any."""
    elsewhere, gone = make_member(), make_member()
    make_registration(meeting=open_meeting(title="Elsewhere", joining_details="Other door"), member=elsewhere)
    make_registration(meeting=private, member=gone, mode="remote").cancel(now=timezone.now())
    return [elsewhere, gone, make_member(), Registration.objects.waiting().get(meeting=private).member]


def test_visitors_read_none_of_it(visitor, private):
    assert {address: secrets_in(visitor.get(address)) for address in public_addresses(private)} == {
        address: [] for address in public_addresses(private)
    }


def test_members_without_a_place_read_none_of_it(sign_in, private):
    for person in others(private):
        client = sign_in(person)
        for address in (*public_addresses(private), page_of(private), MINE):
            found = set(secrets_in(client.get(address)))
            own = {NEEDS, "Leak"} if person.display_name == "Waldo Leak" else set()
            assert found <= own, (person.display_name, address)


def test_those_with_a_place_read_the_way_in_but_nothing_of_others(sign_in, private):
    for name in ("Ottoline Leak", "Rena Leak"):
        client = sign_in(Registration.objects.get(name=name).member)
        shown = html(client.get(page_of(private)))
        assert (WAY_IN in shown, name in shown, shown.count("Leak")) == (True, True, 2)
        assert secrets_in(client.get(private.get_absolute_url())) == []


def test_nobody_else_sees_the_list_in_the_admin(sign_in, visitor, expert, member, private):
    for part in ("", "private-door-list.csv"):
        address = f"/admin/meetings/meeting/{private.pk}/registrations/{part}"
        assert visitor.get(address).status_code == 302
        assert [sign_in(person).get(address).status_code for person in (expert, member)] == [403, 302]
        visitor.logout()


def test_way_in_is_public_only_where_an_editor_says_so(visitor, private):
    Meeting.objects.filter(pk=private.pk).update(is_joining_public=True)
    assert WAY_IN in html(visitor.get(private.get_absolute_url()))
    for fields in ({"cancelled_at": timezone.now()}, {"held_on": timezone.localdate() - timedelta(days=1)}):
        Meeting.objects.filter(pk=private.pk).update(**fields)
        assert secrets_in(visitor.get(private.get_absolute_url())) == []


def test_no_e_mail_and_no_history_holds_any_of_it(sign_in, editor, private):
    client, registration = sign_in(editor), Registration.objects.get(name="Ottoline Leak")
    home = f"/admin/meetings/meeting/{private.pk}"
    client.post(f"{home}/registrations/{registration.pk}/cancellation/")
    Registration.objects.remind(now=private.begins_at - timedelta(hours=20))
    Meeting.objects.filter(pk=private.pk).update(held_on=timezone.localdate())
    client.post(f"{home}/attendances/")
    written = [entry.get_change_message() for entry in LogEntry.objects.all()]
    written += [
        text for row in Notification.objects.values_list("subject", "words", "address") for text in row
    ]
    assert len(written) > 10
    assert [text for text in written for secret in (WAY_IN, NEEDS, "Leakers") if secret in text] == []


# In the admin


def test_editor_sees_counts_queue_and_needs(sign_in, editor, private):
    response = sign_in(editor).get(f"/admin/meetings/meeting/{private.pk}/registrations/")
    listed = response.context["page_obj"].object_list
    assert [registration.name for registration in listed] == ["Ottoline Leak", "Rena Leak", "Waldo Leak"]
    shown = " ".join(html(response).split())
    assert "<strong>1</strong> of 1 place taken, <strong>1</strong> waiting" in shown
    assert shown.count(NEEDS) == 3
    assert "no-store" in response["Cache-Control"]


def test_door_list_has_safe_cells_and_nothing_of_what_people_need(sign_in, editor, private):
    Registration.objects.filter(name="Rena Leak").update(name="=cmd()", agrees_to_be_named=True)
    response = sign_in(editor).get(
        f"/admin/meetings/meeting/{private.pk}/registrations/private-door-list.csv"
    )
    assert "private-door-list" in response["Content-Disposition"]
    assert list(csv.reader(io.StringIO(html(response)))) == [
        ["name", "organisation", "how", "place", "may be named"],
        ["'=cmd()", "Leakers United", "Remotely", "yes", "yes"],
        ["Ottoline Leak", "Leakers United", "In person", "yes", "no"],
        ["Waldo Leak", "Leakers United", "In person", "waiting, 1", "no"],
    ]


def test_editor_registers_a_member_and_cancels_for_one(sign_in, editor, member):
    meeting, client = open_meeting(), sign_in(editor)
    home = f"/admin/meetings/meeting/{meeting.pk}/registrations/"
    assert client.post(home, {"member": "nobody@example.org", "mode": "in_person"}).status_code == 422
    client.post(home, {"member": member.email, "mode": "in_person"})
    registration = Registration.objects.get()
    assert (registration.member, registration.is_placed) == (member, True)
    response = client.post(home, {"member": member.email, "mode": "in_person"})
    assert (response.status_code, "already" in html(response)) == (422, True)
    assert "Cancel the registration" in html(client.get(f"{home}{registration.pk}/cancellation/"))
    assert Registration.objects.get().is_live
    client.post(f"{home}{registration.pk}/cancellation/")
    assert [news.subject for news in member.notifications.all()] == ["Your registration was cancelled"]


def test_editor_takes_over_who_came(sign_in, editor, private):
    client, home = sign_in(editor), f"/admin/meetings/meeting/{private.pk}"
    client.post(f"{home}/attendances/")
    assert private.attendances.count() == 1
    Meeting.objects.filter(pk=private.pk).update(held_on=timezone.localdate())
    response = client.post(f"{home}/attendances/", follow=True)
    assert "Taken over: 2." in html(response)
    assert private.attendances.filter(is_named=False).count() == 2


@pytest.mark.parametrize("address", ["registrations/", "attendances/", "registrations/1/cancellation/"])
def test_only_editors_act_in_the_admin(sign_in, expert, private, address):
    response = sign_in(expert).post(f"/admin/meetings/meeting/{private.pk}/{address}", {})
    assert response.status_code == 403


def test_saving_more_places_in_the_admin_lets_people_in(sign_in, editor, private):
    client, page = sign_in(editor), f"/admin/meetings/meeting/{private.pk}/change/"
    response = client.post(page, filled_in(client.get(page), capacity=2))
    assert response.status_code == 302
    assert Registration.objects.get(name="Waldo Leak").is_placed


@pytest.mark.parametrize("rows", [1, 30])
def test_admin_list_costs_the_same_at_one_and_at_thirty(sign_in, editor, rows, django_assert_num_queries):
    meeting, client = open_meeting(capacity=10), sign_in(editor)
    for _ in range(rows):
        make_registration(meeting=meeting, organisation=make_organisation())
    with django_assert_num_queries(8):
        client.get(f"/admin/meetings/meeting/{meeting.pk}/registrations/")
