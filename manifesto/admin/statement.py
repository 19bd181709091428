"""Where editors write statements, version by version, and publish them."""

from django.contrib import admin, messages
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.utils import timezone
from django.views.decorators.http import require_POST

from profiles.admin.fields import FIELDS, RowsFormSet
from profiles.admin.lists import PlainTitle, moment
from profiles.admin.publication import Begun, Changeable

from ..errors import EditedMeanwhile, Refused
from ..forms.statement import AskFormSet, StatementDraftForm, asks_of
from ..models import Ask, Statement
from ..views.statements import text_of


class AskInline(admin.TabularInline):
    """What each ask is about in full; its words are written in versions."""

    model = Ask
    formset = RowsFormSet
    fields = ["number", "commitment"]
    readonly_fields = ["number"]
    extra = 0
    can_delete = False
    # The statement leads there.
    view_on_site = False

    def get_queryset(self, request):
        return super().get_queryset(request).public()

    def has_add_permission(self, request, obj=None):
        return False

    def formfield_for_foreignkey(self, db_field, request, **kwargs):
        if db_field.name == "commitment":
            kwargs["queryset"] = db_field.related_model.objects.public().select_related("round", "plan")
        return super().formfield_for_foreignkey(db_field, request, **kwargs)


@admin.register(Statement)
class StatementAdmin(PlainTitle, Begun, Changeable, admin.ModelAdmin):
    """Where a statement stands, and the way to its draft."""

    change_form_template = "admin/manifesto/statement/change_form.html"
    formfield_overrides = FIELDS
    prepopulated_fields = {"slug": ["title"]}
    fields = ["title", "slug", "summary", "language", "round", "signing_closes_on"]
    list_display = ["title", "state", moment("published_at")]
    search_fields = ["title"]
    ordering = ["-pk"]
    inlines = [AskInline]
    page_once_begun = "draft"

    @admin.display(description="state")
    def state(self, statement):
        return "Public" if statement.is_public else "Draft"

    def get_inlines(self, request, obj):
        return self.inlines if obj and obj.is_public else []

    def get_readonly_fields(self, request, obj=None):
        # People have written the address down.
        return ["slug"] if obj and obj.is_public else []

    def get_prepopulated_fields(self, request, obj=None):
        return {} if obj and obj.is_public else self.prepopulated_fields

    def has_delete_permission(self, request, obj=None):
        return False

    def get_urls(self):
        pages = [
            ("draft", self.draft_view, "draft"),
            ("draft/preview", self.preview_view, "preview"),
            ("draft/publication", self.publication_view, "publication"),
            ("draft/end", require_POST(self.draft_end_view), "draft_end"),
        ]
        return [
            *(
                path(
                    f"<path:pk>/{part}/", self.admin_site.admin_view(view), name=f"manifesto_statement_{name}"
                )
                for part, view, name in pages
            ),
            *super().get_urls(),
        ]

    def render_change_form(self, request, context, *args, obj=None, **kwargs):
        context["draft"] = obj and obj.draft
        context["current"] = obj and obj.current_version
        return super().render_change_form(request, context, *args, obj=obj, **kwargs)

    def draft_view(self, request, pk):
        """The version that is being written, with its asks. It begins from the last one."""
        statement = self.changeable(request, pk)
        if request.method == "POST":
            return self._save_draft(request, statement)
        begun = statement.draft or statement.current_version
        return self._draft_page(
            request,
            statement,
            StatementDraftForm(
                initial={
                    "text": begun.text if begun else "",
                    "note": statement.draft.note if statement.draft else "",
                    "opened": statement.draft_mark(),
                }
            ),
            AskFormSet(initial=asks_of(begun) if begun else [], prefix="asks"),
        )

    def _save_draft(self, request, statement):
        form, asks = StatementDraftForm(request.POST), AskFormSet(request.POST, prefix="asks")
        if not (form.is_valid() & asks.is_valid()):
            return self._draft_page(request, statement, form, asks, status=422)
        try:
            statement.write_draft(asks=asks.asks, by=request.user, now=timezone.now(), **form.cleaned_data)
        except EditedMeanwhile as refusal:
            form.add_error(None, f"{refusal} What they saved is below; save again to put yours in its place.")
            form.data = form.data.copy()
            form.data["opened"] = statement.draft_mark()
            return self._draft_page(request, statement, form, asks, status=409, theirs=statement.draft)
        self.log_change(request, statement, "Draft saved.")
        if "publish" in request.POST:
            return redirect("admin:manifesto_statement_publication", statement.pk)
        messages.success(request, "The draft is saved. Only editors see it.")
        return redirect("admin:manifesto_statement_draft", statement.pk)

    def preview_view(self, request, pk):
        """The draft as it would appear to everybody."""
        statement = self.changeable(request, pk)
        draft = statement.draft
        if draft is None:
            return redirect("admin:manifesto_statement_draft", statement.pk)
        context = {
            "statement": statement,
            **text_of(draft),
            "is_preview": True,
            "address": reverse("admin:manifesto_statement_draft", args=[statement.pk]),
        }
        return TemplateResponse(request, "manifesto/statement_detail.html", context)

    def publication_view(self, request, pk):
        """Publish the draft for good, after a question that shows what changed."""
        statement = self.changeable(request, pk)
        if request.method == "POST":
            try:
                version = statement.publish(
                    by=request.user, now=timezone.now(), seen=request.POST.get("seen", "")
                )
            except Refused as refusal:
                messages.error(request, str(refusal))
            else:
                self.log_change(request, statement, f"Version {version.number} published.")
                messages.success(
                    request,
                    f"Version {version.number} of “{statement}” is public now. "
                    "Below you can say which commitment says an ask in full.",
                )
                return self.back_to(statement)
        draft, current = statement.draft, statement.current_version
        return self._page(
            request,
            "publication",
            f"Publish “{statement}”",
            statement,
            draft=draft,
            current=current,
            refusal=statement.refusal_to_publish(),
            mark=statement.draft_mark(),
            asks=asks_of(draft) if draft else [],
            sections=current.compared_with(draft) if draft and current else [],
        )

    def draft_end_view(self, request, pk):
        statement = self.changeable(request, pk)
        statement.give_up_draft()
        self.log_change(request, statement, "Draft thrown away.")
        messages.success(request, "The draft is gone. What is public stays.")
        return self.back_to(statement)

    def _draft_page(self, request, statement, form, asks, *, status=200, theirs=None):
        return self._page(
            request,
            "draft",
            f"Write “{statement}”",
            statement,
            status=status,
            form=form,
            asks=asks,
            draft=statement.draft,
            theirs=theirs,
            their_asks=asks_of(theirs) if theirs else [],
        )

    def _page(self, request, name, title, statement, *, status=200, **context):
        context = {
            **self.admin_site.each_context(request),
            "title": title,
            "opts": self.opts,
            "statement": statement,
            **context,
        }
        return TemplateResponse(request, f"admin/manifesto/statement/{name}.html", context, status=status)
