"""What the facts of a round come to, requirement by requirement, and what must hold whatever they are."""

from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ogp_network.fair_process.verdicts import (
    WARNED_BEFORE,
    Facts,
    Verdict,
    findings,
    months_after,
    spacing,
    years_of_delivery,
)

TODAY = date(2026, 11, 27)
MET, SHORT, NOT_MET, NOT_DUE = Verdict


def day(number):
    return TODAY + timedelta(days=number)


def make_facts(**fields):
    """A round whose ideas have been open for eight weeks and close in four."""
    values = {
        "today": TODAY,
        "announced_on": day(-70),
        "ideas_open_on": day(-56),
        "ideas_close_on": day(28),
        "scoring_close_on": day(90),
    }
    return Facts(**{**values, **fields})


def found(requirement, **fields):
    """The verdict and the day by which something has to happen."""
    finding = next(one for one in findings(make_facts(**fields)) if one.requirement == requirement)
    return finding.verdict, finding.due_on


def figures(requirement, **fields):
    return dict(next(one for one in findings(make_facts(**fields)) if one.requirement == requirement).figures)


@pytest.mark.parametrize(
    ("begin", "months", "end"),
    [
        ("2026-11-27", 6, "2027-05-27"),
        ("2026-08-31", 6, "2027-02-28"),
        ("2027-08-31", 6, "2028-02-29"),
        ("2026-12-01", 12, "2027-12-01"),
        ("2026-03-31", -6, "2025-09-30"),
    ],
)
def test_a_month_later_is_the_same_day_or_the_last(begin, months, end):
    assert months_after(date.fromisoformat(begin), months) == date.fromisoformat(end)


@pytest.mark.parametrize(
    ("forums", "expected"),
    [
        ([], (NOT_DUE, None)),
        ([-20], (MET, None)),
        # Shortly before the round sets the clock, long before doesn't.
        ([-170], (SHORT, months_after(day(-170), 6))),
        ([-500], (NOT_DUE, None)),
        ([-170, 10], (NOT_DUE, None)),
        # One that comes too late is no remedy.
        ([-170, 60], (SHORT, months_after(day(-170), 6))),
        ([-200], (NOT_MET, months_after(day(-200), 6))),
    ],
)
def test_forum_has_to_meet_every_six_months(forums, expected):
    assert found("forum", forums=tuple(map(day, forums))) == expected


def test_a_gap_in_the_past_is_no_warning_where_meetings_go_on():
    days = (day(-600), day(-300), day(-100))
    assert found("forum", announced_on=day(-620), forums=days) == (NOT_MET, None)
    assert figures("forum", announced_on=day(-620), forums=days)["longest_gap"] == 300


def test_nothing_is_warned_of_once_the_process_is_over():
    old = {"announced_on": day(-900), "shortlisted_on": day(-700), "forums": (day(-890),)}
    assert found("forum", **old) == (NOT_MET, None)
    assert make_facts(**old).is_over


@pytest.mark.parametrize(("last", "expected"), [(-30, MET), (-160, SHORT), (-190, NOT_MET)])
def test_site_has_to_be_kept_up(last, expected):
    assert found("publication", announced_on=day(-200), publications=(day(-195), day(last)))[0] == expected


@pytest.mark.parametrize(
    ("announced", "opens", "expected"),
    [
        (-70, -56, (MET, None)),
        (-69, -56, (NOT_MET, None)),
        (-3, 5, (SHORT, day(5))),
    ],
)
def test_dates_come_two_weeks_ahead(announced, opens, expected):
    fields = {"announced_on": day(announced), "ideas_open_on": day(opens), "ideas_close_on": day(opens + 60)}
    assert found("timeline", **fields) == expected


@pytest.mark.parametrize(
    ("closes", "events", "expected"),
    [
        (28, [-10], (MET, None)),
        (28, [10], (NOT_DUE, None)),
        (28, [], (SHORT, day(28))),
        (28, [40], (SHORT, day(28))),
        (90, [], (NOT_DUE, None)),
        (-1, [], (NOT_MET, None)),
        (-1, [-80], (NOT_MET, None)),
    ],
)
def test_people_are_gone_out_to_before_ideas_close(closes, events, expected):
    assert found("outreach", ideas_close_on=day(closes), events=tuple(map(day, events))) == expected


