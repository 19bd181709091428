"""Leaving: nothing of a name or an address is left anywhere, and what others built on stands."""

import json
import logging
from datetime import timedelta
from pathlib import Path
from smtplib import SMTPServerDisconnected

import pytest
from django.core import mail
from django.core.management import CommandError, call_command
from django.db import connection
from django.test import Client
from django.utils import timezone

from manifesto.models import CountRegister, Idea, Phase, Vote
from manifesto.recounting import recount
from ogp_network.models import Departure, Erasure
from profiles.errors import NotReady
from profiles.models import Member
from tests.factories import (
    PASSWORD,
    make_idea,
    make_member,
    make_membership,
    make_organisation,
    make_round,
)
from tests.shared_rows import shared
from tests.whole_database import mentions

from .busy_member import EMAIL, NAME, OTHER_EMAIL, WORDS, busy_member

DEPARTURES = "/account/departures/"
WEEK = timedelta(days=7)
STAY, GO = {"takes_ideas": False, "takes_comments": False}, {"takes_ideas": True, "takes_comments": True}


@pytest.fixture
def leave(settings, tmp_path):
    """Have a member leave, a week ago, and the job carry it out."""
    settings.ERASURES_FILE = str(tmp_path / "erasures.jsonl")

    def leave(member, **choices):
        Departure.objects.ask(member, now=timezone.now() - WEEK, **{**STAY, **choices})
        call_command("erase_departed")

    return leave


busy = shared(busy_member)


def test_the_search_of_everything_finds_what_is_there(busy):
    """Or the tests below couldn't fail: before, the name is in every app, in sessions, and in packed files."""
    found = {(table, column) for table, column, _ in mentions(*WORDS)}
    assert found >= {
        ("account_emailaddress", "email"),
        ("django_admin_log", "object_repr"),
        ("django_session", "session_data"),
        ("manifesto_expertterm", "interests"),
        ("manifesto_invitation", "email"),
        ("manifesto_publishedworking", "content"),
        ("manifesto_signature", "role"),
        ("manifesto_workingfile", "content"),
        ("meetings_action", "owner_name"),
        ("meetings_actionevent", "after"),
        ("meetings_attendance", "name"),
        ("meetings_correction", "name"),
        ("meetings_note", "written_by"),
        ("meetings_noteerratum", "explanation"),
        ("meetings_noteerratum", "text_before"),
        ("meetings_registration", "name"),
        ("profiles_approval", "approver_name"),
        ("profiles_member", "display_name"),
        ("profiles_member", "email"),
        ("profiles_notification", "words"),
        ("profiles_profile", "speaker_name"),
        ("profiles_storywords", "text"),
    }


@pytest.mark.parametrize("choices", [STAY, GO])
def test_no_table_and_no_log_has_the_name_or_address_of_who_left(busy, leave, choices, caplog):
    caplog.set_level(logging.INFO)
    busy.client.get("/account/data/")
    b"".join(busy.client.get("/account/data/file/").streaming_content)
    leave(busy.member, **choices)
    assert mentions(*WORDS) == []
    assert [record.getMessage() for record in caplog.records if NAME in str(record.args) + record.msg] == []
    assert [word for word in WORDS if word in caplog.text] == []


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("choices", [STAY, GO])
def test_everything_that_was_counted_is_counted_still(busy, leave, choices):
    CountRegister.objects.make(busy.finished, now=timezone.now())
    before = list(CountRegister.objects.get().entries.values_list("counted", "elsewhere"))
    Vote.objects.filter(idea__round=busy.open, member=busy.member).get()
    leave(busy.member, **choices)
    call_command("verify_counts")
    later = CountRegister.objects.make(busy.finished, now=timezone.now() + timedelta(days=1))
    assert list(later.entries.values_list("counted", "elsewhere")) == before
    assert busy.target.tally.supporters == 5
    assert Vote.objects.filter(idea__round=busy.open, idea=busy.theirs).count() == 0


def test_the_published_ranking_can_be_recounted_still(busy, leave):
    def recounted():
        files = {file.name: bytes(file.content) for file in busy.finished.published_working.files.all()}
        return recount(files).differences, files["ranking.csv"]

    before, ranking = recounted()
    leave(busy.member)
    busy.finished.published_working.refresh_from_db()
    after, same_ranking = recounted()
    assert (before, after, same_ranking) == ((), (), ranking)
    assert busy.finished.published_working.named_experts == []


