"""The search of everything: what everybody can read, in one ranked list, and nothing else."""

import re
from datetime import date, timedelta
from itertools import count as counting

import pytest
from django.contrib.postgres.search import SearchQuery
from django.db import connection
from django.utils import timezone

from manifesto.models import Commitment, CommitmentPack, Lexeme, Position
from meetings.models import Meeting
from ogp_network.models.finding import SiteSearch
from ogp_network.models.kinds import KINDS
from profiles.models import Organisation, OrganisationName, Profile, Question
from tests.factories import (
    make_action,
    make_answer,
    make_commitment,
    make_decision,
    make_expected,
    make_idea,
    make_institution,
    make_note,
    make_organisation,
    make_page,
    make_plan,
    make_position,
    make_post,
    make_profile,
    make_round,
    make_statement,
    publish_version,
)

NOW = timezone.now()
DAY = timedelta(days=1)
_serial = counting(1)


def everything(word):
    """One public thing of each kind that says `word`."""
    make_idea(title=f"Idea of {word}")
    make_profile(answers=[f"A story of {word}.", "Two.", "Three.", "Four."])
    make_organisation(summary=f"A trust for {word}")
    make_note(key_points=[f"We spoke of {word}."])
    make_action(text=f"Do {word}")
    make_post(title=f"News of {word}")
    make_page(title=f"A page on {word}")
    commitment = make_commitment(title=f"Commitment to {word}")
    CommitmentPack.objects.freeze(commitment.round, title=f"Pack for {word}", by=None, now=NOW)
    make_commitment(plan=make_plan(), title=f"Promise of {word}")
    make_statement(title=f"Statement on {word}")
    make_position(
        institution=make_institution(name=f"{word.title()} Party {next(_serial)}"),
        topline=f"They like {word}.",
    )
    make_answer(reasons=f"We looked at {word}.")


MARKS = {2: None, 3: None}


def found(text, **narrowed):
    """What a search finds, as pairs of a kind and a title without marks."""
    search = SiteSearch(text, language="en-gb")
    return [
        (find.kind.name, find.title.replace("\2", "").replace("\3", ""))
        for find in search.ranked(0, 50, **narrowed)
    ]


def text_of(client, **query):
    response = client.get("/search/", query)
    assert response.status_code == 200
    return response.content.decode()


def test_every_kind_is_found_and_its_address_leads_there(visitor, db):
    everything("hedgehogs")
    search = SiteSearch("hedgehog", language="en-gb")
    finds = search.ranked(0, 50)
    # The note says what is to be done as well.
    assert sorted(find.kind.name for find in finds) == sorted([*KINDS, "notes"])
    assert [find.address for find in finds if visitor.get(find.address).status_code != 200] == []
    assert all("\2" in find.title + find.text for find in finds)


def test_counts_agree_with_what_each_kind_finds(db):
    everything("hedgehogs")
    make_idea(title="More hedgehogs")
    search = SiteSearch("hedgehogs", language="en-gb")
    counted = {kind.name: number for kind, number in search.count_by_kind()}
    assert counted == {name: len(found("hedgehogs", kind=name)) for name in KINDS}
    assert counted["ideas"] == 2
    assert search.count() == (16, 16)


def test_what_matches_best_comes_first_whatever_it_is(db):
    make_idea(title="Another thing", why="It names budgets once among many other words of no interest.")
    make_page(title="Budgets", body="All about budgets.")
    make_post(title="News", body="Something of budgets, and of much else that people talk about these days.")
    assert next(kind for kind, _ in found("budgets")) == "pages"


def test_equal_matches_come_the_latest_first(db):
    round = make_round()
    old = make_idea(round=round, title="Open budgets", now=NOW - 3 * DAY)
    new = make_idea(round=round, title="Open budgets")
    search = SiteSearch("budgets", language="en-gb")
    assert [find.address for find in search.ranked(0, 2)] == [new.get_absolute_url(), old.get_absolute_url()]


def test_narrowed_by_kind_and_year(db):
    make_post(title="Budgets then", now=NOW.replace(year=2019, month=5, day=1))
    make_post(title="Budgets now")
    make_idea(title="Idea of budgets")
    assert found("budgets", kind="news", year=2019) == [("news", "Budgets then")]
    search = SiteSearch("budgets", language="en-gb")
    assert search.count_by_year("news") == [(NOW.year, 1), (2019, 1)]
    assert dict((kind.name, n) for kind, n in search.count_by_kind(2019) if n) == {"news": 1}


