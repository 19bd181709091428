from datetime import date, timedelta

import pytest
from django.db import IntegrityError, ProgrammingError, transaction
from django.urls import reverse
from django.utils import timezone

from manifesto.errors import EditedMeanwhile, NotReady, Refused
from manifesto.models import Institution, Position, Term
from tests.factories import (
    make_commitment,
    make_institution,
    make_meeting,
    make_office,
    make_office_term,
    make_plan,
    make_position,
    make_round,
    make_statement,
)

pytestmark = pytest.mark.django_db

TODAY = date(2015, 6, 1)
DAY = timedelta(days=1)


def violates(name):
    return pytest.raises(IntegrityError, match=name)


def correct(position, content, by, explanation="It said something else."):
    now = timezone.now()
    today = timezone.localdate(now)
    return position.correct(content=content, explanation=explanation, by=by, now=now, today=today)


def withdraw(position, by, on=None, words="They took it back."):
    now = timezone.now()
    today = timezone.localdate(now)
    position.withdraw(on=on or position.stated_on, words=words, by=by, now=now, today=today)


def test_an_institution_is_found_by_every_name_and_address_it_had(visitor):
    party = make_institution(name="Reed Party", slug="reed")
    party.rename(name="Heron Party", slug="heron", since_on=date(2014, 6, 1), now_on=TODAY)
    assert [*Institution.objects.called("reed")] == [*Institution.objects.called("HERON")] == [party]
    assert (party.name_on(date(2014, 5, 31)), party.name_on(date(2014, 6, 1))) == (
        "Reed Party",
        "Heron Party",
    )
    response = visitor.get("/institutions/reed/")
    assert (response.status_code, response.url) == (301, "/institutions/heron/")
    assert "Reed Party" in visitor.get("/institutions/?text=reed").text


def test_a_position_shows_the_name_of_its_day(visitor):
    party = make_institution(name="Reed Party", slug="reed")
    position = make_position(institution=party, stated_on=date(2014, 5, 1))
    party.rename(name="Heron Party", slug="heron", since_on=date(2014, 6, 1), now_on=TODAY)
    text = visitor.get(position.get_absolute_url()).text
    assert "Reed Party on “" in text
    assert "Called today" in text


@pytest.mark.parametrize(
    ("slug", "since_on"), [("other", TODAY), ("heron", TODAY + DAY), ("heron", date(2013, 1, 1))]
)
def test_a_name_is_refused_with_a_taken_address_a_day_to_come_or_one_before_the_last_change(slug, since_on):
    make_institution(slug="other")
    party = make_institution()
    party.rename(name="Reed Party", slug="reed", since_on=date(2014, 1, 1), now_on=TODAY)
    with pytest.raises(NotReady):
        party.rename(name="Heron Party", slug=slug, since_on=since_on, now_on=TODAY)
    assert party.names.count() == 2
    assert Institution.objects.get(pk=party.pk).name == "Reed Party"


def test_a_spelling_is_put_right_without_another_name():
    party = make_institution(name="Haron Party")
    party.respell("Heron Party")
    assert [name.name for name in party.names.all()] == ["Heron Party"]


def test_an_institution_that_ends_keeps_its_record_and_leads_to_its_successor(visitor):
    old, new = (
        make_institution(slug="old", kind="department"),
        make_institution(name="Next", kind="department"),
    )
    term = make_office_term(office=make_office(institution=old))
    make_position(institution=old, topline="Said by the old one.")
    old.end(on=date(2015, 5, 1), succeeded_by=new, now_on=TODAY)
    text = visitor.get("/institutions/old/").text
    assert "Said by the old one." in text and "Next" in text
    assert Term.objects.get(pk=term.pk).ends_on == date(2015, 5, 1)
    with pytest.raises(NotReady):
        new.end(on=TODAY, succeeded_by=old, now_on=TODAY)
    with pytest.raises(NotReady):
        new.end(on=TODAY + DAY, now_on=TODAY)


def test_institutions_keep_their_constraints():
    party = make_institution()
    with violates("institution_succeeded_only_if_ended"), transaction.atomic():
        Institution.objects.filter(pk=party.pk).update(succeeded_by=make_institution())
    with violates("institution_succeeds_another"), transaction.atomic():
        Institution.objects.filter(pk=party.pk).update(succeeded_by=party, ended_on=TODAY)
    with violates("institution_one_name_a_day"), transaction.atomic():
        party.names.create(name="Twin", slug="twin")


