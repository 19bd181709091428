"""The audit log: what is on it, what never is, and that nobody changes it."""

from datetime import timedelta

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.signals import authenticator_added
from django.contrib.auth.models import Group
from django.db import DatabaseError, connection, transaction
from django.urls import reverse
from django.utils import timezone

from manifesto.models import Idea, Vote
from profiles.models import AuditEntry, Member
from profiles.vocabularies import AuditAction
from tests.factories import (
    PASSWORD,
    make_action,
    make_idea,
    make_meeting,
    make_member,
    make_membership,
    make_note,
    make_organisation,
    make_round,
)
from tests.meetings.writing.page import typed

from .admin_forms import errors_in, filled_in

pytestmark = pytest.mark.django_db
LOG = "/admin/profiles/auditentry/"


def log():
    """What is on record but for signing in, as action, kind, number and page."""
    entries = AuditEntry.objects.exclude(action=AuditAction.SIGNED_IN).order_by("pk")
    return [(e.action, e.target_kind, e.target_pk, e.details.get("page", "")) for e in entries]


def record(**fields):
    return AuditEntry.objects.record(
        AuditAction.ACTED, **{"by": None, "target": None, "now": timezone.now(), **fields}
    )


# The rows


def test_an_entry_says_who_did_what_to_what_and_when(editor):
    meeting, now = make_meeting(), timezone.now()
    entry = record(
        by=editor, target=meeting, now=now, chosen=[1, 2], page="admin:index", found=True, was=None
    )
    entry.refresh_from_db()
    assert (entry.at, entry.actor_pk, entry.action) == (now, editor.pk, "acted")
    assert (entry.target_kind, entry.target_pk) == ("meetings.meeting", str(meeting.pk))
    assert entry.details == {"chosen": [1, 2], "page": "admin:index", "found": True, "was": None}


@pytest.mark.parametrize(
    "value",
    ["Mina Member", "mina@example.org", "", "Ø", "x" * 81, ["a b"], {"email": "x"}, 1.5, "two\nlines"],
)
def test_words_of_people_never_get_into_it(value):
    with pytest.raises(ValueError, match="ids, counts and codes only: reason"):
        record(reason=value)


@pytest.mark.parametrize("names", [("target", "idea"), ("target", "ideas"), ("member", "ideas")])
def test_a_member_and_an_idea_are_never_named_together(member, names):
    details = {name: member if name == "target" else 7 for name in names}
    with pytest.raises(ValueError, match="never names a member and an idea together"):
        record(**details)
    with pytest.raises(ValueError, match="never names a member and an idea together"):
        record(target=make_idea(), members=[7])


def test_an_action_outside_the_vocabulary_is_refused():
    with pytest.raises(ValueError, match="danced"):
        AuditEntry.objects.record("danced", by=None, now=timezone.now())


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE profiles_auditentry SET actor_pk = 1",
        "UPDATE profiles_auditentry SET details = '{}'",
        "DELETE FROM profiles_auditentry",
        "TRUNCATE profiles_auditentry",
    ],
)
def test_the_database_refuses_to_change_it(statement):
    record()
    with pytest.raises(DatabaseError, match="Cannot"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)
    assert AuditEntry.objects.count() == 1


def test_the_orm_cannot_change_it_either():
    entry = record()
    for change in (entry.save, entry.delete, AuditEntry.objects.all().delete):
        with pytest.raises(DatabaseError, match="Cannot update or delete"), transaction.atomic():
            change()


@pytest.mark.parametrize("pair", [("meetings.meeting", ""), ("", "1")])
def test_half_a_target_is_refused(pair):
    kind, pk = pair
    with pytest.raises(DatabaseError, match="audit_entry_target_is_whole"), transaction.atomic():
        AuditEntry.objects.create(at=timezone.now(), action="acted", target_kind=kind, target_pk=pk)


def test_the_log_outlives_an_account_without_saying_whose_it_was(sign_in, administrator):
    gone = make_member(name="Gwen Gone", groups=["Editors"])
    record(by=gone, target=make_meeting())
    gone.delete()
    page = sign_in(administrator).get(LOG).text
    assert "An account that is gone" in page
    assert "Gwen" not in page


