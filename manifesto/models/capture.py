from django.db import models, transaction
from django.db.models import Q

from meetings.models import Meeting
from profiles.models import Member

from ..errors import AlreadyModerated, NotAllowedInPhase, NotReady
from ..vocabularies import Source
from .idea import Idea
from .phase import Action
from .round import Round


class CaptureQuerySet(models.QuerySet):
    def standing(self):
        return self.filter(undone_at=None)

    def for_sitting(self, round, meeting):
        return self.standing().filter(round=round, meeting=meeting)

    def for_list(self):
        return self.select_related("idea__theme", "idea__round").defer("idea__search")

    def by_latest(self):
        return self.order_by("-entered_at", "-pk")


class Capture(models.Model):
    """That an editor typed in an idea raised at a meeting.

    Its `key` comes with the form, so that one form makes one idea however often it is sent.
    """

    key = models.UUIDField(unique=True)
    round = models.ForeignKey(Round, on_delete=models.CASCADE, related_name="captures")
    meeting = models.ForeignKey(Meeting, on_delete=models.CASCADE, related_name="captures")
    idea = models.OneToOneField(Idea, on_delete=models.SET_NULL, null=True, related_name="capture")
    entered_by = models.ForeignKey(Member, on_delete=models.SET_NULL, null=True, related_name="captures")
    entered_at = models.DateTimeField()
    undone_at = models.DateTimeField(null=True)

    objects = CaptureQuerySet.as_manager()

    class Meta:
        verbose_name = "idea from an event"
        verbose_name_plural = "ideas from an event"
        constraints = [
            models.CheckConstraint(
                condition=Q(undone_at=None) | Q(idea=None), name="capture_undone_without_idea"
            )
        ]

    def __str__(self):
        return str(self.idea or "An idea that was taken back")

    @property
    def is_standing(self):
        return self.undone_at is None

    @classmethod
    def enter(cls, *, key, round, meeting, by, now, credited_as, **fields):
        """Take in an idea as raised at the meeting, once however often the form of this key is sent.

        Raise NotAllowedInPhase.
        """
        if not round.allows(Action.CAPTURE, now):
            raise NotAllowedInPhase("This round doesn't take in ideas at this time.")
        with transaction.atomic():
            # Forms sent twice at once wait for each other here.
            Round.objects.select_for_update(no_key=True).get(pk=round.pk)
            if known := cls.objects.filter(key=key).first():
                return known
            is_workshop = meeting.kind == Meeting.Kind.WORKSHOP
            idea = Idea.receive(
                round=round,
                now=now,
                credited_as=credited_as,
                source=Source.WORKSHOP if is_workshop else Source.MEETING,
                raised_at=meeting,
                external_reference=str(key),
                **fields,
            )
            return cls.objects.create(
                key=key, round=round, meeting=meeting, idea=idea, entered_by=by, entered_at=now
            )

    def correct(self, *, by, now, credited_as, **fields):
        """Change what was entered, while no editor has answered it. Raise NotReady or AlreadyModerated."""
        if self.idea is None:
            raise NotReady("This idea was taken back meanwhile.")
        with transaction.atomic():
            self.idea.correct(by=by, now=now, **fields)
            self.idea.authorships.filter(member=None).update(credited_as=credited_as)

    def undo(self, *, by, now):
        """Take back what this editor entered, as if it had never been; a second time changes nothing.

        Raise NotReady if somebody else entered it, AlreadyModerated if an editor has answered it.
        """
        if self.entered_by_id != by.pk:
            raise NotReady("Only the editor who entered an idea can take it back.")
        with transaction.atomic():
            locked = Capture.objects.select_for_update().get(pk=self.pk)
            idea = Idea.objects.select_for_update().filter(pk=locked.idea_id).first()
            if idea is not None and not idea.is_pending:
                raise AlreadyModerated("An editor has answered this idea already, so it can't be taken back.")
            if idea is not None:
                idea.delete()
            if locked.is_standing:
                locked.idea, locked.undone_at = None, now
                locked.save(update_fields=["idea", "undone_at"])
        self.refresh_from_db()
