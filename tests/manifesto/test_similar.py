import tomllib
from pathlib import Path

import pytest
from django.urls import reverse
from django.utils import timezone

from manifesto.models import Draft, Idea, Lexeme, Phase
from ogp_network import demonstration
from tests.factories import make_idea, make_member, make_round, make_theme

JUDGED = tomllib.loads((Path(__file__).parent / "paraphrases.toml").read_text())
ROUNDS = Path(demonstration.__file__).parent / "rounds"


def new(round):
    return reverse("manifesto:draft_create", args=[round.slug])


def similar(draft):
    return reverse("manifesto:draft_similar", args=[draft.pk])


def make_draft(*, author, round, title):
    draft = Draft(author=author, round=round, title=title)
    draft.keep(version=0, now=timezone.now())
    return draft


def found(round, title):
    return [idea.title for idea in round.ideas.live().similar_to(title)]


# The ranking, by pairs of paraphrases


@pytest.fixture(scope="module")
def judged(django_db_setup, django_db_blocker):
    """Every paraphrase with its idea and the five found for it, among all ideas that the pairs are judged by."""
    with django_db_blocker.unblock():
        round = make_round(slug="judged")
        theme = make_theme(round=round)
        now = timezone.now()
        for number, (title, why, how, difference) in enumerate(_corpus(), start=1):
            Idea.objects.create(
                round=round,
                number=number,
                submitted_at=now,
                published_at=now,
                theme=theme,
                level="uk",
                title=title,
                why=why,
                how=how,
                difference=difference,
                policy_areas=[],
                ogp_values=[],
                areas=[],
            )
        Lexeme.objects.count_again()
        yield [(query, idea, found(round, query)) for query, idea in JUDGED["pair"]]
        round.ideas.all().delete()
        theme.delete()
        round.delete()
        Lexeme.objects.all().delete()


def _corpus():
    for name in ("uk", "nation", "earlier"):
        for idea in tomllib.loads((ROUNDS / f"{name}.toml").read_text())["idea"]:
            yield idea["title"], idea["why"], idea["how"], idea["difference"]
    for title, why in JUDGED["idea"]:
        yield title, why, "", ""


def recall(judged):
    return sum(idea in shown for _, idea, shown in judged) / len(judged)


def test_the_judged_set_is_as_large_as_it_says(judged):
    titles = {title for title, *_ in _corpus()}
    assert (len(judged) >= 60, len(JUDGED["idea"]) >= 100) == (True, True)
    assert [idea for _, idea, _ in judged if idea not in titles] == []


def test_four_of_five_paraphrases_find_their_idea_among_the_first_five(judged):
    tuned = [pair for number, pair in enumerate(judged) if number % 3 != 2]
    assert recall(tuned) >= 0.80


