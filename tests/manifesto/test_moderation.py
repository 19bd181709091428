import pytest
from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret
from django.urls import reverse
from django.utils import timezone

from manifesto.models import Idea, Phase
from tests.factories import idea_content, make_idea, make_member, make_round, make_theme, make_votes
from tests.profiles.admin_forms import errors_in, filled_in, messages_in


def desk(idea):
    return reverse("admin:manifesto_idea_moderate", args=[idea.pk])


CHANGELIST = "admin:manifesto_idea_changelist"


@pytest.mark.parametrize("who", ["visitor", "member", "expert", "editor", "administrator"])
@pytest.mark.parametrize("method", ["get", "post"])
def test_only_editors_and_administrators_moderate(client, sign_in, request, db, who, method):
    idea = make_idea(published=False)
    if who != "visitor":
        sign_in(request.getfixturevalue(who))
    response = getattr(client, method)(desk(idea), {"answer": "approve"})
    idea.refresh_from_db()
    allowed = who in ("editor", "administrator")
    expected = 302 if who in ("visitor", "member") else 403
    if allowed:
        expected = 200 if method == "get" else 302
    assert (response.status_code, idea.is_published) == (expected, allowed and method == "post")


def test_editor_declines_with_a_reason_and_words(sign_in, editor):
    idea = make_idea(published=False)
    sign_in(editor).post(desk(idea), {"answer": "already_happening", "words": "It began in May."})
    idea.refresh_from_db()
    answer = idea.moderations.get()
    assert (idea.is_published, answer.reason, answer.words, answer.moderated_by) == (
        False,
        "already_happening",
        "It began in May.",
        editor,
    )


@pytest.mark.parametrize(
    ("data", "field"),
    [({}, "answer"), ({"answer": "duplicate"}, "words"), ({"answer": "nonsense"}, "answer")],
)
def test_an_incomplete_answer_is_refused_beside_its_field(sign_in, editor, data, field):
    idea = make_idea(published=False)
    response = sign_in(editor).post(desk(idea), data)
    assert (response.status_code, list(response.context["form"].errors)) == (422, [field])
    assert idea.moderations.count() == 0


def test_two_editors_at_once_are_told(sign_in, editor):
    idea = make_idea(published=False)
    idea.decline(by=make_member(groups=["Editors"]), now=timezone.now(), reason="other", words="Sorry.")
    response = sign_in(editor).post(desk(idea), {"answer": "approve"})
    assert (response.status_code, idea.moderations.count()) == (422, 1)
    assert "Somebody has dealt with this idea already." in response.content.decode()


def test_the_next_waiting_idea_follows(sign_in, editor):
    first, second = make_idea(published=False), make_idea(published=False)
    client = sign_in(editor)
    assert client.post(desk(first), {"answer": "approve"}).url == desk(second)
    assert client.post(desk(second), {"answer": "approve"}).url == reverse(CHANGELIST)


def test_editor_is_told_how_many_wait_and_who_hears_of_the_answer(sign_in, editor):
    first, second = make_idea(published=False), make_idea(published=False)
    client = sign_in(editor)
    assert "2 ideas are waiting, this one included." in client.get(desk(first)).content.decode()
    page = client.post(desk(first), {"answer": "approve"}, follow=True)
    assert messages_in(page) == [f"Your answer to “{first}” is saved. The author is told."]
    assert "This is the last idea that is waiting." in page.content.decode()
    second.authorships.update(member=None, credited_as="Participants of the Leeds workshop")
    page = client.post(desk(second), {"answer": "approve"}, follow=True)
    assert messages_in(page)[0] == f"Your answer to “{second}” is saved."


def test_page_of_an_idea_leads_to_its_answer_while_it_waits(sign_in, editor):
    ideas, client = [make_idea(published=False), make_idea()], sign_in(editor)
    pages = [client.get(reverse("admin:manifesto_idea_change", args=[idea.pk])) for idea in ideas]
    offered = [
        f'href="{desk(idea)}">Read and answer</a>' in page.content.decode()
        for idea, page in zip(ideas, pages, strict=True)
    ]
    assert offered == [True, False]


def test_approving_late_is_refused_with_the_reason(sign_in, editor):
    idea = make_idea(round=make_round(phase=Phase.PRIORITISATION), published=False)
    response = sign_in(editor).post(desk(idea), {"answer": "approve"})
    assert (response.status_code, "only while the round collects" in response.content.decode()) == (422, True)


