"""A demonstration round lived through from its first day: the same verbs as on the site, at the times it says."""

import random
from datetime import timedelta
from uuid import NAMESPACE_URL, uuid5

from django.db.models import F
from django.utils import timezone

from manifesto.models import CountRegister, Criterion, Decision, ExpertTerm, Idea, Round, Theme, Vote
from meetings.models import Meeting

# Days from the loading to each of a round's dates; the time of day is nine in the morning.
DAYS = {
    "uk": {
        "ideas_open_at": -44,
        "ideas_close_at": 76,
        "votes_close_at": 90,
        "scoring_open_at": 90,
        "scoring_close_at": 120,
    },
    "wales": {
        "ideas_open_at": -110,
        "ideas_close_at": -40,
        "votes_close_at": -12,
        "scoring_open_at": -12,
        "scoring_close_at": 16,
    },
    "pilot": {
        "ideas_open_at": -400,
        "ideas_close_at": -310,
        "votes_close_at": -290,
        "scoring_open_at": -290,
        "scoring_close_at": -262,
    },
}
EXPERTS = ("expert", "expert-2", "expert-3", "expert-4")
CONTENT = ("title", "why", "how", "difference", "policy_areas", "ogp_values", "areas", "level", "source")


def load_rounds(rounds, *, members, crowd, organisations, meetings, now):
    for content in rounds:
        dates = _dates(content["slug"], now)
        round = Round.objects.filter(slug=content["slug"]).first()
        if round:
            _move(round, dates)
            continue
        round = _create(content, dates)
        ideas = _load_ideas(round, content, members, organisations, meetings, now)
        _load_votes(ideas, [*crowd, *members.values()], min(now, round.votes_close_at))
        _load_discussion(ideas, members)
        if now >= round.scoring_open_at:
            _load_scores(round, content, ideas, members, organisations)
        if any("decision" in row for _, row in ideas):
            _load_decisions(round, ideas, members)
    forums = [meeting for meeting in meetings.values() if meeting.kind == Meeting.Kind.FORUM]
    Round.objects.get(slug="uk").meetings.set(set(meetings.values()) - set(forums))
    Round.objects.get(slug="pilot").meetings.set(forums)
    CountRegister.objects.make_due(now=now)


def _dates(slug, now):
    morning = timezone.localtime(now).replace(hour=9, minute=0, second=0, microsecond=0)
    dates = {name: morning + timedelta(days=days) for name, days in DAYS[slug].items()}
    opened = dates["ideas_open_at"]
    return {**dates, "votes_open_at": opened, "announced_at": opened - timedelta(days=14)}


def _move(round, dates):
    """Set the dates anew, and what happened in the round with them."""
    shift = dates["ideas_open_at"] - round.ideas_open_at
    if not shift:
        return
    Round.objects.filter(pk=round.pk).update(
        **dates, shortlist_published_at=F("shortlist_published_at") + shift
    )
    moments = ("submitted_at", "published_at", "declined_at")
    round.ideas.update(**{name: F(name) + shift for name in moments})
    # One idea at a time, by its index: without statistics the planner takes a join the slow way.
    for idea in round.ideas.all():
        idea.votes.update(cast_at=F("cast_at") + shift)


def _create(content, dates):
    names = ("slug", "title", "summary", "introduction", "shortlist_target")
    round = Round.objects.create(
        **{name: content[name] for name in names}, area=content.get("area", ""), **dates
    )
    for position, theme in enumerate(content["theme"]):
        Theme.objects.create(round=round, position=position, **theme)
    for position, criterion in enumerate(content["criterion"]):
        Criterion.objects.create(round=round, position=position, **criterion)
    return round


