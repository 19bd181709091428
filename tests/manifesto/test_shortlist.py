"""The shortlist: decisions on the board, their publication, the public page, and nothing leaking before it."""

import re
from datetime import timedelta

import pytest
from django.db import IntegrityError, connection, transaction
from django.urls import reverse
from django.utils import timezone

from manifesto.errors import EditedMeanwhile, NotAllowedInPhase, NotReady
from manifesto.models import Decision, Idea, Phase, Round
from tests.factories import (
    make_criterion,
    make_decision,
    make_idea,
    make_member,
    make_membership,
    make_organisation,
    make_round,
    make_term,
    make_votes,
)

pytestmark = pytest.mark.django_db

FIELDS = ("position", "outcome", "reasons")


def idea_of(round, number):
    return round.ideas.get(number=number)


def decide(round, number, position=None, outcome="", reasons=""):
    return Decision(idea=idea_of(round, number), position=position, outcome=outcome, reasons=reasons)


def complete(round):
    """Decisions that are fit to publish."""
    return [
        decide(round, 1, 2, "accepted_in_part", "Half of it can be done."),
        decide(round, 2, 1, "accepted", "Clear and cheap."),
        decide(round, 3, None, "deferred", "Too large for this plan."),
    ]


def record(round, decisions, by, version=None):
    round.record_decisions(
        decisions, version=round.shortlist_version if version is None else version, by=by, now=timezone.now()
    )


def recorded(round):
    return list(round.decisions.order_by("idea__number").values_list("idea__number", *FIELDS))


def board_address(round):
    return reverse("admin:manifesto_round_shortlist", args=[round.pk])


def publication_address(round):
    return reverse("admin:manifesto_round_publication", args=[round.pk])


def public_address(round):
    return reverse("manifesto:shortlist", args=[round.slug])


def typed(version, *entries):
    """What the board sends for entries of (idea's number, place, outcome, reasons)."""
    data = {"version": version}
    for number, *values in entries:
        data |= {f"idea-{number}-{name}": value for name, value in zip(FIELDS, values, strict=True)}
    return data


FIT = [
    (1, "2", "accepted_in_part", "Half of it can be done."),
    (2, "1", "accepted", "Clear and cheap."),
    (3, "", "deferred", "Too large for this plan."),
]


# Recording decisions


def test_decisions_may_be_kept_half_done(scored_round, editor):
    record(scored_round, [decide(scored_round, 1, reasons="Well liked, but…")], editor)
    record(
        scored_round,
        [decide(scored_round, 1, reasons="Well liked, but…"), decide(scored_round, 3, outcome="deferred")],
        editor,
    )
    assert recorded(scored_round) == [(1, None, "", "Well liked, but…"), (3, None, "deferred", "")]


def test_places_can_be_exchanged(scored_round, editor):
    record(scored_round, complete(scored_round), editor)
    swapped = complete(scored_round)
    swapped[0].position, swapped[1].position = 1, 2
    record(scored_round, swapped, editor)
    assert [row[:2] for row in recorded(scored_round)] == [(1, 1), (2, 2), (3, None)]


def test_decision_left_out_stays_and_an_empty_one_is_removed(scored_round, editor):
    record(scored_round, complete(scored_round), editor)
    record(scored_round, [decide(scored_round, 3)], editor)
    assert [row[0] for row in recorded(scored_round)] == [1, 2]


def test_unchanged_decision_keeps_who_made_it_and_when(scored_round, editor, expert):
    record(scored_round, complete(scored_round), expert)
    before = scored_round.decisions.get(idea__number=1)
    changed = complete(scored_round)
    changed[2].reasons = "Another time."
    record(scored_round, changed, editor)
    after = {decision.idea.number: decision for decision in scored_round.decisions.all()}
    assert [after[number].decided_by for number in (1, 2, 3)] == [expert, expert, editor]
    assert after[1].decided_at == before.decided_at


def test_decisions_over_somebody_elses_are_refused(scored_round, editor, expert):
    record(scored_round, complete(scored_round), expert, version=0)
    with pytest.raises(EditedMeanwhile):
        record(scored_round, [], editor, version=0)
    assert len(recorded(scored_round)) == 3


