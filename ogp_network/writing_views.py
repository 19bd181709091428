"""Pages and news as the public reads them, with what they said before."""

from django.core.paginator import Paginator
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_safe

from .models import Page, Post, readers_language

PER_PAGE = 20


@require_safe
def page_detail(request, slug):
    page = _at(Page, slug)
    if page.slug != slug:
        return redirect(page, permanent=True)
    return render(request, "pages/page_detail.html", {"page": page, "version": page.public})


@require_safe
def post_list(request):
    """The news; `?calls=open` keeps the calls to action that can still be answered."""
    now, only_calls = timezone.now(), request.GET.get("calls") == "open"
    posts = Post.objects.published().in_language(readers_language()).for_cards()
    shown = posts.calls_open(now).by_deadline() if only_calls else posts.open_calls_first(now)
    context = {
        "page_obj": Paginator(shown, PER_PAGE).get_page(request.GET.get("page")),
        "only_calls": only_calls,
        "now": now,
    }
    return render(request, "pages/post_list.html", context)


@require_safe
def post_detail(request, slug):
    post = _at(Post, slug)
    if post.slug != slug:
        return redirect(post, permanent=True)
    context = {"post": post, "version": post.public, "now": timezone.now()}
    return render(request, "pages/post_detail.html", context)


@require_safe
def version_list(request, slug, model):
    """Every version that is, or was, public: since when, and why it changed."""
    writing = _at(model, slug)
    if writing.slug != slug:
        return redirect(writing.versions_address, permanent=True)
    versions = writing.versions.published().by_latest().defer("body", "body_html", "search")
    context = {
        "writing": writing,
        "page_obj": Paginator(versions, PER_PAGE).get_page(request.GET.get("page")),
    }
    return render(request, "pages/version_list.html", context)


@require_safe
def version_detail(request, slug, number, model):
    """What a version said, and what it changed of the public one before it."""
    writing = _at(model, slug)
    version = get_object_or_404(writing.versions.published(), number=number)
    before = writing.versions.published().filter(number__lt=number).by_latest().first()
    context = {
        "writing": writing,
        "version": version,
        "before": before,
        "changes": before.changes_to(version.content()) if before else [],
    }
    return render(request, "pages/version_detail.html", context)


def _at(model, slug):
    writing = model.objects.at(slug, readers_language())
    if writing is None:
        raise Http404
    return writing
