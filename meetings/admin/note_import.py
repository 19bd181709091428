from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import QueryDict
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.urls import path
from django.utils import timezone
from django.utils.decorators import method_decorator

from profiles.admin.lists import PlainTitle, moment
from profiles.errors import Refused
from profiles.limits import limited
from profiles.models import Organisation

from ..forms.pasting import PasteForm
from ..forms.preview import MORE_ROWS, Preview
from ..models import NoteImport

NEEDED = ("meetings.add_note", "meetings.add_meeting", "meetings.change_meeting")


@admin.register(NoteImport)
class NoteImportAdmin(PlainTitle, admin.ModelAdmin):
    """Notes brought in as text, from the paste to the draft. Those who may write notes and meetings use it."""

    list_display = ["__str__", "state", "brought_by", moment("brought_at")]
    list_select_related = ["brought_by"]
    list_per_page = 50
    ordering = ["-brought_at", "-pk"]

    @admin.display(description="state")
    def state(self, source):
        return source.state

    def has_module_permission(self, request):
        return request.user.has_perms(NEEDED)

    def has_view_permission(self, request, obj=None):
        return request.user.has_perms(NEEDED)

    def has_add_permission(self, request):
        return request.user.has_perms(NEEDED)

    def has_change_permission(self, request, obj=None):
        return False

    def has_delete_permission(self, request, obj=None):
        return False

    def get_urls(self):
        pages = [
            ("<int:pk>/blocks/<int:number>/", self.block_view, "block"),
            ("<int:pk>/removal/", self.removal_view, "removal"),
        ]
        return [
            path(part, self.admin_site.admin_view(view), name=f"meetings_noteimport_{name}")
            for part, view, name in pages
        ] + super().get_urls()

    @method_decorator(limited("import"))
    def add_view(self, request, form_url="", extra_context=None):
        self._require_permission(request)
        form = PasteForm(request.POST or None, request.FILES or None)
        if form.is_bound and form.is_valid():
            source, is_new = form.receive(by=request.user, now=timezone.now())
            request.audit_target = source
            if not is_new:
                messages.info(request, "This text was brought in before. Here it is.")
            return redirect(source)
        return self._page(
            request,
            "paste",
            status=422 if form.errors else 200,
            title="Import a note",
            form=form,
            unfinished=NoteImport.objects.open().for_list()[:10],
        )

    def change_view(self, request, object_id, form_url="", extra_context=None):
        source = self._source(request, object_id)
        if not source.is_open or source.is_forgotten:
            blocks = [] if source.is_forgotten else list(enumerate(source.blocks()))
            others = [pair for pair in blocks if pair[0] != source.block and pair[1].is_note]
            return self._page(request, "done", title=str(source), source=source, others=others)
        if request.method == "POST":
            return self._answer(request, source)
        typed = QueryDict(source.corrections) if source.corrections else None
        return self._preview(request, source, Preview(source, typed))

    def _answer(self, request, source):
        """Keep what was typed; then add rows, stop for now, or make the note."""
        typed = request.POST.copy()
        typed.pop("csrfmiddlewaretoken", None)
        rows = typed.get("_rows")
        if rows in ("attendees", "points", "sections", "actions"):
            count = typed.get(f"{rows}-TOTAL_FORMS", "")
            typed[f"{rows}-TOTAL_FORMS"] = int(count) + MORE_ROWS if count.isdecimal() else MORE_ROWS
        try:
            source.keep(typed.urlencode())
            if "_rows" in typed or "_keep" in typed:
                if "_keep" in typed:
                    messages.success(request, "Kept. Come back to it whenever you like.")
                return redirect(f"{source.get_absolute_url()}{f'#{rows}' if rows else ''}")
            preview = Preview(source, typed)
            if preview.is_valid():
                note = source.confirm(preview.draft(), by=request.user, now=timezone.now())
                messages.success(request, "Here is the draft note. Publish it when it is right.")
                return redirect("meetings:note_edit", note.meeting.slug)
        except Refused as refusal:
            source.refresh_from_db()
            if not source.is_open:
                messages.info(request, str(refusal))
                return redirect(source)
            preview.form.add_error(None, str(refusal))
        return self._preview(request, source, preview, status=422)

    def _preview(self, request, source, preview, status=200):
        errors = list(preview.errors()) if status == 422 else []
        return self._page(
            request,
            "preview",
            status=status,
            title=f"Check the note: {source}",
            source=source,
            preview=preview,
            errors=errors,
            organisations=Organisation.objects.by_name(),
        )

    def block_view(self, request, pk, number):
        source = self._source(request, pk)
        if request.method == "POST":
            try:
                source = source.for_block(number, by=request.user, now=timezone.now())
            except Refused as refusal:
                messages.error(request, str(refusal))
        return redirect(source)

    def removal_view(self, request, pk):
        source = self._source(request, pk)
        if request.method != "POST":
            return redirect(source)
        try:
            source.discard()
        except Refused as refusal:
            messages.error(request, str(refusal))
            return redirect(source)
        messages.success(request, f"“{source}” is forgotten. No note was made of it.")
        return redirect("admin:meetings_noteimport_changelist")

    def _source(self, request, pk):
        self._require_permission(request)
        sources = NoteImport.objects.for_list().filter(pk=pk if str(pk).isdecimal() else None)
        return get_object_or_404(sources)

    def _require_permission(self, request):
        if not request.user.has_perms(NEEDED):
            raise PermissionDenied

    def _page(self, request, name, *, status=200, **context):
        context = {**self.admin_site.each_context(request), "opts": self.opts, **context}
        return TemplateResponse(request, f"admin/meetings/noteimport/{name}.html", context, status=status)