@pytest.mark.parametrize(
    "rows",
    [
        [(1, 1, "accepted", ""), (2, 1, "accepted", "")],
        [(1, 1, "deferred", "")],
        [(1, 1, "", "")],
    ],
)
def test_places_shared_or_without_acceptance_are_refused(scored_round, editor, rows):
    with pytest.raises(NotReady):
        record(scored_round, [decide(scored_round, *row) for row in rows], editor)
    assert (recorded(scored_round), Round.objects.get().shortlist_version) == ([], 0)


@pytest.mark.parametrize("phase", [phase for phase in Phase if phase != Phase.PRIORITISATION])
def test_decisions_are_refused_outside_prioritisation(phase, editor):
    with pytest.raises(NotAllowedInPhase):
        record(make_round(phase=phase), [], editor)


def test_database_refuses_one_place_twice(scored_round):
    for number in (1, 2):
        make_decision(idea=idea_of(scored_round, number), position=number)
    with pytest.raises(IntegrityError), transaction.atomic():
        Decision.objects.update(position=1)
        with connection.cursor() as cursor:
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")


@pytest.mark.parametrize("values", [{"outcome": "deferred"}, {"position": 0}])
def test_database_refuses_a_place_that_makes_no_sense(scored_round, values):
    make_decision(idea=idea_of(scored_round, 1), position=1)
    with pytest.raises(IntegrityError), transaction.atomic():
        Decision.objects.update(**values)


# Publishing


def test_publishing_makes_every_decision_public_at_once(scored_round, editor):
    record(scored_round, complete(scored_round), editor)
    now = timezone.now()
    scored_round.publish_shortlist(by=editor, now=now)
    assert scored_round.phase_at(now) == Phase.SHORTLISTED
    assert (scored_round.shortlist_published_at, scored_round.shortlist_published_by) == (now, editor)


def test_publishing_again_changes_nothing(scored_round, editor, other_member):
    record(scored_round, complete(scored_round), editor)
    first = timezone.now()
    scored_round.publish_shortlist(by=editor, now=first)
    scored_round.publish_shortlist(by=other_member, now=first + timedelta(days=1))
    assert (scored_round.shortlist_published_at, scored_round.shortlist_published_by) == (first, editor)


@pytest.mark.parametrize(
    "number, change, message",
    [
        (3, {"reasons": ""}, "Ideas without reasons: 3."),
        (3, {"outcome": ""}, "Ideas without an outcome: 3."),
        (2, {"position": 3}, "The places must be 1, 2, 3 and so on, without a gap."),
    ],
)
def test_publishing_names_what_is_missing(scored_round, editor, number, change, message):
    record(scored_round, complete(scored_round), editor)
    scored_round.decisions.filter(idea__number=number).update(**change)
    with pytest.raises(NotReady) as refusal:
        scored_round.publish_shortlist(by=editor, now=timezone.now())
    assert str(refusal.value) == message
    assert Round.objects.get().shortlist_published_at is None


def test_publishing_needs_a_decision_on_each_idea_and_one_with_a_place(scored_round, editor):
    with pytest.raises(NotReady, match="outcome: 1, 2, 3"):
        scored_round.publish_shortlist(by=editor, now=timezone.now())
    for idea in scored_round.ideas.all():
        make_decision(idea=idea)
    with pytest.raises(NotReady, match="No idea has a place"):
        scored_round.publish_shortlist(by=editor, now=timezone.now())


def test_publishing_only_what_was_read(scored_round, editor, expert):
    record(scored_round, complete(scored_round), editor)
    record(scored_round, [decide(scored_round, 3, None, "deferred", "Later.")], expert)
    with pytest.raises(EditedMeanwhile):
        scored_round.publish_shortlist(by=editor, now=timezone.now(), version=1)
    scored_round.publish_shortlist(by=editor, now=timezone.now(), version=2)
    assert scored_round.is_shortlist_published is True


@pytest.mark.parametrize("phase", [Phase.UPCOMING, Phase.CROWDSOURCING, Phase.REFINEMENT])
def test_publishing_is_refused_before_scoring(phase, editor):
    with pytest.raises(NotAllowedInPhase):
        make_round(phase=phase).publish_shortlist(by=editor, now=timezone.now())


# The board


