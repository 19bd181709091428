"""News for members: queued with what they are about, carried by e-mail once."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from profiles.models import ClosedAddress, Mailing, Member, Notification
from profiles.vocabularies import Frequency
from tests.factories import make_member

LONDON = ZoneInfo("Europe/London")
NOON = datetime(2026, 6, 10, 12, 0, tzinfo=LONDON)
DAY = timedelta(days=1)


def tell(*members, key="round-1-opens", now=NOON, **words):
    values = {"subject": "The round is open", "words": "Come and read.", "address": "/rounds/uk/", **words}
    Notification.objects.tell(members, key=key, now=now, **values)


def invite(email="guest@example.org", *, key="invitation-1", now=NOON):
    Notification.objects.tell_address(
        email, key=key, subject="You are invited", words="Write with us.", address="/my/ideas/", now=now
    )


def frequency(member, frequency):
    Member.objects.filter(pk=member.pk).update(email_frequency=frequency)


def test_each_member_is_told_once_per_key(member, other_member):
    tell(member, other_member, None, member)
    tell(other_member)
    tell(other_member, key="round-1-closes")
    assert (member.notifications.count(), other_member.notifications.count()) == (1, 2)


def test_a_queryset_of_members_will_do(member, other_member):
    Notification.objects.tell(
        Member.objects.all(), key="k", subject="News", words="New.", address="/", now=NOON
    )
    assert Notification.objects.count() == 2


def test_nothing_is_queued_for_those_who_want_nothing(member, other_member):
    frequency(member, Frequency.OFF)
    other_member.is_active = False
    other_member.save()
    tell(member, other_member)
    assert Notification.objects.count() == 0


def test_news_is_lost_with_the_work_that_made_it(member):
    class Undone(Exception):
        pass

    with pytest.raises(Undone), transaction.atomic():
        tell(member)
        raise Undone
    assert Notification.objects.count() == 0


def test_who_was_told_is_known_after_the_secret_changes(member, other_member, settings):
    tell(member)
    invite()
    settings.SECRET_KEY_FALLBACKS = [settings.SECRET_KEY]
    settings.SECRET_KEY = "another secret"
    tell(member, other_member)
    invite()
    assert (member.notifications.count(), other_member.notifications.count()) == (1, 1)
    assert Notification.objects.filter(member=None).count() == 1


def test_an_address_is_told_once_however_it_is_written(db):
    invite("Guest@Example.org")
    invite("guest@example.org ")
    assert list(Notification.objects.values_list("email", "member")) == [("guest@example.org", None)]


def test_a_closed_address_is_left_in_peace(db):
    ClosedAddress.objects.create(email="guest@example.org", closed_at=NOON)
    invite()
    assert Notification.objects.count() == 0
