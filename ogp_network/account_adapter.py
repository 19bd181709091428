from allauth.account.adapter import DefaultAccountAdapter
from django.contrib import messages
from django.utils.translation import gettext as _

from profiles.models import Inbox


class AccountAdapter(DefaultAccountAdapter):
    """What this site does otherwise than django-allauth."""

    def confirm_email(self, request, email_address):
        """Whoever proves a mailbox that counts for somebody else already is told, since it is theirs to know."""
        taken = Inbox.objects.of(email_address.email).exclude(member=email_address.user_id)
        if taken.exists():
            words = _(
                "There is another account with this mailbox. Each mailbox counts once; please use that account."
            )
            messages.error(request, words)
            return False
        return super().confirm_email(request, email_address)

    def is_safe_url(self, url):
        """Whether people may be sent there after signing in; never to what is no address at all, such as “//[”."""
        try:
            return super().is_safe_url(url)
        except ValueError:
            return False
