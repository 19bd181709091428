"""Where editors look after action plans: what they promise, what is reported on it, and what is to be checked."""

from functools import wraps

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.db import transaction
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.views.decorators.http import require_http_methods, require_safe

from profiles.admin.fields import FIELDS
from profiles.admin.lists import PlainTitle
from profiles.admin.publication import Begun

from ..errors import Refused
from ..forms.plans import MilestoneForms, PromiseForm
from ..forms.statuses import BatchForm, CorrectionForm, SheetForm, WithdrawalForm
from ..models import ActionPlan, Commitment, Milestone, StatusReport
from ..models.commitments.status_sheet import in_pages, things_of

PER_PAGE = 50
# As many rows as an editor and a browser take in at once.
ROWS_AT_ONCE = 100


def page(request, name, *, status=200, **context):
    context = {**admin.site.each_context(request), "is_nav_sidebar_enabled": False, **context}
    return TemplateResponse(request, f"admin/manifesto/actionplan/{name}.html", context, status=status)


def plan_view(view):
    """Hand the view the plan and the time, if the person at the page looks after plans."""

    @wraps(view)
    def wrapped(request, pk, **kwargs):
        if not request.user.has_perm("manifesto.change_actionplan"):
            raise PermissionDenied
        return view(request, get_object_or_404(ActionPlan, pk=pk), now=timezone.now(), **kwargs)

    return wrapped


def posted(request):
    return request.POST if request.method == "POST" else None


@require_safe
@plan_view
def commitments(request, plan, *, now):
    listed = plan.commitments.by_number().prefetch_related("milestones")
    return page(
        request,
        "commitments",
        title="Commitments",
        plan=plan,
        page_obj=Paginator(listed, PER_PAGE).get_page(request.GET.get("page")),
    )


@require_http_methods(["GET", "HEAD", "POST"])
@plan_view
def commitment(request, plan, *, now, number=None):
    """Begin a commitment, or change one, with its milestones."""
    promise = get_object_or_404(plan.commitments, number=number) if number else Commitment(plan=plan)
    form = PromiseForm(posted(request), instance=promise, plan=plan)
    milestones = MilestoneForms(
        posted(request),
        instance=promise,
        queryset=Milestone.objects.for_desk(),
        form_kwargs={"is_public": promise.is_public},
        prefix="milestones",
    )
    if form.is_bound and all([form.is_valid(), milestones.is_valid()]):
        try:
            with transaction.atomic():
                milestones.instance = form.keep(by=request.user, now=now)
                milestones.keep(by=request.user, now=now)
        except Refused as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, f"Commitment {milestones.instance.number} is saved.")
            return redirect("admin:manifesto_actionplan_commitment", plan.pk, milestones.instance.number)
    return page(
        request,
        "commitment",
        status=422 if form.is_bound else 200,
        title=f"Commitment {number}" if number else "A new commitment",
        plan=plan,
        commitment=promise,
        form=form,
        milestones=milestones,
    )


@require_http_methods(["GET", "HEAD", "POST"])
@plan_view
def publication(request, plan, *, now):
    """Ask before the plan is public, with all its commitments; or those of a public plan that aren't."""
    refusal = None
    if request.method == "POST":
        try:
            plan.publish(by=request.user, now=now)
        except Refused as why_not:
            refusal = why_not
        else:
            messages.success(request, f"{plan} is public, with its commitments.")
            return redirect("admin:manifesto_actionplan_commitments", plan.pk)
    return page(
        request,
        "publication",
        status=409 if refusal else 200,
        title="Publish",
        plan=plan,
        refusal=refusal,
        drafts=plan.commitments.filter(published_at=None).by_number(),
    )


@require_http_methods(["GET", "HEAD", "POST"])
@plan_view
def report_batch(request, plan, *, now):
    """What one source says on one day, of as much of the plan as it says anything of; a large plan comes in pages."""
    pages = Paginator(in_pages(things_of(plan), ROWS_AT_ONCE), 1)
    here = pages.get_page(request.GET.get("page"))
    [things] = here.object_list
    form = BatchForm(posted(request), plan=plan, things=things, now=now, initial=request.GET.dict())
    if form.is_valid():
        try:
            reports = form.record(by=request.user)
        except Refused as refusal:
            form.source.add_error(None, str(refusal))
        else:
            number = len(reports)
            messages.success(request, f"{number} report{'s are' if number > 1 else ' is'} recorded.")
            return _after_batch(plan, here, form.source.said)
    return page(
        request,
        "report_batch",
        status=422 if form.is_bound else 200,
        title="Record reports",
        plan=plan,
        form=form.source,
        rows=form.rows,
        page_obj=here,
    )


def _after_batch(plan, here, source):
    """The next page of the plan, with the same source; after the last one all reports."""
    if not here.has_next():
        return redirect("admin:manifesto_actionplan_reports", plan.pk)
    query = urlencode({"page": here.next_page_number(), **source})
    return redirect(f"{reverse('admin:manifesto_actionplan_report_batch', args=[plan.pk])}?{query}")


