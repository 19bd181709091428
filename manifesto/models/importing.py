import time

from django.contrib.postgres.fields import ArrayField
from django.db import models, transaction
from django.db.models import Q
from django.urls import reverse

from meetings.models import Meeting
from profiles.models import Member
from profiles.vocabularies import Area

from .. import importing, spreadsheets
from ..errors import AlreadyModerated, NotAllowedInPhase, NotReady
from ..vocabularies import Level, OGPValue, PolicyArea, Source
from .idea import Idea
from .phase import Action
from .round import Round
from .theme import Theme

STAGED_AT_ONCE = 500
IMPORTED_AT_ONCE = 50
CLOSED = "This round doesn't take in ideas at this time."


def _codes(vocabulary):
    return {importing.key_of(text): code for code, label in vocabulary.choices for text in (code, label)}


class ColumnMapping(models.Model):
    """What the columns of spreadsheets with the same headings were last said to mean."""

    signature = models.CharField(max_length=64, unique=True)
    columns = models.JSONField()
    mapped_at = models.DateTimeField()

    def __str__(self):
        return self.signature[:8]

    @classmethod
    def recall(cls, headers) -> list[str]:
        """A field, or nothing, for each heading: as remembered, else as its name says."""
        known = cls.objects.filter(signature=importing.signature_of(headers)).first()
        return known.columns if known else importing.propose_columns(headers)

    @classmethod
    def remember(cls, headers, columns, *, now):
        cls.objects.update_or_create(
            signature=importing.signature_of(headers), defaults={"columns": columns, "mapped_at": now}
        )


class ImportBatchQuerySet(models.QuerySet):
    def unfinished(self):
        """With work that a command can do: rows to check, or confirmed ones to take in."""
        return self.exclude(mapped_at=None).filter(
            Q(checked_at=None) | Q(confirmed_at__isnull=False, finished_at=None)
        )

    def open(self):
        """Begun and not finished, whether or not they are confirmed."""
        return self.filter(finished_at=None)

    def abandoned(self, before):
        """Uploaded before then and never confirmed."""
        return self.filter(confirmed_at=None, uploaded_at__lt=before)

    def for_list(self):
        return self.select_related("round", "raised_at", "uploaded_by")


