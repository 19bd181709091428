import uuid
from contextlib import contextmanager
from datetime import timedelta

from django.conf import settings
from django.contrib.postgres.functions import RandomUUID
from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.search import SearchVector, SearchVectorField
from django.db import models, transaction
from django.db.models import F, Q, Value
from django.db.models.functions import Greatest
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, override, pgettext_lazy

from profiles.errors import NotReady
from profiles.models import Member, Organisation

from .. import news
from .finding import LANGUAGE
from .meeting import Meeting
from .note import Note

# Kept in the history of actions, in the language of the site.
NO_DATE = "No date"
NOBODY = "Nobody yet"
# What the verbs below change.
CHANGED = ["owner_name", "owner_organisation", "owner_member", "due_on", "due_text", "done_at", "dropped_at"]


class ActionQuerySet(models.QuerySet):
    def open(self):
        return self.filter(done_at=None, dropped_at=None)

    def overdue(self, today):
        return self.open().filter(due_on__lt=today)

    def done(self):
        return self.exclude(done_at=None)

    def dropped(self):
        return self.exclude(dropped_at=None)

    def in_public_notes(self):
        return self.filter(note__published_at__isnull=False, note__meeting__announced_at__isnull=False)

    def carried_to(self, meeting):
        return self.filter(events__meeting=meeting)

    def offered_to(self, meeting):
        """What earlier meetings of the same kind left open, and isn't carried to this one yet."""
        earlier = Q(note__meeting__kind=meeting.kind, note__meeting__held_on__lt=meeting.held_on)
        return self.open().in_public_notes().filter(earlier).exclude(events__meeting=meeting)

    def with_delay(self, today):
        """Annotate `overdue_by`: how long an open action's date has passed by, or nothing."""
        delay = models.ExpressionWrapper(
            Value(today, models.DateField()) - F("due_on"), models.DurationField()
        )
        late = Q(done_at=None, dropped_at=None, due_on__lt=today)
        return self.annotate(overdue_by=models.Case(models.When(late, then=delay), default=None))

    def with_next_meeting(self, meeting):
        """Annotate `next_title` and `next_slug`: the announced meeting it was carried to after this one, if any."""
        later = ActionEvent.objects.public().filter(
            action=models.OuterRef("pk"), meeting__held_on__gt=meeting.held_on
        )
        later = later.order_by("meeting__held_on", "meeting")
        return self.annotate(
            next_title=models.Subquery(later.values("meeting__title")[:1]),
            next_slug=models.Subquery(later.values("meeting__slug")[:1]),
        )

    def count_by_status(self, today):
        """How many are open, overdue, done, dropped, and there at all."""
        is_open = Q(done_at=None, dropped_at=None)
        return self.aggregate(
            open=models.Count("pk", filter=is_open),
            overdue=models.Count("pk", filter=is_open & Q(due_on__lt=today)),
            done=models.Count("pk", filter=Q(done_at__isnull=False)),
            dropped=models.Count("pk", filter=Q(dropped_at__isnull=False)),
            all=models.Count("pk"),
        )

    def for_page(self):
        """With owners and meetings loaded."""
        return self.select_related("owner_organisation", "note__meeting")

    def for_data(self, today):
        """Everything open data says of them."""
        return self.for_page().with_delay(today)

    def with_public_change(self):
        """Annotate `changed_in_public_at`: when its note was published, or something happened to it last."""
        public = Q(events__meeting=None) | Q(events__meeting__announced_at__isnull=False)
        last = models.Max("events__made_at", filter=public)
        return self.annotate(changed_in_public_at=Greatest("note__published_at", last))

    def for_feed(self):
        """With what an entry of a feed tells, the one where something happened last first."""
        return self.for_page().with_public_change().order_by("-changed_in_public_at", "-pk")

    def by_due_date(self):
        return self.order_by(F("due_on").asc(nulls_last=True), "pk")

    def by_latest(self):
        return self.order_by("-note__meeting__held_on", "-note__pk", "position", "pk")

    def tell_owners(self, now):
        """Remind the owners of what is due or overdue; telling them again on the same day changes nothing."""
        today = timezone.localdate(now)
        soon = today + timedelta(days=news.DAYS_BEFORE)
        for action in self.open().in_public_notes().filter(due_on__lte=soon).exclude(owner_member=None):
            news.action_due(action, today, now=now)

    def carry_to(self, meeting, *, by, now):
        """Carry them all, or none; how many weren't there yet. Raise NotReady."""
        with transaction.atomic():
            return sum(action.carry_to(meeting, by=by, now=now) for action in self.order_by("pk"))


