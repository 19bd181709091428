import re
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from uuid import uuid4

import pytest
from django.db import IntegrityError, ProgrammingError, connection, transaction
from django.urls import reverse
from django.utils import timezone

from manifesto.errors import (
    CommentingClosed,
    ConsentNeeded,
    EmailUnverified,
    MergedAway,
    NotEditable,
    NotPublished,
    NotReady,
    Suspended,
)
from manifesto.models import Comment, CommentTally, Idea, Phase, Report
from profiles.models import Member, Notification
from tests.factories import make_comment, make_idea, make_member, make_round

pytestmark = pytest.mark.django_db
NOW = timezone.now()
OPEN = (Phase.CROWDSOURCING, Phase.REFINEMENT)
# Three of them for the discussion: how many there are, a page of them, their replies.
COST = 7


def page_for(idea):
    return reverse("manifesto:comment_create", args=[idea.round.slug, idea.number])


def page_of(comment, name="replies"):
    idea = comment.idea
    return reverse(f"manifesto:comment_{name}", args=[idea.round.slug, idea.number, comment.pk])


def desk(comment):
    return reverse("admin:manifesto_comment_moderate", args=[comment.pk])


def typed(text="I run a library and would use this.", **fields):
    return {"text": text, "key": str(uuid4()), **fields}


def count_of(idea):
    return Idea.objects.with_comment_count().get(pk=idea.pk).comment_count


# Who may say something, and when


@pytest.mark.parametrize("who", ["member", "expert", "editor", "administrator"])
@pytest.mark.parametrize("phase", list(Phase))
def test_members_comment_in_the_phases_for_it(request, phase, who):
    idea, person = make_idea(round=make_round(phase=phase)), request.getfixturevalue(who)
    parent = make_comment(idea=idea)
    for say in (idea.discuss, parent.reply):
        if phase in OPEN:
            assert say(person, "Yes.", key=uuid4(), now=NOW).idea == idea
        else:
            with pytest.raises(CommentingClosed):
                say(person, "Yes.", key=uuid4(), now=NOW)
    assert Comment.objects.count() == (3 if phase in OPEN else 1)


@pytest.mark.parametrize(
    ("fields", "error"), [({"verified": False}, EmailUnverified), ({"consents": False}, ConsentNeeded)]
)
def test_commenting_needs_a_confirmed_address_and_agreement(db, fields, error):
    idea, somebody = make_idea(), make_member(**fields)
    with pytest.raises(error):
        idea.discuss(somebody, "Yes.", key=uuid4(), now=NOW)
    with pytest.raises(error):
        make_comment(idea=idea).reply(somebody, "Yes.", key=uuid4(), now=NOW)


def test_ideas_that_are_not_public_are_not_discussed(member, client):
    idea = make_idea(published=False)
    with pytest.raises(NotPublished):
        idea.discuss(member, "Yes.", key=uuid4(), now=NOW)
    assert client.get(page_for(idea)).status_code == 404


def test_a_suspended_member_is_told_why(sign_in, member, editor):
    member.suspend(by=editor, reason="Three insults in a week.", now=NOW)
    idea, data = make_idea(), typed()
    own = make_comment(idea=idea, author=member, now=NOW)
    for call in (
        lambda: idea.discuss(member, "Yes.", key=uuid4(), now=NOW),
        lambda: make_comment(idea=idea).reply(member, "Yes.", key=uuid4(), now=NOW),
        lambda: own.edit("Changed.", by=member, now=NOW),
    ):
        with pytest.raises(Suspended, match="Three insults in a week"):
            call()
    client = sign_in(member)
    response = client.post(page_for(idea), data)
    assert (response.status_code, "Three insults in a week" in response.content.decode()) == (403, True)
    assert data["text"] in response.content.decode()
    own.delete_by_author(by=member, now=NOW)


def test_a_suspended_member_cannot_submit_until_it_is_lifted(member, editor):
    round = make_round()
    draft = member.drafts.model(round=round, author=member, title="One", updated_at=NOW)
    member.suspend(by=editor, reason="Insults.", now=NOW)
    assert isinstance(draft.refusal_to_submit(NOW), Suspended)
    member.lift_suspension()
    assert isinstance(draft.refusal_to_submit(NOW), NotReady)


# A first comment