def test_one_holds_an_office_at_a_time_and_hands_it_over_on_a_day():
    office = make_office()
    make_office_term(office=office, starts_on=date(2013, 1, 1), ends_on=date(2014, 7, 14))
    make_office_term(office=office, name="Ash Bell", starts_on=date(2014, 7, 14))
    with violates("term_one_holder_at_a_time"), transaction.atomic():
        make_office_term(office=office, starts_on=date(2020, 1, 1))
    with violates("term_one_holder_at_a_time"), transaction.atomic():
        make_office_term(office=office, starts_on=date(2012, 1, 1), ends_on=date(2013, 1, 2))
    make_office_term(starts_on=date(2013, 1, 1))
    with violates("term_ends_after_it_starts"), transaction.atomic():
        make_office_term(starts_on=TODAY, ends_on=TODAY)
    with violates("office_named_once_in_institution"), transaction.atomic():
        make_office(institution=office.institution, name=office.name)


@pytest.mark.parametrize("day", [date(2012, 12, 31), date(2013, 1, 1), date(2014, 7, 14), date(2014, 7, 15)])
def test_terms_that_cover_a_day_agree(day):
    term = make_office_term(starts_on=date(2013, 1, 1), ends_on=date(2014, 7, 14))
    assert term.covers(day) == Term.objects.held_on(day).filter(pk=term.pk).exists()


def test_positions_keep_their_constraints():
    ask, round = make_statement().asks.first(), make_round()
    with violates("position_on_one_thing"), transaction.atomic():
        make_position(ask=ask, commitment=make_commitment(round=round))
    with violates("position_on_one_thing"), transaction.atomic():
        Position.objects.filter(pk=make_position(published=False).pk).update(ask=None)
    with violates("position_quotation_has_source"), transaction.atomic():
        make_position(source_title="", source_url="")
    with violates("position_source_has_title"), transaction.atomic():
        make_position(source_title="", quotation="")
    draft = Position.objects.filter(pk=make_position(published=False).pk)
    with violates("position_withdrawn_with_words"), transaction.atomic():
        draft.update(withdrawn_on=TODAY, withdrawal_words="Back.")
    with violates("position_correction_explained"), transaction.atomic():
        draft.update(explanation="Wrong.")


def test_the_meeting_it_was_said_at_is_source_enough():
    meeting = make_meeting(days=-3)
    position = make_position(source_title="", source_url="", meeting=meeting, stated_on=meeting.held_on)
    assert position.is_public


def test_what_is_public_is_neither_changed_nor_deleted():
    position = make_position()
    for change in (
        {"stance": "declined"},
        {"quotation": "No."},
        {"stated_on": TODAY},
        {"published_at": None},
    ):
        with pytest.raises(ProgrammingError), transaction.atomic():
            Position.objects.filter(pk=position.pk).update(**change)
    with pytest.raises(ProgrammingError), transaction.atomic():
        position.delete()
    draft = make_position(published=False)
    Position.objects.filter(pk=draft.pk).update(stance="declined")
    draft.delete()


def test_what_is_wrong_is_not_published(editor):
    now = timezone.now()
    today = timezone.localdate(now)
    institution = make_institution()
    term = make_office_term(office=make_office(institution=institution), ends_on=date(2014, 7, 14))
    wrong = [
        {"stated_on": today + DAY},
        {"term": term, "stated_on": date(2014, 7, 15)},
        {"term": make_office_term()},
        {"meeting": make_meeting(days=-3)},
        {"ask": None, "commitment": make_commitment(plan=make_plan())},
    ]
    for fields in wrong:
        draft = make_position(institution=institution, published=False, **fields)
        with pytest.raises(NotReady):
            draft.publish(by=editor, now=now, today=today)
    assert not Position.objects.published().exists()
    fine = make_position(institution=institution, term=term, stated_on=date(2014, 7, 14), published=False)
    fine.publish(by=editor, now=now, today=today)
    fine.publish(by=editor, now=now + DAY, today=today)
    assert Position.objects.get(pk=fine.pk).published_at == now


def test_a_term_stays_around_what_was_said_in_it():
    term = make_office_term(starts_on=date(2013, 1, 1))
    make_position(institution=term.office.institution, term=term, stated_on=date(2014, 7, 15))
    term.ends_on = date(2014, 7, 14)
    with pytest.raises(Exception, match="15 July 2014"):
        term.full_clean()
    term.ends_on = date(2014, 7, 15)
    term.full_clean()


