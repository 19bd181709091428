from datetime import UTC, datetime, timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from profiles.models import Member, Membership, Organisation, OrganisationName, Profile, Question
from tests.factories import (
    make_approval,
    make_call,
    make_member,
    make_membership,
    make_organisation,
    make_profile,
)

from .admin_forms import errors_in, filled_in, messages_in

ORGANISATIONS = "/admin/profiles/organisation/"
STORIES = "/admin/profiles/profile/"
CALLS = "/admin/profiles/call/"
MEMBERS = "/admin/profiles/member/"


def address_of(profile, action="change"):
    names = {
        "change": "change",
        "withdrawals": "withdraw",
        "beginnings": "begin",
        "publication": "publication",
    }
    return reverse(f"admin:profiles_profile_{names[action]}", args=[profile.pk])


@pytest.fixture
def client_of_editor(sign_in, editor):
    return sign_in(editor)


# Who may do what


@pytest.mark.parametrize(
    "person, status",
    [("member", 302), ("expert", 403), ("editor", 200), ("administrator", 200)],
)
def test_organisations_stories_and_calls_are_looked_after_by_editors(db, request, sign_in, person, status):
    profile = make_profile()
    client = sign_in(request.getfixturevalue(person))
    pages = [f"{page}{rest}" for page in (ORGANISATIONS, STORIES, CALLS) for rest in ("", "add/")]
    pages += [f"{ORGANISATIONS}{profile.organisation.pk}/change/", f"{CALLS}{profile.call.pk}/change/"]
    pages += [address_of(profile), address_of(profile, "withdrawals")]
    assert [client.get(page).status_code for page in pages] == [status] * len(pages)


def test_visitors_are_asked_to_sign_in(visitor, db):
    profile = make_profile()
    pages = [ORGANISATIONS, STORIES, CALLS, MEMBERS, address_of(profile), address_of(profile, "withdrawals")]
    assert [visitor.get(page).status_code for page in pages] == [302] * 6
    assert visitor.post(address_of(profile, "withdrawals")).status_code == 302
    assert Profile.objects.published().get() == profile


@pytest.mark.parametrize(
    "person, status, is_public",
    [("member", 302, False), ("expert", 403, False), ("editor", 302, True), ("administrator", 302, True)],
)
def test_who_may_publish_and_withdraw(db, request, sign_in, person, status, is_public):
    draft, public = make_profile(published=False), make_profile()
    make_approval(profile=draft)
    client = sign_in(request.getfixturevalue(person))
    sent = {
        "speaker_name": draft.speaker_name,
        "language": draft.language,
        "answers-TOTAL_FORMS": 0,
        "answers-INITIAL_FORMS": 0,
        "_publish": "Save and publish",
    }
    responses = [
        client.post(address_of(draft), sent),
        client.post(address_of(public, "withdrawals")),
    ]
    assert [response.status_code for response in responses] == [status] * 2
    draft.refresh_from_db()
    public.refresh_from_db()
    assert (draft.is_published, public.is_withdrawn) == (is_public, is_public)


@pytest.mark.parametrize("page", [ORGANISATIONS, STORIES, CALLS])
def test_editors_delete_nothing_that_the_public_may_know(client_of_editor, page):
    profile = make_profile()
    pk = {ORGANISATIONS: profile.organisation, STORIES: profile, CALLS: profile.call}[page].pk
    assert client_of_editor.post(f"{page}{pk}/delete/", {"post": "yes"}).status_code == 403


def test_nobody_deletes_a_public_story_but_an_administrator_may_once_it_is_withdrawn(sign_in, administrator):
    profile = make_profile()
    client, address = sign_in(administrator), f"{STORIES}{profile.pk}/delete/"
    chosen = {"action": "delete_selected", "_selected_action": [profile.pk], "post": "yes"}
    answers = [client.post(address, {"post": "yes"}), client.post(STORIES, chosen)]
    assert ([answer.status_code for answer in answers], Profile.objects.count()) == ([403, 403], 1)
    profile.withdraw(by=administrator, now=timezone.now())
    assert (client.post(address, {"post": "yes"}).status_code, Profile.objects.count()) == (302, 0)


