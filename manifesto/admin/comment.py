from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import Http404
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.text import Truncator

from profiles.admin.filters import QuerysetFilter
from profiles.admin.lists import ReadOnly

from ..errors import Refused
from ..forms.comment import CommentModerationForm
from ..models import Comment


class StateFilter(QuerysetFilter):
    title = "state"
    parameter_name = "state"
    states = [
        ("to_read", "To be read"),
        ("reported", "Reported"),
        ("waiting", "First comments"),
        ("hidden", "Hidden"),
        ("deleted", "Deleted by their authors"),
    ]


@admin.register(Comment)
class CommentAdmin(ReadOnly, admin.ModelAdmin):
    """Where editors read what was reported and members' first comments, the latest report first."""

    list_display = ["beginning", "idea", "author", "state", "moderate", "created_at"]
    list_display_links = None
    list_filter = [StateFilter, "idea__round"]
    list_per_page = 50
    search_fields = ["text", "idea__title"]

    def get_queryset(self, request):
        return super().get_queryset(request).for_admin().by_urgency()

    def get_ordering(self, request):
        return []

    @admin.display(description="comment")
    def beginning(self, comment):
        return Truncator(comment.text).words(20) or "–"

    @admin.display(description="state")
    def state(self, comment):
        if comment.is_deleted:
            return "Deleted by its author"
        if comment.is_hidden:
            return f"Hidden: {comment.get_hidden_reason_display().lower()}"
        words = ["First comment"] if comment.is_waiting else []
        if comment.open_reports:
            words.append(f"Reported {comment.open_reports}×")
        return ", ".join(words) or "Published"

    @admin.display(description="answer")
    def moderate(self, comment):
        address = reverse("admin:manifesto_comment_moderate", args=[comment.pk])
        about = f": comment {comment.pk} on {comment.idea}"
        return format_html('<a href="{}">Read<span class="visually-hidden">{}</span></a>', address, about)

    def has_view_permission(self, request, obj=None):
        return request.user.has_perm("manifesto.moderate_idea")

    def has_module_permission(self, request):
        return self.has_view_permission(request)

    def get_urls(self):
        view = self.admin_site.admin_view(self.moderate_view)
        return [path("<int:pk>/moderations/", view, name="manifesto_comment_moderate"), *super().get_urls()]

    def moderate_view(self, request, pk):
        if not self.has_view_permission(request):
            raise PermissionDenied
        comment = Comment.objects.for_admin().filter(pk=pk).first()
        if comment is None:
            raise Http404
        form = CommentModerationForm(request.POST or None, comment=comment)
        if request.method == "POST" and form.is_valid():
            try:
                form.apply(by=request.user, now=timezone.now())
            except Refused as refusal:
                form.add_error(None, str(refusal))
            else:
                return self._next(request)
        context = {
            **self.admin_site.each_context(request),
            "title": f"Comment by {comment.author_name}",
            "opts": self.opts,
            "comment": comment,
            "is_own": comment.is_by(request.user),
            "form": form,
            # Without whose they are: nobody needs to know.
            "reports": comment.reports.by_latest().defer("member"),
            "moderations": comment.moderations.select_related("moderated_by"),
        }
        status = 422 if request.method == "POST" else 200
        return TemplateResponse(request, "admin/manifesto/comment/moderate.html", context, status=status)

    def _next(self, request):
        messages.success(request, "Your answer is on record.")
        others = Comment.objects.for_admin().to_read().exclude(author=request.user).by_urgency()
        if waiting := others.first():
            return redirect("admin:manifesto_comment_moderate", waiting.pk)
        messages.info(request, "That was the last one: nothing else is waiting.")
        return redirect("admin:manifesto_comment_changelist")
