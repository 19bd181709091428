from profiles.admin.fields import RowsFormSet


class OrderedFormSet(RowsFormSet):
    """Rows with a `position`: new ones come after those that are there, unless somebody says otherwise."""

    def get_form_kwargs(self, index):
        kwargs = super().get_form_kwargs(index)
        there = self.initial_form_count()
        if index is not None and index < there:
            return kwargs
        last = max((row.position for row in self.get_queryset()), default=-1)
        new = self.extra if index is None else index - there
        return {**kwargs, "initial": {"position": last + 1 + new}}
