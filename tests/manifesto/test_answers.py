from datetime import date, timedelta

import pytest
from django.db import IntegrityError, ProgrammingError, transaction
from django.utils import timezone

from manifesto.errors import NotReady
from manifesto.models import ExpectedAnswer, Follow, GovernmentAnswer, Phase
from manifesto.models.answering.about import said_about
from profiles.models import Member, Notification
from tests.factories import (
    make_answer,
    make_commitment,
    make_decision,
    make_expected,
    make_idea,
    make_institution,
    make_member,
    make_office,
    make_office_term,
    make_position,
    make_round,
    make_signature,
    make_statement,
    make_votes,
)

pytestmark = pytest.mark.django_db

DAY = timedelta(days=1)


def today():
    return timezone.localdate()


def violates(name):
    return pytest.raises(IntegrityError, match=name)


def late(days=3, **fields):
    return make_expected(due_on=today() - days * DAY, **fields)


def make_shortlist(places=2, **fields):
    round = make_round(phase=Phase.SHORTLISTED, **fields)
    for place in range(1, places + 1):
        make_decision(idea=make_idea(round=round), position=place)
    make_decision(idea=make_idea(round=round), outcome="deferred")
    return round


def withdraw(answer, by, on=None):
    now = timezone.now()
    answer.withdraw(on=on or today(), words="The minister took it back.", by=by, now=now, today=today())


def test_expected_answers_keep_their_constraints():
    idea, institution = make_expected().idea, make_institution()
    with violates("expected_answer_to_one_thing"), transaction.atomic():
        make_expected(idea=idea, commitment=make_commitment())
    with violates("expected_answer_due_after_asked"), transaction.atomic():
        make_expected(idea=idea, due_on=date(2014, 1, 1), asked_on=date(2014, 1, 2))
    make_expected(idea=idea, institution=institution)
    with violates("expected_answer_once_per_idea"), transaction.atomic():
        make_expected(idea=idea, institution=institution)
    commitment = make_commitment()
    make_expected(commitment=commitment, institution=institution)
    with violates("expected_answer_once_per_commitment"), transaction.atomic():
        make_expected(commitment=commitment, institution=institution)


def test_answers_keep_their_constraints():
    with violates("answer_has_document"), transaction.atomic():
        make_answer(source_url="")
    draft = GovernmentAnswer.objects.filter(pk=make_answer(published=False).pk)
    with violates("answer_withdrawn_with_words"), transaction.atomic():
        draft.update(withdrawn_on=today(), withdrawal_words="Back.")
    with violates("answer_correction_explained"), transaction.atomic():
        draft.update(explanation="Wrong.")


def test_what_is_public_is_neither_changed_nor_deleted():
    answer = make_answer()
    with pytest.raises(ProgrammingError), transaction.atomic():
        GovernmentAnswer.objects.filter(pk=answer.pk).update(outcome="not_accepted")
    with pytest.raises(ProgrammingError), transaction.atomic():
        answer.delete()


def test_predicates_and_querysets_of_what_is_expected_agree(editor):
    unpublished = make_idea()
    make_decision(idea=unpublished, position=1)
    make_expected(idea=unpublished)
    without_place = make_idea(round=make_round(phase=Phase.SHORTLISTED))
    make_decision(idea=without_place, outcome="deferred")
    make_expected(idea=without_place)
    make_expected(commitment=make_commitment())
    make_expected(commitment=make_commitment(published=False))
    make_answer()
    make_answer(published=False)
    withdraw(make_answer(), editor)
    every = ExpectedAnswer.objects.with_answers()
    for queryset, predicate in [("public", "is_public"), ("answered", "is_answered")]:
        found = set(getattr(ExpectedAnswer.objects, queryset)())
        assert found == {each for each in every if getattr(each, predicate)}
        assert 0 < len(found) < len(every)
    assert {*ExpectedAnswer.objects.answered(), *ExpectedAnswer.objects.unanswered()} == {*every}
    found = set(GovernmentAnswer.objects.public())
    assert found == {each for each in GovernmentAnswer.objects.all() if each.is_public} != set()


