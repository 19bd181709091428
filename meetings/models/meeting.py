import uuid
from datetime import datetime, time

from django.contrib.postgres.functions import RandomUUID
from django.core.exceptions import ValidationError
from django.core.validators import URLValidator
from django.db import models, transaction
from django.db.models.functions import Now
from django.urls import NoReverseMatch, resolve, reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from ogp_network import markdown
from profiles.errors import NotReady
from profiles.models import Organisation
from profiles.vocabularies import Area, ChoiceArrayField, labels_of, language_field, language_tag

from .. import registration_news
from ..errors import RegistrationClosed
from .meeting_queryset import MeetingQuerySet
from .topic import Topic


class Meeting(models.Model):
    """A meeting or event of the network, or one it goes to; its times are local time in the United Kingdom."""

    class Kind(models.TextChoices):
        NETWORK = "network", gettext_lazy("Network meeting")
        STEERING = "steering", gettext_lazy("Steering group")
        MINISTERIAL = "ministerial", gettext_lazy("Meeting with a minister")
        FORUM = "forum", gettext_lazy("Government and civil society forum")
        WORKSHOP = "workshop", gettext_lazy("Workshop")
        ROUNDTABLE = "roundtable", gettext_lazy("Roundtable")
        HUSTINGS = "hustings", gettext_lazy("Hustings")
        EXPERT_GROUP = "expert_group", gettext_lazy("Expert group")

    # Chances to be heard, of which one wants to know in good time; the others are the network's own business.
    ENGAGEMENTS = (Kind.MINISTERIAL, Kind.FORUM, Kind.WORKSHOP, Kind.ROUNDTABLE, Kind.HUSTINGS)
    # A slip in a year would otherwise reach every calendar, and some years are none that calendars know.
    YEARS = range(1900, 2200)
    WHEN_AND_WHERE = ("held_on", "starts_at", "ends_on", "ends_at", "venue")

    title = models.CharField(max_length=200)
    slug = models.SlugField(max_length=100, unique=True, help_text="The last part of the page's address.")
    kind = models.CharField(max_length=20, choices=Kind)
    language = language_field(
        help_text="The language of its title, agenda and note, so that they are read aloud as such."
    )
    areas = ChoiceArrayField(models.CharField(max_length=9, choices=Area), verbose_name="nations and regions")
    held_on = models.DateField("date")
    starts_at = models.TimeField("start", null=True, blank=True, help_text="Leave empty if it isn't known.")
    ends_on = models.DateField(
        "last day",
        null=True,
        blank=True,
        help_text="Only when it ends on a later day, even just after midnight.",
    )
    ends_at = models.TimeField("end", null=True, blank=True)
    venue = models.CharField(max_length=300, blank=True)
    map_url = models.URLField(
        "map",
        max_length=500,
        blank=True,
        validators=[
            URLValidator(
                schemes=["https"], code="not_https", message="The address of a map begins with https://."
            )
        ],
        help_text="The address of a page with a map of the way there.",
    )
    has_remote_access = models.BooleanField("people can join remotely", default=False)
    summary = models.TextField(max_length=1000, blank=True, help_text="What it is about, in a few sentences.")
    topics = models.ManyToManyField(
        Topic, blank=True, related_name="meetings", help_text="What it shares with other meetings."
    )
    agenda = models.TextField(max_length=20000, blank=True, help_text="Markdown.")
    agenda_html = models.TextField(blank=True, editable=False)
    organisers = models.ManyToManyField(Organisation, blank=True, related_name="organised_meetings")
    institution = models.ForeignKey(
        Organisation,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="engagements",
        help_text="The public body that gives people this chance to be heard, if one does.",
    )
    announced_at = models.DateTimeField(
        null=True, blank=True, help_text="When it was made public. Until then only editors see it."
    )
    notice_given_on = models.DateField(
        "people were told on",
        null=True,
        blank=True,
        help_text="The day people were first told of this date, here or elsewhere. Leave it empty if that is when the "
        "meeting was made public here. The days of notice are counted from it.",
    )
    cancelled_at = models.DateTimeField(null=True, blank=True, editable=False)
    cancellation_reason = models.CharField(max_length=300, blank=True, editable=False)
    accepts_registrations = models.BooleanField("members can register", default=False)
    registrations_close_at = models.DateTimeField(
        "registration closes",
        null=True,
        blank=True,
        help_text="Leave empty to close when the meeting begins.",
    )
    capacity = models.PositiveIntegerField(
        "places in person",
        null=True,
        blank=True,
        help_text="Leave empty if there is room for all. Those beyond it wait; raise it to let them in.",
    )
    remote_capacity = models.PositiveIntegerField(
        "places for joining remotely",
        null=True,
        blank=True,
        help_text="Leave empty if there is room for all.",
    )
    joining_details = models.TextField(
        max_length=2000,
        blank=True,
        help_text="Link, dial-in, door code. Only people who have a place can read it, unless you tick the next box.",
    )
    is_joining_public = models.BooleanField("everybody may read how to join", default=False)
    # How many had a place, once the registrations themselves are deleted.
    registered_in_person = models.PositiveIntegerField(null=True, blank=True, editable=False)
    registered_remotely = models.PositiveIntegerField(null=True, blank=True, editable=False)
    # What tells people's calendars that an event is the one they have, and that it changed.
    uid = models.UUIDField(unique=True, default=uuid.uuid4, db_default=RandomUUID(), editable=False)
    sequence = models.PositiveIntegerField(default=0, editable=False)
    changed_at = models.DateTimeField(default=timezone.now, db_default=Now(), editable=False)

    # A change of these makes people look at their calendars again; of the others, only the text is new.
    MOVES = frozenset(["title", "held_on", "starts_at", "ends_on", "ends_at", "venue", "cancelled_at"])
    REWORDS = frozenset(["slug", "summary", "has_remote_access", "cancellation_reason", "announced_at"])

    objects = MeetingQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(ends_on=None) | models.Q(ends_on__gt=models.F("held_on")),
                name="meeting_last_day_after_first",
                violation_error_message="The last day must be later than the date. Leave it empty for one day.",
            ),
            models.CheckConstraint(
                condition=models.Q(ends_at=None)
                | models.Q(ends_on__isnull=False)
                | models.Q(starts_at__isnull=False, ends_at__gt=models.F("starts_at")),
                name="meeting_ends_after_it_starts",
                violation_error_message="The end must be later than the start.",
            ),
            models.CheckConstraint(
                condition=models.Q(map_url="") | models.Q(map_url__startswith="https://"),
                name="meeting_map_is_https",
            ),
        ]

    def __str__(self):
        return self.title

    def save(self, *, update_fields=None, **options):
        self.agenda_html = markdown.render(self.agenda)
        if update_fields and "agenda" in update_fields:
            update_fields = {*update_fields, "agenda_html"}
        with transaction.atomic():
            if not self._state.adding:
                update_fields = self._note_changes(update_fields)
            super().save(update_fields=update_fields, **options)

    def get_absolute_url(self):
        return reverse("meetings:meeting_detail", args=[self.slug])

    def clean(self):
        super().clean()
        now = timezone.now()
        if self.slug and self._is_page_of_its_own():
            raise ValidationError({"slug": "Another page has this address."})
        if any(day and day.year not in self.YEARS for day in (self.held_on, self.ends_on)):
            raise ValidationError("Look at the year again: it can’t be right.")
        if self.announced_at and self.announced_at > now:
            raise ValidationError({"announced_at": "This can't be in the future."})
        if self.notice_given_on and self.notice_given_on > timezone.localdate(now):
            raise ValidationError({"notice_given_on": "This can't be in the future."})

    def _is_page_of_its_own(self):
        """Whether the address it would have leads to one of the app's other pages."""
        try:
            return resolve(self.get_absolute_url()).url_name != "meeting_detail"
        except NoReverseMatch:
            return False

    def _note_changes(self, update_fields):
        """Raise `sequence` and set `changed_at` as the change asks; the fields that are then to be saved."""
        written = self.MOVES | self.REWORDS
        if update_fields is not None:
            written &= frozenset(update_fields)
        stored = Meeting.objects.select_for_update(no_key=True).filter(pk=self.pk).first()
        if stored is None:
            return update_fields
        changed = {name for name in written if getattr(self, name) != getattr(stored, name)}
        self.sequence = stored.sequence + bool(changed & self.MOVES)
        self.changed_at = timezone.now() if changed else stored.changed_at
        return update_fields and {*update_fields, "sequence", "changed_at"}

    def move(self, to, *, reason, by, now):
        """Hold it at another time or place: `to` has new values by name, of WHEN_AND_WHERE. Raise NotReady."""
        with transaction.atomic():
            meeting = self._locked()
            before = {name: getattr(meeting, name) for name in self.WHEN_AND_WHERE}
            if {**before, **to} != before:
                for name, value in to.items():
                    setattr(meeting, name, value)
                meeting._move_from(before, reason=reason, by=by, now=now)
        self.refresh_from_db()

    def _move_from(self, before, *, reason, by, now):
        today = timezone.localdate(now)
        self._refuse_change(reason)
        if self.is_cancelled:
            raise NotReady(_("It is cancelled. Say first that it takes place after all."))
        if (before["ends_on"] or before["held_on"]) < today:
            raise NotReady(_("It is over, so it can’t move any more."))
        if self.held_on < today:
            raise NotReady(_("It can only move to a day to come."))
        try:
            self.validate_constraints()
        except ValidationError as error:
            raise NotReady(" ".join(error.messages)) from error
        if self.held_on != before["held_on"]:
            self.notice_given_on = today
        self.save(update_fields=[*self.WHEN_AND_WHERE, "notice_given_on"])
        kept = {f"{name}_before": value for name, value in before.items()}
        self._record("moved", reason, by, now, **kept)

    def cancel(self, *, reason, by, now):
        """Call it off; its page stays and says why. A cancelled meeting stays as it is. Raise NotReady."""
        with transaction.atomic():
            meeting = self._locked()
            if not meeting.is_cancelled:
                meeting._refuse_change(reason)
                if meeting.has_published_note:
                    raise NotReady(_("Its note is published, so it took place."))
                meeting._set_cancelled(now, reason)
                meeting._record("cancelled", reason, by, now)
        self.refresh_from_db()

    def reinstate(self, *, reason, by, now):
        """Have a cancelled meeting after all; one that isn't cancelled stays as it is. Raise NotReady."""
        with transaction.atomic():
            meeting = self._locked()
            if meeting.is_cancelled:
                meeting._refuse_change(reason)
                meeting._set_cancelled(None, "")
                meeting._record("reinstated", reason, by, now)
        self.refresh_from_db()

    def _record(self, kind, reason, by, now, **before):
        """Keep the change for the public, and tell those who registered."""
        change = self.changes.create(kind=kind, reason=reason, made_at=now, made_by=by, **before)
        registration_news.tell_of_change(self, change, now)

    def _locked(self):
        """The meeting as it is stored, held against two people who change it at once."""
        return Meeting.objects.lock(self)

    def _set_cancelled(self, moment, reason):
        self.cancelled_at, self.cancellation_reason = moment, reason
        self.save(update_fields=["cancelled_at", "cancellation_reason"])

    def _refuse_change(self, reason):
        if not self.is_announced:
            raise NotReady(_("Nobody has been told of it yet, so just change what its form says."))
        if not reason.strip():
            raise NotReady(_("Say why: the public reads it."))

    @property
    def is_announced(self):
        return self.announced_at is not None

    @property
    def is_cancelled(self):
        return self.cancelled_at is not None

    @property
    def language_tag(self):
        return language_tag(self.language)

    @property
    def is_engagement(self):
        return self.kind in self.ENGAGEMENTS or self.institution_id is not None

    @property
    def told_on(self):
        """The day people were told of it, as far as anybody recorded: what was put here after the day says nothing."""
        announced_on = self.announced_at and timezone.localdate(self.announced_at)
        if self.notice_given_on or announced_on is None or announced_on > self.held_on:
            return self.notice_given_on
        return announced_on

    @property
    def days_of_notice(self):
        """From the day people were told to the day itself, negative if they were told afterwards; None if not known."""
        return (self.held_on - self.told_on).days if self.told_on else None

    @property
    def has_published_note(self):
        note = getattr(self, "note", None)
        return note is not None and note.is_published

    @property
    def area_names(self):
        return labels_of(Area, self.areas)

    @property
    def last_day(self):
        return self.ends_on or self.held_on

    def is_upcoming(self, today):
        return self.last_day >= today

    def is_past(self, today):
        return not self.is_upcoming(today)

    def has_begun(self, today):
        return self.held_on <= today

    @property
    def begins_at(self):
        """The moment it begins, or its day does where nobody knows the hour."""
        return timezone.make_aware(datetime.combine(self.held_on, self.starts_at or time()))

    @property
    def can_be_joined_in_person(self):
        return bool(self.venue) or not self.has_remote_access

    @property
    def last_registration_at(self):
        return min(self.registrations_close_at or self.begins_at, self.begins_at)

    def refusal_to_register(self, now):
        """Why nobody can register now, or None."""
        if not (self.is_announced and self.accepts_registrations):
            return RegistrationClosed(_("You needn’t register for this meeting."))
        if self.is_cancelled:
            return RegistrationClosed(_("This meeting was cancelled."))
        if now >= self.begins_at:
            return RegistrationClosed(_("This meeting has begun, so nobody can register any more."))
        if now >= self.last_registration_at:
            closed = date_format(timezone.localtime(self.last_registration_at), "DATETIME_FORMAT")
            return RegistrationClosed(_("Registration closed on %(moment)s.") % {"moment": closed})
        return None

    @property
    def public_joining_details(self):
        return self.joining_details if self.is_joining_public and not self.is_cancelled else ""

    @property
    def takes_actions(self):
        """Whether actions can be put on its agenda: until its note is public, with what became of them."""
        return not (self.is_cancelled or self.has_published_note)

    def is_visible_to(self, user):
        """Everybody sees an announced meeting; until then those who look after meetings do."""
        return self.is_announced or (user.is_staff and user.has_perm("meetings.view_meeting"))

    def note_for(self, user):
        """The note, if there is one that the person may read."""
        note = getattr(self, "note", None)
        return note if note and note.is_visible_to(user) else None

    def attendance_of(self, user):
        """The person's own part in it, or None."""
        return self.attendances.of(user).first()

    def attendances_for(self, user):
        """Who was there, as far as the person may know: it is part of the note, and no more public than that."""
        return self.attendances.for_public() if self.note_for(user) else self.attendances.none()
