from django.contrib import admin, messages
from django.db import connection
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.utils import timezone
from django.utils.formats import date_format

from ..errors import Refused
from ..models import Answer, Organisation, Profile, Question
from .fields import FIELDS
from .filters import QuerysetFilter
from .lists import PlainTitle, moment
from .publication import Publishes
from .write_up import AnswerForm, AnswerFormSet, ProfileForm, PublicationForm

SEND = "_send"
STAGES = [
    ("waiting", "New answers"),
    ("being_written", "Being written up"),
    ("with_author", "Waiting for approval"),
    ("returned", "Changes asked for"),
    ("approved", "Approved"),
    ("published", "Published"),
    ("withdrawn", "Withdrawn"),
]


class AnswerInline(admin.StackedInline):
    model = Answer
    form = AnswerForm
    formset = AnswerFormSet
    template = "admin/profiles/profile/answers.html"
    min_num = 0
    max_num = len(Question)
    can_delete = False


class StatusFilter(QuerysetFilter):
    title = "status"
    parameter_name = "status"
    states = STAGES


@admin.register(Profile)
class ProfileAdmin(PlainTitle, Publishes, admin.ModelAdmin):
    """Where editors write up an organisation's answers, have it approve the text, publish the story, take it down."""

    form = ProfileForm
    words_once_public = "The story of {0.organisation} is public now."
    change_form_template = "admin/profiles/profile/change_form.html"
    list_display = [
        "organisation",
        "call",
        "status",
        moment("submitted_at", "answered"),
        moment("published_at"),
    ]
    list_filter = [StatusFilter, "call"]
    list_per_page = 50
    search_fields = ["organisation__name", "speaker_name", "standfirst"]
    ordering = ["-submitted_at", "-pk"]
    formfield_overrides = FIELDS
    inlines = [AnswerInline]
    fieldsets = [
        ("Who answered", {"fields": ["organisation", "call", "author", "consented_at"]}),
        ("The story", {"fields": ["language", "standfirst", "pull_quote", "theme", "slug", "opened"]}),
        ("Who is speaking", {"fields": ["speaker_name", "speaker_role", "evidence_link"]}),
    ]

    def get_queryset(self, request):
        """Without those that an organisation is still answering: nobody else reads them."""
        profiles = super().get_queryset(request).submitted().select_related("organisation", "call")
        return profiles.with_picture().prefetch_related("approvals")

    def get_object(self, request, object_id, from_field=None):
        profile = super().get_object(request, object_id, from_field)
        if profile and request.method == "POST" and connection.in_atomic_block:
            # Whoever publishes at this moment, or approves, waits until this is saved, or the other way round.
            Profile.objects.select_for_update(of=["self"]).get(pk=profile.pk)
            profile.refresh_from_db()
        return profile

    def has_delete_permission(self, request, obj=None):
        """What is public is withdrawn first: the database keeps its text as it was approved."""
        return super().has_delete_permission(request, obj) and not (obj and obj.is_published)

    @admin.display(description="status")
    def status(self, profile):
        if profile.is_published:
            return "Published"
        stages = [label for name, label in STAGES if getattr(profile, f"is_{name}")]
        if stages and profile.publish_at:
            return f"{stages[0]}, to be published {date_format(timezone.localtime(profile.publish_at), 'j M, H:i')}"
        return stages[0] if stages else "–"

    def get_fieldsets(self, request, obj=None):
        if obj is None:
            return self.fieldsets
        answered = ("Who answered", {"fields": ["organisation", "call", "answered_by", "consented_at"]})
        picture = ("Its picture", {"fields": ["picture_credit", "picture_alt"]})
        return [answered, *self.fieldsets[1:], *([picture] if obj.has_picture else [])]

    @admin.display(description="author")
    def answered_by(self, profile):
        """A name: the account's page is for administrators."""
        return profile.author or "Without an account here"

    def get_readonly_fields(self, request, obj=None):
        """Who answered is on record; what the public reads was approved, and changes only while it isn't public."""
        if obj is None:
            return []
        record = ["organisation", "call", "answered_by", "consented_at"]
        text = ["standfirst", "pull_quote", "slug", "speaker_name", "speaker_role", "evidence_link"]
        return [*record, *text, "picture_credit", "picture_alt"] if obj.is_published else record

    def get_inline_instances(self, request, obj=None):
        return [] if obj and obj.is_published else super().get_inline_instances(request, obj)

    def change_view(self, request, object_id, form_url="", extra_context=None):
        if self.has_view_permission(request):
            profile = self.get_object(request, object_id)
            if profile and profile.is_waiting:
                return self._waiting(request, profile)
        return super().change_view(request, object_id, form_url, extra_context)

    def _waiting(self, request, profile):
        """The answers as they came in, before anybody has begun to write them up."""
        context = {
            **self.admin_site.each_context(request),
            "title": f"What {profile.organisation} answered",
            "opts": self.opts,
            "profile": profile,
            "answers": profile.answers.all(),
        }
        return TemplateResponse(request, "admin/profiles/profile/waiting.html", context)

    def render_change_form(self, request, context, *args, obj=None, **kwargs):
        context["organisations"] = Organisation.objects.by_name()
        context["subtitle"] = obj and obj.organisation
        context["can_send"] = bool(obj and not obj.is_published and self.has_change_permission(request))
        return super().render_change_form(request, context, *args, obj=obj, **kwargs)

    def can_publish(self, request, obj):
        return bool(obj and obj.is_approved) and super().can_publish(request, obj)

    def save_model(self, request, obj, form, change):
        if not change:
            now = timezone.now()
            obj.submitted_at, obj.begun_at, obj.begun_by = now, now, request.user
        super().save_model(request, obj, form, change)

    def save_related(self, request, form, formsets, change):
        super().save_related(request, form, formsets, change)
        form.instance.void_changed_approvals(now=timezone.now())

    def response_change(self, request, obj):
        if SEND in request.POST:
            return self._send(request, obj)
        return super().response_change(request, obj)

    def _send(self, request, profile):
        try:
            profile.send_for_approval(by=request.user, now=timezone.now())
        except Refused as refusal:
            messages.error(request, f"Saved, but not sent. {refusal}")
        else:
            self.log_change(request, profile, "Sent for approval.")
            readers = ", ".join(map(str, profile.approvers()))
            messages.success(
                request,
                f"{readers} will get an e-mail with news, and can read and approve the text at "
                f"{request.build_absolute_uri(profile.approval_address)}",
            )
        return self.back_to(profile)

    def get_urls(self):
        pages = [
            ("beginnings", self.begin_view, "begin"),
            ("publication", self.publication_view, "publication"),
            ("withdrawals", self.withdraw_view, "withdraw"),
        ]
        return [
            *(
                path(f"<path:pk>/{part}/", self.admin_site.admin_view(view), name=f"profiles_profile_{name}")
                for part, view, name in pages
            ),
            *super().get_urls(),
        ]

    def begin_view(self, request, pk):
        profile = self.changeable(request, pk)
        if request.method == "POST":
            try:
                profile.begin(by=request.user, now=timezone.now())
            except Refused as refusal:
                messages.error(request, str(refusal))
                return redirect(f"{reverse('admin:profiles_profile_changelist')}?status=waiting")
            self.log_change(request, profile, "Began to write it up.")
        return self.back_to(profile)

    def publication_view(self, request, pk):
        """Publish an approved story now, or have it published at a time to come."""
        profile, now = self.changeable(request, pk), timezone.now()
        form = PublicationForm(request.POST if "schedule" in request.POST else None)
        if request.method == "POST":
            try:
                if answer := self._settle_publication(request, profile, form, now):
                    return answer
            except Refused as refusal:
                if form.is_bound:
                    form.add_error(None, str(refusal))
                else:
                    messages.error(request, str(refusal))
        context = {
            **self.admin_site.each_context(request),
            "title": f"Publish the story of {profile.organisation}",
            "opts": self.opts,
            "profile": profile,
            "approval": profile.live_approval,
            "refusal": None if profile.is_published else profile.refusal_to_publish(),
            "form": form,
        }
        status = 422 if form.errors else 200
        return TemplateResponse(request, "admin/profiles/profile/publication.html", context, status=status)

    def _settle_publication(self, request, profile, form, now):
        """Do what was asked for; give where to go then, or None if the form isn't right."""
        if "unschedule" in request.POST:
            profile.unschedule()
            words = "The story is not published by itself any more."
        elif "schedule" in request.POST:
            if not form.is_valid():
                return None
            profile.schedule(form.cleaned_data["publish_at"], by=request.user, now=now)
            words = f"It will be published on {date_format(timezone.localtime(profile.publish_at), 'j F Y, H:i')}."
        else:
            profile.publish(by=request.user, now=now)
            words = self.words_once_public.format(profile)
        self.log_change(request, profile, words)
        messages.success(request, words)
        return self.back_to(profile)

    def withdraw_view(self, request, pk):
        profile = self.changeable(request, pk)
        if request.method == "POST":
            profile.withdraw(by=request.user, now=timezone.now())
            self.log_change(request, profile, "Withdrawn.")
            messages.success(request, f"The story of {profile.organisation} is no longer public.")
            return self.back_to(profile)
        context = {
            **self.admin_site.each_context(request),
            "title": f"Withdraw the story of {profile.organisation}?",
            "opts": self.opts,
            "profile": profile,
        }
        return TemplateResponse(request, "admin/profiles/profile/withdraw.html", context)