def test_as_many_of_those_held_out_while_tuning_do(judged):
    held_out = [pair for number, pair in enumerate(judged) if number % 3 == 2]
    assert (len(held_out), recall(held_out) >= 0.80) == (len(judged) // 3, True)


# What counts as similar


def test_the_nearer_in_words_comes_first(db):
    round = make_round()
    for title in ("Publish ministers’ diaries", "Publish ministers’ salaries", "Mend rural bridges"):
        make_idea(round=round, title=title, why="-", how="-", difference="-")
    Lexeme.objects.count_again()
    assert found(round, "Ministers’ diaries in public") == [
        "Publish ministers’ diaries",
        "Publish ministers’ salaries",
    ]


@pytest.mark.parametrize("counted", [True, False])
def test_titles_are_found_before_their_words_were_ever_counted(db, counted):
    round = make_round()
    make_idea(round=round, title="Publish ministers’ diaries", why="-", how="-", difference="-")
    if counted:
        Lexeme.objects.count_again()
    assert found(round, "The diaries of ministers") == ["Publish ministers’ diaries"]


def test_a_misspelt_title_is_found_by_its_spelling(db):
    round = make_round()
    make_idea(round=round, title="Publish ministers’ diaries", why="-", how="-", difference="-")
    assert found(round, "Pubblish minnisters diarys") == ["Publish ministers’ diaries"]


def test_one_common_word_alone_is_not_enough(db):
    round = make_round()
    for number in range(20):
        make_idea(round=round, title=f"Publish {number} registers of land", why="-", how="-", difference="-")
    Lexeme.objects.count_again()
    assert found(round, "Publish hovercraft emissions and harbour noise for swimmers") == []


@pytest.mark.parametrize(
    "title", ["…!?", "the of and", "🎉", "'; DROP TABLE manifesto_idea; --", "\\' & | !"]
)
def test_titles_without_words_or_like_commands_find_nothing(db, title):
    round = make_round()
    make_idea(round=round)
    assert found(round, title) == []


def test_where_every_word_is_common_ideas_with_several_of_them_are_compared(db, monkeypatch):
    monkeypatch.setattr("manifesto.models.finding.COMPARED", 3)
    round = make_round()
    for number in range(10):
        make_idea(round=round, title=f"Publish land register {number}", why="-", how="-", difference="-")
    Lexeme.objects.count_again()
    assert len(found(round, "Publish land register")) == 3


def test_nothing_of_other_rounds_drafts_or_what_is_not_public_is_shown(client, member, other_member):
    round = make_round()
    for fields in ({"published": False}, {"round": make_round()}):
        make_idea(**{"round": round, **fields}, title="Publish ministers’ diaries")
    make_draft(author=other_member, round=round, title="Publish ministers’ diaries now")
    draft = make_draft(author=member, round=round, title="Publish ministers’ diaries")
    client.force_login(member)
    response = client.get(similar(draft))
    assert response.context["ideas"] == []
    assert "Nothing like it yet" in response.content.decode()


# From the title to the rest


def test_an_idea_begins_with_its_title_alone(client, member):
    round = make_round()
    client.force_login(member)
    page = client.get(new(round))
    assert [field.name for field in page.context["form"].visible_fields()] == ["title"]


def test_going_on_keeps_the_draft_and_shows_what_is_similar(client, member):
    round = make_round()
    make_idea(round=round, title="Publish ministers’ diaries")
    client.force_login(member)
    response = client.post(
        new(round), {"title": "The diaries of ministers", "action": "continue"}, follow=True
    )
    draft = Draft.objects.get()
    assert (response.redirect_chain[-1][0], draft.title) == (similar(draft), "The diaries of ministers")
    page = response.content.decode()
    assert ("Publish ministers’ diaries" in page, "Support this one instead" in page) == (True, True)
    assert f'href="{draft.get_absolute_url()}">Mine is different: go on' in page


def test_with_nothing_similar_the_rest_is_asked_at_once(client, member):
    round = make_round()
    client.force_login(member)
    response = client.post(new(round), {"title": "Hovercraft noise", "action": "continue"}, follow=True)
    draft = Draft.objects.get()
    assert response.redirect_chain[-1][0] == draft.get_absolute_url()
    assert response.context["form"]["title"].value() == "Hovercraft noise"


@pytest.mark.parametrize("title", ["", "   ", "x" * 121, "nul\x00byte", "\u200b"])
def test_a_title_that_cannot_be_is_refused_beside_its_field(client, member, title):
    round = make_round()
    client.force_login(member)
    response = client.post(new(round), {"title": title, "action": "continue"})
    assert (response.status_code, list(response.context["form"].errors)) == (422, ["title"])
    assert Draft.objects.count() == 0


def test_going_back_to_the_title_changes_it_and_loses_nothing_else(client, member):
    round = make_round()
    client.force_login(member)
    key = client.get(new(round)).context["form"]["key"].value()
    client.post(new(round), {"title": "First", "key": key, "version": 0, "action": "continue"})
    draft = Draft.objects.get()
    client.post(
        draft.get_absolute_url(), {"title": "First", "why": "Because", "version": 1, "action": "save"}
    )
    stale = {"title": "Second", "key": key, "version": 0, "action": "continue"}
    assert client.post(new(round), stale).status_code == 409
    client.post(new(round), {**stale, "version": 2})
    draft.refresh_from_db()
    assert (draft.title, draft.why) == ("Second", "Because")


def test_a_visitors_title_waits_for_them_on_the_first_page(client, member):
    round = make_round()
    response = client.post(new(round), {"title": "Typed before", "action": "continue"})
    assert response.url == f"{reverse('account_login')}?next={new(round)}"
    client.force_login(member)
    form = client.get(new(round)).context["form"]
    assert ([field.name for field in form.visible_fields()], form["title"].value()) == (
        ["title"],
        "Typed before",
    )


def test_supporting_instead_keeps_the_draft(client, member):
    round = make_round()
    idea = make_idea(round=round, title="Publish ministers’ diaries")
    draft = make_draft(author=member, round=round, title="The diaries of ministers")
    client.force_login(member)
    response = client.post(
        reverse("manifesto:support_create"), {"idea": idea.pk, "next": similar(draft)}, follow=True
    )
    page = response.content.decode()
    assert ([vote.idea for vote in member.votes.all()], Draft.objects.get()) == ([idea], draft)
    assert ("You support this" in page, "Support this one instead" in page) == (True, False)


@pytest.mark.parametrize("phase", Phase)
def test_support_is_offered_only_where_the_phase_allows_it(client, member, phase):
    round = make_round(phase=phase)
    make_idea(round=round, title="Publish ministers’ diaries")
    draft = make_draft(author=member, round=round, title="The diaries of ministers")
    client.force_login(member)
    page = client.get(similar(draft)).content.decode()
    assert ("Support this one instead" in page) == (phase in (Phase.CROWDSOURCING, Phase.REFINEMENT))


@pytest.mark.parametrize("who", ["visitor", "other_member", "expert", "editor", "administrator"])
def test_nobody_else_sees_what_a_draft_is_like(client, member, request, who):
    draft = make_draft(author=member, round=make_round(), title="Private thoughts")
    if who != "visitor":
        client.force_login(request.getfixturevalue(who))
    assert client.get(similar(draft)).status_code == (302 if who == "visitor" else 404)


def test_similar_page_costs_the_same_with_one_and_with_five(client, member, django_assert_num_queries):
    round = make_round()
    draft = make_draft(author=member, round=round, title="The diaries of ministers")
    make_idea(round=round, title="Publish ministers’ diaries")
    client.force_login(member)
    with django_assert_num_queries(7):
        client.get(similar(draft))
    for _ in range(9):
        make_idea(round=round, title="Publish ministers’ diaries")
    with django_assert_num_queries(7):
        assert len(client.get(similar(draft)).context["ideas"]) == 5


# In moderation


def test_editors_see_likely_duplicates_public_and_waiting(sign_in, editor):
    round = make_round()
    for title, published in (("Publish ministers’ diaries", True), ("Ministers’ diaries online", False)):
        make_idea(round=round, title=title, published=published)
    declined = make_idea(round=round, title="All ministers’ diaries", published=False)
    declined.decline(by=editor, now=timezone.now(), reason="duplicate", words="Sorry.")
    make_idea(title="Publish ministers’ diaries elsewhere")
    idea = make_idea(round=round, title="The diaries of ministers", author=make_member(), published=False)
    response = sign_in(editor).get(reverse("admin:manifesto_idea_moderate", args=[idea.pk]))
    assert sorted(duplicate.title for duplicate in response.context["duplicates"]) == [
        "Ministers’ diaries online",
        "Publish ministers’ diaries",
    ]
    assert "May say the same" in response.content.decode()