def test_a_first_comment_waits_and_later_ones_do_not(member, editor):
    idea = make_idea()
    first, second = (idea.discuss(member, text, key=uuid4(), now=NOW) for text in ("One.", "Two."))
    assert (first.is_waiting, second.is_waiting, count_of(idea)) == (True, True, 0)
    first.approve(by=editor, now=NOW)
    third = idea.discuss(member, "Three.", key=uuid4(), now=NOW)
    assert (third.is_standing, count_of(idea)) == (True, 2)


def test_a_first_comment_that_was_hidden_earns_no_trust(member, editor):
    idea = make_idea()
    idea.discuss(member, "Buy now.", key=uuid4(), now=NOW).hide(by=editor, reason="spam", now=NOW)
    assert idea.discuss(member, "Again.", key=uuid4(), now=NOW).is_waiting


def test_an_editors_own_comment_appears_at_once(editor):
    assert make_idea().discuss(editor, "Hello.", key=uuid4(), now=NOW).is_standing


@pytest.mark.parametrize(
    ("who", "sees"),
    [("visitor", False), ("other_member", False), ("expert", False), ("member", True), ("editor", True)],
)
def test_a_waiting_comment_is_for_its_author_and_editors(client, sign_in, request, member, who, sees):
    idea = make_idea()
    comment = make_comment(idea=idea, author=member, approved=False, text="Not read yet.")
    if who != "visitor":
        sign_in(request.getfixturevalue(who))
    page = client.get(idea.get_absolute_url()).content.decode()
    assert ("Not read yet." in page, "Waiting for an editor" in page) == (sees, sees)
    for name in ("detail", "replies", "report"):
        found = client.get(page_of(comment, name)).status_code != 404
        assert found == sees


# Words


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "Please write something first."),
        (" \n\t ", "Please write something first."),
        ("\u200b\u202e", "something that people can read"),
        ("x" * 5001, "this has 5001"),
        ("a\x00b", "Null characters"),
    ],
)
def test_unfit_words_are_refused_and_kept_in_the_form(sign_in, member, text, words):
    response = sign_in(member).post(page_for(make_idea()), typed(text))
    assert (response.status_code, words in response.content.decode()) == (422, True)
    assert not Comment.objects.exists()


def test_lines_count_as_the_browser_counts_them(sign_in, member):
    assert sign_in(member).post(page_for(make_idea()), typed("x\r\n" * 2499 + "xx")).status_code == 302
    assert Comment.objects.get().text == "x\n" * 2499 + "xx"


def test_markup_and_other_scripts_are_shown_as_they_were_typed(sign_in, member):
    idea = make_idea()
    make_comment(idea=idea, text="<script>alert(1)</script> שלום 🙂")
    page = sign_in(member).get(idea.get_absolute_url()).content.decode()
    assert ("<script>alert" in page, "&lt;script&gt;alert(1)" in page, "שלום 🙂" in page) == (
        False,
        True,
        True,
    )


# Sending twice


def test_a_double_click_says_it_once(sign_in, member):
    idea, data, client = make_idea(), typed(), sign_in(member)
    first, second = client.post(page_for(idea), data), client.post(page_for(idea), data)
    assert (first.url, first.status_code, second.status_code) == (second.url, 302, 302)
    assert [comment.text for comment in idea.comments.all()] == [data["text"]]


def test_two_people_may_send_the_same_key(member, other_member):
    idea, key = make_idea(), uuid4()
    idea.discuss(member, "One.", key=key, now=NOW)
    idea.discuss(other_member, "Two.", key=key, now=NOW)
    assert idea.comments.count() == 2


@pytest.mark.django_db(transaction=True)
def test_the_same_form_at_the_same_instant_says_it_once():
    idea, member, key = make_idea(), make_member(), uuid4()
    make_comment(idea=idea, author=member)

    def say(_):
        try:
            return idea.discuss(member, "Once.", key=key, now=NOW).pk
        finally:
            connection.close()

    with ThreadPoolExecutor(8) as pool:
        said = set(pool.map(say, range(16)))
    assert (len(said), idea.comments.count(), CommentTally.objects.wrong()) == (1, 2, [])


# Replies


