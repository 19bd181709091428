from allauth.account.decorators import reauthentication_required, secure_admin_login
from django.conf import settings
from django.contrib import admin, messages
from django.contrib.admin.widgets import AutocompleteSelect
from django.core.exceptions import BadRequest, FieldDoesNotExist, PermissionDenied
from django.db.models.base import ModelBase
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.decorators import method_decorator
from django.utils.formats import date_format

from manifesto.models import Action, Comment, ExpectedAnswer, ExpertTerm, Idea, Milestone, Round
from meetings.models import Note
from profiles.auditing import audited_admin
from profiles.models import Membership, OrganisationProposal, Profile

from .admin_sections import in_sections

# Secrets of second factors and sessions, and what a member alone may say of their own address.
WITHOUT_PAGE = {"mfa.Authenticator", "account.EmailAddress", "usersessions.UserSession"}

STORY_TASKS = {
    "waiting": "Read new answers and write up {}",
    "returned": "See to changes asked for in {}",
    "approved": "Publish {} that the author has approved",
}


def _is_number(text, longest=18):
    return text.isascii() and text.isdecimal() and len(text) <= longest


class SelectOfNumbers(AutocompleteSelect):
    """Shows what was chosen once more, without asking the database for what is no number of a row."""

    def optgroups(self, name, value, attr=None):
        return super().optgroups(name, [chosen for chosen in value if _is_number(str(chosen))], attr)


class Discreet:
    """Tells nothing by the way: neither what points to a row, nor whether there is one that somebody may not see."""

    def get_object(self, request, object_id, from_field=None):
        # Django answers otherwise where there is no such row.
        if not self.has_view_or_change_permission(request):
            raise PermissionDenied
        return super().get_object(request, object_id, from_field)

    def lookup_allowed(self, lookup, value, request=None):
        # `?votes=1` would show an administrator whose vote that is.
        try:
            field = self.opts.get_field(lookup.split("__")[0])
        except FieldDoesNotExist:
            return super().lookup_allowed(lookup, value, request)
        return field.concrete and super().lookup_allowed(lookup, value, request)

    def changelist_view(self, request, extra_context=None):
        """Django asks the database for whatever stands there, and stumbles over what is no number of a row or year."""
        rows = request.POST.getlist("_selected_action")
        parts = [
            value for name, value in request.GET.items() if name.endswith(("__year", "__month", "__day"))
        ]
        if not all(map(_is_number, rows)) or not all(_is_number(part, longest=4) for part in parts):
            raise BadRequest("No number of a row, or of a day")
        return super().changelist_view(request, extra_context)

    def formfield_for_foreignkey(self, db_field, request, **kwargs):
        if db_field.name in self.get_autocomplete_fields(request):
            kwargs.setdefault("widget", SelectOfNumbers(db_field, self.admin_site))
        return super().formfield_for_foreignkey(db_field, request, **kwargs)

    def log_addition(self, request, obj, message):
        # Its address doesn't have its number yet.
        request.audit_target = obj
        return super().log_addition(request, obj, message)


def asks_once_more(request):
    """Whether somebody has to prove who they are before this: it deletes, or changes what people may do."""
    name = request.resolver_match.url_name or ""
    deletes = name.endswith("_delete") or request.POST.get("action") == "delete_selected"
    gives_power = name.startswith(("profiles_member_", "auth_group_")) and not name.endswith("_suspend")
    return settings.REQUIRE_SECOND_FACTOR and (deletes or gives_power)


class WithoutColons:
    """Labels as on the site, without a colon: many of them are questions."""

    def render_change_form(self, request, context, *args, **kwargs):
        context["adminform"].form.label_suffix = ""
        return super().render_change_form(request, context, *args, **kwargs)

    def get_formset_kwargs(self, *args):
        return {**super().get_formset_kwargs(*args), "form_kwargs": {"label_suffix": ""}}


