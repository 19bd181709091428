"""The demonstration's common statement: written, signed and changed by the same verbs as on the site."""

from datetime import timedelta

from django.utils import timezone

from manifesto.models import Endorsement, OwnAsk, Round, SignOff, Statement
from profiles.models import Membership


def load_statements(content, organisations, *, members, crowd, now):
    """Load it if it is missing; safe to repeat."""
    facts = dict(content["statement"])
    if Statement.objects.filter(slug=facts["slug"]).exists():
        return
    facts["round"] = Round.objects.get(slug=facts["round"])
    statement = Statement.objects.create(**facts)
    speakers = _authorise(content, organisations, members, crowd, now)
    for row in content["version"]:
        published_at = now - timedelta(days=row["days_ago"])
        asks = [(ask.get("number"), ask["title"], ask["text"]) for ask in row["ask"]]
        editor = members["editor"]
        statement.write_draft(
            text=row["text"], note=row["note"], asks=asks, opened="", by=editor, now=published_at
        )
        version = statement.publish(by=editor, now=published_at, seen=statement.draft_mark())
        _sign(statement, version.number, content, organisations, speakers, published_at)
    _add(statement, content, organisations, speakers, now)


def _authorise(content, organisations, members, crowd, now):
    """Somebody who may speak for each organisation, by its slug: the member for their own, the crowd for others."""
    rows = [row for kind in ("signatory", "sign_off") for row in content[kind]]
    speakers = {}
    for row, somebody in zip(rows, crowd, strict=False):
        slug = row["organisation"]
        member = members["member"] if slug == "plainledger" else somebody
        place, _created = Membership.objects.get_or_create(
            organisation=organisations[slug],
            member=member,
            ended_at=None,
            defaults={
                "role": row.get("role", "Coordinator"),
                "requested_at": now - timedelta(days=40),
                "confirmed_at": now - timedelta(days=39),
                "confirmed_by": members["editor"],
            },
        )
        place.authorise(by=members["editor"], now=now - timedelta(days=38))
        speakers[slug] = member
    return speakers


def _sign(statement, number, content, organisations, speakers, published_at):
    for days, row in enumerate(content["signatory"], start=1):
        if number not in row["versions"]:
            continue
        organisation, by = organisations[row["organisation"]], speakers[row["organisation"]]
        signed_at = published_at + timedelta(hours=11 * days)
        statement.sign(
            organisation,
            by=by,
            now=signed_at,
            seen=number,
            role=row.get("role", ""),
            is_role_public="role" in row,
        )
        if "withdrawn" in row:
            later = signed_at + timedelta(days=4)
            statement.withdraw_signature(organisation, by=by, now=later, reason=row["withdrawn"])


def _add(statement, content, organisations, speakers, now):
    for row in content["sign_off"]:
        SignOff.objects.plan(
            statement,
            organisations[row["organisation"]],
            needed_by=timezone.localdate(now) + timedelta(days=row["days"]),
            by=speakers[row["organisation"]],
            now=now,
        )
    for row in content["own_ask"]:
        OwnAsk.write(
            statement.asks.get(number=row["ask"]),
            organisations[row["organisation"]],
            text=row["text"],
            by=speakers[row["organisation"]],
            now=now - timedelta(days=3),
        )
    for row in content["endorsement"]:
        for idea in statement.round.ideas.public().survivors().filter(number__in=row["ideas"]):
            slug = row["organisation"]
            Endorsement.objects.endorse(idea, organisations[slug], by=speakers[slug], now=now)