# Lists


@pytest.mark.parametrize("rows", [1, 30])
@pytest.mark.parametrize("page, queries", [(ORGANISATIONS, 5), (STORIES, 7), (MEMBERS, 8)])
def test_lists_cost_the_same_at_one_and_at_thirty(
    sign_in, administrator, django_assert_num_queries, page, queries, rows
):
    client = sign_in(administrator)
    call = make_call()
    for _ in range(rows):
        make_profile(call=call)
        make_member(groups=["Editors"])
    client.get(page)
    with django_assert_num_queries(queries):
        client.get(page)


def test_stories_show_and_filter_their_status(client_of_editor):
    make_profile(published=False)
    make_profile()
    make_profile().withdraw(by=None, now=timezone.now())
    shown = {}
    for status in ("being_written", "published", "withdrawn", "nonsense"):
        results = client_of_editor.get(STORIES, {"status": status}).context["cl"].result_list
        shown[status] = len(results)
    assert shown == {"being_written": 1, "published": 1, "withdrawn": 1, "nonsense": 3}


def test_organisations_are_found_by_other_names(client_of_editor):
    OrganisationName.objects.create(organisation=make_organisation(name="Water Watch"), name="Rivers First")
    make_organisation()
    results = client_of_editor.get(ORGANISATIONS, {"q": "rivers"}).context["cl"].result_list
    assert [organisation.name for organisation in results] == ["Water Watch"]


def test_search_for_a_null_character_is_refused(client_of_editor):
    assert client_of_editor.get(ORGANISATIONS, {"q": "a\x00"}).status_code == 400


# Organisations


def test_editor_adds_an_organisation_with_names_numbers_and_people(client_of_editor, editor, member):
    page = client_of_editor.get(f"{ORGANISATIONS}add/")
    sent = filled_in(
        page,
        name="River Watch",
        slug="river-watch",
        kind="charity",
        areas=["W92000004"],
        website="river.example.org",
        **{
            "other_names-0-name": "RW",
            "identifiers-0-scheme": "GB-CHC",
            "identifiers-0-value": "1234567",
            "memberships-0-member": member.email.upper(),
            "memberships-0-role": "Treasurer",
        },
    )
    response = client_of_editor.post(f"{ORGANISATIONS}add/", sent)
    assert response.status_code == 302, errors_in(response)
    organisation = Organisation.objects.get()
    assert (organisation.name, organisation.website) == ("River Watch", "https://river.example.org")
    assert [str(name) for name in organisation.other_names.all()] == ["RW"]
    assert [str(identifier) for identifier in organisation.identifiers.all()] == ["GB-CHC-1234567"]
    membership = organisation.memberships.get()
    assert (membership.member, membership.role, membership.confirmed_by) == (member, "Treasurer", editor)


def test_saving_an_organisation_unchanged_changes_nothing(client_of_editor, member):
    organisation = make_organisation()
    membership = make_membership(member=member, organisation=organisation)
    Member.objects.filter(pk=member.pk).update(is_active=False)
    address = f"{ORGANISATIONS}{organisation.pk}/change/"
    response = client_of_editor.post(address, filled_in(client_of_editor.get(address)))
    assert response.status_code == 302, errors_in(response)
    after = Membership.objects.get()
    assert (after.pk, after.confirmed_at, after.ended_at) == (membership.pk, membership.confirmed_at, None)


def test_nobody_is_entered_by_an_address_that_has_not_joined(client_of_editor):
    organisation = make_organisation()
    address = f"{ORGANISATIONS}{organisation.pk}/change/"
    sent = filled_in(client_of_editor.get(address), **{"memberships-0-member": "nobody@example.org"})
    assert errors_in(client_of_editor.post(address, sent)) == ["Nobody has joined with this e-mail address."]


