from django import template

register = template.Library()


@register.filter
def time_left(version, now):
    """How long people have to answer a call to action, in words."""
    return version.time_left(now)


@register.filter
def is_over(version, now):
    return version.is_over(now)


@register.filter
def deadline_class(version, now):
    """What the time left looks like: urgent in its last three days."""
    if version.is_over(now):
        return ""
    return "status-bad" if version.days_left(now) <= 3 else "status-now"