def test_what_is_to_check_is_unanswered_and_its_day_has_come():
    due = make_expected(next_check_on=today())
    make_expected(next_check_on=today() + DAY)
    make_answer(expected=make_expected(next_check_on=today()))
    make_expected()
    assert [*ExpectedAnswer.objects.to_check(today())] == [due]


def test_overdue_goes_by_the_day():
    expected = late(1)
    make_expected(due_on=today())
    make_answer(expected=late())
    assert [*ExpectedAnswer.objects.overdue(today())] == [expected]


def test_days_late_are_public_until_an_answer_comes_and_after(visitor):
    expected = late(3)
    assert "No answer, 3 days late" in visitor.get(expected.idea.get_absolute_url()).text
    make_answer(expected=expected, reasons="At last.")
    text = visitor.get(expected.idea.get_absolute_url()).text
    assert "Answered 3 days late" in text and "At last." in text


def test_a_withdrawn_answer_stays_visible_and_counts_no_more(editor, visitor):
    expected = late(3)
    withdraw(make_answer(expected=expected, reasons="It will be done."), editor)
    text = visitor.get(expected.idea.get_absolute_url()).text
    assert "No answer, 3 days late" in text
    assert "Withdrawn on" in text and "The minister took it back." in text and "It will be done." in text
    page = visitor.get(f"/rounds/{expected.idea.round.slug}/answers/").text
    assert "There was an answer, withdrawn on" in page and "Of 1 answer that was asked for, 0" in page


def test_a_correction_of_an_answer_is_dated_and_keeps_what_it_said(editor, visitor):
    answer, now = make_answer(reasons="As first read."), timezone.now()
    content = {"reasons": "As it stands in print."}
    for reasons in ("As it stands in print.", "As it stands on page 4."):
        content = {"reasons": reasons}
        answer = answer.correct(content=content, explanation="Misread.", by=editor, now=now, today=today())
    text = visitor.get(answer.expected.idea.get_absolute_url()).text
    for words in ("As first read.", "As it stands in print.", "As it stands on page 4.", "Corrected on"):
        assert words in text


@pytest.mark.parametrize(
    "fields",
    [
        {"stated_on": date(2999, 1, 1)},
        {"stated_on": date(2000, 1, 1)},
        {"reasons": " "},
        {"term": True},
    ],
)
def test_a_wrong_answer_is_not_published(fields, editor):
    if fields.get("term"):
        fields = {"term": make_office_term()}
    draft = make_answer(published=False, **fields)
    with pytest.raises(NotReady):
        draft.publish(by=editor, now=timezone.now(), today=today())
    assert not GovernmentAnswer.objects.published().exists()


def test_a_whole_shortlist_is_asked_in_one_go(editor):
    round, institution, now = make_shortlist(3), make_institution(), timezone.now()
    days = {"asked_on": today(), "due_on": today() + 30 * DAY}
    answered = make_expected(idea=round.ideas.shortlisted().by_place()[0], institution=institution)
    due_before = answered.due_on
    make_answer(expected=answered)
    set_first = ExpectedAnswer.objects.expect_of_shortlist(
        round, institution=institution, by=editor, now=now, **days
    )
    days["due_on"] += DAY
    set_again = ExpectedAnswer.objects.expect_of_shortlist(
        round, institution=institution, by=editor, now=now, **days
    )
    assert (set_first, set_again, ExpectedAnswer.objects.count()) == (2, 2, 3)
    assert ExpectedAnswer.objects.get(pk=answered.pk).due_on == due_before
    assert ExpectedAnswer.objects.filter(due_on=days["due_on"]).count() == 2