def test_ideas_that_share_a_place_are_named_though_they_lack_an_outcome_too(finished, scored_round):
    page = finished.post(board_address(scored_round), typed(0, (1, "1", "", "a"), (2, "1", "", "b")))
    complaints = {entry.idea.number: entry.errors.get("position") for entry in page.context["form"].entries}
    both = ["For a place, choose “Accepted” or “Accepted in part”.", "Another idea has place 1 too."]
    assert complaints == {1: both, 2: both, 3: None}


@pytest.fixture
def finished(term, assess, sign_in, expert):
    """The client of an expert who has scored all ideas: 2 best, then 3, then 1."""
    for number, half_points in [(2, 2), (3, 1), (1, 0)]:
        assess(term, half_points, half_points, ideas=[idea_of(term.round, number)])
    return sign_in(expert)


def test_board_lists_ideas_by_rank(finished, scored_round):
    form = finished.get(board_address(scored_round)).context["form"]
    assert [(entry.idea.number, entry.result.rank) for entry in form.entries] == [(2, 1), (3, 2), (1, 3)]


def test_expert_saves_the_board(finished, scored_round, expert):
    page = finished.post(board_address(scored_round), typed(0, *FIT))
    assert page.url == board_address(scored_round)
    assert recorded(scored_round) == [
        (1, 2, "accepted_in_part", "Half of it can be done."),
        (2, 1, "accepted", "Clear and cheap."),
        (3, None, "deferred", "Too large for this plan."),
    ]
    assert set(scored_round.decisions.values_list("decided_by", flat=True)) == {expert.pk}
    form = finished.get(board_address(scored_round)).context["form"]
    assert [entry["position"].value() for entry in form.entries] == [1, None, 2]


def test_board_keeps_drafts_and_forgets_empty_rows(finished, scored_round):
    finished.post(board_address(scored_round), typed(0, (1, "", "", ""), (2, "", "", "Some words.")))
    assert recorded(scored_round) == [(2, None, "", "Some words.")]


@pytest.mark.parametrize(
    "rows, number, field, message",
    [
        (
            [(1, "1", "accepted", "a"), (2, "1", "accepted", "b")],
            2,
            "position",
            "Another idea has place 1 too.",
        ),
        ([(1, "1", "deferred", "a")], 1, "position", "For a place, choose “Accepted” or “Accepted in part”."),
        ([(1, "1", "", "a")], 1, "position", "For a place, choose “Accepted” or “Accepted in part”."),
        ([(1, "0", "accepted", "a")], 1, "position", "Ensure this value is greater than or equal to 1."),
        ([(1, "first", "accepted", "a")], 1, "position", "Enter a whole number."),
        (
            [(1, "", "merged", "a")],
            1,
            "outcome",
            "Select a valid choice. merged is not one of the available choices.",
        ),
        (
            [(1, "", "deferred", "x" * 5001)],
            1,
            "reasons",
            "Ensure this value has at most 5000 characters (it has 5001).",
        ),
    ],
)
def test_bad_board_is_kept_as_typed_with_the_error_beside_its_field(
    finished, scored_round, rows, number, field, message
):
    page = finished.post(board_address(scored_round), typed(0, *rows))
    form = page.context["form"]
    entries = {entry.idea.number: entry for entry in form.entries}
    assert page.status_code == 422
    assert entries[number].errors[field] == [message]
    assert entries[1]["reasons"].value() == rows[0][3]
    assert recorded(scored_round) == []
    assert f'href="#id_idea-{number}-{field}"' in page.content.decode()


def test_board_saved_meanwhile_shows_what_was_typed_beside_theirs(finished, scored_round, editor):
    record(scored_round, complete(scored_round), editor)
    mine = [(1, "1", "accepted", "Mine."), FIT[1], FIT[2]]
    mine[1] = (2, "2", "accepted", "Clear and cheap.")
    page = finished.post(board_address(scored_round), typed(0, *mine))
    form = page.context["form"]
    assert page.status_code == 409
    assert "Somebody else saved the shortlist after you opened it." in page.content.decode()
    theirs = {entry.idea.number: entry.theirs and entry.theirs.position for entry in form.entries}
    assert theirs == {1: 2, 2: 1, 3: None}
    assert {entry.idea.number: entry["reasons"].value() for entry in form.entries}[1] == "Mine."
    assert recorded(scored_round)[0] == (1, 2, "accepted_in_part", "Half of it can be done.")
    again = finished.post(board_address(scored_round), typed(form["version"].value(), *mine))
    assert again.status_code == 302
    assert recorded(scored_round)[0] == (1, 1, "accepted", "Mine.")