def test_replies_have_one_level(member):
    parent = make_comment(idea=make_idea())
    reply = make_comment(idea=parent.idea, parent=parent)
    with pytest.raises(NotEditable):
        reply.reply(member, "Deeper.", key=uuid4(), now=NOW)
    with pytest.raises(IntegrityError, match="no reply itself"), transaction.atomic():
        make_comment(idea=parent.idea, parent=reply)


def test_a_reply_belongs_to_the_idea_of_its_parent(sign_in, member):
    parent, other = make_comment(idea=make_idea()), make_idea()
    with pytest.raises(IntegrityError, match="no reply itself"), transaction.atomic():
        make_comment(idea=other, parent=parent)
    address = reverse("manifesto:comment_replies", args=[other.round.slug, other.number, parent.pk])
    assert sign_in(member).post(address, typed()).status_code == 404


@pytest.mark.parametrize("gone", ["deleted", "hidden", "waiting"])
def test_what_is_not_shown_is_not_replied_to(member, editor, gone):
    comment = make_comment(idea=make_idea(), author=member, approved=gone != "waiting")
    if gone == "deleted":
        comment.delete_by_author(by=member, now=NOW)
    elif gone == "hidden":
        comment.hide(by=editor, reason="abusive", now=NOW)
    with pytest.raises(NotEditable):
        comment.reply(member, "Hm.", key=uuid4(), now=NOW)


# Changing and deleting


def test_a_comment_is_changed_within_the_limit(member):
    comment = make_comment(idea=make_idea(), author=member, now=NOW)
    comment.edit("Better.", by=member, now=NOW + Comment.EDITABLE_FOR - timedelta(seconds=1))
    comment.refresh_from_db()
    assert (comment.text, comment.edited_at is None) == ("Better.", False)
    with pytest.raises(NotEditable, match="15 minutes"):
        comment.edit("Late.", by=member, now=NOW + Comment.EDITABLE_FOR)


def test_what_an_editor_has_read_is_not_changed(member, editor):
    comment = make_comment(idea=make_idea(), author=member, approved=False, now=NOW)
    comment.approve(by=editor, now=NOW)
    with pytest.raises(NotEditable, match="An editor has read"):
        comment.edit("Buy now.", by=member, now=NOW)


def test_a_deleted_comment_leaves_its_place_and_replies(client, member, editor):
    comment = make_comment(idea=make_idea(), author=member, text="Regretted.")
    make_comment(idea=comment.idea, parent=comment, text="I agree.")
    comment.delete_by_author(by=member, now=NOW)
    page = client.get(comment.idea.get_absolute_url()).content.decode()
    assert ("Regretted." in page, "deleted by its author" in page, "I agree." in page) == (False, True, True)
    assert (Comment.objects.get(pk=comment.pk).text, count_of(comment.idea)) == ("", 1)
    with pytest.raises(NotEditable):
        comment.edit("Back.", by=member, now=NOW)


@pytest.mark.parametrize("who", ["visitor", "other_member", "expert", "editor", "administrator"])
@pytest.mark.parametrize("name", ["edit", "delete"])
def test_nobody_touches_the_words_of_another(client, sign_in, request, member, who, name):
    comment = make_comment(idea=make_idea(), author=member, text="Mine.", now=NOW)
    if who != "visitor":
        sign_in(request.getfixturevalue(who))
    response = client.post(page_of(comment, name), typed("Theirs."))
    comment.refresh_from_db()
    assert (response.status_code in (302, 403, 404), comment.text, comment.is_deleted) == (
        True,
        "Mine.",
        False,
    )


def test_edit_and_deletion_through_the_pages(sign_in, member):
    comment, client = make_comment(idea=make_idea(), author=member, now=timezone.now()), sign_in(member)
    assert client.get(page_of(comment, "edit")).status_code == 200
    assert client.post(page_of(comment, "edit"), {"text": "Changed."}).status_code == 302
    assert Comment.objects.get().text == "Changed."
    assert client.get(page_of(comment, "delete")).status_code == 200
    for _ in range(2):
        assert client.post(page_of(comment, "delete")).status_code == 302
    assert Comment.objects.get().is_deleted


# Who is told


