"""Deadlines as people read them: one at midnight belongs to the day that ends then, not to the one that begins."""

from datetime import time, timedelta

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _


class Closes:
    """Something that people can answer until its `closes_at`."""

    @property
    def last_moment(self):
        """When people can still answer; its date is the day that they have to keep in mind."""
        return self.closes_at - timedelta(microseconds=1)

    @property
    def deadline(self):
        """The day and the time, so that nobody takes midnight for the end of the day it begins."""
        if timezone.localtime(self.closes_at).time() != time.min:
            return date_format(timezone.localtime(self.closes_at), "DATETIME_FORMAT")
        day = date_format(timezone.localtime(self.last_moment), "DATE_FORMAT")
        return _("midnight at the end of %(day)s") % {"day": day}