def test_a_public_story_stays_and_is_approved_as_it_is(busy, leave):
    leave(busy.member)
    busy.story.refresh_from_db()
    assert (busy.story.is_published, busy.story.speaker_name, busy.story.speaker_role) == (
        True,
        "Somebody who has left",
        "",
    )
    assert busy.story.approval.fingerprint == busy.story.fingerprint()


def test_an_organisation_that_was_signed_for_stays_signatory_with_the_office_only_where_it_was_public(
    busy, leave
):
    leave(busy.member)
    kept = [organisation.signatures.get() for organisation in busy.roles.values()]
    assert [(row.signed_by, row.is_withdrawn, row.role, row.public_role) for row in kept] == [
        (None, False, "Director", "Director"),
        (None, False, "", ""),
        (None, False, "", ""),
    ]


def test_who_waits_gets_the_place_at_a_meeting_to_come(busy, leave):
    leave(busy.member)
    assert [place.member for place in busy.coming.registrations.placed()] == [busy.colleague]


# What becomes of ideas and comments


def test_ideas_stay_as_by_a_withdrawn_author(busy, leave, client):
    leave(busy.member)
    busy.alone.refresh_from_db()
    assert (busy.alone.author_names, busy.alone.is_public) == (["Withdrawn author"], True)
    assert "Withdrawn author" in client.get(busy.alone.get_absolute_url()).text


def test_an_idea_goes_with_its_only_author_and_its_supporters_are_told(busy, leave, client):
    supporters = set(busy.alone.votes.values_list("member", flat=True))
    address = busy.alone.get_absolute_url()
    leave(busy.member, **GO)
    busy.alone.refresh_from_db()
    assert (client.get(address).status_code, busy.alone.title) == (404, "Taken away by its author")
    assert [revision.title for revision in busy.alone.revisions.all()] == ["Taken away by its author"]
    told = Member.objects.filter(notifications__key=f"idea-{busy.alone.pk}-taken-away")
    assert set(told.values_list("pk", flat=True)) == supporters


@pytest.mark.parametrize("name", ["together", "theirs"])
def test_an_idea_that_others_wrote_too_stays(busy, leave, name):
    leave(busy.member, **GO)
    assert Idea.objects.get(pk=getattr(busy, name).pk).is_public


def test_an_idea_that_nobody_has_answered_goes_whole(busy, leave):
    leave(busy.member, **GO)
    assert not Idea.objects.filter(title="Not answered").exists()


@pytest.mark.parametrize("phase", [Phase.PRIORITISATION, Phase.SHORTLISTED, Phase.PRESENTED])
def test_an_idea_stays_once_the_experts_have_begun(member, leave, phase):
    idea = make_idea(round=make_round(phase=phase), author=member, title="Begun")
    leave(member, **GO)
    idea.refresh_from_db()
    assert (idea.is_public, idea.title, idea.author_names) == (True, "Begun", ["Withdrawn author"])


def test_a_merged_idea_stays(member, leave):
    round = make_round()
    idea = make_idea(round=round, author=member, title="Merged")
    idea.merge_into(make_idea(round=round), by=None, reason="The same.", now=timezone.now())
    leave(member, **GO)
    idea.refresh_from_db()
    assert (idea.is_published, idea.title) == (True, "Merged")


@pytest.mark.parametrize(("takes", "text"), [(False, "Care homes too, please."), (True, "")])
def test_comments_stay_without_a_name_or_lose_their_words(busy, leave, takes, text):
    leave(busy.member, takes_comments=takes)
    busy.comment.refresh_from_db()
    assert (busy.comment.text, busy.comment.author, busy.comment.is_deleted) == (text, None, takes)


def test_a_comment_that_no_editor_has_read_goes_in_any_case(busy, leave):
    leave(busy.member)
    assert not busy.theirs.comments.filter(text="And schools?").exists()


# Votes


def test_votes_go_at_once_while_no_result_holds_them(member):
    ideas = [make_idea(round=make_round(phase=phase)) for phase in (Phase.CROWDSOURCING, Phase.REFINEMENT)]
    for idea in ideas:
        idea.support(member, now=timezone.now())
    Departure.objects.ask(member, now=timezone.now(), **STAY)
    assert [(i.tally.supporters, i.tally.withdrawn) for i in ideas] == [(0, 1), (0, 1)]


