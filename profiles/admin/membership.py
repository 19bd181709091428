from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.utils import timezone

from ..errors import Refused
from ..membership_forms import EndForm
from ..models import Membership
from .filters import QuerysetFilter
from .lists import PlainTitle, moment


class StateFilter(QuerysetFilter):
    title = "state"
    parameter_name = "state"
    states = [("requested", "Waiting to be confirmed"), ("belonging", "Confirmed"), ("ended", "Ended")]


@admin.register(Membership)
class MembershipAdmin(PlainTitle, admin.ModelAdmin):
    """The queue of people who ask to join an organisation, and a page to answer each."""

    list_display = ["person", "organisation", "role", moment("requested_at", "asked"), "state"]
    list_filter = [StateFilter]
    list_select_related = ["member", "organisation"]
    list_per_page = 50
    search_fields = ["member__email", "member__display_name", "organisation__name"]
    ordering = ["-requested_at", "-pk"]

    @admin.display(description="member", ordering="member__display_name")
    def person(self, membership):
        return f"{membership.member} ({membership.member.email})"

    @admin.display(description="state")
    def state(self, membership):
        if membership.is_requested:
            return "Waiting to be confirmed"
        return "Confirmed" if membership.is_belonging else "Ended"

    def has_add_permission(self, request):
        return False

    def has_delete_permission(self, request, obj=None):
        return False

    def change_view(self, request, object_id, form_url="", extra_context=None):
        """Confirm somebody, or turn them down or have them leave with a reason."""
        if not self.has_change_permission(request):
            raise PermissionDenied
        pk = object_id if object_id.isascii() and object_id.isdigit() and len(object_id) < 19 else 0
        membership = get_object_or_404(Membership.objects.with_people(), pk=pk)
        is_ending = request.method == "POST" and "confirm" not in request.POST
        form = EndForm(request.POST if is_ending else None)
        try:
            if request.method == "POST" and not is_ending:
                membership.confirm(by=request.user, now=timezone.now())
                return self._done(request, membership, "confirmed")
            if form.is_valid():
                reason = form.cleaned_data["reason"]
                membership.end(by=request.user, now=timezone.now(), reason=reason)
                return self._done(request, membership, "ended")
        except Refused as refusal:
            messages.error(request, str(refusal))
        context = {
            **self.admin_site.each_context(request),
            "title": str(membership),
            "opts": self.opts,
            "membership": membership,
            "form": form,
        }
        status = 422 if form.errors else 200
        return TemplateResponse(request, "admin/profiles/membership/answer.html", context, status=status)

    def _done(self, request, membership, what):
        self.log_change(request, membership, what.capitalize() + ".")
        messages.success(request, f"{membership} is {what}. They are told.")
        return redirect("admin:profiles_membership_changelist")