class ManifestoAdminSite(admin.AdminSite):
    """Django's admin behind the site's own sign-in and, outside demonstrations, a second factor."""

    site_header = "Open Government Manifesto"
    site_title = "Open Government Manifesto"
    index_title = "What would you like to look after?"

    def register(self, model_or_iterable, admin_class=None, **options):
        models = [model_or_iterable] if isinstance(model_or_iterable, ModelBase) else model_or_iterable
        models = [model for model in models if model._meta.label not in WITHOUT_PAGE]
        guarded = type("Guarded", (Discreet, WithoutColons, admin_class or admin.ModelAdmin), {})
        super().register(models, guarded, **options)

    @method_decorator(secure_admin_login)
    def login(self, request, extra_context=None):
        if request.user.is_active and request.user.is_staff and not request.user.has_second_factor:
            messages.warning(request, "Please set up a second step for signing in before you use the admin.")
            return redirect("mfa_index")
        return super().login(request, extra_context)

    def has_permission(self, request):
        return super().has_permission(request) and request.user.has_second_factor

    def admin_view(self, view, cacheable=False):
        """All pages of the admin go through here, so all that is done on them is on the audit log."""
        proven = reauthentication_required(allow_get=True, enabled=asks_once_more)
        return super().admin_view(proven(audited_admin(view)), cacheable)

    def get_app_list(self, request, app_label=None):
        apps = super().get_app_list(request, app_label)
        # The page of one app has its own name above it.
        return apps if app_label else [section for app in apps for section in in_sections(app)]

    def index(self, request, extra_context=None):
        tasks = list(self.tasks_for(request.user, timezone.now()))
        return super().index(request, {**(extra_context or {}), "tasks": tasks})

    def tasks_for(self, user, now):
        """What waits for this person, as pairs of words and an address."""
        if user.has_perm("manifesto.moderate_idea") and (waiting := Idea.objects.pending().count()):
            words = f"Read and answer {waiting} idea{'s' if waiting > 1 else ''}"
            yield words, f"{reverse('admin:manifesto_idea_changelist')}?state=pending"
        if user.has_perm("manifesto.moderate_idea"):
            comments = Comment.objects.to_read().exclude(author=user).count()
            if comments:
                words = f"Read {comments} comment{'s' if comments > 1 else ''}"
                yield words, f"{reverse('admin:manifesto_comment_changelist')}?state=to_read"
        if user.has_perm("profiles.change_profile"):
            yield from self._story_tasks()
        if user.has_perm("meetings.change_note"):
            for note in Note.objects.with_open_corrections():
                count = note.open_corrections
                words = f"Settle {count} correction{'s' if count > 1 else ''} to the note of {note.meeting}"
                yield words, reverse("admin:meetings_note_circulation", args=[note.pk])
        yield from self._organisation_tasks(user)
        to_check = ExpectedAnswer.objects.to_check(timezone.localdate(now))
        if user.has_perm("manifesto.change_expectedanswer") and (due := to_check.count()):
            words = f"Look whether government has answered: {due} check{'s' if due > 1 else ''} due"
            yield words, f"{reverse('admin:manifesto_expectedanswer_changelist')}?state=to_check"
        milestones = Milestone.objects.to_check(timezone.localdate(now))
        if user.has_perm("manifesto.change_actionplan") and (due := milestones.count()):
            words = f"Look at {due} milestone{'s' if due > 1 else ''} again"
            yield words, reverse("admin:manifesto_actionplan_checks")
        for term in (
            ExpertTerm.objects.for_member(user).current(timezone.localdate(now)).select_related("round")
        ):
            if left := term.ideas_left(now).count():
                again = term.round.allows(Action.LOOK_AGAIN, now)
                words = f"{'Look again at' if again else 'Score'} {left} idea{'s' if left > 1 else ''}: {term.round}"
                yield words, reverse("admin:manifesto_round_scoring", args=[term.round_id])
        if user.has_perm("manifesto.add_idea"):
            for batch in user.imports.open():
                yield f"Finish the import of {batch}", batch.get_absolute_url()
        if user.has_perm("manifesto.publish_shortlist"):
            for round in Round.objects.announced().by_newest():
                if round.allows(Action.DECIDE, now):
                    yield _shortlist_task(round)

    def _story_tasks(self):
        address = reverse("admin:profiles_profile_changelist")
        for status, words in STORY_TASKS.items():
            if waiting := getattr(Profile.objects, status)().count():
                stories = f"{waiting} {'story' if waiting == 1 else 'stories'}"
                yield words.format(stories), f"{address}?status={status}"

    def _organisation_tasks(self, user):
        proposals, requests = OrganisationProposal.objects.open(), Membership.objects.requested()
        if user.has_perm("profiles.add_organisation") and (waiting := proposals.count()):
            words = f"See to {waiting} organisation{'s' if waiting > 1 else ''} that members want listed"
            yield words, f"{reverse('admin:profiles_organisationproposal_changelist')}?state=open"
        if user.has_perm("profiles.change_membership") and (waiting := requests.count()):
            words = f"Answer {waiting} request{'s' if waiting > 1 else ''} to join an organisation"
            yield words, f"{reverse('admin:profiles_membership_changelist')}?state=requested"


def _shortlist_task(round):
    publication = reverse("admin:manifesto_round_publication", args=[round.pk])
    if round.has_publication_failed:
        return f"The shortlist was not published at its time: {round}", publication
    if round.is_shortlist_scheduled:
        at = date_format(timezone.localtime(round.shortlist_publish_at), r"j F \a\t H:i")
        return f"To be published by itself on {at}: the shortlist of {round}", publication
    return f"Prepare the shortlist: {round}", reverse("admin:manifesto_round_shortlist", args=[round.pk])
