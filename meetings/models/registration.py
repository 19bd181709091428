from contextlib import nullcontext
from dataclasses import dataclass
from datetime import datetime, time, timedelta

from django.db import models, transaction
from django.db.models import Count, F, OuterRef, Q, Subquery
from django.db.models.functions import Coalesce, Lower
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from profiles.models import Member, Organisation

from .. import registration_news as news
from ..errors import AlreadyRegistered, NoFreePlace, NotReady, RegistrationOver
from .attendance import Attendance
from .meeting import Meeting

# What somebody needs to take part is kept no longer than it takes to settle what the meeting leaves behind.
DAYS_KEPT = 7


class Mode(models.TextChoices):
    """How somebody takes part: as `Attendance.Mode` says it, without apologies."""

    IN_PERSON = "in_person", gettext_lazy("In person")
    REMOTE = "remote", gettext_lazy("Remotely")

    @property
    def how(self):
        """As part of a sentence: “You have a place, …”."""
        return HOW[self]


HOW = {
    Mode.IN_PERSON: pgettext_lazy("how somebody takes part", "in person"),
    Mode.REMOTE: pgettext_lazy("how somebody takes part", "remotely"),
}


@dataclass(frozen=True)
class Places:
    """The places of one kind at a meeting; `capacity` is None where there is room for all."""

    mode: Mode
    capacity: int | None
    taken: int
    waiting: int

    @property
    def free(self):
        """How many are left, or None where there is room for all."""
        return None if self.capacity is None else max(self.capacity - self.taken, 0)

    @property
    def is_full(self):
        return self.free == 0


