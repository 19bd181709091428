"""What is kept no longer than the table says, however often and however many at once look after it."""

from datetime import timedelta

import pytest
from allauth.account.models import EmailConfirmation
from allauth.usersessions.models import UserSession
from django.contrib.admin.models import LogEntry
from django.contrib.sessions.models import Session
from django.core.cache import cache
from django.core.management import CommandError, call_command, get_commands
from django.db import connection
from django.db.models import F
from django.utils import timezone

from manifesto.models import CountRegister, Draft, Phase, Round, SignOff, Tally, Vote
from meetings.models import Meeting, Registration
from ogp_network.models import Erasure
from ogp_network.retention import RULES
from profiles.models import AuditEntry, Mailing, Member, Notification
from tests.factories import (
    idea_content,
    make_comment,
    make_idea,
    make_meeting,
    make_member,
    make_organisation,
    make_registration,
    make_round,
    make_statement,
    make_votes,
)

DAY = timedelta(days=1)


def rule(name):
    return next(rule for rule in RULES if rule.name == name)


def old(model, **moments):
    model.objects.update(**{name: timezone.now() - age for name, age in moments.items()})


def a_draft(age):
    round = make_round()
    content = {**idea_content(round=round), "policy_areas": [], "ogp_values": [], "areas": []}
    Draft.objects.create(round=round, author=make_member(), updated_at=timezone.now() - age, **content)


def an_account(age):
    make_member(verified=False, joined_at=timezone.now() - age)


def a_session(age):
    Session.objects.create(session_key="k" * 32, session_data="x", expire_date=timezone.now() - age)


def a_report(age):
    comment = make_comment(idea=make_idea())
    comment.reports.create(
        member=make_member(),
        reason="other",
        words="Look",
        reported_at=timezone.now(),
        dealt_with_at=timezone.now() - age,
    )


def an_invitation(age):
    idea = make_idea(round=make_round(phase=Phase.PRIORITISATION))
    later = timezone.now() - age - idea.round.scoring_open_at
    dates = (
        "ideas_open_at",
        "ideas_close_at",
        "votes_open_at",
        "votes_close_at",
        "scoring_open_at",
        "scoring_close_at",
    )
    Round.objects.filter(pk=idea.round_id).update(**{name: F(name) + later for name in dates})
    idea.invitations.create(email="stranger@example.org", invited_at=timezone.now())


def news(age):
    Notification.objects.tell(
        [make_member()], key="k", subject="S", words="W", address="/", now=timezone.now() - age
    )


def sent_news(age):
    news(age)
    mailing = Mailing.objects.create(
        member=Member.objects.last(), prepared_at=timezone.now(), next_attempt_at=timezone.now()
    )
    Notification.objects.update(mailing=mailing)


def a_mailing(age):
    moment = timezone.now() - age
    Mailing.objects.create(member=make_member(), prepared_at=moment, next_attempt_at=moment)


def a_meeting(age):
    make_meeting(days=-age.days, joining_details="https://meet.example.org/secret")


def a_registration(age):
    meeting = make_meeting(accepts_registrations=True)
    make_registration(meeting=meeting)
    Meeting.objects.update(held_on=timezone.localdate() - age)


def votes(age):
    idea = make_idea(round=make_round(phase=Phase.SHORTLISTED))
    make_votes(idea=idea)
    old(Round, shortlist_published_at=age)


def an_erasure(age):
    now = timezone.now()
    Erasure.objects.create(
        account=1, joined_at=now, asked_at=now, erased_at=now - age, takes_ideas=False, takes_comments=False
    )


def an_admin_entry(age):
    LogEntry.objects.create(
        user=make_member(), action_flag=1, action_time=timezone.now() - age, object_repr="x"
    )


def a_device(age):
    UserSession.objects.create(user=make_member(), session_key="k", ip="127.0.0.1", user_agent="Firefox")
    old(UserSession, last_seen_at=age)


def an_audit_entry(age):
    AuditEntry.objects.record("signed_in", by=make_member(), now=timezone.now() - age)


def a_key(age):
    EmailConfirmation.objects.create(
        email_address=make_member().emailaddress_set.get(), key="k", created=timezone.now() - age
    )


def a_sign_off(age):
    day = timezone.localdate() - age
    SignOff.objects.create(
        statement=make_statement(),
        organisation=make_organisation(),
        needed_by=day,
        asked_by=make_member(),
        asked_at=timezone.now() - age,
    )


