from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import path
from django.utils import timezone

from ..errors import Refused
from ..models import Member


class SuspensionForm(forms.Form):
    reason = forms.CharField(
        label="Reason",
        help_text="The member reads it where they would comment, submit an idea or register.",
        max_length=Member._meta.get_field("suspension_reason").max_length,
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={"required": "Tell the member why."},
    )
    use_required_attribute = False


class Suspends:
    """The admin of members with a page to suspend one and lift it: for editors too, who see no other of its pages."""

    def get_urls(self):
        view = self.admin_site.admin_view(self.suspend_view)
        return [path("<int:pk>/suspensions/", view, name="profiles_member_suspend"), *super().get_urls()]

    def suspend_view(self, request, pk):
        if not request.user.has_perm("profiles.suspend_member"):
            raise PermissionDenied
        member = Member.objects.select_related("suspended_by").filter(pk=pk).first()
        if member is None:
            raise Http404
        form = SuspensionForm(request.POST if "reason" in request.POST else None)
        if request.method == "POST" and "lift" in request.POST:
            member.lift_suspension()
            self.log_change(request, member, "Suspension lifted.")
            messages.success(request, f"{member} can comment and submit ideas again.")
            return redirect(request.path)
        if request.method == "POST" and form.is_valid():
            try:
                member.suspend(by=request.user, reason=form.cleaned_data["reason"], now=timezone.now())
            except Refused as refusal:
                form.add_error(None, str(refusal))
            else:
                self.log_change(request, member, f"Suspended: {form.cleaned_data['reason']}")
                messages.success(
                    request, f"{member} can neither comment, submit ideas nor register until you lift this."
                )
                return redirect(request.path)
        context = {
            **self.admin_site.each_context(request),
            "title": f"Suspend {member}" if not member.is_suspended else f"{member} is suspended",
            "opts": self.opts,
            "member": member,
            "form": form,
        }
        status = 422 if request.method == "POST" else 200
        return TemplateResponse(request, "admin/profiles/member/suspend.html", context, status=status)