def test_member_is_entered_once(client_of_editor, member):
    organisation = make_organisation()
    address = f"{ORGANISATIONS}{organisation.pk}/change/"
    sent = filled_in(
        client_of_editor.get(address),
        **{
            "memberships-TOTAL_FORMS": 2,
            "memberships-0-member": member.email,
            "memberships-1-member": member.email,
        },
    )
    assert errors_in(client_of_editor.post(address, sent)) == ["This is entered twice."]
    make_membership(member=member, organisation=organisation)
    sent = filled_in(client_of_editor.get(address), **{"memberships-1-member": member.email})
    response = client_of_editor.post(address, sent)
    assert errors_in(response) == ["This member belongs to the organisation already."]


def test_somebody_whose_place_is_over_is_entered_again(client_of_editor, member):
    organisation = make_organisation()
    ended = make_membership(member=member, organisation=organisation)
    Membership.objects.filter(pk=ended.pk).update(ended_at=timezone.now())
    address = f"{ORGANISATIONS}{organisation.pk}/change/"
    sent = filled_in(client_of_editor.get(address), **{"memberships-1-member": member.email})
    assert client_of_editor.post(address, sent).status_code == 302
    assert Membership.objects.belonging().get().pk != ended.pk


@pytest.mark.parametrize("names", [("ABC", "abc"), ("ΑΣ", "ασ")])
@pytest.mark.parametrize("known", [[], ["first"]])
def test_other_name_is_entered_once(client_of_editor, names, known):
    organisation = make_organisation()
    for _ in known:
        OrganisationName.objects.create(organisation=organisation, name=names[0])
    address = f"{ORGANISATIONS}{organisation.pk}/change/"
    sent = filled_in(
        client_of_editor.get(address),
        **{"other_names-TOTAL_FORMS": 2, "other_names-0-name": names[0], "other_names-1-name": names[1]},
    )
    response = client_of_editor.post(address, sent)
    assert (response.status_code, len(errors_in(response))) == (200, 1)


def test_new_organisation_gets_another_name_once(client_of_editor):
    sent = filled_in(
        client_of_editor.get(f"{ORGANISATIONS}add/"),
        name="River Watch",
        slug="river-watch",
        kind="charity",
        **{"other_names-TOTAL_FORMS": 2, "other_names-0-name": "ABC", "other_names-1-name": "abc"},
    )
    assert errors_in(client_of_editor.post(f"{ORGANISATIONS}add/", sent)) == ["This is entered twice."]


@pytest.mark.parametrize("rows", [1, 30])
def test_page_of_an_organisation_costs_the_same_however_many_belong(
    client_of_editor, django_assert_num_queries, rows
):
    organisation = make_organisation()
    for _ in range(rows):
        make_membership(member=make_member(), organisation=organisation)
    address = f"{ORGANISATIONS}{organisation.pk}/change/"
    client_of_editor.get(address)
    with django_assert_num_queries(8):
        client_of_editor.get(address)


# Stories


def story_in_words(page, **changes):
    words = {f"answers-{number}-original": f"Answer {number}." for number in range(4)}
    return filled_in(page, **{**words, **changes})


