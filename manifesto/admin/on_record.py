"""What the admin's pages of positions and answers share: drafts by form, and verbs for what is public."""

from copy import copy

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.urls import path
from django.utils import timezone

from profiles.admin.fields import FIELDS
from profiles.admin.filters import QuerysetFilter
from profiles.admin.lists import PlainTitle

from ..errors import EditedMeanwhile, Refused
from ..forms.on_record import OnRecordForm, WithdrawalForm, correction_form
from ..models import Ask, Commitment, ExpectedAnswer, Institution, Term

LOADED = {
    Ask: ["statement"],
    Commitment: ["round", "plan"],
    Term: ["office"],
    ExpectedAnswer: ["institution", "idea", "commitment"],
}


class StateFilter(QuerysetFilter):
    title = "state"
    parameter_name = "state"
    states = [("drafts", "Drafts"), ("standing", "On record"), ("withdrawn", "Withdrawn")]


class OnRecordAdmin(PlainTitle):
    """Drafts are written and deleted; what is public is corrected or marked as withdrawn, each on a page of its own."""

    form = OnRecordForm
    formfield_overrides = FIELDS
    list_per_page = 50
    ordering = ["-stated_on", "-pk"]
    change_form_template = "admin/manifesto/on_record/change_form.html"

    def has_change_permission(self, request, obj=None):
        return super().has_change_permission(request, obj) and not (obj and obj.is_published)

    def has_delete_permission(self, request, obj=None):
        return super().has_delete_permission(request, obj) and not (obj and obj.is_published)

    def get_actions(self, request):
        # Deleting many at once would stumble over the first that is public.
        return {}

    def formfield_for_foreignkey(self, db_field, request, **kwargs):
        loaded = LOADED.get(db_field.related_model)
        if loaded:
            kwargs["queryset"] = db_field.related_model.objects.select_related(*loaded)
        elif db_field.related_model is Institution:
            kwargs["queryset"] = Institution.objects.by_name()
        return super().formfield_for_foreignkey(db_field, request, **kwargs)

    def save_model(self, request, obj, form, change):
        if change:
            obj.save()
        else:
            obj.record(by=request.user, now=timezone.now())

    def response_add(self, request, obj, *args, **kwargs):
        return self._on_to_publication(request, obj) or super().response_add(request, obj, *args, **kwargs)

    def response_change(self, request, obj):
        return self._on_to_publication(request, obj) or super().response_change(request, obj)

    def _on_to_publication(self, request, obj):
        if "_publish" in request.POST:
            return redirect(f"admin:manifesto_{self.opts.model_name}_publication", obj.pk)
        return None

    def get_urls(self):
        model = self.opts.model_name
        pages = [("publication", self.publish_view), ("correction", self.correct_view)]
        pages.append(("withdrawal", self.withdraw_view))
        urls = [
            path(f"<int:pk>/{name}/", self.admin_site.admin_view(view), name=f"manifesto_{model}_{name}")
            for name, view in pages
        ]
        return [*urls, *super().get_urls()]

    def publish_view(self, request, pk):
        """Show what everybody will read, then put it on record."""

        def publish(entry, form, now):
            entry.publish(by=request.user, now=now, today=timezone.localdate(now))
            return "It is on record, and everybody can read it."

        return self._act(request, pk, "publish", "Put it on record?", None, publish)

    def correct_view(self, request, pk):
        """What it should have said; the correction is public at once, with what it said before."""

        def correct(entry, form, now):
            content = {name: form.cleaned_data[name] for name in entry.CONTENT}
            form_explanation = form.cleaned_data["explanation"]
            entry.correct(
                content=content,
                explanation=form_explanation,
                by=request.user,
                now=now,
                today=timezone.localdate(now),
            )
            return "The correction is public."

        def form_for(entry, data):
            draft = copy(entry)
            draft.pk, draft.explanation, draft.published_at = None, "", None
            return correction_form(self.model)(data, instance=draft)

        return self._act(request, pk, "correct", "Correct it", form_for, correct)

    def withdraw_view(self, request, pk):
        """Mark it as withdrawn by the institution."""

        def withdraw(entry, form, now):
            entry.withdraw(**form.cleaned_data, by=request.user, now=now, today=timezone.localdate(now))
            return "It is marked as withdrawn. It can still be read."

        return self._act(
            request, pk, "withdraw", "Was it withdrawn?", lambda entry, data: WithdrawalForm(data), withdraw
        )

    def _act(self, request, pk, name, title, form_for, act):
        entry = get_object_or_404(self.get_queryset(request), pk=pk)
        if not super().has_change_permission(request):
            raise PermissionDenied
        sent = request.method == "POST"
        form = form_for(entry, request.POST if sent else None) if form_for else None
        status, refusal = 200, None
        if sent:
            status = 422
            if form is None or form.is_valid():
                try:
                    messages.success(request, act(entry, form, timezone.now()))
                    return redirect(f"admin:manifesto_{self.opts.model_name}_changelist")
                except Refused as why_not:
                    refusal, status = why_not, 409 if isinstance(why_not, EditedMeanwhile) else 422
        context = {
            **self.admin_site.each_context(request),
            "title": title,
            "opts": self.opts,
            "entry": entry,
            "form": form,
            "refusal": refusal,
            "shown": [(entry._meta.get_field(n).verbose_name, entry._shown(entry, n)) for n in entry.CONTENT],
        }
        template = f"admin/manifesto/on_record/{name}.html"
        return TemplateResponse(request, template, context, status=status)