def leave_secrets_of_what_was_asked(secret):
    make_commitment(title=f"Draft {secret}", published=False)
    unannounced = make_commitment(title=f"Unannounced {secret}")
    CommitmentPack.objects.freeze(unannounced.round, title=f"Unannounced {secret}", by=None, now=NOW)
    make_position(commitment=unannounced, topline=f"Of what isn’t announced: {secret}.")
    make_answer(expected=make_expected(commitment=unannounced), reasons=f"Of what isn’t announced: {secret}.")
    unannounced.round.announced_at = None
    unannounced.round.save()
    make_commitment(plan=make_plan(published=False), title=f"Draft plan of {secret}")
    make_statement(title=f"Draft {secret}", published=False)
    changed = make_statement(text=f"Earlier {secret}.")
    publish_version(changed, text="Another text.", asks=[(1, "Publish list 1", "Soon.")])
    changed.write_draft(
        text=f"To come: {secret}", note="More.", asks=[(1, secret, secret)], opened="", by=None, now=NOW
    )
    make_position(topline=f"Draft {secret}", published=False)
    taken_back = {
        "on": date.today(),
        "words": "They did not mean it.",
        "by": None,
        "now": NOW,
        "today": date.today(),
    }
    make_position(topline=f"Taken back {secret}").withdraw(**taken_back)
    corrected = {"explanation": "It was wrong.", "by": None, "now": NOW, "today": date.today()}
    make_position(topline=f"Wrong {secret}").correct(content={"topline": "Put right."}, **corrected)
    make_answer(reasons=f"Draft {secret}", published=False)
    make_answer(reasons=f"Taken back {secret}").withdraw(**taken_back)
    make_answer(reasons=f"Wrong {secret}").correct(content={"reasons": "Put right."}, **corrected)
    unpublished = make_idea()
    make_decision(idea=unpublished, position=1)
    make_answer(expected=make_expected(idea=unpublished), reasons=f"Before the shortlist: {secret}")


def leave_secrets():
    """Everything that not everybody may read, each saying “zyzzyva”, so that it could be found."""
    secret = "zyzzyva"
    make_idea(title=f"Pending {secret}", published=False)
    make_idea(title=f"Unannounced {secret}", round=make_round(announced_at=None))
    make_profile(answers=[secret, "Two.", "Three.", "Four."], published=False)
    withdrawn = make_profile(answers=[secret, "Two.", "Three.", "Four."])
    withdrawn.withdraw(by=None, now=NOW)
    make_profile(answers=[secret, "Two.", "Three.", "Four."], edited={Question.MEANING: "Tidied."})
    make_note(key_points=[secret], published=False)
    make_action(note=make_note(published=False), text=f"Draft {secret}")
    hidden = make_action(text=f"Unannounced {secret}").note.meeting
    Meeting.objects.filter(pk=hidden.pk).update(announced_at=None)
    for make in (make_page, make_post):
        make(title=f"Draft {secret}", published=False)
        make(title=f"Scheduled {secret}", published=False).schedule(NOW + DAY, by=None, now=NOW)
        make(title=f"Withdrawn {secret}").withdraw(by=None, now=NOW)
        changed = make(title=f"Earlier {secret}")
        content = {**changed.public.content(), "title": "Now public"}
        changed.write(content, opened=1, by=None, now=NOW, reason="Shorter.")
        changed.publish(by=None, now=NOW)
        content = {**content, "body": f"To come: {secret}."}
        changed.write(content, opened=2, by=None, now=NOW, reason="Longer.")
    leave_secrets_of_what_was_asked(secret)
    Lexeme.objects.count_again()


@pytest.mark.parametrize("role", ["visitor", "member", "expert", "editor", "administrator"])
def test_nobody_finds_what_not_everybody_may_read(request, client, sign_in, db, role):
    leave_secrets()
    if role != "visitor":
        sign_in(request.getfixturevalue(role))
    for text in ("zyzzyva", "zyzzyvva", "zyzzyva tidied"):
        page = text_of(client, q=text)
        offered = re.findall('class="tag" href="[?]q=([^"&]*)', page)
        assert ("Nothing matches" in page, "<mark>" in page, "zyzzyva" in offered) == (True, False, False)


