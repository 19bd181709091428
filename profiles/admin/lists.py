"""How the admin's lists name themselves and tell the time, and those that only show."""

from django.contrib import admin
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.text import capfirst


class PlainTitle:
    """A list under the name of its things: “Ideas”, not “Select idea to change”."""

    def changelist_view(self, request, extra_context=None):
        title = capfirst(self.opts.verbose_name_plural)
        return super().changelist_view(request, {"title": title, **(extra_context or {})})


class ReadOnly:
    """What the admin shows, and never adds, changes or deletes by forms of its own."""

    def has_add_permission(self, request):
        return False

    def has_change_permission(self, request, obj=None):
        return False

    def has_delete_permission(self, request, obj=None):
        return False


def moment(name, description=None):
    """A list's column for the datetime field `name`, on the 24-hour clock."""

    def column(thing):
        value = getattr(thing, name)
        return value and date_format(timezone.localtime(value), "j M Y, H:i")

    column.__name__ = name
    return admin.display(column, description=description or name.replace("_", " "), ordering=name)
