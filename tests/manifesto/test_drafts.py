import uuid

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from manifesto.errors import EditedMeanwhile, NotReady, SubmissionClosed
from manifesto.models import Draft, Idea, Phase, Round
from tests.factories import (
    PASSWORD,
    idea_content,
    make_member,
    make_membership,
    make_organisation,
    make_round,
    make_theme,
)
from tests.manifesto.test_votes import in_threads


def typed(round, **fields):
    """What a browser sends for a complete idea."""
    content = idea_content(round=round, title="Publish the diaries", **fields)
    return {
        **content,
        "theme": content["theme"].pk,
        "ogp_values": ["public_accountability"],
        "areas": ["S92000003"],
        "evidence_links": "https://example.org/one\nexample.org/two",
        "version": 0,
    }


def new(round):
    return reverse("manifesto:draft_create", args=[round.slug])


def make_draft(*, author, round=None, **fields):
    round = round or make_round()
    draft = Draft(author=author, round=round, **idea_content(round=round, **fields))
    draft.keep(version=0, now=timezone.now())
    return draft


def test_a_title_alone_is_kept_as_a_draft(client, member):
    client.force_login(member)
    response = client.post(new(make_round()), {"title": "Later", "action": "save"})
    draft = Draft.objects.get()
    assert (response.url, draft.title, draft.author) == (draft.get_absolute_url(), "Later", member)


def test_a_form_that_was_kept_and_not_answered_can_be_sent_again_as_it_is(client, member):
    """As when the server is killed between keeping the draft and making it an idea."""
    round, key = make_round(), str(uuid.uuid4())
    client.force_login(member)
    form = {**typed(round), "key": key}
    client.post(new(round), {**form, "action": "save"})
    response = client.post(new(round), {**form, "action": "submit"})
    assert (response.status_code, Idea.objects.get().external_reference, Draft.objects.count()) == (
        302,
        key,
        0,
    )


def test_submitting_makes_an_idea_that_waits_for_an_editor(client, member):
    round = make_round()
    client.force_login(member)
    response = client.post(new(round), {**typed(round), "action": "submit"}, follow=True)
    idea = Idea.objects.get()
    assert (idea.is_pending, idea.authorships.get().member, idea.areas, idea.evidence_links) == (
        True,
        member,
        ["S92000003"],
        ["https://example.org/one", "https://example.org/two"],
    )
    assert (
        Draft.objects.count(),
        response.status_code,
        "Waiting for an editor" in response.content.decode(),
    ) == (
        0,
        200,
        True,
    )


def test_what_is_missing_is_said_beside_each_field_and_nothing_typed_is_lost(client, member):
    round = make_round()
    client.force_login(member)
    response = client.post(new(round), {"title": "Half done", "why": "Because", "action": "submit"})
    form = response.context["form"]
    page = response.content.decode()
    assert (response.status_code, set(form.errors)) == (
        422,
        {"how", "difference", "theme", "level", "ogp_values"},
    )
    assert ('value="Half done"' in page, "Because</textarea>" in page) == (True, True)


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("title", "x" * 121),
        ("title", "nul\x00byte"),
        ("title", "   "),
        ("title", "\u200b\u200b"),
        ("why", "x" * 5001),
        ("ogp_values", ["technology_and_innovation"]),
        ("ogp_values", ["anarchy"]),
        ("areas", ["E99"]),
        ("level", "galactic"),
        ("theme", "999999"),
        ("theme", "abc"),
        ("evidence_links", "not a link"),
        ("evidence_links", "javascript:alert(1)"),
        ("evidence_links", "\n".join(f"https://example.org/{n}" for n in range(11))),
        ("version", "abc"),
        ("version", "2147483647"),
    ],
)
def test_bad_input_is_refused_beside_its_field(client, member, field, value):
    round = make_round()
    client.force_login(member)
    response = client.post(new(round), {**typed(round), field: value, "action": "submit"})
    assert (response.status_code, list(response.context["form"].errors)) == (422, [field])
    assert (Idea.objects.count(), Draft.objects.count()) == (0, 0)


def test_a_theme_of_another_round_is_refused(client, member):
    round, other = make_round(), make_round()
    client.force_login(member)
    response = client.post(new(round), {**typed(round), "theme": typed(other)["theme"], "action": "submit"})
    assert list(response.context["form"].errors) == ["theme"]


def test_only_an_organisation_one_belongs_to_can_be_named(client, member):
    round, own, requested, strange = make_round(), *(make_organisation() for _ in range(3))
    make_membership(member=member, organisation=own)
    make_membership(member=member, organisation=requested, confirmed=False)
    client.force_login(member)
    for organisation in (requested, strange):
        response = client.post(
            new(round), {**typed(round), "organisation": organisation.pk, "action": "submit"}
        )
        assert list(response.context["form"].errors) == ["organisation"]
    client.post(new(round), {**typed(round), "organisation": own.pk, "action": "submit"})
    assert Idea.objects.get().organisation == own


