"""The call, and answering the four questions for an organisation."""

import json
from datetime import timedelta

import pytest
from django.utils import timezone

from profiles.errors import AnswersLocked, CallClosed, NotAMember, NotReady
from profiles.models import Answer, Call, Profile, Question
from profiles.models.survey import PUBLICATION_CONSENT, WORDS, mark_of, merge
from profiles.wording import clean, clean_line, count_words
from tests.factories import make_call, make_member, make_membership, make_organisation, make_profile

JSON = {"HTTP_ACCEPT": "application/json"}


@pytest.fixture
def organisation(db):
    return make_organisation(name="River Watch", slug="river-watch")


@pytest.fixture
def call(db):
    return make_call(slug="call")


@pytest.fixture
def insider(organisation):
    member = make_member(name="Rhian")
    make_membership(member=member, organisation=organisation)
    return member


@pytest.fixture
def colleague(organisation):
    member = make_member(name="Ewan")
    make_membership(member=member, organisation=organisation)
    return member


SURVEY = "/calls/call/answers/river-watch/"


def texts(**changes):
    answers = {f"answer_{question.value}": f"Answer {question.value}." for question in Question}
    return {**answers, "speaker_name": "Ada Quill", **changes}


def marks(**words):
    return json.dumps({name: mark_of(words.get(name, "")) for name in WORDS})


def answer(number):
    return Answer.objects.get(question=number).original


# The call


def test_call_says_why_and_leads_to_the_survey_while_it_is_open(visitor, call):
    html = visitor.get(call.get_absolute_url()).content.decode()
    assert [str(question.label) in html for question in Question] == [True] * 4
    assert ("/calls/call/answers/" in html, "Tell us." in html, "CC BY 4.0" in html) == (True, True, True)


def test_introduction_is_rendered_when_it_is_saved(visitor, db):
    call = make_call(slug="call", introduction="**Tell** us <script>")
    assert call.introduction_html == "<p><strong>Tell</strong> us &lt;script&gt;</p>\n"
    call.introduction = "_Do_ tell us."
    call.save(update_fields=["introduction"])
    assert "<p><em>Do</em> tell us.</p>" in visitor.get(call.get_absolute_url()).text


def test_closed_call_stays_readable_and_takes_nothing(visitor, sign_in, insider):
    call = make_call(slug="call", open=False)
    html = visitor.get(call.get_absolute_url()).content.decode()
    assert ("Closed on" in html, "/calls/call/answers/" in html) == (True, False)
    response = sign_in(insider).post(SURVEY, texts(action="save"))
    assert (response.status_code, Profile.objects.count()) == (403, 0)
    assert "Answer 1." in response.content.decode()


@pytest.mark.parametrize("person, status", [("member", 404), ("expert", 404), ("editor", 200)])
def test_call_that_was_not_opened_is_for_editors(db, request, sign_in, person, status):
    call = make_call(opens_at=None)
    assert sign_in(request.getfixturevalue(person)).get(call.get_absolute_url()).status_code == status


def test_open_calls_as_querysets_and_predicates_agree(db):
    now = timezone.now()
    calls = [
        make_call(),
        make_call(open=False),
        make_call(opens_at=None),
        make_call(opens_at=now + timedelta(days=1)),
        make_call(closes_at=now + timedelta(days=1)),
    ]
    assert (
        set(Call.objects.open(now)) == {call for call in calls if call.is_open(now)} == {calls[0], calls[4]}
    )
    assert set(Call.objects.opened(now)) == {call for call in calls if call.is_opened(now)}


def test_call_is_opened_and_closed_on_record(db, editor, administrator):
    now = timezone.now()
    call = make_call(opens_at=None)
    call.open(by=editor, now=now)
    call.open(by=administrator, now=now + timedelta(minutes=1))
    assert (call.opens_at, call.opened_by) == (now, editor)
    later = now + timedelta(days=1)
    call.close(by=administrator, now=later)
    call.close(by=editor, now=later + timedelta(days=1))
    assert (call.closes_at, call.closed_by, call.is_open(later)) == (later, administrator, False)
    call.open(by=editor, now=later + timedelta(days=2))
    assert (call.opens_at, call.closes_at, call.closed_by) == (now, None, None)