@pytest.mark.parametrize(
    ("opens", "closes", "received", "expected"),
    [
        (-56, 28, 0, (MET, None)),
        (-56, -20, 5, (MET, None)),
        (-56, -20, 0, (NOT_MET, None)),
        (-56, -40, 5, (NOT_MET, None)),
        (-5, 10, 5, (SHORT, day(10))),
        (5, 60, 0, (NOT_DUE, None)),
    ],
)
def test_there_are_four_weeks_for_ideas(opens, closes, received, expected):
    days = {"ideas_open_on": day(opens), "ideas_close_on": day(closes)}
    assert found("inputs", **days, contributions={"website": received}) == expected


@pytest.mark.parametrize(
    ("shortlisted", "scored", "ideas", "answered", "expected"),
    [
        (None, 90, 5, 0, (NOT_DUE, None)),
        (None, 10, 5, 0, (SHORT, day(38))),
        (None, -60, 5, 0, (NOT_MET, day(-32))),
        (None, -60, 0, 0, (NOT_DUE, None)),
        (-5, -60, 5, 5, (MET, None)),
        (-5, -60, 5, 4, (NOT_MET, day(-5))),
    ],
)
def test_every_idea_has_an_answer(shortlisted, scored, ideas, answered, expected):
    fields = {"shortlisted_on": shortlisted and day(shortlisted), "scoring_close_on": day(scored)}
    assert found("responses", **fields, ideas=ideas, responses=answered) == expected


@pytest.mark.parametrize(
    ("answers", "expected"),
    [
        ([], (NOT_DUE, None)),
        ([(60, None)], (NOT_DUE, None)),
        ([(30, None), (60, None)], (SHORT, day(30))),
        ([(0, None)], (SHORT, day(0))),
        ([(-1, None), (30, None), (-9, None)], (NOT_MET, day(-9))),
        ([(-9, -9), (60, None)], (MET, None)),
        ([(-30, -9)], (MET, None)),
        ([(-30, -9), (-20, None)], (NOT_MET, day(-20))),
    ],
)
def test_government_answers_by_the_day_it_is_due(answers, expected):
    assert found("answers", answers=_days_of(answers)) == expected


def _days_of(answers):
    return tuple((day(due), None if on is None else day(on)) for due, on in answers)


def test_answers_are_counted_with_the_days_they_are_late():
    answers = _days_of([(-30, -9), (-20, -20), (-25, None), (50, None)])
    assert figures("answers", answers=answers, commitments=3, adopted=2, ideas_adopted=5) == {
        "answers_expected": 4,
        "answers_given": 2,
        "answers_given_late": 1,
        "answers_overdue": 1,
        "longest_delay": 25,
        "commitments": 3,
        "commitments_adopted": 2,
        "ideas_adopted": 5,
    }


@pytest.mark.parametrize(
    ("first", "last", "talks", "expected"),
    [
        (10, 700, [], (NOT_DUE, None)),
        (-100, 600, [-50], (NOT_DUE, None)),
        (-100, 600, [-50, -20], (MET, None)),
        (-340, 390, [-50], (SHORT, months_after(day(-340), 12) - timedelta(days=1))),
        (-340, 390, [-50, 10], (NOT_DUE, None)),
        (-400, 330, [-50], (NOT_MET, None)),
        (-400, 330, [-390, -380], (MET, None)),
        (-800, -70, [-790, -700, -400, -300], (MET, None)),
        (-800, -70, [-790, -700, -400], (NOT_MET, None)),
    ],
)
def test_government_and_civil_society_meet_twice_a_year(first, last, talks, expected):
    delivery = (day(first), day(last))
    assert found("delivery", delivery=delivery, talks=tuple(map(day, talks))) == expected


