"""One mailbox, one member who may vote by it, however its address is spelt."""

import pgtrigger
from allauth.account.models import EmailAddress
from django.db import models
from django.db.models import F, Value

from .member import Member

# Of two that prove the same mailbox at once, one waits for the other at the unique constraint, and then has none.
# No error: signing in with an address that somebody has in another spelling goes on as before.
KEEP = """
    IF TG_OP <> 'INSERT' THEN
        DELETE FROM profiles_inbox WHERE member_id = OLD.user_id AND name = profiles_inbox_of(OLD.email)
        AND NOT EXISTS (
            SELECT FROM account_emailaddress other
            WHERE other.user_id = OLD.user_id AND other.verified
            AND profiles_inbox_of(other.email) = profiles_inbox_of(OLD.email)
        );
        INSERT INTO profiles_inbox (name, member_id)
        SELECT profiles_inbox_of(email), user_id FROM account_emailaddress
        WHERE verified AND profiles_inbox_of(email) = profiles_inbox_of(OLD.email) ORDER BY id LIMIT 1
        ON CONFLICT DO NOTHING;
    END IF;
    IF TG_OP <> 'DELETE' THEN
        IF NEW.verified THEN
            INSERT INTO profiles_inbox (name, member_id) VALUES (profiles_inbox_of(NEW.email), NEW.user_id)
            ON CONFLICT DO NOTHING;
        END IF;
    END IF;
    RETURN NULL;
"""


class InboxOf(models.Func):
    """The one spelling of all addresses that lead to the same mailbox; the migration that makes it says why so."""

    function = "profiles_inbox_of"
    output_field = models.CharField()


class ProvenAddress(EmailAddress):
    """An e-mail address, which once it is proven gives its member a mailbox to vote by."""

    class Meta:
        proxy = True
        default_permissions = ()
        triggers = [
            pgtrigger.Trigger(
                name="keep_inbox",
                level=pgtrigger.Row,
                when=pgtrigger.After,
                operation=pgtrigger.Insert
                | pgtrigger.Delete
                | pgtrigger.UpdateOf("email", "verified", "user_id"),
                func=KEEP,
            )
        ]


class InboxQuerySet(models.QuerySet):
    def of(self, address):
        """The mailbox that an address leads to, whoever has it."""
        return self.filter(name=InboxOf(Value(address)))


class Inbox(models.Model):
    """A mailbox by which a member may vote; nobody else may by the same.

    Triggers on e-mail addresses keep it: it is gone with the last address that leads to it, or passes to the member
    who proved the same mailbox next.
    """

    name = models.CharField(max_length=254, primary_key=True)
    member = models.ForeignKey(Member, on_delete=models.CASCADE, related_name="inboxes")

    objects = InboxQuerySet.as_manager()

    class Meta:
        default_permissions = ()
        constraints = [
            models.CheckConstraint(
                condition=models.Q(name=InboxOf(F("name"))), name="inbox_in_its_one_spelling"
            ),
        ]

    def __str__(self):
        return "A mailbox"
