import pgtrigger
from django.contrib.postgres.fields import ArrayField
from django.db import IntegrityError, models, transaction
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from profiles.models import Member

from ... import promise_news
from ...errors import AlreadyReported, AlreadyUndone, NotReady
from ...lateness import Said
from .commitment import Commitment
from .milestone import Milestone

# How far a commitment is, in the words of OGP's Independent Reporting Mechanism.
COMPLETION = ("no_evidence", "limited", "substantial", "complete")
# What a report says, which a correction may say anew.
SAID = (
    "status", "completed_on", "source_title", "source_url", "source_page", "words", "evidence_links", "is_verifiable",
    "has_open_government_lens", "potential",
)  # fmt: skip


class StatusReportQuerySet(models.QuerySet):
    def standing(self):
        """As they are now, without those that were corrected or withdrawn."""
        return self.filter(ended_at=None)

    def public(self):
        """Of commitments that everybody sees; what they said before a correction too."""
        public = Commitment.objects.public().adopted().values("pk")
        return self.filter(Q(commitment__in=public) | Q(milestone__commitment__in=public))

    def about(self, commitments):
        """All about these commitments and their milestones."""
        return self.filter(Q(commitment__in=commitments) | Q(milestone__commitment__in=commitments))

    def for_page(self):
        return self.select_related("commitment__plan", "milestone__commitment__plan", "corrects")

    def by_day(self):
        return self.order_by("reported_on", "source", "pk")

    def by_latest(self):
        return self.order_by("-reported_on", "source", "-pk")

    def record(self, reports, *, by, now):
        """Keep what a source reported on a day of one thing or of many, all or none, and tell who wants to know.

        Raise AlreadyReported where the same kind of source has a report of that day about the same thing.
        """
        with transaction.atomic():
            for report in reports:
                report.recorded_by, report.recorded_at = by, now
                report.require_fit(now=now)
                report.save_once()
            promise_news.statuses_reported(reports, now=now)
        return reports

    record.alters_data = True