@pytest.mark.parametrize(
    ("last", "required"),
    [("2025-12-31", [2]), ("2026-01-01", [2, 0]), ("2026-06-29", [2, 0]), ("2026-06-30", [2, 1])],
)
def test_of_what_is_left_of_a_year_one_meeting_is_asked_for_half_of_it(last, required):
    facts = make_facts(delivery=(date(2025, 1, 1), date.fromisoformat(last)))
    assert [year.required for year in years_of_delivery(facts)] == required


@pytest.mark.parametrize("on", [None, day(-5)])
def test_rules_of_the_forum_are_public_or_not(on):
    assert found("rules", rules_on=on) == ((MET, None) if on else (NOT_MET, None))


# Whatever the facts are

dates = st.integers(-900, 200).map(day)
days = st.lists(dates, max_size=12).map(tuple)


@st.composite
def any_facts(draw):
    announced = draw(st.integers(-900, 0))
    opens = announced + draw(st.integers(0, 60))
    closes = opens + draw(st.integers(1, 200))
    scored = closes + draw(st.integers(1, 90))
    can_be_out = scored <= 0
    starts = draw(st.integers(-700, 300))
    return make_facts(
        announced_on=day(announced),
        ideas_open_on=day(opens),
        ideas_close_on=day(closes),
        scoring_close_on=day(scored),
        shortlisted_on=draw(st.none() | st.integers(scored, 0).map(day)) if can_be_out else None,
        delivery=draw(
            st.none() | st.integers(30, 1100).map(lambda length: (day(starts), day(starts + length)))
        ),
        forums=draw(days),
        talks=draw(days),
        events=draw(days),
        publications=tuple(one for one in draw(days) if one <= TODAY),
        contributions={"website": draw(st.integers(0, 9))},
        ideas=(ideas := draw(st.integers(0, 9))),
        responses=draw(st.integers(0, ideas)),
        answers=draw(st.lists(st.tuples(dates, st.none() | dates), max_size=6).map(tuple)),
    )


@given(any_facts())
def test_each_requirement_has_one_verdict_in_the_order_of_the_standards(facts):
    results = findings(facts)
    assert len({one.requirement for one in results}) == len(results) == 10
    assert [one.standard for one in results] == sorted(one.standard for one in results)
    assert {one.standard for one in results} == {1, 2, 3, 4, 5}


@given(any_facts())
def test_who_is_about_to_fall_short_has_a_day_to_come_and_a_warning_has_none_that_is_far(facts):
    for one in findings(facts):
        if one.verdict == SHORT:
            assert one.due_on is not None
        if one.requirement in ("forum", "publication", "outreach", "delivery") and one.verdict == SHORT:
            assert TODAY <= one.due_on <= TODAY + WARNED_BEFORE
        if one.verdict in (MET, NOT_DUE):
            assert not one.is_warning


@given(any_facts())
def test_what_is_met_every_six_months_never_had_a_longer_gap(facts):
    regular = spacing(facts.forums, facts)
    if regular.verdict == MET:
        assert regular.longest_gap <= 184
    if regular.verdict == NOT_MET:
        assert regular.longest_gap >= 181


@given(any_facts(), st.randoms())
def test_order_and_repetition_of_days_change_nothing(facts, chance):
    shuffled = {name: list(getattr(facts, name)) * 2 for name in ("forums", "publications")}
    for many in shuffled.values():
        chance.shuffle(many)
    other = replace(facts, **{name: tuple(many) for name, many in shuffled.items()})
    assert findings(other) == findings(facts)


@given(any_facts())
def test_a_forum_today_ends_every_warning_of_one(facts):
    finding = findings(replace(facts, forums=(*facts.forums, TODAY)))[0]
    assert not finding.is_warning


@given(any_facts(), st.integers(0, 400))
def test_one_more_meeting_never_makes_delivery_worse(facts, ago):
    order = [NOT_MET, SHORT, NOT_DUE, MET]
    more = replace(facts, talks=(*facts.talks, day(-ago)))
    assert order.index(findings(more)[-1].verdict) >= order.index(findings(facts)[-1].verdict)


@given(any_facts())
def test_the_key_of_a_warning_names_what_and_by_when(facts):
    warnings = [one for one in findings(facts) if one.is_warning]
    assert len({one.key for one in warnings}) == len(warnings)