@pytest.mark.parametrize("person, status", [("member", 302), ("expert", 403), ("editor", 302)])
def test_who_opens_and_closes_calls(db, request, sign_in, person, status):
    call = make_call(opens_at=None)
    client = sign_in(request.getfixturevalue(person))
    address = f"/admin/profiles/call/{call.pk}/opening/"
    states = []
    for asked in ("open", "close"):
        assert client.post(address, {asked: "yes"}).status_code == status
        call.refresh_from_db()
        states.append(call.is_open(timezone.now()))
    assert states == [person == "editor", False]


# The way in


def test_visitors_sign_in_first(visitor, call):
    response = visitor.get("/calls/call/answers/")
    assert response.headers["Location"] == "/account/login/?next=/calls/call/answers/"


def test_somebody_without_an_organisation_is_told_how_to_get_one(sign_in, member, organisation, call):
    make_membership(member=member, organisation=organisation, confirmed=False)
    html = sign_in(member).get("/calls/call/answers/").content.decode()
    assert ("First, your organisation" in html, "You have asked to belong to" in html) == (True, True)


def test_somebody_with_one_organisation_goes_straight_to_the_survey(sign_in, insider, call):
    assert sign_in(insider).get("/calls/call/answers/").headers["Location"] == SURVEY


def test_somebody_with_several_organisations_chooses(sign_in, insider, call):
    make_membership(member=insider, organisation=make_organisation(name="Hill Trust"))
    html = sign_in(insider).get("/calls/call/answers/").content.decode()
    assert ("River Watch" in html, "Hill Trust" in html) == (True, True)


@pytest.mark.parametrize("state", ["none", "requested", "ended"])
@pytest.mark.parametrize("method", ["get", "post"])
def test_survey_is_for_those_who_belong(sign_in, member, organisation, call, state, method):
    if state != "none":
        membership = make_membership(member=member, organisation=organisation, confirmed=state == "ended")
        membership.ended_at = timezone.now() if state == "ended" else None
        membership.save()
    client = sign_in(member)
    assert getattr(client, method)(SURVEY, texts() if method == "post" else {}).status_code == 404
    assert Profile.objects.count() == 0


# Writing


def test_survey_asks_word_for_word_and_counts_without_javascript(sign_in, insider, call):
    client = sign_in(insider)
    client.post(SURVEY, texts(answer_1="One two three.", action="save"))
    html = client.get(SURVEY).content.decode()
    assert [html.count(f">{question.label}</label>") for question in Question] == [1] * 4
    assert ('id="id_answer_1_count">Words: 3<' in html, 'id="id_answer_2_count">Words: 2<' in html) == (
        True,
        True,
    )


def test_what_is_saved_is_there_on_another_device_and_for_a_colleague(client, insider, colleague, call):
    client.force_login(insider)
    client.post(SURVEY, {"answer_1": "Half a thought", "action": "save", "opened": marks()})
    client.force_login(colleague)
    html = client.get(SURVEY).content.decode()
    assert ("Half a thought" in html, "Rhian saved this" in html) == (True, True)


@pytest.mark.parametrize("words", [1, 20_000])
def test_answer_may_be_one_word_or_twenty_thousand(sign_in, insider, call, words):
    text = " ".join(["openness"] * words)
    sent = texts(answer_1=text, consent="on", action="submit", opened=marks())
    assert sign_in(insider).post(SURVEY, sent).status_code == 302
    profile = Profile.objects.get()
    assert (profile.is_submitted, answer(1) == text) == (True, True)


def test_words_pasted_from_a_word_processor_are_cleaned(sign_in, insider, call):
    pasted = "\ufeffFirst\u00a0line\x0bsecond\x00 line \r\n\r\n\r\n\r\n"
    pasted += "\u200b“quoted” – dash\u2028end\u00ad\x07 <b>bold</b>"
    sign_in(insider).post(SURVEY, texts(answer_1=pasted, speaker_name=" Ada\u00a0\tQuill ", action="save"))
    assert answer(1) == "First line\nsecond line\n\n“quoted” – dash\nend <b>bold</b>"
    assert Profile.objects.get().speaker_name == "Ada Quill"


