"""Who is told what about actions. Called by the verbs, in their transactions, and by a daily command."""

from django.conf import settings
from django.utils.formats import date_format
from django.utils.translation import override

from profiles.models import Notification

# Owners are reminded so many days before; then when it is overdue, and again after so many days, so many times.
DAYS_BEFORE, DAYS_BETWEEN, TIMES_AGAIN = 7, 30, 5


@override(settings.LANGUAGE_CODE)
def action_due(action, today, *, now):
    """Remind the owner, once for each date and each stage of it, however often this is called."""
    days = (today - action.due_on).days
    if days <= 0:
        stage, subject = "due", "Something you promised is due soon"
        when = f"is due on {date_format(action.due_on, 'DATE_FORMAT')}"
    else:
        stage, subject = f"overdue-{days // DAYS_BETWEEN}", "Something you promised is overdue"
        when = f"was due on {date_format(action.due_on, 'DATE_FORMAT')}"
    if days >= DAYS_BETWEEN * (TIMES_AGAIN + 1):
        return
    Notification.objects.tell(
        [action.owner_member_id],
        key=f"{_key_of(action)}{action.due_on:%Y-%m-%d}-{stage}",
        subject=subject,
        words=f"This action of yours {when}:\n\n{action.text}\n\n"
        "Its page lets you say that it’s done, or how it goes. If it needs another date or another owner, "
        "write to us.",
        address=action.get_absolute_url(),
        now=now,
    )


def forget_action(action):
    """Tell nobody what waits to be told of it: it may not be so any more, and is told again where it is."""
    Notification.objects.waiting().filter(key__startswith=_key_of(action)).delete()


def _key_of(action):
    return f"action-{action.pk}-"