def test_a_shortlist_that_isnt_public_is_asked_nothing(editor):
    round = make_round(phase=Phase.PRIORITISATION)
    make_decision(idea=make_idea(round=round), position=1)
    with pytest.raises(NotReady):
        ExpectedAnswer.objects.expect_of_shortlist(
            round,
            institution=make_institution(),
            by=editor,
            now=timezone.now(),
            asked_on=today(),
            due_on=today(),
        )


def told():
    return {note.member.display_name: note for note in Notification.objects.select_related("member")}


def test_those_concerned_are_told_once_in_the_same_words(editor):
    round = make_shortlist(1)
    idea = round.ideas.shortlisted().get()
    now = timezone.now()
    for name, begin in [("Fay", idea), ("Rob", round)]:
        Follow.objects.begin(make_member(name=name), begin, now=now)
    [vote] = make_votes(idea=idea)
    Member.objects.filter(pk=vote.member_id).update(display_name="Sue")
    make_member(name="Nobody")
    answer = make_answer(expected=make_expected(idea=idea))
    assert set(told()) == {"Fay", "Rob", "Sue", idea.authorships.get().member.display_name}
    assert {(note.subject, note.words) for note in told().values()} == {
        ("An answer from government", next(iter(told().values())).words)
    }
    assert idea.title not in told()["Sue"].subject
    answer.publish(by=editor, now=now, today=today())
    assert Notification.objects.count() == 4
    withdraw(answer, editor)
    assert Notification.objects.filter(subject="An answer was withdrawn").count() == 4


def test_nobody_is_told_of_a_draft_or_of_what_isnt_public():
    idea = make_idea()
    make_decision(idea=idea, position=1)
    make_answer(published=False)
    make_answer(expected=make_expected(idea=idea))
    assert not Notification.objects.exists()


def test_drafts_and_what_isnt_public_are_nowhere(visitor):
    institution = make_institution(slug="office")
    draft = make_answer(
        expected=make_expected(institution=institution), reasons="Secret so far.", published=False
    )
    early = make_idea(title="Chosen in secret")
    make_decision(idea=early, position=1)
    make_answer(expected=make_expected(idea=early, institution=institution), reasons="Secret so far.")
    for address in [
        draft.expected.idea.get_absolute_url(),
        early.get_absolute_url(),
        f"/rounds/{draft.expected.idea.round.slug}/answers/",
        f"/rounds/{draft.expected.idea.round.slug}/shortlist/",
        f"/rounds/{early.round.slug}/answers/",
        "/institutions/office/",
        "/institutions/office/record.atom",
        "/institutions/record.atom",
    ]:
        response = visitor.get(address)
        assert (response.status_code, "Secret so far." in response.text) == (200, False), address
    assert "Chosen in secret" not in visitor.get("/institutions/office/").text
    assert "Chosen in secret" not in visitor.get(f"/rounds/{early.round.slug}/answers/").text


def test_the_shortlist_and_its_list_of_answers_show_them(visitor):
    round = make_shortlist(2)
    first = round.ideas.shortlisted().by_place()[0]
    make_answer(expected=make_expected(idea=first), outcome="in_part")
    assert "Accepted in part" in visitor.get(f"/rounds/{round.slug}/shortlist/").text
    page = visitor.get(f"/rounds/{round.slug}/answers/").text
    assert "Accepted in part" in page and "No institution has been asked for an answer yet." in page


def test_all_that_is_said_about_a_commitment(django_assert_max_num_queries):
    commitment = make_commitment()
    position = make_position(commitment=commitment)
    for _ in range(20):
        make_position(commitment=commitment)
        expected = make_expected(commitment=commitment)
        make_answer(expected=expected)
    with django_assert_max_num_queries(8):
        said = said_about(commitment, [], today())
        assert [str(each.institution.names.all()) for each in said["positions"]]
        assert [answer.outcome for each, _ in said["answers"] for answer in each.latest_answers]
    assert position in said["positions"] and len(said["answers"]) == 20