MAKERS = {
    "sessions": a_session,
    "unconfirmed_accounts": an_account,
    "confirmation_keys": a_key,
    "waiting_news": news,
    "sent_news": sent_news,
    "mailings": a_mailing,
    "joining_details": a_meeting,
    "registrations": a_registration,
    "drafts": a_draft,
    "invitations": an_invitation,
    "sign_offs": a_sign_off,
    "reports": a_report,
    "ballots": votes,
    "admin_log": an_admin_entry,
    "audit_log": an_audit_entry,
    "devices": a_device,
    "erasures": an_erasure,
}


def test_each_rule_that_the_job_applies_is_tested_here():
    assert set(MAKERS) == {rule.name for rule in RULES if rule.rows}


def test_rules_have_names_of_their_own_and_words():
    assert len({rule.name for rule in RULES}) == len(RULES)
    assert [r.name for r in RULES if not all(map(str, (r.what, r.kept, r.ground, r.then)))] == []


def test_the_jobs_that_rules_name_are_there():
    assert {rule.done_by for rule in RULES} <= set(get_commands())


@pytest.mark.parametrize("name", MAKERS)
def test_what_is_old_goes_once_and_what_is_younger_stays(name, db):
    wanted = rule(name)
    MAKERS[name](wanted.kept_for + 2 * DAY)
    now = timezone.now()
    assert (wanted.due(now).count(), wanted.apply(now), wanted.apply(now)) == (1, 1, 0)


@pytest.mark.parametrize("name", sorted(set(MAKERS) - {"sessions"}))
def test_what_is_younger_stays(name, db):
    wanted = rule(name)
    MAKERS[name](wanted.kept_for - 2 * DAY)
    assert wanted.due(timezone.now()).count() == 0


def test_a_dry_run_changes_nothing_and_says_what_would_go(db, capsys):
    a_draft(rule("drafts").kept_for + DAY)
    call_command("apply_retention", "--dry-run")
    lines = capsys.readouterr().out.splitlines()
    assert ("drafts: 1 would go" in lines, len(lines)) == (True, len(MAKERS) + 1)
    assert Draft.objects.count() == 1
    call_command("apply_retention")
    assert (capsys.readouterr().out, Draft.objects.count()) == ("drafts: 1\n", 0)
    call_command("apply_retention")
    assert capsys.readouterr().out == ""


def test_many_rows_go_a_batch_at_a_time(db, monkeypatch):
    monkeypatch.setattr("ogp_network.retention.BATCH", 2)
    for _ in range(5):
        a_draft(rule("drafts").kept_for + DAY)
    assert (rule("drafts").apply(timezone.now()), Draft.objects.count()) == (5, 0)


@pytest.mark.django_db(transaction=True)
def test_two_jobs_at_once_share_the_work(at_once, monkeypatch):
    monkeypatch.setattr("ogp_network.retention.BATCH", 3)
    for _ in range(12):
        a_draft(rule("drafts").kept_for + DAY)
    numbers = at_once(*[lambda: rule("drafts").apply(timezone.now()) for _ in range(2)])
    assert (sum(numbers), Draft.objects.count()) == (12, 0)


def test_an_account_that_staff_made_or_that_was_used_stays(db):
    age = timezone.now() - 40 * DAY
    make_member(joined_at=age)
    make_member(verified=False, joined_at=age, last_login=age)
    member = make_member(verified=False, joined_at=age)
    member.emailaddress_set.all().delete()
    assert rule("unconfirmed_accounts").apply(timezone.now()) == 0


def test_how_many_had_a_place_is_kept(db):
    meeting = make_meeting(accepts_registrations=True, has_remote_access=True, venue="Town hall", capacity=2)
    for mode in ("in_person", "in_person", "in_person", "remote"):
        make_registration(meeting=meeting, mode=mode)
    Meeting.objects.update(held_on=timezone.localdate() - 100 * DAY)
    rule("registrations").apply(timezone.now())
    meeting.refresh_from_db()
    assert (meeting.registered_in_person, meeting.registered_remotely, Registration.objects.count()) == (
        2,
        1,
        0,
    )


def test_everybody_can_read_the_table(visitor, db):
    text = visitor.get("/retention/").text
    assert [str(rule.name) for rule in RULES if str(rule.what) not in text.replace("&#x27;", "'")] == []


# Ballots


