import threading
from contextlib import suppress

import pytest
from django.db import IntegrityError, connection, transaction
from django.urls import reverse
from django.utils import timezone

from manifesto.errors import MergedAway, NotAllowedInPhase, NotMergeable, NotPublished
from manifesto.models import Authorship, Follow, Idea, Merge, Phase, Round, Tally, Theme, Vote
from profiles.models import Notification
from tests.factories import (
    idea_content,
    make_idea,
    make_member,
    make_membership,
    make_organisation,
    make_round,
    make_term,
    make_votes,
)

OPEN = (Phase.CROWDSOURCING, Phase.REFINEMENT)


def tally_of(idea):
    return Tally.objects.filter(idea=idea).values_list("supporters", "withdrawn").first() or (0, 0)


def names_of(idea):
    return {authorship.public_name for authorship in idea.authorships.all()}


def make_ideas(number, *, round=None, **fields):
    round = round or make_round()
    return [make_idea(round=round, **fields) for _ in range(number)]


def merge(source, target, *, by=None):
    return source.merge_into(target, by=by, reason="They ask for the same.", now=timezone.now())


# What a merge and its undoing amount to


def test_a_survivor_counts_distinct_members_and_no_vote_moves(db, member):
    source, target = make_ideas(2)
    make_votes(idea=source, number=2)
    make_votes(idea=target, number=3)
    for idea in (source, target):
        idea.support(member, now=timezone.now())
    rows = set(Vote.objects.values_list("member", "idea", "revision", "receipt"))
    merge(source, target)
    assert (tally_of(source), tally_of(target)) == ((0, 0), (6, 0))
    assert set(Vote.objects.values_list("member", "idea", "revision", "receipt")) == rows


def test_supporting_a_survivor_counts_once_for_who_supports_below(db, member):
    source, target = make_ideas(2)
    source.support(member, now=timezone.now())
    merge(source, target)
    target.support(member, now=timezone.now())
    assert (tally_of(target), member.votes.count()) == ((1, 0), 2)


def test_withdrawing_from_a_survivor_withdraws_everywhere_below(db, member, other_member):
    lowest, source, target = make_ideas(3)
    for idea in (lowest, source, target):
        idea.support(member, now=timezone.now())
    source.support(other_member, now=timezone.now())
    merge(lowest, source)
    merge(source, target)
    target.withdraw_support(member, now=timezone.now())
    assert [tally_of(idea) for idea in (lowest, source, target)] == [(0, 1), (0, 1), (1, 1)]
    assert member.votes.count() == 0


def test_withdrawing_from_a_merged_idea_withdraws_from_its_survivor(db, member):
    source, target = make_ideas(2)
    target.support(member, now=timezone.now())
    merge(source, target)
    source.withdraw_support(member, now=timezone.now())
    assert (tally_of(target), member.votes.count()) == ((0, 1), 0)


def test_undo_gives_what_would_stand_with_the_votes_in_between(db, member, other_member):
    source, target = make_ideas(2)
    for idea in (source, target):
        idea.support(member, now=timezone.now())
    source.support(other_member, now=timezone.now())
    done = merge(source, target)
    newcomer = make_member()
    target.support(newcomer, now=timezone.now())
    target.withdraw_support(member, now=timezone.now())
    done.undo(by=None, now=timezone.now())
    assert (tally_of(source), tally_of(target)) == ((1, 1), (1, 1))
    assert {vote.member for vote in target.votes.all()} == {newcomer}
    assert Idea.objects.get(pk=source.pk).is_live


def test_undoing_a_lower_merge_keeps_the_upper_one(db, member):
    lowest, source, target = make_ideas(3)
    for idea in (lowest, source):
        idea.support(member, now=timezone.now())
    lower = merge(lowest, source)
    merge(source, target)
    lower.undo(by=None, now=timezone.now())
    assert [tally_of(idea)[0] for idea in (lowest, source, target)] == [1, 0, 1]
    assert [idea.survivor for idea in Idea.objects.by_number()] == [None, target, None]