def test_a_correction_says_what_was_wrong_and_what_it_said_before(editor, visitor):
    position = make_position(stance="committed", topline="They would.")
    new = correct(position, {"stance": "partly", "topline": "They would in part."}, editor)
    response = visitor.get(position.get_absolute_url())
    assert response.url == new.get_absolute_url()
    text = visitor.get(new.get_absolute_url()).text
    assert "It said something else." in text and "They would." in text and "Corrected on" in text
    assert [*Position.objects.standing()] == [new]


def test_a_correction_needs_an_explanation_a_change_and_something_to_correct(editor):
    position = make_position()
    with pytest.raises(NotReady):
        correct(position, {"topline": "Otherwise."}, editor, explanation=" ")
    with pytest.raises(NotReady):
        correct(position, {"topline": position.topline}, editor)
    with pytest.raises(NotReady):
        correct(position, {"stated_on": timezone.localdate() + DAY}, editor)
    with pytest.raises(Refused):
        correct(make_position(published=False), {"topline": "Otherwise."}, editor)
    correct(position, {"topline": "Otherwise."}, editor)
    with pytest.raises(EditedMeanwhile):
        correct(position, {"topline": "Yet otherwise."}, editor)
    assert Position.objects.published().count() == 2


def test_a_withdrawn_position_says_so_and_stands_no_more(editor, visitor):
    position = make_position()
    withdraw(position, editor, on=date(2015, 1, 2), words="The leader took it back.")
    text = visitor.get(position.get_absolute_url()).text
    assert "Withdrawn on" in text and "The leader took it back." in text and "We will do it." in text
    assert "Withdrawn on" in visitor.get(position.table_address).text
    with pytest.raises(EditedMeanwhile):
        withdraw(position, editor)
    with pytest.raises(Refused):
        correct(position, {"topline": "Otherwise."}, editor)


@pytest.mark.parametrize("on", [date(2014, 11, 14), None])
def test_a_withdrawal_lies_between_the_words_and_today(on, editor):
    with pytest.raises(NotReady):
        withdraw(make_position(), editor, on=on or timezone.localdate() + DAY)


def test_predicates_and_querysets_of_positions_agree(editor):
    hidden = make_statement(published=False).asks.first()
    make_position(published=False)
    make_position(ask=hidden)
    make_position(commitment=make_commitment())
    make_position(commitment=make_commitment(published=False))
    correct(make_position(), {"topline": "Otherwise."}, editor)
    withdraw(make_position(), editor)
    for queryset, predicate in [
        ("public", "is_public"),
        ("published", "is_published"),
        ("latest", "is_latest"),
        ("standing", "is_standing"),
        ("withdrawn", "is_withdrawn"),
    ]:
        found = set(getattr(Position.objects, queryset)())
        assert found == {each for each in Position.objects.all() if getattr(each, predicate)}, queryset
        assert 0 < len(found) < Position.objects.count()


def test_the_latest_stands_and_two_of_one_day_are_both_shown(visitor):
    statement, party = make_statement(), make_institution()
    on = {"ask": statement.asks.first(), "institution": party}
    make_position(**on, topline="First no.", stance="declined", stated_on=date(2014, 1, 1))
    make_position(**on, topline="In the plan.", stated_on=date(2014, 9, 1))
    latest = make_position(**on, topline="On the radio.", stance="partly", stated_on=date(2014, 9, 1))
    text = visitor.get(f"/statements/{statement.slug}/positions/").text
    assert "First no." not in text and "said otherwise before" in text
    assert "In the plan." in text and "On the radio." in text
    history = visitor.get(latest.get_absolute_url()).text
    assert "First no." in history and "In the plan." in history


@pytest.mark.parametrize("by", ["", "?by=institution"])
def test_gaps_of_the_table_are_in_words(by, visitor):
    statement = make_statement(asks=2)
    make_position(ask=statement.asks.first())
    make_institution(name="Silent Party")
    text = visitor.get(f"/statements/{statement.slug}/positions/{by}").text
    # In the table and in the lists for narrow screens.
    assert text.count("No answer found yet") == 2 * 3
    assert 'scope="col"' in text and 'scope="row"' in text


def test_the_table_of_commitments_is_the_same(visitor):
    round = make_round()
    make_position(commitment=make_commitment(round=round, title="Open diaries"), topline="Of course.")
    make_commitment(round=round, title="Not yet public", published=False)
    text = visitor.get(f"/rounds/{round.slug}/commitments/positions/").text
    assert "Open diaries" in text and "Of course." in text and "Not yet public" not in text


