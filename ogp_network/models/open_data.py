"""Open data as it was on a day, kept in the database for everybody to fetch."""

import zlib
from datetime import timedelta
from hashlib import sha256

from django.db import models, transaction
from django.urls import reverse
from django.utils import timezone

from ..datasets import few_at_a_time

KEPT_DAYS = 30
PART = 256 * 1024
# zlib's word for the format of gzip files.
GZIP = 16 + zlib.MAX_WBITS


class DailyFileQuerySet(models.QuerySet):
    def of_day(self, day):
        return self.filter(day=day).order_by("dataset", "kind")

    def days(self):
        """For each day, the latest first, how many `files` there are of it and their `bytes` in all."""
        totals = {"files": models.Count("pk"), "bytes": models.Sum("size")}
        return self.values("day").annotate(**totals).order_by("-day")

    def publish(self, dataset, kind, *, now):
        """Keep the dataset as it is now as the file of today, unless there is one; say whether there wasn't.

        Columns that name people stay out: what somebody takes back must not live on in files of earlier days.
        """
        with transaction.atomic():
            # Of two that try at once, the second waits here for the first, and then finds its file.
            file, is_new = self.get_or_create(
                day=timezone.localdate(now), dataset=dataset.name, kind=kind, defaults={"made_at": now}
            )
            if is_new:
                file._fill(dataset.without_people(), now)
        return is_new

    def forget_old(self, today):
        """Delete those older than a month, but for the first of each month; how many files went."""
        old = self.filter(day__lt=today - timedelta(days=KEPT_DAYS)).exclude(day__day=1)
        number = old.count()
        old.delete()
        return number


class DailyFile(models.Model):
    """A file of open data as it was on a day: `size` and `sha256` are those of its content before compression."""

    class Kind(models.TextChoices):
        CSV = "csv", "CSV"
        JSON = "json", "JSON"

    day = models.DateField()
    dataset = models.CharField(max_length=50)
    kind = models.CharField(max_length=4, choices=Kind)
    rows = models.PositiveBigIntegerField(default=0)
    size = models.PositiveBigIntegerField(default=0)
    sha256 = models.CharField(max_length=64)
    # What its columns meant on that day.
    metadata = models.JSONField(default=dict)
    made_at = models.DateTimeField()

    objects = DailyFileQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["day", "dataset", "kind"], name="daily_file_once_per_dataset_and_kind"
            )
        ]

    def __str__(self):
        return f"{self.dataset}.{self.kind} of {self.day}"

    def get_absolute_url(self):
        return reverse(f"open_data_daily_{self.kind}", args=[self.day, self.dataset])

    def _fill(self, dataset, now):
        rows, digest = _Counted(dataset.records(dataset.public(now))), sha256()
        content = self._measured(getattr(dataset, self.kind)(rows), digest)
        for number, part in enumerate(_in_parts(_packed(content))):
            self.parts.create(number=number, content=part)
        self.rows, self.sha256 = rows.number, digest.hexdigest()
        self.metadata = dataset.metadata(f"{dataset.name}.csv")
        self.save(update_fields=["rows", "size", "sha256", "metadata"])

    def _measured(self, pieces, digest):
        for piece in pieces:
            content = piece.encode()
            digest.update(content)
            self.size += len(content)
            yield content

    def compressed(self):
        """What is kept, a part at a time."""
        return (bytes(part.content) for part in few_at_a_time(self.parts.order_by("number"), 1))

    def plain(self):
        """Its content, a little at a time."""
        unpacker = zlib.decompressobj(wbits=GZIP)
        for part in self.compressed():
            while part:
                yield unpacker.decompress(part, PART)
                part = unpacker.unconsumed_tail
        yield unpacker.flush()


class DailyFilePart(models.Model):
    """A stretch of a compressed file: no more of it is ever in memory."""

    file = models.ForeignKey(DailyFile, on_delete=models.CASCADE, related_name="parts")
    number = models.PositiveIntegerField()
    content = models.BinaryField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["file", "number"], name="daily_file_part_once")]

    def __str__(self):
        return f"Part {self.number}"


def _packed(pieces):
    packer = zlib.compressobj(wbits=GZIP)
    for piece in pieces:
        yield packer.compress(piece)
    yield packer.flush()


def _in_parts(pieces):
    waiting = bytearray()
    for piece in pieces:
        waiting += piece
        while len(waiting) > PART:
            yield bytes(waiting[:PART])
            del waiting[:PART]
    yield bytes(waiting)


class _Counted:
    """Rows that know how many of them went by."""

    def __init__(self, rows):
        self.rows, self.number = rows, 0

    def __iter__(self):
        for row in self.rows:
            self.number += 1
            yield row