def test_authors_and_those_replied_to_are_told_once(member, other_member, editor):
    author = make_member()
    idea = make_idea(author=author)
    comment = make_comment(idea=idea, author=member)
    key = uuid4()
    make_comment(idea=idea, author=other_member)
    for _ in range(2):
        comment.reply(other_member, "Indeed.", key=key, now=NOW)
    told = Notification.objects.order_by("member")
    assert {row.member for row in told} == {author, member}
    assert (len(told), {row.subject for row in told}) == (2, {"A reply in a discussion"})


def test_nobody_is_told_before_an_editor_has_read_it(member, editor):
    idea = make_idea()
    comment = idea.discuss(member, "Hello.", key=uuid4(), now=NOW)
    assert not Notification.objects.exists()
    comment.approve(by=editor, now=NOW)
    assert Notification.objects.get().member == idea.authorships.get().member


# Reading


def test_the_page_costs_the_same_with_1000_comments(client, django_assert_num_queries):
    idea = make_idea()
    author = make_member()
    parents = [make_comment(idea=idea, author=author)]
    make_comment(idea=idea, author=author, parent=parents[0])
    address = idea.get_absolute_url()
    client.get(address)
    with django_assert_num_queries(COST):
        client.get(address)

    def bulk(number, **fields):
        return Comment.objects.bulk_create(
            Comment(
                idea=idea, author=author, key=uuid4(), text="x", created_at=NOW, approved_at=NOW, **fields
            )
            for _ in range(number)
        )

    parents += bulk(99)
    for parent in parents[:30]:
        bulk(30, parent=parent)
    with django_assert_num_queries(COST):
        page = client.get(address).content.decode()
    # A page has 20 with at most 10 replies each.
    assert (page.count('aria-label="Comment by'), page.count('aria-label="Reply by')) == (20, 200)
    assert (f"{count_of(idea)} comments" in page, CommentTally.objects.wrong()) == (True, [])


def test_a_permalink_finds_the_page(client):
    idea = make_idea()
    comments = [make_comment(idea=idea, now=NOW + timedelta(seconds=n)) for n in range(21)]
    replies = [make_comment(idea=idea, parent=comments[20], now=NOW) for _ in range(11)]
    for comment, address in (
        (comments[19], f"{idea.get_absolute_url()}?comments=1"),
        (comments[20], f"{idea.get_absolute_url()}?comments=2"),
        (replies[9], f"{idea.get_absolute_url()}?comments=2"),
        (replies[10], f"{page_of(comments[20])}?page=1"),
    ):
        response = client.get(comment.get_absolute_url())
        assert response.url == f"{address}#comment-{comment.pk}"
        assert f'id="comment-{comment.pk}"' in client.get(response.url).content.decode()


def test_authors_are_marked(client, member, editor):
    round = make_round()
    idea, merged = make_idea(round=round, author=member), make_idea(round=round)
    make_comment(idea=idea, author=member)
    make_comment(idea=merged, author=merged.authorships.get().member, text="From the other one.")
    merged.merge_into(idea, by=editor, reason="The same.", now=NOW)
    page = client.get(idea.get_absolute_url()).content.decode()
    marks = re.findall(r'status-primary">([^<]+)<', page)
    assert (marks, "merged into this idea" in page, count_of(idea)) == (["Author", "Co-author"], True, 2)


def test_comments_keep_their_origin_in_a_merge_and_its_undoing(client, member, editor):
    round = make_round()
    idea, merged = make_idea(round=round), make_idea(round=round)
    comment = make_comment(idea=merged, author=member)
    merge = merged.merge_into(idea, by=editor, reason="The same.", now=NOW)
    comment = Comment.objects.for_page().get(pk=comment.pk)
    merged = Idea.objects.for_page().get(pk=merged.pk)
    with pytest.raises(MergedAway):
        merged.discuss(member, "Here?", key=uuid4(), now=NOW)
    reply = comment.reply(member, "It goes on.", key=uuid4(), now=NOW)
    assert (reply.idea, count_of(idea)) == (merged, 2)
    merge.undo(by=editor, now=NOW)
    assert (count_of(idea), count_of(merged)) == (0, 2)


def test_cards_say_how_many_comments(client):
    idea = make_idea()
    make_comment(idea=idea)
    make_comment(idea=idea, approved=False)
    page = client.get(reverse("manifesto:idea_list", args=[idea.round.slug])).content.decode()
    assert "1 comment<" in page


