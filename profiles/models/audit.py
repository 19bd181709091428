import re
from datetime import timedelta

import pgtrigger
from django.contrib.auth import get_user_model
from django.db import models
from django.db.models import OuterRef, Subquery

from ..vocabularies import AuditAction, audit_actions

# Codes and names of pages and of kinds of rows, never words that somebody wrote.
CODE = re.compile(r"[a-z0-9_.:-]{1,80}")
MEMBER, IDEA = re.compile(r"(profiles\.)?members?"), re.compile(r"(manifesto\.)?ideas?")


class AuditQuerySet(models.QuerySet):
    def record(self, action, *, by, now, target=None, **details):
        """Put on record, for good, what `by` did; nobody where a job or the command line did it.

        Join the transaction of the change, so that neither is there without the other. `target` is what it was done
        to. `details` are ids, counts, yes or no, and codes. Raise ValueError for anything else, and for a member and an
        idea together: the log outlives accounts, and must never tell who somebody is or what they think.
        """
        kind, pk = (target._meta.label_lower, str(target.pk)) if target is not None else ("", "")
        for name, value in details.items():
            if not _is_plain(value):
                raise ValueError(f"The audit log keeps ids, counts and codes only: {name}")
        named = [kind, *details]
        if any(map(MEMBER.fullmatch, named)) and any(map(IDEA.fullmatch, named)):
            raise ValueError("The audit log never names a member and an idea together")
        return self.create(
            at=now,
            actor_pk=by.pk if by else None,
            action=AuditAction(action),
            target_kind=kind,
            target_pk=pk,
            details=details,
        )

    def for_actor(self, member):
        return self.filter(actor_pk=member.pk)

    def for_target(self, thing):
        return self.filter(target_kind=thing._meta.label_lower, target_pk=str(thing.pk))

    def since(self, moment):
        return self.filter(at__gt=moment)

    def with_actor_name(self):
        """`actor_name` is None where the account is gone."""
        members = get_user_model().objects.filter(pk=OuterRef("actor_pk"))
        return self.annotate(actor_name=Subquery(members.values("display_name")))

    def by_newest(self):
        return self.order_by("-at", "-pk")


class AuditEntry(models.Model):
    """One thing that staff did, in ids: neither names nor addresses, nor anything anybody thinks.

    The actor is a number instead of a foreign key: no row may change when an account is deleted, and then the number
    leads to nobody.
    """

    # A page that saves while somebody types is on record once in this time.
    ONE_SITTING = timedelta(minutes=10)

    at = models.DateTimeField()
    actor_pk = models.PositiveBigIntegerField("who", null=True)
    action = models.CharField(max_length=40, choices=audit_actions)
    target_kind = models.CharField("what", max_length=100, blank=True)
    target_pk = models.CharField("its number", max_length=40, blank=True)
    details = models.JSONField(default=dict, blank=True)

    objects = AuditQuerySet.as_manager()

    class Meta:
        verbose_name = "audit entry"
        verbose_name_plural = "audit entries"
        default_permissions = ("view",)
        constraints = [
            models.CheckConstraint(condition=~models.Q(action=""), name="audit_entry_with_action"),
            models.CheckConstraint(
                condition=models.Q(target_kind="", target_pk="")
                | (~models.Q(target_kind="") & ~models.Q(target_pk="")),
                name="audit_entry_target_is_whole",
            ),
        ]
        indexes = [
            models.Index(fields=["-at", "-id"], name="audit_by_newest"),
            models.Index(fields=["actor_pk", "-at"], name="audit_of_actor"),
            models.Index(fields=["target_kind", "target_pk"], name="audit_of_target"),
        ]
        triggers = [
            pgtrigger.Protect(name="append_only", operation=pgtrigger.Update | pgtrigger.Delete),
            # pgtrigger.Protect knows no TRUNCATE.
            pgtrigger.Trigger(
                name="never_emptied",
                when=pgtrigger.Before,
                operation=pgtrigger.Truncate,
                level=pgtrigger.Statement,
                func="RAISE EXCEPTION 'pgtrigger: Cannot truncate rows from % table', TG_TABLE_NAME;",
            ),
        ]

    def __str__(self):
        return f"{self.get_action_display()}, {self.at:%Y-%m-%d %H:%M}"


def _is_plain(value):
    if isinstance(value, (list, tuple)):
        return all(map(_is_plain, value))
    return (
        value is None
        or isinstance(value, (bool, int))
        or bool(isinstance(value, str) and CODE.fullmatch(value))
    )
