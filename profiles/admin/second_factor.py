from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.urls import path
from django.utils import timezone

from ..errors import Refused
from ..models import Member
from ..security_mail import tell_of_reset


class ResetsSecondFactors:
    """The admin of members with a page to help one who has lost phone, key and recovery codes: for administrators."""

    def get_urls(self):
        view = self.admin_site.admin_view(self.second_factor_view)
        address = path("<int:pk>/second-factor/", view, name="profiles_member_second_factor")
        return [address, *super().get_urls()]

    def second_factor_view(self, request, pk):
        if not request.user.has_perm("profiles.change_member"):
            raise PermissionDenied
        member = get_object_or_404(Member, pk=pk)
        if request.method == "POST":
            return self._reset(request, member)
        context = {
            **self.admin_site.each_context(request),
            "title": f"The second step of {member}",
            "opts": self.opts,
            "member": member,
            "authenticators": member.authenticator_set.exclude(type="recovery_codes").order_by("created_at"),
        }
        return TemplateResponse(request, "admin/profiles/member/second_factor.html", context)

    def _reset(self, request, member):
        try:
            member.reset_second_factor(by=request.user, now=timezone.now())
        except Refused as refusal:
            messages.error(request, str(refusal))
            return redirect(request.path)
        transaction.on_commit(lambda: tell_of_reset(member), robust=True)
        messages.success(request, f"{member} signs in without a second step now, and is told by e-mail.")
        return redirect("admin:profiles_member_change", member.pk)