class ImportBatch(models.Model):
    """A spreadsheet of ideas, held here row by row until an editor has seen what would come of it and said yes."""

    round = models.ForeignKey(Round, on_delete=models.PROTECT, related_name="imports")
    raised_at = models.ForeignKey(
        Meeting, on_delete=models.SET_NULL, null=True, blank=True, related_name="imports"
    )
    source = models.CharField(max_length=20, choices=Source)
    origin = models.CharField(max_length=40)
    credited_as = models.CharField(max_length=150)
    file_name = models.CharField(max_length=200)
    encoding = models.CharField(max_length=20, blank=True)
    delimiter = models.CharField(max_length=1, blank=True)
    note = models.CharField(max_length=300, blank=True)
    headers = models.JSONField()
    columns = models.JSONField(default=list)
    default_theme = models.ForeignKey(
        Theme, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    default_level = models.CharField(max_length=20, choices=Level, blank=True)
    uploaded_by = models.ForeignKey(Member, on_delete=models.SET_NULL, null=True, related_name="imports")
    uploaded_at = models.DateTimeField()
    mapped_at = models.DateTimeField(null=True)
    checked_at = models.DateTimeField(null=True)
    confirmed_by = models.ForeignKey(
        Member, on_delete=models.SET_NULL, null=True, related_name="confirmed_imports"
    )
    confirmed_at = models.DateTimeField(null=True)
    finished_at = models.DateTimeField(null=True)

    objects = ImportBatchQuerySet.as_manager()

    class Meta:
        verbose_name = "import of ideas"
        verbose_name_plural = "imports of ideas"
        ordering = ["-uploaded_at", "-pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(confirmed_at=None) | Q(checked_at__isnull=False),
                name="import_confirmed_after_check",
            ),
            models.CheckConstraint(
                condition=Q(finished_at=None) | Q(confirmed_at__isnull=False),
                name="import_finished_after_confirmation",
            ),
            models.CheckConstraint(condition=~Q(source=Source.WEBSITE), name="import_not_from_website"),
        ]

    def __str__(self):
        return self.file_name

    def get_absolute_url(self):
        return reverse("admin:manifesto_importbatch_change", args=[self.pk])

    @property
    def is_checked(self):
        return self.checked_at is not None

    @property
    def is_confirmed(self):
        return self.confirmed_at is not None

    @property
    def is_finished(self):
        return self.finished_at is not None

    @property
    def is_working(self):
        """Whether there are rows to check, or confirmed ones to take in."""
        return self.mapped_at is not None and (
            not self.is_checked or (self.is_confirmed and not self.is_finished)
        )

    @property
    def proposed_columns(self):
        return self.columns or ColumnMapping.recall(self.headers)

    @classmethod
    def stage(cls, file, *, round, by, now, encoding="", delimiter="", **fields):
        """Hold the rows of an uploaded file, or nothing. Raise NotAllowedInPhase or spreadsheets.Unreadable."""
        if not round.allows(Action.CAPTURE, now):
            raise NotAllowedInPhase(CLOSED)
        sheet = spreadsheets.read(file, encoding=encoding, delimiter=delimiter)
        with transaction.atomic():
            batch = cls.objects.create(
                round=round,
                headers=sheet.headers,
                encoding=sheet.encoding,
                delimiter=sheet.delimiter,
                note=sheet.note[:300],
                uploaded_by=by,
                uploaded_at=now,
                **fields,
            )
            rows, pending = 0, []
            for number, cells in sheet.rows:
                pending.append(ImportRow(batch=batch, number=number, cells=cells))
                if len(pending) == STAGED_AT_ONCE:
                    rows += len(ImportRow.objects.bulk_create(pending))
                    pending = []
            rows += len(ImportRow.objects.bulk_create(pending))
            if not rows:
                raise spreadsheets.Unreadable("There is nothing below the headings of this file.")
        return batch

    def map_columns(self, columns, *, now, default_theme=None, default_level=""):
        """Say what each column is, and have all rows checked anew. Raise NotReady once the import is confirmed."""
        named = [name for name in columns if name]
        if len(named) != len(set(named)) or not set(importing.NEEDED) <= set(named):
            raise NotReady(
                "Each of these can be one column only, and the idea and why it matters are needed."
            )
        with transaction.atomic():
            locked = ImportBatch.objects.select_for_update().get(pk=self.pk)
            if locked.is_confirmed:
                raise NotReady("This import is confirmed already, so its columns can't change.")
            self.rows.exclude(outcome="").update(outcome="", reference="", reasons=[], notes=[])
            self.columns, self.mapped_at, self.checked_at = columns, now, None
            self.default_theme, self.default_level = default_theme, default_level
            self.save(update_fields=["columns", "mapped_at", "checked_at", "default_theme", "default_level"])
            ColumnMapping.remember(self.headers, columns, now=now)

    def confirm(self, *, by, now):
        """Have the rows taken in that can be; a second time changes nothing. Raise NotReady or NotAllowedInPhase."""
        if not self.round.allows(Action.CAPTURE, now):
            raise NotAllowedInPhase(CLOSED)
        with transaction.atomic():
            locked = ImportBatch.objects.select_for_update().get(pk=self.pk)
            if not locked.is_checked:
                raise NotReady("Not all rows are checked yet.")
            if not locked.is_confirmed:
                locked.confirmed_by, locked.confirmed_at = by, now
                locked.save(update_fields=["confirmed_by", "confirmed_at"])
        self.refresh_from_db()

    def discard(self):
        """Forget the file. Raise NotReady once the import is confirmed."""
        with transaction.atomic():
            locked = ImportBatch.objects.select_for_update().get(pk=self.pk)
            if locked.is_confirmed:
                raise NotReady("This import is confirmed already.")
            locked.delete()

    def advance(self, *, now, seconds=0.0):
        """Do the next rows, and more for so many seconds; all that is done stays done whenever the process ends.

        Where another process is at it already, leave it to that one.
        """
        ends = time.monotonic() + seconds
        while self._advance_once(now) and time.monotonic() < ends:
            pass
        self.refresh_from_db()

    def _advance_once(self, now) -> bool:
        """Whether there may be more to do."""
        with transaction.atomic():
            locked = (
                ImportBatch.objects.select_for_update(skip_locked=True, of=["self"])
                .select_related("round", "raised_at")
                .filter(pk=self.pk)
                .first()
            )
            if locked is None or not locked.is_working:
                return False
            if not locked.is_checked:
                locked._check_rows(now)
            else:
                locked._import_rows(now)
            return locked.is_working

    def _check_rows(self, now):
        rows = list(self.rows.filter(outcome="").order_by("number")[:STAGED_AT_ONCE])
        self._judge(rows)
        ImportRow.objects.bulk_create(
            rows,
            update_conflicts=True,
            unique_fields=["batch", "number"],
            update_fields=["outcome", "title", "reference", "fingerprint", "reasons", "notes", "idea"],
        )
        if len(rows) < STAGED_AT_ONCE:
            self.checked_at = now
            self.save(update_fields=["checked_at"])

    def _import_rows(self, now):
        # The lock that numbers ideas: nobody else takes in an idea with the same reference meanwhile.
        Round.objects.select_for_update(no_key=True).get(pk=self.round_id)
        rows = list(
            self.rows.filter(outcome__in=ImportRow.TAKEN_IN, done_at=None).order_by("number")[
                :IMPORTED_AT_ONCE
            ]
        )
        readings = self._judge(rows)
        if not self.round.allows(Action.CAPTURE, now):
            for row in rows:
                row.refuse(CLOSED)
        new = [row for row in rows if row.outcome == ImportRow.Outcome.CREATE]
        arrivals = [self._arrival(row, readings[row.number]) for row in new]
        for row, idea in zip(new, Idea.receive_all(arrivals, round=self.round, now=now), strict=True):
            row.idea = idea
        for row in rows:
            if row.outcome == ImportRow.Outcome.UPDATE:
                row.correct_idea(readings[row.number], by=self.confirmed_by, now=now)
            row.done_at = now
        ImportRow.objects.bulk_create(
            rows,
            update_conflicts=True,
            unique_fields=["batch", "number"],
            update_fields=["outcome", "fingerprint", "reasons", "notes", "idea", "done_at"],
        )
        if len(rows) < IMPORTED_AT_ONCE:
            # What isn't an idea now, such as names in columns nobody asked for, isn't kept.
            self.rows.update(cells=[])
            self.finished_at = now
            self.save(update_fields=["finished_at"])

    def _arrival(self, row, reading):
        return {
            **_fields(reading),
            "credited_as": reading.values["credited_as"],
            "source": self.source,
            "raised_at": self.raised_at,
            "external_reference": row.reference,
        }

    def _judge(self, rows):
        """Set what is to come of each row as things stand. Give the readings by the number of their row."""
        vocabulary, defaults = self.vocabulary(), self.defaults()
        readings = {
            row.number: importing.read_row(row.cells, self.columns, vocabulary, defaults) for row in rows
        }
        references = {reading.reference for reading in readings.values()} - {""}
        ideas = self._ideas_by_reference(references)
        imported = ImportRow.objects.last_fingerprints(ideas.values())
        first = self._first_rows(references)
        for row in rows:
            reading = readings[row.number]
            idea = ideas.get(reading.reference)
            row.judge(
                reading,
                idea=idea,
                imported=imported.get(idea.pk) if idea else None,
                twin=first.get(reading.reference, row.number),
            )
            if row.outcome != ImportRow.Outcome.REFUSE:
                first.setdefault(reading.reference, row.number)
        return readings

    def _ideas_by_reference(self, references):
        # Whatever the source: the reference names the collection it is from.
        ideas = self.round.ideas.exclude(source=Source.WEBSITE).filter(external_reference__in=references)
        return {idea.external_reference: idea for idea in ideas.order_by("-pk").defer("search")}

    def _first_rows(self, references):
        """By reference, the number of the first row of this file that has it and isn't refused."""
        rows = self.rows.exclude(outcome__in=["", ImportRow.Outcome.REFUSE]).filter(reference__in=references)
        return dict(rows.order_by("-number").values_list("reference", "number"))

    def vocabulary(self):
        themes = self.round.themes.values_list("pk", "name", "slug")
        return importing.Vocabulary(
            themes={importing.key_of(text): pk for pk, *texts in themes for text in texts},
            levels=_codes(Level),
            areas=_codes(Area),
            ogp_values=_codes(OGPValue),
            policy_areas=_codes(PolicyArea),
        )

    def defaults(self):
        return importing.Defaults(
            origin=self.origin,
            theme=self.default_theme_id,
            level=self.default_level,
            credited_as=self.credited_as,
        )


