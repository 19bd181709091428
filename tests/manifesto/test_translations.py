"""The way of a member through ideas, votes and discussions in a made-up language: no word of it is left out.

What everybody sees at each address is swept in tests/ogp_network/test_languages.py; here is what takes a deed to see.
"""

from uuid import uuid4

import pytest
from django.urls import reverse
from django.utils import timezone

from manifesto.models import CountRegister, Follow, Idea, Invitation, Phase
from tests.factories import (
    make_comment,
    make_criterion,
    make_decision,
    make_idea,
    make_member,
    make_round,
    make_term,
    make_votes,
)
from tests.manifesto.test_drafts import make_draft, typed
from tests.pseudo_locale import CONTENT_LETTERS, untranslated, write_everything_in_greek

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("pseudo_locale")]
TEXTS = {"title", "why", "how", "difference", "text"}


@pytest.fixture
def ask(client):
    """Go to addresses in the made-up language, after all content was put in Greek; what words were left of them."""

    def ask(*addresses, by=None, **posted):
        write_everything_in_greek()
        if by:
            client.force_login(by)
        posted = {
            name: value.translate(CONTENT_LETTERS) if name in TEXTS else value
            for name, value in posted.items()
        }
        found = {}
        for address in addresses:
            address = address if address.startswith("/cy/") else f"/cy{address}"
            answer = client.post(address, posted, follow=True) if posted else client.get(address, follow=True)
            assert answer.status_code in (200, 403, 409, 422), address
            if texts := untranslated(answer.text):
                found[address] = texts
        return found

    return ask


def page(name, *args):
    return reverse(f"manifesto:{name}", args=args)


def pages_of(idea, *names):
    return [page(name, idea.round.slug, idea.number) for name in names]


def improve(idea, by, **changes):
    idea = Idea.objects.get(pk=idea.pk)
    opened = idea.revisions.last().number
    return idea.improve(
        by=by, wording={**idea.text, **changes}, opened=opened, now=timezone.now(), note="Clearer"
    )


@pytest.mark.parametrize("phase", list(Phase))
def test_pages_of_a_round(ask, member, phase):
    round = make_round(phase=phase)
    make_criterion(round=round)
    idea = make_idea(round=round, author=member)
    make_votes(idea=idea, number=2)
    make_comment(idea=idea)
    names = ["round_detail", "idea_list", "shortlist", "draft_create", "register_list"]
    addresses = [page(name, round.slug) for name in names] + [page("round_list"), page("my_ideas")]
    found = page("idea_list", round.slug)
    addresses += [f"{found}?text=xyzzy", f"{found}?text=the", f"{found}?theme=none", f"{found}?order=newest"]
    assert ask(*addresses, *pages_of(idea, "idea_detail", "revision_list")) == {}
    assert ask(*addresses, *pages_of(idea, "idea_detail", "revision_list"), by=member) == {}


def test_own_ideas_whatever_became_of_them(ask, member, editor):
    now, round = timezone.now(), make_round()
    waiting = make_idea(round=round, author=member, published=False)
    declined = make_idea(round=round, author=member, published=False)
    declined.decline(by=editor, now=now, reason="not_specific", words="Say more.")
    make_idea(round=round, author=member)
    draft = make_draft(author=member, round=round)
    addresses = [page("my_ideas"), *pages_of(waiting, "idea_detail"), *pages_of(declined, "idea_detail")]
    addresses += [page(name, draft.pk) for name in ("draft_edit", "draft_similar", "draft_delete")]
    assert ask(*addresses, by=member) == {}
    assert ask(*pages_of(declined, "idea_redraft"), by=member, again="") == {}


def test_wordings_and_what_supporters_see_of_them(ask, member, editor):
    idea = make_idea(author=editor)
    idea.support(member, now=timezone.now())
    make_votes(idea=idea)
    improve(idea, editor, title="Another title")
    improve(idea, editor, why="Another reason")
    slug, number = idea.round.slug, idea.number
    addresses = pages_of(idea, "idea_detail", "revision_list", "revision_create")
    addresses += [page("revision_comparison", slug, number, 1, after) for after in (1, 2)] + [
        page("my_votes")
    ]
    assert ask(*addresses, by=member) == {}
    assert ask(*addresses, by=editor) == {}
    again = {**idea.text, "title": "Yet another", "opened": 1}
    assert ask(page("revision_create", slug, number), by=editor, **again, action="publish") == {}
    assert ask(page("revision_create", slug, number), by=editor, **again, action="preview") == {}
    assert ask(page("revision_create", slug, number), by=editor, action="publish") == {}
    assert ask(page("revision_make_minor", slug, number, 3), by=editor, again="") == {}