class Action(models.Model):
    """What somebody promised to do, and whether they did."""

    class Status(models.TextChoices):
        OPEN = "open", pgettext_lazy("status of an action", "Open")
        DONE = "done", pgettext_lazy("status of an action", "Done")
        DROPPED = "dropped", pgettext_lazy("status of an action", "Dropped")

    REOPEN_FIRST = {
        Status.DONE: gettext_lazy("This action is done. Open it again first."),
        Status.DROPPED: gettext_lazy("This action is dropped. Open it again first."),
    }

    note = models.ForeignKey(Note, on_delete=models.PROTECT, related_name="actions")
    position = models.PositiveSmallIntegerField(default=0)
    text = models.TextField(max_length=1000)
    owner_name = models.CharField("owner", max_length=150, blank=True)
    owner_organisation = models.ForeignKey(
        Organisation, on_delete=models.PROTECT, null=True, blank=True, related_name="actions"
    )
    owner_member = models.ForeignKey(
        Member,
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="actions",
        help_text="Their account here, so that they are reminded and can say when it’s done.",
    )
    due_on = models.DateField("due", null=True, blank=True)
    due_text = models.CharField(
        "due, as written",
        max_length=100,
        blank=True,
        help_text="Where no day was named, such as “before the summer”.",
    )
    done_at = models.DateTimeField("done", null=True, blank=True)
    dropped_at = models.DateTimeField(null=True, blank=True, editable=False)
    key = models.UUIDField(unique=True, default=uuid.uuid4, db_default=RandomUUID(), editable=False)
    search = models.GeneratedField(
        expression=SearchVector("text", weight="B", config=LANGUAGE)
        + SearchVector("owner_name", weight="C", config=LANGUAGE),
        output_field=SearchVectorField(),
        db_persist=True,
    )

    objects = ActionQuerySet.as_manager()

    class Meta:
        ordering = ["position", "pk"]
        indexes = [GinIndex(fields=["search"], name="action_search")]
        constraints = [
            models.CheckConstraint(
                condition=Q(done_at=None) | Q(dropped_at=None), name="action_done_or_dropped"
            )
        ]

    def __str__(self):
        return self.text

    def get_absolute_url(self):
        return reverse("meetings:action_detail", args=[self.pk])

    @property
    def is_done(self):
        return self.done_at is not None

    @property
    def is_dropped(self):
        return self.dropped_at is not None

    @property
    def is_open(self):
        return not (self.is_done or self.is_dropped)

    def is_overdue(self, today):
        return self.is_open and self.due_on is not None and self.due_on < today

    @property
    def status(self):
        if self.is_done:
            return self.Status.DONE
        return self.Status.DROPPED if self.is_dropped else self.Status.OPEN

    @property
    def owner(self):
        """As published: the person, the organisation, or both."""
        return ", ".join(str(part) for part in (self.owner_name, self.owner_organisation) if part)

    @property
    def due(self):
        return date_format(self.due_on, "DATE_FORMAT") if self.due_on else self.due_text

    @property
    @override(settings.LANGUAGE_CODE)
    def _due_for_the_record(self):
        return self.due or NO_DATE

    def is_visible_to(self, user):
        """It is as public as the note it stands in."""
        return self.note.is_visible_to(user) and self.note.meeting.is_visible_to(user)

    def is_owned_by(self, user):
        return user.is_authenticated and user.pk == self.owner_member_id

    @staticmethod
    def are_kept_by(user):
        """Those who look after notes may change everything about any action."""
        return user.is_staff and user.has_perm("meetings.change_action")

    # What happens to it after the meeting

    def carry_to(self, meeting, *, by, now):
        """Put it on the agenda of a later meeting; whether it wasn't there yet. Raise NotReady."""
        with transaction.atomic():
            locked = self._locked()
            if locked.events.filter(meeting=meeting).exists():
                return False
            locked._require_open()
            locked._require_later(meeting)
            locked._record(ActionEvent.Kind.CARRIED, by=by, now=now, meeting=meeting)
            return True

    def leave_out_of(self, meeting):
        """Take it off the agenda again. Raise NotReady once that meeting's note is public."""
        with transaction.atomic():
            locked = self._locked()
            if not meeting.takes_actions:
                raise NotReady(_("The note of that meeting is public, with this action in it."))
            locked.events.filter(meeting=meeting).delete()

    def postpone(self, due_on, *, by, now, words=""):
        """Give it a new date, which may be earlier too. Raise NotReady."""
        with self._changing() as locked:
            if due_on == locked.due_on:
                return
            locked._require_open()
            if due_on < timezone.localdate(now):
                raise NotReady(_("The new date has passed already."))
            before = locked._due_for_the_record
            locked.due_on, locked.due_text = due_on, ""
            after = locked._due_for_the_record
            locked._record(
                ActionEvent.Kind.POSTPONED, by=by, now=now, words=words, before=before, after=after
            )

    def hand_over(self, *, name, organisation, member, by, now, words=""):
        """Let somebody else do it. Raise NotReady."""
        with self._changing() as locked:
            if (name, organisation, member) == (
                locked.owner_name,
                locked.owner_organisation,
                locked.owner_member,
            ):
                return
            locked._require_open()
            if not (name or organisation):
                raise NotReady(_("Please say who does it from now on: a person, an organisation or both."))
            before = locked.owner or NOBODY
            # Recorded first, so that an owner who hands it over is still known as the owner.
            event = locked._event(ActionEvent.Kind.HANDED_OVER, by=by, now=now, words=words)
            locked.owner_name, locked.owner_organisation, locked.owner_member = name, organisation, member
            event.before, event.after = before, locked.owner
            event.save()

    def remark(self, words, *, by, now):
        """Say how it goes. The same words right after each other are said once. Raise NotReady."""
        if not words.strip():
            raise NotReady(_("Please say how it goes."))
        with self._changing() as locked:
            last = locked.events.last()
            if not last or (last.kind, last.words, last.made_by) != (ActionEvent.Kind.REMARK, words, by):
                locked._record(ActionEvent.Kind.REMARK, by=by, now=now, words=words)

    def finish(self, *, by, now, words=""):
        """It is done; saying so twice changes nothing. Raise NotReady."""
        with self._changing() as locked:
            if not locked.is_done:
                locked._require_open()
                locked.done_at = now
                locked._record(ActionEvent.Kind.DONE, by=by, now=now, words=words)

    def drop(self, words, *, by, now):
        """It won't be done, for a reason; dropping it twice changes nothing. Raise NotReady."""
        if not words.strip():
            raise NotReady(_("Please say why it is dropped."))
        with self._changing() as locked:
            if not locked.is_dropped:
                locked._require_open()
                locked.dropped_at = now
                locked._record(ActionEvent.Kind.DROPPED, by=by, now=now, words=words)

    def reopen(self, *, by, now, words=""):
        """It isn't done, or shall be done after all; an open action stays as it is."""
        with self._changing() as locked:
            if not locked.is_open:
                locked.done_at = locked.dropped_at = None
                locked._record(ActionEvent.Kind.REOPENED, by=by, now=now, words=words)

    def _locked(self):
        actions = Action.objects.select_for_update(of=["self"])
        return actions.select_related("note__meeting", "owner_organisation", "owner_member").get(pk=self.pk)

    @contextmanager
    def _changing(self):
        """The row as it stands, locked, to be changed; what was to be said of it as it was isn't said any more."""
        with transaction.atomic():
            locked = self._locked()
            yield locked
            locked.save(update_fields=CHANGED)
            news.forget_action(locked)
        self.refresh_from_db()

    def _require_open(self):
        if not self.is_open:
            raise NotReady(self.REOPEN_FIRST[self.status])

    def _require_later(self, meeting):
        if not (self.note.is_published and self.note.meeting.is_announced):
            raise NotReady(_("The note it stands in isn’t public yet."))
        if meeting.held_on <= self.note.meeting.held_on:
            raise NotReady(_("An action is carried to a later meeting."))
        if not meeting.takes_actions:
            raise NotReady(_("That meeting is cancelled, or its note is public already."))

    def _event(self, kind, *, by, now, **fields):
        is_from_owner = by is not None and by.pk == self.owner_member_id
        if is_from_owner and by.is_suspended:
            raise NotReady(
                _("%(reason)s Until then you can’t say anything here.") % {"reason": by.why_suspended}
            )
        return ActionEvent(
            action=self, kind=kind, made_by=by, made_at=now, is_from_owner=is_from_owner, **fields
        )

    def _record(self, kind, **fields):
        self._event(kind, **fields).save()