def test_undoing_an_upper_merge_takes_along_what_was_merged_below(db, member, other_member):
    lowest, source, target = make_ideas(3)
    lowest.support(member, now=timezone.now())
    target.support(other_member, now=timezone.now())
    merge(lowest, source)
    upper = merge(source, target)
    assert upper.supporters_apart() == (1, 1)
    upper.undo(by=None, now=timezone.now())
    assert [tally_of(idea)[0] for idea in (lowest, source, target)] == [0, 1, 1]


def test_an_idea_can_be_merged_again_after_an_undo(db):
    source, target, other = make_ideas(3)
    merge(source, target).undo(by=None, now=timezone.now())
    source.refresh_from_db()
    merge(source, other)
    assert source.survivor == other


def test_authors_become_co_authors_and_leave_on_undo_unless_they_were_before(db, member, other_member):
    source, target = make_ideas(2, author=other_member)
    Authorship.objects.filter(idea=source).update(member=member)
    Authorship.objects.create(idea=source, member=other_member, role="co_author")
    Authorship.objects.create(idea=source, credited_as="Participants of the Leeds workshop")
    done = merge(source, target)
    assert names_of(target) == {"Mina Member", "Otto Other", "Participants of the Leeds workshop"}
    assert target.authorships.get(member=member).role == "co_author"
    done.undo(by=None, now=timezone.now())
    assert names_of(target) == {"Otto Other"}


def test_an_author_of_two_merged_ideas_stays_while_one_is(db, member):
    round = make_round()
    first, second = make_ideas(2, round=round, author=member)
    target = make_idea(round=round)
    undone = merge(first, target)
    merge(second, target)
    undone.undo(by=None, now=timezone.now())
    assert target.authorships.filter(member=member).count() == 1


def test_several_ideas_become_a_newly_worded_one(db, member, editor):
    ideas = make_ideas(2)
    for idea in ideas:
        idea.support(member, now=timezone.now())
    content = idea_content(round=ideas[0].round, title="Said better")
    new = Merge.objects.join_in_new(
        ideas, by=editor, reason="One thing.", now=timezone.now(), round=ideas[0].round, **content
    )
    assert (new.is_live, tally_of(new), names_of(new)) == (
        True,
        (1, 0),
        {"Put together by the editors", "Sam Carter"},
    )
    assert new.authorships.count() == 3
    assert set(new.merged_ideas.all()) == set(ideas)


def test_a_new_wording_is_not_left_behind_when_a_merge_is_refused(db, editor):
    ideas = make_ideas(3)
    merge(ideas[0], ideas[2])
    content = idea_content(round=ideas[0].round, title="Said better")
    with pytest.raises(MergedAway):
        Merge.objects.join_in_new(
            ideas[:2], by=editor, reason="One.", now=timezone.now(), round=ideas[0].round, **content
        )
    assert not Idea.objects.filter(title="Said better").exists()


# Refusals


@pytest.mark.parametrize(
    ("error", "make"),
    [
        (NotMergeable, lambda: [make_idea()] * 2),
        (NotMergeable, lambda: [make_idea(), make_idea()]),
        (NotPublished, lambda: [*make_ideas(1), make_idea(round=Round.objects.get(), published=False)]),
        (NotPublished, lambda: [*make_ideas(1, published=False), make_idea(round=Round.objects.get())]),
        (NotAllowedInPhase, lambda: make_ideas(2, round=make_round(phase=Phase.PRIORITISATION))),
    ],
    ids=["itself", "another round", "into a pending one", "a pending one", "after scoring opened"],
)
def test_merges_that_make_no_sense_are_refused(db, error, make):
    source, target = make()
    with pytest.raises(error):
        merge(source, target)
    assert not Merge.objects.exists()


def test_a_merge_into_a_descendant_is_refused(db):
    lowest, middle, top = make_ideas(3)
    merge(lowest, middle)
    merge(middle, top)
    with pytest.raises(NotMergeable, match="can't be merged into it"):
        merge(top, lowest)


def test_a_merged_idea_is_neither_merged_again_nor_merged_into(db):
    source, target, other = make_ideas(3)
    merge(source, target)
    with pytest.raises(MergedAway, match="already"):
        merge(source, other)
    with pytest.raises(MergedAway, match="Merge into that one"):
        merge(other, source)


