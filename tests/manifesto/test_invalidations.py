"""Votes that editors decide not to count: out of every count, on record, and nobody's to see."""

import csv
import subprocess
import sys
from datetime import timedelta
from io import StringIO

import pytest
from django.db import IntegrityError, ProgrammingError, transaction
from django.urls import reverse
from django.utils import timezone

from manifesto.errors import AlreadyUndone, NotAllowedInPhase, TooFewVotes
from manifesto.management.commands import verify_counts
from manifesto.models import (
    CountRegister,
    Idea,
    Invalidation,
    NetworkKey,
    Phase,
    Tally,
    Vote,
    VoteGroup,
    VoteTrace,
    WordingTally,
)
from profiles.models import AuditEntry
from tests.factories import make_idea, make_member, make_round, make_votes

REASON = "Forty new accounts from one network within an hour."


def group_of(idea, **narrowed):
    now = timezone.now()
    return VoteGroup(idea.round, now - timedelta(hours=2), now + timedelta(hours=2), idea=idea, **narrowed)


def invalidate(idea, **narrowed):
    return Invalidation.objects.of(group_of(idea, **narrowed), reason=REASON, by=None, now=timezone.now())


def tally_of(idea):
    return Tally.objects.filter(idea=idea).values_list("supporters", "withdrawn", "invalidated").get()


def counts_agree():
    verifying = verify_counts.Command()
    return [*verifying.tallies(), *verifying.wordings(), *verifying.survivors(), *verifying.registers()] == []


def test_invalidated_votes_leave_every_count_and_stay_on_record(client, db):
    round = make_round()
    suspicious, honest = make_idea(round=round), make_idea(round=round)
    make_votes(idea=suspicious, number=6)
    make_votes(idea=honest, number=1)
    assert list(round.ideas.live().by_support()) == [suspicious, honest]
    assert [idea.new_votes for idea in round.ideas.gaining_support(timezone.now())] == [6]
    invalidation = invalidate(suspicious)
    assert (invalidation.number, suspicious.votes.count(), tally_of(suspicious)) == (6, 6, (0, 0, 6))
    assert list(round.ideas.live().by_support()) == [honest, suspicious]
    assert not round.ideas.gaining_support(timezone.now()).exists()
    assert {number for number, *_ in round.ideas.votes_that_count()} == {honest.number}
    assert sum(round._votes_by_day().values()) == 1
    assert sum(portion.support for portion in round.activity_at(timezone.now()).themes) == 1
    assert WordingTally.objects.get(idea=suspicious).supporters == 0
    page = client.get(suspicious.get_absolute_url()).content.decode()
    assert "<strong>0</strong> people support this idea" in page
    api = client.get(f"/api/v1/ideas/{round.slug}/{suspicious.number}").json()
    assert api["supporters"] == 0
    tallies = client.get("/open-data/tallies.csv")
    rows = list(csv.DictReader(StringIO(b"".join(tallies.streaming_content).decode())))
    assert [row["supporters"] for row in rows if row["round"] == round.slug] == ["0", "1"]
    assert counts_agree()


def test_the_register_lists_codes_that_do_not_count_and_can_be_recounted(client, db, tmp_path):
    idea = make_idea()
    codes = sorted(vote.receipt_text for vote in make_votes(idea=idea, number=5))
    invalidate(idea)
    counted = make_votes(idea=idea)[0]
    register = CountRegister.objects.make(idea.round, now=timezone.now())
    address = reverse("manifesto:register_file", args=[idea.round.slug, register.made_on])
    text = b"".join(client.get(address).streaming_content).decode()
    rows = list(csv.DictReader(StringIO(text)))
    assert [row["code"] for row in rows if row["statement"] == "not counted"] == codes
    assert [row["code"] for row in rows if row["statement"] == "counted"] == [counted.receipt_text]
    file = tmp_path / "register.csv"
    file.write_text(text)
    done = subprocess.run([sys.executable, "docs/recount_register.py", file], capture_output=True, text=True)
    assert (done.returncode, "1 codes, 1 supporters stated" in done.stdout) == (0, True)
    assert counts_agree()


def test_withdrawing_and_voting_again_does_not_evade_it(db):
    idea, now = make_idea(), timezone.now()
    member = make_votes(idea=idea, number=5)[0].member
    invalidate(idea)
    idea.withdraw_support(member, now=now)
    assert (Idea.supported_among([idea], member), idea.votes.count()) == (set(), 5)
    idea.support(member, now=now)
    assert (Idea.supported_among([idea], member), tally_of(idea)) == ({idea.pk}, (0, 0, 5))
    assert counts_agree()


