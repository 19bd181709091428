from django.conf import settings
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.utils import timezone
from django.utils.decorators import method_decorator
from django.utils.html import format_html
from django.utils.translation import override
from django.views.decorators.http import require_http_methods

from manifesto.models import Round
from profiles.errors import NotReady

from ..fair_process.archive import archive_of
from ..fair_process.gathering import case_of
from ..fair_process.report import warnings
from ..models import FairProcessBundle

PERMISSION = "manifesto.publish_shortlist"


@admin.register(FairProcessBundle)
class FairProcessBundleAdmin(admin.ModelAdmin):
    """The bundles that were kept, and where editors keep another."""

    list_display = ["round", "made_on", "made_at", "file"]
    list_filter = ["round"]
    fields = readonly_fields = ["round", "made_on", "made_at", "made_by", "sha256", "file"]
    ordering = ["-made_on", "-pk"]

    @admin.display(description="file")
    def file(self, bundle):
        words = '<a href="{}">Download<span class="visually-hidden"> ({})</span></a>'
        return format_html(words, bundle.get_absolute_url(), bundle)

    def get_queryset(self, request):
        return super().get_queryset(request).select_related("round").defer("content")

    def has_module_permission(self, request):
        return request.user.has_perm(PERMISSION)

    def has_view_permission(self, request, obj=None):
        return request.user.has_perm(PERMISSION)

    def has_add_permission(self, request):
        return False

    def has_change_permission(self, request, obj=None):
        return False

    def has_delete_permission(self, request, obj=None):
        return False

    def get_urls(self):
        keep = self.admin_site.admin_view(self.keep)
        own = path("keep/<int:round_pk>/", keep, name="ogp_network_fairprocessbundle_keep")
        return [own, *super().get_urls()]

    @method_decorator(require_http_methods(["GET", "HEAD", "POST"]))
    def keep(self, request, round_pk):
        """Ask, then keep today's bundle of a round for good."""
        if not request.user.has_perm(PERMISSION):
            raise PermissionDenied
        now = timezone.now()
        round = get_object_or_404(Round.objects.announced(), pk=round_pk)
        refusal = None
        with override(settings.LANGUAGE_CODE):
            case = case_of(round, today=timezone.localdate(now))
            if request.method == "POST":
                try:
                    FairProcessBundle.objects.keep(round, archive_of(case), by=request.user, now=now)
                except NotReady as error:
                    refusal = error
                else:
                    messages.success(request, f"The evidence for {round} is kept as it is today.")
                    return redirect(reverse("admin:ogp_network_fairprocessbundle_changelist"))
        context = {
            **self.admin_site.each_context(request),
            "title": "Keep the evidence as it is today",
            "opts": self.opts,
            "round": round,
            "today": case.facts.today,
            "warnings": warnings(case),
            "refusal": refusal,
        }
        template = "admin/ogp_network/fairprocessbundle/keep.html"
        return TemplateResponse(request, template, context, status=409 if refusal else 200)
