from django import forms
from django.contrib import admin
from django.core.exceptions import ValidationError
from django.db.models import Exists, OuterRef
from django.urls import path, reverse
from django.utils import timezone
from django.utils.html import format_html, format_html_join

from profiles.admin.fields import FIELDS, AlsoValidated
from profiles.admin.lists import PlainTitle

from ..models import Action, Criterion, ExpertTerm, Round, Theme, WeightChange
from . import (
    commitments,
    corrections,
    desk,
    interests,
    publication,
    ranking,
    responses,
    setup,
    shortlist,
    votes,
)

FIXED_DATES = ["ideas_open_at", "ideas_close_at", "votes_open_at", "votes_close_at", "scoring_open_at"]
# Whoever scores later is to judge by what those before them saw.
FIXED_SIGHT = ["score_visibility", "has_hidden_authors", "has_hidden_support"]
ANCHORS = ["anchor_zero", "anchor_half", "anchor_one"]


class ThemeInline(admin.StackedInline):
    model = Theme
    fields = [("name", "slug"), "description", "position"]
    prepopulated_fields = {"slug": ["name"]}
    extra = 1


class CriterionFormSet(forms.BaseInlineFormSet):
    def clean(self):
        # Before Django's own check, whose words would list the scores.
        for form in self.initial_forms:
            if self._should_delete_form(form):
                self._refuse_to_delete(form.instance)
        super().clean()

    def _refuse_to_delete(self, criterion):
        why = "Experts have scored" if criterion.scores.exists() else "Scoring has opened for"
        if _is_frozen(self.instance) or criterion.scores.exists():
            raise ValidationError(f"{why} “{criterion}” already, so it can't be deleted. Nothing is saved.")


class CriterionInline(admin.StackedInline):
    """What experts score by. Once scoring has opened, which criteria there are, what their answers mean and what they
    weigh is fixed; a weight changes on a page of its own, for a public reason.
    """

    model = Criterion
    formset = CriterionFormSet
    prepopulated_fields = {"slug": ["name"]}
    extra = 1

    def get_fields(self, request, obj=None):
        weight = "fixed_weight" if _is_frozen(obj) else "weight"
        return [("name", "slug"), "description", weight, tuple(ANCHORS), "position"]

    def get_readonly_fields(self, request, obj=None):
        return ["slug", "fixed_weight", *ANCHORS] if _is_frozen(obj) else []

    def get_prepopulated_fields(self, request, obj=None):
        return {} if _is_frozen(obj) else self.prepopulated_fields

    @admin.display(description="weight")
    def fixed_weight(self, criterion):
        if criterion.round.is_shortlist_published:
            return criterion.weight
        address = reverse("admin:manifesto_round_weight", args=[criterion.round_id, criterion.pk])
        change = '{} – <a href="{}">change it for a reason…<span class="visually-hidden"> ({})</span></a>'
        return format_html(change, criterion.weight, address, criterion)

    def has_add_permission(self, request, obj=None):
        return super().has_add_permission(request, obj) and not _is_frozen(obj)


def _is_frozen(round):
    return bool(round and round.pk and round.has_begun_scoring(timezone.now()))


class RoundForm(AlsoValidated, forms.ModelForm):
    also_validated = {*FIXED_DATES, "shortlist_published_at"}