def test_voting_for_what_it_was_merged_into_does_not_evade_it_and_undoing_the_merge_frees_that_vote(
    db, editor
):
    round, now = make_round(), timezone.now()
    source, target = make_idea(round=round), make_idea(round=round)
    member = make_votes(idea=source, number=5)[0].member
    invalidate(source)
    merge = source.merge_into(target, by=editor, reason="The same.", now=now)
    target.support(member, now=now)
    assert tally_of(target) == (0, 0, 0)
    assert target.invalidation_for(member).reason == REASON
    merge.undo(by=editor, now=now)
    assert (tally_of(target)[0], tally_of(source)[0], target.invalidation_for(member)) == (1, 0, None)
    assert counts_agree()


def test_undoing_brings_back_all_but_those_withdrawn_meanwhile(db, editor):
    idea, now = make_idea(), timezone.now()
    votes = make_votes(idea=idea, number=6)
    invalidation = invalidate(idea)
    idea.withdraw_support(votes[0].member, now=now)
    invalidation.undo(reason="It was a library.", by=editor, now=now)
    assert (tally_of(idea), idea.votes.count()) == ((5, 1, 0), 5)
    with pytest.raises(AlreadyUndone):
        invalidation.undo(reason="Again.", by=editor, now=now)
    assert counts_agree()


def test_an_invalidated_vote_can_be_confirmed_for_a_new_wording_and_counts_for_none(db):
    author, now = make_member(), timezone.now()
    idea = make_idea(author=author)
    member = make_votes(idea=idea, number=5)[0].member
    invalidation = invalidate(idea)
    wording = idea.text | {"title": "Another title"}
    idea.improve(by=author, wording=wording, opened=1, now=now)
    idea.confirm_support(member, now=now)
    assert set(WordingTally.objects.values_list("supporters", flat=True)) == {0}
    invalidation.undo(reason="It was a library.", by=None, now=now)
    assert dict(WordingTally.objects.values_list("wording", "supporters")) == {1: 4, 2: 1}


@pytest.mark.parametrize("number", [0, 4])
def test_a_group_of_fewer_than_five_is_left_alone(db, number):
    idea = make_idea()
    make_votes(idea=idea, number=number)
    with pytest.raises(TooFewVotes):
        invalidate(idea)
    assert not Invalidation.objects.exists()


@pytest.mark.parametrize("phase", Phase)
def test_in_which_phases_votes_can_be_invalidated_and_count_again(db, phase):
    idea = make_idea(round=make_round(phase=phase))
    make_votes(idea=idea, number=5)
    if phase in (Phase.SHORTLISTED, Phase.PRESENTED):
        with pytest.raises(NotAllowedInPhase, match="The result is published"):
            invalidate(idea)
        return
    invalidation = invalidate(idea)
    invalidation.undo(reason="A library.", by=None, now=timezone.now())
    assert tally_of(idea) == (5, 0, 0)


def test_the_database_refuses_what_no_verb_does(db):
    idea = make_idea()
    vote = make_votes(idea=idea, number=5)[0]
    now, values = timezone.now(), {"round": idea.round, "invalidated_at": timezone.now()}
    for name, wrong in {
        "of_five_votes_or_more": {"number": 4, "reason": REASON},
        "has_reason": {"number": 5, "reason": ""},
        "undone_with_reason": {"number": 5, "reason": REASON, "undone_at": now},
    }.items():
        with pytest.raises(IntegrityError, match=name), transaction.atomic():
            Invalidation.objects.create(**values, **wrong)
    with pytest.raises(IntegrityError, match="vote_withdrawn_stays"), transaction.atomic():
        Vote.objects.filter(pk=vote.pk).update(withdrawn_at=now)
    invalidation = invalidate(idea)
    with pytest.raises(ProgrammingError, match="Cannot insert"), transaction.atomic():
        Vote.objects.create(
            member=make_member(), idea=idea, revision=vote.revision, cast_at=now, invalidation=invalidation
        )


@pytest.mark.django_db(transaction=True)
def test_counts_are_exact_while_many_vote_and_withdraw(at_once):
    idea, now = make_idea(), timezone.now()
    votes = make_votes(idea=idea, number=8)
    people = [make_member() for _ in range(4)]
    invalidations = []

    def invalidating():
        invalidations.append(invalidate(idea))

    def undoing():
        for invalidation in list(Invalidation.objects.in_force()):
            invalidation.undo(reason="A library.", by=None, now=now)

    tasks = [lambda person=person: idea.support(person, now=now) for person in people]
    tasks += [lambda vote=vote: idea.withdraw_support(vote.member, now=now) for vote in votes[:3]]
    answers = at_once(*tasks, invalidating, undoing)
    assert [
        answer for answer in answers if isinstance(answer, Exception) and not isinstance(answer, TooFewVotes)
    ] == []
    assert counts_agree()
    undoing()
    assert (tally_of(idea), idea.votes.count()) == ((9, 3, 0), 9)