def test_the_table_as_csv_has_every_cell(visitor):
    statement = make_statement(asks=2)
    make_position(ask=statement.asks.first(), quotation="=1+1")
    lines = visitor.get(f"/statements/{statement.slug}/positions.csv").getvalue().decode().splitlines()
    assert len(lines) == 3
    assert "'=1+1" in lines[1] and "no answer found yet" in lines[2]


def test_drafts_are_nowhere(visitor):
    statement, meeting = make_statement(), make_meeting(days=-3)
    party = make_institution(slug="reed")
    draft = make_position(
        ask=statement.asks.first(),
        institution=party,
        meeting=meeting,
        stated_on=meeting.held_on,
        topline="Secret so far.",
        published=False,
    )
    assert visitor.get(draft.get_absolute_url()).status_code == 404
    for address in [
        f"/statements/{statement.slug}/positions/",
        f"/statements/{statement.slug}/positions.csv",
        "/institutions/",
        "/institutions/reed/",
        "/institutions/reed/record.atom",
        "/institutions/record.atom",
        meeting.get_absolute_url(),
    ]:
        response = visitor.get(address)
        assert response.status_code == 200
        assert b"Secret so far." not in (response.getvalue() if response.streaming else response.content)


def test_what_hangs_on_a_hidden_statement_or_commitment_is_hidden(visitor):
    hidden = make_statement(published=False)
    on_ask = make_position(ask=hidden.asks.first(), institution=make_institution(slug="reed"))
    on_commitment = make_position(commitment=make_commitment(published=False), institution=on_ask.institution)
    for position in (on_ask, on_commitment):
        assert visitor.get(position.get_absolute_url()).status_code == 404
    assert visitor.get(f"/statements/{hidden.slug}/positions/").status_code == 404
    assert "They would do it." not in visitor.get("/institutions/reed/").text


def test_an_unannounced_meeting_isnt_named(visitor):
    meeting = make_meeting(days=-3, title="Closed talk", announced_at=None)
    position = make_position(meeting=meeting, stated_on=meeting.held_on)
    assert "Closed talk" not in visitor.get(position.get_absolute_url()).text


def test_a_meeting_shows_the_positions_stated_there(visitor):
    meeting = make_meeting(days=-3)
    make_position(meeting=meeting, stated_on=meeting.held_on, topline="Said at the hustings.")
    assert "Said at the hustings." in visitor.get(meeting.get_absolute_url()).text


@pytest.mark.parametrize("number", [1, 60])
def test_pages_of_positions_take_the_same_queries(number, visitor, django_assert_num_queries):
    statement = make_statement(asks=1)
    party = make_institution(slug="reed")
    for serial in range(number):
        make_position(ask=statement.asks.first(), institution=make_institution(name=f"Party {serial:03}"))
    for _ in range(number):
        position = make_position(ask=statement.asks.first(), institution=party)
    with django_assert_num_queries(6):
        visitor.get(f"/statements/{statement.slug}/positions/")
    with django_assert_num_queries(3):
        visitor.get("/institutions/")
    with django_assert_num_queries(8):
        visitor.get("/institutions/reed/")
    with django_assert_num_queries(4):
        visitor.get(position.get_absolute_url())


FORM = {
    "stance": "committed",
    "topline": "They would.",
    "quotation": "We will.",
    "source_title": "Our plan",
    "source_url": "https://example.org/plan",
    "stated_on": "2014-11-15",
    "language": "en-gb",
}


def test_editors_record_publish_correct_and_withdraw(editor, sign_in):
    client, ask, party = sign_in(editor), make_statement().asks.first(), make_institution()
    client.post("/admin/manifesto/position/add/", {**FORM, "ask": ask.pk, "institution": party.pk})
    position = Position.objects.get()
    assert (position.is_published, position.recorded_by) == (False, editor)
    home = f"/admin/manifesto/position/{position.pk}"
    assert "We will." in client.get(f"{home}/publication/").text
    client.post(f"{home}/publication/")
    assert Position.objects.get().is_public
    assert client.post(f"{home}/change/", FORM).status_code == 403
    assert client.post(f"{home}/delete/", {"post": "yes"}).status_code == 403
    wrong = client.post(f"{home}/correction/", {**FORM, "explanation": ""})
    assert wrong.status_code == 422
    same = client.post(f"{home}/correction/", {**FORM, "explanation": "Why"})
    assert (same.status_code, "Nothing is different yet." in same.text) == (422, True)
    client.post(f"{home}/correction/", {**FORM, "topline": "They might.", "explanation": "Too strong."})
    new = Position.objects.standing().get()
    assert (new.topline, new.explanation) == ("They might.", "Too strong.")
    again = client.post(f"{home}/correction/", {**FORM, "topline": "No.", "explanation": "Why"})
    assert again.status_code == 409
    withdrawal = {"on": "2014-11-20", "words": "They took it back."}
    client.post(f"/admin/manifesto/position/{new.pk}/withdrawal/", withdrawal)
    assert not Position.objects.standing().exists()