def test_merged_ideas(ask, member, editor):
    now, round = timezone.now(), make_round()
    ideas = [make_idea(round=round) for _ in range(2)]
    ideas[0].support(member, now=now)
    comment = make_comment(idea=ideas[0])
    ideas[0].merge_into(ideas[1], by=editor, reason="The same.", now=now)
    addresses = [page("my_votes"), *[page for idea in ideas for page in pages_of(idea, "idea_detail")]]
    addresses.append(page("comment_replies", round.slug, ideas[0].number, comment.pk))
    assert ask(*addresses, by=member) == {}
    assert (
        ask(*pages_of(ideas[0], "comment_create", "revision_create"), by=member, text="So?", key=uuid4())
        == {}
    )


def test_conversations(ask, member, editor):
    now, idea = timezone.now(), make_idea(author=editor)
    own = make_comment(idea=idea, author=member, approved=False)
    theirs = make_comment(idea=idea, author=editor)
    for _ in range(12):
        make_comment(idea=idea, parent=theirs)
    for _ in range(20):
        make_comment(idea=idea)
    make_comment(idea=idea).hide(by=editor, reason="spam", now=now)
    deleted = make_comment(idea=idea)
    deleted.delete_by_author(by=deleted.author, now=now)
    slug, number = idea.round.slug, idea.number
    addresses = [f"{idea.get_absolute_url()}?comments={number}" for number in (1, 2)]
    addresses += [page(f"comment_{name}", slug, number, own.pk) for name in ("edit", "delete", "detail")]
    addresses += [page(f"comment_{name}", slug, number, theirs.pk) for name in ("replies", "report")]
    addresses += pages_of(idea, "comment_create")
    assert ask(*addresses, by=member) == {}
    assert ask(*addresses[:2], by=editor) == {}
    for name, comment in [("replies", theirs), ("report", theirs), ("edit", own)]:
        assert ask(page(f"comment_{name}", slug, number, comment.pk), by=member, text="", key="") == {}
    said = {"text": "Quite so", "key": uuid4()}
    assert ask(page("comment_edit", slug, number, own.pk), by=member, **said) == {}
    assert ask(page("comment_edit", slug, number, theirs.pk), by=member, **said) == {}
    assert ask(page("comment_replies", slug, number, theirs.pk), by=member, **said) == {}
    assert ask(*pages_of(idea, "comment_create"), by=member, **{**said, "key": uuid4()}) == {}
    assert ask(page("comment_report", slug, number, theirs.pk), by=member, reason="spam") == {}
    assert ask(page("comment_report", slug, number, own.pk), by=member, reason="spam") == {}
    assert ask(page("comment_delete", slug, number, own.pk), by=member, again="") == {}


def test_writing_an_idea(ask, member):
    round = make_round()
    make_idea(round=round, title="Publish the diaries")
    new = page("draft_create", round.slug)
    for posted in [
        {"action": "continue", "title": ""},
        {"action": "continue", "title": "..."},
        {"action": "continue", "title": "Publish the diaries", "key": uuid4()},
        {"action": "continue", "title": "Something else altogether", "key": uuid4()},
        {"action": "submit", "title": "", "level": ""},
        {"action": "save", "title": "Later", "why": "Because", "key": uuid4()},
        {**typed(round), "action": "submit", "evidence_links": "1 2\n/", "level": "Ω"},
        {**typed(round), "action": "submit", "ogp_values": ["technology_and_innovation"]},
        {**typed(round), "action": "submit", "title": "x" * 121, "why": "x" * 5001},
        {**typed(round), "action": "submit", "key": (key := uuid4())},
        {**typed(round), "action": "submit", "key": key},
    ]:
        assert ask(new, by=member, **posted) == {}, posted
    draft = make_draft(author=member, round=round)
    edit = page("draft_edit", draft.pk)
    assert ask(edit, by=member, action="save", title="Later", version=0) == {}
    assert ask(page("draft_delete", draft.pk), by=member, again="") == {}


