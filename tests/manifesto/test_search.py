import threading

import pytest
from django.core.management import call_command
from django.db import connection
from django.test import Client
from django.urls import reverse

from manifesto.models import Idea, Lexeme, Phase
from manifesto.models.finding import END_MARK, MARK, Search
from manifesto.templatetags.finding import marked
from profiles.spelling import is_slip, slips
from tests.factories import make_decision, make_idea, make_round, make_theme


def list_of(round):
    return reverse("manifesto:idea_list", args=[round.slug])


def titles(response):
    return [idea.title for idea in response.context["page_obj"]]


def search(client, round, text, **query):
    return client.get(list_of(round), {"text": text, **query})


@pytest.fixture
def round(db):
    """A round with three ideas whose words have been counted."""
    round = make_round()
    make_idea(
        round=round, title="A register of lobbyists", why="Ministers meet them.", how="-", difference="-"
    )
    make_idea(round=round, title="Ferries on time", why="Lobbyists of roads won.", how="-", difference="-")
    make_idea(round=round, title="Cafés for debate", why="People talk.", how="-", difference="-")
    Lexeme.objects.count_again()
    return round


# What is found


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("lobbyist", ["A register of lobbyists", "Ferries on time"]),
        ("LOBBYISTS register", ["A register of lobbyists"]),
        ("registers", ["A register of lobbyists"]),
        ("cafe", ["Cafés for debate"]),
        ("café debating", ["Cafés for debate"]),
        ('"register of lobbyists"', ["A register of lobbyists"]),
        ('"lobbyists of register"', []),
        ("lobbyists -roads", ["A register of lobbyists"]),
        ("ferries or cafés", ["Cafés for debate", "Ferries on time"]),
        ("hovercraft", []),
    ],
)
def test_search_finds_stems_with_the_title_before_the_text(client, round, text, found):
    assert titles(search(client, round, text)) == found


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("lobyists", ["A register of lobbyists", "Ferries on time"]),
        ("regsiter lobbyists", ["A register of lobbyists"]),
        ("feries", ["Ferries on time"]),
    ],
)
def test_a_misspelt_word_finds_what_is_spelt_like_it_and_says_so(client, round, text, found):
    response = search(client, round, text)
    assert titles(response) == found
    word = next(word for word in text.split() if word != "lobbyists")
    assert f"No idea says “{word}”" in response.content.decode()


def test_a_word_that_some_idea_says_is_taken_as_it_stands(client, round):
    make_idea(round=round, title="Feries of fairs", why="-", how="-", difference="-")
    response = search(client, round, "feries")
    assert (titles(response), response.context["filter"].search.misspelt) == (["Feries of fairs"], ())


def test_search_tells_nothing_of_other_rounds_or_of_what_is_not_public(client, round):
    make_idea(title="Hovercraft elsewhere")
    make_idea(round=round, title="Hovercraft in waiting", published=False)
    Lexeme.objects.count_again()
    assert (titles(search(client, round, "hovercraft")), Lexeme.objects.of("waiting")) == ([], {"wait": 0})


@pytest.mark.parametrize("text", ["&|!():*<->", "…", "the of and", "' \" \\", "-", "🎉"])
def test_a_search_for_nothing_is_answered_kindly(client, round, text):
    response = search(client, round, text)
    assert (response.status_code, titles(response)) == (200, [])
    assert "Nothing to search for" in response.content.decode()


@pytest.mark.parametrize(
    "text",
    [
        "'; DROP TABLE manifesto_idea; --",
        "' OR 1=1 --",
        "a' & 'b' | !'c':*",
        "lobyist\\' & x",
        "%s %(x)s %% {} {0}",
        "\x02lobbyists\x03",
        "(((((((",
        '"unclosed',
    ],
)
def test_searches_that_look_like_commands_are_words(client, round, text):
    assert search(client, round, text).status_code == 200
    assert Idea.objects.count() == 3


def test_ten_thousand_characters_are_refused_beside_the_field(client, round):
    response = search(client, round, "register " * 1100)
    page = response.content.decode()
    assert (response.status_code, "Please search for fewer words" in page) == (200, True)


def test_nothing_found_offers_a_way_on(client, round):
    page = search(client, round, "hovercraft").content.decode()
    assert ("Nothing matches" in page, "see every idea" in page) == (True, True)


# What matches is marked


def test_matches_are_marked_in_title_and_text(client, round):
    page = search(client, round, "lobbyists").content.decode()
    assert "A register of <mark>lobbyists</mark></a>" in page
    assert "<mark>Lobbyists</mark> of roads won" in page


