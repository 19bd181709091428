from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.utils import timezone

from ..errors import Refused
from ..models import Organisation, OrganisationProposal
from .fields import OrganisationByNameField
from .filters import QuerysetFilter
from .lists import PlainTitle, moment


class StateFilter(QuerysetFilter):
    title = "state"
    parameter_name = "state"
    states = [("open", "To be answered"), ("accepted", "Accepted"), ("declined", "Declined")]


class SameForm(forms.Form):
    organisation = OrganisationByNameField(label="It is the same as", required=True)
    use_required_attribute = False


class DeclineForm(forms.Form):
    reason = forms.CharField(
        label="Why not?",
        help_text="We send the member what you write here.",
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={"required": "Tell the member why."},
    )
    use_required_attribute = False


@admin.register(OrganisationProposal)
class ProposalAdmin(PlainTitle, admin.ModelAdmin):
    """The queue of organisations that members want listed, and a page to answer each."""

    list_display = ["name", "kind", "proposer", moment("proposed_at", "sent"), "state"]
    list_filter = [StateFilter]
    list_select_related = ["proposer"]
    list_per_page = 50
    search_fields = ["name"]
    ordering = ["-proposed_at", "-pk"]

    @admin.display(description="state")
    def state(self, proposal):
        if proposal.is_open:
            return "To be answered"
        return "Accepted" if proposal.accepted_at else "Declined"

    def has_view_permission(self, request, obj=None):
        return request.user.has_perm("profiles.add_organisation")

    has_change_permission = has_view_permission

    def has_add_permission(self, request):
        return False

    def has_delete_permission(self, request, obj=None):
        return False

    def change_view(self, request, object_id, form_url="", extra_context=None):
        """List it as new, say which listed one it is, or decline it with a reason."""
        if not self.has_change_permission(request):
            raise PermissionDenied
        pk = object_id if object_id.isascii() and object_id.isdigit() and len(object_id) < 19 else 0
        proposals = OrganisationProposal.objects.select_related("proposer", "organisation")
        proposal = get_object_or_404(proposals, pk=pk)
        same = SameForm(request.POST if "same" in request.POST else None)
        decline = DeclineForm(request.POST if "decline" in request.POST else None)
        now = timezone.now()
        try:
            if "accept" in request.POST:
                organisation = proposal.accept(by=request.user, now=now)
                self._done(request, proposal, f"{organisation} is listed.")
                return redirect("admin:profiles_organisation_change", organisation.pk)
            if same.is_valid():
                organisation = same.cleaned_data["organisation"]
                proposal.accept_as(organisation, by=request.user, now=now)
                return self._done(request, proposal, f"The member belongs to {organisation} now.")
            if decline.is_valid():
                proposal.decline(by=request.user, reason=decline.cleaned_data["reason"], now=now)
                return self._done(request, proposal, f"{proposal} is declined.")
        except Refused as refusal:
            messages.error(request, str(refusal))
        context = {
            **self.admin_site.each_context(request),
            "title": str(proposal),
            "opts": self.opts,
            "proposal": proposal,
            "alike": proposal.alike() if proposal.is_open else [],
            "organisations": Organisation.objects.by_name(),
            "same": same,
            "decline": decline,
        }
        status = 422 if same.errors or decline.errors else 200
        return TemplateResponse(
            request, "admin/profiles/organisationproposal/answer.html", context, status=status
        )

    def _done(self, request, proposal, words):
        self.log_change(request, proposal, words)
        messages.success(request, f"{words} The member is told.")
        return redirect("admin:profiles_organisationproposal_changelist")
