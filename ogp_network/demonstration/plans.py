"""The demonstration's action plans: the United Kingdom's of 2013 to 2015 as it was, and a made-up one of these days."""

from datetime import timedelta

from django.utils import timezone

from manifesto.models import ActionPlan, Adoption, Commitment, Decision, Milestone, StatusReport

BEGAN, LASTS = -300, 730


def load_plans(content, *, editor, now):
    for load, part in ((_load_nap, content["nap"]), (_load_made_up, content["made_up"])):
        if not ActionPlan.objects.filter(slug=part["slug"]).exists():
            # Reports first, for what was said long ago is no news when the plan appears.
            plan = load(part, editor, now)
            plan.publish(by=editor, now=now)
            _move_milestones(plan, part, editor, now)


def _move_milestones(plan, content, editor, now):
    """Only what is public is moved; before that nobody was promised anything."""
    moves = {
        row["output"]: row["moved"]
        for commitment in content.get("commitment", [])
        for row in commitment["milestone"]
        if "moved" in row
    }
    for milestone in Milestone.objects.filter(commitment__plan=plan, output__in=moves).by_reference():
        move = moves[milestone.output]
        milestone.due_on = timezone.localdate(now) + timedelta(days=move["to"])
        milestone.keep(by=editor, now=now + timedelta(days=move["day"]), because=move["because"])


def _load_nap(content, editor, now):
    names = ("slug", "title", "introduction", "starts_on", "ends_on", "source_url")
    plan = ActionPlan.objects.create(**{name: content[name] for name in names})
    reports = []
    for title, status in content["commitments"].items():
        text = {"title": title, "starts_on": plan.starts_on}
        commitment = Commitment.objects.draw(text=text, plan=plan, by=editor, now=now)
        reports.append(
            StatusReport(commitment=commitment, source="government", status=status, **content["report"])
        )
    StatusReport.objects.record(reports, by=editor, now=now)
    return plan


def _load_made_up(content, editor, now):
    today = timezone.localdate(now)
    places = {decision.position: decision for decision in Decision.objects.filter(round__slug="pilot")}
    plan = ActionPlan.objects.create(
        **{name: content[name] for name in ("slug", "title", "introduction")},
        round=next(iter(places.values())).round,
        starts_on=today + timedelta(days=BEGAN),
        ends_on=today + timedelta(days=BEGAN + LASTS),
    )
    reports = []
    for row in content["commitment"]:
        names = ("title", "summary", "problem", "solution", "results", "lead_institution")
        text = {name: row[name] for name in names}
        commitment = Commitment.objects.draw(text=text, plan=plan, by=editor, now=now)
        Adoption.objects.create(
            asked=_asked(places[row["place"]].idea, editor, now),
            adopted=commitment,
            verdict=row["verdict"],
            words=row["words"],
            recorded_by=editor,
            recorded_at=now,
        )
        reports += _load_milestones(commitment, row["milestone"], content["sources"], today)
    StatusReport.objects.record(reports, by=editor, now=now)
    return plan


def _asked(idea, editor, now):
    """What the network asked for from the idea, begun here if nobody has yet."""
    if asked := idea.commitments.public().by_number().first():
        return asked
    text = {"title": idea.title, "problem": idea.why, "solution": idea.how, "results": idea.difference}
    asked = Commitment.objects.draw(text=text, round=idea.round, ideas=[idea], by=editor, now=now)
    asked.publish(by=editor, now=now)
    return asked


def _load_milestones(commitment, rows, sources, today):
    """The reports about the milestones, for the caller to record."""
    reports = []
    for number, row in enumerate(rows, start=1):
        milestone = Milestone.objects.create(
            commitment=commitment,
            reference=f"{commitment.number}.{number:02}",
            output=row["output"],
            lead=commitment.lead_institution,
            due_on=today + timedelta(days=row["due"]),
            next_check_on=today + timedelta(days=row["check"]) if "check" in row else None,
        )
        for said in row["reports"]:
            completed = said.get("completed")
            reports.append(
                StatusReport(
                    milestone=milestone,
                    source=said["source"],
                    source_title=sources[said["source"]],
                    status=said["status"],
                    words=said.get("words", ""),
                    reported_on=today + timedelta(days=said["day"]),
                    completed_on=None if completed is None else today + timedelta(days=completed),
                )
            )
    return reports
