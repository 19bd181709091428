"""What is reported of comments, and what editors decide about it."""

from datetime import timedelta

import pytest
from django.contrib.admin.models import LogEntry
from django.urls import reverse

from manifesto.errors import (
    EmailUnverified,
    NotEditable,
    NotReady,
    NotTheirs,
)
from manifesto.models import CommentModeration, Report
from profiles.models import Notification
from tests.factories import make_comment, make_idea, make_member
from tests.manifesto.test_comments import NOW, desk, page_of


def test_a_report_is_heard_once_and_nobody_learns_whose_it_is(sign_in, other_member, member, editor):
    comment = make_comment(idea=make_idea(), author=member)
    client = sign_in(other_member)
    for _ in range(2):
        data = {"reason": "abusive", "words": "See the second line."}
        assert client.post(page_of(comment, "report"), data).status_code == 302
    assert Report.objects.get().member == other_member
    assert not Notification.objects.filter(member=member).exists()
    page = sign_in(editor).get(desk(comment)).content.decode()
    assert ("See the second line." in page, other_member.public_name in page) == (True, False)
    assert other_member.email not in page
    sign_in(member)
    for address in (comment.idea.get_absolute_url(), page_of(comment)):
        assert other_member.public_name not in client.get(address).content.decode()


def test_reporting_is_for_others_comments_that_are_shown(member, other_member):
    comment = make_comment(idea=make_idea(), author=member)
    with pytest.raises(NotTheirs):
        comment.report(member, reason="spam", now=NOW)
    with pytest.raises(EmailUnverified):
        comment.report(make_member(verified=False), reason="spam", now=NOW)
    comment.delete_by_author(by=member, now=NOW)
    comment.refresh_from_db()
    with pytest.raises(NotEditable):
        comment.report(other_member, reason="spam", now=NOW)


def test_a_report_without_a_reason_is_refused(sign_in, member):
    comment = make_comment(idea=make_idea())
    response = sign_in(member).post(page_of(comment, "report"), {"reason": "dull"})
    assert (response.status_code, Report.objects.count()) == (422, 0)


def test_hiding_keeps_the_place_with_the_reason_and_tells_the_author(client, member, editor):
    comment = make_comment(idea=make_idea(), author=member, text="You fool.")
    comment.report(make_member(), reason="abusive", now=NOW)
    comment.hide(by=editor, reason="abusive", now=NOW)
    page = client.get(comment.idea.get_absolute_url()).content.decode()
    assert ("You fool." in page, "Reason: abusive or threatening." in page) == (False, True)
    report, moderation = Report.objects.get(), CommentModeration.objects.get()
    assert (report.dealt_with_by, moderation.answer, moderation.moderated_by) == (editor, "hide", editor)
    assert Notification.objects.get(member=member).subject == "Your comment was hidden"
    comment.unhide(by=editor, now=NOW)
    assert "You fool." in client.get(comment.idea.get_absolute_url()).content.decode()
    assert list(CommentModeration.objects.values_list("answer", flat=True)) == ["unhide", "hide"]


def test_two_editors_at_once_are_told(editor):
    comment, other = make_comment(idea=make_idea(), approved=False), make_member(groups=["Editors"])
    comment.approve(by=other, now=NOW)
    with pytest.raises(NotEditable):
        comment.approve(by=editor, now=NOW)
    with pytest.raises(NotEditable):
        comment.keep(by=editor, now=NOW)
    with pytest.raises(NotEditable):
        comment.unhide(by=editor, now=NOW)
    comment.hide(by=other, reason="spam", now=NOW)
    with pytest.raises(NotEditable):
        comment.hide(by=editor, reason="spam", now=NOW)


def test_editors_do_not_judge_themselves(editor):
    comment = make_comment(idea=make_idea(), author=editor)
    for call in (
        lambda: comment.hide(by=editor, reason="spam", now=NOW),
        lambda: comment.keep(by=editor, now=NOW),
        lambda: comment.approve(by=editor, now=NOW),
        lambda: comment.unhide(by=editor, now=NOW),
    ):
        with pytest.raises(NotTheirs):
            call()


@pytest.mark.parametrize("who", ["visitor", "member", "expert", "editor", "administrator"])
def test_only_editors_and_administrators_look_after_comments(client, sign_in, request, db, who):
    comment = make_comment(idea=make_idea(), approved=False)
    if who != "visitor":
        sign_in(request.getfixturevalue(who))
    response = client.post(desk(comment), {"answer": "approve"})
    comment.refresh_from_db()
    allowed = who in ("editor", "administrator")
    assert comment.is_approved == allowed
    assert response.status_code == (302 if allowed or who in ("visitor", "member") else 403)


def test_the_queue_shows_latest_reports_first(sign_in, editor, django_assert_num_queries):
    idea = make_idea()
    waiting = make_comment(idea=idea, approved=False)
    first, second = make_comment(idea=idea), make_comment(idea=idea)
    second.report(make_member(), reason="spam", now=NOW)
    first.report(make_member(), reason="spam", now=NOW + timedelta(minutes=1))
    make_comment(idea=idea)
    client = sign_in(editor)
    response = client.get(reverse("admin:manifesto_comment_changelist"), {"state": "to_read"})
    assert list(response.context["cl"].result_list) == [first, second, waiting]
    assert client.post(desk(first), {"answer": "keep"}).url == desk(second)
    response = client.post(desk(second), {"answer": "hide"})
    assert (response.status_code, list(response.context["form"].errors)) == (422, ["reason"])
    assert client.post(desk(second), {"answer": "hide", "reason": "spam"}).url == desk(waiting)
    assert "Read 1 comment<" in client.get(reverse("admin:index")).content.decode()


@pytest.mark.parametrize("who", ["member", "expert", "editor", "administrator"])
def test_suspending_is_for_editors_and_on_record(sign_in, request, who):
    somebody = make_member(name="Wanda Wild")
    client = sign_in(request.getfixturevalue(who))
    address = reverse("admin:profiles_member_suspend", args=[somebody.pk])
    client.post(address, {"reason": "Insults."})
    somebody.refresh_from_db()
    allowed = who in ("editor", "administrator")
    assert somebody.is_suspended == allowed
    assert LogEntry.objects.filter(object_id=somebody.pk).count() == int(allowed)
    if allowed:
        client.post(address, {"lift": "1"})
        somebody.refresh_from_db()
        assert (somebody.is_suspended, LogEntry.objects.count()) == (False, 2)


def test_staff_are_not_suspended(editor, expert):
    with pytest.raises(NotReady):
        expert.suspend(by=editor, reason="Insults.", now=NOW)