@pytest.fixture
def counted(member):
    """A round with merged ideas whose shortlist was published long ago, and one whose wasn't."""
    now = timezone.now()
    round = make_round()
    ideas = [make_idea(round=round) for _ in range(3)]
    for idea in ideas:
        make_votes(idea=idea, number=6)
        idea.support(member, now=now)
    ideas[2].withdraw_support(member, now=now)
    ideas[0].merge_into(ideas[1], by=None, reason="The same.", now=now)
    moments = {"ideas_open_at": 400, "votes_open_at": 400, "ideas_close_at": 380, "votes_close_at": 370}
    moments |= {"scoring_open_at": 370, "scoring_close_at": 360, "shortlist_published_at": 200}
    Round.objects.filter(pk=round.pk).update(**{name: now - days * DAY for name, days in moments.items()})
    Vote.objects.update(cast_at=now - 390 * DAY)
    make_votes(idea=make_idea(round=make_round(phase=Phase.SHORTLISTED)), number=2)
    round.refresh_from_db()
    return round


def counts(round):
    tallies = Tally.objects.filter(idea__round=round).order_by("idea").values_list("supporters", "withdrawn")
    wordings = round.ideas.order_by("pk").values_list("wording_tallies__supporters", flat=True)
    return list(tallies), list(wordings), round.activity_at(timezone.now())


@pytest.mark.django_db(transaction=True)
def test_ballots_go_and_no_count_changes(counted):
    before = counts(counted)
    call_command("apply_retention")
    counted.refresh_from_db()
    assert (Vote.objects.filter(idea__round=counted).count(), Vote.objects.count()) == (0, 2)
    assert counts(counted) == before
    assert before[0] == [(0, 0), (13, 0), (6, 1)]
    call_command("verify_counts")


@pytest.mark.django_db(transaction=True)
def test_a_count_that_is_changed_afterwards_is_still_found(counted, capsys):
    call_command("apply_retention")
    Tally.objects.filter(idea__round=counted, supporters=13).update(supporters=14)
    with pytest.raises(CommandError):
        call_command("verify_counts")
    assert "the tally says 14 supporters, the votes say 13" in capsys.readouterr().out


@pytest.mark.django_db(transaction=True)
def test_the_last_register_stands_for_the_votes(counted):
    codes = set(Vote.objects.filter(idea__round=counted).values_list("receipt", flat=True))
    call_command("apply_retention")
    [register] = CountRegister.objects.filter(round=counted)
    listed = {code for entry in register.entries.all() for code in (*entry.counted, *entry.elsewhere)}
    assert listed == codes
    assert CountRegister.objects.make(Round.objects.get(pk=counted.pk), now=timezone.now() + DAY) == register


@pytest.mark.django_db(transaction=True)
def test_a_reduction_killed_half_way_goes_on_later(counted, monkeypatch):
    monkeypatch.setattr("ogp_network.retention.BATCH", 4)
    before = counts(counted)
    rule("ballots")._apply_some(timezone.now())
    call_command("verify_counts")
    assert Vote.objects.filter(idea__round=counted).count() == 16
    call_command("apply_retention")
    call_command("verify_counts")
    counted.refresh_from_db()
    assert counts(counted) == before


def test_where_counts_and_votes_disagree_nothing_goes(counted, capsys):
    Tally.objects.filter(idea__round=counted, supporters=13).update(supporters=12)
    with pytest.raises(CommandError, match="ballots: The counts of"):
        call_command("apply_retention")
    assert Vote.objects.filter(idea__round=counted).count() == 20


def test_the_pages_say_that_the_votes_are_gone(counted, client):
    assert (
        "180 days after the shortlist is published" in client.get(f"/rounds/{counted.slug}/registers/").text
    )
    rule("ballots").apply(timezone.now())
    assert "The votes themselves were deleted on" in client.get(f"/rounds/{counted.slug}/registers/").text


def test_the_cache_forgets_expired_counts(db):
    for name in ("kept", "gone"):
        cache.set(name, 1, 600)
    keys = [cache.make_key(name) for name in ("kept", "gone")]
    with connection.cursor() as cursor:
        past = timezone.now() - timedelta(hours=1)
        cursor.execute("UPDATE cache SET expires = %s WHERE cache_key = %s", [past, keys[1]])
        call_command("apply_retention")
        cursor.execute("SELECT cache_key FROM cache WHERE cache_key = ANY(%s)", [keys])
        assert cursor.fetchall() == [(keys[0],)]
