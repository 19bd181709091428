"""The working in public: its page and its files, corrections beside the decisions, and panels that tell little."""

import io
import zipfile
from hashlib import sha256

import pytest
from django.core.management import call_command
from django.urls import reverse
from django.utils import timezone

from manifesto.models import Phase, Round
from manifesto.recounting import recount
from manifesto.vocabularies import InterestKind
from tests.factories import make_criterion, make_decision, make_idea, make_round, make_term, make_votes

pytestmark = pytest.mark.django_db


def page_of(round):
    return reverse("manifesto:working_detail", args=[round.slug])


def file_of(round, name):
    return reverse("manifesto:working_file", args=[round.slug, name])


@pytest.fixture
def publish(editor):
    """Decide on every idea of a round, the first on the shortlist, and publish it."""

    def publish(round):
        for idea in round.ideas.order_by("number"):
            first = idea.number == 1
            make_decision(
                idea=idea,
                outcome="accepted" if first else "deferred",
                position=1 if first else None,
                reasons="So.",
            )
        round.publish_shortlist(by=editor, now=timezone.now())
        return Round.objects.get(pk=round.pk)

    return publish


@pytest.fixture
def published(scored_round, assess, publish):
    for half_points in [(2, 1), (1, None)]:
        assess(make_term(round=scored_round), *half_points)
    make_votes(idea=scored_round.ideas.get(number=1), number=5)
    return publish(scored_round)


def test_page_tells_the_working(published, visitor):
    page = visitor.get(page_of(published))
    assert page.status_code == 200
    assert [row.result.rank_text for row in page.context["page_obj"]] == ["1=", "1=", "1="]
    text = page.content.decode()
    wanted = [
        "How much it tells",
        "Rank intervals",
        "A balanced set",
        "What the shortlist covers",
        "Recount it",
    ]
    assert [words for words in wanted if words not in text] == []
    assert "style=" not in text


@pytest.mark.parametrize("ideas", [1, 30])
def test_page_costs_a_fixed_number_of_queries(ideas, visitor, assess, publish, django_assert_num_queries):
    round = make_round(phase=Phase.PRIORITISATION)
    make_criterion(round=round)
    for _ in range(ideas):
        make_idea(round=round)
    assess(make_term(round=round), 1)
    publish(round)
    with django_assert_num_queries(4):
        assert visitor.get(page_of(round)).status_code == 200


@pytest.mark.parametrize(
    "phase", [phase for phase in Phase if phase not in (Phase.SHORTLISTED, Phase.PRESENTED)]
)
def test_page_and_files_are_not_found_before_publication(phase, visitor):
    round = make_round(phase=phase)
    assert [
        visitor.get(address).status_code for address in (page_of(round), file_of(round, "scores.csv"))
    ] == [404] * 2


def test_files_have_their_type_and_never_change(published, visitor, publish):
    types = {
        "scores.csv": "text/csv; charset=utf-8",
        "method.json": "application/json",
        "SHA256SUMS": "text/plain; charset=utf-8",
        "working.zip": "application/zip",
    }
    for name, kind in types.items():
        answer = visitor.get(file_of(published, name))
        assert (answer["Content-Type"], answer["ETag"]) == (kind, f'"{sha256(answer.content).hexdigest()}"')
        assert answer["Cache-Control"] == "public, max-age=604800, immutable"
        again = visitor.get(file_of(published, name), headers={"if-none-match": answer["ETag"]})
        assert (again.status_code, again.content) == (304, b"")
    assert visitor.get(file_of(published, "notes.csv")).status_code == 404


def test_downloaded_files_recount_to_the_same_bytes(published, visitor, tmp_path, capfdbinary):
    archive = zipfile.ZipFile(io.BytesIO(visitor.get(file_of(published, "working.zip")).content))
    archive.extractall(tmp_path)
    call_command("recount", str(tmp_path), verbosity=0)
    assert capfdbinary.readouterr().out == visitor.get(file_of(published, "ranking.csv")).content
    for name in archive.namelist():
        assert archive.read(name) == visitor.get(file_of(published, name)).content


