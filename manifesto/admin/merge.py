from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.http import urlencode
from django.utils.text import Truncator

from profiles.admin.filters import QuerysetFilter

from ..errors import Refused
from ..forms.merge import MergeForm, NewWordingForm, SearchForm
from ..models import Idea, Merge, Vote

MOST_AT_ONCE = 20


class StateFilter(QuerysetFilter):
    title = "state"
    parameter_name = "state"
    states = [("live", "In force"), ("undone", "Undone")]


def _linked(idea):
    return format_html('<a href="{}">{}</a>', idea.get_absolute_url(), idea)


@admin.action(description="Merge into one newly worded idea…", permissions=["moderate"])
def merge_into_new(model_admin, request, ideas):
    """Go on to word the idea that the chosen ones are to be merged into."""
    chosen = list(ideas.order_by("number").values_list("pk", flat=True)[: MOST_AT_ONCE + 1])
    if not 2 <= len(chosen) <= MOST_AT_ONCE:
        messages.error(request, f"Choose between 2 and {MOST_AT_ONCE} ideas to merge.")
        return None
    return redirect(f"{reverse('admin:manifesto_merge_new')}?{urlencode({'idea': chosen}, doseq=True)}")


@admin.register(Merge)
class MergeAdmin(admin.ModelAdmin):
    """Where editors see which ideas were merged, merge and undo."""

    list_display = ["merged", "state", "into", "why", "editor", "merged_at"]
    list_display_links = None
    list_filter = [StateFilter, "source__round"]
    list_select_related = ["source", "target", "merged_by", "undone_by"]
    list_per_page = 50
    search_fields = ["source__title", "target__title"]
    ordering = ["-merged_at", "-pk"]

    def get_queryset(self, request):
        return super().get_queryset(request).with_ideas()

    @admin.display(description="idea")
    def merged(self, merge):
        return _linked(merge.source)

    @admin.display(description="merged into")
    def into(self, merge):
        return _linked(merge.target)

    @admin.display(description="because")
    def why(self, merge):
        return Truncator(merge.reason).words(25)

    @admin.display(description="by")
    def editor(self, merge):
        return merge.merged_by or "A former editor"

    @admin.display(description="state")
    def state(self, merge):
        if not merge.is_live:
            return f"Undone on {timezone.localtime(merge.undone_at):%-d %B %Y}"
        address = reverse("admin:manifesto_merge_undo", args=[merge.pk])
        return format_html(
            '<a href="{}">Undo…<span class="visually-hidden">: {}</span></a>', address, merge.source
        )

    def has_view_permission(self, request, obj=None):
        return request.user.has_perm("manifesto.moderate_idea")

    has_add_permission = has_view_permission

    def has_change_permission(self, request, obj=None):
        return False

    def has_delete_permission(self, request, obj=None):
        return False

    def get_urls(self):
        pages = [
            ("new/", self.new_view, "manifesto_merge_new"),
            ("<int:pk>/undo/", self.undo_view, "manifesto_merge_undo"),
        ]
        urls = [path(part, self.admin_site.admin_view(view), name=name) for part, view, name in pages]
        return [*urls, *super().get_urls()]

    def add_view(self, request, form_url="", extra_context=None):
        """Choose what the idea `source` is to be merged into, see what it amounts to, and do it."""
        self._ask_permission(request)
        if "source" not in request.GET:
            messages.info(request, "Open an idea, then press “Merge into another idea…”.")
            return redirect(f"{reverse('admin:manifesto_idea_changelist')}?state=published")
        now = timezone.now()
        source = self._ideas(request.GET.getlist("source")[:1])[0]
        search = SearchForm(request.GET)
        form = MergeForm(request.POST or None, source=source, likely=search.found(source), now=now)
        context = {"source": source, "search": search, "form": form, "title": f"Merge “{source}”"}
        if request.method != "POST" or not form.is_valid():
            return self._page(request, "merge", **context)
        target, reason = form.cleaned_data["target"], form.cleaned_data["reason"]
        if "confirm" not in request.POST:
            supporters = {idea: Vote.objects.in_trees_of([idea]).supporters() for idea in (source, target)}
            together = Vote.objects.in_trees_of([source, target]).supporters()
            context |= {"target": target, "reason": reason, "supporters": supporters, "together": together}
            return self._page(request, "merge_preview", **context)
        try:
            source.merge_into(target, by=request.user, reason=reason, now=now)
        except Refused as refusal:
            form.add_error(None, str(refusal))
            return self._page(request, "merge", **context)
        return self._done(request, target, f"“{source}” counts for “{target}” now.")

    def new_view(self, request):
        """Word a new idea that those given by `idea` are merged into, and do it."""
        self._ask_permission(request)
        now = timezone.now()
        ideas = self._ideas(request.GET.getlist("idea")[:MOST_AT_ONCE])
        first = ideas[0]
        form = NewWordingForm(request.POST or None, ideas=ideas)
        refusals = [refusal for idea in ideas if (refusal := idea.refusal_to_merge(first.round, now))]
        context = {
            "ideas": ideas,
            "refusals": refusals,
            "form": form,
            "together": Vote.objects.in_trees_of(ideas).supporters(),
            "title": "Merge into a newly worded idea",
        }
        if request.method == "POST" and form.is_valid() and not refusals:
            reason = form.cleaned_data.pop("reason")
            try:
                idea = Merge.objects.join_in_new(
                    ideas, by=request.user, reason=reason, now=now, round=first.round, **form.cleaned_data
                )
            except Refused as refusal:
                form.add_error(None, str(refusal))
            else:
                return self._done(request, idea, f"{len(ideas)} ideas count for “{idea}” now.")
        return self._page(request, "merge_new", **context)

    def undo_view(self, request, pk):
        self._ask_permission(request)
        merge = get_object_or_404(Merge.objects.with_ideas(), pk=pk)
        now = timezone.now()
        refusal = merge.refusal_to_undo(now)
        if request.method == "POST":
            try:
                merge.undo(by=request.user, now=now)
            except Refused as refused:
                refusal = refused
            else:
                return self._done(request, merge, f"“{merge.source}” counts for itself again.")
        context = {"merge": merge, "refusal": refusal, "title": f"Undo: {merge}"}
        if not refusal:
            context["apart"] = merge.supporters_apart()
        status = 409 if refusal and request.method == "POST" else 200
        return self._page(request, "merge_undo", status=status, **context)

    def _ask_permission(self, request):
        if not self.has_view_permission(request):
            raise PermissionDenied

    def _ideas(self, keys):
        """The published ideas of these keys, in the order of their numbers. Raise Http404 if one isn't there."""
        numbers = {key for key in keys if key.isascii() and key.isdigit() and len(key) < 19}
        ideas = Idea.objects.published().filter(pk__in=numbers).select_related("round", "theme", "survivor")
        ideas = list(ideas.defer("search", "survivor__search").by_number())
        if not ideas or len(ideas) != len(set(keys)):
            raise Http404
        return ideas

    def _done(self, request, thing, words):
        request.audit_target = thing
        messages.success(request, f"{words} Everybody concerned is told.")
        return redirect("admin:manifesto_merge_changelist")

    def _page(self, request, name, status=200, **context):
        if context.get("form") and context["form"].errors:
            status = 422
        context = {**self.admin_site.each_context(request), "opts": self.opts, **context}
        return TemplateResponse(request, f"admin/manifesto/idea/{name}.html", context, status=status)
