"""Where editors see a round's commitments, name who leads themes and works on them, and say what was adopted."""

from django import forms
from django.contrib import admin, messages
from django.core.paginator import Paginator
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.views.decorators.http import require_safe

from profiles.admin.fields import AlsoValidated, MemberByEmailField
from profiles.admin.filters import QuerysetFilter
from profiles.admin.lists import PlainTitle, moment
from profiles.models import Organisation

from ..errors import Refused
from ..models import Adoption, Commitment, Theme, ThemeLead, WorkingGroupMember
from ..models.commitments.group import EDIT
from .scoring import page, round_view

PER_PAGE = 50
MOST_AT_ONCE = 20


@require_safe
@round_view
def commitments(request, round, *, now):
    """Drafts and public commitments with what is to be done about each; the rest is done on the site's own pages."""
    if not request.user.has_perm(EDIT):
        raise Refused("Only editors look after commitments.")
    rows = round.commitments.for_cards().by_number()
    return page(
        request,
        "commitments",
        title="Commitments",
        round=round,
        page_obj=Paginator(rows, PER_PAGE).get_page(request.GET.get("page")),
    )


@admin.action(description="Draw a commitment from these ideas…", permissions=["draw"])
def draw_commitment(model_admin, request, ideas):
    """Go on to word the commitment that is drawn from the chosen ideas, all of one round."""
    chosen = list(
        ideas.published().order_by("number").values_list("round__slug", "number")[: MOST_AT_ONCE + 1]
    )
    slugs = {slug for slug, _number in chosen}
    if len(slugs) != 1 or len(chosen) > MOST_AT_ONCE:
        messages.error(request, f"Choose up to {MOST_AT_ONCE} public ideas of one round.")
        return None
    numbers = {"idea": [number for _slug, number in chosen]}
    address = reverse("manifesto:commitment_create", args=[slugs.pop()])
    return redirect(f"{address}?{urlencode(numbers, doseq=True)}")


def _with_rounds(field):
    field.queryset = Theme.objects.select_related("round").order_by("-round__ideas_open_at", "position", "pk")
    field.label_from_instance = lambda theme: f"{theme.round}: {theme}"


class ThemeLeadForm(AlsoValidated, forms.ModelForm):
    member = MemberByEmailField(
        required=False, label="Member’s e-mail address", help_text="If they have joined. Not published."
    )

    class Meta:
        model = ThemeLead
        fields = ["theme", "side", "name", "organisation", "member"]

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        if "theme" in self.fields:
            _with_rounds(self.fields["theme"])
        if "organisation" in self.fields:
            self.fields["organisation"].queryset = Organisation.objects.by_name()


@admin.register(ThemeLead)
class ThemeLeadAdmin(PlainTitle, admin.ModelAdmin):
    """Who leads the talks about each theme, on either side."""

    form = ThemeLeadForm
    list_display = ["name", "side", "theme", "place", "organisation"]
    list_filter = ["side", "theme__round"]
    list_select_related = ["theme__round", "organisation"]
    list_per_page = 50
    search_fields = ["name", "theme__name"]
    ordering = ["-theme__round", "theme__position", "side", "pk"]

    @admin.display(description="round", ordering="theme__round")
    def place(self, lead):
        return lead.theme.round


class WorkingGroupForm(forms.ModelForm):
    member = MemberByEmailField(
        label="Member’s e-mail address", help_text="The address they sign in with. They must have joined."
    )

    class Meta:
        model = WorkingGroupMember
        fields = ["theme", "member"]

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        if "theme" in self.fields:
            _with_rounds(self.fields["theme"])


class GroupFilter(QuerysetFilter):
    title = "state"
    parameter_name = "state"
    states = [("current", "In the group"), ("ended", "Left")]


@admin.action(description="Take out of the working group", permissions=["change"])
def end_membership(model_admin, request, memberships):
    now = timezone.now()
    for membership in memberships:
        membership.end(now=now)
    messages.success(request, "They can’t see or change drafts of the theme any more.")


@admin.register(WorkingGroupMember)
class WorkingGroupMemberAdmin(PlainTitle, admin.ModelAdmin):
    """Who words commitments under a theme, together with the editors."""

    form = WorkingGroupForm
    list_display = ["member", "theme", "place", moment("added_at"), moment("ended_at")]
    list_filter = [GroupFilter, "theme__round"]
    list_select_related = ["member", "theme__round"]
    list_per_page = 50
    search_fields = ["member__display_name", "theme__name"]
    ordering = ["-added_at", "-pk"]
    actions = [end_membership]

    @admin.display(description="round", ordering="theme__round")
    def place(self, membership):
        return membership.theme.round

    def get_fields(self, request, obj=None):
        return ["theme", "member", *(["added_at", "ended_at"] if obj else [])]

    def get_readonly_fields(self, request, obj=None):
        return self.get_fields(request, obj) if obj else []

    def save_model(self, request, obj, form, change):
        if not change:
            obj.added_by, obj.added_at = request.user, timezone.now()
            super().save_model(request, obj, form, change)

    def has_delete_permission(self, request, obj=None):
        return False


class AdoptionForm(forms.ModelForm):
    class Meta:
        model = Adoption
        fields = ["asked", "verdict", "adopted", "words"]

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        commitments = Commitment.objects.published().select_related("round", "plan")
        for name, queryset in (("asked", commitments.asked()), ("adopted", commitments.adopted())):
            if name in self.fields:
                self.fields[name].queryset = queryset.by_holder()
                self.fields[name].label_from_instance = _in_its_place
        if "adopted" in self.fields:
            self.fields["adopted"].empty_label = "Nothing: it was dropped"


def _in_its_place(commitment):
    return f"{commitment.holder}: {commitment.number}. {commitment}"


@admin.register(Adoption)
class AdoptionAdmin(PlainTitle, admin.ModelAdmin):
    """What became of what was asked for: what a plan adopted for it, or that it was dropped."""

    form = AdoptionForm
    list_display = ["asked", "verdict", "adopted", moment("recorded_at")]
    list_filter = ["verdict", "asked__round", "adopted__plan"]
    list_select_related = ["asked__round", "adopted__plan"]
    list_per_page = 50
    search_fields = ["asked__title", "adopted__title"]
    ordering = ["-recorded_at", "-pk"]

    def save_model(self, request, obj, form, change):
        obj.record(by=request.user, now=timezone.now())

    def view_on_site(self, adoption):
        return adoption.get_absolute_url() if adoption.is_public else None
