from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.urls import path
from django.utils import timezone

from ..errors import Refused
from ..models import Organisation, OrganisationMerge
from .fields import OrganisationByNameField


class MergeForm(forms.Form):
    target = OrganisationByNameField(label="The one that stays", required=True)
    use_required_attribute = False


class MergesOrganisations:
    """The admin of organisations with a page that merges one into another, after a preview."""

    def get_urls(self):
        view = self.admin_site.admin_view(self.merge_view)
        return [path("<int:pk>/merges/", view, name="profiles_organisation_merge"), *super().get_urls()]

    def merge_view(self, request, pk):
        if not self.has_change_permission(request):
            raise PermissionDenied
        source = get_object_or_404(Organisation, pk=pk)
        form = MergeForm(request.POST if request.method == "POST" else None)
        context = {
            **self.admin_site.each_context(request),
            "title": f"Merge {source}",
            "opts": self.opts,
            "source": source,
            "form": form,
            "organisations": Organisation.objects.exclude(pk=pk).by_name(),
        }
        if form.is_valid():
            target = form.cleaned_data["target"]
            if "confirm" in request.POST:
                return self._merge(request, source, target)
            refusal = OrganisationMerge.objects.refusal(source, target)
            if refusal is None:
                context |= {"target": target, "moved": OrganisationMerge.objects.preview(source)}
            else:
                form.add_error("target", str(refusal))
        status = 422 if form.errors else 200
        return TemplateResponse(request, "admin/profiles/organisation/merge.html", context, status=status)

    def _merge(self, request, source, target):
        try:
            OrganisationMerge.objects.merge(source, target, by=request.user, now=timezone.now())
        except Refused as refusal:
            messages.error(request, str(refusal))
            return redirect("admin:profiles_organisation_merge", source.pk)
        self.log_change(request, target, f"“{source}” merged into it.")
        messages.success(request, f"“{source}” and “{target}” are one now.")
        return redirect("admin:profiles_organisation_change", target.pk)
