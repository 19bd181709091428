from datetime import date, time, timedelta

from django.utils import timezone

from manifesto.models import Adoption, CountRegister, Decision, Merge, Phase, Round
from meetings.models import Link, Point
from tests.factories import (
    make_action,
    make_answer,
    make_attendance,
    make_comment,
    make_commitment,
    make_criterion,
    make_decision,
    make_expected,
    make_idea,
    make_institution,
    make_meeting,
    make_member,
    make_milestone,
    make_note,
    make_office,
    make_office_term,
    make_organisation,
    make_plan,
    make_position,
    make_profile,
    make_report,
    make_round,
    make_signature,
    make_statement,
    make_term,
    make_theme,
    make_topic,
    make_votes,
)
from tests.shared_rows import shared

AWKWARD = "=HYPERLINK(1) “é”, \"quoted\" | 'x'\r\n-2+3 \U0001f333\x85\u2028"
# Whatever is called so mustn't be read by the public.
SECRET = "Sekret"


def make_public_things():
    """Something in every dataset, written as awkwardly as people write."""
    now = timezone.now()
    office = _organisations()
    _shortlisted_round(office, now)
    _meetings(office, now)
    _record(now)
    _plan(now)


def _organisations():
    office = make_organisation(
        name="@Office",
        slug="office",
        kind="government",
        areas=["W92000004", "E12000001"],
        website="https://office.example/",
        summary=AWKWARD,
        member_since=date(2014, 3, 1),
    )
    office.other_names.create(name="'t Office")
    office.identifiers.create(scheme="GB-CHC", value="1130568")
    make_organisation(name="Plain")
    make_profile(
        organisation=office,
        speaker_name="=Kim",
        standfirst=AWKWARD,
        theme="open-data",
        evidence_link="https://example.org/",
        answers=["+1", "-1", AWKWARD, "'s"],
        slug="kim",
    )
    return office


def _shortlisted_round(office, now):
    round = make_round(phase=Phase.PRIORITISATION, slug="uk", title="-UK-", shortlist_target=1)
    theme = make_theme(round=round, slug="data", name="+Data")
    make_criterion(round=round, slug="lens", name="=Lens")
    first, second, third = (
        make_idea(
            round=round,
            theme=theme,
            title=f"=Idea {number}",
            why=AWKWARD,
            how="-1",
            difference="\t",
            policy_areas=["health", "land_and_planning"],
            ogp_values=["civic_participation"],
            areas=["W92000004"],
            evidence_links=["https://example.org/a", "https://example.org/b"],
            organisation=office,
        )
        for number in (1, 2, 3)
    )
    for idea, number in ((first, 2), (second, 1), (third, 1)):
        make_votes(idea=idea, number=number)
    make_comment(idea=first)
    Merge.objects.create(source=third, target=first, reason="Same.", merged_at=now)
    type(third).objects.filter(pk=third.pk).update(survivor=first)
    term = make_term(round=round, member=make_member(name="Panel Expert", groups=["Experts"]))
    for idea in term.ideas_to_score():
        term.assess(idea, dict.fromkeys(round.criteria.all(), 1), now=now)
    CountRegister.objects.make(round, now=now)
    editor = make_member(groups=["Editors"])
    make_decision(idea=first, position=1, reasons="=Good")
    make_decision(idea=second, outcome="deferred", reasons="Later.")
    _commitments(round, theme, [first, second], now)
    round.publish_shortlist(by=editor, now=now)
    first.decision.correct(
        outcome="accepted_in_part", reasons="-Better", explanation="=Why", by=editor, now=now
    )


def _commitments(round, theme, ideas, now):
    asked = make_commitment(
        round=round,
        ideas=ideas,
        theme=theme,
        title="=Asked",
        summary=AWKWARD,
        problem="-1",
        solution="+one\n-two",
        newness="new",
        starts_on=date(2015, 1, 1),
    )
    asked.withdraw(reason="=Won", by=None, now=now)
    Adoption.objects.create(asked=asked, verdict="dropped", recorded_at=now)


def _plan(now):
    plan = make_plan(title="=Plan", slug="plan", introduction=AWKWARD)
    promise = make_commitment(plan=plan, title="=Promise", summary=AWKWARD, solution="+one\n-two")
    milestone = make_milestone(commitment=promise, output=AWKWARD, due_on=date(2015, 3, 31))
    report = make_report(about=milestone, words=AWKWARD, status="completed")
    report.correct(because="=Why", by=None, now=now, status="behind_schedule")
    make_report(
        about=promise, source="reviewer", status="limited", is_verifiable=True, potential="modest", words="-1"
    )


