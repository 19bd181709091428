"""The logos of organisations: changing one, and what browsers get."""

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpResponse, HttpResponseNotModified
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from .auditing import audited
from .limits import limited
from .models import Organisation, OrganisationLogo
from .picture_field import PictureField

# The longer side on the organisation's page, and on cards.
LOGO_SIZES = (640, 160)
A_YEAR = 365 * 24 * 60 * 60


class LogoForm(forms.Form):
    logo = PictureField(
        label=gettext_lazy("A picture file"),
        sizes=LOGO_SIZES,
        media_type="image/webp",
        help_text=gettext_lazy("JPEG, PNG, WebP or GIF, 12 MB at most. We make a new, smaller file of it."),
        error_messages={"required": gettext_lazy("Choose a file first.")},
        max_length=250,
    )
    alt = forms.CharField(
        label=gettext_lazy("What does it show?"),
        max_length=200,
        required=False,
        help_text=gettext_lazy("For people who can’t see it, such as “A heron above the words River Watch”."),
    )
    use_required_attribute = False


@login_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@limited("upload", when=lambda request: request.FILES)
@audited("profiles.change_membership", Organisation, slug="slug")
def logo_edit(request, slug):
    """Send a logo, say what it shows, or remove it: for the people of the organisation, and editors."""
    organisation = get_object_or_404(Organisation.objects.with_logo(), slug=slug)
    if not organisation.is_looked_after_by(request.user):
        messages.error(request, _("Only people who belong to this organisation change its logo."))
        return redirect(organisation)
    if "remove" in request.POST:
        OrganisationLogo.objects.remove(organisation, by=request.user)
        messages.success(request, _("The logo is removed."))
        return redirect("profiles:logo_edit", slug)
    logo = organisation.own_logo
    sent = (request.POST, request.FILES) if request.method == "POST" else ()
    form = LogoForm(*sent, initial={"alt": logo.alt if logo else ""})
    form.fields["logo"].required = logo is None
    if form.is_valid():
        OrganisationLogo.objects.put(
            organisation,
            by=request.user,
            now=timezone.now(),
            pictures=form.cleaned_data["logo"],
            alt=form.cleaned_data["alt"],
        )
        messages.success(request, _("The logo is saved."))
        return redirect("profiles:logo_edit", slug)
    context = {"organisation": organisation, "logo": logo, "form": form}
    return render(request, "profiles/logo_edit.html", context, status=422 if form.errors else 200)


@require_safe
def logo(request, pk, digest, size):
    """The bytes, whoever asks. They never change under this address, and nothing in them can run."""
    found = OrganisationLogo.objects.filter(pk=pk, digest__startswith=digest).values_list(size, "media_type")
    row = found.first()
    if row is None:
        raise Http404
    etag = f'"{digest}-{size}"'
    headers = {
        "Cache-Control": f"public, max-age={A_YEAR}, immutable",
        "ETag": etag,
        "X-Content-Type-Options": "nosniff",
        "Content-Security-Policy": "default-src 'none'; sandbox",
    }
    if etag in request.headers.get("If-None-Match", ""):
        return HttpResponseNotModified(headers=headers)
    return HttpResponse(bytes(row[0]), content_type=row[1], headers=headers)
