from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from profiles.errors import NotReady
from profiles.models import Answer, Call, Profile, Question
from tests.factories import make_approval, make_idea, make_organisation, make_profile, make_round

LIST = "/stories/"
WALES = "W92000004"


def speakers(response):
    return [profile.speaker_name for profile in response.context["page_obj"]]


@pytest.fixture
def now():
    return timezone.now()


# The list


def test_list_is_newest_first(visitor, db, now):
    for days, name in ((3, "Old"), (1, "New"), (2, "Middle")):
        make_profile(speaker_name=name, now=now - timedelta(days=days))
    assert speakers(visitor.get(LIST)) == ["New", "Middle", "Old"]


def test_card_shows_the_organisation_its_words_and_the_reform(visitor, db):
    make_profile(
        organisation=make_organisation(name="River Watch", areas=[WALES]),
        standfirst="A story of water.",
        pull_quote="nobody asked",
        answers=["It means water.", "Because nobody asked us.", "One spring.", "Publish the maps."],
    )
    html = visitor.get(LIST).content.decode()
    shown = ["River Watch", "A story of water.", "“nobody asked”", "Publish the maps.", "Wales"]
    assert [text in html for text in shown] == [True] * 5


def test_card_shows_the_reform_as_published(visitor, db):
    make_profile(edited={Question.REFORM: "Publish the maps."})
    assert visitor.get(LIST).context["page_obj"][0].reform == "Publish the maps."


def test_list_filters_by_place_and_type_of_the_organisation(visitor, db):
    make_profile(speaker_name="A", organisation=make_organisation(areas=[WALES]))
    make_profile(speaker_name="B", organisation=make_organisation(kind="company"))
    assert speakers(visitor.get(LIST, {"area": WALES})) == ["A"]
    assert speakers(visitor.get(LIST, {"kind": "company"})) == ["B"]


@pytest.mark.parametrize("text", ["heron", "HERON"])
@pytest.mark.parametrize("place", ["organisation", "standfirst", "answer"])
def test_list_finds_words_anywhere_in_the_story(visitor, db, text, place):
    if place == "organisation":
        make_profile(organisation=make_organisation(name="The Heron Trust"))
    elif place == "standfirst":
        make_profile(standfirst="They followed a heron.")
    else:
        make_profile(answers=["One.", "Two.", "A heron came back.", "Four."])
    make_profile()
    assert len(visitor.get(LIST, {"text": text}).context["page_obj"]) == 1


def test_list_does_not_find_what_an_editor_took_out(visitor, db):
    answers = ["The secret is out.", "Two.", "Three.", "Four."]
    make_profile(answers=answers, edited={Question.MEANING: "Something else."})
    assert speakers(visitor.get(LIST, {"text": "secret"})) == []
    assert len(speakers(visitor.get(LIST, {"text": "something else"}))) == 1


@pytest.mark.parametrize(
    "query", [{"text": "a\x00b"}, {"text": "x" * 10_000}, {"kind": "cartel"}, {"area": "Narnia"}]
)
def test_list_leaves_out_a_filter_that_makes_no_sense(visitor, db, query):
    make_profile()
    response = visitor.get(LIST, query)
    assert (response.status_code, len(response.context["page_obj"])) == (200, 1)
    assert list(response.context["filter"].form.errors) == list(query)


@pytest.mark.parametrize("page", ["abc", "1e29", "0", "\x00"])
def test_list_survives_any_page_number(visitor, db, page):
    make_profile()
    assert visitor.get(LIST, {"page": page}).context["page_obj"].number == 1


@pytest.mark.parametrize("rows", [1, 30])
def test_list_costs_the_same_at_one_and_at_thirty(visitor, db, rows, django_assert_num_queries):
    for _ in range(rows):
        make_profile(organisation=make_organisation(areas=[WALES]))
    with django_assert_num_queries(4):
        visitor.get(LIST, {"area": WALES, "text": "answer"})


# The story