def test_undoing_twice_is_refused(db):
    done = merge(*make_ideas(2))
    done.undo(by=None, now=timezone.now())
    with pytest.raises(NotMergeable, match="already"):
        done.undo(by=None, now=timezone.now())


def test_a_merged_idea_cannot_be_supported_and_says_where(db, member):
    source, target = make_ideas(2)
    merge(source, target)
    with pytest.raises(MergedAway, match=target.title):
        Idea.objects.get(pk=source.pk).support(member, now=timezone.now())


@pytest.mark.parametrize("phase", Phase)
def test_merging_and_undoing_end_when_scoring_opens(db, phase):
    round = make_round()
    source, target, other = make_ideas(3, round=round)
    done = merge(source, target)
    dates = {field.name: getattr(make_round(phase=phase), field.name) for field in Round._meta.fields}
    for kept in ("id", "slug", "title"):
        del dates[kept]
    Round.objects.filter(pk=round.pk).update(**dates)
    results = []
    for verb in (lambda: merge(other, target), lambda: done.undo(by=None, now=timezone.now())):
        try:
            verb()
            results.append(True)
        except NotAllowedInPhase:
            results.append(False)
    assert results == [phase in OPEN] * 2


# The database's own refusals


def test_two_live_merges_of_an_idea_are_refused_by_the_database(db):
    source, target, other = make_ideas(3)
    merge(source, target)
    with pytest.raises(IntegrityError, match="merge_once_at_a_time_per_source"), transaction.atomic():
        Merge.objects.create(source=source, target=other, reason="x", merged_at=timezone.now())


@pytest.mark.parametrize(
    ("constraint", "fields"),
    [
        ("merge_into_another_idea", {"same": True}),
        ("merge_has_reason", {"reason": ""}),
        ("merge_undone_by_with_time", {"by": True}),
    ],
)
def test_nonsense_is_refused_by_the_database(db, editor, constraint, fields):
    source, target = make_ideas(2)
    values = {"target": source if "same" in fields else target, "reason": fields.get("reason", "x")}
    if "by" in fields:
        values["undone_by"] = editor
    with pytest.raises(IntegrityError, match=constraint), transaction.atomic():
        Merge.objects.create(source=source, merged_at=timezone.now(), **values)


def test_an_idea_is_never_its_own_survivor(db):
    idea = make_idea()
    with pytest.raises(IntegrityError, match="idea_survivor_is_another"), transaction.atomic():
        Idea.objects.filter(pk=idea.pk).update(survivor=idea)


# Everybody concerned is told once


def told():
    return set(Notification.objects.values_list("member", "key"))


def test_all_who_wrote_support_or_follow_are_told_once_of_merge_and_undo(db, member, other_member):
    make_member(name="Not concerned")
    source, target = make_ideas(2, author=member)
    for idea in (source, target):
        idea.support(other_member, now=timezone.now())
    follower = make_member()
    Follow.objects.begin(follower, source, now=timezone.now())
    Notification.objects.all().delete()
    done = merge(source, target)
    people = {member.pk, other_member.pk, follower.pk}
    assert told() == {(pk, f"merge-{done.pk}") for pk in people}
    done.undo(by=None, now=timezone.now())
    assert told() == {(pk, f"merge-{done.pk}{undone}") for pk in people for undone in ("", "-undone")}


def test_no_subject_names_an_idea_and_no_words_a_supporter(db, member, other_member):
    source, target = make_ideas(2, author=other_member)
    source.support(member, now=timezone.now())
    merge(source, target)
    for notification in Notification.objects.filter(key__startswith="merge-"):
        assert source.title not in notification.subject
        assert target.title not in notification.subject
        assert member.display_name not in notification.words


def test_a_refused_merge_tells_nobody(db):
    source = make_idea()
    Notification.objects.all().delete()
    with pytest.raises(NotMergeable):
        merge(source, source)
    assert told() == set()


# What people see


@pytest.fixture
def merged(db):
    """An idea merged into another, in that order, with the words of the reason unlike any other."""
    source, target = make_idea(title="The smaller stream"), None
    target = make_idea(round=source.round, title="The broad river")
    source.merge_into(target, by=None, reason="Both flow to the sea.", now=timezone.now())
    return source, target


