import pytest
from django.db import IntegrityError, ProgrammingError, connection, transaction
from django.urls import reverse
from django.utils import timezone

from manifesto.errors import AlreadyModerated, NotAllowedInPhase
from manifesto.models import Decision, Idea, Phase, Revision
from tests.factories import (
    make_decision,
    make_idea,
    make_member,
    make_organisation,
    make_round,
    make_theme,
    make_votes,
)


def list_of(round):
    return reverse("manifesto:idea_list", args=[round.slug])


def titles(response):
    return [idea.title for idea in response.context["page_obj"]]


# Coming in and moderation


def test_numbers_count_up_within_a_round(db):
    first, second = make_round(), make_round()
    assert [make_idea(round=round).number for round in (first, first, second)] == [1, 2, 1]


def test_receiving_keeps_the_first_wording_and_its_author(db, member):
    idea = make_idea(author=member, title="Open the diaries", published=False)
    revision = idea.revisions.get()
    assert (revision.number, revision.wording, revision.title, revision.edited_by) == (
        1,
        1,
        "Open the diaries",
        member,
    )
    assert idea.authorships.get().member == member


def test_a_wording_can_never_be_changed(db):
    revision = make_idea().revisions.get()
    with pytest.raises(ProgrammingError, match="Cannot update rows"), transaction.atomic():
        Revision.objects.filter(pk=revision.pk).update(why="Something else")


def test_approving_publishes_with_the_editor_on_record(db, editor):
    now = timezone.now()
    idea = make_idea(published=False)
    idea.approve(by=editor, now=now)
    assert (idea.is_published, idea.published_at, idea.moderations.get().moderated_by) == (True, now, editor)


@pytest.mark.parametrize("second", ["approve", "decline"])
def test_an_idea_is_answered_once(db, editor, second):
    now = timezone.now()
    idea = make_idea(published=False)
    idea.approve(by=editor, now=now)
    with pytest.raises(AlreadyModerated):
        if second == "approve":
            idea.approve(by=editor, now=now)
        else:
            idea.decline(by=editor, now=now, reason="duplicate", words="Sorry.")
    assert idea.moderations.count() == 1


@pytest.mark.parametrize("phase", [Phase.UPCOMING, Phase.PRIORITISATION, Phase.SHORTLISTED, Phase.PRESENTED])
def test_nothing_is_published_outside_the_phases_for_it(db, editor, phase):
    idea = make_idea(round=make_round(phase=phase), published=False)
    with pytest.raises(NotAllowedInPhase):
        idea.approve(by=editor, now=timezone.now())
    assert idea.moderations.count() == 0


def test_declining_without_words_is_refused_by_the_database(db, editor):
    idea = make_idea(published=False)
    with pytest.raises(IntegrityError, match="moderation_declines_with_words"), transaction.atomic():
        idea.decline(by=editor, now=timezone.now(), reason="duplicate", words="")
    idea.refresh_from_db()
    assert idea.is_pending


@pytest.mark.parametrize(
    "name", ["published", "live", "pending", "declined", "shortlisted", "not_shortlisted", "undecided"]
)
def test_querysets_agree_with_predicates(db, editor, name):
    open_round, done = make_round(), make_round(phase=Phase.SHORTLISTED)
    make_idea(round=open_round).merge_into(
        make_idea(round=open_round), by=editor, reason="The same.", now=timezone.now()
    )
    make_idea(round=open_round, published=False)
    make_idea(round=open_round, published=False).decline(
        by=editor, now=timezone.now(), reason="other", words="Sorry."
    )
    make_decision(idea=make_idea(round=open_round), position=1)
    make_decision(idea=make_idea(round=done), position=1)
    make_decision(idea=make_idea(round=done), outcome="deferred")
    ideas = Idea.objects.select_related("round", "decision")
    predicates = {
        "published": lambda idea: idea.is_published,
        "live": lambda idea: idea.is_live,
        "pending": lambda idea: idea.is_pending,
        "declined": lambda idea: idea.declined_at is not None,
        "shortlisted": lambda idea: idea.is_shortlisted,
        "not_shortlisted": lambda idea: bool(idea.public_decision) and not idea.is_shortlisted,
        "undecided": lambda idea: idea.is_undecided,
    }
    assert set(getattr(Idea.objects, name)()) == {idea for idea in ideas if predicates[name](idea)}