def test_story_shows_questions_answers_and_who_is_speaking(visitor, db):
    organisation = make_organisation(name="River Watch", summary="Looks after a river.")
    profile = make_profile(
        organisation=organisation,
        speaker_role="Treasurer",
        standfirst="A story of water.",
        answers=["It means water.", "Because.", "One spring.", "Publish the maps."],
    )
    html = visitor.get(profile.get_absolute_url()).content.decode()
    questions = [str(question.label) for question in Question]
    rest = ["Ada Quill, Treasurer", "A story of water.", "It means water.", "Because.", "One spring."]
    rest += ["Publish the maps.", "River Watch", "Looks after a river.", "CC BY 4.0"]
    assert [text in html for text in questions + rest] == [True] * 13


def test_story_shows_the_edited_answer_instead_of_the_original(visitor, db):
    answers = ["The secret is out.", "Two.", "Three.", "Four."]
    profile = make_profile(answers=answers, edited={Question.MEANING: "Something else."})
    html = visitor.get(profile.get_absolute_url()).content.decode()
    assert ("Something else." in html, "secret" in html) == (True, False)


def test_story_shows_html_as_text(visitor, db):
    profile = make_profile(
        speaker_name="<i>Ada</i>", standfirst="<script>1</script>", answers=["<img src=x>", "2", "3", "4"]
    )
    html = visitor.get(profile.get_absolute_url()).content.decode()
    assert [tag in html for tag in ("<script>", "<img src=x>", "<i>")] == [False] * 3


def test_unpublished_story_is_seen_by_nobody(db, sign_in, member, editor):
    profile = make_profile(published=False, standfirst="Secret standfirst", speaker_name="Secret Sam")
    for person in (member, editor):
        client = sign_in(person)
        assert client.get(profile.get_absolute_url()).status_code == 404
        pages = [client.get(path).content.decode() for path in (LIST, "/", "/organisations/")]
        assert ["ecret" in html for html in pages] == [False] * 3


def test_withdrawn_story_leaves_a_polite_page_without_its_text(visitor, db, now):
    profile = make_profile(
        organisation=make_organisation(name="Secret Society"),
        standfirst="Secret standfirst",
        pull_quote="Secret one",
        speaker_name="Secret Sam",
        answers=["Secret one", "Secret two", "Secret three", "Secret four"],
    )
    profile.withdraw(by=None, now=now)
    response = visitor.get(profile.get_absolute_url())
    html = response.content.decode()
    assert (response.status_code, "was withdrawn" in html, "ecret" in html) == (410, True, False)
    assert speakers(visitor.get(LIST)) == []
    assert "Secret standfirst" not in visitor.get("/").content.decode()


@pytest.mark.parametrize("rows", [1, 30])
def test_story_costs_the_same_with_one_idea_and_with_thirty(visitor, db, rows, django_assert_num_queries):
    profile = make_profile()
    reform = profile.answers.get(question=Question.REFORM)
    for _ in range(rows):
        make_idea(from_answer=reform)
    with django_assert_num_queries(4):
        visitor.get(profile.get_absolute_url())


def test_story_leads_to_the_public_ideas_that_came_from_it(visitor, db):
    profile = make_profile()
    reform = profile.answers.get(question=Question.REFORM)
    idea = make_idea(from_answer=reform)
    make_idea(from_answer=reform, published=False)
    make_idea(from_answer=reform, round=make_round(announced_at=None))
    make_idea()
    assert list(visitor.get(profile.get_absolute_url()).context["ideas"]) == [idea]


# Verbs


def test_publishing_twice_keeps_the_first_date_and_name(db, editor, administrator, now):
    profile = make_profile(published=False)
    make_approval(profile=profile)
    profile.publish(by=editor, now=now)
    profile.publish(by=administrator, now=now + timedelta(days=1))
    assert (profile.published_at, profile.published_by) == (now, editor)


def test_publishing_without_agreement_is_refused(db, now):
    profile = make_profile(published=False, consented_at=None)
    with pytest.raises(NotReady, match="agreed"):
        profile.publish(by=None, now=now)
    assert not Profile.objects.published().exists()


@pytest.mark.parametrize("question", Question)
def test_publishing_without_an_answer_is_refused(db, now, question):
    profile = make_profile(published=False)
    profile.answers.filter(question=question).update(original=" \n")
    with pytest.raises(NotReady, match="There is no answer yet") as refusal:
        profile.publish(by=None, now=now)
    assert str(question.label) in str(refusal.value)


