import re
import uuid

from django.contrib.postgres.functions import RandomUUID
from django.db import models, transaction
from django.utils.translation import gettext_lazy

from profiles.models import Member, Organisation

from .erratum import NoteErratum
from .meeting import Meeting
from .note import Note

UNNAMED = gettext_lazy("A member")


class AttendanceQuerySet(models.QuerySet):
    def named(self):
        return self.filter(is_named=True)

    def present(self):
        return self.exclude(mode=Attendance.Mode.APOLOGIES)

    def with_account(self):
        """Those whose account here is known."""
        return self.exclude(member=None)

    def of(self, user):
        return self.filter(member=user) if user.is_authenticated else self.none()

    def unnamed(self):
        return self.filter(is_named=False)

    def in_published_notes(self):
        """Of meetings whose note is public: until then nobody is told who came."""
        return self.filter(
            meeting__note__published_at__isnull=False,
            meeting__announced_at__isnull=False,
            meeting__cancelled_at=None,
        )

    def one_per_meeting(self):
        """One for each meeting, however many people went, the latest meeting first, with the meetings loaded."""
        return (
            self.select_related("meeting")
            .order_by("-meeting__held_on", "-meeting__pk", "position", "pk")
            .distinct("meeting__held_on", "meeting__pk")
        )

    def before(self, meeting):
        """Of earlier meetings of the same kind, the latest first, with organisations loaded."""
        earlier = self.filter(meeting__kind=meeting.kind, meeting__held_on__lt=meeting.held_on)
        return earlier.select_related("organisation").order_by("-meeting__held_on", "position", "pk")

    def for_data(self):
        """In the order of `for_public`, meeting by meeting, with everything open data says of them."""
        order = ["-meeting__held_on", "-meeting", "side", "-is_named", "position", "pk"]
        return self.select_related("meeting", "organisation").order_by(*order)

    def for_public(self):
        """By side, with organisations loaded; people who aren't named come last, so that no order gives them away."""
        return self.select_related("organisation").order_by("side", "-is_named", "position", "pk")


class Attendance(models.Model):
    """A person's part in a meeting, under the name they gave."""

    class Side(models.TextChoices):
        CIVIL_SOCIETY = "civil_society", gettext_lazy("Civil society")
        GOVERNMENT = "government", gettext_lazy("Government")
        OBSERVER = "observer", gettext_lazy("Observers")

    class Role(models.TextChoices):
        CHAIR = "chair", gettext_lazy("Chair")
        CO_CHAIR = "co_chair", gettext_lazy("Co-chair")
        NOTE_TAKER = "note_taker", gettext_lazy("Note-taker")

    class Mode(models.TextChoices):
        IN_PERSON = "in_person", gettext_lazy("In person")
        REMOTE = "remote", gettext_lazy("Remotely")
        APOLOGIES = "apologies", gettext_lazy("Sent apologies")

    meeting = models.ForeignKey(Meeting, on_delete=models.CASCADE, related_name="attendances")
    name = models.CharField(max_length=150)
    member = models.ForeignKey(
        Member, on_delete=models.SET_NULL, null=True, blank=True, related_name="attendances"
    )
    organisation = models.ForeignKey(
        Organisation, on_delete=models.PROTECT, null=True, blank=True, related_name="attendances"
    )
    organisation_name = models.CharField(
        "other organisation", max_length=200, blank=True, help_text="As written, where it isn’t one we list."
    )
    side = models.CharField(max_length=20, choices=Side, default=Side.CIVIL_SOCIETY)
    role = models.CharField(max_length=20, choices=Role, blank=True)
    mode = models.CharField(
        max_length=20, choices=Mode, blank=True, help_text="Leave empty if it isn't known."
    )
    is_named = models.BooleanField(
        "may be named", default=True, help_text="Untick if this person has not agreed to be named in public."
    )
    shows_initials = models.BooleanField(
        "initials",
        default=False,
        help_text="Print the initials of a person who may not be named, instead of “A member”.",
    )
    asked_not_to_be_named_at = models.DateTimeField(null=True, blank=True, editable=False)
    position = models.PositiveSmallIntegerField(default=0)
    # What a row is called on every page that somebody has open, also before it is saved.
    key = models.UUIDField(unique=True, default=uuid.uuid4, db_default=RandomUUID(), editable=False)

    objects = AttendanceQuerySet.as_manager()

    class Meta:
        verbose_name = "attendee"
        constraints = [
            models.UniqueConstraint(
                fields=["meeting", "member"],
                name="attendance_once_per_member",
                # Two rows of a form may swap theirs.
                deferrable=models.Deferrable.DEFERRED,
            ),
            models.CheckConstraint(
                condition=models.Q(is_named=False) | models.Q(asked_not_to_be_named_at=None),
                name="attendance_unnamed_if_asked",
            ),
        ]

    def __str__(self):
        return self.name

    def ask_not_to_be_named(self, *, now):
        """As the person wishes, from this moment on; no editor can change it back."""
        with transaction.atomic():
            # Who corrects the note at this moment waits, or is waited for: no erratum is to keep the name.
            Note.objects.select_for_update(of=["self"]).filter(meeting=self.meeting_id).first()
            Attendance.objects.filter(pk=self.pk, asked_not_to_be_named_at=None).update(
                is_named=False, shows_initials=False, asked_not_to_be_named_at=now
            )
            NoteErratum.objects.forget_unnamed(self.meeting)
        self.refresh_from_db()

    def agree_to_be_named(self):
        """As the person wishes, from this moment on."""
        Attendance.objects.filter(pk=self.pk).update(is_named=True, asked_not_to_be_named_at=None)
        self.refresh_from_db()

    @property
    def public_name(self):
        if self.is_named:
            return self.name
        return self.initials if self.shows_initials else str(UNNAMED)

    @property
    def initials(self):
        """“R. G.” of “Robin Gray”: no more letters than words, whatever the name is written like."""
        words = re.findall(r"[^\W\d_][\w’'-]*", self.name)
        return " ".join(f"{word[0].upper()}." for word in words) or str(UNNAMED)

    @property
    def public_organisation(self):
        """Hidden with the name: in a small meeting an organisation says who it was."""
        return self.organisation if self.is_named else None

    @property
    def public_organisation_name(self):
        return self.organisation_name if self.is_named and not self.organisation_id else ""

    @property
    def public_role(self):
        return self.get_role_display() if self.is_named else ""

    @property
    def joined_remotely_in_public(self):
        return self.is_named and self.mode == self.Mode.REMOTE

    @property
    def sent_apologies(self):
        return self.mode == self.Mode.APOLOGIES
