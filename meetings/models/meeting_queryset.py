from datetime import timedelta

from django.db import models
from django.db.models.functions import Coalesce, Greatest


class MeetingQuerySet(models.QuerySet):
    def announced(self):
        return self.exclude(announced_at=None)

    def upcoming(self, today):
        """Those whose last day is today or later."""
        return self._with_last_day().filter(last_day__gte=today)

    def past(self, today):
        return self._with_last_day().filter(last_day__lt=today)

    def with_joining_details(self):
        return self.exclude(joining_details="")

    def begun(self, today):
        """Those whose first day is today or earlier."""
        return self.filter(held_on__lte=today)

    def between(self, first, last):
        """Those that are on at some day from `first` to `last`."""
        return self._with_last_day().filter(held_on__lte=last, last_day__gte=first)

    def first_and_last_day(self):
        """Of all of them together; nothing, twice, if there are none."""
        last_day = Coalesce("ends_on", "held_on")
        days = self.aggregate(first=models.Min("held_on"), last=models.Max(last_day))
        return days["first"], days["last"]

    def _with_last_day(self):
        return self.alias(last_day=Coalesce("ends_on", "held_on"))

    def with_note(self):
        """Annotate `has_note`: whether a note is published."""
        return self.annotate(
            has_note=models.Case(
                models.When(note__published_at__isnull=False, then=True),
                default=False,
                output_field=models.BooleanField(),
            )
        )

    def with_public_change(self):
        """Annotate `changed_in_public_at`: when what everybody can read of an announced meeting last changed."""
        return self.annotate(
            changed_in_public_at=Greatest(
                "announced_at",
                "changed_at",
                "note__published_at",
                models.Max("note__errata__corrected_at"),
            )
        )

    def cancelled(self):
        return self.exclude(cancelled_at=None)

    def engagements(self):
        """Chances to be heard: those of such a kind, and whatever else a public body invites to."""
        return self.filter(models.Q(kind__in=self.model.ENGAGEMENTS) | models.Q(institution__isnull=False))

    def waited_for(self, today):
        """Those to come for which people are on a waiting list."""
        waiting = {"registrations__cancelled_at": None, "registrations__placed_at": None}
        return self.upcoming(today).filter(registrations__isnull=False, **waiting).distinct()

    def without_note(self):
        return self.filter(note=None)

    def near(self, day, *, days=3):
        """Those that begin so many days from `day` at most."""
        margin = timedelta(days=days)
        return self.filter(held_on__range=(day - margin, day + margin))

    def with_attendee_count(self):
        """Annotate `attendee_count`: how many were there, as a published note says, those not named among them."""
        attendances = self.model._meta.get_field("attendances").related_model.objects
        present = attendances.present().in_published_notes().filter(meeting=models.OuterRef("pk")).order_by()
        count = present.values("meeting").annotate(count=models.Count("pk")).values("count")
        return self.annotate(attendee_count=Coalesce(models.Subquery(count), 0))

    def for_cards(self):
        """Everything a card shows, in one query."""
        return self.with_note().with_attendee_count()

    def lock(self, meeting):
        """The meeting as it is now; nobody else gets it until the caller's transaction ends."""
        return self.select_for_update(no_key=True).get(pk=meeting.pk)

    def for_page(self):
        """The meeting with its note, whoever may read that, and who invites to it."""
        return self.select_related("note", "institution")

    def for_data(self):
        """Everything open data says of them."""
        return self.for_cards().select_related("institution").prefetch_related("topics", "organisers")

    def for_feed(self):
        """With `told_at`, when people were last told something of it, and what changed; the last told first."""
        told_at = Greatest("announced_at", models.Max("changes__made_at"))
        return self.annotate(told_at=told_at).prefetch_related("changes").order_by("-told_at", "-pk")

    def for_notice(self):
        """With who invites to it, and without its long texts."""
        return self.select_related("institution").defer("summary", "agenda", "agenda_html")

    def by_soonest(self):
        return self.order_by("held_on", models.F("starts_at").asc(nulls_first=True), "pk")

    def by_latest(self):
        return self.order_by("-held_on", models.F("starts_at").desc(nulls_last=True), "-pk")
