from profiles.admin.fields import MemberByEmailField, RowsFormSet
from profiles.models import Member


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


class KnownMemberField(MemberByEmailField):
    """A member by e-mail address, among those its formset has looked up for all its rows at once."""

    known = {}

    def find(self, email):
        return self.known.get(email)


class AttendanceFormSet(OrderedFormSet):
    """Who was at a meeting; each account stands for one person there."""

    def full_clean(self):
        if self.is_bound:
            typed = {str(form["member"].data or "").strip().lower() for form in self.forms}
            emails = {email for email in typed if email and "\x00" not in email}
            known = {member.email: member for member in Member.objects.filter(email__in=emails)}
            for form in self.forms:
                form.fields["member"].known = known
        super().full_clean()

    def clean(self):
        super().clean()
        seen = set()
        for form in self.forms:
            member = None if form in self.deleted_forms else getattr(form, "cleaned_data", {}).get("member")
            if member in seen:
                form.add_error("member", "This account is entered twice.")
            seen |= {member} - {None}

    def validate_constraints_of(self, form):
        """Without asking the database about each of 500 people: the form and `clean` know the same."""