def _load_ideas(round, content, members, organisations, meetings, now):
    themes = {theme.slug: theme for theme in round.themes.all()}
    ideas = []
    for row in content["idea"]:
        submitted_at = min(round.ideas_open_at + timedelta(days=row["days_after_opening"], hours=4), now)
        idea = Idea.receive(
            round=round,
            now=submitted_at,
            author=members.get(row.get("author")),
            credited_as=row.get("credited_as", ""),
            theme=themes[row["theme"]],
            raised_at=meetings.get(row.get("raised_at")),
            organisation=organisations.get(row.get("organisation")),
            evidence_links=row["evidence"],
            **{name: row[name] for name in CONTENT},
        )
        _moderate(idea, row, members["editor"], submitted_at)
        ideas.append((idea, row))
    return ideas


def _moderate(idea, row, editor, submitted_at):
    read_at = submitted_at + timedelta(hours=3)
    if row.get("status") == "declined":
        idea.decline(by=editor, now=read_at, reason=row["code"], words=row["words"])
    elif row.get("status") != "pending":
        idea.approve(by=editor, now=read_at)


def _load_votes(ideas, crowd, until):
    """As many supporters as each row says, drawn from the crowd; the same ones wherever it is loaded."""
    chance = random.Random("demonstration")
    votes = []
    for idea, row in ideas:
        revision = idea.revisions.get()
        for member in chance.sample(crowd, row["support"]):
            cast_at = idea.published_at + (until - idea.published_at) * chance.random()
            votes.append(Vote(member=member, idea=idea, revision=revision, cast_at=cast_at))
    Vote.objects.bulk_create(votes)


def _load_discussion(ideas, members):
    """What was said while ideas were collected; each was somebody's first word, so an editor read it."""
    for idea, row in ideas:
        said_at = idea.submitted_at
        for comment in row.get("comment", []):
            said_at += timedelta(days=2)
            key = uuid5(NAMESPACE_URL, f"{idea.pk}/{said_at}")
            said = idea.discuss(members[comment["author"]], comment["text"], key=key, now=said_at)
            if said.is_waiting:
                said.approve(by=members["editor"], now=said_at + timedelta(hours=2))


def _load_terms(round, content, members, organisations):
    first_day = timezone.localdate(round.announced_at)
    declared = {row["key"]: row for row in content.get("expert", [])}
    terms = {}
    for key in EXPERTS:
        row = declared.get(key, {})
        term = ExpertTerm.objects.create(member=members[key], round=round, starts_on=first_day)
        term.declare_interests(
            interests=row.get("interests", ""),
            affiliations=[organisations[slug] for slug in row.get("affiliations", [])],
            agrees_to_be_named=row.get("named", False),
            now=round.scoring_open_at - timedelta(days=3),
        )
        terms[key] = term
    return terms


def _load_scores(round, content, ideas, members, organisations):
    scoring = round.scoring_open_at + timedelta(days=5)
    criteria = list(round.criteria.all())
    terms = _load_terms(round, content, members, organisations)
    clocks = dict.fromkeys(terms, scoring)
    for idea, row in ideas:
        for conflict in row.get("conflict", []):
            terms[conflict["expert"]].declare(
                idea,
                kind=conflict["kind"],
                explanation=conflict["explanation"],
                now=scoring - timedelta(days=4),
            )
        for key, values in row.get("scores", {}).items():
            scores = {
                criterion: None if value < 0 else value
                for criterion, value in zip(criteria, values, strict=True)
            }
            clocks[key] += timedelta(minutes=3)
            terms[key].assess(idea, scores, now=clocks[key], note=row.get("notes", {}).get(key, ""))


def _load_decisions(round, ideas, members):
    decided = round.scoring_close_at
    decisions = [
        Decision(
            idea=idea,
            outcome=row["decision"]["outcome"],
            reasons=row["decision"]["reasons"],
            position=row["decision"].get("position"),
        )
        for idea, row in ideas
    ]
    round.record_decisions(decisions, version=0, by=members["expert-2"], now=decided)
    round.publish_shortlist(by=members["editor"], now=decided + timedelta(days=7))
