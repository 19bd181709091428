"""Where editors bring in a spreadsheet of ideas: send it, name its columns, see what would come of it, confirm."""

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.urls import path
from django.utils import timezone
from django.utils.decorators import method_decorator

from profiles.limits import limited

from ..errors import Refused
from ..forms.importing import ColumnsForm, UploadForm
from ..models import Action, ImportBatch, ImportRow
from ..spreadsheets import DELIMITERS, ENCODINGS, Unreadable

PER_PAGE = 50
SECONDS_PER_PAGE = 3.0


@admin.register(ImportBatch)
class ImportBatchAdmin(admin.ModelAdmin):
    """Spreadsheets of ideas, from upload to result. Those who may add ideas use it."""

    list_display = ["file_name", "round", "origin", "state", "uploaded_by", "uploaded_at"]
    list_select_related = ["round", "uploaded_by"]
    list_per_page = 50
    ordering = ["-uploaded_at", "-pk"]

    @admin.display(description="state")
    def state(self, batch):
        if batch.is_finished:
            return "Finished"
        if batch.is_confirmed:
            return "Being taken in"
        return "Waiting for your word" if batch.is_checked else "Not read through yet"

    def has_module_permission(self, request):
        return request.user.has_perm("manifesto.add_idea")

    def has_view_permission(self, request, obj=None):
        return request.user.has_perm("manifesto.add_idea")

    def has_add_permission(self, request):
        return request.user.has_perm("manifesto.add_idea")

    def has_change_permission(self, request, obj=None):
        return False

    def has_delete_permission(self, request, obj=None):
        return False

    def get_urls(self):
        pages = [
            ("<int:pk>/columns/", self.columns_view, "columns"),
            ("<int:pk>/confirmation/", self.confirmation_view, "confirmation"),
            ("<int:pk>/removal/", self.removal_view, "removal"),
        ]
        return [
            path(part, self.admin_site.admin_view(view), name=f"manifesto_importbatch_{name}")
            for part, view, name in pages
        ] + super().get_urls()

    @method_decorator(limited("import"))
    def add_view(self, request, form_url="", extra_context=None):
        self._require_permission(request)
        now = timezone.now()
        form = UploadForm(request.POST or None, request.FILES or None, now=now)
        if form.is_bound and form.is_valid():
            try:
                batch = form.stage(by=request.user, now=now)
            except Unreadable as error:
                form.add_error("file", str(error))
            except Refused as refusal:
                form.add_error(None, str(refusal))
            else:
                request.audit_target = batch
                return redirect("admin:manifesto_importbatch_columns", batch.pk)
        status = 422 if form.errors else 200
        return self._page(
            request, "upload", status=status, title="Bring in a spreadsheet of ideas", form=form
        )

    def columns_view(self, request, pk):
        batch = self._batch(request, pk)
        if batch.is_confirmed:
            return redirect(batch)
        form = ColumnsForm(request.POST or None, batch=batch)
        if form.is_bound and form.is_valid():
            try:
                form.apply(now=timezone.now())
            except Refused as refusal:
                form.add_error(None, str(refusal))
            else:
                return redirect(batch)
        return self._page(
            request,
            "columns",
            status=422 if form.errors else 200,
            title="What the columns are",
            batch=batch,
            form=form,
            encoding=ENCODINGS.get(batch.encoding, batch.encoding),
            delimiter=DELIMITERS.get(batch.delimiter, batch.delimiter),
        )

    def change_view(self, request, object_id, form_url="", extra_context=None):
        """What comes of each row. While there is work to do, each visit does some of it and the page asks for more.

        That work was asked for by POST; a visit only says that somebody waits for it.
        """
        batch = self._batch(request, object_id)
        if batch.mapped_at is None:
            return redirect("admin:manifesto_importbatch_columns", batch.pk)
        now = timezone.now()
        batch.advance(now=now, seconds=SECONDS_PER_PAGE)
        if batch.is_working:
            return self._progress(request, batch)
        counts = batch.rows.outcome_counts()
        chosen = request.GET.get("outcome")
        rows = batch.rows.select_related("idea__round").defer("cells", "idea__search").order_by("number")
        if chosen in ImportRow.Outcome.values:
            rows = rows.filter(outcome=chosen)
        return self._page(
            request,
            "batch",
            title=f"What came of {batch}" if batch.is_finished else f"What would come of {batch}",
            batch=batch,
            outcomes=[(value, label, counts.get(value, 0)) for value, label in ImportRow.Outcome.choices],
            chosen=chosen,
            total=sum(counts.values()),
            taken_in=sum(counts.get(outcome, 0) for outcome in ImportRow.TAKEN_IN),
            page_obj=Paginator(rows, PER_PAGE).get_page(request.GET.get("page")),
            is_open=batch.round.allows(Action.CAPTURE, now),
        )

    def _progress(self, request, batch):
        counts = batch.rows.outcome_counts()
        if batch.is_confirmed:
            total = sum(counts.get(outcome, 0) for outcome in ImportRow.TAKEN_IN)
            done = batch.rows.filter(outcome__in=ImportRow.TAKEN_IN).exclude(done_at=None).count()
        else:
            total = sum(counts.values())
            done = total - counts.get("", 0)
        is_refreshing = request.GET.get("refresh") != "off"
        response = self._page(
            request,
            "progress",
            title=f"Taking in {batch}" if batch.is_confirmed else f"Reading {batch}",
            batch=batch,
            total=total,
            done=done,
            is_refreshing=is_refreshing,
        )
        if is_refreshing:
            response["Refresh"] = "1"
        return response

    def confirmation_view(self, request, pk):
        batch = self._batch(request, pk)
        if request.method == "POST":
            try:
                batch.confirm(by=request.user, now=timezone.now())
            except Refused as refusal:
                messages.error(request, str(refusal))
        return redirect(batch)

    def removal_view(self, request, pk):
        batch = self._batch(request, pk)
        if request.method != "POST":
            return redirect(batch)
        try:
            batch.discard()
        except Refused as refusal:
            messages.error(request, str(refusal))
            return redirect(batch)
        messages.success(request, f"{batch} is forgotten. None of its ideas was taken in.")
        return redirect("admin:manifesto_importbatch_changelist")

    def _batch(self, request, pk):
        self._require_permission(request)
        batches = ImportBatch.objects.for_list().filter(pk=pk if str(pk).isdecimal() else None)
        return get_object_or_404(batches)

    def _require_permission(self, request):
        if not request.user.has_perm("manifesto.add_idea"):
            raise PermissionDenied

    def _page(self, request, name, *, status=200, **context):
        context = {**self.admin_site.each_context(request), "opts": self.opts, **context}
        return TemplateResponse(request, f"admin/manifesto/importbatch/{name}.html", context, status=status)
