"""What is written to somebody who leaves: that they asked to, and at last that they are gone."""

from django.conf import settings
from django.core.mail import send_mail
from django.template.loader import render_to_string
from django.utils.translation import gettext as _
from django.utils.translation import override

from profiles.mail import NAME


def tell_of_request(departure):
    """Say when the account goes, and how to keep it. Raise what sending raises."""
    member = departure.member
    with override(member.language):
        context = {
            "name": NAME,
            "departure": departure,
            "address": settings.SITE_URL + departure.get_absolute_url(),
        }
        _send(_("Your account will be deleted"), "account/email/departure_asked.txt", context, member.email)


def tell_of_end(email, language):
    """The last e-mail that goes to the address. Raise what sending raises."""
    with override(language):
        context = {"name": NAME, "contact": settings.DEFAULT_FROM_EMAIL}
        _send(_("Your account is deleted"), "account/email/departure_done.txt", context, email)


def _send(subject, template, context, email):
    send_mail(
        f"{subject} – {NAME}", render_to_string(template, context), settings.DEFAULT_FROM_EMAIL, [email]
    )
