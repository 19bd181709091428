from django.contrib import admin


class QuerysetFilter(admin.SimpleListFilter):
    """A list's filter, each of whose choices is a method of the queryset: `states` pairs its name with a label."""

    states = []

    def lookups(self, request, model_admin):
        return self.states

    def arguments(self):
        """What the methods take."""
        return []

    def queryset(self, request, queryset):
        if self.value() not in dict(self.states):
            return queryset
        return getattr(queryset, self.value())(*self.arguments())