def test_editor_writes_up_and_publishes_a_story(client_of_editor, editor, member):
    organisation = make_organisation(name="River Watch", slug="river-watch")
    make_membership(member=member, organisation=organisation)
    call = make_call(slug="call")
    sent = story_in_words(
        client_of_editor.get(f"{STORIES}add/"),
        organisation="river watch",
        call=call.pk,
        speaker_name="Ada Quill",
        author=member.email,
        consented_at="2026-11-20T10:00:00",
        pull_quote="So it is",
        **{"answers-1-edited": "So it is."},
    )
    response = client_of_editor.post(f"{STORIES}add/", sent)
    assert response.status_code == 302, errors_in(response)
    profile = Profile.objects.get()
    assert (profile.organisation, profile.author, profile.slug) == (organisation, member, "river-watch-call")
    assert [(answer.question, answer.text) for answer in profile.answers.all()] == [
        (1, "Answer 0."),
        (2, "So it is."),
        (3, "Answer 2."),
        (4, "Answer 3."),
    ]
    sent = filled_in(client_of_editor.get(address_of(profile)), standfirst="Read on.", _send="Save and send")
    client_of_editor.post(address_of(profile), sent)
    approval = profile.approvals.get()
    profile.refresh_from_db()
    approval.approve(by=member, fingerprint=profile.fingerprint(), now=timezone.now())
    sent = filled_in(client_of_editor.get(address_of(profile)), _publish="Save and publish")
    response = client_of_editor.post(address_of(profile), sent, follow=True)
    profile.refresh_from_db()
    assert (profile.is_published, profile.published_by, profile.standfirst) == (True, editor, "Read on.")
    assert messages_in(response)[-1] == "The story of River Watch is public now."


def test_page_asks_each_of_the_four_questions_once_in_order(client_of_editor):
    profile = make_profile(published=False)
    profile.answers.filter(question__in=[1, 3]).delete()
    response = client_of_editor.get(address_of(profile))
    html = response.content.decode()
    places = [html.index(str(question.label)) for question in Question]
    assert (places, [html.count(str(question.label)) for question in Question]) == (sorted(places), [1] * 4)


def test_missing_answers_can_be_added_and_their_questions_not_forged(client_of_editor):
    profile = make_profile(published=False)
    profile.answers.exclude(question=4).delete()
    sent = filled_in(
        client_of_editor.get(address_of(profile)),
        **{"answers-1-original": "First.", "answers-1-question": "4", "answers-0-question": "2"},
    )
    response = client_of_editor.post(address_of(profile), sent)
    assert response.status_code == 302, errors_in(response)
    assert [answer.question for answer in profile.answers.all()] == [1, 4]


def test_forged_fifth_answer_is_refused(client_of_editor):
    profile = make_profile(published=False)
    sent = filled_in(
        client_of_editor.get(address_of(profile)),
        **{"answers-TOTAL_FORMS": 5, "answers-4-original": "Too much.", "answers-4-question": "2"},
    )
    response = client_of_editor.post(address_of(profile), sent)
    assert (response.status_code, profile.answers.count()) == (200, 4)


def test_quotation_and_answer_can_change_together(client_of_editor):
    profile = make_profile(published=False, pull_quote="Answer 1", answers=["Answer 1", "2", "3", "4"])
    page = client_of_editor.get(address_of(profile))
    sent = filled_in(page, pull_quote="Quite new", **{"answers-0-edited": "It is quite new. Quite\nnew."})
    response = client_of_editor.post(address_of(profile), sent)
    assert response.status_code == 302, errors_in(response)
    sent = filled_in(client_of_editor.get(address_of(profile)), pull_quote="Never said")
    complaints = errors_in(client_of_editor.post(address_of(profile), sent))
    assert complaints == ["The pull quote is not, word for word, in any of the answers."]


def test_organisation_of_a_story_must_be_known(client_of_editor):
    sent = filled_in(
        client_of_editor.get(f"{STORIES}add/"),
        organisation="Nobody at all",
        call=make_call().pk,
        speaker_name="Ada",
    )
    complaints = errors_in(client_of_editor.post(f"{STORIES}add/", sent))
    assert complaints == ["There is no organisation of this name yet. Add it under “Organisations” first."]


def test_organisation_known_by_a_shared_name_must_be_told_apart(client_of_editor):
    for _ in range(2):
        OrganisationName.objects.create(organisation=make_organisation(), name="RW")
    sent = filled_in(
        client_of_editor.get(f"{STORIES}add/"), organisation="RW", call=make_call().pk, speaker_name="Ada"
    )
    complaints = errors_in(client_of_editor.post(f"{STORIES}add/", sent))
    assert complaints == ["Several organisations are known by this name. Write the full one."]