def test_html_stays_text(sign_in, insider, call):
    client = sign_in(insider)
    client.post(SURVEY, texts(answer_1="<script>alert(1)</script>", action="save"))
    html = client.get(SURVEY).content.decode()
    assert ("<script>alert" in html, "&lt;script&gt;alert" in html) == (False, True)


def test_more_than_a_book_is_refused_beside_its_field_and_the_rest_is_kept(sign_in, insider, call):
    sent = texts(answer_1="x" * 200_001, answer_2="Kept.", action="save", opened=marks())
    response = sign_in(insider).post(SURVEY, sent)
    assert response.status_code == 422
    assert list(response.context["form"].errors) == ["answer_1"]
    assert [answer.original for answer in Answer.objects.all()] == ["Kept.", "Answer 3.", "Answer 4."]


def test_sending_asks_for_what_is_missing_and_keeps_what_there_is(sign_in, insider, call):
    sent = {"answer_1": "Something.", "evidence_link": "not a link", "action": "submit", "opened": marks()}
    response = sign_in(insider).post(SURVEY, sent)
    assert response.status_code == 422
    assert sorted(response.context["form"].errors) == [
        *("answer_2", "answer_3", "answer_4", "consent", "evidence_link", "speaker_name")
    ]
    assert (answer(1), Profile.objects.get().is_submitted) == ("Something.", False)


def test_saving_asks_for_nothing(sign_in, insider, call):
    assert sign_in(insider).post(SURVEY, {"action": "save"}).status_code == 302


@pytest.mark.parametrize("opened", ["", "nonsense", "[1]", '{"answer_1": 7}'])
def test_odd_marks_overwrite_nothing(sign_in, insider, colleague, call, opened):
    client = sign_in(insider)
    client.post(SURVEY, texts(action="save", opened=marks()))
    response = client.post(SURVEY, {"answer_1": "Mine", "opened": opened, "action": "save"})
    assert (response.status_code, answer(1)) == (409, "Answer 1.")


# Saved while it is typed


def test_script_is_told_when_it_was_saved(sign_in, insider, call):
    response = sign_in(insider).post(SURVEY, texts(opened=marks()), **JSON)
    report = response.json()
    assert report["saved"].startswith("Saved at ")
    assert report["marks"]["answer_1"] == mark_of("Answer 1.")
    assert (report["others"], report["trouble"]) == ({}, "")


def test_script_hears_what_is_not_right_yet(sign_in, insider, call):
    report = sign_in(insider).post(SURVEY, texts(evidence_link="htt p"), **JSON).json()
    assert report["trouble"] == "Saved, but for “A link that shows your example”: it doesn’t look right yet."
    assert answer(1) == "Answer 1."


def test_script_of_somebody_signed_out_is_told_and_what_was_typed_is_kept(client, insider, call):
    response = client.post(SURVEY, texts(answer_1="Not lost"), **JSON)
    assert (response.status_code, "signed out" in response.json()["refusal"]) == (403, True)
    client.force_login(insider)
    assert "Not lost" in client.get(SURVEY).content.decode()


def test_what_was_typed_before_signing_in_is_kept(client, insider, call):
    response = client.post(SURVEY, texts(answer_1="Not lost", action="save"))
    assert response.headers["Location"] == f"/account/login/?next={SURVEY}"
    client.post("/account/login/", {"login": insider.email, "password": "correct horse battery"})
    html = client.get(SURVEY).content.decode()
    assert ("Not lost" in html, "before you signed in" in html, Profile.objects.count()) == (True, True, 0)


# Two at once


def test_two_who_answer_different_questions_keep_both(client, insider, colleague, call):
    opened = marks()
    client.force_login(insider)
    client.post(SURVEY, {"answer_1": "Rhian's", "answer_2": "", "opened": opened}, **JSON)
    client.force_login(colleague)
    report = client.post(SURVEY, {"answer_1": "", "answer_2": "Ewan's", "opened": opened}, **JSON).json()
    assert (answer(1), answer(2)) == ("Rhian's", "Ewan's")
    assert (report["others"], report["trouble"]) == ({"answer_1": "Rhian's"}, "")