class RegistrationQuerySet(models.QuerySet):
    def live(self):
        return self.filter(cancelled_at=None)

    def placed(self):
        return self.live().exclude(placed_at=None)

    def waiting(self):
        return self.live().filter(placed_at=None)

    def with_queue(self):
        """Annotate `ahead`: how many wait before this one, for as long as it waits itself."""
        earlier = Registration.objects.waiting().filter(
            Q(registered_at__lt=OuterRef("registered_at"))
            | Q(registered_at=OuterRef("registered_at"), pk__lt=OuterRef("pk")),
            meeting=OuterRef("meeting"),
            mode=OuterRef("mode"),
        )
        count = earlier.order_by().values("meeting").annotate(count=Count("pk")).values("count")
        return self.annotate(ahead=Coalesce(Subquery(count), 0))

    def for_list(self):
        """What a member's own list shows, in one query."""
        return self.select_related("meeting").with_queue()

    def for_editors(self):
        """Those with a place by name, then those who wait, as they came."""
        waits = Q(placed_at=None)
        return (
            self.select_related("member", "organisation")
            .with_queue()
            .order_by(
                models.Case(models.When(waits, then=1), default=0),
                models.Case(models.When(waits, then=models.Value("")), default=Lower("name")),
                "registered_at",
                "pk",
            )
        )

    def by_queue(self):
        return self.order_by("registered_at", "pk")

    def by_soonest(self):
        return self.order_by("meeting__held_on", F("meeting__starts_at").asc(nulls_first=True), "pk")

    def by_latest(self):
        return self.order_by("-meeting__held_on", F("meeting__starts_at").desc(nulls_last=True), "-pk")

    def upcoming(self, today):
        return self.filter(meeting__in=Meeting.objects.upcoming(today))

    def past(self, today):
        return self.filter(meeting__in=Meeting.objects.past(today))

    def of(self, meeting, member):
        """The member's live registration for the meeting, or None."""
        return self.live().filter(meeting=meeting, member=member).with_queue().first()

    def places_at(self, meeting):
        """The places the meeting offers, by mode."""
        rows = self.live().filter(meeting=meeting).order_by().values_list("mode")
        placed = Q(placed_at__isnull=False)
        counts = {
            mode: (taken, waiting)
            for mode, taken, waiting in rows.annotate(
                taken=Count("pk", filter=placed), waiting=Count("pk", filter=~placed)
            )
        }
        return {
            mode: Places(mode, capacity, *counts.get(mode, (0, 0)))
            for mode, capacity in _capacities(meeting).items()
        }

    def register(self, meeting, member, *, now, mode, **answers):
        """Take a place, or the end of the queue where there is none; the member is told which.

        Raise RegistrationClosed, AlreadyRegistered, or NotReady for who can't register at all.
        """
        if member.is_suspended:
            raise NotReady(member.why_suspended)
        if not member.has_verified_email:
            raise NotReady(_("Please confirm your e-mail address first: we write to you about the meeting."))
        with transaction.atomic():
            meeting = Meeting.objects.lock(meeting)
            if refusal := meeting.refusal_to_register(now):
                raise refusal
            if mode not in _capacities(meeting):
                raise NoFreePlace(_("This meeting can’t be joined %(how)s.") % {"how": Mode(mode).how})
            if self.of(meeting, member):
                raise AlreadyRegistered(_("You have registered for this meeting already."))
            registration = self.create(
                meeting=meeting, member=member, mode=mode, registered_at=now, **answers
            )
            _give_places(meeting, now, but_tell=registration)
            registration = self.with_queue().get(pk=registration.pk)
            news.tell_of_registration(registration, now)
        return registration

    def give_free_places(self, meeting, *, now):
        """Let in those who wait, first come first served, as far as there is room, and tell them."""
        with transaction.atomic():
            _give_places(Meeting.objects.lock(meeting), now)

    def take_over(self, meeting, *, now, by=None):
        """List those who had a place as attendees of the note; give how many were new. Who is listed stays as is.

        A public note says that its list was corrected. Raise NotReady before the meeting's day.
        """
        with transaction.atomic():
            meeting = Meeting.objects.lock(meeting)
            if not meeting.has_begun(timezone.localdate(now)):
                raise NotReady(_("The meeting hasn’t taken place yet."))
            listed = list(meeting.attendances.values_list("member", "name", "position"))
            members = {member for member, _, _ in listed}
            names = {name.casefold() for member, name, _ in listed if member is None}
            last = max((position for _, _, position in listed), default=-1)
            placed = self.placed().filter(meeting=meeting).select_related("organisation").by_queue()
            new = [
                registration
                for registration in placed
                if registration.member_id not in members and registration.name.casefold() not in names
            ]
            note = getattr(meeting, "note", None)
            with note.correcting_people(by=by, now=now) if note else nullcontext():
                Attendance.objects.bulk_create(
                    registration.as_attendance(position)
                    for position, registration in enumerate(new, start=last + 1)
                )
        return len(new)

    def remind(self, *, now):
        """Tell those with a place at a meeting of tomorrow, once; who got the place today knows."""
        today = timezone.localdate(now)
        midnight = timezone.make_aware(datetime.combine(today, time()))
        due = self.placed().filter(
            Q(reminded_of=None) | ~Q(reminded_of=F("meeting__held_on")),
            wants_reminder=True,
            placed_at__lt=midnight,
            meeting__held_on=today + timedelta(days=1),
            meeting__cancelled_at=None,
        )
        for registration in due.select_related("meeting").by_queue():
            with transaction.atomic():
                news.remind(registration, now)
                self.filter(pk=registration.pk).update(reminded_of=registration.meeting.held_on)

    def over_since(self, day):
        """Of meetings that were over before that day."""
        return self.filter(meeting__in=Meeting.objects.past(day))

    def let_go(self):
        """Delete them; how many had a place stays with the meeting."""
        numbers = self.placed().order_by().values_list("meeting", "mode").annotate(n=Count("pk"))
        for meeting, mode, number in numbers:
            column = "registered_remotely" if mode == Mode.REMOTE else "registered_in_person"
            Meeting.objects.filter(pk=meeting).update(**{column: Coalesce(F(column), 0) + number})
        return self.delete()

    def forget_requirements(self, today):
        """Let go of what people needed at meetings that are over, and of registrations they had cancelled."""
        over = self.filter(meeting__in=Meeting.objects.past(today - timedelta(days=DAYS_KEPT)))
        over.exclude(cancelled_at=None).delete()
        return over.exclude(access_requirements="").update(access_requirements="")


def _give_places(meeting, now, *, but_tell=None):
    """Only with the meeting locked: no two may give the same place."""
    if meeting.is_cancelled or now >= meeting.begins_at:
        return
    for mode, places in Registration.objects.places_at(meeting).items():
        queue = Registration.objects.waiting().filter(meeting=meeting, mode=mode).by_queue()
        let_in = list(queue if places.free is None else queue[: places.free])
        Registration.objects.filter(pk__in=[registration.pk for registration in let_in]).update(placed_at=now)
        for registration in let_in:
            if registration != but_tell:
                news.tell_of_place(registration, meeting, now)


def _capacities(meeting):
    offered = {}
    if meeting.can_be_joined_in_person:
        offered[Mode.IN_PERSON] = meeting.capacity
    if meeting.has_remote_access:
        offered[Mode.REMOTE] = meeting.remote_capacity
    return offered


