"""Random supports, withdrawals, merges, invalidations, undos of both and departures against plain dictionaries."""

from collections import Counter
from datetime import timedelta

import pytest
from django.db import transaction
from django.utils import timezone
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test

from manifesto.errors import Refused, TooFewVotes
from manifesto.models import Idea, Invalidation, Merge, Tally, Vote, VoteGroup, WordingTally
from ogp_network.models import Departure, Erasure
from profiles.models import Member
from tests.factories import make_idea, make_member, make_round
from tests.machines import settings_of, state_of

IDEAS, MEMBERS = 3, 7
AN_IDEA, A_MEMBER = st.integers(0, IDEAS - 1), st.integers(0, MEMBERS - 1)


class Model:
    """What the counts must be: who voted for what, which of these were invalidated, and which taken back since."""

    def __init__(self):
        self.votes = {}
        self.taken_back = set()
        self.links = {}
        self.withdrawn = Counter()
        self.departed = 0

    def root(self, idea):
        return self.root(self.links[idea]) if idea in self.links else idea

    def tree(self, idea):
        return {other for other in range(IDEAS) if self.root(other) == self.root(idea)}

    def supporters(self, idea):
        """Those with a vote in the tree, and none there that was invalidated."""
        if self.root(idea) != idea:
            return 0
        found = {}
        for (member, of), invalidation in self.votes.items():
            if of in self.tree(idea):
                found.setdefault(member, set()).add(invalidation)
        return sum(invalidations == {None} for invalidations in found.values())

    def support(self, member, idea):
        self.votes.setdefault((member, idea), None)
        self.taken_back.discard((member, idea))

    def delete(self, vote):
        del self.votes[vote]
        self.taken_back.discard(vote)
        self.withdrawn[vote[1]] += 1

    def withdraw(self, member, idea):
        for vote in [(member, of) for of in self.tree(idea) if (member, of) in self.votes]:
            if self.votes[vote] is None:
                self.delete(vote)
            else:
                self.taken_back.add(vote)

    def leave(self, member):
        """What is invalidated stays on record, as taken back by somebody who is none of the members any more."""
        self.departed += 1
        for vote in [vote for vote in self.votes if vote[0] == member]:
            if self.votes[vote] is None:
                self.delete(vote)
            else:
                self.taken_back.discard(vote)
                nameless = f"departed {self.departed}", vote[1]
                self.votes[nameless] = self.votes.pop(vote)
                self.taken_back.add(nameless)

    def described(self, idea):
        """The valid votes for an idea and, unless it was merged itself, for what was merged into it."""
        ideas = self.tree(idea) if self.root(idea) == idea else {idea}
        return [
            vote for vote, invalidation in self.votes.items() if vote[1] in ideas and invalidation is None
        ]

    def undo(self, pk):
        for vote in [vote for vote, invalidation in self.votes.items() if invalidation == pk]:
            self.votes[vote] = None
            if vote in self.taken_back:
                self.delete(vote)


