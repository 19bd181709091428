"""How often things are done lately, so that nobody does them too often."""

import hmac
from datetime import timedelta

from django.conf import settings
from django.db import models

from ..written_once import Planned

# One statement counts all at once and exactly: of two requests that come together, the second sees the first. In the
# order of keys, so that none waits for another that waits for it.
COUNT = """
    INSERT INTO profiles_allowance AS kept (key, used, ends_at)
    SELECT key, 1, ends_at FROM unnest(%(keys)s::text[], %(ends)s::timestamptz[]) AS asked (key, ends_at) ORDER BY key
    ON CONFLICT (key) DO UPDATE SET
        used = CASE WHEN kept.ends_at <= %(now)s THEN 1 ELSE kept.used + 1 END,
        ends_at = CASE WHEN kept.ends_at <= %(now)s THEN EXCLUDED.ends_at ELSE kept.ends_at END
    RETURNING key, used, ends_at
"""


class AllowanceQuerySet(models.QuerySet):
    def use(self, rates, *, now):
        """Count one more use. Give until when that is one too many, or None.

        `rates` are triples of whose use it is, how many are allowed, and in how many seconds.
        """
        if not rates:
            return None
        allowed = {_key(*rate): rate for rate in rates}
        with Planned().cursor() as cursor:
            ends = [now + timedelta(seconds=seconds) for _whose, _most, seconds in allowed.values()]
            cursor.execute(COUNT, {"keys": list(allowed), "ends": ends, "now": now})
            rows = cursor.fetchall()
        return max((ends_at for key, used, ends_at in rows if used > allowed[key][1]), default=None)

    def forget(self, *, now):
        """Delete those that are over; their number."""
        return self.filter(ends_at__lte=now).delete()[0]


class Allowance(models.Model):
    """How often somebody did something since a moment. Whose it is can't be read from it: the key is a keyed hash."""

    key = models.CharField(max_length=32, primary_key=True)
    used = models.PositiveIntegerField()
    ends_at = models.DateTimeField(db_index=True)

    objects = AllowanceQuerySet.as_manager()

    class Meta:
        default_permissions = ()

    def __str__(self):
        return f"{self.used} until {self.ends_at}"


def _key(whose, most, seconds):
    text = f"{whose} {most} {seconds}"
    return hmac.digest(settings.SECRET_KEY.encode(), text.encode(), "sha256").hex()[:32]