def test_a_merged_idea_stays_readable_and_points_to_its_survivor(client, merged):
    source, target = merged
    page = client.get(source.get_absolute_url()).content.decode()
    assert [words in page for words in (source.why, "Both flow to the sea.", target.get_absolute_url())] == [
        True
    ] * 3
    assert "Support this idea" not in page
    assert source.get_absolute_url() in client.get(target.get_absolute_url()).content.decode()


@pytest.mark.parametrize("order", ["shuffled", "support", "newest"])
def test_lists_and_counts_show_survivors_only(client, merged, order):
    source, target = merged
    page = client.get(reverse("manifesto:idea_list", args=[source.round.slug]), {"order": order})
    assert list(page.context["page_obj"]) == [target]
    rounds = Round.objects.with_totals().values_list("idea_count", flat=True)
    assert list(rounds) == [1]
    assert [round.idea_count for round in Round.objects.with_idea_count()] == [1]
    assert sum(theme.idea_count for theme in Theme.objects.with_idea_count()) == 1
    assert source.title not in client.get(reverse("home")).content.decode()


def test_support_of_a_round_counts_nobody_twice_for_one_survivor(db, member):
    source, target = make_ideas(2)
    for idea in (source, target):
        idea.support(member, now=timezone.now())
    merge(source, target)
    assert Round.objects.with_totals().get().support_count == 1


def test_experts_score_and_rank_survivors_only(db):
    round = make_round()
    source, target = make_ideas(2, round=round)
    merge(source, target)
    term = make_term(round=round)
    assert list(term.ideas_to_score()) == [target]
    assert [idea for idea, _ in round.ranking(now=timezone.now())] == [target]


def test_an_interest_in_a_merged_idea_is_one_in_its_survivor(db, expert):
    organisation, round = make_organisation(), make_round()
    source = make_idea(round=round, organisation=organisation)
    target = make_idea(round=round)
    make_membership(member=expert, organisation=organisation)
    term = make_term(round=round, member=expert)
    assert list(term.conflicted_ideas()) == [source]
    merge(source, target)
    assert list(term.conflicted_ideas()) == [target]


def test_a_supporter_of_a_merged_idea_is_shown_as_supporter_of_its_survivor(client, db, member):
    source, target = make_ideas(2)
    source.support(member, now=timezone.now())
    merge(source, target)
    client.force_login(member)
    page = client.get(target.get_absolute_url())
    assert (page.context["is_supported"], page.context["supported_through"]) == (True, [source])
    listed = client.get(reverse("manifesto:idea_list", args=[target.round.slug]))
    assert listed.context["supported"] == {target.pk}
    votes = client.get(reverse("manifesto:my_votes")).content.decode()
    assert (source.get_absolute_url() in votes, target.get_absolute_url() in votes) == (True, True)


def test_nobody_else_sees_through_what_a_member_supports(client, db, member, other_member):
    source, target = make_ideas(2)
    source.support(member, now=timezone.now())
    merge(source, target)
    client.force_login(other_member)
    page = client.get(target.get_absolute_url())
    assert (page.context["is_supported"], page.context["supported_through"]) == (False, [])
    assert member.email not in page.content.decode()


def test_supported_among_costs_one_query_however_many_are_merged(db, member, django_assert_num_queries):
    round = make_round()
    target, *sources = make_ideas(12, round=round)
    for source in sources:
        source.support(member, now=timezone.now())
        merge(source, target)
    ideas = list(Idea.objects.live())
    with django_assert_num_queries(1):
        assert Idea.supported_among(ideas, member) == {target.pk}


@pytest.mark.parametrize("number", [1, 30])
def test_the_survivors_page_costs_the_same_with_1_and_30_merged(
    client, db, number, django_assert_num_queries
):
    round = make_round()
    target, *sources = make_ideas(number + 1, round=round)
    for source in sources:
        merge(source, target)
    address = target.get_absolute_url()
    with django_assert_num_queries(6):
        client.get(address)


