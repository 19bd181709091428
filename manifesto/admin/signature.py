"""What editors see of those who sign, endorse, need time or ask for more, and how they take it from the page."""

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.utils import timezone
from django.utils.html import format_html

from profiles.admin.filters import QuerysetFilter
from profiles.admin.lists import PlainTitle, ReadOnly, moment
from profiles.survey_forms import LineField

from ..errors import Refused
from ..forms.signing import WithdrawalForm
from ..models import Endorsement, OwnAsk, Signature, SignOff


class StateFilter(QuerysetFilter):
    title = "state"
    parameter_name = "state"
    states = [
        ("current", "Of the version that stands"),
        ("outdated", "Of an earlier version"),
        ("withdrawn", "Withdrawn"),
    ]


class HidingForm(forms.Form):
    use_required_attribute = False
    reason = LineField(
        label="Why?",
        max_length=500,
        help_text="Only editors and the organisation read it.",
        error_messages={"required": "Say why: the organisation is told."},
    )


class Acting(PlainTitle, ReadOnly):
    """A list whose rows lead to a page with one thing to do: `verb` names its address, `label` the link."""

    verb, label, permission = "", "", "manifesto.change_statement"
    list_per_page = 50
    list_display_links = None

    def get_urls(self):
        name = f"{self.opts.app_label}_{self.opts.model_name}_{self.verb}"
        view = self.admin_site.admin_view(self.act_view)
        return [path(f"<int:pk>/{self.verb}/", view, name=name), *super().get_urls()]

    @admin.display(description="what to do")
    def act(self, thing):
        if not self.can_act(thing):
            return "–"
        name = f"admin:{self.opts.app_label}_{self.opts.model_name}_{self.verb}"
        link = '<a href="{}">{}<span class="visually-hidden">: {}</span></a>'
        return format_html(link, reverse(name, args=[thing.pk]), self.label, thing)

    def act_view(self, request, pk):
        if not request.user.has_perm(self.permission):
            raise PermissionDenied
        thing = get_object_or_404(self.get_queryset(request), pk=pk)
        form = self.acting_form(request.POST if request.method == "POST" else None)
        if form.is_valid():
            try:
                words = self.do(thing, form, by=request.user, now=timezone.now())
            except Refused as refusal:
                form.add_error(None, str(refusal))
            else:
                messages.success(request, words)
                return redirect(f"admin:{self.opts.app_label}_{self.opts.model_name}_changelist")
        context = {
            **self.admin_site.each_context(request),
            "title": str(thing),
            "opts": self.opts,
            "thing": thing,
            "form": form,
            "button": self.button(thing),
        }
        status = 422 if form.errors else 200
        return TemplateResponse(request, "admin/manifesto/statement/act.html", context, status=status)


@admin.register(Signature)
class SignatureAdmin(Acting, admin.ModelAdmin):
    """Who signed which version, the withdrawn ones too."""

    verb, label, acting_form = "withdrawals", "Withdraw…", WithdrawalForm
    list_display = ["organisation", "version", moment("signed_at", "signed"), "state", "act"]
    list_filter = [StateFilter, "version__statement"]
    list_select_related = ["organisation", "version__statement"]
    search_fields = ["organisation__name"]
    ordering = ["-signed_at", "-pk"]

    @admin.display(description="state")
    def state(self, signature):
        if not signature.is_withdrawn:
            return "Signed"
        return f"Withdrawn: {signature.withdrawal_reason}" if signature.withdrawal_reason else "Withdrawn"

    def can_act(self, signature):
        return not signature.is_withdrawn

    def button(self, signature):
        return "Withdraw the signature"

    def do(self, signature, form, *, by, now):
        statement = signature.version.statement
        reason = form.cleaned_data["reason"]
        if not statement.withdraw_signature(signature.organisation, by=by, now=now, reason=reason):
            return "It was withdrawn already."
        return f"{signature.organisation} isn’t among the signatories any more. Its people are told."


@admin.register(OwnAsk)
class OwnAskAdmin(Acting, admin.ModelAdmin):
    """What signatories ask for beyond the common asks; it is public at once, and can be hidden."""

    verb, label, permission = "moderations", "Read…", "manifesto.change_ownask"
    list_display = ["organisation", "ask", "text", moment("written_at", "written"), "state", "act"]
    list_filter = ["ask__statement"]
    list_select_related = ["organisation", "ask__statement"]
    search_fields = ["organisation__name", "text"]
    ordering = ["-written_at", "-pk"]

    @admin.display(description="state")
    def state(self, own):
        if own.is_hidden:
            return f"Hidden: {own.hidden_reason}"
        return "Replaced or withdrawn" if own.ended_at else "Public"

    def can_act(self, own):
        return own.is_hidden or not own.ended_at

    def acting_form(self, data):
        return HidingForm(data) if data is None or "show" not in data else forms.Form(data)

    def button(self, own):
        return "Show it again" if own.is_hidden else "Hide it"

    def do(self, own, form, *, by, now):
        if "show" in form.data:
            own.show()
            return "Everybody can read it again."
        own.hide(by=by, reason=form.cleaned_data["reason"], now=now)
        return "It is hidden. Its people see why beside it."


@admin.register(SignOff)
class SignOffAdmin(PlainTitle, ReadOnly, admin.ModelAdmin):
    """Which organisations need time before they sign. For editors alone."""

    list_display = ["organisation", "statement", "needed_by"]
    list_display_links = None
    list_filter = ["statement"]
    list_select_related = ["organisation", "statement"]
    ordering = ["needed_by", "pk"]


@admin.register(Endorsement)
class EndorsementAdmin(Acting, admin.ModelAdmin):
    """Which organisations stand behind which idea or commitment, the withdrawn ones too."""

    verb, label = "withdrawals", "Withdraw…"
    list_display = ["organisation", "endorsed", moment("endorsed_at"), "state", "act"]
    list_select_related = ["organisation", "idea", "commitment"]
    search_fields = ["organisation__name"]
    ordering = ["-endorsed_at", "-pk"]
    acting_form = forms.Form

    @admin.display(description="what")
    def endorsed(self, endorsement):
        return str(endorsement.thing)

    @admin.display(description="state")
    def state(self, endorsement):
        return "Withdrawn" if endorsement.withdrawn_at else "Public"

    def can_act(self, endorsement):
        return endorsement.withdrawn_at is None

    def button(self, endorsement):
        return "Withdraw the endorsement"

    def do(self, endorsement, form, *, by, now):
        endorsement.withdraw(by=by, now=now)
        return f"{endorsement.organisation} doesn’t endorse it any more."