def test_what_was_typed_survives_signing_in(client, member):
    idea, data = make_idea(), typed()
    response = client.post(page_for(idea), data)
    assert response.url == f"{reverse('account_login')}?next={page_for(idea)}"
    response = client.post(response.url, {"login": member.email, "password": "correct horse battery"})
    assert response.url == page_for(idea)
    form = client.get(page_for(idea)).context["form"]
    assert (form["text"].value(), str(form["key"].value())) == (data["text"], data["key"])
    client.post(page_for(idea), data)
    assert client.get(page_for(idea)).context["form"]["text"].value() is None


def test_what_was_typed_survives_agreeing(client):
    somebody, idea, data = make_member(consents=False), make_idea(), typed()
    client.force_login(somebody)
    assert client.post(page_for(idea), data).url == reverse("consent")
    assert client.get(page_for(idea)).context["form"]["text"].value() == data["text"]


@pytest.mark.parametrize("signed_in", [False, True])
def test_a_closed_discussion_says_so_and_shows_what_was_typed(client, member, signed_in):
    idea, data = make_idea(round=make_round(phase=Phase.PRIORITISATION)), typed()
    if signed_in:
        client.force_login(member)
    response = client.post(page_for(idea), data)
    page = response.content.decode()
    assert (response.status_code, data["text"] in page, "Discussion closed on" in page) == (403, True, True)


# The database


@pytest.mark.parametrize(
    ("constraint", "changes"),
    [
        ("comment_has_text_until_deleted", {"text": ""}),
        ("comment_has_text_until_deleted", {"deleted_at": NOW}),
        ("comment_hidden_with_reason", {"hidden_at": NOW}),
        ("comment_hidden_with_reason", {"hidden_reason": "spam"}),
    ],
)
def test_contradictions_are_refused_by_the_database(db, constraint, changes):
    comment = make_comment(idea=make_idea())
    with pytest.raises(IntegrityError, match=constraint), transaction.atomic():
        Comment.objects.filter(pk=comment.pk).update(**changes)


def test_reports_and_moderations_are_held_by_the_database(member):
    comment = make_comment(idea=make_idea())
    report = {"comment": comment, "member": member, "reason": "spam", "reported_at": NOW}
    Report.objects.create(**report)
    with pytest.raises(IntegrityError, match="report_once_per_member_and_comment"), transaction.atomic():
        Report.objects.create(**report)
    with pytest.raises(IntegrityError, match="report_dealt_with_by_with_time"), transaction.atomic():
        Report.objects.update(dealt_with_by=member)
    with pytest.raises(IntegrityError, match="hides_with_reason"), transaction.atomic():
        comment.moderations.create(answer="hide", moderated_at=NOW)
    with pytest.raises(IntegrityError, match="comment_once_per_form"), transaction.atomic():
        make_comment(idea=comment.idea, author=comment.author, key=comment.key)
    with pytest.raises(IntegrityError, match="member_suspended_with_reason"), transaction.atomic():
        Member.objects.filter(pk=member.pk).update(suspended_at=NOW)


def test_a_comment_never_moves(db):
    comment, other = make_comment(idea=make_idea()), make_idea()
    with pytest.raises(ProgrammingError, match="Cannot update rows"), transaction.atomic():
        Comment.objects.filter(pk=comment.pk).update(idea=other)


@pytest.mark.parametrize("name", ["standing", "approved", "waiting", "hidden", "deleted"])
def test_querysets_agree_with_predicates(member, editor, name):
    idea = make_idea()
    for approved in (True, False):
        make_comment(idea=idea, approved=approved)
        make_comment(idea=idea, approved=approved).hide(by=editor, reason="spam", now=NOW)
        make_comment(idea=idea, approved=approved, author=member).delete_by_author(by=member, now=NOW)
    found = set(getattr(Comment.objects, name)())
    assert found == {comment for comment in Comment.objects.all() if getattr(comment, f"is_{name}")}
    assert CommentTally.objects.wrong() == []


def test_a_comment_outlives_its_authors_account(client, member):
    comment = make_comment(idea=make_idea(), author=member)
    Comment.objects.filter(pk=comment.pk).update(author=None)
    page = client.get(comment.idea.get_absolute_url()).content.decode()
    assert (comment.text in page, "Somebody who has left" in page) == (True, True)
