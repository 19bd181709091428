"""Decisions on the three ideas of `scored_round`, and what the pages of its shortlist are sent, for tests of them."""

from django.urls import reverse
from django.utils import timezone

from manifesto.models import Decision

FIELDS = ("position", "outcome", "reasons")


def idea_of(round, number):
    return round.ideas.get(number=number)


def decide(round, number, position=None, outcome="", reasons=""):
    return Decision(idea=idea_of(round, number), position=position, outcome=outcome, reasons=reasons)


def complete(round):
    """Decisions that are fit to publish."""
    return [
        decide(round, 1, 2, "accepted_in_part", "Half of it can be done."),
        decide(round, 2, 1, "accepted", "Clear and cheap."),
        decide(round, 3, None, "deferred", "Too large for this plan."),
    ]


def record(round, decisions, by, version=None):
    round.record_decisions(
        decisions, version=round.shortlist_version if version is None else version, by=by, now=timezone.now()
    )


def recorded(round):
    return list(round.decisions.order_by("idea__number").values_list("idea__number", *FIELDS))


def board_address(round):
    return reverse("admin:manifesto_round_shortlist", args=[round.pk])


def publication_address(round):
    return reverse("admin:manifesto_round_publication", args=[round.pk])


def public_address(round):
    return reverse("manifesto:shortlist", args=[round.slug])


def typed(version, *entries):
    """What the board sends for entries of (idea's number, place, outcome, reasons)."""
    data = {"version": version}
    for number, *values in entries:
        data |= {f"idea-{number}-{name}": value for name, value in zip(FIELDS, values, strict=True)}
    return data


FIT = [
    (1, "2", "accepted_in_part", "Half of it can be done."),
    (2, "1", "accepted", "Clear and cheap."),
    (3, "", "deferred", "Too large for this plan."),
]