def test_the_page_of_a_commitment_shows_what_is_said_about_it(visitor):
    commitment = make_commitment()
    make_position(commitment=commitment, topline="Of course.")
    make_answer(expected=make_expected(commitment=commitment), reasons="As asked.")
    text = visitor.get(commitment.get_absolute_url()).text
    assert "Of course." in text and "As asked." in text


def test_the_page_of_a_commitment_shows_what_was_asked_and_said_elsewhere_about_it(visitor):
    """By a statement that asks for it, by a party to that, and by government to the idea on the shortlist."""
    round = make_shortlist(1)
    idea = round.ideas.shortlisted().get()
    commitment = make_commitment(ideas=[idea])
    ask = make_statement(asks=1).asks.get()
    ask.commitment = commitment
    ask.save()
    make_signature(statement=ask.statement)
    make_position(ask=ask, topline="Perhaps.")
    make_answer(expected=make_expected(idea=idea), reasons="In spring.")
    page = " ".join(visitor.get(commitment.get_absolute_url()).text.split())
    wanted = [
        "Publish list 1",
        "signed by 1 organisation",
        "Perhaps.",
        "on ask 1 of",
        "In spring.",
        idea.title,
    ]
    assert [words for words in wanted if words not in page] == []


@pytest.mark.parametrize("number", [1, 60])
def test_pages_of_answers_take_the_same_queries(number, visitor, django_assert_num_queries):
    round = make_shortlist(number)
    institution = make_institution(slug="office")
    for idea in round.ideas.shortlisted():
        make_answer(expected=make_expected(idea=idea, institution=institution))
    with django_assert_num_queries(7):
        visitor.get(f"/rounds/{round.slug}/answers/")
    with django_assert_num_queries(9):
        visitor.get("/institutions/office/")


FORM = {
    "outcome": "in_part",
    "reasons": "As far as it goes.",
    "source_title": "Response",
    "source_url": "https://example.org/response",
    "language": "en-gb",
}


def test_editors_ask_record_and_publish(editor, sign_in, visitor):
    client, round = sign_in(editor), make_shortlist(2)
    institution = make_institution(kind="department")
    office = make_office_term(office=make_office(institution=institution))
    asked = {"round": round.pk, "institution": institution.pk, "asked_on": today() - 9 * DAY}
    address = "/admin/manifesto/expectedanswer/shortlist/"
    wrong = client.post(address, {**asked, "due_on": today() - 10 * DAY})
    assert (wrong.status_code, ExpectedAnswer.objects.count()) == (422, 0)
    client.post(address, {**asked, "due_on": today() - 2 * DAY, "next_check_on": today()})
    assert ExpectedAnswer.objects.count() == 2
    desk = client.get("/admin/manifesto/expectedanswer/?state=to_check").text
    assert "2 days late" in desk
    assert "2 checks due" in client.get("/admin/").text
    expected = ExpectedAnswer.objects.first()
    values = {**FORM, "expected": expected.pk, "stated_on": today(), "term": office.pk}
    client.post("/admin/manifesto/governmentanswer/add/", values)
    answer = GovernmentAnswer.objects.get()
    client.post(f"/admin/manifesto/governmentanswer/{answer.pk}/publication/")
    assert "Answered 2 days late" in visitor.get(expected.idea.get_absolute_url()).text


@pytest.mark.parametrize(
    "wrong",
    [
        {"stated_on": "2999-01-01"},
        {"reasons": ""},
        {"source_url": ""},
        {"outcome": "maybe"},
        {"expected": "9" * 30},
        {"term": True},
    ],
)
def test_a_wrong_answer_is_not_kept(wrong, editor, sign_in):
    values = {**FORM, "expected": make_expected().pk, "stated_on": today(), **wrong}
    if wrong.get("term"):
        values["term"] = make_office_term().pk
    response = sign_in(editor).post("/admin/manifesto/governmentanswer/add/", values)
    assert (response.status_code, 'class="errorlist' in response.text) == (200, True)
    assert not GovernmentAnswer.objects.exists()