class Registration(models.Model):
    """A member's place at a meeting to come, or on its waiting list. Never shown in public."""

    Mode = Mode

    meeting = models.ForeignKey(Meeting, on_delete=models.CASCADE, related_name="registrations")
    member = models.ForeignKey(Member, on_delete=models.CASCADE, related_name="registrations")
    name = models.CharField(max_length=150)
    mode = models.CharField(max_length=20, choices=Mode)
    organisation = models.ForeignKey(
        Organisation, on_delete=models.SET_NULL, null=True, blank=True, related_name="registrations"
    )
    organisation_name = models.CharField("other organisation", max_length=200, blank=True)
    # For those who prepare the meeting only, and only until it is over.
    access_requirements = models.TextField(max_length=1000, blank=True)
    agrees_to_be_named = models.BooleanField(default=False)
    wants_reminder = models.BooleanField(default=True)
    # The day they were reminded of: a meeting that moves asks for another reminder.
    reminded_of = models.DateField(null=True, blank=True)
    registered_at = models.DateTimeField()
    # None while on the waiting list.
    placed_at = models.DateTimeField(null=True, blank=True)
    cancelled_at = models.DateTimeField(null=True, blank=True)

    objects = RegistrationQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["meeting", "member"],
                condition=Q(cancelled_at=None),
                name="registration_once_per_member",
            ),
            models.CheckConstraint(condition=Q(mode__in=Mode.values), name="registration_mode_is_known"),
            models.CheckConstraint(
                condition=Q(cancelled_at=None) | Q(access_requirements=""),
                name="registration_cancelled_forgets_requirements",
            ),
        ]
        indexes = [
            models.Index(
                fields=["meeting", "mode", "registered_at", "id"],
                condition=Q(placed_at=None, cancelled_at=None),
                name="registration_waiting",
            )
        ]

    def __str__(self):
        return f"Registration {self.pk}"

    @property
    def is_live(self):
        return self.cancelled_at is None

    @property
    def is_placed(self):
        return self.is_live and self.placed_at is not None

    @property
    def is_waiting(self):
        return self.is_live and self.placed_at is None

    @property
    def how(self):
        return Mode(self.mode).how

    @property
    def queue_place(self):
        """1 for who comes next; needs `with_queue`."""
        return self.ahead + 1

    @property
    def organisation_label(self):
        return str(self.organisation) if self.organisation_id else self.organisation_name

    def may_join(self, now):
        """Whether the way in is for this person now: with a place, and until the meeting is over."""
        meeting = self.meeting
        return self.is_placed and not meeting.is_cancelled and meeting.is_upcoming(timezone.localdate(now))

    def change(self, *, now, mode, **answers):
        """Say something else. Who changes between in person and remote takes a place or the end of that queue.

        Raise RegistrationOver, or NoFreePlace where that would give up a place for none.
        """
        with transaction.atomic():
            meeting = Meeting.objects.lock(self.meeting)
            self._refresh_live(meeting, now)
            places = Registration.objects.places_at(meeting)
            if mode != self.mode:
                if mode not in places or (self.is_placed and places[mode].is_full):
                    raise NoFreePlace(
                        _(
                            "There is no free place of that kind now, so you keep the one you have. "
                            "To wait for one, cancel this and register again."
                        )
                    )
                self.mode, self.registered_at, self.placed_at = mode, now, None
            for name, value in answers.items():
                setattr(self, name, value)
            self.save()
            _give_places(meeting, now, but_tell=self)
        self.refresh_from_db()

    def cancel(self, *, now, by=None):
        """Give the place up: the next in the queue has it. Cancelling twice changes nothing.

        Who didn't do it themselves is told. Raise RegistrationOver once the meeting has begun.
        """
        with transaction.atomic():
            meeting = Meeting.objects.lock(self.meeting)
            if now >= meeting.begins_at:
                raise RegistrationOver(_("The meeting has begun."))
            live = Registration.objects.live().filter(pk=self.pk)
            if live.update(cancelled_at=now, access_requirements=""):
                news.forget(self)
                if by and by != self.member:
                    news.tell_of_cancellation(self, now)
                _give_places(meeting, now)
        self.refresh_from_db()

    def as_attendance(self, position):
        """Their row in the note, not saved yet."""
        is_government = self.organisation and self.organisation.kind == Organisation.Kind.GOVERNMENT
        return Attendance(
            meeting_id=self.meeting_id,
            member_id=self.member_id,
            name=self.name,
            organisation=self.organisation,
            organisation_name=self.organisation_name,
            side=Attendance.Side.GOVERNMENT if is_government else Attendance.Side.CIVIL_SOCIETY,
            mode=self.mode,
            is_named=self.agrees_to_be_named,
            position=position,
        )

    def _refresh_live(self, meeting, now):
        self.refresh_from_db()
        if not self.is_live:
            raise RegistrationOver(_("This registration was cancelled. You can register again."))
        if now >= meeting.begins_at:
            raise RegistrationOver(_("The meeting has begun."))
        if meeting.is_cancelled:
            raise RegistrationOver(_("This meeting was cancelled."))