class StatusReport(models.Model):
    """What a source said on a day about a milestone, or about a commitment as a whole. It is never edited."""

    class Source(models.TextChoices):
        GOVERNMENT = "government", gettext_lazy("Government self-assessment")
        REVIEWER = "reviewer", gettext_lazy("Independent reviewer")
        NETWORK = "network", gettext_lazy("The network")

    class Status(models.TextChoices):
        NOT_STARTED = "not_started", pgettext_lazy("status of a promise", "Not started")
        ON_TRACK = "on_track", pgettext_lazy("status of a promise", "On track")
        AHEAD = "ahead_of_schedule", pgettext_lazy("status of a promise", "Ahead of schedule")
        BEHIND = "behind_schedule", pgettext_lazy("status of a promise", "Behind schedule")
        COMPLETED = "completed", pgettext_lazy("status of a promise", "Completed")
        CLOSED = "closed", pgettext_lazy("status of a promise", "Closed")
        WITHDRAWN = "withdrawn", pgettext_lazy("status of a promise", "Withdrawn")
        NO_EVIDENCE = "no_evidence", pgettext_lazy("status of a promise", "No evidence")
        LIMITED = "limited", pgettext_lazy("status of a promise", "Limited")
        SUBSTANTIAL = "substantial", pgettext_lazy("status of a promise", "Substantial")
        COMPLETE = "complete", pgettext_lazy("status of a promise", "Complete")

    class Potential(models.TextChoices):
        UNCLEAR = "unclear", pgettext_lazy("potential for results", "Unclear")
        MODEST = "modest", pgettext_lazy("potential for results", "Modest")
        SUBSTANTIAL = "substantial", pgettext_lazy("potential for results", "Substantial")

    commitment = models.ForeignKey(
        Commitment, on_delete=models.PROTECT, null=True, blank=True, related_name="status_reports"
    )
    milestone = models.ForeignKey(
        Milestone, on_delete=models.PROTECT, null=True, blank=True, related_name="status_reports"
    )
    source = models.CharField("kind of source", max_length=20, choices=Source)
    source_title = models.CharField(
        "name of the source", max_length=200, help_text="Such as “End-of-term self-assessment report”."
    )
    source_url = models.URLField("address of the source", max_length=500, blank=True)
    source_page = models.CharField(
        "where in it", max_length=40, blank=True, help_text="Such as “page 12” or “Annex A”."
    )
    status = models.CharField(max_length=20, choices=Status)
    reported_on = models.DateField(help_text="The day the source gives for it, or appeared.")
    completed_on = models.DateField(
        null=True,
        blank=True,
        help_text="If the source says on which day it was completed. Otherwise it counts as done since the day of the "
        "first report that says so.",
    )
    words = models.TextField("what the source says, in short", max_length=2000, blank=True)
    evidence_links = ArrayField(
        models.URLField(max_length=500),
        default=list,
        blank=True,
        size=10,
        help_text="Web addresses, one a line.",
    )
    is_verifiable = models.BooleanField("verifiable", null=True, blank=True)
    has_open_government_lens = models.BooleanField("open government lens", null=True, blank=True)
    potential = models.CharField("potential for results", max_length=20, choices=Potential, blank=True)
    corrects = models.OneToOneField(
        "self", on_delete=models.PROTECT, null=True, blank=True, editable=False, related_name="corrected_by"
    )
    recorded_by = models.ForeignKey(
        Member, on_delete=models.SET_NULL, null=True, editable=False, related_name="recorded_statuses"
    )
    recorded_at = models.DateTimeField(editable=False)
    ended_by = models.ForeignKey(
        Member, on_delete=models.SET_NULL, null=True, editable=False, related_name="ended_statuses"
    )
    ended_at = models.DateTimeField(null=True, editable=False)
    ended_because = models.TextField(max_length=1000, blank=True, editable=False)

    objects = StatusReportQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(commitment=None, milestone__isnull=False)
                | Q(commitment__isnull=False, milestone=None),
                name="status_of_a_commitment_or_a_milestone",
            ),
            models.UniqueConstraint(
                fields=["commitment", "source", "reported_on"],
                condition=Q(ended_at=None),
                name="status_once_a_day_of_a_commitment",
                violation_error_message="There is a report by this kind of source from this day already.",
            ),
            models.UniqueConstraint(
                fields=["milestone", "source", "reported_on"],
                condition=Q(ended_at=None),
                name="status_once_a_day_of_a_milestone",
                violation_error_message="There is a report by this kind of source from this day already.",
            ),
            models.CheckConstraint(
                condition=~Q(status__in=COMPLETION) | Q(milestone=None),
                name="status_completion_is_of_commitments",
                violation_error_message="No evidence, limited, substantial and complete are said of whole commitments.",
            ),
            models.CheckConstraint(
                condition=Q(is_verifiable=None, has_open_government_lens=None, potential="")
                | Q(source="reviewer", milestone=None),
                name="status_codes_are_reviewers",
                violation_error_message="An independent reviewer alone says that, and of a whole commitment.",
            ),
            models.CheckConstraint(
                condition=Q(completed_on=None)
                | Q(status__in=["completed", "complete"], completed_on__lte=F("reported_on")),
                name="status_completed_on_a_day_before",
                violation_error_message="The day it was completed is for what is completed, and not after the report.",
            ),
            models.CheckConstraint(
                condition=Q(ended_at=None, ended_because="")
                | (Q(ended_at__isnull=False) & ~Q(ended_because="")),
                name="status_ended_for_a_reason",
            ),
        ]
        triggers = [
            pgtrigger.ReadOnly(
                name="status_report_is_for_good",
                exclude=["recorded_by", "ended_by", "ended_at", "ended_because"],
            )
        ]

    def __str__(self):
        return f"{self.get_source_display()}, {self.reported_on}: {self.get_status_display()}"

    def get_absolute_url(self):
        return f"{self.of_commitment.get_absolute_url()}#report-{self.pk}"

    @property
    def subject(self):
        return self.milestone or self.commitment

    @property
    def of_commitment(self):
        """The commitment it is about, be it by way of a milestone."""
        return self.milestone.commitment if self.milestone_id else self.commitment

    @property
    def key(self):
        """What it is about: the name of the field that says so, and its primary key."""
        return ("milestone", self.milestone_id) if self.milestone_id else ("commitment", self.commitment_id)

    @property
    def is_standing(self):
        return self.ended_at is None

    @property
    def was_corrected(self):
        """Whether it ended because another says it better, which is `corrected_by`."""
        return hasattr(self, "corrected_by")

    @property
    def said(self):
        return Said(self.source, self.status, self.reported_on, self.completed_on)

    def require_fit(self, *, now):
        """Raise NotReady for what isn't promised in a plan, or from a day to come."""
        if self.of_commitment.is_asked:
            raise NotReady(_("Only what was promised in an action plan has a status."))
        if self.reported_on > timezone.localdate(now):
            raise NotReady(_("Nothing can be reported on a day to come."))

    def save_once(self):
        try:
            self.save(force_insert=True)
        except IntegrityError as error:
            if "status_once_a_day" not in str(error):
                raise
            raise AlreadyReported(
                _(
                    "There is a report by this kind of source from this day already. Correct or withdraw that one."
                )
            ) from error

    def correct(self, *, because, by, now, **said):
        """Say in a new report what this one should have said, and keep this one for everybody to see.

        `said` are fields of SAID by name. Raise NotReady if nothing would change, AlreadyUndone if it ended before.
        """
        before = {name: getattr(self, name) for name in SAID}
        if before == before | said:
            raise NotReady(_("That is what it says already."))
        corrected = type(self)(
            commitment=self.commitment,
            milestone=self.milestone,
            source=self.source,
            reported_on=self.reported_on,
            corrects=self,
            recorded_by=by,
            recorded_at=now,
            **(before | said),
        )
        with transaction.atomic():
            self._end(because=because, by=by, now=now)
            corrected.save(force_insert=True)
            promise_news.statuses_reported([corrected], now=now)
        return corrected

    def withdraw(self, *, because, by, now):
        """Have it count no more; what it said stays to be read, with the reason. Raise AlreadyUndone if it ended."""
        with transaction.atomic():
            self._end(because=because, by=by, now=now)

    def _end(self, *, because, by, now):
        if not because.strip():
            raise NotReady(_("Please say why."))
        standing = type(self).objects.standing().filter(pk=self.pk)
        if not standing.update(ended_at=now, ended_by=by, ended_because=because):
            raise AlreadyUndone(_("Somebody has corrected or withdrawn this report before."))
        self.refresh_from_db()
