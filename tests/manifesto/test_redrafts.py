"""A declined idea can be changed and sent again, once, by its author."""

import pytest
from django.utils import timezone

from manifesto.errors import NotDeclined, SubmissionClosed
from manifesto.models import Draft, Idea, Phase
from manifesto.models.content import IdeaContent
from manifesto.vocabularies import DeclineReason
from tests.factories import make_idea, make_round

NOW = timezone.now()


def declined(member, *, round=None, **fields):
    values = {"level": "uk", "ogp_values": ["civic_participation"], **fields}
    idea = make_idea(round=round or make_round(), author=member, published=False, **values)
    idea.decline(by=None, now=NOW, reason=DeclineReason.NOT_SPECIFIC, words="Which registers?")
    return idea


def address(idea):
    return f"/rounds/{idea.round.slug}/ideas/{idea.number}/drafts/"


def test_redraft_says_what_the_idea_said(member):
    idea = declined(member, title="Open the registers", why="Nobody can look.")
    draft = idea.redraft(by=member, now=NOW)
    names = [field.name for field in IdeaContent._meta.get_fields()]
    assert {name: getattr(draft, name) for name in names} == {name: getattr(idea, name) for name in names}
    assert (draft.author, draft.round, idea.is_declined) == (member, idea.round, True)


def test_redraft_asked_for_twice_is_one_and_keeps_what_was_changed(member):
    idea = declined(member)
    draft = idea.redraft(by=member, now=NOW)
    draft.title = "Changed since"
    draft.keep(version=1, now=NOW)
    again = idea.redraft(by=member, now=NOW)
    assert (again.pk, again.title, Draft.objects.count()) == (draft.pk, "Changed since", 1)


def test_redraft_becomes_a_new_idea_and_then_no_other(member):
    idea = declined(member)
    new = idea.redraft(by=member, now=NOW).submit(now=NOW)
    assert (new.is_pending, new.number == idea.number, Idea.objects.count()) == (True, False, 2)
    with pytest.raises(NotDeclined, match="already"):
        idea.redraft(by=member, now=NOW)


def test_redraft_of_a_redraft_that_was_declined_too(member):
    new = declined(member).redraft(by=member, now=NOW).submit(now=NOW)
    new.decline(by=None, now=NOW, reason=DeclineReason.OTHER, words="Nearly.")
    assert new.redraft(by=member, now=NOW).author == member


def test_redraft_is_the_authors_alone(member, other_member, editor):
    idea = declined(member)
    for somebody in (other_member, editor):
        with pytest.raises(NotDeclined):
            idea.redraft(by=somebody, now=NOW)
    assert not Draft.objects.exists()


@pytest.mark.parametrize("published", [True, False])
def test_redraft_needs_a_declined_idea(member, published):
    with pytest.raises(NotDeclined):
        make_idea(author=member, published=published).redraft(by=member, now=NOW)


@pytest.mark.parametrize("phase", [phase for phase in Phase if phase != Phase.CROWDSOURCING])
def test_redraft_only_while_the_round_takes_ideas(member, phase):
    idea = declined(member, round=make_round(phase=phase))
    with pytest.raises(SubmissionClosed):
        idea.redraft(by=member, now=NOW)


@pytest.mark.parametrize("page", ["/my/ideas/", "the idea's own"])
def test_declined_idea_offers_to_be_sent_again(sign_in, member, page):
    idea = declined(member)
    shown = sign_in(member).get(page if page.startswith("/") else idea.get_absolute_url()).content.decode()
    assert (f'action="{address(idea)}"' in shown, "not yet" in shown) == (True, False)


@pytest.mark.parametrize("page", ["/my/ideas/", "the idea's own"])
def test_declined_idea_of_a_closed_round_offers_nothing(sign_in, member, page):
    idea = declined(member, round=make_round(phase=Phase.REFINEMENT))
    shown = sign_in(member).get(page if page.startswith("/") else idea.get_absolute_url()).content.decode()
    assert address(idea) not in shown


def test_sending_a_declined_idea_again_opens_its_draft(sign_in, member):
    idea = declined(member, title="Open the registers")
    client = sign_in(member)
    response = client.post(address(idea))
    assert response.url == Draft.objects.get().get_absolute_url()
    assert "Open the registers" in client.get(response.url).content.decode()


def test_sending_again_in_a_closed_round_says_why(sign_in, member):
    idea = declined(member, round=make_round(phase=Phase.PRIORITISATION))
    response = sign_in(member).post(address(idea), follow=True)
    assert (response.redirect_chain[-1][0], Draft.objects.count()) == (idea.get_absolute_url(), 0)
    assert "This round stopped taking ideas" in response.content.decode()


def test_sending_somebody_elses_idea_again_finds_nothing(sign_in, member, other_member):
    idea = declined(member)
    assert sign_in(other_member).post(address(idea)).status_code == 404


def test_sending_again_asks_visitors_to_sign_in(visitor, member):
    idea = declined(member)
    assert visitor.post(address(idea)).url == "/account/login/?next=/my/ideas/"
    assert visitor.get(address(idea)).status_code == 405