def test_its_list_counts_its_entries(sign_in, editor):
    client = sign_in(editor)
    for _ in range(2):
        record(by=editor, target=make_meeting())
    assert f"{AuditEntry.objects.count()} audit entries" in client.get(LOG).text


# What gets there


def test_what_is_done_in_the_admin_is_on_record(sign_in, editor):
    client = sign_in(editor)
    meeting = make_meeting(title="Workshop", days=9)
    address = reverse("admin:meetings_meeting_change", args=[meeting.pk])
    answer = client.post(address, filled_in(client.get(address), title="Workshop in Cardiff"))
    assert answer.status_code == 302, errors_in(answer)
    client.post(
        reverse("admin:meetings_meeting_cancel", args=[meeting.pk]), {"reason": "Nobody can come to it."}
    )
    assert log() == [
        ("changed", "meetings.meeting", str(meeting.pk), ""),
        ("acted", "meetings.meeting", str(meeting.pk), "admin:meetings_meeting_cancel"),
    ]
    assert {entry.actor_pk for entry in AuditEntry.objects.all()} == {editor.pk}


def test_what_is_added_has_its_number(sign_in, administrator):
    client = sign_in(administrator)
    client.post("/admin/auth/group/add/", {"name": "Translators"})
    group = Group.objects.get(name="Translators")
    assert log() == [("added", "auth.group", str(group.pk), "")]


def test_what_is_done_to_several_rows_has_their_numbers(sign_in, administrator):
    groups = [Group.objects.create(name=name) for name in ("One", "Two")]
    chosen = {"action": "delete_selected", "_selected_action": [g.pk for g in groups], "post": "yes"}
    sign_in(administrator).post("/admin/auth/group/", chosen)
    assert not Group.objects.filter(name__in=["One", "Two"]).exists()
    (entry,) = AuditEntry.objects.exclude(action=AuditAction.SIGNED_IN)
    assert entry.details == {"page": "admin:auth_group_changelist", "chosen": [g.pk for g in groups]}