def _meetings(office, now):
    meeting = make_meeting(
        days=-5,
        title="=Meeting",
        slug="past",
        kind="workshop",
        areas=["S92000003"],
        starts_at=time(10),
        ends_at=time(11, 30),
        venue="@Hall",
        map_url="https://maps.example.org/",
        agenda="- one\n- two",
        summary=AWKWARD,
        institution=office,
        # Told of afterwards: a negative number, which must stay one.
        notice_given_on=timezone.localdate(now) - timedelta(days=2),
    )
    meeting.topics.add(make_topic(name="-Topic", slug="topic"))
    meeting.organisers.add(office)
    note = make_note(meeting=meeting, key_points=["=Point", AWKWARD], sections=[("-Head", AWKWARD)])
    Point.objects.create(note=note, kind="decision", text="@Decided")
    Link.objects.create(note=note, title="Paper", url="https://example.org/paper")
    make_attendance(meeting=meeting, name="=Robin", organisation=office, role="chair", mode="remote")
    make_attendance(meeting=meeting, name=SECRET, organisation_name=SECRET, is_named=False, role="chair")
    with note.correcting("=Wrong", by=None, now=now):
        Point.objects.create(note=note, text="More.")
    action = make_action(note=note, text="=Do", owner_name="@Sam", owner_organisation=office)
    action.postpone(timezone.localdate(now) + timedelta(days=1), by=None, now=now, words="-Later")
    action.carry_to(make_meeting(slug="next"), by=None, now=now)


def _record(now):
    """What an institution said, put right once, and taken back."""
    today, editor = timezone.localdate(now), make_member(groups=["Editors"])
    said = {"by": editor, "now": now, "today": today}
    ministry = make_institution(name="=Ministry", slug="ministry", kind="department", nation="W92000004")
    ministry.rename(name="-Ministry", slug="the-ministry", since_on=date(2014, 6, 1), now_on=today)
    term = make_office_term(office=make_office(institution=ministry, name="@Minister"), name="+Holder")
    position = make_position(
        institution=ministry,
        quotation=AWKWARD,
        topline="=Line",
        term=term,
        meeting=make_meeting(days=-3),
        stated_on=today - timedelta(days=3),
    )
    make_signature(statement=position.ask.statement)
    new = position.correct(content={"topline": "-Line"}, explanation="=Why", **said)
    new.withdraw(on=today, words="=Back", **said)
    idea = Decision.objects.get(position=1).idea
    expected = make_expected(idea=idea, institution=ministry)
    make_answer(expected=expected, reasons=AWKWARD, source_page="-4", stated_on=today, term=term)


def make_secret_things():
    """What the public may not read yet, or not any more, of every kind."""
    now = timezone.now()
    unannounced = make_round(title=SECRET, slug=SECRET, announced_at=None)
    make_theme(round=unannounced, name=SECRET)
    make_votes(idea=make_idea(round=unannounced, title=SECRET))
    CountRegister.objects.make(unannounced, now=now)
    scored = make_round(phase=Phase.PRIORITISATION, slug="scored")
    make_idea(round=scored, title=SECRET, published=False)
    idea = make_idea(round=scored, title="Public")
    make_commitment(round=unannounced, title=SECRET)
    make_commitment(ideas=[idea], title=SECRET, published=False)
    asked = make_commitment(ideas=[idea], title="Asked")
    promise = make_commitment(plan=make_plan(published=False), title=SECRET)
    Adoption.objects.create(asked=asked, adopted=promise, verdict="kept", words=SECRET, recorded_at=now)
    make_report(about=make_milestone(commitment=promise, output=SECRET), words=SECRET, source_title=SECRET)
    Decision.objects.create(round=scored, idea=idea, outcome="deferred", reasons=SECRET, decided_at=now)
    Round.objects.filter(pk=scored.pk).update(shortlist_publish_at=now + timedelta(days=1234))
    make_profile(speaker_name=SECRET, published=False)
    make_profile(speaker_name=SECRET).withdraw(by=None, now=now)
    hidden = make_meeting(
        title=SECRET, slug=SECRET, kind="workshop", announced_at=None, joining_details=SECRET
    )
    make_meeting(joining_details=SECRET, accepts_registrations=True)
    draft = make_note(published=False, key_points=[SECRET], sections=[(SECRET, SECRET)])
    Point.objects.create(note=draft, kind="decision", text=SECRET)
    make_attendance(meeting=draft.meeting, name=SECRET)
    make_action(note=draft, text=SECRET)
    make_action(text="Public action").carry_to(make_meeting(slug="later"), by=None, now=now)
    carried = make_action(text="Carried")
    carried.events.create(kind="carried", meeting=hidden, made_at=now)
    make_position(topline=SECRET, published=False)
    make_position(topline=SECRET, ask=make_statement(published=False).asks.first())
    make_answer(reasons=SECRET, published=False)
    make_answer(reasons=SECRET, expected=make_expected(idea=idea))
    make_member(name=SECRET, email="sekret@example.org")


public_things, secret_things = shared(make_public_things), shared(make_secret_things)