def test_a_round_that_closes_within_the_week_counts_the_votes_of_nobody_who_left_before(member, leave):
    now = timezone.now()
    round = make_round(phase=Phase.REFINEMENT, now=now - timedelta(days=8))
    idea = make_idea(round=round)
    idea.support(member, now=now - timedelta(days=9))
    leave(member)
    assert (idea.votes.count(), idea.tally.supporters) == (0, 0)


def test_votes_of_a_result_belong_to_nobody(member, leave):
    idea = make_idea(round=make_round(phase=Phase.PRIORITISATION))
    Vote.objects.create(member=member, idea=idea, revision=idea.revisions.get(), cast_at=timezone.now())
    leave(member)
    assert list(idea.votes.values_list("member", "is_counted_elsewhere")) == [(None, False)]


# Asking, and changing one's mind


def ask(client, **choices):
    client.post("/account/reauthenticate/", {"password": PASSWORD})
    return client.post(DEPARTURES, {"ideas": "stay", "comments": "stay", **choices}, follow=True)


def undo_address():
    [message] = mail.outbox
    return next(line for line in message.body.splitlines() if "/account/departures/" in line)


def test_leaving_asks_who_it_is_first(sign_in, member):
    assert sign_in(member).get(DEPARTURES).url.startswith("/account/reauthenticate/")


def test_leaving_closes_the_account_and_says_until_when_it_can_be_kept(client, member):
    client.force_login(member)
    response = ask(client, ideas="go")
    departure = Departure.objects.get()
    assert "Your account is closed" in response.text
    assert (departure.member, departure.takes_ideas, departure.takes_comments) == (member, True, False)
    assert departure.due_at - departure.asked_at == WEEK
    assert "_auth_user_id" not in client.session
    assert [message.to for message in mail.outbox] == [[member.email]]


def test_no_session_goes_on_and_nobody_signs_in(client, member):
    elsewhere = Client()
    elsewhere.force_login(member)
    client.force_login(member)
    ask(client)
    assert elsewhere.get("/account/you/").status_code == 302
    response = Client().post("/account/login/", {"login": member.email, "password": PASSWORD}, follow=True)
    assert "the e-mail we sent you then has a link to keep it" in response.text


def test_without_an_answer_nothing_happens(client, member):
    client.force_login(member)
    client.post("/account/reauthenticate/", {"password": PASSWORD})
    assert (client.post(DEPARTURES, {"ideas": ""}).status_code, Departure.objects.count()) == (422, 0)


def test_the_link_in_the_e_mail_brings_the_account_back(client, member):
    client.force_login(member)
    ask(client)
    address = undo_address()
    assert "Keep my account" in client.get(address).text
    assert client.post(address).url == "/account/login/"
    member.refresh_from_db()
    assert (member.is_active, Departure.objects.count()) == (True, 0)


def test_the_link_is_of_no_use_twice_and_none_can_be_made_up(client, member):
    client.force_login(member)
    ask(client)
    address = undo_address()
    client.post(address)
    assert [client.get(address).status_code, client.get(DEPARTURES + "x:y:z/").status_code] == [404, 404]


def test_a_week_later_it_is_too_late_even_before_the_job_has_run(client, member):
    departure = Departure.objects.ask(member, now=timezone.now() - WEEK, **STAY)
    assert client.post(departure.get_absolute_url()).url == "/"
    assert Departure.objects.count() == 1


def test_nobody_is_erased_before_the_week_is_over(member):
    Departure.objects.ask(member, now=timezone.now() - WEEK + timedelta(minutes=1), **STAY)
    call_command("erase_departed")
    assert Member.objects.filter(pk=member.pk).exists()


def test_an_account_that_an_administrator_opened_again_stays(member):
    Departure.objects.ask(member, now=timezone.now() - WEEK, **STAY)
    Member.objects.update(is_active=True)
    call_command("erase_departed")
    assert Member.objects.filter(pk=member.pk).exists()


def test_the_last_e_mail_says_that_it_is_done(member, leave):
    address = member.email
    leave(member)
    assert [(message.to, message.subject.split(" – ")[0]) for message in mail.outbox[1:]] == [
        ([address], "Your account is deleted")
    ]


