"""What a process remembers of lists for a moment, and what it must never show from memory."""

import re

import pytest
from django.urls import reverse
from django.utils import timezone

from tests.factories import make_comment, make_idea, make_member, make_round, make_theme, make_votes


def list_of(round):
    return reverse("manifesto:idea_list", args=[round.slug])


def titles_on(page):
    return [idea.title for idea in page.context["page_obj"]]


def found_in(client, round, text):
    """The title of the only idea that is found, as its card marks it."""
    page = client.get(list_of(round), {"text": text}).content.decode()
    [title] = re.findall(r'<a href="[^"]*/ideas/\d+/">(.*?)</a></h2>', page)
    return title


def test_who_comes_next_has_the_ideas_found_without_looking(client, db, django_assert_num_queries):
    """The round, what is newest, the cards, their authors; neither counting nor sorting."""
    round = make_round()
    make_idea(round=round)
    client.get(list_of(round))
    with django_assert_num_queries(4):
        client.get(list_of(round))


def test_words_looked_for_in_another_theme_are_counted_already(client, db, django_assert_num_queries):
    """The round, what is newest, its themes, which ideas, the cards, what matches in them, their authors."""
    round = make_round()
    for slug, number in (("money", 1), ("transport", 2)):
        theme = make_theme(round=round, slug=slug)
        for _ in range(number):
            make_idea(round=round, theme=theme, title="A register")
    client.get(list_of(round), {"text": "register", "theme": "money"})
    with django_assert_num_queries(7):
        page = client.get(list_of(round), {"text": "register", "theme": "transport"})
    assert page.context["page_obj"].paginator.count == 2


def test_what_words_match_in_an_idea_is_worked_out_once(client, db, django_assert_num_queries):
    """The round, what is newest, the cards, their authors."""
    idea = make_idea(title="A register of gifts")
    for _ in range(2):
        assert found_in(client, idea.round, "register") == "A <mark>register</mark> of gifts"
    with django_assert_num_queries(4):
        found_in(client, idea.round, "register")
    assert found_in(client, idea.round, "gifts") == "A register of <mark>gifts</mark>"


@pytest.mark.parametrize("field", ["title", "why", "how", "difference"])
def test_an_idea_worded_otherwise_is_marked_anew(client, db, field):
    idea = make_idea(title="A register")
    found_in(client, idea.round, "register")
    type(idea).objects.filter(pk=idea.pk).update(**{field: "Said anew: the register"})
    page = client.get(list_of(idea.round), {"text": "register"}).content.decode()
    assert "Said anew: the <mark>register</mark>" in page


@pytest.mark.parametrize("query", [{}, {"order": "support"}, {"text": "register"}])
def test_what_is_no_longer_listed_is_gone_at_once(client, db, editor, query):
    round = make_round()
    kept, gone = (make_idea(round=round, title=f"A register of {name}") for name in ("lobbyists", "gifts"))
    assert len(titles_on(client.get(list_of(round), query))) == 2
    gone.merge_into(kept, by=editor, reason="The same.", now=timezone.now())
    assert titles_on(client.get(list_of(round), query)) == ["A register of lobbyists"]


def test_a_new_idea_is_there_at_once(client, db):
    round = make_round()
    make_idea(round=round, title="The first")
    client.get(list_of(round))
    make_idea(round=round, title="The second")
    assert sorted(titles_on(client.get(list_of(round)))) == ["The first", "The second"]


def test_numbers_of_supporters_are_those_of_now_and_in_their_order(client, db):
    round = make_round()
    leading, overtaking = (make_idea(round=round, title=name) for name in ("Leading", "Overtaking"))
    make_votes(idea=leading)
    assert titles_on(client.get(list_of(round), {"order": "support"})) == ["Leading", "Overtaking"]
    for _ in range(2):
        make_votes(idea=overtaking)
    page = client.get(list_of(round), {"order": "support"})
    assert titles_on(page) == ["Overtaking", "Leading"]
    assert page.content.decode().index("<strong>2</strong> supporters") < page.content.decode().index(
        "<strong>1</strong> supporter<"
    )


def _reworded(idea):
    type(idea).objects.filter(pk=idea.pk).update(title="Said anew")
    return "Said anew"


def _theme_renamed(idea):
    idea.theme.name = "Renamed theme"
    idea.theme.save()
    return "Renamed theme"


def _author_renamed(idea):
    idea.authorships.get().member.rename("Renamed author")
    return "Renamed author"


def _commented(idea):
    make_comment(idea=idea)
    return "1 comment<"


def _in_another_language(idea):
    type(idea).objects.filter(pk=idea.pk).update(language="cy")
    return 'lang="cy"><a href'


@pytest.mark.parametrize(
    "change", [_reworded, _theme_renamed, _author_renamed, _commented, _in_another_language]
)
def test_a_card_says_what_is_so_now(client, db, change):
    idea = make_idea(author=make_member(name="Ann Author"))
    before = client.get(list_of(idea.round)).content.decode()
    words = change(idea)
    assert words not in before
    assert words in client.get(list_of(idea.round)).content.decode()


def test_a_card_tells_each_reader_what_they_support(client, db, member, other_member):
    idea = make_idea()
    idea.support(member, now=timezone.now())
    shown = {}
    for reader in (member, other_member, member):
        client.force_login(reader)
        shown[reader] = "You support this" in client.get(list_of(idea.round)).content.decode()
    assert shown == {member: True, other_member: False}