def test_publishing_a_quotation_nobody_said_is_refused(db, now):
    profile = make_profile(
        published=False, pull_quote="We love openness", answers=["We like it", "2", "3", "4"]
    )
    with pytest.raises(NotReady, match="pull quote"):
        profile.publish(by=None, now=now)


def test_quotation_may_run_over_a_line_break_and_come_from_the_edited_answer(db, now):
    profile = make_profile(
        pull_quote="nobody asked us",
        answers=["1", "2", "3", "4"],
        edited={Question.MEANING: "For years nobody\nasked us."},
    )
    assert profile.is_published


def test_withdrawing_what_is_not_public_changes_nothing(db, now):
    profile = make_profile(published=False)
    profile.withdraw(by=None, now=now)
    assert (profile.is_withdrawn, profile.withdrawn_at) == (False, None)


def test_withdrawing_twice_keeps_the_first_date(db, now):
    profile = make_profile()
    profile.withdraw(by=None, now=now)
    profile.withdraw(by=None, now=now + timedelta(days=1))
    assert profile.withdrawn_at == now


def test_withdrawn_story_returns_only_with_a_new_approval(db, now):
    profile = make_profile()
    first_published_at = profile.published_at
    profile.withdraw(by=None, now=timezone.now())
    with pytest.raises(NotReady, match="approved"):
        profile.publish(by=None, now=timezone.now())
    make_approval(profile=profile)
    profile.publish(by=None, now=timezone.now())
    assert (profile.is_published, profile.published_at) == (True, first_published_at)


def test_publishing_at_the_moment_of_withdrawal_does_not_undo_it(db, now):
    profile = make_profile()
    opened_earlier = Profile.objects.get(pk=profile.pk)
    profile.withdraw(by=None, now=timezone.now())
    with pytest.raises(NotReady, match="approved"):
        opened_earlier.publish(by=None, now=timezone.now())
    assert Profile.objects.withdrawn().get() == profile


# Integrity and agreement


def test_organisation_answers_a_call_once(db):
    profile = make_profile()
    with pytest.raises(IntegrityError, match="profile_one_per_organisation_and_call"), transaction.atomic():
        make_profile(organisation=profile.organisation, call=profile.call)


def test_later_editions_are_kept_beside_the_first(db):
    organisation = make_organisation()
    editions = [make_profile(organisation=organisation) for _ in range(2)]
    assert set(organisation.profiles.published()) == set(editions)


def test_database_refuses_publication_without_agreement(db, now):
    profile = make_profile(published=False, consented_at=None)
    with pytest.raises(IntegrityError, match="profile_published_with_consent"), transaction.atomic():
        Profile.objects.filter(pk=profile.pk).update(
            published_at=now, approval=make_approval(profile=profile)
        )


def test_question_is_answered_once(db):
    profile = make_profile(published=False)
    with pytest.raises(IntegrityError, match="answer_one_per_question"), transaction.atomic():
        Answer.objects.create(profile=profile, question=1, original="Again")


def test_there_is_no_fifth_question(db):
    with pytest.raises(IntegrityError, match="answer_to_one_of_the_four_questions"), transaction.atomic():
        Answer.objects.create(profile=make_profile(published=False), question=5, original="Too much")


def test_call_closes_after_it_opens(db, now):
    with pytest.raises(IntegrityError, match="call_closes_after_it_opens"), transaction.atomic():
        Call.objects.create(title="C", slug="c", introduction="I", opens_at=now, closes_at=now)


@pytest.mark.parametrize("state", ["draft", "published", "withdrawn"])
def test_states_as_querysets_and_predicates_agree(db, now, state):
    profiles = [make_profile(published=False), make_profile(), make_profile()]
    profiles[2].withdraw(by=None, now=now)
    expected = {profile for profile in profiles if getattr(profile, f"is_{state}")}
    assert set(getattr(Profile.objects, state)()) == expected
    assert len(expected) == 1


def test_published_text_as_annotation_and_property_agree(db):
    profile = make_profile(edited={Question.EXAMPLE: "Edited"})
    answers = Answer.objects.with_text().filter(profile=profile)
    assert [answer.published_text for answer in answers] == [answer.text for answer in answers]
    assert "Edited" in {answer.text for answer in answers}
