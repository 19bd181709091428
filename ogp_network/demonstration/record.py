"""Where invented parties stand, and what an invented department answered."""

from datetime import timedelta

from django.utils import timezone

from manifesto.models import (
    Ask,
    ExpectedAnswer,
    GovernmentAnswer,
    Institution,
    Office,
    Position,
    Round,
    Term,
)

SAID = ("source_title", "source_url", "source_page")


def load_record(content, *, members, meetings, now):
    """Load it once: what is on record doesn't move with the day."""
    if Institution.objects.exists():
        return
    institutions = {row["slug"]: _load_institution(row, now) for row in content["institution"]}
    asked = Ask.objects.filter(statement__slug=content["statement"])
    asks = {ask.number: ask for ask in asked}
    for row in content["position"]:
        position = Position(
            institution=institutions[row["institution"]],
            ask=asks[row["ask"]],
            quotation=row.get("quotation", ""),
            meeting=meetings.get(row.get("meeting")),
            **{name: row[name] for name in ("stance", "topline")},
        )
        _say(position, row, members["editor"], now)
    _load_answers(content["answers"], institutions, members["editor"], now)


def _day(now, days_ago):
    return timezone.localdate(now) - timedelta(days=days_ago)


def _load_institution(row, now):
    institution = Institution(**{name: row[name] for name in ("slug", "name", "kind")})
    institution.begin()
    if renamed := row.get("renamed"):
        institution.rename(
            name=renamed["name"],
            slug=renamed["slug"],
            since_on=_day(now, renamed["days_ago"]),
            now_on=_day(now, 0),
        )
    if "office" in row:
        office = Office.objects.create(institution=institution, name=row["office"])
        for term in row["terms"]:
            until = term.get("until_days_ago")
            Term.objects.create(
                office=office,
                name=term["name"],
                starts_on=_day(now, term["from_days_ago"]),
                ends_on=None if until is None else _day(now, until),
            )
    return institution


def _say(entry, row, editor, now):
    """Put it on record on the day after it was said, with what became of it since."""
    entry.stated_on = _day(now, row["days_ago"])
    for name in SAID:
        setattr(entry, name, row.get(name, ""))
    entry.term = (
        Term.objects.filter(office__institution=entry.speaking_institution).held_on(entry.stated_on).last()
    )
    _at(now, row["days_ago"] - 1, editor, entry.record)
    _at(now, row["days_ago"] - 1, editor, entry.publish)
    if correction := row.get("correction"):
        content = {name: correction[name] for name in ("stance", "topline")}
        explanation = correction["explanation"]
        _at(now, correction["days_ago"], editor, entry.correct, content=content, explanation=explanation)
    if withdrawal := row.get("withdrawal"):
        on = _day(now, withdrawal["days_ago"])
        _at(now, withdrawal["days_ago"], editor, entry.withdraw, on=on, words=withdrawal["words"])


def _at(now, days_ago, editor, verb, **what):
    moment = now - timedelta(days=days_ago)
    today = {} if verb.__name__ == "record" else {"today": timezone.localdate(moment)}
    verb(by=editor, now=moment, **today, **what)


def _load_answers(content, institutions, editor, now):
    round = Round.objects.get(slug=content["round"])
    institution = institutions[content["institution"]]
    ExpectedAnswer.objects.expect_of_shortlist(
        round,
        institution=institution,
        by=editor,
        now=now,
        asked_on=_day(now, content["asked_days_ago"]),
        due_on=_day(now, content["due_days_ago"]),
        next_check_on=_day(now, content["next_check_days_ago"]),
    )
    for row in content["answer"]:
        expected = ExpectedAnswer.objects.select_related("institution", "idea__round", "idea__decision").get(
            idea__decision__position=row["place"], idea__round=round
        )
        answer = GovernmentAnswer(expected=expected, outcome=row["outcome"], reasons=row["reasons"])
        _say(answer, row, editor, now)