class ImportRowQuerySet(models.QuerySet):
    def last_fingerprints(self, ideas):
        """By idea, what the last row said that was taken in for it."""
        rows = self.filter(idea__in=[idea.pk for idea in ideas], done_at__isnull=False)
        latest = rows.order_by("idea", "-done_at", "-pk").distinct("idea")
        return dict(latest.values_list("idea", "fingerprint"))

    def outcome_counts(self):
        """How many rows there are by outcome, the unchecked under an empty one."""
        return dict(self.order_by().values_list("outcome").annotate(count=models.Count("pk")))


class ImportRow(models.Model):
    """A row of a spreadsheet of ideas and what comes of it."""

    class Outcome(models.TextChoices):
        CREATE = "create", "New"
        UPDATE = "update", "Changed"
        SKIP = "skip", "Nothing new"
        REFUSE = "refuse", "Can't be taken in"

    TAKEN_IN = (Outcome.CREATE, Outcome.UPDATE)

    batch = models.ForeignKey(ImportBatch, on_delete=models.CASCADE, related_name="rows")
    number = models.PositiveIntegerField()
    cells = models.JSONField()
    outcome = models.CharField(max_length=10, choices=Outcome, blank=True)
    title = models.CharField(max_length=120, blank=True)
    reference = models.CharField(max_length=importing.MAX_REFERENCE, blank=True)
    fingerprint = models.CharField(max_length=64, blank=True)
    reasons = ArrayField(models.TextField(), default=list, blank=True)
    notes = ArrayField(models.TextField(), default=list, blank=True)
    idea = models.ForeignKey(Idea, on_delete=models.SET_NULL, null=True, related_name="import_rows")
    done_at = models.DateTimeField(null=True)

    objects = ImportRowQuerySet.as_manager()

    class Meta:
        ordering = ["number"]
        constraints = [
            models.UniqueConstraint(fields=["batch", "number"], name="import_row_number_unique_in_batch"),
            models.UniqueConstraint(
                fields=["batch", "reference"],
                condition=Q(outcome__in=["create", "update", "skip"]),
                name="import_row_reference_once_per_batch",
            ),
        ]
        indexes = [models.Index(fields=["batch", "outcome", "number"], name="import_row_by_outcome")]

    def __str__(self):
        return f"Row {self.number}"

    def judge(self, reading, *, idea, imported, twin):
        """Set the outcome: `idea` has the row's reference, `imported` is the fingerprint of what it was last imported
        from, `twin` the number of the first row of the file with the reference.
        """
        self.title = importing.shorten(reading.values["title"], 120)
        self.reference, self.fingerprint = reading.reference, reading.fingerprint
        self.reasons, self.notes = list(reading.problems), list(reading.notes)
        self.idea = idea
        if twin != self.number:
            self.reasons.append(f"It has the same reference, or the same words, as row {twin}.")
        if self.reasons:
            self.outcome = self.Outcome.REFUSE
        elif idea is None:
            self.outcome = self.Outcome.CREATE
        else:
            self._judge_against(idea, reading, imported)

    def _judge_against(self, idea, reading, imported):
        changes = [] if imported == self.fingerprint else _changes(idea, reading.values)
        if not changes:
            self.outcome, self.notes = self.Outcome.SKIP, ["It came in before, as it is here."]
        elif idea.is_pending:
            self.outcome = self.Outcome.UPDATE
            names = ", ".join(importing.FIELDS[name].lower() for name in changes)
            self.notes.insert(0, f"Changes {names}.")
        else:
            state = "published" if idea.is_published else "answered by an editor"
            self.refuse(f"It differs from idea {idea.number}, which is {state} already.")

    def refuse(self, reason):
        self.outcome, self.reasons = self.Outcome.REFUSE, [reason]

    def correct_idea(self, reading, *, by, now):
        """Change the pending idea as judged a moment ago; if it has been answered since, the row is refused."""
        try:
            self.idea.correct(by=by, now=now, **_fields(reading))
        except AlreadyModerated as refusal:
            self.refuse(str(refusal))


def _fields(reading):
    """What a row says, as the fields of an idea."""
    fields = {name: value for name, value in reading.values.items() if name not in ("theme", "credited_as")}
    return {**fields, "theme_id": reading.values["theme"]}


def _changes(idea, values):
    """The names of the fields in which the idea differs from the row; who is credited stays as it was."""
    current = {name: getattr(idea, name) for name in values if name not in ("theme", "credited_as")}
    current["theme"] = idea.theme_id
    for name in importing.LISTS:
        current[name] = sorted(current[name])
    return [name for name in importing.FIELDS if name in current and current[name] != values[name]]