@pytest.mark.parametrize("name", ["draft_edit", "draft_delete"])
@pytest.mark.parametrize("who", ["other_member", "expert", "editor", "administrator"])
@pytest.mark.parametrize("method", ["get", "post"])
def test_nobody_else_reaches_a_draft(client, member, request, name, who, method):
    draft = make_draft(author=member, title="Private thoughts")
    client.force_login(request.getfixturevalue(who))
    response = getattr(client, method)(reverse(f"manifesto:{name}", args=[draft.pk]))
    assert (response.status_code, "Private thoughts" in response.content.decode()) == (404, False)
    assert Draft.objects.get() == draft


def test_my_ideas_lists_my_drafts_only(client, member, other_member):
    make_draft(author=member, title="My draft")
    make_draft(author=other_member, title="Their draft")
    client.force_login(member)
    page = client.get(reverse("manifesto:my_ideas")).content.decode()
    assert ("My draft" in page, "Their draft" in page) == (True, False)


def test_deleting_asks_first(client, member):
    draft = make_draft(author=member)
    client.force_login(member)
    address = reverse("manifesto:draft_delete", args=[draft.pk])
    assert "Delete this draft?" in client.get(address).content.decode()
    assert Draft.objects.count() == 1
    client.post(address)
    assert Draft.objects.count() == 0


def test_two_windows_never_overwrite_each_other_unasked(client, member):
    round = make_round()
    draft = make_draft(author=member, round=round)
    client.force_login(member)
    address = draft.get_absolute_url()
    first, second = (
        {**typed(round), "title": title, "version": 1, "action": "save"} for title in ("One", "Two")
    )
    client.post(address, first)
    response = client.post(address, second)
    page = response.content.decode()
    assert (response.status_code, Draft.objects.get().title, 'value="Two"' in page) == (409, "One", True)
    again = {**second, "version": response.context["form"]["version"].value()}
    client.post(address, again)
    assert Draft.objects.get().title == "Two"


def test_keeping_over_a_later_version_is_refused(db, member):
    draft = make_draft(author=member)
    draft.title = "Something else"
    with pytest.raises(EditedMeanwhile):
        draft.keep(version=0, now=timezone.now())


@pytest.mark.parametrize("phase", Phase)
@pytest.mark.parametrize("who", ["visitor", "member", "expert", "editor", "administrator"])
def test_phase_and_role_matrix_for_submitting(client, db, request, phase, who):
    round = make_round(phase=phase)
    if who != "visitor":
        client.force_login(request.getfixturevalue(who))
    open_now = phase == Phase.CROWDSOURCING
    page = client.get(new(round))
    assert page.status_code == (200 if open_now else 403)
    response = client.post(new(round), {**typed(round), "action": "submit"})
    assert (Idea.objects.count(), response.status_code) == (1 if open_now and who != "visitor" else 0, 302)


def test_a_closed_round_says_why_and_keeps_what_was_typed(client, member):
    round = make_round(phase=Phase.REFINEMENT)
    client.force_login(member)
    response = client.post(new(round), {**typed(round), "action": "submit"}, follow=True)
    assert round.why_no_ideas(timezone.now()) in response.content.decode()
    assert (Draft.objects.get().title, Idea.objects.count()) == ("Publish the diaries", 0)


def test_submitting_verb_refuses_outside_its_phase(db, member):
    draft = make_draft(author=member, round=make_round(phase=Phase.PRIORITISATION))
    with pytest.raises(SubmissionClosed):
        draft.submit(now=timezone.now())
    assert Draft.objects.get() == draft


def test_without_consent_the_draft_is_kept_and_consent_asked(client, db):
    member, round = make_member(consents=False), make_round()
    client.force_login(member)
    response = client.post(new(round), {**typed(round), "action": "submit"})
    assert response.url.startswith(reverse("consent"))
    assert (Draft.objects.count(), Idea.objects.count()) == (1, 0)


def test_what_a_visitor_typed_waits_for_them_through_signing_in(client, db):
    member, round = make_member(), make_round()
    response = client.post(new(round), {**typed(round), "title": "Typed before", "action": "submit"})
    assert response.url == f"{reverse('account_login')}?next={new(round)}"
    client.post(response.url, {"login": member.email, "password": PASSWORD})
    page = client.get(new(round)).content.decode()
    assert 'value="Typed before"' in page
    client.post(new(round), {**typed(round), "action": "save"})
    assert 'value="Typed before"' not in client.get(new(round)).content.decode()


def test_what_was_typed_is_kept_when_the_session_ran_out(client, member):
    round = make_round()
    draft = make_draft(author=member, round=round)
    client.post(draft.get_absolute_url(), {**typed(round), "title": "Typed late", "version": 1})
    client.post(reverse("account_login"), {"login": member.email, "password": PASSWORD})
    assert 'value="Typed late"' in client.get(draft.get_absolute_url()).content.decode()