# What people see


def test_a_member_reads_why_and_nobody_else_does(client, sign_in, db, other_member, editor):
    idea = make_idea()
    member = make_votes(idea=idea, number=5)[0].member
    invalidate(idea)
    pages = [
        idea.get_absolute_url(),
        reverse("manifesto:my_votes"),
        reverse("manifesto:idea_list", args=[idea.round.slug]),
    ]
    told = {}
    for who, person in {"visitor": None, "member": member, "other": other_member, "editor": editor}.items():
        client.logout()
        if person:
            sign_in(person)
        told[who] = [REASON in client.get(page).content.decode() for page in pages]
    assert told == {
        "visitor": [False] * 3,
        "member": [True, True, False],
        "other": [False] * 3,
        "editor": [False] * 3,
    }
    objecting = "ask them to look again. You needn’t say which ideas you support."
    assert [objecting in sign_in(member).get(page).text for page in pages] == [True, True, False]


def test_a_member_who_took_an_invalidated_vote_back_has_it_no_more(sign_in, db):
    idea = make_idea()
    member = make_votes(idea=idea, number=5)[0].member
    invalidate(idea)
    client = sign_in(member)
    client.post("/support/withdrawals/", {"idea": idea.pk})
    assert REASON not in client.get(idea.get_absolute_url()).content.decode()
    assert idea.title not in client.get(reverse("manifesto:my_votes")).content.decode()


def test_the_public_page_says_when_how_many_and_why_and_never_who(visitor, db, editor):
    idea = make_idea()
    votes = make_votes(idea=idea, number=5)
    invalidation = invalidate(idea)
    page = visitor.get(invalidation.get_absolute_url()).content.decode()
    assert ("5 votes" in page, REASON in page) == (True, True)
    secrets = [
        idea.title,
        *(text for vote in votes for text in (vote.receipt, vote.receipt_text, vote.member.email)),
    ]
    assert [secret for secret in secrets if secret in page] == []
    invalidation.undo(reason="It was a library.", by=editor, now=timezone.now())
    page = visitor.get(invalidation.get_absolute_url()).content.decode()
    assert ("They count again since" in page, "It was a library." in page, editor.display_name in page) == (
        True,
        True,
        False,
    )


def test_the_public_page_costs_the_same_at_1_and_at_30(visitor, db, django_assert_num_queries):
    for number in (1, 30):
        round = make_round()
        Invalidation.objects.bulk_create(
            Invalidation(round=round, reason=REASON, number=5, invalidated_at=timezone.now())
            for _ in range(number)
        )
        with django_assert_num_queries(3):
            visitor.get(reverse("manifesto:invalidation_list", args=[round.slug]))


# What editors see


def address(name, round, *args):
    return reverse(f"admin:manifesto_round_{name}", args=[round.pk, *args])


def asked(idea=None, **narrowed):
    now = timezone.localtime()
    moments = {"starts_at": now - timedelta(hours=2), "ends_at": now + timedelta(hours=2)}
    described = {name: f"{moment:%Y-%m-%dT%H:%M}" for name, moment in moments.items()}
    return {**described, "idea": idea.number if idea else "", **narrowed}


@pytest.mark.parametrize("who", ["visitor", "member", "expert", "editor", "administrator"])
def test_roles_on_the_pages_about_votes(client, request, sign_in, db, who):
    idea = make_idea()
    make_votes(idea=idea, number=10)
    invalidation = invalidate(idea)
    make_votes(idea=idea, number=5)
    if who != "visitor":
        sign_in(request.getfixturevalue(who))
    undo = address("votes_undo", idea.round, invalidation.pk)
    answers = [
        client.get(address("votes", idea.round), asked(idea)).status_code,
        client.get(undo).status_code,
        client.post(undo, {"reason": "A library."}).status_code,
    ]
    may = who in ("editor", "administrator")
    assert answers == ([200, 200, 302] if may else [403] * 3 if who == "expert" else [302] * 3)
    invalidation.refresh_from_db()
    assert invalidation.is_in_force is not may


def test_an_editor_describes_invalidates_and_undoes(sign_in, db, editor):
    idea = make_idea()
    make_votes(idea=idea, number=6)
    client = sign_in(editor)
    page = client.get(address("votes", idea.round), asked(idea)).content.decode()
    assert "at least 5" in page
    where = f"{address('votes_invalidate', idea.round)}?" + "&".join(
        f"{k}={v}" for k, v in asked(idea).items()
    )
    assert "Have these votes not count" in client.post(where, {"reason": REASON}).content.decode()
    assert Invalidation.objects.count() == 0
    client.post(where, {"reason": REASON, "confirm": "x"})
    invalidation = Invalidation.objects.get()
    assert (invalidation.invalidated_by, invalidation.number, tally_of(idea)[0]) == (editor, 6, 0)
    client.post(address("votes_undo", idea.round, invalidation.pk), {"reason": "It was a library."})
    assert tally_of(idea)[0] == 6