@pytest.mark.parametrize(
    ("why", "begins", "ends"),
    [
        ("Registers help.", False, False),
        (f"{'We owe it to all who ask. ' * 20} A register would do.", True, False),
        (f"A register would do. {'We owe it to all who ask. ' * 20}", False, True),
        (f"{'We owe it. ' * 40} A register would do. {'We owe it to all who ask. ' * 20}", True, True),
        ("  \n\nRegisters help!”\n\n", False, False),
        ("None here.", False, False),
    ],
)
def test_passages_say_where_something_is_left_out(db, why, begins, ends):
    make_idea(title="A register", why=why, how="", difference="")
    idea = Idea.objects.with_highlights(Search.among(Idea.objects, "register")).get()
    assert (idea.text_found.startswith("… "), idea.text_found.endswith(" …")) == (begins, ends)


def test_a_passage_is_looked_for_once(db):
    """Its headline takes longer than all else of a search, and PostgreSQL may take it for worth working out again."""
    ideas = Idea.objects.with_highlights(Search.of("register")).values("text_found")
    assert ideas.explain(verbose=True).count("ts_headline") == 1


def test_marks_never_let_markup_through(client, db):
    round = make_round()
    make_idea(
        round=round,
        title="<script>alert(1)</script> register",
        why=f"{MARK}<b>register</b>{END_MARK} & <img src=x onerror=alert(1)> </mark>",
        how="-",
        difference="-",
    )
    page = search(client, round, "register").content.decode()
    assert ("<script>alert" in page, "<img src=x" in page, "<b>" in page) == (False, False, False)
    assert "<mark>register</mark>" in page


@pytest.mark.parametrize(
    ("text", "html"),
    [
        ("plain & simple", "plain &amp; simple"),
        (f"a {MARK}b{END_MARK} c", "a <mark>b</mark> c"),
        (f"{MARK}<i>{END_MARK}", "<mark>&lt;i&gt;</mark>"),
        (f"{END_MARK}a{MARK}b", "ab"),
        (f"{MARK}{MARK}a{END_MARK}{END_MARK}", "<mark>a</mark>"),
        ("{0} %s", "{0} %s"),
    ],
)
def test_marks_become_elements_once_the_text_is_escaped(text, html):
    assert marked(text) == html


# Counts beside the filters


def labels(response, field):
    return [label for _, label in response.context["filter"].form.fields[field].widget.choices]


def test_each_choice_says_how_many_ideas_it_would_show(client, db):
    round = make_round()
    money, other = (make_theme(round=round, name=name, slug=name.lower()) for name in ("Money", "Other"))
    make_idea(round=round, theme=money, level="uk", areas=["W92000004", "S92000003"], title="Budgets one")
    make_idea(
        round=round, theme=money, level="local", ogp_values=["civic_participation"], title="Budgets two"
    )
    make_idea(round=round, theme=other, level="uk", areas=["W92000004"], title="Ferries")
    make_idea(round=round, theme=other, level="uk", title="Not public", published=False)
    response = client.get(list_of(round))
    assert labels(response, "theme") == ["All themes", "Money (2)", "Other (1)"]
    assert labels(response, "level")[1:3] == ["UK government (2)", "Devolved government (0)"]
    assert "Wales (2)" in labels(response, "area")
    assert "Civic participation (1)" in labels(response, "value")
    assert labels(response, "status")[1] == "Not decided yet (3)"
    response = client.get(list_of(round), {"theme": "money", "text": "budget"})
    assert labels(response, "theme") == ["All themes", "Money (2)", "Other (0)"]
    assert labels(response, "level")[1:4] == [
        "UK government (1)",
        "Devolved government (0)",
        "Local government (1)",
    ]
    response = client.get(list_of(round), {"theme": "money", "level": "uk"})
    assert labels(response, "theme") == ["All themes", "Money (1)", "Other (1)"]
    assert labels(response, "level")[1] == "UK government (1)"
    assert response.context["page_obj"].paginator.count == 1


def test_counts_agree_with_what_each_choice_shows(client, db):
    round = make_round(phase=Phase.SHORTLISTED)
    for theme in (make_theme(round=round, slug="money"), make_theme(round=round)):
        for level, areas in (("uk", []), ("local", ["W92000004"]), ("uk", ["W92000004", "S92000003"])):
            make_idea(
                round=round, theme=theme, level=level, areas=areas, ogp_values=["public_accountability"]
            )
    ideas = list(Idea.objects.order_by("pk"))
    make_decision(idea=ideas[0], position=1)
    make_decision(idea=ideas[1], outcome="deferred")
    for chosen in (
        {},
        {"level": "uk"},
        {"area": "W92000004", "status": "undecided"},
        {"text": "register"},
        {"theme": "money"},
        {"theme": "money", "level": "uk", "status": "not_shortlisted"},
    ):
        form = client.get(list_of(round), chosen).context["filter"].form_with_counts()
        for facet in ("theme", "area", "level", "value", "status"):
            for code, label in list(form.fields[facet].widget.choices)[1:]:
                shown = client.get(list_of(round), {**chosen, facet: str(code)}).context["page_obj"]
                assert label.endswith(f"({shown.paginator.count})"), (chosen, facet, code, label)
                assert len(shown.object_list) == shown.paginator.count


