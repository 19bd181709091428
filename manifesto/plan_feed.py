"""What is reported about the promises of an action plan, as feed readers take it: Atom."""

from datetime import datetime, time

from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.utils.translation import gettext as _

from profiles.feeds import PublicFeed, tag_of

from .models import ActionPlan, StatusReport


class PlanFeed(PublicFeed):
    """Every report about a plan's promises that stands, the one recorded last first."""

    def get_object(self, request, slug):
        return get_object_or_404(ActionPlan.objects.public(), slug=slug)

    def title(self, plan):
        return _("Status reports: %(plan)s") % {"plan": plan}

    def subtitle(self, plan):
        return _(
            "What each source says of the promises, commitment by commitment and milestone by milestone."
        )

    def link(self, plan):
        return plan.get_absolute_url()

    def entries(self, plan):
        reports = StatusReport.objects.public().standing().about(plan.commitments.published())
        return reports.for_page().order_by("-recorded_at", "-pk")

    def item_title(self, report):
        about = f"{report.milestone.reference} · " if report.milestone else ""
        return f"{about}{report.of_commitment}: {report.get_status_display()}"

    def item_guid(self, report):
        return tag_of(f"status-report/{report.pk}")

    def item_description(self, report):
        words = [f"{report.get_source_display()}: {report.source_title}", report.words]
        return ". ".join(filter(None, words))

    def item_pubdate(self, report):
        return timezone.make_aware(datetime.combine(report.reported_on, time(12)))

    def item_updateddate(self, report):
        return report.recorded_at

    def item_categories(self, report):
        return [report.get_source_display()]