def test_a_story_is_found_while_it_is_public_and_by_its_organisations_name_of_today(db):
    profile = make_profile(
        organisation=make_organisation(name="Hedge Trust"), answers=["Hazel.", "Two.", "Three.", "Four."]
    )
    assert found("hazel") == [("stories", "Hedge Trust")]
    Organisation.objects.filter(pk=profile.organisation_id).update(name="Badger Trust")
    assert found("hazel") == [("stories", "Badger Trust")]
    profile.withdraw(by=None, now=NOW)
    assert (found("hazel"), Profile.objects.filter(words__isnull=False).count()) == ([], 0)


def test_what_is_found_of_stories_agrees_with_what_is_public(db):
    make_profile()
    make_profile(published=False)
    make_profile().withdraw(by=None, now=NOW)
    assert set(Profile.objects.published()) == set(Profile.objects.filter(words__isnull=False))


def test_a_statement_is_found_by_what_its_present_version_asks_and_by_its_present_title(db):
    statement = make_statement(title="Open by default", text="About **hazel**.")
    publish_version(statement, asks=[(1, "Count the badgers", "Each spring."), (2, "Publish list 2", "")])
    # Words of the title, of the text and of an ask, together.
    assert found("default hazel badgers") == [("statements", "Open by default")]
    statement.title, statement.summary = "Closed by nobody", "Of weasels."
    statement.save()
    assert found("closed weasel badgers") == [("statements", "Closed by nobody")]
    assert (found("default"), found("months")) == ([], [])


def test_an_institution_is_found_by_its_former_names_and_a_position_has_the_name_of_its_day(db):
    party = make_institution(name="Hazel Party")
    before = make_position(
        institution=party, topline="Badgers count.", quotation="", stated_on=date(2014, 1, 1)
    )
    party.rename(name="Oak Party", slug="oak", since_on=date(2015, 1, 1), now_on=date(2016, 1, 1))
    make_position(institution=party, topline="Badgers still count.", quotation="", stated_on=date(2015, 6, 1))
    assert found("hazel") == found("oak") == [("institutions", "Oak Party")]
    finds = SiteSearch("badgers", language="en-gb").ranked(0, 9)
    said = {find.title.translate(MARKS): find.text.translate(MARKS) for find in finds}
    assert said == {"Badgers count.": "Hazel Party. ", "Badgers still count.": "Oak Party. "}
    assert before.name_of_the_day == "Hazel Party"


def test_what_is_found_on_record_is_what_stands(db):
    position = make_position(topline="Badgers count.")
    new = position.correct(
        content={"topline": "Badgers are counted."},
        explanation="A verb.",
        by=None,
        now=NOW,
        today=date.today(),
    )
    assert set(Position.objects.standing()) == {new}
    assert found("badgers") == [("positions", "Badgers are counted.")]


@pytest.mark.parametrize("of", ["an idea", "what is asked for", "a promise"])
def test_an_answer_leads_to_what_it_answers(visitor, db, of):
    item = {
        "an idea": lambda: make_expected(),
        "what is asked for": lambda: make_expected(commitment=make_commitment()),
        "a promise": lambda: make_expected(commitment=make_commitment(plan=make_plan())),
    }[of]()
    answer = make_answer(expected=item, reasons="Badgers were counted.")
    (find,) = SiteSearch("badgers", language="en-gb").ranked(0, 9)
    assert (find.title, find.address) == (str(item.item), answer.get_absolute_url())
    assert visitor.get(find.address).status_code == 200


def test_what_was_asked_in_welsh_is_found_by_its_words(visitor, db):
    welsh = make_commitment(title="Cyhoeddi cyllidebau’r cynghorau")
    Commitment.objects.filter(pk=welsh.pk).update(language="cy")
    assert "<mark>cyllidebau</mark>’r" in text_of(visitor, q="cyllidebau")
    assert "<mark>cyllidebau</mark>’r" in visitor.get("/cy/search/?q=cyllidebau").content.decode()


def test_an_organisation_is_found_by_its_other_names(db):
    organisation = make_organisation(name="Campaign for Freedom of Information")
    OrganisationName.objects.create(organisation=organisation, name="CFOI")
    assert found("cfoi") == [("organisations", "Campaign for Freedom of Information")]


def test_slips_are_forgiven_wherever_the_word_is(visitor, db):
    everything("hedgehogs")
    Lexeme.objects.count_again()
    page = text_of(visitor, q="hedgehgos")
    assert ("Nothing says “hedgehgos”" in page, page.count("<mark>") >= 14) == (True, True)


