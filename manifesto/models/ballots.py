"""What becomes of ballots once a result is long public: counts and receipt codes stay, the votes themselves go."""

from dataclasses import asdict
from datetime import date

from django.db import transaction

from ..errors import NotAllowedInPhase, NotReady
from ..periods import Period

DAYS = ("starts_on", "ends_on")


class Balloted:
    """What a round can say of its ballots."""

    def keep_counts(self, *, now):
        """Put on record what the ballots come to, from now on without them; done already, nothing changes.

        Raise NotAllowedInPhase before the shortlist is public, NotReady where a count is wrong.
        """
        with transaction.atomic():
            locked = type(self).objects.select_for_update(no_key=True).get(pk=self.pk)
            if locked.ballots_reduced_at:
                return
            if not locked.is_shortlist_published:
                raise NotAllowedInPhase("The ballots are needed until the shortlist is public.")
            register = locked.registers.model.objects.make(locked, now=now)
            if faults := [*register.faults(), *register.wrong_tallies()]:
                raise NotReady(f"The counts of {locked} don’t agree with its votes: {faults[0]}")
            locked.ballot_periods = [_as_plain(period) for period in locked._periods_at(now)]
            locked.ballots_reduced_at = now
            locked.save(update_fields=["ballot_periods", "ballots_reduced_at"])

    @property
    def kept_periods(self):
        return [_from_plain(plain) for plain in self.ballot_periods]


def _as_plain(period):
    return {**asdict(period), **{name: getattr(period, name).isoformat() for name in DAYS}}


def _from_plain(plain):
    return Period(**{**plain, **{name: date.fromisoformat(plain[name]) for name in DAYS}})