def test_a_theme_that_there_is_not_is_refused_beside_the_field(client, round):
    make_theme(round=make_round(), slug="elsewhere")
    response = client.get(list_of(round), {"theme": "elsewhere"})
    assert "That choice is not one of the available choices." in response.content.decode()
    assert len(titles(response)) == 3


def test_a_new_idea_is_counted_at_once(client, round):
    assert client.get(list_of(round)).context["page_obj"].paginator.count == 3
    make_idea(round=round)
    assert client.get(list_of(round)).context["page_obj"].paginator.count == 4


def test_counts_before_publication_tell_nothing_of_decisions(client, db):
    round = make_round(phase=Phase.PRIORITISATION)
    make_decision(idea=make_idea(round=round), position=1)
    assert labels(client.get(list_of(round)), "status") == [
        "Any status",
        "Not decided yet (1)",
        "Shortlisted (0)",
        "Answered, not shortlisted (0)",
    ]


@pytest.mark.parametrize(
    ("typed", "word", "number"),
    [
        ("", "", 0),
        ("regist", "regist", 0),
        ("regsit", "regist", 1),
        ("lobyist", "lobbyist", 1),
        ("counsil", "council", 1),
        ("ab", "ba", 1),
        ("abc", "", 3),
        ("unicorn", "uniform", 2),
    ],
)
def test_slips_are_counted(typed, word, number):
    assert slips(typed, word) == slips(word, typed) == number


@pytest.mark.parametrize(
    ("typed", "word", "likely"),
    [
        ("cat", "car", False),
        ("feri", "ferri", True),
        ("bord", "bread", False),
        ("regsit", "regist", True),
        ("unicorn", "uniform", False),
        ("responsabel", "responsible", True),
        ("informaton", "inform", True),
        ("informing", "inform", True),
        ("formation", "form", False),
        ("transparently", "trans", False),
    ],
)
def test_short_words_are_hardly_ever_mistaken(typed, word, likely):
    assert is_slip(typed, word) == likely


# Its cost, and its addresses


@pytest.mark.parametrize(("text", "queries"), [("register", 9), ("regsiter", 13), ("hovercraft", 10)])
def test_search_costs_the_same_at_1_and_at_30_ideas(client, db, text, queries, django_assert_num_queries):
    round = make_round()
    make_idea(round=round, title="A register")
    Lexeme.objects.count_again()
    with django_assert_num_queries(queries):
        search(client, round, text)
    for _ in range(29):
        make_idea(round=round)
    with django_assert_num_queries(queries):
        search(client, round, text)


def test_paging_and_ordering_keep_the_search_in_the_address(client, db):
    round = make_round()
    for _ in range(21):
        make_idea(round=round, title="A register")
    page = search(client, round, "register", level="uk").content.decode()
    assert 'href="?text=register&amp;level=uk&amp;page=2"' in page
    assert 'href="?text=register&amp;level=uk&amp;order=newest"' in page


def test_very_common_words_are_ordered_by_support(client, round, monkeypatch):
    monkeypatch.setattr("manifesto.filters.RANKED", 1)
    page = search(client, round, "lobbyists").content.decode()
    assert "the most supported come first" in page


# Counting words


def test_lexemes_are_counted_in_public_ideas_and_told_rarest_first(round):
    assert Lexeme.objects.of("Lobbyists meet in cafés, says the unicorn") == {
        "say": 0,
        "unicorn": 0,
        "cafe": 1,
        "meet": 1,
        "lobbyist": 2,
    }


def test_the_command_counts_again(round):
    make_idea(round=round, title="Unicorns")
    call_command("rebuild_lexemes")
    assert Lexeme.objects.of("unicorn") == {"unicorn": 1}


@pytest.mark.django_db(transaction=True)
def test_two_counts_at_once_leave_one_whole_count():
    make_idea(title="Unicorns")

    def count():
        Lexeme.objects.count_again()
        connection.close()

    threads = [threading.Thread(target=count) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert Lexeme.objects.of("unicorn") == {"unicorn": 1}


def test_lexemes_with_quotes_and_backslashes_stay_words(client, round):
    make_idea(round=round, title="See example.org/it's\\fine and o'clock", why="-", how="-", difference="-")
    Lexeme.objects.count_again()
    assert titles(search(client, round, "example.org/it's\\fine"))[:1] != []
    assert Client().get(list_of(round), {"text": "exampel.org/it's\\fin"}).status_code == 200