@pytest.mark.parametrize(
    ("constraint", "changes"),
    [
        ("idea_technology_not_the_only_value", {"ogp_values": ["technology_and_innovation"]}),
        ("idea_published_or_declined", {"declined_at": timezone.now()}),
    ],
)
def test_contradictions_are_refused_by_the_database(db, constraint, changes):
    idea = make_idea()
    with pytest.raises(IntegrityError, match=constraint), transaction.atomic():
        Idea.objects.filter(pk=idea.pk).update(**changes)


def test_an_external_reference_comes_in_once_per_source(db):
    round = make_round()
    make_idea(round=round, source="email", external_reference="7")
    make_idea(round=round, source="paper", external_reference="7")
    with (
        pytest.raises(IntegrityError, match="idea_external_reference_unique_per_source"),
        transaction.atomic(),
    ):
        make_idea(round=round, source="email", external_reference="7")


def test_a_theme_or_decision_of_another_round_is_refused_by_the_database(db):
    idea, other = make_idea(), make_round()
    with pytest.raises(IntegrityError, match="of_the_same_round_id"), transaction.atomic():
        Idea.objects.filter(pk=idea.pk).update(theme=make_theme(round=other))
        connection.check_constraints()
    decision = make_decision(idea=idea)
    with pytest.raises(IntegrityError, match="of_the_same_round_id"), transaction.atomic():
        Decision.objects.filter(pk=decision.pk).update(round=other)
        connection.check_constraints()


# The list


def test_list_shows_what_is_public_and_nothing_else(client, db):
    round = make_round()
    make_idea(round=round, title="Public one")
    make_idea(round=round, title="Pending one", published=False)
    make_idea(title="Of another round")
    assert titles(client.get(list_of(round))) == ["Public one"]


def test_list_narrows_by_every_filter(client, db):
    round = make_round()
    theme = make_theme(round=round, slug="money")
    make_theme(round=round, slug="other")
    make_idea(
        round=round,
        theme=theme,
        title="Wanted spending data",
        areas=["W92000004"],
        level="local",
        ogp_values=["civic_participation"],
    )
    make_idea(round=round, theme=round.themes.get(slug="other"), title="Another matter", level="uk")
    for query in (
        {"theme": "money"},
        {"area": "W92000004"},
        {"level": "local"},
        {"value": "civic_participation"},
        {"text": "spend"},
        {"theme": "money", "level": "local", "text": "spending"},
    ):
        assert titles(client.get(list_of(round), query)) == ["Wanted spending data"], query


def test_list_narrows_by_status_once_the_shortlist_is_public(client, db):
    round = make_round(phase=Phase.SHORTLISTED)
    make_decision(idea=make_idea(round=round, title="In"), position=1)
    make_decision(idea=make_idea(round=round, title="Out"), outcome="not_accepted")
    assert titles(client.get(list_of(round), {"status": "shortlisted"})) == ["In"]
    assert titles(client.get(list_of(round), {"status": "not_shortlisted"})) == ["Out"]


def test_status_filter_tells_nothing_before_publication(client, db):
    round = make_round(phase=Phase.PRIORITISATION)
    make_decision(idea=make_idea(round=round, title="Secretly in"), position=1)
    assert titles(client.get(list_of(round), {"status": "shortlisted"})) == []
    assert titles(client.get(list_of(round), {"status": "not_shortlisted"})) == []
    assert titles(client.get(list_of(round), {"status": "undecided"})) == ["Secretly in"]


def test_list_orders_by_support_and_by_date(client, db):
    round = make_round()
    first, second, _ = [make_idea(round=round, title=title) for title in ("A", "B", "C")]
    make_votes(idea=first, number=1)
    make_votes(idea=second, number=2)
    assert titles(client.get(list_of(round), {"order": "support"})) == ["B", "A", "C"]
    assert titles(client.get(list_of(round), {"order": "newest"})) == ["C", "B", "A"]


def test_shuffled_order_is_stable_while_paging_and_shows_each_idea_once(client, db):
    round = make_round()
    expected = {make_idea(round=round).title for _ in range(45)}
    for seed in ({}, {"shuffle": 7}):
        seen = [
            title
            for page in (1, 2, 3)
            for title in titles(client.get(list_of(round), {**seed, "page": page}))
        ]
        assert (len(seen), set(seen)) == (45, expected)


def test_another_seed_shuffles_anew(client, db):
    round = make_round()
    for _ in range(15):
        make_idea(round=round)
    orders = {tuple(titles(client.get(list_of(round), {"shuffle": seed}))) for seed in (1, 2, 3)}
    assert len(orders) == 3