@require_safe
@plan_view
def reports(request, plan, *, now):
    listed = StatusReport.objects.about(plan.commitments.all()).for_page().by_latest()
    return page(
        request,
        "reports",
        title="Reports",
        plan=plan,
        page_obj=Paginator(listed.select_related("corrected_by"), PER_PAGE).get_page(request.GET.get("page")),
    )


def _report_of(plan, report):
    return get_object_or_404(StatusReport.objects.about(plan.commitments.all()).for_page(), pk=report)


@require_http_methods(["GET", "HEAD", "POST"])
@plan_view
def correction(request, plan, *, report, now):
    report = _report_of(plan, report)
    form = CorrectionForm(posted(request), instance=report)
    return _end(request, plan, report, form, "correction", lambda: form.correct(by=request.user, now=now))


@require_http_methods(["GET", "HEAD", "POST"])
@plan_view
def withdrawal(request, plan, *, report, now):
    report = _report_of(plan, report)
    form = WithdrawalForm(posted(request))

    def withdraw():
        report.withdraw(because=form.cleaned_data["because"], by=request.user, now=now)

    return _end(request, plan, report, form, "withdrawal", withdraw)


def _end(request, plan, report, form, name, end):
    """A page to correct or withdraw a report, which does so by `end` once it has what it needs."""
    refusal = None
    if form.is_bound and form.is_valid():
        try:
            end()
        except Refused as why_not:
            refusal = why_not
        else:
            messages.success(request, f"The {name} is public, with today's date.")
            return redirect("admin:manifesto_actionplan_reports", plan.pk)
    return page(
        request,
        name,
        status=409 if refusal else 422 if form.is_bound else 200,
        title=f"{name.capitalize()} of a report",
        plan=plan,
        report=report,
        form=form,
        refusal=refusal,
    )


@require_http_methods(["GET", "HEAD", "POST"])
@plan_view
def sheet(request, plan, *, now):
    """A spreadsheet of statuses: first what would come of it, and once somebody confirms that, it is taken in."""
    form = SheetForm(posted(request), request.FILES or None)
    reading, new, is_confirmed = None, [], "confirm" in request.POST
    if form.is_bound and form.is_valid():
        reading, new = form.read(plan, now=now)
    if reading and is_confirmed and reading.is_sound:
        try:
            form.take_in(new, plan, by=request.user, now=now)
        except Refused as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, f"{len(new)} new report{'' if len(new) == 1 else 's'} from the file.")
            return redirect("admin:manifesto_actionplan_reports", plan.pk)
    is_wrong = form.is_bound and not (reading and reading.is_sound and not form.errors)
    return page(
        request,
        "sheet",
        status=422 if is_wrong else 200,
        title="Bring in statuses",
        plan=plan,
        form=form,
        reading=reading,
        text=getattr(form, "typed", ""),
        new=len(new),
        sources=StatusReport.Source.choices,
    )


@require_safe
def checks(request):
    """What is to be looked at again, in all plans, what is overdue first."""
    if not request.user.has_perm("manifesto.change_actionplan"):
        raise PermissionDenied
    today = timezone.localdate(timezone.now())
    planned = Milestone.objects.planned_checks().select_related("commitment__plan")
    return page(
        request,
        "checks",
        title="What is to be checked",
        today=today,
        page_obj=Paginator(planned, PER_PAGE).get_page(request.GET.get("page")),
    )


@admin.register(ActionPlan)
class ActionPlanAdmin(PlainTitle, Begun, admin.ModelAdmin):
    """A government's plan: its words and dates here, the rest on pages of its own."""

    formfield_overrides = FIELDS
    list_display = ["title", "starts_on", "ends_on", "state"]
    ordering = ["-starts_on", "-pk"]
    search_fields = ["title"]
    prepopulated_fields = {"slug": ["title"]}
    fields = ["title", "slug", "introduction", "language", "round", ("starts_on", "ends_on"), "source_url"]
    page_once_begun = "commitments"

    @admin.display(description="state")
    def state(self, plan):
        return "Public" if plan.is_public else "Draft"

    def has_delete_permission(self, request, obj=None):
        return False

    def get_urls(self):
        pages = [
            ("commitments/", commitments, "commitments"),
            ("commitments/new/", commitment, "commitment_new"),
            ("commitments/<int:number>/", commitment, "commitment"),
            ("publication/", publication, "publication"),
            ("reports/", reports, "reports"),
            ("reports/new/", report_batch, "report_batch"),
            ("reports/<int:report>/correction/", correction, "correction"),
            ("reports/<int:report>/withdrawal/", withdrawal, "withdrawal"),
            ("statuses/", sheet, "sheet"),
        ]
        urls = [
            path(f"<int:pk>/{part}", self.admin_site.admin_view(view), name=f"manifesto_actionplan_{name}")
            for part, view, name in pages
        ]
        desk = path("checks/", self.admin_site.admin_view(checks), name="manifesto_actionplan_checks")
        return [desk, *urls, *super().get_urls()]