def test_two_who_change_the_same_answer_both_see_both(client, insider, colleague, call):
    opened = marks()
    client.force_login(insider)
    client.post(SURVEY, {"answer_1": "Rhian's words", "opened": opened, "action": "save"})
    client.force_login(colleague)
    sent = {"answer_1": "Ewan's words", "answer_2": "New.", "opened": opened}
    report = client.post(SURVEY, sent, **JSON).json()
    assert report["trouble"] == (
        "Ewan has just written something else under “What does open government mean to you?”. "
        "Press “Save for now” to see both."
    )
    response = client.post(SURVEY, {**sent, "action": "save"})
    html = response.content.decode()
    assert (response.status_code, "Rhian&#x27;s words" in html, "Ewan&#x27;s words" in html) == (
        409,
        True,
        True,
    )
    assert (answer(1), answer(2)) == ("Rhian's words", "New.")
    # Having seen both, the same page may replace what was saved.
    again = {
        **sent,
        "answer_1": "Both",
        "opened": response.context["form"]["opened"].value(),
        "action": "save",
    }
    assert client.post(SURVEY, again).status_code == 302
    assert answer(1) == "Both"


@pytest.mark.django_db(transaction=True)
def test_two_at_the_same_moment_lose_nothing(at_once):
    organisation, call = make_organisation(slug="river-watch"), make_call(slug="call")
    members = [make_member(name=name) for name in ("Rhian", "Ewan")]
    for member in members:
        make_membership(member=member, organisation=organisation)
    now = timezone.now()

    def keep(member, name):
        def task():
            profile = Profile.objects.edition_for(call=call, organisation=organisation, by=member, now=now)
            return profile.keep({name: name}, opened={}, by=member, now=now)

        return task

    results = at_once(keep(members[0], "answer_1"), keep(members[1], "answer_2"))
    assert results == [[], []]
    assert [answer.original for answer in Profile.objects.get().answers.all()] == ["answer_1", "answer_2"]


def test_merging_keeps_the_later_of_two_only_where_one_of_them_changed_it():
    saved = {"a": "old", "b": "theirs", "c": "theirs", "d": "same"}
    opened = {"a": mark_of("old"), "b": mark_of("old"), "c": mark_of("old"), "d": mark_of("old")}
    typed = {"a": "mine", "b": "old", "c": "mine", "d": "same"}
    assert merge(saved, typed, opened) == ({"a": "mine", "b": "theirs", "c": "theirs", "d": "same"}, ["c"])


# Sending and taking back


def sent_in(client):
    client.post(SURVEY, texts(consent="on", action="submit", opened=marks()))
    return Profile.objects.get()


def test_sending_records_who_agreed_to_what_and_when(sign_in, insider, call):
    profile = sent_in(sign_in(insider))
    assert (profile.author, profile.consent_version) == (insider, PUBLICATION_CONSENT)
    assert profile.consented_at == profile.submitted_at
    assert (profile.slug, profile.is_waiting) == ("river-watch-call", True)


def test_sending_without_consent_is_refused(sign_in, insider, call):
    response = sign_in(insider).post(SURVEY, texts(action="submit"))
    assert (list(response.context["form"].errors), Profile.objects.get().is_submitted) == (["consent"], False)


def test_what_was_sent_is_locked_for_everybody(client, insider, colleague, call):
    client.force_login(insider)
    sent_in(client)
    client.force_login(colleague)
    response = client.post(SURVEY, texts(answer_1="Too late", action="save", opened=marks()))
    html = response.content.decode()
    assert (response.status_code, "Too late" in html, answer(1)) == (403, True, "Answer 1.")