@pytest.mark.parametrize(
    "query",
    [
        {"page": "abc"},
        {"page": "1e29"},
        {"page": "-1"},
        {"page": "99999999999999999999"},
        {"text": "\x00"},
        {"text": "x" * 10_000},
        {"text": "'; DROP TABLE manifesto_idea; --"},
        {"text": "&|!():*<->"},
        {"theme": "nowhere"},
        {"area": "Z"},
        {"order": "sideways"},
        {"order": "relevance"},
        {"shuffle": "1e400"},
        {"shuffle": "NaN"},
        {"status": "\x00"},
    ],
)
def test_list_answers_nonsense_politely(client, db, query):
    round = make_round()
    make_idea(round=round)
    assert client.get(list_of(round), query).status_code == 200


def test_list_costs_the_same_at_1_and_at_30_ideas(client, db, member, django_assert_num_queries):
    round = make_round()
    make_idea(round=round, organisation=make_organisation())
    with django_assert_num_queries(7):
        client.get(list_of(round))
    for _ in range(29):
        make_votes(idea=make_idea(round=round, organisation=make_organisation()))
    with django_assert_num_queries(7):
        client.get(list_of(round))
    client.force_login(member)
    # Three for who it is and what they support, and three fewer, for what is found was found a moment ago.
    with django_assert_num_queries(7):
        client.get(list_of(round))


# The idea's page


def test_idea_page_shows_its_text_escaped(client, db):
    idea = make_idea(title="<b>Bold</b> 🎉 مرحبا", why="<script>alert(1)</script>")
    page = client.get(idea.get_absolute_url()).content.decode()
    assert "&lt;b&gt;Bold&lt;/b&gt; 🎉 مرحبا</h1>" in page
    assert "<script>alert(1)" not in page


@pytest.mark.parametrize(
    ("who", "status"),
    [
        ("visitor", 404),
        ("member", 404),
        ("author", 200),
        ("expert", 404),
        ("editor", 200),
        ("administrator", 200),
    ],
)
def test_pending_idea_is_seen_by_its_author_and_editors_only(client, sign_in, db, request, who, status):
    author = make_member()
    idea = make_idea(author=author, published=False)
    if who != "visitor":
        sign_in(author if who == "author" else request.getfixturevalue(who))
    assert client.get(idea.get_absolute_url()).status_code == status


def test_pending_idea_is_hidden_from_an_editor_without_a_second_factor(client, editor, settings):
    settings.REQUIRE_SECOND_FACTOR = True
    idea = make_idea(published=False)
    client.force_login(editor)
    assert client.get(idea.get_absolute_url()).status_code == 404


def test_author_reads_why_an_idea_was_declined(client, db, editor, member):
    idea = make_idea(author=member, published=False)
    idea.decline(by=editor, now=timezone.now(), reason="out_of_scope", words="Try your council.")
    client.force_login(member)
    for path in (idea.get_absolute_url(), reverse("manifesto:my_ideas")):
        assert "Try your council." in client.get(path).content.decode()


def test_decision_stays_secret_until_publication(client, db):
    idea = make_idea(round=make_round(phase=Phase.PRIORITISATION))
    make_decision(idea=idea, position=1, reasons="A secret rationale")
    assert "A secret rationale" not in client.get(idea.get_absolute_url()).content.decode()


def test_idea_page_costs_a_fixed_number_of_queries(client, db, member, django_assert_num_queries):
    idea = make_idea(organisation=make_organisation())
    make_votes(idea=idea, number=5)
    address = idea.get_absolute_url()
    # One of them for the organisation, where there is one.
    with django_assert_num_queries(5):
        client.get(address)
    client.force_login(member)
    with django_assert_num_queries(10):
        client.get(address)


@pytest.mark.parametrize("number", ["0", "999", "99999999999999999999"])
def test_unknown_idea_is_not_found(client, db, number):
    assert client.get(f"{list_of(make_round())}{number}/").status_code == 404


def test_my_ideas_costs_the_same_at_1_and_at_20_ideas(client, member, django_assert_num_queries):
    round = make_round()
    make_idea(round=round, author=member)
    client.force_login(member)
    with django_assert_num_queries(8):
        client.get(reverse("manifesto:my_ideas"))
    for _ in range(19):
        make_idea(round=round, author=member, published=False)
    with django_assert_num_queries(8):
        client.get(reverse("manifesto:my_ideas"))
