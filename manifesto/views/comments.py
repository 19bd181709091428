import uuid
from collections import defaultdict
from dataclasses import dataclass, field

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.contrib.auth.views import redirect_to_login
from django.core.paginator import Paginator
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from profiles import typed
from profiles.limits import limited

from ..errors import ConsentNeeded, EmailUnverified, Refused
from ..forms.comment import CommentEditForm, CommentForm, ReportForm
from ..models import Comment, Idea
from .refusals import explain

PER_PAGE = 20
REPLIES_SHOWN = 10
REPLIES_PER_PAGE = 50
KEPT = ("key", "text", "language")


@dataclass
class Said:
    """A comment as one person sees it, with those of its replies that are shown beside it."""

    comment: Comment
    role: str
    is_own: bool
    can_edit: bool
    replies: list = field(default_factory=list)
    reply_count: int = 0

    @property
    def has_more(self):
        return self.reply_count > len(self.replies)


def discussion(request, idea, now):
    """What the idea's page shows of its discussion. The number of queries doesn't depend on how much was said."""
    is_any_said = idea.has_comments or idea.has_merged
    return {
        **(_page_of_discussion(request, idea, now) if is_any_said else {"said": []}),
        "takes_comments": idea.takes_comments(now),
        "takes_replies": idea.takes_replies(now),
        "why_no_comments": idea.round.why_no_comments(now),
        "comment_form": CommentForm(initial={"key": uuid.uuid4()}),
    }


def _page_of_discussion(request, idea, now):
    comments = _comments(request, idea)
    page = Paginator(comments.top_level().by_oldest(), PER_PAGE).get_page(request.GET.get("comments"))
    said = [_said(request, idea, comment, now) for comment in page]
    replies = comments.filter(parent__in=list(page)).with_reply_place().filter(place__lte=REPLIES_SHOWN)
    by_parent = defaultdict(list)
    for reply in replies.by_oldest() if said else []:
        by_parent[reply.parent_id].append(reply)
    for one in said:
        theirs = by_parent[one.comment.pk]
        one.replies = [_said(request, idea, reply, now) for reply in theirs]
        one.reply_count = theirs[0].siblings if theirs else 0
    return {"said": said, "comment_page": page}


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@limited("comment")
def comment_create(request, slug, number):
    """Anybody may begin to write; what a visitor typed is kept while they sign in or join."""
    idea, now = _idea(slug, number), timezone.now()
    if refusal := _refusal_to_all(idea, now):
        return _form_page(request, idea, CommentForm(request.POST or None), refusal=refusal)
    return _write(request, idea, now, post=idea.discuss)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@limited("comment")
def comment_replies(request, slug, number, pk):
    """A comment with all its replies, and the form for another."""
    idea, now = _idea(slug, number), timezone.now()
    parent = get_object_or_404(_comments(request, idea).top_level(), pk=pk)
    if request.method != "POST" and not request.user.is_authenticated:
        return _form_page(request, idea, None, parent=parent)
    return _write(request, idea, now, post=parent.reply, parent=parent)


@require_safe
def comment_detail(request, slug, number, pk):
    """Find the page that a comment stands on."""
    idea = _idea(slug, number)
    comments = _comments(request, idea)
    comment = get_object_or_404(comments, pk=pk)
    top = comment
    if comment.parent_id:
        top = get_object_or_404(comments, pk=comment.parent_id)
        place = comments.filter(parent=top).before(comment).count()
        if place >= REPLIES_SHOWN:
            page = place // REPLIES_PER_PAGE + 1
            return redirect(f"{top.replies_address}?page={page}#comment-{comment.pk}")
    page = comments.top_level().before(top).count() // PER_PAGE + 1
    return redirect(f"{idea.get_absolute_url()}?comments={page}#comment-{comment.pk}")


@login_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@limited("comment")
def comment_edit(request, slug, number, pk):
    idea, now = _idea(slug, number), timezone.now()
    comment = get_object_or_404(_comments(request, idea), pk=pk)
    form = CommentEditForm(request.POST or None, initial={"text": comment.text, "language": comment.language})
    refusal = comment.refusal_to_edit(request.user, now)
    if request.method == "POST" and not refusal and form.is_valid():
        try:
            comment.edit(by=request.user, now=now, **form.cleaned_data)
        except Refused as late:
            refusal = late
        else:
            messages.success(request, _("Your comment is changed."))
            return redirect(comment)
    return _form_page(request, idea, form, refusal=refusal, editing=comment)


