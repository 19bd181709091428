import uuid
from datetime import timedelta

from django.contrib.postgres.functions import RandomUUID
from django.core.exceptions import ValidationError
from django.db import models, transaction
from django.db.models.functions import Coalesce, Now
from django.urls import reverse
from django.utils import timezone

from profiles.vocabularies import Area, ChoiceArrayField, labels_of


class MeetingQuerySet(models.QuerySet):
    def announced(self):
        return self.exclude(announced_at=None)

    def upcoming(self, today):
        """Those whose last day is today or later."""
        return self._with_last_day().filter(last_day__gte=today)

    def past(self, today):
        return self._with_last_day().filter(last_day__lt=today)

    def begun(self, today):
        """Those whose first day is today or earlier."""
        return self.filter(held_on__lte=today)

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

    def for_page(self):
        """The meeting with its note, whoever may read that."""
        return self.select_related("note")

    def by_soonest(self):
        return self.order_by("held_on", models.F("starts_at").asc(nulls_first=True), "pk")

    def by_latest(self):
        return self.order_by("-held_on", models.F("starts_at").desc(nulls_last=True), "-pk")


class Meeting(models.Model):
    """A meeting or event of the network, or one it goes to; its times are local time in the United Kingdom."""

    class Kind(models.TextChoices):
        NETWORK = "network", "Network meeting"
        STEERING = "steering", "Steering group"
        MINISTERIAL = "ministerial", "Meeting with a minister"
        FORUM = "forum", "Government and civil society forum"
        WORKSHOP = "workshop", "Workshop"
        ROUNDTABLE = "roundtable", "Roundtable"
        HUSTINGS = "hustings", "Hustings"
        EXPERT_GROUP = "expert_group", "Expert group"

    title = models.CharField(max_length=200)
    slug = models.SlugField(max_length=100, unique=True, help_text="The last part of the page's address.")
    kind = models.CharField(max_length=20, choices=Kind)
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
    has_remote_access = models.BooleanField("people can join remotely", default=False)
    summary = models.TextField(max_length=1000, blank=True, help_text="What it is about, in a few sentences.")
    announced_at = models.DateTimeField(
        null=True, blank=True, help_text="When it was made public. Until then only editors see it."
    )
    cancelled_at = models.DateTimeField(null=True, blank=True)
    cancellation_reason = models.CharField(max_length=300, blank=True)
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
        ]

    def __str__(self):
        return self.title

    def save(self, *, update_fields=None, **options):
        with transaction.atomic():
            if not self._state.adding:
                update_fields = self._note_changes(update_fields)
            super().save(update_fields=update_fields, **options)

    def get_absolute_url(self):
        return reverse("meetings:meeting_detail", args=[self.slug])

    def clean(self):
        super().clean()
        if self.announced_at and self.announced_at > timezone.now():
            raise ValidationError({"announced_at": "This can't be in the future."})

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

    @property
    def is_announced(self):
        return self.announced_at is not None

    @property
    def is_cancelled(self):
        return self.cancelled_at is not None

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

    def is_visible_to(self, user):
        """Everybody sees an announced meeting; until then those who look after meetings do."""
        return self.is_announced or (user.is_staff and user.has_perm("meetings.view_meeting"))

    def note_for(self, user):
        """The note, if there is one that the person may read."""
        note = getattr(self, "note", None)
        return note if note and note.is_visible_to(user) else None

    def attendances_for(self, user):
        """Who was there, as far as the person may know: it is part of the note, and no more public than that."""
        return self.attendances.for_public() if self.note_for(user) else self.attendances.none()