def test_sending_the_same_form_again_leads_to_the_same_idea(client, member):
    round = make_round()
    client.force_login(member)
    data = {**typed(round), "key": client.get(new(round)).context["form"]["key"].value(), "action": "submit"}
    first, second = (client.post(new(round), data).url for _ in range(2))
    assert (first, Idea.objects.count()) == (second, 1)


def test_going_back_after_saving_meets_the_saved_draft(client, member):
    round = make_round()
    client.force_login(member)
    data = {**typed(round), "key": client.get(new(round)).context["form"]["key"].value(), "action": "save"}
    client.post(new(round), data)
    response = client.post(new(round), {**data, "title": "Changed after going back"})
    assert (response.status_code, Draft.objects.get().title) == (409, "Publish the diaries")


def test_a_key_never_opens_somebody_elses_draft(client, member, other_member):
    round = make_round()
    theirs = make_draft(author=other_member, round=round, title="Private thoughts")
    client.force_login(member)
    response = client.post(new(round), {**typed(round), "key": theirs.key, "action": "save"})
    assert (response.status_code, "Private thoughts" in response.content.decode()) == (409, False)
    theirs.refresh_from_db()
    assert (theirs.title, theirs.author) == ("Private thoughts", other_member)


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("saved_before", [True, False])
def test_a_double_click_submits_once_and_answers_both(saved_before):
    member, round = make_member(), make_round()
    draft = make_draft(author=member, round=round) if saved_before else None
    clients = [Client(), Client()]
    for client in clients:
        client.force_login(member)
    address = draft.get_absolute_url() if draft else new(round)
    key = draft.key if draft else uuid.uuid4()
    data = {**typed(round), "key": key, "version": 1 if draft else 0, "action": "submit"}
    statuses = in_threads([lambda c=client: c.post(address, data).status_code for client in clients])
    assert (Idea.objects.count(), Draft.objects.count()) == (1, 0)
    assert set(statuses) <= {302, 409}


def test_a_title_is_one_line(client, member):
    round = make_round()
    client.force_login(member)
    client.post(new(round), {"title": "  One\nline  ", "action": "save"})
    assert Draft.objects.get().title == "One line"


def test_an_organisation_one_has_left_is_no_longer_named(client, member):
    round, organisation = make_round(), make_organisation()
    membership = make_membership(member=member, organisation=organisation)
    client.force_login(member)
    client.post(new(round), {**typed(round), "organisation": organisation.pk, "action": "save"})
    membership.delete()
    draft = Draft.objects.get()
    client.post(draft.get_absolute_url(), {**typed(round), "version": 1, "action": "submit"})
    assert Idea.objects.get().organisation is None


def test_a_draft_with_gaps_is_never_submitted(db, member):
    draft = make_draft(author=member, how="")
    with pytest.raises(NotReady):
        draft.submit(now=timezone.now())


def test_somebody_elses_key_makes_no_trouble(client, member, other_member):
    round = make_round()
    theirs = make_draft(author=other_member, round=round, ogp_values=["public_accountability"])
    theirs.submit(now=timezone.now())
    client.force_login(member)
    client.post(new(round), {**typed(round), "key": theirs.key, "action": "submit"})
    assert (Idea.objects.count(), Draft.objects.count()) == (2, 0)


def test_visitors_cannot_fill_the_database(client, db):
    round = make_round()
    client.post(new(round), {**typed(round), "why": "x" * 500_000, "more": "y" * 400_000})
    assert len(str(dict(client.session))) < 20_000


def test_what_was_typed_survives_the_closing_of_the_round(client, member):
    round = make_round()
    client.post(new(round), {**typed(round), "title": "Just too late"})
    client.force_login(member)
    Round.objects.filter(pk=round.pk).update(ideas_close_at=timezone.now())
    response = client.get(new(round))
    assert (response.status_code, 'value="Just too late"' in response.content.decode()) == (200, True)


def test_head_is_answered(client, db):
    assert client.head(new(make_round())).status_code == 200


@pytest.mark.parametrize("signed_in", [True, False])
def test_a_draft_begins_with_what_the_idea_was_asked_about(client, member, signed_in):
    round = make_round()
    theme = round.themes.first() or make_theme(round=round)
    if signed_in:
        client.force_login(member)
    form = client.get(new(round), {"theme": theme.slug, "area": "N92000002"}).context["form"]
    asked = {name: form[name].value() for name in ("about_theme", "about_area")}
    data = {**asked, "title": "Something missing", "action": "continue"}
    client.post(new(round), data)
    if not signed_in:
        client.force_login(member)
        kept = client.get(new(round)).context["form"]
        client.post(new(round), {**data, **{name: kept[name].value() for name in asked}})
    draft = member.drafts.get()
    assert (draft.theme, draft.areas) == (theme, ["N92000002"])


def test_what_nobody_knows_is_let_go(client, member):
    client.force_login(member)
    data = {"about_theme": "no-such", "about_area": "X1", "title": "Fine", "action": "continue"}
    client.post(new(make_round()), data)
    draft = member.drafts.get()
    assert (draft.theme, draft.areas) == (None, [])
