"""What the admin's page of a round says of its process."""

from django import template
from django.utils import timezone

from ..fair_process.gathering import case_of
from ..fair_process.report import warnings

register = template.Library()


@register.inclusion_tag("admin/ogp_network/fairprocessbundle/_warnings.html")
def fair_process_warnings(round, user):
    """What is about to fall short, for the editors of a round that people know of."""
    if not (round.announced_at and user.has_perm("manifesto.publish_shortlist")):
        return {}
    case = case_of(round, today=timezone.localdate())
    return {"round": round, "warnings": [] if case.facts.is_over else warnings(case)}