def test_fewer_than_five_are_told_as_none_and_one_more_as_no_more(sign_in, db, editor):
    client, idea = sign_in(editor), make_idea()

    def told():
        page = client.get(address("votes", idea.round), asked(idea)).content.decode()
        return page.partition("What there is")[2]

    nobody = told()
    make_votes(idea=idea, number=4)
    assert told() == nobody
    make_votes(idea=idea, number=1)
    five = told()
    assert "at least 5" in five
    make_votes(idea=idea, number=4)
    assert told().count("at least 5") == five.count("at least 5")
    assert "at least 9" not in told()


def test_too_few_cannot_be_invalidated_by_a_forged_request(sign_in, db, editor):
    idea = make_idea()
    make_votes(idea=idea, number=4)
    where = f"{address('votes_invalidate', idea.round)}?" + "&".join(
        f"{k}={v}" for k, v in asked(idea).items()
    )
    response = sign_in(editor).post(where, {"reason": REASON, "confirm": "x"})
    assert (response.status_code, Invalidation.objects.count()) == (403, 0)


def test_groups_by_network_service_and_age_have_no_names(sign_in, db, editor):
    idea, now = make_idea(), timezone.now()
    votes = make_votes(idea=idea, number=6)
    for number, vote in enumerate(votes):
        VoteTrace.objects.create(vote=vote, network=NetworkKey.objects.mark("203.0.113.9", now=now))
        vote.member.email = f"x{number}@rivers.example"
        vote.member.save()
    client = sign_in(editor)
    page = client.get(address("votes", idea.round), asked(idea)).content.decode()
    assert [name for name in ("rivers", "203.0.113", *(vote.receipt for vote in votes)) if name in page] == []
    assert [part in page for part in ("Network 1", "Domain 1", "Under an hour")] == [True] * 3
    [network] = group_of(idea).by_network()
    [domain] = group_of(idea).by_domain()
    assert (network.group.votes().count(), domain.group.votes().count()) == (6, 6)
    assert group_of(idea, domain="0" * 16).votes().count() == 0
    assert [line.number for line in group_of(idea).by_age()] == [5, 0, 0, 0]


def test_each_question_is_on_the_audit_log_which_ties_nobody_to_an_idea(sign_in, db, editor):
    idea = make_idea()
    make_votes(idea=idea, number=7)
    sign_in(editor).get(address("votes", idea.round), asked(idea))
    entry = AuditEntry.objects.get(action="votes_counted")
    assert (entry.actor_pk, entry.target_kind, entry.target_pk) == (
        editor.pk,
        "manifesto.round",
        str(idea.round.pk),
    )
    assert entry.details == {
        "number": 5,
        "hours": 4,
        "by_idea": True,
        "by_age": False,
        "by_network": False,
        "by_domain": False,
    }


def test_questions_are_limited(sign_in, db, editor, settings):
    settings.RATE_LIMITS = {"vote_query": {"account": {"day": 1}}}
    idea, client = make_idea(), sign_in(editor)
    codes = [
        client.get(address("votes", idea.round), query).status_code for query in ({}, asked(), asked(), {})
    ]
    assert codes == [200, 200, 429, 200]


@pytest.mark.parametrize(
    "wrong",
    [
        {"starts_at": "2026-11-27T10:00", "ends_at": "2026-11-27T09:00"},
        {"starts_at": "x"},
        {"idea": "999"},
        {"idea": "-1"},
        {"network": "' OR 1=1"},
        {"age": "x"},
    ],
)
def test_descriptions_that_make_no_sense(sign_in, db, editor, wrong):
    idea = make_idea()
    response = sign_in(editor).get(address("votes", idea.round), {**asked(), **wrong})
    assert (response.status_code, AuditEntry.objects.filter(action="votes_counted").count()) == (422, 0)


def test_moments_are_whole_hours(db, sign_in, editor):
    idea = make_idea()
    response = sign_in(editor).get(
        address("votes", idea.round),
        {**asked(), "starts_at": "2026-11-27T10:59", "ends_at": "2026-11-27T12:01"},
    )
    group = response.context["group"]
    assert (group.starts_at.minute, group.ends_at.minute, group.ends_at - group.starts_at) == (
        0,
        0,
        timedelta(hours=2),
    )
