from django import forms
from django.contrib import admin, messages
from django.template.response import TemplateResponse
from django.urls import path
from django.utils import timezone

from ..models import Answer, Call, Organisation, Profile, Question
from .fields import FIELDS, AlsoValidated, MemberByEmailField, OrganisationByNameField
from .filters import QuerysetFilter
from .lists import PlainTitle, moment
from .publication import Publishes


@admin.register(Call)
class CallAdmin(PlainTitle, admin.ModelAdmin):
    list_display = ["title", moment("opens_at"), moment("closes_at")]
    search_fields = ["title"]
    prepopulated_fields = {"slug": ["title"]}
    formfield_overrides = FIELDS
    ordering = ["-opens_at", "-pk"]


class ProfileForm(AlsoValidated, forms.ModelForm):
    also_validated = {"published_at"}
    organisation = OrganisationByNameField(help_text="Start to type its name.")
    author = MemberByEmailField(
        label="Author’s e-mail address",
        required=False,
        help_text="Of the member who answered for the organisation, if they have joined.",
    )

    class Meta:
        model = Profile
        fields = [
            *("organisation", "call", "speaker_name", "speaker_role", "author", "consented_at"),
            *("slug", "standfirst", "pull_quote"),
        ]
        widgets = {
            "standfirst": forms.Textarea(attrs={"rows": 3, "cols": 80}),
            "pull_quote": forms.Textarea(attrs={"rows": 3, "cols": 80}),
        }

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        if "slug" in self.fields:
            self.fields["slug"].required = False
            self.fields["slug"].help_text = "The last part of the story’s address. Leave empty to make one."

    def clean(self):
        cleaned = super().clean()
        organisation, call = cleaned.get("organisation"), cleaned.get("call")
        if not cleaned.get("slug") and "slug" not in self.errors and organisation and call:
            cleaned["slug"] = f"{organisation.slug}-{call.slug}"[:100].rstrip("-")
        return cleaned


class AnswerForm(forms.ModelForm):
    """One answer. Its question is settled by its place and can't be sent in."""

    question = forms.TypedChoiceField(choices=Question, coerce=int, disabled=True, widget=forms.HiddenInput)

    class Meta:
        model = Answer
        fields = ["question", "original", "edited"]
        widgets = {
            "original": forms.Textarea(attrs={"rows": 14}),
            "edited": forms.Textarea(attrs={"rows": 14}),
        }

    @property
    def question_text(self):
        question = self["question"].value()
        return Question(question).label if question else ""


class AnswerFormSet(forms.BaseInlineFormSet):
    """The four questions, each of them once, answered or not."""

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        answered = {answer.question for answer in self.get_queryset()}
        missing = [question for question in Question if question not in answered]
        self.extra = len(missing)
        self.initial_extra = [{"question": question.value} for question in missing]

    @property
    def in_order(self):
        return sorted(self.forms, key=lambda form: form["question"].value() or len(Question))

    def clean(self):
        super().clean()
        if any(self.errors):
            return
        texts = [
            form.cleaned_data.get("edited") or form.cleaned_data.get("original") or "" for form in self.forms
        ]
        if not self.instance.quotes_one_of(texts):
            raise forms.ValidationError("The pull quote is not, word for word, in any of the answers.")


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
    states = [("draft", "Not published"), ("published", "Published"), ("withdrawn", "Withdrawn")]


@admin.register(Profile)
class ProfileAdmin(PlainTitle, Publishes, admin.ModelAdmin):
    """Where editors write up an organisation's answers, publish the story and take it down."""

    form = ProfileForm
    words_once_public = "The story of {0.organisation} is public now."
    change_form_template = "admin/profiles/profile/change_form.html"
    list_display = [
        "organisation",
        "call",
        "status",
        moment("consented_at", "agreed"),
        moment("published_at"),
    ]
    list_filter = [StatusFilter, "call"]
    list_select_related = ["organisation", "call"]
    list_per_page = 50
    search_fields = ["organisation__name", "speaker_name", "standfirst"]
    ordering = ["-pk"]
    formfield_overrides = FIELDS
    inlines = [AnswerInline]
    fieldsets = [
        (
            None,
            {"fields": ["organisation", "call", "speaker_name", "speaker_role", "author", "consented_at"]},
        ),
        ("The story", {"fields": ["slug", "standfirst", "pull_quote"]}),
    ]

    @admin.display(description="status")
    def status(self, profile):
        if profile.is_withdrawn:
            return "Withdrawn"
        return "Published" if profile.is_published else "Not published"

    def render_change_form(self, request, context, *args, obj=None, **kwargs):
        context["organisations"] = Organisation.objects.by_name()
        context["subtitle"] = obj and obj.organisation
        return super().render_change_form(request, context, *args, obj=obj, **kwargs)

    def get_urls(self):
        view = self.admin_site.admin_view(self.withdraw_view)
        return [path("<path:pk>/withdrawals/", view, name="profiles_profile_withdraw"), *super().get_urls()]

    def withdraw_view(self, request, pk):
        profile = self.changeable(request, pk)
        if request.method == "POST":
            profile.withdraw(now=timezone.now())
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