def test_board_is_only_read_after_publication(finished, scored_round, editor):
    record(scored_round, complete(scored_round), editor)
    scored_round.publish_shortlist(by=editor, now=timezone.now())
    text = finished.get(board_address(scored_round)).content.decode()
    assert "<textarea" not in text
    assert "Half of it can be done." in text
    page = finished.post(board_address(scored_round), typed(1, (1, "1", "accepted", "Too late, but kept.")))
    assert page.status_code == 409
    assert "Too late, but kept." in page.content.decode()
    assert recorded(scored_round)[0][3] == "Half of it can be done."


def test_board_escapes_reasons(finished, scored_round, editor):
    record(scored_round, [decide(scored_round, 1, reasons="</textarea><script>x</script>")], editor)
    assert "<script>x" not in finished.get(board_address(scored_round)).content.decode()


@pytest.mark.parametrize("ideas", [1, 30])
def test_board_costs_a_fixed_number_of_queries(ideas, editor, sign_in, django_assert_num_queries):
    round = make_round(phase=Phase.PRIORITISATION)
    make_criterion(round=round)
    for number in range(1, ideas + 1):
        make_decision(idea=make_idea(round=round), position=number)
    round.analysis(now=timezone.now())
    visit = sign_in(editor)
    with django_assert_num_queries(10):
        assert visit.get(board_address(round)).status_code == 200


# The editor's page of publication


def test_publication_lists_what_is_missing_and_offers_no_button(scored_round, editor, sign_in):
    record(scored_round, complete(scored_round), editor)
    scored_round.decisions.filter(idea__number=3).update(outcome="", position=None)
    scored_round.decisions.filter(idea__number__in=[1, 3]).update(reasons="")
    page = sign_in(editor).get(publication_address(scored_round))
    assert page.context["undecided"] == [("an outcome", "outcome", [3]), ("reasons", "reasons", [1, 3])]
    text = page.content.decode()
    assert f'href="{board_address(scored_round)}?text=3#id_idea-3-outcome">3</a>' in text
    assert 'id="id_idea-3-outcome"' in sign_in(editor).get(board_address(scored_round)).content.decode()
    assert 'value="Publish the shortlist"' not in text


def test_editor_publishes_what_they_read(scored_round, editor, sign_in):
    record(scored_round, complete(scored_round), editor)
    visit = sign_in(editor)
    text = visit.get(publication_address(scored_round)).content.decode()
    assert text.index("Clear and cheap.") < text.index("Half of it") < text.index("Too large")
    for _ in range(2):
        page = visit.post(publication_address(scored_round), {"version": 1})
        assert page.url == board_address(scored_round)
    assert Round.objects.get().shortlist_published_by == editor


def test_publication_of_an_older_version_shows_the_newer_first(scored_round, editor, sign_in):
    record(scored_round, complete(scored_round), editor)
    record(scored_round, [decide(scored_round, 3, None, "deferred", "Later.")], editor)
    page = sign_in(editor).post(publication_address(scored_round), {"version": 1})
    assert page.status_code == 409
    assert 'name="version" value="2"' in page.content.decode()
    assert Round.objects.get().shortlist_published_at is None


# The public page


@pytest.fixture
def published(scored_round, editor):
    record(scored_round, complete(scored_round), editor)
    scored_round.publish_shortlist(by=editor, now=timezone.now())
    return scored_round


def test_public_page_puts_the_result_first_then_every_other_idea(published, visitor):
    make_votes(idea=idea_of(published, 2), number=1)
    page = visitor.get(public_address(published))
    assert [idea.number for idea in page.context["chosen"]] == [2, 1]
    assert [idea.number for idea in page.context["others"]] == [3]
    text = page.content.decode()
    wanted = [
        "Clear and cheap.",
        "Half of it can be done.",
        "Too large for this plan.",
        "How ideas are weighed",
    ]
    assert sorted(wanted, key=text.index) == wanted
    assert "1 supporter<" in text


