"""What ideas, comments and rounds are written in, which their pages say."""

import re
from uuid import uuid4

import pytest
from django.urls import reverse
from django.utils import timezone

from manifesto.models import Comment, Draft, Idea, Revision
from profiles.models import Notification
from tests.factories import make_comment, make_idea, make_member, make_round, make_votes
from tests.manifesto.test_drafts import typed

pytestmark = pytest.mark.django_db


def welsh(name, *args):
    return f"/cy{reverse(name, args=args)}"


def improve(idea, by, *, language=None, **changes):
    idea = Idea.objects.get(pk=idea.pk)
    latest = idea.revisions.last()
    return idea.improve(
        by=by,
        wording={**idea.text, **changes},
        opened=latest.number,
        language=language,
        now=timezone.now(),
    )


def languages_of(idea):
    return list(idea.revisions.values_list("language", flat=True))


def test_draft_begun_on_a_welsh_page_is_in_welsh(client, member):
    round = make_round()
    client.force_login(member)
    client.post(
        welsh("manifesto:draft_create", round.slug), {"title": "Agor y dyddiaduron", "action": "continue"}
    )
    assert Draft.objects.get().language == "cy"


def test_author_chooses_the_language_on_any_page(client, member):
    round = make_round()
    client.force_login(member)
    new = reverse("manifesto:draft_create", args=[round.slug])
    client.post(new, {**typed(round, language="cy"), "action": "submit"})
    idea = Idea.objects.get()
    assert (idea.language, languages_of(idea)) == ("cy", ["cy"])


def test_language_that_the_site_does_not_have_is_refused(client, member):
    round = make_round()
    client.force_login(member)
    new = reverse("manifesto:draft_create", args=[round.slug])
    response = client.post(new, {**typed(round, language="tlh"), "action": "submit"})
    assert (response.status_code, Idea.objects.exists()) == (422, False)


def test_draft_saved_in_another_language_of_pages_stays_what_it_was(client, member):
    round = make_round()
    client.force_login(member)
    client.post(welsh("manifesto:draft_create", round.slug), {"title": "Agor", "action": "continue"})
    draft = Draft.objects.get()
    client.post(
        draft.get_absolute_url(), {"title": "Agor popeth", "action": "save", "version": draft.version}
    )
    draft.refresh_from_db()
    assert (draft.title, draft.language) == ("Agor popeth", "cy")


def test_redraft_is_in_the_language_of_the_idea(editor, member):
    now = timezone.now()
    idea = make_idea(author=member, published=False, language="cy")
    idea.decline(by=editor, now=now, reason="other", words="Sorry.")
    assert idea.redraft(by=member, now=now).language == "cy"


def test_new_wording_in_another_language(member):
    idea = make_idea(author=member)
    improve(idea, member, title="Agor y dyddiaduron", language="cy")
    idea.refresh_from_db()
    assert (idea.language, languages_of(idea)) == ("cy", ["en-gb", "cy"])


def test_new_wording_keeps_the_language(member):
    idea = make_idea(author=member, language="cy")
    improve(idea, member, title="Agor y dyddiaduron")
    assert languages_of(idea) == ["cy", "cy"]


def test_putting_right_the_language_alone_is_no_new_wording(member):
    idea = make_idea(author=member)
    [vote] = make_votes(idea=idea)
    told = Notification.objects.count()
    assert improve(idea, member, language="cy") is None
    idea.refresh_from_db()
    vote.refresh_from_db()
    assert (idea.language, languages_of(idea)) == ("cy", ["cy"])
    assert (vote.revision, Notification.objects.count()) == (Revision.objects.get(), told)


def test_page_for_a_new_wording_says_that_only_the_language_changed(client, member):
    idea = make_idea(author=member)
    client.force_login(member)
    address = reverse("manifesto:revision_create", args=[idea.round.slug, idea.number])
    form = {**idea.text, "language": "cy", "opened": 1, "action": "publish"}
    page = client.post(address, form, follow=True).text
    assert "The wording stays as it was. It is marked as written in Cymraeg now." in page


def test_comment_is_in_the_language_of_the_page_unless_chosen(client, member):
    idea = make_idea()
    client.force_login(member)
    address = welsh("manifesto:comment_create", idea.round.slug, idea.number)
    client.post(address, {"text": "Da iawn", "key": uuid4()})
    client.post(address, {"text": "Well done", "key": uuid4(), "language": "en-gb"})
    assert list(Comment.objects.order_by("pk").values_list("language", flat=True)) == ["cy", "en-gb"]


def test_language_of_a_comment_can_be_put_right(client):
    member = make_member()
    comment = make_comment(idea=make_idea(), author=member, approved=False)
    client.force_login(member)
    idea = comment.idea
    address = reverse("manifesto:comment_edit", args=[idea.round.slug, idea.number, comment.pk])
    client.post(address, {"text": comment.text, "language": "cy"})
    comment.refresh_from_db()
    assert (comment.language, comment.edited_at) == ("cy", None)


def test_page_of_an_idea_says_what_each_text_is_written_in(visitor):
    idea = make_idea(title="Agor y dyddiaduron", why="Am fod angen", language="cy")
    make_comment(idea=idea, text="Quite so")
    page = visitor.get(idea.get_absolute_url()).text
    assert re.search(r'<h1[^>]* lang="cy"[^>]*>Agor y dyddiaduron</h1>', page)
    assert re.search(r'lang="cy"[^>]*><p>Am fod angen</p>', page)
    assert re.search(r'lang="en-GB"[^>]*><p>Quite so</p>', page)