def test_taking_back_until_an_editor_begins(client, insider, colleague, editor, call):
    client.force_login(insider)
    profile = sent_in(client)
    client.force_login(colleague)
    assert "Take it back" in client.get(SURVEY).content.decode()
    client.post(f"{SURVEY}returns/")
    profile.refresh_from_db()
    assert (profile.is_submitted, profile.consented_at, profile.consent_version) == (False, None, "")
    profile = sent_in(client)
    profile.begin(by=editor, now=timezone.now())
    assert "Take it back" not in client.get(SURVEY).content.decode()
    client.post(f"{SURVEY}returns/")
    profile.refresh_from_db()
    assert profile.is_submitted


def test_taking_back_is_for_those_who_belong(sign_in, member, insider, call):
    profile = sent_in(sign_in(insider))
    assert sign_in(member).post(f"{SURVEY}returns/").status_code == 404
    with pytest.raises(NotAMember):
        profile.take_back(by=member, now=timezone.now())


def test_taking_back_after_the_call_closed_is_refused(sign_in, insider, editor, call):
    profile = sent_in(sign_in(insider))
    call.close(by=editor, now=timezone.now())
    profile = Profile.objects.get()
    with pytest.raises(CallClosed):
        profile.take_back(by=insider, now=timezone.now())


@pytest.mark.django_db(transaction=True)
def test_beginning_and_taking_back_at_once_leave_one_of_them(at_once):
    organisation, member, editor = make_organisation(), make_member(), make_member()
    make_membership(member=member, organisation=organisation)
    profile = make_profile(organisation=organisation, published=False, begun=False)
    now = timezone.now()
    results = at_once(
        lambda: Profile.objects.get(pk=profile.pk).take_back(by=member, now=now),
        lambda: Profile.objects.get(pk=profile.pk).begin(by=editor, now=now),
    )
    profile.refresh_from_db()
    kinds = {type(result) for result in results}
    assert (kinds, profile.is_submitted) in [
        ({type(None), AnswersLocked}, True),
        ({type(None), NotReady}, False),
    ]


def test_later_call_makes_another_edition_and_keeps_the_first(sign_in, insider, organisation, call):
    first = make_profile(organisation=organisation)
    profile = Profile.objects.edition_for(
        call=call, organisation=organisation, by=insider, now=timezone.now()
    )
    profile.keep({"answer_1": "New"}, opened={}, by=insider, now=timezone.now())
    assert organisation.profiles.published().get() == first
    assert organisation.profiles.count() == 2


def test_addresses_of_editions_never_collide(db, insider):
    now = timezone.now()
    pairs = [("a-b", "c"), ("a", "b-c")]
    profiles = [
        Profile.objects.edition_for(
            call=make_call(slug=call), organisation=make_organisation(slug=slug), by=insider, now=now
        )
        for slug, call in pairs
    ]
    assert [profile.slug for profile in profiles] == ["a-b-c", "a-b-c-2"]


@pytest.mark.parametrize("rows", [1, 30])
def test_own_stories_cost_the_same_at_one_and_at_thirty(
    sign_in, insider, organisation, django_assert_num_queries, rows
):
    for _ in range(rows):
        make_profile(organisation=organisation)
    client = sign_in(insider)
    with django_assert_num_queries(6):
        client.get("/my/stories/")


# Words


@pytest.mark.parametrize(
    "text, words", [("", 0), ("one", 1), ("one – two", 2), ("it's well-known", 2), ("…", 0), ("a\nb\n\nc", 3)]
)
def test_words_are_counted_as_people_do(text, words):
    assert count_words(text) == words


@pytest.mark.parametrize(
    "text, cleaned",
    [
        ("a\r\nb\rc", "a\nb\nc"),
        ("a\t b\u2003c", "a  b c"),
        ("e\u0301", "é"),
        ("\u202egnp.exe", "gnp.exe"),
        ("a\n \n \n\nb", "a\n\nb"),
        ("שלום", "שלום"),
        ("👩\u200d🚀", "👩\u200d🚀"),
    ],
)
def test_cleaning(text, cleaned):
    assert clean(text) == cleaned
    assert clean(cleaned) == cleaned


def test_a_line_is_one_line():
    assert clean_line(" a\n\u00a0b ") == "a b"