def test_second_answer_to_a_call_is_refused_in_words(client_of_editor):
    first = make_profile()
    sent = story_in_words(
        client_of_editor.get(f"{STORIES}add/"),
        organisation=first.organisation.name,
        call=first.call.pk,
        speaker_name="Ada Quill",
    )
    response = client_of_editor.post(f"{STORIES}add/", sent)
    assert "This organisation has answered this call already." in response.content.decode()
    assert Profile.objects.count() == 1


def test_story_that_is_not_ready_says_what_is_missing(client_of_editor):
    profile = make_profile(published=False, consented_at=None)
    sent = filled_in(
        client_of_editor.get(address_of(profile)), standfirst="Read on.", _publish="Save and publish"
    )
    response = client_of_editor.post(address_of(profile), sent, follow=True)
    assert messages_in(response) == ["Saved, but not published. Nobody has agreed to its publication yet."]
    profile.refresh_from_db()
    assert (profile.is_published, profile.standfirst) == (False, "Read on.")


def test_only_an_approved_story_offers_to_be_published(client_of_editor):
    profiles = [make_profile(published=False), make_profile(published=False), make_profile(), make_profile()]
    make_approval(profile=profiles[1])
    profiles[3].withdraw(by=None, now=timezone.now())
    pages = [client_of_editor.get(address_of(profile)).content.decode() for profile in profiles]
    assert ['name="_publish"' in page for page in pages] == [False, True, False, False]
    assert ['name="_send"' in page for page in pages] == [True, True, False, True]


def test_withdrawal_asks_first(client_of_editor):
    profile = make_profile()
    assert address_of(profile, "withdrawals") in client_of_editor.get(address_of(profile)).content.decode()
    assert "Withdraw the story" in client_of_editor.get(address_of(profile, "withdrawals")).content.decode()
    assert Profile.objects.published().get() == profile
    client_of_editor.post(address_of(profile, "withdrawals"))
    assert Profile.objects.withdrawn().get() == profile
    assert "nothing to withdraw" in client_of_editor.get(address_of(profile, "withdrawals")).content.decode()


@pytest.mark.parametrize("pk", ["999999", "nonsense"])
def test_story_that_does_not_exist_is_not_found(client_of_editor, pk):
    assert client_of_editor.post(f"{STORIES}{pk}/withdrawals/").status_code == 404


@pytest.mark.parametrize(
    "page, title",
    [
        (ORGANISATIONS, "Organisations"),
        (STORIES, "Profiles"),
        (CALLS, "Calls for stories"),
    ],
)
def test_list_bears_the_name_of_its_things(client_of_editor, page, title):
    assert client_of_editor.get(page).context["title"] == title


def test_lists_tell_the_time_on_the_24_hour_clock(client_of_editor):
    make_call(opens_at=datetime(2026, 7, 3, 13, 5, tzinfo=UTC))
    assert ">3 Jul 2026, 14:05</td>" in client_of_editor.get(CALLS).content.decode()


def test_call_may_not_close_before_it_opens(client_of_editor):
    call = make_call()
    address = f"{CALLS}{call.pk}/change/"
    sent = filled_in(client_of_editor.get(address), closes_at="2020-11-19T10:00:00")
    assert errors_in(client_of_editor.post(address, sent)) == ["A call closes after it opens."]


def test_consent_is_on_record_whatever_is_sent(client_of_editor):
    agreed = timezone.now().replace(microsecond=0) - timedelta(days=200)
    profile = make_profile(published=False, consented_at=agreed)
    sent = filled_in(client_of_editor.get(address_of(profile)), consented_at="2026-11-20T10:00:00")
    client_of_editor.post(address_of(profile), sent)
    profile.refresh_from_db()
    assert profile.consented_at == agreed