# At once, on connections of their own


@pytest.mark.django_db(transaction=True)
def test_two_editors_merging_two_ideas_into_each_other_at_once(at_once):
    first, second = make_ideas(2)
    results = at_once(lambda: merge(first, second), lambda: merge(second, first))
    assert sorted(type(result).__name__ for result in results) == ["Merge", "NotMergeable"]
    assert Merge.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_two_editors_merging_the_same_idea_at_once(at_once):
    source, first, second = make_ideas(3)
    results = at_once(lambda: merge(source, first), lambda: merge(source, second))
    assert sorted(type(result).__name__ for result in results) == ["Merge", "MergedAway"]


@pytest.mark.django_db(transaction=True)
def test_a_ring_of_merges_at_once_never_closes(at_once):
    ideas = make_ideas(4)
    at_once(*(lambda a=a, b=b: merge(a, b) for a, b in zip(ideas, [*ideas[1:], ideas[0]], strict=True)))
    survivors = [idea for idea in Idea.objects.all() if idea.is_live]
    assert len(survivors) >= 1
    assert list(Tally.objects.wrong()) == []


@pytest.mark.django_db(transaction=True)
def test_votes_withdrawals_merges_and_undos_at_once_leave_exact_counts(at_once):
    """Every member supports and withdraws in the same two trees while an editor merges and undoes."""
    ideas = make_ideas(3)
    members = [make_member() for _ in range(6)]
    stop = threading.Event()

    def vote(member, turn):
        for step in range(8):
            idea = Idea.objects.select_related("round").get(pk=ideas[(turn + step) % 3].pk)
            with suppress(MergedAway):
                idea.support(member, now=timezone.now())
            if step % 3 == 2:
                idea.withdraw_support(member, now=timezone.now())

    def merge_and_undo():
        while not stop.is_set():
            fresh = [Idea.objects.get(pk=idea.pk) for idea in ideas]
            lower, upper = merge(fresh[0], fresh[1]), merge(Idea.objects.get(pk=ideas[1].pk), fresh[2])
            lower.undo(by=None, now=timezone.now())
            upper.undo(by=None, now=timezone.now())

    def votes_then_stop():
        try:
            # The same member twice at once: one tree must not count them twice.
            return at_once(*(lambda m=m, t=t: vote(m, t) for m in members for t in range(2)))
        finally:
            stop.set()

    results = at_once(votes_then_stop, merge_and_undo)
    assert [error for error in [*results[0], results[1]] if error is not None] == []
    assert list(Tally.objects.wrong()) == []
    merge(*Idea.objects.by_number()[:2])
    assert list(Tally.objects.wrong()) == []


@pytest.mark.django_db(transaction=True)
def test_one_member_supporting_twice_at_once_within_a_tree_counts_once(at_once, member):
    """The votes the second editor's merge finds on their way: cast on both ideas at the very same time."""
    source, target = make_ideas(2)
    revisions = {idea.pk: idea.revisions.get() for idea in (source, target)}
    merge(source, target)

    def cast(idea):
        Vote.objects.create(member=member, idea=idea, revision=revisions[idea.pk], cast_at=timezone.now())

    at_once(lambda: cast(source), lambda: cast(target))
    assert tally_of(target) == (1, 0)


@pytest.mark.django_db(transaction=True)
def test_a_vote_under_way_is_counted_by_the_merge_that_waits_for_it(member):
    """The merge can't begin to count between a vote and the end of its transaction."""
    source, target = make_ideas(2)
    voted, may_commit = threading.Event(), threading.Event()

    def vote():
        try:
            with transaction.atomic():
                source.support(member, now=timezone.now())
                voted.set()
                may_commit.wait(5)
        finally:
            connection.close()

    def merge_meanwhile():
        try:
            merge(source, target)
        finally:
            connection.close()

    voting, merging = threading.Thread(target=vote), threading.Thread(target=merge_meanwhile)
    voting.start()
    voted.wait(5)
    merging.start()
    merging.join(0.5)
    waited = merging.is_alive()
    may_commit.set()
    voting.join()
    merging.join()
    assert (waited, tally_of(target)) == (True, (1, 0))