@pytest.mark.parametrize(
    "wrong",
    [
        {"ask": ""},
        {"commitment": True},
        {"stated_on": "2999-01-01"},
        {"source_title": "", "source_url": ""},
        {"term": True},
        {"stance": "perhaps"},
        {"institution": "9" * 30},
        {"topline": ""},
    ],
)
def test_a_wrong_position_is_not_kept(wrong, editor, sign_in):
    party = make_institution()
    term = make_office_term(office=make_office(institution=party), ends_on=date(2014, 1, 1))
    values = {**FORM, "ask": make_statement().asks.first().pk, "institution": party.pk, **wrong}
    if values.get("commitment"):
        values["commitment"] = make_commitment().pk
    if values.get("term"):
        values["term"] = term.pk
    response = sign_in(editor).post("/admin/manifesto/position/add/", values)
    assert (response.status_code, 'class="errorlist' in response.text) == (200, True)
    assert not Position.objects.exists()


def test_editors_rename_and_end_institutions(editor, sign_in):
    client = sign_in(editor)
    values = {"kind": "party", "name": "Reed Party", "slug": "reed", "website": "", "nation": ""}
    client.post("/admin/manifesto/institution/add/", values)
    party = Institution.objects.get()
    home = f"/admin/manifesto/institution/{party.pk}"
    assert client.post(f"{home}/name/", {"name": "Heron", "since_on": "2014-06-01"}).status_code == 422
    future = {"name": "Heron", "since_on": "2999-06-01", "slug": "heron"}
    assert client.post(f"{home}/name/", future).status_code == 422
    client.post(f"{home}/name/", {"name": "Heron Party", "since_on": "2014-06-01", "slug": "heron"})
    client.post(f"{home}/name/", {"name": "The Heron Party"})
    assert [name.name for name in party.names.all()] == ["Reed Party", "The Heron Party"]
    assert client.post(f"{home}/end/", {"on": "2999-01-01"}).status_code == 422
    client.post(f"{home}/end/", {"on": "2015-01-01"})
    assert Institution.objects.get().ended_on == date(2015, 1, 1)
    taken = client.post("/admin/manifesto/institution/add/", {**values, "name": "Another"})
    assert "address of another institution" in taken.text
    assert Institution.objects.count() == 1


def test_editors_enter_who_holds_an_office(editor, sign_in):
    client, institution = sign_in(editor), make_institution(kind="department")
    rows = {
        "institution": institution.pk,
        "name": "Minister",
        "terms-TOTAL_FORMS": 2,
        "terms-INITIAL_FORMS": 0,
        "terms-0-name": "Rowan Hale",
        "terms-0-starts_on": "2013-01-01",
        "terms-0-ends_on": "2014-07-14",
        "terms-1-name": "Ash Bell",
        "terms-1-starts_on": "2014-07-14",
    }
    client.post("/admin/manifesto/office/add/", rows)
    assert [term.name for term in Term.objects.all()] == ["Ash Bell", "Rowan Hale"]
    overlapping = {**rows, "name": "Another", "terms-0-ends_on": ""}
    response = client.post("/admin/manifesto/office/add/", overlapping)
    assert response.status_code == 200
    assert Term.objects.count() == 2


@pytest.mark.parametrize("name", ["publication", "correction", "withdrawal"])
@pytest.mark.parametrize("role", ["visitor", "member", "expert"])
def test_others_act_on_no_position(role, name, request, client, sign_in):
    position = make_position(published=name != "publication")
    if role != "visitor":
        sign_in(request.getfixturevalue(role))
    address = reverse(f"admin:manifesto_position_{name}", args=[position.pk])
    assert client.post(address, FORM).status_code in (302, 403)
    assert (Position.objects.count(), Position.objects.get().is_withdrawn) == (1, False)