def test_what_fails_leaves_neither_change_nor_entry(sign_in, editor, monkeypatch):
    client = sign_in(editor)
    meeting = make_meeting(title="Workshop", days=9)
    address = reverse("admin:meetings_meeting_change", args=[meeting.pk])
    sent = filled_in(client.get(address), title="Another name")
    monkeypatch.setattr("profiles.auditing._described", lambda request: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        client.post(address, sent)
    meeting.refresh_from_db()
    assert (meeting.title, log()) == ("Workshop", [])


def test_reading_and_being_turned_away_are_not_on_record(sign_in, expert):
    client = sign_in(expert)
    client.get("/admin/")
    assert client.post("/admin/auth/group/add/", {"name": "Mine"}).status_code == 403
    assert log() == []


@pytest.mark.django_db(transaction=True)
def test_a_form_with_mistakes_or_a_preview_is_not_on_record(sign_in, editor):
    client = sign_in(editor)
    source = make_idea(round=make_round())
    target = make_idea(round=source.round)
    merge = f"{reverse('admin:manifesto_merge_add')}?source={source.pk}"
    asked = {"target": target.pk, "reason": "They say the same."}
    assert client.post("/admin/meetings/meeting/add/", {}).status_code == 200
    assert client.post(merge, asked).status_code == 200
    assert log() == []
    assert client.post(merge, {**asked, "confirm": "yes"}).status_code == 302
    assert log() == [("acted", "manifesto.idea", str(target.pk), "admin:manifesto_merge_add")]


def test_rights_given_are_on_record_with_those_before(sign_in, administrator, other_member):
    client = sign_in(administrator)
    address = f"/admin/profiles/member/{other_member.pk}/change/"
    editors = Group.objects.get(name="Editors")
    client.post(address, filled_in(client.get(address), groups=[editors.pk], is_staff="on"))
    entry = AuditEntry.objects.get(action=AuditAction.RIGHTS_CHANGED)
    assert (entry.actor_pk, entry.target_pk) == (administrator.pk, str(other_member.pk))
    expected = {"groups_before": [], "groups": [editors.pk], "is_staff": True, "is_active": True}
    assert entry.details == expected
    client.post(address, filled_in(client.get(address), display_name="Otto O."))
    assert AuditEntry.objects.filter(action=AuditAction.RIGHTS_CHANGED).count() == 1


def test_who_downloads_personal_data_is_on_record(sign_in, editor):
    meeting = make_meeting()
    client, address = sign_in(editor), reverse("admin:meetings_meeting_door", args=[meeting.pk])
    assert client.get(address).status_code == 200
    assert log() == [("downloaded", "meetings.meeting", str(meeting.pk), "door")]


# On the site's own pages


def write_note(client):
    meeting = make_note(published=False).meeting
    address = reverse("meetings:note_edit", args=[meeting.slug])
    client.post(address, typed(client.get(address)))
    return meeting


def carry(client):
    meeting = make_meeting()
    make_action()
    client.post(reverse("meetings:carried_actions", args=[meeting.slug]), {"all": "1"})
    return meeting


def finish_action(client):
    action = make_action()
    client.post(reverse("meetings:action_events", args=[action.pk]), {"kind": "done", "text": "Sent."})
    return action


def leave_out_action(client):
    action, meeting = make_action(), make_meeting()
    action.carry_to(meeting, by=None, now=timezone.now())
    client.post(reverse("meetings:carried_action_removal", args=[meeting.slug, action.pk]))
    return action


def make_minor(client):
    idea = make_idea()
    revision = idea.revisions.last()
    client.post(
        reverse("manifesto:revision_make_minor", args=[idea.round.slug, idea.number, revision.number])
    )
    return idea


def improve(client):
    idea = make_idea()
    address = reverse("manifesto:revision_create", args=[idea.round.slug, idea.number])
    client.post(
        address, {**client.get(address).context["form"].initial, "title": "Better", "note": "Clearer."}
    )
    return idea


def confirm(client):
    membership = make_membership(member=make_member(), organisation=make_organisation(), confirmed=False)
    client.post(reverse("profiles:membership_confirm", args=[membership.pk]))
    return membership


def turn_down(client):
    membership = make_membership(member=make_member(), organisation=make_organisation(), confirmed=False)
    client.post(reverse("profiles:membership_end", args=[membership.pk]), {"reason": "Unknown there."})
    return membership


def remove_logo(client):
    organisation = make_organisation()
    client.post(reverse("profiles:logo_edit", args=[organisation.slug]), {"remove": "1"})
    return organisation


STAFF_ACTS = [
    write_note,
    carry,
    finish_action,
    leave_out_action,
    make_minor,
    improve,
    confirm,
    turn_down,
    remove_logo,
]


@pytest.mark.parametrize("act", STAFF_ACTS, ids=lambda act: act.__name__)
def test_what_staff_do_outside_the_admin_is_on_record(sign_in, editor, act):
    thing = act(sign_in(editor))
    (entry,) = AuditEntry.objects.exclude(action=AuditAction.SIGNED_IN)
    assert (entry.actor_pk, entry.action) == (editor.pk, "acted")
    assert (entry.target_kind, entry.target_pk) == (thing._meta.label_lower, str(thing.pk))


def test_a_page_that_saves_while_typing_is_on_record_once_a_sitting(sign_in, editor, monkeypatch):
    client, meeting = sign_in(editor), make_note(published=False).meeting
    address = reverse("meetings:note_edit", args=[meeting.slug])
    sent = typed(client.get(address))
    for _ in range(3):
        client.post(address, sent, headers={"accept": "application/json"})
    assert len(log()) == 1
    monkeypatch.setattr(AuditEntry, "ONE_SITTING", timedelta(0))
    client.post(address, sent, headers={"accept": "application/json"})
    assert len(log()) == 2


def test_what_members_do_is_not_on_record(sign_in, member):
    action = make_action(owner_member=member, owner_name="Mina")
    client = sign_in(member)
    client.post(reverse("meetings:action_events", args=[action.pk]), {"kind": "done", "text": "Sent."})
    action.refresh_from_db()
    assert (action.status, AuditEntry.objects.count()) == ("done", 0)


def test_votes_of_staff_are_not_on_record(sign_in, editor):
    idea = make_idea()
    client = sign_in(editor)
    client.post("/support/", {"idea": idea.pk, "revision": idea.revisions.last().pk})
    assert (Vote.objects.count(), log()) == (1, [])


# Signing in


def sign_in_by_password(client, member):
    return client.post(reverse("account_login"), {"login": member.email, "password": PASSWORD})


def test_staff_who_sign_in_are_on_record_with_the_way(visitor, editor):
    sign_in_by_password(visitor, editor)
    entry = AuditEntry.objects.get()
    assert (entry.actor_pk, entry.action, entry.details) == (editor.pk, "signed_in", {"ways": ["password"]})


def test_members_who_sign_in_are_not_on_record(visitor, member):
    assert sign_in_by_password(visitor, member).status_code == 302
    assert AuditEntry.objects.count() == 0


def test_second_factors_of_staff_are_on_record(visitor, editor, member):
    for person in (editor, member):
        authenticator = RecoveryCodes.activate(person).instance
        authenticator_added.send(Authenticator, request=None, user=person, authenticator=authenticator)
    entry = AuditEntry.objects.get()
    assert (entry.actor_pk, entry.action, entry.details) == (
        editor.pk,
        "second_factor_added",
        {"kind": "recovery_codes"},
    )


def test_a_new_password_of_staff_is_on_record(sign_in, editor):
    client = sign_in(editor)
    sign_in_by_password(client, editor)
    new = "a much better one 77"
    client.post(
        reverse("account_change_password"), {"oldpassword": PASSWORD, "password1": new, "password2": new}
    )
    assert Member.objects.get(pk=editor.pk).check_password(new)
    assert [row[0] for row in log()] == ["password_changed"]


# The screen


@pytest.mark.parametrize(
    ("person", "status"), [("member", 302), ("expert", 403), ("editor", 200), ("administrator", 200)]
)
def test_the_log_is_read_by_editors_and_administrators(request, sign_in, person, status):
    entry = record()
    client = sign_in(request.getfixturevalue(person))
    assert [client.get(page).status_code for page in (LOG, f"{LOG}{entry.pk}/change/")] == [status] * 2


@pytest.mark.parametrize("person", ["editor", "administrator"])
def test_nobody_changes_the_log_on_the_site(request, sign_in, person):
    entry = record()
    rows = list(AuditEntry.objects.values())
    client = sign_in(request.getfixturevalue(person))
    pages = ("add/", f"{entry.pk}/change/", f"{entry.pk}/delete/")
    sent = {"action": "delete_selected", "_selected_action": [entry.pk], "post": "yes"}
    statuses = [client.post(LOG + page, sent).status_code for page in pages]
    client.post(LOG, sent)
    assert statuses == [403, 403, 403]
    assert list(AuditEntry.objects.filter(pk=entry.pk).values()) == rows


def test_the_log_is_narrowed_down_by_who_and_to_what(sign_in, editor, administrator):
    client = sign_in(editor)
    meeting = make_meeting()
    record(by=administrator, target=meeting)
    record(by=editor)
    assert f"meetings.meeting {meeting.pk}" in client.get(f"{LOG}?who={administrator.pk}").text
    assert f"meetings.meeting {meeting.pk}" not in client.get(f"{LOG}?who={editor.pk}").text
    about = client.get(f"{LOG}?target_kind=meetings.meeting&target_pk={meeting.pk}").context["cl"]
    assert about.result_count == 1
    assert client.get(f"{LOG}?action=downloaded").context["cl"].result_count == 0


@pytest.mark.parametrize("rows", [1, 30])
def test_the_log_asks_the_same_few_queries_however_long_it_is(
    sign_in, editor, rows, django_assert_num_queries
):
    client = sign_in(editor)
    for _ in range(rows):
        record(by=editor, target=make_meeting())
    with django_assert_num_queries(9):
        client.get(LOG)


def test_entries_of_somebody_or_of_something(editor, administrator):
    idea = make_idea()
    entries = [record(by=editor, target=idea), record(by=administrator), record(target=make_meeting())]
    assert list(AuditEntry.objects.for_actor(editor)) == entries[:1]
    assert list(AuditEntry.objects.for_target(Idea(pk=idea.pk))) == entries[:1]
    assert list(AuditEntry.objects.by_newest()) == entries[::-1]
