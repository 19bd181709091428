"""What the pilot round asks of government: drawn, published, improved and handed over, by the site's verbs."""

from datetime import date, timedelta

import pgtrigger
from django.db.models import F
from django.utils import timezone

from manifesto.models import (
    Commitment,
    CommitmentPack,
    CommitmentRevision,
    CommitmentSource,
    CommitmentWithdrawal,
    Round,
    ThemeLead,
    WorkingGroupMember,
)
from manifesto.models.commitments.wording import WORDING

# Moments of what is kept for good: a demonstration alone ever moves them.
FOR_GOOD = (
    "manifesto.CommitmentRevision:commitment_wording_is_for_good",
    "manifesto.CommitmentPack:pack_is_for_good",
)


def load_commitments(content, *, members, organisations):
    round = Round.objects.get(slug=content["round"])
    published_at = round.shortlist_published_at
    if round.commitments.exists():
        _move(round, published_at + timedelta(days=content["pack_days"]))
        return
    themes = {theme.slug: theme for theme in round.themes.all()}
    _load_people(content, themes, members, organisations, published_at)
    for row in content["commitment"]:
        _load(row, round, themes, members["editor"], published_at)
    CommitmentPack.objects.freeze(
        round,
        title=content["pack_title"],
        by=members["editor"],
        now=published_at + timedelta(days=content["pack_days"]),
    )


def _load_people(content, themes, members, organisations, now):
    for row in content["lead"]:
        ThemeLead.objects.create(
            theme=themes[row["theme"]],
            side=row["side"],
            name=row["name"],
            organisation=organisations[row["organisation"]],
        )
    for row in content["working_group"]:
        WorkingGroupMember.objects.create(
            theme=themes[row["theme"]],
            member=members[row["member"]],
            added_by=members["editor"],
            added_at=now,
        )


def _load(row, round, themes, editor, start):
    def after(days):
        return start + timedelta(days=days)

    year = timezone.localdate(start).year + 1
    text = {name: row[name] for name in WORDING if name in row}
    commitment = Commitment.objects.draw(
        round=round,
        text={"starts_on": date(year, 1, 1), "ends_on": date(year + 1, 12, 31), **text},
        ideas=round.ideas.filter(number__in=row["ideas"]),
        theme=themes[row["theme"]],
        by=editor,
        now=after(row["drawn_days"]),
    )
    if "published_days" in row:
        commitment.publish(by=editor, now=after(row["published_days"]))
    for number, revision in enumerate(row.get("revision", []), start=1):
        at = after(revision["days"])
        commitment.improve(text=revision["text"], note=revision["note"], by=editor, now=at, opened=number)
    if "withdrawn_days" in row:
        at = after(row["withdrawn_days"])
        commitment.withdraw(reason=row["withdrawn_reason"], by=editor, now=at)


def _move(round, frozen_at):
    """Have everything have happened as long after the shortlist as it did, which has moved."""
    pack = CommitmentPack.objects.filter(round=round).order_by("number").first()
    shift = frozen_at - pack.frozen_at
    if not shift:
        return
    of_round = {
        round.commitments: ("begun_at", "published_at"),
        CommitmentSource.objects.filter(commitment__round=round): ("drawn_at",),
        CommitmentWithdrawal.objects.filter(commitment__round=round): ("withdrawn_at",),
        CommitmentRevision.objects.filter(commitment__round=round): ("edited_at",),
        CommitmentPack.objects.filter(round=round): ("frozen_at",),
    }
    with pgtrigger.ignore(*FOR_GOOD):
        for rows, moments in of_round.items():
            rows.update(**{name: F(name) + shift for name in moments})
