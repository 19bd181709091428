"""Which network a vote came from, for a while: as a mark that says whether two of one day came from the same."""

import hashlib
import hmac
import secrets
from datetime import timedelta

from django.conf import settings
from django.db import models
from django.utils import timezone


def new_key():
    return secrets.token_bytes(32)


class NetworkKeyQuerySet(models.QuerySet):
    def mark(self, network, *, now, key=None):
        """What stands for a network today, and for no network tomorrow. Of the day's `key`, if there is one already."""
        key = key or self.get_or_create(day=timezone.localdate(now))[0].key
        return hmac.new(key, network.encode(), hashlib.sha256).hexdigest()[:16]

    def forget(self, *, now):
        """Throw away the keys of days that are over; without its key nothing leads from a mark to a network."""
        return self.filter(day__lt=timezone.localdate(now)).delete()[0]


class NetworkKey(models.Model):
    """What marks of networks are made with on one day."""

    day = models.DateField(primary_key=True)
    key = models.BinaryField(default=new_key)

    objects = NetworkKeyQuerySet.as_manager()

    class Meta:
        default_permissions = ()

    def __str__(self):
        return f"Key of {self.day}"


class VoteTraceQuerySet(models.QuerySet):
    def forget(self, *, now):
        """Delete those of votes older than the site keeps them; their number."""
        before = now - timedelta(days=settings.DAYS_TO_KEEP_NETWORKS)
        return self.filter(vote__cast_at__lt=before).delete()[0]


class VoteTrace(models.Model):
    """The mark of the network that a vote came from. No page shows it: editors see how many votes have the same."""

    vote = models.OneToOneField("Vote", on_delete=models.CASCADE, primary_key=True, related_name="trace")
    network = models.CharField(max_length=16, db_index=True)

    objects = VoteTraceQuerySet.as_manager()

    class Meta:
        default_permissions = ()

    def __str__(self):
        return "A mark"
