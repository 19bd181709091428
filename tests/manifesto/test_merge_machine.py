"""Random supports, withdrawals, merges of merges and undos against plain sets of who supports what."""

import pytest
from django.db import transaction
from django.utils import timezone
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule, run_state_machine_as_test

from manifesto.errors import Refused
from manifesto.models import Authorship, Idea, Merge, Tally, Vote
from tests.factories import make_idea, make_member, make_round
from tests.machines import settings_of, state_of

IDEAS, MEMBERS = 6, 4
AN_IDEA, A_MEMBER = st.integers(0, IDEAS - 1), st.integers(0, MEMBERS - 1)


class Model:
    """What the counts must be: votes as pairs, live merges as a list of links, both thought through from the start."""

    def __init__(self):
        self.votes = set()
        self.links = []
        self.withdrawn = [0] * IDEAS

    def root(self, idea):
        for source, target in self.links:
            if source == idea:
                return self.root(target)
        return idea

    def tree(self, idea):
        return {other for other in range(IDEAS) if self.root(other) == self.root(idea)}

    def below(self, idea):
        """The ideas merged into this one, through others or not, and itself."""
        return {idea}.union(*(self.below(source) for source, target in self.links if target == idea))

    def can_merge(self, source, target):
        return source != target and self.root(source) == source and self.root(target) == target

    def supporters(self, idea):
        return {member for member, of in self.votes if of in self.tree(idea)} if self.is_live(idea) else set()

    def is_live(self, idea):
        return self.root(idea) == idea

    def withdraw(self, member, idea):
        gone = {(who, of) for who, of in self.votes if who == member and of in self.tree(idea)}
        self.votes -= gone
        for _, of in gone:
            self.withdrawn[of] += 1


class Machine(RuleBasedStateMachine):
    """The site's own verbs, and beside each what it means in plain sets."""

    members, ideas, now = (), (), None
    steps = 0

    def __init__(self):
        super().__init__()
        self.model, self.state = Model(), None
        self.merges = []
        self.undoing = transaction.atomic()
        self.undoing.__enter__()

    def teardown(self):
        transaction.set_rollback(True)
        self.undoing.__exit__(None, None, None)

    def idea(self, number):
        return Idea.objects.select_related("round").defer("search").get(pk=self.ideas[number].pk)

    @rule(member=A_MEMBER, idea=AN_IDEA)
    def support(self, member, idea):
        try:
            self.idea(idea).support(self.members[member], now=self.now)
        except Refused:
            assert not self.model.is_live(idea)
        else:
            assert self.model.is_live(idea)
            self.model.votes.add((member, idea))

    @rule(member=A_MEMBER, idea=AN_IDEA)
    def withdraw(self, member, idea):
        self.idea(idea).withdraw_support(self.members[member], now=self.now)
        self.model.withdraw(member, idea)

    @rule(member=A_MEMBER)
    def withdraw_everything_at_once(self, member):
        """As the deletion of an account would: one statement for votes in many trees."""
        self.members[member].votes.all().delete()
        for idea in range(IDEAS):
            self.model.withdraw(member, idea)

    @rule(member=A_MEMBER, idea=AN_IDEA)
    def lose_a_single_vote(self, member, idea):
        """As no page does it: a member's other votes in the tree stay."""
        if Vote.objects.filter(member=self.members[member], idea=self.ideas[idea]).delete()[0]:
            self.model.votes.remove((member, idea))
            self.model.withdrawn[idea] += 1

    @rule(member=A_MEMBER, ideas=st.sets(AN_IDEA, min_size=2))
    def cast_in_many_trees_at_once(self, member, ideas):
        """As pressing Support on several ideas the moment before they are merged could: none is refused."""
        votes = [
            Vote(
                member=self.members[member],
                idea=self.ideas[idea],
                revision=self.ideas[idea].only_revision,
                cast_at=self.now,
            )
            for idea in ideas
        ]
        Vote.objects.bulk_create(votes, ignore_conflicts=True)
        self.model.votes |= {(member, idea) for idea in ideas}

    @rule(source=AN_IDEA, survivor=AN_IDEA)
    def merge(self, source, survivor):
        try:
            merge = self.idea(source).merge_into(
                self.idea(survivor), by=None, reason="The same.", now=self.now
            )
        except Refused:
            assert not self.model.can_merge(source, survivor)
        else:
            assert self.model.can_merge(source, survivor)
            self.model.links.append((source, survivor))
            self.merges.append((merge.pk, (source, survivor)))

    @rule(data=st.data())
    def undo(self, data):
        if not self.merges:
            return
        pk, link = data.draw(st.sampled_from(self.merges))
        merge = Merge.objects.get(pk=pk)
        was_live = merge.is_live
        try:
            merge.undo(by=None, now=self.now)
        except Refused:
            assert not was_live
        else:
            assert was_live
            self.model.links.remove(link)

    @invariant()
    def all_is_as_in_the_model(self):
        Machine.steps += 1
        state = state_of(self.model)
        if state != self.state:
            self.state = state
            self.counts_are_those_of_the_model()
            self.everybody_sees_what_they_support()
            self.votes_never_move()
            self.authors_are_those_of_all_below()

    def counts_are_those_of_the_model(self):
        tallies = dict(
            (tally.idea_id, (tally.supporters, tally.withdrawn))
            for tally in Tally.objects.filter(idea__in=self.ideas)
        )
        expected = [(len(self.model.supporters(idea)), self.model.withdrawn[idea]) for idea in range(IDEAS)]
        assert [tallies.get(idea.pk, (0, 0)) for idea in self.ideas] == expected

    def everybody_sees_what_they_support(self):
        ideas = list(Idea.objects.filter(pk__in=[idea.pk for idea in self.ideas]).by_number())
        assert [idea.is_live for idea in ideas] == [self.model.is_live(number) for number in range(IDEAS)]
        for number, member in enumerate(self.members):
            supported = Idea.supported_among(ideas, member)
            roots = {self.model.root(of) for who, of in self.model.votes if who == number}
            assert supported == {
                idea.pk for index, idea in enumerate(ideas) if self.model.root(index) in roots
            }

    def votes_never_move(self):
        rows = Vote.objects.filter(idea__in=self.ideas).values_list("member", "idea")
        numbers = {idea.pk: number for number, idea in enumerate(self.ideas)}
        people = {member.pk: number for number, member in enumerate(self.members)}
        assert {(people[member], numbers[idea]) for member, idea in rows} == self.model.votes
        assert list(Tally.objects.wrong()) == []

    def authors_are_those_of_all_below(self):
        rows = Authorship.objects.filter(idea__in=self.ideas).values_list("idea", "member__display_name")
        for number, idea in enumerate(self.ideas):
            names = {name for of, name in rows if of == idea.pk}
            assert names == {f"Author {below}" for below in self.model.below(number)}


@pytest.mark.django_db
def test_votes_merges_and_undos_count_as_in_plain_sets():
    """Thousands of steps, the same ones each time."""
    round = make_round()
    Machine.now, Machine.steps = timezone.now(), 0
    Machine.members = [make_member() for _ in range(MEMBERS)]
    Machine.ideas = [
        make_idea(round=round, author=make_member(name=f"Author {number}")) for number in range(IDEAS)
    ]
    for idea in Machine.ideas:
        idea.only_revision = idea.revisions.get()
    run_state_machine_as_test(Machine, settings=settings_of(examples=42, steps=50))
    assert Machine.steps > 2000
