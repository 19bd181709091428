"""E-mails about the safety of an account, which nobody can decline."""

from email.utils import parseaddr
from urllib.parse import urlsplit

from django.conf import settings
from django.core.mail import send_mail
from django.template.loader import render_to_string
from django.utils.translation import override


def tell_of_reset(member):
    """That an administrator took the second step away: if nobody asked them to, this is how the member finds out."""
    context = {
        "CONTACT_EMAIL": parseaddr(settings.DEFAULT_FROM_EMAIL)[1],
        "current_site": {"domain": urlsplit(settings.SITE_URL).netloc},
    }
    with override(member.language):
        subject = render_to_string("account/email/second_factor_reset_subject.txt").strip()
        words = render_to_string("account/email/second_factor_reset_message.txt", context)
    send_mail(subject, words, None, [member.email])
