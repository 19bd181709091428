"""How statuses of promises look. The words always stand there, so that colour alone says nothing."""

from django import template

register = template.Library()

TONES = {
    "completed": "status-good",
    "complete": "status-good",
    "on_track": "status-primary",
    "ahead_of_schedule": "status-primary",
    "substantial": "status-primary",
    "behind_schedule": "status-bad",
    "limited": "status-wait",
    "not_started": "status-wait",
    "no_evidence": "status-bad",
}


@register.filter
def tone(status):
    """The class of a status's mark; those that say nothing of how well it goes have none."""
    return TONES.get(status, "")