def test_writing_where_it_is_refused(ask, member):
    closed = make_round(phase=Phase.REFINEMENT)
    member.emailaddress_set.update(verified=False)
    round = make_round()
    make_member()
    assert ask(page("draft_create", closed.slug), by=member, **typed(closed), action="submit") == {}
    assert ask(page("draft_create", round.slug), by=member, **typed(round), action="submit") == {}


@pytest.mark.parametrize("deed", ["support_create", "support_confirm", "support_withdraw"])
@pytest.mark.parametrize("phase", [Phase.CROWDSOURCING, Phase.PRIORITISATION])
def test_votes(ask, member, phase, deed):
    idea = make_idea(round=make_round(phase=phase))
    assert ask(page(deed), idea=idea.pk) == {}
    assert ask(page(deed), by=member, idea=idea.pk) == {}
    assert ask(page("support_create"), by=member, idea=idea.pk) == {}
    assert ask(page(deed), by=member, idea=idea.pk) == {}


@pytest.mark.parametrize("kind", ["idea", "theme", "round"])
def test_follows(ask, member, kind):
    idea = make_idea()
    subject = {"idea": idea, "theme": idea.theme, "round": idea.round}[kind]
    assert ask(page("follow_create"), **{kind: subject.pk}) == {}
    assert ask(page("follow_create"), by=member, **{kind: subject.pk}) == {}
    assert Follow.objects.exists()
    assert ask(page("round_detail", idea.round.slug), *pages_of(idea, "idea_detail"), by=member) == {}
    assert ask(page("follow_end"), by=member, **{kind: subject.pk}) == {}


def test_invitations(ask, member, other_member):
    round = make_round(phase=Phase.REFINEMENT)
    idea = make_idea(round=round, author=member)
    [address] = pages_of(idea, "invitation_list")
    for email in ["", "nobody", other_member.email, other_member.email, "friend@example.org"]:
        assert ask(address, by=member, email=email) == {}
    first, second = Invitation.objects.order_by("pk")
    assert ask(page("my_ideas"), page("invitation_detail", first.key), by=other_member) == {}
    assert ask(page("invitation_detail", first.key), by=member) == {}
    assert ask(page("invitation_accept", first.key), by=member, again="") == {}
    assert ask(page("invitation_accept", first.key), by=other_member, again="") == {}
    assert ask(page("invitation_decline", first.key), by=other_member, again="") == {}
    assert ask(page("invitation_detail", first.key), by=other_member) == {}
    assert ask(page("invitation_take_back", second.key), by=member, again="") == {}
    assert ask(address, by=member) == {}


def test_published_result(ask, member, editor, expert):
    now, round = timezone.now(), make_round(phase=Phase.PRIORITISATION)
    criterion = make_criterion(round=round)
    ideas = [make_idea(round=round) for _ in range(3)]
    term = make_term(round=round, member=expert)
    for idea in ideas:
        make_votes(idea=idea, number=2)
    for scorer in (term, make_term(round=round)):
        for at, idea in enumerate(ideas):
            scorer.assess(idea, {criterion: at}, now=now)
    make_decision(idea=ideas[0], position=1)
    for idea in ideas[1:]:
        make_decision(idea=idea, outcome="deferred")
    round.refresh_from_db()
    round.publish_shortlist(by=editor, now=now)
    CountRegister.objects.make(round, now=now)
    ideas[0].decision.correct(
        outcome="accepted_in_part", reasons="Another reason", explanation="It was wrong.", by=editor, now=now
    )
    names = ["shortlist", "pack", "working_detail", "round_detail", "register_list"]
    addresses = [page(name, round.slug) for name in names]
    addresses.append(page("register_detail", round.slug, timezone.localdate(now)))
    addresses += [page for idea in ideas for page in pages_of(idea, "idea_detail")]
    assert ask(*addresses, by=member) == {}
