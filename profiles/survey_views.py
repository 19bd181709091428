"""From the call to answers that were sent in: what a member does for their organisation."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import Http404, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from . import typed
from .errors import Refused
from .limits import limited
from .models import Call, Organisation, Profile, Question
from .models.answer import LONGEST_ANSWER
from .models.survey import WORDS, mark_of
from .survey_forms import SurveyForm

PER_PAGE = 20
KEPT = (*WORDS, "opened")


@require_safe
def call_detail(request, slug):
    now = timezone.now()
    call = get_object_or_404(Call, slug=slug)
    if not call.is_opened(now) and not request.user.has_perm("profiles.change_call"):
        raise Http404
    profiles = Profile.objects.filter(call=call)
    mine = profiles.for_member(request.user) if request.user.is_authenticated else profiles.none()
    context = {
        "call": call,
        "is_open": call.is_open(now),
        "is_opened": call.is_opened(now),
        "questions": Question.labels,
        "mine": mine.select_related("organisation", "call").order_by("pk"),
        "profiles": profiles.published().for_cards().by_newest()[:4],
    }
    return render(request, "profiles/call_detail.html", context)


@login_required
@never_cache
@require_safe
def survey_begin(request, slug):
    """Which organisation somebody answers for; how to get a place in one, for those who have none yet."""
    call = _call(slug)
    organisations = list(Organisation.objects.for_member(request.user).by_name())
    if len(organisations) == 1:
        return redirect("profiles:survey", call.slug, organisations[0].slug)
    asked = request.user.memberships.current().filter(confirmed_at=None).select_related("organisation")
    context = {"call": call, "organisations": organisations, "asked": asked}
    return render(request, "profiles/survey_begin.html", context)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@limited("upload", when=lambda request: request.FILES)
def survey(request, slug, organisation):
    """The four questions on one page, kept while they are typed and sent when they are done."""
    call = _call(slug)
    if not request.user.is_authenticated:
        return _ask_to_sign_in(request)
    organisation = _organisation(request, organisation)
    now = timezone.now()
    profile = call.profiles.filter(organisation=organisation).select_related("saved_by", "author").first()
    if request.method == "POST":
        return _save(request, call, organisation, now)
    if profile and profile.is_submitted:
        return _sent(request, call, profile, now)
    profile = profile or Profile(call=call, organisation=organisation)
    if refusal := call.refusal_to_answer(organisation, request.user, now):
        return _page(request, call, profile, _form(profile, typed.kept(request)), refusal=refusal, status=403)
    form = _form(profile, typed.kept(request))
    return _page(request, call, profile, form, is_restored=form.is_bound)


@login_required
@never_cache
@require_POST
def survey_take_back(request, slug, organisation):
    organisation = _organisation(request, organisation)
    profiles = Profile.objects.select_related("call", "organisation")
    profile = get_object_or_404(profiles, call__slug=slug, organisation=organisation)
    try:
        profile.take_back(by=request.user, now=timezone.now())
    except Refused as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(
            request, _("Your answers are back with you. Send them again when you have changed them.")
        )
    return redirect("profiles:survey", slug, organisation.slug)


@login_required
@never_cache
@require_safe
def my_stories(request):
    """What the member's organisations have answered, and what each waits for."""
    profiles = Profile.objects.for_member(request.user).select_related("call", "organisation", "author")
    rows = profiles.prefetch_related("approvals").order_by("-pk")
    context = {
        "page_obj": Paginator(rows, PER_PAGE).get_page(request.GET.get("page")),
        "calls": Call.objects.open(timezone.now()).by_latest(),
    }
    return render(request, "profiles/my_stories.html", context)


def _call(slug):
    return get_object_or_404(Call.objects.opened(timezone.now()), slug=slug)


def _organisation(request, slug):
    """An organisation that the member belongs to; any other is not found."""
    return get_object_or_404(Organisation.objects.for_member(request.user), slug=slug)


def _form(profile, data=None, files=None, **options):
    return SurveyForm(data, files, profile=profile, words=profile.texts(), **options)