class ActionEventQuerySet(models.QuerySet):
    def public(self):
        """Without what would tell of a meeting that isn't announced."""
        return self.exclude(meeting__isnull=False, meeting__announced_at=None)

    def of_public_actions(self):
        return self.filter(action__in=Action.objects.in_public_notes())

    def for_data(self):
        """Action by action, in the order they happened."""
        return self.select_related("action", "meeting").order_by("action", "made_at", "pk")


class ActionEvent(models.Model):
    """One thing that happened to an action after the note that it stands in; together they are its history."""

    class Kind(models.TextChoices):
        CARRIED = "carried", gettext_lazy("Carried forward")
        POSTPONED = "postponed", gettext_lazy("New date")
        HANDED_OVER = "handed_over", gettext_lazy("New owner")
        REMARK = "remark", gettext_lazy("Update")
        DONE = "done", pgettext_lazy("event of an action", "Done")
        REOPENED = "reopened", gettext_lazy("Open again")
        DROPPED = "dropped", pgettext_lazy("event of an action", "Dropped")

    action = models.ForeignKey(Action, on_delete=models.CASCADE, related_name="events")
    kind = models.CharField(max_length=20, choices=Kind)
    meeting = models.ForeignKey(
        Meeting, on_delete=models.CASCADE, null=True, blank=True, related_name="action_events"
    )
    words = models.TextField(max_length=1000, blank=True)
    # Of a new date or a new owner: what was there, and what is there since, as published.
    before = models.CharField(max_length=400, blank=True)
    after = models.CharField(max_length=400, blank=True)
    made_at = models.DateTimeField()
    made_by = models.ForeignKey(
        Member, on_delete=models.SET_NULL, null=True, blank=True, related_name="action_events"
    )
    is_from_owner = models.BooleanField(default=False)

    objects = ActionEventQuerySet.as_manager()

    class Meta:
        ordering = ["made_at", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(kind="carried", meeting__isnull=False) | ~Q(kind="carried") & Q(meeting=None),
                name="action_event_meeting_if_carried",
            ),
            models.CheckConstraint(
                condition=~Q(kind__in=["remark", "dropped"]) | ~Q(words=""), name="action_event_has_words"
            ),
            models.CheckConstraint(
                condition=Q(kind__in=["postponed", "handed_over"]) & ~Q(before="") & ~Q(after="")
                | ~Q(kind__in=["postponed", "handed_over"]) & Q(before="", after=""),
                name="action_event_says_what_changed",
            ),
            models.UniqueConstraint(fields=["action", "meeting"], name="action_carried_once_to_a_meeting"),
        ]

    def __str__(self):
        return self.get_kind_display()
