"""E-mails with news: what they say, and how they are sent."""

import logging
import smtplib
from urllib.parse import urlsplit

from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.core.signing import BadSignature, Signer
from django.db import transaction
from django.template.loader import render_to_string
from django.urls import reverse, translate_url
from django.utils.translation import gettext as _
from django.utils.translation import override

from .models import Mailing, Member
from .vocabularies import language_tag

logger = logging.getLogger(__name__)

NAME = "Open Government Manifesto"
signer = Signer(salt="unsubscribe")


class MailServerTrouble(Exception):
    """The mail server can't be reached or takes no mail now: no use in trying the next one."""


def unsubscribe_token(mailing):
    """Who the mail went to, signed. It names nothing that the mail is about, and works for good."""
    return signer.sign(f"member-{mailing.member_id}" if mailing.member_id else f"mailing-{mailing.pk}")


def recipient_of(token):
    """The Member, or for somebody without an account the Mailing, that a token was made for; or None."""
    try:
        kind, _, pk = signer.unsign(token).partition("-")
    except BadSignature:
        return None
    return {"member": Member, "mailing": Mailing}[kind].objects.filter(pk=pk).first()


def compose(mailing, news, connection=None):
    """The e-mail for a mailing and its news: the same, Message-ID included, however often it is made.

    It is in the member's language, but for the news, which are in the site's own.
    """
    language = mailing.member.language if mailing.member else settings.LANGUAGE_CODE
    with override(settings.LANGUAGE_CODE):
        # An address can be understood only in its own language.
        news = [(item, settings.SITE_URL + translate_url(item.address, language)) for item in news]
    with override(language):
        return _compose(mailing, news, connection, language)


def _compose(mailing, news, connection, language):
    host = urlsplit(settings.SITE_URL).hostname
    unsubscribe_url = settings.SITE_URL + reverse("profiles:unsubscribe", args=[unsubscribe_token(mailing)])
    context = {
        "news": news,
        "name": NAME,
        "site": settings.SITE_URL + reverse("home"),
        "language": language_tag(language),
        "language_of_news": language_tag(settings.LANGUAGE_CODE),
        "member": mailing.member,
        "settings_url": settings.SITE_URL + reverse("profiles:notification_settings"),
        "unsubscribe_url": unsubscribe_url,
    }
    message = EmailMultiAlternatives(
        # A subject is read over shoulders and kept in logs: a member's never says what the news is about.
        subject=_("News from the %(name)s") % {"name": NAME} if mailing.member else news[0][0].subject,
        body=render_to_string("profiles/mail/news.txt", context),
        to=[mailing.member.email if mailing.member else mailing.email],
        connection=connection,
        headers={
            "Message-ID": f"<{mailing.token}@{host}>",
            "Auto-Submitted": "auto-generated",
            "List-Id": f"News from the {NAME} <news.{host}>",
            "List-Unsubscribe": f"<{unsubscribe_url}>",
            "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
        },
    )
    message.attach_alternative(render_to_string("profiles/mail/news.html", context), "text/html")
    return message


def send_next(connection, *, now) -> bool:
    """Send one mailing that is due, if there is one that nobody else is sending.

    Raise MailServerTrouble. The mailing's row is locked until its fate is written down: when this process is killed
    before that, the lock goes with it, and the next run sends the same message again.
    """
    with transaction.atomic():
        mailing = Mailing.objects.claim(now)
        if mailing is None:
            return False
        trouble = _send(mailing, connection, now)
    if trouble:
        raise MailServerTrouble(trouble)
    return True


def _send(mailing, connection, now):
    """Give what is wrong with the mail server, or None."""
    news = list(mailing.notifications.by_oldest())
    if not news or (mailing.member and not mailing.member.is_active):
        mailing.abandon()
        return None
    try:
        compose(mailing, news, connection).send()
    except Exception as error:
        # Neither the error's text nor a traceback: they hold the address.
        logger.warning("Mailing %s was not sent: %s", mailing.pk, type(error).__name__)
        mailing.record_failure(now=now, is_refused=_is_refused(error))
        return type(error).__name__ if _is_about_the_server(error) else None
    mailing.record_sent(now=now)
    return None


def _is_refused(error):
    """Whether this message won't do, rather than not now."""
    if isinstance(error, smtplib.SMTPDataError):
        return error.smtp_code >= 500
    # Not OSError: the address can't even be written in a header.
    is_unwritable = isinstance(error, ValueError) and not isinstance(error, OSError)
    return isinstance(error, smtplib.SMTPRecipientsRefused) or is_unwritable


def _is_about_the_server(error):
    about_the_message = (smtplib.SMTPRecipientsRefused, smtplib.SMTPSenderRefused, smtplib.SMTPDataError)
    return isinstance(error, OSError) and not isinstance(error, about_the_message)