@login_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def comment_delete(request, slug, number, pk):
    idea = _idea(slug, number)
    comment = get_object_or_404(_comments(request, idea).filter(author=request.user), pk=pk)
    if request.method == "POST":
        comment.delete_by_author(by=request.user, now=timezone.now())
        messages.success(request, _("Your comment is deleted."))
        return redirect(comment if comment.is_approved else idea)
    return render(request, "manifesto/comment_delete.html", {"idea": idea, "comment": comment})


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@limited("report")
def comment_report(request, slug, number, pk):
    idea = _idea(slug, number)
    comment = get_object_or_404(_comments(request, idea), pk=pk)
    if not request.user.is_authenticated:
        messages.info(request, _("Please sign in to report a comment."))
        return redirect_to_login(request.path)
    form = ReportForm(request.POST or None)
    if refusal := comment.refusal_to_report(request.user):
        return explain(request, refusal, comment.get_absolute_url())
    if request.method == "POST" and form.is_valid():
        comment.report(request.user, now=timezone.now(), **form.cleaned_data)
        messages.success(request, _("Thank you. An editor will read it. Nobody is told who reported it."))
        return redirect(comment)
    context = {"idea": idea, "comment": comment, "form": form}
    status = 422 if form.is_bound else 200
    return render(request, "manifesto/comment_report.html", context, status=status)


def _idea(slug, number):
    ideas = Idea.objects.public().for_page().filter(round__slug=slug)
    return get_object_or_404(ideas, number=number)


def _comments(request, idea):
    """Those with a place on the idea's own page."""
    return Comment.objects.on_page_of(idea).visible_to(request.user).for_page()


def _refusal_to_all(idea, now):
    """Why nobody can comment on the idea, so that visitors needn't sign in to learn it."""
    if idea.takes_comments(now):
        return None
    return idea.refusal_to_discuss(None, now)


def _said(request, idea, comment, now):
    roles = {
        authorship.member_id: authorship.get_role_display()
        for authorship in idea.authorships.all()
        if authorship.accepted_at
    }
    is_own = comment.is_by(request.user)
    return Said(
        comment=comment,
        role=roles.get(comment.author_id, "") if comment.author_id else "",
        is_own=is_own,
        can_edit=is_own and comment.is_editable(now),
    )


def _write(request, idea, now, *, post, parent=None):
    if not request.user.is_authenticated:
        return typed.keep_while_signing_in(request, KEPT)
    data = request.POST if request.method == "POST" else typed.kept(request)
    form = CommentForm(data, initial={"key": uuid.uuid4()})
    check = parent.refusal_to_reply if parent else idea.refusal_to_discuss
    if request.method != "POST" or not form.is_valid():
        return _form_page(request, idea, form, parent=parent, refusal=check(request.user, now))
    try:
        comment = post(request.user, now=now, **form.cleaned_data)
    except (EmailUnverified, ConsentNeeded) as refusal:
        typed.keep(request, KEPT)
        return explain(request, refusal, request.path)
    except Refused as refusal:
        return _form_page(request, idea, form, parent=parent, refusal=refusal)
    typed.forget(request)
    if comment.is_waiting:
        messages.success(
            request, _("Thank you! It is your first comment, so an editor reads it before others can.")
        )
    else:
        messages.success(request, _("Thank you! Everybody can read it now."))
    return redirect(comment)


def _form_page(request, idea, form, *, parent=None, editing=None, refusal=None):
    """The page with the form, or with why there is none; what was typed is shown in either case."""
    now = timezone.now()
    status = 200
    if request.method == "POST":
        status = 403 if refusal else 422
    if isinstance(refusal, (EmailUnverified, ConsentNeeded)) and request.method != "POST":
        # The form stays: sending it leads to where this can be mended, and keeps what was typed.
        refusal = None
    context = {"idea": idea, "round": idea.round, "form": form, "editing": editing, "refusal": refusal}
    if parent:
        replies = _comments(request, idea).filter(parent=parent).by_oldest()
        page = Paginator(replies, REPLIES_PER_PAGE).get_page(request.GET.get("page"))
        context |= {
            "parent": _said(request, idea, parent, now),
            "page_obj": page,
            "replies": [_said(request, idea, reply, now) for reply in page],
            "takes_replies": idea.takes_replies(now),
        }
    return render(request, "manifesto/comment_form.html", context, status=status)