def test_editor_enters_an_idea_from_a_workshop(sign_in, editor):
    round = make_round()
    content = idea_content(round=round)
    response = sign_in(editor).post(
        reverse("admin:manifesto_idea_add"),
        {
            **content,
            "theme": content["theme"].pk,
            "language": "en-gb",
            "round": round.pk,
            "source": "workshop",
            "credited_as": "Participants of the Leeds workshop",
        },
    )
    idea = Idea.objects.get()
    assert response.status_code == 302
    assert (idea.is_pending, idea.number, idea.author_names, idea.revisions.count()) == (
        True,
        1,
        ["Participants of the Leeds workshop"],
        1,
    )


def test_editor_cannot_reword_an_idea_in_passing(sign_in, editor):
    idea = make_idea(title="As people support it")
    theme = make_theme(round=idea.round)
    data = {"title": "Something else", "theme": theme.pk, "level": "local", "areas": ["W92000004"]}
    response = sign_in(editor).post(reverse("admin:manifesto_idea_change", args=[idea.pk]), data)
    idea.refresh_from_db()
    assert (response.status_code, idea.title, idea.theme, idea.level) == (
        302,
        "As people support it",
        theme,
        "local",
    )


def test_a_theme_of_another_round_is_refused(sign_in, editor):
    idea, other = make_idea(), make_round()
    data = {"theme": make_theme(round=other).pk, "level": "local"}
    response = sign_in(editor).post(reverse("admin:manifesto_idea_change", args=[idea.pk]), data)
    assert response.status_code == 200
    assert response.context["adminform"].form.errors == {"theme": ["This theme belongs to another round."]}


def test_ideas_are_never_deleted_in_admin(sign_in, administrator):
    idea = make_idea()
    client = sign_in(administrator)
    assert client.post(reverse("admin:manifesto_idea_delete", args=[idea.pk])).status_code == 403


def test_no_page_of_the_admin_ties_a_member_to_a_vote(sign_in, administrator):
    idea = make_idea()
    supporter = make_votes(idea=idea)[0].member
    client = sign_in(administrator)
    for path in (
        reverse("admin:index"),
        reverse(CHANGELIST),
        reverse("admin:manifesto_idea_change", args=[idea.pk]),
        reverse("admin:manifesto_idea_history", args=[idea.pk]),
        desk(idea),
    ):
        response = client.get(path)
        assert (response.status_code, supporter.email in response.content.decode()) == (200, False)
    assert client.get("/admin/manifesto/vote/").status_code == 404


def test_list_costs_the_same_at_1_and_at_30_ideas(sign_in, editor, django_assert_num_queries):
    round = make_round()
    make_idea(round=round)
    client = sign_in(editor)
    client.get(reverse(CHANGELIST))
    with django_assert_num_queries(9):
        client.get(reverse(CHANGELIST))
    for _ in range(29):
        make_idea(round=round, published=False)
    with django_assert_num_queries(9):
        client.get(reverse(CHANGELIST))


@pytest.mark.parametrize(
    ("state", "titles"), [("pending", ["B"]), ("published", ["A"]), ("nonsense", ["B", "A"])]
)
def test_editors_filter_by_state(sign_in, editor, state, titles):
    make_idea(title="A")
    make_idea(title="B", published=False)
    response = sign_in(editor).get(reverse(CHANGELIST), {"state": state})
    assert [idea.title for idea in response.context["cl"].result_list] == titles


def test_staff_without_a_second_factor_are_sent_to_set_one_up(client, editor, settings):
    settings.REQUIRE_SECOND_FACTOR = True
    client.force_login(editor)
    response = client.get(reverse("admin:index"), follow=True)
    assert response.redirect_chain[-1][0] == reverse("mfa_index")


def test_staff_with_a_second_factor_reach_the_admin(client, editor, settings):
    settings.REQUIRE_SECOND_FACTOR = True
    TOTP.activate(editor, generate_totp_secret())
    client.force_login(editor)
    assert client.get(reverse("admin:index")).status_code == 200


def test_reference_that_is_taken_is_refused_in_words(sign_in, editor):
    first = make_idea(external_reference="A-1")
    second = make_idea(round=first.round, external_reference="A-2")
    client = sign_in(editor)
    address = reverse("admin:manifesto_idea_change", args=[second.pk])
    response = client.post(address, filled_in(client.get(address), external_reference="A-1"))
    assert (response.status_code, errors_in(response)) == (
        200,
        ["An idea with this reference came in already."],
    )
