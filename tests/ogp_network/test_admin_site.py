from django.urls import reverse

from manifesto.models import Phase
from tests.factories import make_criterion, make_idea, make_round, make_term


def tasks(client):
    return [words for words, _ in client.get(reverse("admin:index")).context["tasks"]]


def test_an_editor_sees_what_waits(sign_in, editor):
    client = sign_in(editor)
    assert tasks(client) == []
    make_idea(published=False)
    make_round(phase=Phase.PRIORITISATION, title="Wales")
    assert tasks(client) == ["Read and answer 1 idea", "Prepare the shortlist: Wales"]


def test_an_expert_sees_what_is_left_to_score_and_nothing_of_the_editors(sign_in, expert):
    round = make_round(phase=Phase.PRIORITISATION, title="Wales")
    make_criterion(round=round)
    make_term(round=round, member=expert)
    make_idea(round=round)
    make_idea(round=round)
    make_idea(published=False)
    assert tasks(sign_in(expert)) == ["Score 2 ideas: Wales"]
