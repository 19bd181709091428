"""The admin of what editors write in versions: save, look at it, publish now or later, withdraw, restore."""

from django.contrib import messages
from django.db import connection
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.views.decorators.http import require_POST

from profiles.admin.fields import FIELDS
from profiles.admin.filters import QuerysetFilter
from profiles.admin.lists import PlainTitle
from profiles.admin.publication import Publishes
from profiles.admin.write_up import PublicationForm
from profiles.errors import Refused


class StatusFilter(QuerysetFilter):
    title = "status"
    parameter_name = "status"
    states = [
        ("draft", "Never published"),
        ("scheduled", "To be published by itself"),
        ("published", "Public"),
        ("withdrawn", "Withdrawn"),
    ]


class WritesVersions(PlainTitle, Publishes):
    """What the admins of pages and of posts share."""

    words_once_public = "“{0}” is public now."
    change_form_template = "admin/ogp_network/change_form.html"
    formfield_overrides = FIELDS
    list_per_page = 50
    actions = None

    def get_queryset(self, request):
        return super().get_queryset(request).select_related("public").with_latest_title()

    def get_object(self, request, object_id, from_field=None):
        writing = super().get_object(request, object_id, from_field)
        if writing and request.method == "POST" and connection.in_atomic_block:
            # Who saves or publishes at this moment waits until this is saved, or the other way round.
            self.model.objects.select_for_update(of=["self"]).get(pk=writing.pk)
            writing.refresh_from_db()
        return writing

    def has_delete_permission(self, request, obj=None):
        """What was public is withdrawn instead, and kept."""
        return super().has_delete_permission(request, obj) and bool(obj is None or obj.is_draft)

    def title(self, writing):
        return writing.latest_title

    def status(self, writing):
        if writing.is_scheduled:
            moment = date_format(timezone.localtime(writing.publish_at), "j M Y, H:i")
            return f"{'Public, a change' if writing.is_published else 'Draft'} to be published {moment}"
        if writing.is_published:
            return "Public"
        return "Withdrawn" if writing.is_withdrawn else "Draft"

    def can_publish(self, request, obj):
        return self.has_change_permission(request)

    def save_model(self, request, obj, form, change):
        super().save_model(request, obj, form, change)
        obj.write(
            form.content,
            opened=form.cleaned_data.get("opened") or 0,
            by=request.user,
            now=timezone.now(),
            reason=form.cleaned_data["reason"],
        )

    def get_urls(self):
        pages = [
            ("preview", self.preview_view, "preview"),
            ("publication", self.publication_view, "publication"),
            ("withdrawals", self.withdraw_view, "withdraw"),
            ("versions", self.versions_view, "versions"),
            ("restorations", require_POST(self.restore_view), "restore"),
        ]
        name = f"{self.opts.app_label}_{self.opts.model_name}"
        return [
            *(
                path(f"<path:pk>/{part}/", self.admin_site.admin_view(view), name=f"{name}_{verb}")
                for part, view, verb in pages
            ),
            *super().get_urls(),
        ]

    def page(self, request, template, title, writing, *, status=200, **context):
        """One of the pages about `writing` beside its form."""
        context = {
            **self.admin_site.each_context(request),
            "title": title,
            "opts": self.opts,
            "writing": writing,
            "addresses": self.addresses_of(writing),
            **context,
        }
        return TemplateResponse(request, f"admin/ogp_network/{template}.html", context, status=status)

    def addresses_of(self, writing):
        verbs = ("changelist", "change", "preview", "publication", "withdraw", "versions", "restore")
        name = f"admin:{self.opts.app_label}_{self.opts.model_name}"
        return {
            verb: reverse(f"{name}_{verb}", args=[] if verb == "changelist" else [writing.pk])
            for verb in verbs
        }

    def render_change_form(self, request, context, *args, obj=None, **kwargs):
        context["addresses"] = self.addresses_of(obj) if obj else {}
        context["theirs"] = context["adminform"].form.theirs if obj else []
        context["changed_by"] = context["adminform"].form.latest if obj else None
        return super().render_change_form(request, context, *args, obj=obj, **kwargs)

    def preview_view(self, request, pk):
        """The latest version, or the one `?version=` names, as it would appear to everybody."""
        writing = self.changeable(request, pk)
        number = _number(request, "version")
        version = writing.latest if number is None else writing.versions.filter(number=number).first()
        if version is None:
            return self.back_to(writing)
        context = {
            self.opts.model_name: writing,
            "version": version,
            "is_preview": True,
            "address": self.addresses_of(writing)["change"],
            "now": timezone.now(),
        }
        return TemplateResponse(request, f"pages/{self.opts.model_name}_detail.html", context)

    def publication_view(self, request, pk):
        """Publish the latest version now, or have it published at a time to come."""
        writing, now = self.changeable(request, pk), timezone.now()
        form = PublicationForm(request.POST if "schedule" in request.POST else None)
        if request.method == "POST":
            try:
                if answer := self._settle_publication(request, writing, form, now):
                    return answer
            except Refused as refusal:
                if form.is_bound:
                    form.add_error("publish_at", str(refusal))
                else:
                    messages.error(request, str(refusal))
        return self.page(
            request,
            "publication",
            f"Publish “{writing}”",
            writing,
            status=422 if form.errors else 200,
            latest=writing.latest,
            form=form,
        )

    def _settle_publication(self, request, writing, form, now):
        """Do what was asked for; give where to go then, or None if the form isn't right."""
        if "unschedule" in request.POST:
            writing.unschedule()
            words = "It isn’t published by itself any more."
        elif "schedule" in request.POST:
            if not form.is_valid():
                return None
            writing.schedule(
                form.cleaned_data["publish_at"], by=request.user, now=now, seen=_number(request, "seen")
            )
            words = f"It will be published on {date_format(timezone.localtime(writing.publish_at), 'j F Y, H:i')}."
        else:
            writing.publish(by=request.user, now=now, seen=_number(request, "seen"))
            words = self.words_once_public.format(writing)
        return self._done(request, writing, words)

    def withdraw_view(self, request, pk):
        writing = self.changeable(request, pk)
        if request.method == "POST":
            writing.withdraw(by=request.user, now=timezone.now())
            return self._done(request, writing, f"“{writing}” is no longer public.")
        return self.page(request, "withdraw", f"Withdraw “{writing}”?", writing)

    def versions_view(self, request, pk):
        """Every version with what it changed of the one before, or of the one that was asked for."""
        writing = self.changeable(request, pk)
        versions = list(writing.versions.by_latest().select_related("saved_by", "published_by"))
        rows = [
            (version, before.changes_to(version.content()) if before else [])
            for version, before in zip(versions, [*versions[1:], None], strict=True)
        ]
        return self.page(request, "versions", f"Versions of “{writing}”", writing, rows=rows)

    def restore_view(self, request, pk):
        """Write an earlier version anew; it becomes public only by publishing it."""
        writing = self.changeable(request, pk)
        number, opened = (_number(request, name) for name in ("number", "opened"))
        if number is None or opened is None:
            return redirect(self.addresses_of(writing)["versions"])
        get_object_or_404(writing.versions, number=number)
        try:
            writing.restore(number, opened=opened, by=request.user, now=timezone.now())
        except Refused as refusal:
            messages.error(request, str(refusal))
            return redirect(self.addresses_of(writing)["versions"])
        words = f"Version {number} is the latest again. It isn’t public until you publish it."
        return self._done(request, writing, words)

    def _done(self, request, writing, words):
        self.log_change(request, writing, words)
        messages.success(request, words)
        return self.back_to(writing)


def _number(request, name):
    """What the address or the form says under that name if it is a number that a version can have, else None."""
    number = (request.POST if request.method == "POST" else request.GET).get(name, "")
    return int(number) if number.isascii() and number.isdecimal() and len(number) < 10 else None