def test_public_page_shows_criteria_and_weights_but_no_experts(term, assess, published_by, visitor):
    assess(term, 2, 1)
    published_by(term.round)
    text = visitor.get(public_address(term.round)).content.decode()
    assert "Scored by 1 expert<" in text
    assert '<th scope="row">Lens</th>' in text
    assert "Esi Expert" not in text


@pytest.fixture
def published_by(editor):
    def publish(round):
        record(round, complete(round), editor)
        round.publish_shortlist(by=editor, now=timezone.now())

    return publish


def test_public_page_escapes_what_people_wrote(scored_round, editor, visitor):
    decisions = complete(scored_round)
    decisions[0].reasons = "<script>x</script> مرحبا"
    record(scored_round, decisions, editor)
    scored_round.publish_shortlist(by=editor, now=timezone.now())
    text = visitor.get(public_address(scored_round)).content.decode()
    assert "<script>x" not in text
    assert "&lt;script&gt;x&lt;/script&gt; مرحبا" in text


@pytest.mark.parametrize(
    "phase", [phase for phase in Phase if phase not in (Phase.SHORTLISTED, Phase.PRESENTED)]
)
def test_public_page_before_publication_says_how_it_will_be_decided(phase, visitor):
    round = make_round(phase=phase)
    make_criterion(round=round, name="Verifiable")
    text = visitor.get(public_address(round)).content.decode()
    assert "is not published yet" in text
    assert "Verifiable" in text


def test_shortlist_of_an_unannounced_round_is_not_found(visitor):
    round = make_round(announced_at=None)
    assert visitor.get(public_address(round)).status_code == 404


@pytest.mark.parametrize("ideas", [1, 30])
def test_public_page_costs_a_fixed_number_of_queries(ideas, visitor, django_assert_num_queries):
    round = make_round(phase=Phase.SHORTLISTED)
    make_criterion(round=round)
    for number in range(1, ideas + 1):
        make_decision(idea=make_idea(round=round), position=number if number % 2 else None)
    round.freeze_working(now=timezone.now())
    with django_assert_num_queries(9):
        assert visitor.get(public_address(round)).status_code == 200


# Nothing leaks before publication


SECRETS = ["Half of it can be done.", "Clear and cheap.", "Too large for this plan.", "Sssh.", "58.3", "91.7"]


@pytest.fixture
def secret_round(scored_round, assess, editor):
    """A round with all there is to leak: scores, notes, a ranking, and a shortlist fit to publish."""
    panel = [make_term(round=scored_round) for _ in range(2)]
    for member, half_points in zip(panel, [(1, 2), (1, 1)], strict=True):
        assess(member, *half_points, ideas=[idea_of(scored_round, 1)])  # 58.3
    for member, half_points in zip(panel, [(2, 2), (2, 1)], strict=True):
        assess(member, *half_points, ideas=[idea_of(scored_round, 2)])  # 91.7
    panel[0].assessments.update(note="Sssh.")
    record(scored_round, complete(scored_round), editor)
    return scored_round


def public_addresses(round):
    pages = [reverse("home"), reverse("manifesto:round_list")]
    pages += [
        reverse(f"manifesto:{name}", args=[round.slug]) for name in ("round_detail", "idea_list", "shortlist")
    ]
    pages += [
        f"{reverse('manifesto:idea_list', args=[round.slug])}?status={status}"
        for status in ("undecided", "shortlisted", "not_shortlisted")
    ]
    return pages + [reverse("manifesto:idea_detail", args=[round.slug, number]) for number in (1, 2, 3)]


def own_addresses():
    return [reverse("manifesto:my_ideas"), reverse("manifesto:my_votes")]


def admin_addresses(round):
    pages = [
        reverse(f"admin:manifesto_round_{name}", args=[round.pk])
        for name in ("scoring", "ranking", "shortlist", "publication", "change", "history")
    ]
    pages += [reverse("admin:manifesto_round_scoring_idea", args=[round.pk, number]) for number in (1, 2, 3)]
    return [*pages, reverse("admin:manifesto_round_changelist"), reverse("admin:index")]