class Machine(RuleBasedStateMachine):
    """The site's own verbs, and beside each what it means in plain dictionaries."""

    round, members, ideas, now = None, (), (), None
    steps = invalidated = erased_with_votes = 0

    def __init__(self):
        super().__init__()
        self.model, self.state = Model(), None
        self.members, self.leaving = list(Machine.members), []
        self.merges, self.invalidations = [], []
        self.undoing = transaction.atomic()
        self.undoing.__enter__()

    def teardown(self):
        transaction.set_rollback(True)
        self.undoing.__exit__(None, None, None)

    def idea(self, number):
        return Idea.objects.select_related("round").defer("search").get(pk=self.ideas[number].pk)

    @initialize(idea=AN_IDEA, is_unfair=st.booleans())
    def begin_with_enough_votes(self, idea, is_unfair):
        for member in range(MEMBERS):
            self.idea(idea).support(self.members[member], now=self.now)
            self.model.support(member, idea)
        if is_unfair:
            self.invalidate(idea)

    @rule(members=st.sets(A_MEMBER, min_size=1), idea=AN_IDEA)
    def support(self, members, idea):
        for member in sorted(members):
            try:
                self.idea(idea).support(self.members[member], now=self.now, network="192.0.2.1")
            except Refused:
                assert self.model.root(idea) != idea
            else:
                self.model.support(member, idea)

    @rule(member=A_MEMBER, idea=AN_IDEA)
    def withdraw(self, member, idea):
        self.idea(idea).withdraw_support(self.members[member], now=self.now)
        self.model.withdraw(member, idea)

    @rule(member=A_MEMBER)
    def delete_all_of_a_member(self, member):
        """As the deletion of an account does: also what was invalidated."""
        self.members[member].votes.all().delete()
        for vote in [vote for vote in self.model.votes if vote[0] == member]:
            self.model.delete(vote)

    @rule(members=st.sets(A_MEMBER, min_size=1))
    def ask_to_leave(self, members):
        """Their accounts are closed, and others join."""
        for member in sorted(members):
            leaver = Member.objects.get(pk=self.members[member].pk)
            Departure.objects.ask(leaver, takes_ideas=False, takes_comments=False, now=self.now)
            self.leaving.append(leaver)
            self.members[member] = make_member()
            self.model.leave(member)

    @rule()
    def erase_who_left(self):
        while self.leaving:
            member = self.leaving.pop()
            Machine.erased_with_votes += member.votes.exists()
            Erasure.objects.erase(
                member, asked_at=self.now, takes_ideas=False, takes_comments=False, now=self.now
            )

    @rule(member=A_MEMBER, idea=AN_IDEA)
    def delete_a_single_vote(self, member, idea):
        """As no page does it: others in the tree stay, invalidated or not."""
        if Vote.objects.filter(member=self.members[member], idea=self.ideas[idea]).delete()[0]:
            self.model.delete((member, idea))

    @rule(idea=AN_IDEA)
    def invalidate(self, idea):
        hour = timedelta(hours=1)
        group = VoteGroup(self.round, self.now - hour, self.now + hour, idea=self.idea(idea))
        described = self.model.described(idea)
        try:
            invalidation = Invalidation.objects.of(group, reason="One network.", by=None, now=self.now)
        except TooFewVotes:
            assert len(described) < 5
        else:
            assert invalidation.number == len(described) >= 5
            Machine.invalidated += 1
            self.invalidations.append(invalidation.pk)
            self.model.votes |= dict.fromkeys(described, invalidation.pk)

    @rule(data=st.data())
    def undo_invalidation(self, data):
        if self.invalidations:
            pk = data.draw(st.sampled_from(self.invalidations))
            Invalidation.objects.get(pk=pk).undo(reason="A library.", by=None, now=self.now)
            self.invalidations.remove(pk)
            self.model.undo(pk)

    @rule(source=AN_IDEA, survivor=AN_IDEA)
    def merge(self, source, survivor):
        try:
            merge = self.idea(source).merge_into(self.idea(survivor), by=None, reason="Same.", now=self.now)
        except Refused:
            return
        self.model.links[source] = survivor
        self.merges.append((merge.pk, source))

    @rule(data=st.data())
    def undo_merge(self, data):
        if self.merges:
            pk, source = data.draw(st.sampled_from(self.merges))
            Merge.objects.get(pk=pk).undo(by=None, now=self.now)
            self.merges.remove((pk, source))
            del self.model.links[source]

    @invariant()
    def all_is_as_in_the_model(self):
        Machine.steps += 1
        state = state_of(self.model)
        if state != self.state:
            self.state = state
            self.counts_are_those_of_the_model()
            self.votes_on_record_are_those_of_the_model()

    def counts_are_those_of_the_model(self):
        tallies = {tally.idea_id: tally for tally in Tally.objects.filter(idea__in=self.ideas)}
        kept = [tallies.get(idea.pk) or Tally() for idea in self.ideas]
        assert [(tally.supporters, tally.withdrawn, tally.invalidated) for tally in kept] == [
            (
                self.model.supporters(idea),
                self.model.withdrawn[idea],
                sum(of == idea and bool(pk) for (_, of), pk in self.model.votes.items()),
            )
            for idea in range(IDEAS)
        ]
        assert (list(Tally.objects.wrong()), WordingTally.objects.wrong()) == ([], [])

    def votes_on_record_are_those_of_the_model(self):
        rows = Vote.objects.filter(idea__in=self.ideas).values_list(
            "member", "idea", "invalidation", "withdrawn_at"
        )
        numbers = {idea.pk: number for number, idea in enumerate(self.ideas)}
        people = {member.pk: number for number, member in enumerate(self.members)}
        votes = Counter((people.get(member), numbers[idea], pk, bool(at)) for member, idea, pk, at in rows)
        assert votes == Counter(
            (who if who in people.values() else None, idea, pk, (who, idea) in self.model.taken_back)
            for (who, idea), pk in self.model.votes.items()
        )


@pytest.mark.django_db
def test_invalidations_merges_and_undos_count_as_in_plain_dictionaries():
    """Hundreds of steps, the same ones each time."""
    Machine.round, Machine.now = make_round(), timezone.now()
    Machine.steps = Machine.invalidated = Machine.erased_with_votes = 0
    Machine.members = [make_member() for _ in range(MEMBERS)]
    Machine.ideas = [make_idea(round=Machine.round) for _ in range(IDEAS)]
    run_state_machine_as_test(Machine, settings=settings_of(examples=20, steps=40))
    done = (Machine.steps > 500, Machine.invalidated > 5, Machine.erased_with_votes > 5)
    assert done == (True, True, True)