def _save(request, call, organisation, now):
    submitting = request.POST.get("action") == "submit"
    profile = Profile(call=call, organisation=organisation)
    try:
        if refusal := call.refusal_to_answer(organisation, request.user, now):
            raise refusal
        profile = Profile.objects.edition_for(call=call, organisation=organisation, by=request.user, now=now)
        form = _form(profile, request.POST, request.FILES, submitting=submitting)
        form.full_clean()
        clashes = profile.keep(form.typed(), opened=form.opened_marks(), by=request.user, now=now)
        form.apply_picture(by=request.user, now=now)
    except Refused as refusal:
        return _refuse(request, call, profile, refusal)
    if _is_script(request):
        return _report(profile, form, clashes, now)
    typed.forget(request)
    if clashes:
        return _page_of_clash(request, call, profile, form, clashes)
    if form.errors:
        return _page(request, call, profile, form, status=422)
    if submitting:
        return _submit(request, call, profile, form, now)
    messages.success(request, _("What you wrote is saved. Everybody in your organisation can go on with it."))
    return redirect("profiles:survey", call.slug, organisation.slug)


def _submit(request, call, profile, form, now):
    try:
        profile.submit(by=request.user, now=now)
    except Refused as refusal:
        form.add_error(None, str(refusal))
        return _page(request, call, profile, form, status=409)
    messages.success(request, _("Thank you! An editor will write it up and show you the result."))
    return redirect("profiles:survey", call.slug, profile.organisation.slug)


def _refuse(request, call, profile, refusal):
    """Say why nothing can be saved now, and keep what was typed on the page."""
    if _is_script(request):
        return JsonResponse({"refusal": str(refusal)}, status=403)
    form = _form(profile, request.POST)
    return _page(request, call, profile, form, refusal=refusal, status=403)


def _page_of_clash(request, call, profile, form, clashes):
    """Show what somebody else wrote meanwhile beside what was typed here. Nothing is lost."""
    words = profile.texts()
    form.begin_with(words)
    for name in clashes:
        form.add_error(
            name,
            _("%(saved_by)s wrote something else here. Bring the two together, then save again.")
            % {"saved_by": profile.saved_by},
        )
    theirs = {name: words[name] for name in clashes}
    return _page(request, call, profile, form, theirs=theirs, status=409)


def _is_script(request):
    return request.headers.get("Accept", "").startswith("application/json")


def _report(profile, form, clashes, now):
    """For the script that saves what is typed: when it was saved, and what others wrote meanwhile."""
    words = profile.texts()
    sent = form.typed()
    return JsonResponse(
        {
            "saved": _("Saved at %(time)s") % {"time": date_format(timezone.localtime(now), "TIME_FORMAT")},
            "marks": {name: mark_of(words[name]) for name in WORDS if name not in clashes},
            "others": {
                name: words[name]
                for name, text in sent.items()
                if name not in clashes and words[name] != text
            },
            "trouble": _trouble(profile, form, clashes),
        }
    )


def _trouble(profile, form, clashes):
    """What somebody should know whose text was saved by itself; empty if all is well."""
    if clashes:
        return _(
            "%(name)s has just written something else under “%(question)s”. Press “Save for now” to see both."
        ) % {"name": profile.saved_by, "question": form.fields[clashes[0]].label}
    if form.errors:
        label = form.fields[next(iter(form.errors))].label
        return _("Saved, but for “%(field)s”: it doesn’t look right yet.") % {"field": label}
    return ""


def _ask_to_sign_in(request):
    if request.method == "POST" and _is_script(request):
        typed.keep(request, KEPT, longest=LONGEST_ANSWER)
        words = _("You are signed out. Press “Save for now”: nothing is lost.")
        return JsonResponse({"refusal": words}, status=403)
    return typed.keep_while_signing_in(request, KEPT, longest=LONGEST_ANSWER)


def _sent(request, call, profile, now):
    context = {
        "call": call,
        "profile": profile,
        "answers": profile.answers.all(),
        "can_take_back": profile.refusal_to_take_back(request.user, now) is None,
        "approval": profile.live_approval,
        "typed": typed.kept(request),
    }
    return render(request, "profiles/survey_sent.html", context)


def _page(request, call, profile, form, status=200, **shown):
    context = {"call": call, "profile": profile, "organisation": profile.organisation, "form": form, **shown}
    return render(request, "profiles/survey.html", context, status=status)
