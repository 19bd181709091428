"""What tests that commit leave behind is gone before the next."""

import time

from django.contrib.auth.models import Group, Permission
from django.db import transaction
from django.utils import timezone

from manifesto.models import Idea, Tally
from profiles.models import AuditEntry, Member
from profiles.vocabularies import AuditAction

from .emptying import Beginning
from .factories import make_idea, make_member, make_votes
from .loaded_once import load_once


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


def test_the_demonstration_brought_in_is_the_one_that_was_loaded(transactional_db, django_db_setup, tmp_path):
    beginning = django_db_setup
    load_once(beginning, tmp_path)
    loaded = Beginning().states
    beginning.come_back()
    load_once(beginning, tmp_path)
    assert (Beginning().states, list(Tally.objects.wrong())) == (loaded, [])
    # Numbers go on after those of what was brought in.
    assert make_idea().pk > Idea.objects.order_by("-pk")[1].pk