@admin.register(Round)
class RoundAdmin(PlainTitle, admin.ModelAdmin):
    """Where editors set a round up, and where experts find their desk."""

    form = RoundForm
    prepopulated_fields = {"slug": ["title"]}
    formfield_overrides = FIELDS
    search_fields = ["title"]
    ordering = ["-ideas_open_at", "-pk"]
    inlines = [ThemeInline, CriterionInline]
    fieldsets = [
        (None, {"fields": ["title", "slug", "summary", "introduction", "language", "area", "announced_at"]}),
        (
            "Dates",
            {
                "fields": [
                    ("ideas_open_at", "ideas_close_at"),
                    ("votes_open_at", "votes_close_at"),
                    ("scoring_open_at", "scoring_close_at"),
                ],
                "description": "The phase of the round follows from these. The first five are fixed once "
                "scoring has opened.",
            },
        ),
        (
            "Expert group",
            {
                "fields": FIXED_SIGHT,
                "description": "Fixed once scoring has opened: whoever scores last judges by what the first one saw.",
            },
        ),
        ("Result", {"fields": ["shortlist_target", "presented_at"]}),
        ("Meetings", {"fields": ["meetings"]}),
    ]

    def get_queryset(self, request):
        """All rounds for editors; an expert's own rounds for experts. With `is_on_panel`, for the links."""
        term = ExpertTerm.objects.current(timezone.localdate()).for_member(request.user)
        rounds = super().get_queryset(request).annotate(is_on_panel=Exists(term.filter(round=OuterRef("pk"))))
        return rounds if self.has_change_permission(request) else rounds.filter(is_on_panel=True)

    def get_list_display(self, request):
        """The columns, with a link to each of the round's pages that this person may use."""
        now = timezone.now()

        @admin.display(description="phase")
        def phase(round):
            return round.phase_at(now).label

        @admin.display(description="expert group")
        def desk(round):
            return _links(round, self.desk_pages(request, round, now))

        return ["title", phase, desk]

    def get_list_display_links(self, request, list_display):
        return ["title"] if self.has_change_permission(request) else None

    def desk_pages(self, request, round, now):
        """Pairs of a name and a URL name."""
        can_score = round.is_on_panel and request.user.has_perm("manifesto.score_round")
        pages = [("Score", "scoring")] if can_score else []
        may_decide = can_score or request.user.has_perm("manifesto.publish_shortlist")
        if may_decide and round.has_begun_scoring(now):
            pages += [("Ranking", "ranking"), ("Shortlist", "shortlist")]
        is_editor = request.user.has_perm("manifesto.publish_shortlist")
        if is_editor and round.refusal_to_open_second_look(now) is None:
            pages.append(("Second look", "second_look"))
        if request.user.has_perm("manifesto.change_commitment"):
            pages.append(("Commitments", "commitments"))
        if request.user.has_perm("manifesto.moderate_idea") and round.votes_open_at <= now:
            pages.append(("Votes", "votes"))
        return pages

    def render_change_form(self, request, context, *args, obj=None, **kwargs):
        now = timezone.now()
        if obj:
            context |= {
                "gaps": obj.setup_gaps(now),
                "can_score": obj.allows(Action.SCORE, now),
                "weight_changes": WeightChange.objects.for_round(obj).by_latest(),
                "desk_pages": self.desk_pages(request, obj, now),
            }
        return super().render_change_form(request, context, *args, obj=obj, **kwargs)

    def get_prepopulated_fields(self, request, obj=None):
        return {} if _is_frozen(obj) else self.prepopulated_fields

    def get_readonly_fields(self, request, obj=None):
        # The seed of the draws that say how much the ranking tells is made of the slug: nobody may choose it then.
        fixed = ["slug", *FIXED_DATES, *FIXED_SIGHT] if _is_frozen(obj) else []
        if obj and obj.announced_at and obj.announced_at <= timezone.now() and obj.ideas.exists():
            fixed.append("announced_at")
        if obj is None or not obj.is_shortlist_published:
            fixed.append("presented_at")
        return fixed

    def has_delete_permission(self, request, obj=None):
        return False

    def get_urls(self):
        pages = [
            ("scoring/", desk.scoring, "scoring"),
            ("scoring/about-you/", interests.about_you, "about_you"),
            ("scoring/<int:number>/", desk.scoring_idea, "scoring_idea"),
            ("scoring/<int:number>/discussion/", desk.discussion, "discussion"),
            ("scoring/<int:number>/interest/", interests.interest, "interest"),
            ("second-look/", setup.second_look, "second_look"),
            ("votes/", votes.votes, "votes"),
            ("votes/invalidations/", votes.votes_invalidate, "votes_invalidate"),
            ("votes/invalidations/<int:invalidation>/undo/", votes.votes_undo, "votes_undo"),
            ("criteria/<int:criterion>/weight/", setup.weight, "weight"),
            ("ranking/", ranking.ranking, "ranking"),
            ("commitments/", commitments.commitments, "commitments"),
            ("shortlist/", shortlist.shortlist, "shortlist"),
            ("shortlist/responses/", responses.responses, "responses"),
            ("shortlist/preview/", publication.preview, "preview"),
            ("shortlist/publication/", publication.publication, "publication"),
            ("shortlist/corrections/", corrections.corrections, "corrections"),
            ("shortlist/corrections/<int:number>/", corrections.correction, "correction"),
            ("shortlist/schedule/", publication.schedule, "schedule"),
            ("shortlist/schedule/end/", publication.schedule_end, "schedule_end"),
        ]
        urls = [
            path(f"<int:pk>/{part}", self.admin_site.admin_view(view), name=f"manifesto_round_{name}")
            for part, view, name in pages
        ]
        return [*urls, *super().get_urls()]


def _links(round, pages):
    items = [
        (reverse(f"admin:manifesto_round_{name}", args=[round.pk]), label, round) for label, name in pages
    ]
    link = '<li><a href="{}">{}<span class="visually-hidden">: {}</span></a></li>'
    return format_html('<ul class="desk-links">{}</ul>', format_html_join("", link, items)) if items else "–"