def test_matched_words_are_marked_and_the_rest_is_escaped(visitor, db):
    make_idea(title="Open <b>budgets</b> & more")
    assert "Open &lt;b&gt;<mark>budgets</mark>&lt;/b&gt; &amp; more" in text_of(visitor, q="budget")


@pytest.mark.parametrize("make", [make_page, make_post])
def test_passages_are_of_the_text_as_it_is_read(db, make):
    make(
        body="## Budgets & bills\n\nOf **hedgehogs** < [badgers](https://example.org/a?b=c&d=e).\n\n- No `code`"
    )
    (find,) = SiteSearch("hedgehogs", language="en-gb").ranked(0, 1)
    words = " ".join(find.text.split())
    assert words.endswith("Budgets & bills Of \2hedgehogs\3 < badgers . No code")


def test_before_a_search_the_page_says_where_to_look(visitor, db):
    page = text_of(visitor)
    assert ("Where to look" in page, 'href="/meetings/actions/"' in page, "Results" in page) == (
        True,
        True,
        False,
    )


@pytest.mark.parametrize("text", ["the of and", "!!!", "“”", "-", "&|", "'"])
def test_nothing_but_signs_and_common_words(visitor, db, text):
    make_page(title="The page of and")
    assert "Nothing to search for" in text_of(visitor, q=text)


@pytest.mark.parametrize(
    ("query", "words"),
    [
        ({"q": "x" * 10_000}, "Please search for fewer words"),
        ({"q": "a\0b"}, "Null characters are not allowed."),
        ({"q": "page", "kind": "secrets"}, "secrets is not one of the available choices."),
        ({"q": "page", "year": "soon"}, "Enter a whole number."),
        ({"q": "page", "year": "99999999999"}, "less than or equal to 9999"),
    ],
)
def test_bad_input_is_answered_beside_its_field(visitor, db, query, words):
    assert words in text_of(visitor, **query)


def test_what_was_typed_is_kept(visitor, db):
    assert f'value="{"x" * 300}"' in text_of(visitor, q="x" * 300)


def test_no_result_leads_on(visitor, db):
    make_idea(title="Hedgehogs in the city")
    make_page(title="Badgers")
    Lexeme.objects.count_again()
    page = text_of(visitor, q="hedgehogs badgers")
    assert ('href="?q=hedgehogs"' in page, 'href="?q=badgers"' in page) == (True, True)
    page = text_of(visitor, q="hedgehogs", kind="pages")
    assert ("There is 1 result of another kind" in page, 'href="?q=hedgehogs"' in page) == (True, True)


def test_pages_come_in_the_readers_language(visitor, db):
    make_page(slug="about", title="About hedgehogs")
    make_page(slug="about", title="Am hedgehogs", language="cy")
    assert found("hedgehogs") == [("pages", "About hedgehogs")]
    search = SiteSearch("hedgehogs", language="cy")
    assert [find.kind.name for find in search.ranked(0, 9)] == ["pages"]
    assert "Am" in search.ranked(0, 9)[0].title


def test_a_page_of_results_at_a_time(visitor, db):
    round = make_round()
    for number in range(25):
        make_idea(round=round, title=f"Budgets {number}")
    assert (
        text_of(visitor, q="budgets").count("<mark>"),
        text_of(visitor, q="budgets", page=2).count("<mark>"),
    ) == (
        20,
        5,
    )
    assert text_of(visitor, q="budgets", page="9999").count("<mark>") == 5


def test_costs_the_same_with_1_and_with_30_of_everything(visitor, db, django_assert_num_queries):
    for count in (1, 29):
        for _ in range(count):
            everything("hedgehogs")
        visitor.get("/search/?q=hedgehogs")
        for query in ("?q=hedgehogs", "?q=hedgehogs&page=2", "?q=hedgehogs&kind=ideas"):
            with django_assert_num_queries(4):
                visitor.get(f"/search/{query}")
    with django_assert_num_queries(0):
        visitor.get("/search/")


def test_organisations_are_looked_up_in_their_indexes(db):
    make_organisation()
    with connection.cursor() as cursor:
        # So small a table is read whole, or by its keys, where that is allowed.
        cursor.execute("SET LOCAL enable_seqscan = off")
        cursor.execute("SET LOCAL enable_indexscan = off")
    plan = Organisation.objects.finding(SearchQuery("trust", config="profiles_english")).explain()
    assert ("organisation_words" in plan, "organisation_words_of_name" in plan) == (True, True)