def test_correction_stands_beside_the_decision_and_leaves_the_files(published, visitor, editor):
    before = visitor.get(file_of(published, "ideas.csv")).content
    decision = published.decisions.get(idea__number=2)
    decision.correct(
        outcome="not_accepted",
        reasons="The law does it already.",
        explanation="We mixed up two ideas.",
        by=editor,
        now=timezone.now(),
    )
    for address in (
        reverse("manifesto:shortlist", args=[published.slug]),
        published.ideas.get(number=2).get_absolute_url(),
    ):
        text = visitor.get(address).content.decode()
        wanted = [
            "We mixed up two ideas.",
            "What it said before",
            "Kept for another time",
            "The law does it already.",
        ]
        assert [words for words in wanted if words not in text] == []
    assert visitor.get(file_of(published, "ideas.csv")).content == before
    assert b"Kept" not in before and b"deferred" in before


def test_corrections_cost_the_shortlist_one_query_however_many(
    published, visitor, editor, django_assert_num_queries
):
    for decision in published.decisions.all():
        decision.correct(
            outcome=decision.outcome, reasons="Now.", explanation="A slip.", by=editor, now=timezone.now()
        )
    with django_assert_num_queries(9):
        visitor.get(reverse("manifesto:shortlist", args=[published.slug]))


# Panels that tell little


def no_experts(round, assess):
    pass


def one_expert(round, assess):
    assess(make_term(round=round), 2, 1)


def all_dont_know(round, assess):
    for _ in range(3):
        assess(make_term(round=round), None, None)


def all_equal(round, assess):
    for _ in range(3):
        assess(make_term(round=round), 1, 1)


def one_scored_one_idea(round, assess):
    assess(make_term(round=round), 2, 1)
    assess(make_term(round=round), 0, 1, ideas=round.ideas.filter(number=1))


def an_idea_nobody_may_score(round, assess):
    terms = [make_term(round=round) for _ in range(2)]
    for term in terms:
        term.declare(round.ideas.get(number=3), kind=InterestKind.DIRECT_FINANCIAL, now=timezone.now())
        assess(term, 2, 1)


def weights_of_zero(round, assess):
    round.criteria.update(weight=0)
    all_equal(round, assess)


def more_places_than_ideas(round, assess):
    Round.objects.update(shortlist_target=30)
    all_equal(round, assess)


def tie_across_the_cut(round, assess):
    Round.objects.update(shortlist_target=1)
    for term in (make_term(round=round), make_term(round=round)):
        assess(term, 2, 2, ideas=round.ideas.filter(number__in=[1, 2]))
        assess(term, 0, 0, ideas=round.ideas.filter(number=3))


TROUBLE = [
    no_experts,
    one_expert,
    all_dont_know,
    all_equal,
    one_scored_one_idea,
    an_idea_nobody_may_score,
    weights_of_zero,
    more_places_than_ideas,
    tie_across_the_cut,
]


@pytest.mark.parametrize("trouble", TROUBLE, ids=lambda trouble: trouble.__name__)
def test_panels_that_tell_little_are_shown_and_frozen_all_the_same(
    scored_round, trouble, assess, publish, editor, sign_in, visitor
):
    trouble(scored_round, assess)
    address = reverse("admin:manifesto_round_ranking", args=[scored_round.pk])
    assert sign_in(editor).get(address).status_code == 200
    round = publish(Round.objects.get())
    assert sign_in(editor).get(address).status_code == 200
    page = visitor.get(page_of(round))
    assert (page.status_code, len(page.context["page_obj"])) == (200, 3)
    assert (
        recount({file.name: bytes(file.content) for file in round.published_working.files.all()}).differences
        == ()
    )


@pytest.mark.parametrize(
    ("trouble", "words"),
    [
        (no_experts, "Fewer than two experts have answered"),
        (one_expert, "Fewer than two experts have answered"),
        (all_dont_know, "There are too few answers"),
        (all_equal, "they are too much alike"),
    ],
)
def test_page_says_what_cannot_be_told(scored_round, trouble, words, assess, publish, visitor):
    trouble(scored_round, assess)
    assert words in visitor.get(page_of(publish(scored_round))).content.decode()


def test_round_without_ideas_has_a_ranking_page(editor, sign_in):
    round = make_round(phase=Phase.PRIORITISATION)
    page = sign_in(editor).get(reverse("admin:manifesto_round_ranking", args=[round.pk]))
    assert "This round has no ideas." in page.content.decode()