def test_while_there_is_no_mail_the_account_waits_for_two_days(member, monkeypatch):
    asked_at = timezone.now() - WEEK
    departure = Departure.objects.ask(member, now=asked_at, **STAY)

    def no_mail(*args):
        raise SMTPServerDisconnected

    monkeypatch.setattr("ogp_network.leaving_mail._send", no_mail)
    with pytest.raises(CommandError):
        call_command("erase_departed")
    assert (Member.objects.filter(pk=member.pk).exists(), Erasure.objects.count()) == (True, 0)
    assert departure.carry_out(now=timezone.now() + timedelta(days=2))


def test_the_only_administrator_is_told_what_to_do_first(client, administrator):
    client.force_login(administrator)
    response = ask(client)
    assert (response.status_code, "You are the only administrator" in response.text) == (422, True)


def test_one_of_two_administrators_can_leave_and_then_the_other_cannot(administrator, leave):
    other = make_member(is_staff=True, is_superuser=True)
    leave(administrator)
    with pytest.raises(NotReady):
        Departure.objects.ask(other, now=timezone.now(), **STAY)


def test_who_alone_speaks_for_an_organisation_is_told(client, member):
    make_membership(member=member, organisation=make_organisation(name="Open Rivers"))
    client.force_login(member)
    client.post("/account/reauthenticate/", {"password": PASSWORD})
    assert "Open Rivers" in client.get(DEPARTURES).text


@pytest.mark.django_db(transaction=True)
def test_two_administrators_who_leave_at_once_do_not_leave_nobody(at_once):
    both = [make_member(is_staff=True, is_superuser=True) for _ in range(2)]
    now = timezone.now()
    at_once(*[lambda m=m: Departure.objects.ask(m, now=now, **STAY) for m in both])
    assert Member.objects.filter(is_superuser=True, is_active=True).count() == 1


@pytest.mark.django_db(transaction=True)
def test_the_job_run_twice_at_once_erases_once(at_once, member):
    departure = Departure.objects.ask(member, now=timezone.now() - WEEK, **STAY)
    now = timezone.now()
    done = at_once(*[lambda: departure.carry_out(now=now) for _ in range(2)])
    assert (sorted(done), Erasure.objects.count()) == ([False, True], 1)


# Backups


def listed(settings):
    return Path(settings.ERASURES_FILE).read_text()


def test_the_list_of_erasures_names_nobody(busy, leave, settings):
    number = busy.member.pk
    leave(busy.member)
    [line] = listed(settings).splitlines()
    assert json.loads(line)["account"] == number
    assert [word for word in WORDS if word in line] == []


def test_a_backup_that_brings_somebody_back_is_made_to_forget_them(busy, leave, settings):
    """The rows as they were before stand for the backup."""
    tables = ["profiles_member", "account_emailaddress", "manifesto_vote"]
    with connection.cursor() as cursor:
        for table in tables:
            cursor.execute(f"CREATE TEMPORARY TABLE old_{table} ON COMMIT DROP AS TABLE {table}")
    leave(busy.member)
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO profiles_member SELECT * FROM old_profiles_member WHERE id = %s", [busy.member.pk]
        )
        cursor.execute(
            "INSERT INTO account_emailaddress SELECT * FROM old_account_emailaddress WHERE user_id = %s",
            [busy.member.pk],
        )
    Erasure.objects.all().delete()
    back = {table for table, *_ in mentions(EMAIL, OTHER_EMAIL)}
    assert back == {"profiles_member", "account_emailaddress", "profiles_inbox"}
    call_command("replay_erasures")
    assert (mentions(*WORDS), Erasure.objects.count()) == ([], 1)
    call_command("replay_erasures")
    assert Erasure.objects.count() == 1


def test_a_number_given_out_again_is_not_mistaken_for_who_left(member, leave, settings):
    leave(member)
    record = json.loads(listed(settings))
    again = Member.objects.create(pk=record["account"], email="again@example.org")
    call_command("replay_erasures")
    assert Member.objects.filter(pk=again.pk).exists()


def test_a_line_that_a_full_disk_cut_short_is_written_anew(member, leave, settings):
    leave(member)
    whole = listed(settings)
    Path(settings.ERASURES_FILE).write_text(whole[:30])
    call_command("erase_departed")
    assert listed(settings) == f"{whole[:30]}\n{whole}"
    call_command("erase_departed")
    assert listed(settings) == f"{whole[:30]}\n{whole}"


def test_the_list_can_be_printed(member, leave, settings, capsys):
    leave(member)
    capsys.readouterr()
    call_command("list_erasures")
    assert capsys.readouterr().out == listed(settings)