def leaks(visit, addresses):
    """Pairs of an address and a secret that its answer, followed to where it leads, contains."""
    texts = {address: visit.get(address, follow=True).content.decode() for address in addresses}
    # The seconds of a moment may look like a score.
    texts = {address: re.sub(r"T\d\d:\d\d:\d\d\.\d+", "", text) for address, text in texts.items()}
    return [(address, secret) for address, text in texts.items() for secret in SECRETS if secret in text]


def test_the_secrets_are_there_to_leak(secret_round, editor, sign_in):
    visit = sign_in(editor)
    text = "".join(
        visit.get(address).content.decode()
        for address in admin_addresses(secret_round)
        if address.endswith(("ranking/", "shortlist/"))
    )
    assert [secret for secret in SECRETS if secret not in text] == ["Sssh."]


def test_visitors_learn_nothing_before_publication(secret_round, visitor):
    assert leaks(visitor, public_addresses(secret_round) + admin_addresses(secret_round)) == []


def test_authors_learn_nothing_before_publication(secret_round, sign_in):
    author = idea_of(secret_round, 1).authorships.get().member
    addresses = public_addresses(secret_round) + own_addresses() + admin_addresses(secret_round)
    assert leaks(sign_in(author), addresses) == []


@pytest.mark.parametrize("own", [True, False])
def test_unfinished_and_other_experts_learn_nothing_before_publication(secret_round, sign_in, expert, own):
    make_term(round=secret_round if own else make_round(phase=Phase.PRIORITISATION), member=expert)
    addresses = public_addresses(secret_round) + own_addresses() + admin_addresses(secret_round)
    assert leaks(sign_in(expert), addresses) == []


def test_filters_by_outcome_find_nothing_before_publication(secret_round):
    assert (Idea.objects.shortlisted().count(), Idea.objects.not_shortlisted().count()) == (0, 0)
    assert Idea.objects.undecided().count() == 3


def test_notes_and_experts_stay_private_after_publication(secret_round, editor, visitor):
    secret_round.publish_shortlist(by=editor, now=timezone.now())
    secrets = ["Sssh.", *(str(term.member.email) for term in secret_round.expert_terms.all())]
    texts = [visitor.get(address).content.decode() for address in public_addresses(secret_round)]
    assert [secret for secret in secrets if any(secret in text for text in texts)] == []


# At the same instant


@pytest.mark.django_db(transaction=True)
def test_of_two_experts_saving_the_board_at_once_one_is_asked_to_look_again(scored_round, at_once):
    def save(reasons, by):
        own = Round.objects.get()
        return lambda: record(own, [decide(own, 1, 1, "accepted", reasons)], by, version=0)

    results = at_once(*[save(reasons, make_member()) for reasons in "abcd"])
    assert sorted(type(result).__name__ for result in results) == ["EditedMeanwhile"] * 3 + ["NoneType"]
    winner = "abcd"[results.index(None)]
    assert recorded(scored_round) == [(1, 1, "accepted", winner)]
    assert Round.objects.get().shortlist_version == 1


@pytest.mark.django_db(transaction=True)
def test_publishing_twice_at_once_publishes_once(scored_round, editor, at_once):
    record(scored_round, complete(scored_round), editor)
    now = timezone.now()

    def publish(seconds):
        own = Round.objects.get()

        def publish():
            own.publish_shortlist(by=editor, now=now + timedelta(seconds=seconds))
            return own.shortlist_published_at

        return publish

    moments = at_once(*[publish(seconds) for seconds in range(4)])
    assert moments == [Round.objects.get().shortlist_published_at] * 4


def test_published_working_stays_as_it_was(term, assess, published_by):
    """Who joins an organisation afterwards would be in conflict with its ideas, and their scores would go."""
    assess(term, 2, 1)
    published_by(term.round)
    before = Round.objects.get(pk=term.round_id).ranking(now=timezone.now())
    assert {result.scorers for _, result in before} == {1}
    organisation = make_organisation()
    term.round.ideas.update(organisation=organisation)
    make_membership(member=term.member, organisation=organisation)
    assert [result for _, result in Round.objects.get(pk=term.round_id).ranking(now=timezone.now())] == [
        result for _, result in before
    ]
