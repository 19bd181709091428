"""What tests that commit leave behind is gone before the next."""

import time

from django.contrib.auth.models import Group, Permission
from django.db import transaction
from django.utils import timezone

from profiles.models import AuditEntry, Member
from profiles.vocabularies import AuditAction

from .emptying import Beginning
from .factories import make_idea, make_member, make_votes


def test_tables_come_back_to_what_they_were(transactional_db):
    beginning, permissions = Beginning(), list(Permission.objects.order_by("pk").values())
    make_votes(idea=make_idea(), number=2)
    AuditEntry.objects.record(AuditAction.SIGNED_IN, by=make_member(), now=timezone.now())
    Group.objects.filter(name="Editors").update(name="Others")
    Permission.objects.earliest("pk").delete()
    beginning.come_back()
    assert beginning.states == Beginning().states
    assert (Member.objects.count(), AuditEntry.objects.count()) == (0, 0)
    assert Group.objects.filter(name="Editors").exists()
    assert list(Permission.objects.order_by("pk").values()) == permissions


def test_what_is_still_being_written_is_waited_for(transactional_db, at_once):
    beginning = Beginning()

    def write():
        with transaction.atomic():
            make_member()
            time.sleep(0.5)

    def come_back():
        time.sleep(0.2)
        beginning.come_back()

    assert at_once(write, come_back) == [None, None]
    assert Member.objects.count() == 0
