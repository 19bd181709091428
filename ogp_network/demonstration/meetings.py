from datetime import datetime, time, timedelta

from django.utils import timezone
from django.utils.dateparse import parse_time

from meetings.models import Action, Attendance, Correction, Meeting, Note, Point, Section, Topic


def load_meetings(content, organisations, *, members, now):
    """Meetings by slug. Real ones keep their dates; made-up ones stay as far from today as they say."""
    meetings, steps = {}, []
    topics = _load_topics(content)
    for row in content["meeting"]:
        dates = _dates(row, timezone.localdate(now), now)
        meeting, created = Meeting.objects.get_or_create(
            slug=row["slug"],
            defaults={
                **dates,
                **{name: row[name] for name in ("title", "kind", "summary")},
                **{name: row.get(name, "") for name in ("agenda", "map_url")},
                "institution": organisations.get(row.get("institution")),
                "starts_at": parse_time(row["start"]) if "start" in row else None,
                "ends_at": parse_time(row["end"]) if "end" in row else None,
                "venue": row.get("venue", ""),
                "has_remote_access": row["remote"],
                "accepts_registrations": "registration" in row,
                "capacity": row.get("registration", {}).get("capacity"),
                "joining_details": row.get("registration", {}).get("joining_details", ""),
            },
        )
        if created:
            meeting.organisers.set(organisations[slug] for slug in row.get("organisers", []))
            _load_changes(meeting, row, dates, members["editor"], now)
            meeting.topics.set(topics[slug] for slug in row.get("topics", []))
            _load_attendances(meeting, row, organisations, members)
            if "note" in row:
                steps += _load_note(meeting, row["note"], organisations, members, now)
        elif "date" not in row:
            _begin_again(meeting, row, dates)
            _load_changes(meeting, row, dates, members["editor"], now)
        meetings[row["slug"]] = meeting
    # In the order they happened in: an action is carried from a published note to one that isn't.
    for moment, step in sorted(steps, key=lambda pair: pair[0]):
        step(meetings, moment)
    return meetings


def _load_topics(content):
    return {
        row["slug"]: Topic.objects.get_or_create(slug=row["slug"], defaults=row)[0]
        for row in content["topic"]
    }


def _dates(row, today, now):
    if "date" in row:
        # Nobody recorded when people were told of these.
        held_on = row["date"]
        return {"held_on": held_on, "announced_at": _morning(held_on + timedelta(days=1))}
    held_on = today + timedelta(days=row.get("in_days", -row.get("days_ago", 0)))
    announced_at = min(now, _morning(held_on - timedelta(days=row.get("notice", 30))))
    return {"held_on": held_on, "announced_at": announced_at}


def _morning(day):
    return timezone.make_aware(datetime.combine(day, time(9)))


def _begin_again(meeting, row, dates):
    """As it was before anything changed about it, at its distance from today."""
    meeting.changes.all().delete()
    nothing = {"notice_given_on": None, "cancelled_at": None, "cancellation_reason": ""}
    Meeting.objects.filter(pk=meeting.pk).update(venue=row.get("venue", ""), **dates, **nothing)


def _load_changes(meeting, row, dates, editor, now):
    if moved := row.get("moved"):
        to = {"held_on": dates["held_on"] + timedelta(days=moved["later_by"]), "venue": moved["venue"]}
        meeting.move(to, reason=moved["reason"], by=editor, now=now - timedelta(days=2))
    if "cancelled" in row:
        meeting.cancel(reason=row["cancelled"], by=editor, now=now - timedelta(days=1))


def _load_attendances(meeting, row, organisations, members):
    Attendance.objects.bulk_create(
        Attendance(
            meeting=meeting,
            position=position,
            name=attendee["name"],
            member=members.get(attendee.get("member")),
            organisation=organisations.get(attendee.get("organisation")),
            side=attendee["side"],
            role=attendee.get("role", ""),
            is_named=not attendee.get("unnamed"),
        )
        for position, attendee in enumerate(row.get("attendee", []))
    )


def _load_note(meeting, content, organisations, members, now):
    """Write the note; give what happens to it and its actions afterwards, as pairs of a moment and a step."""
    note = Note.objects.create(meeting=meeting, written_by=content["written_by"])
    for kind, name in ((Point.Kind.KEY_POINT, "key_points"), (Point.Kind.DECISION, "decisions")):
        for position, text in enumerate(content.get(name, [])):
            Point.objects.create(note=note, kind=kind, position=position, text=text)
    for position, section in enumerate(content.get("section", [])):
        Section.objects.create(note=note, position=position, **section)
    today = timezone.localdate(now)
    for position, row in enumerate(content.get("action", [])):
        action = Action.objects.create(
            note=note,
            position=position,
            text=row["text"],
            owner_name=row.get("owner_name", ""),
            owner_organisation=organisations.get(row.get("owner_organisation")),
            owner_member=members.get(row.get("owner_account")),
            due_on=_day(row, today),
            due_text=row.get("due_text", ""),
        )
        for event in row.get("event", []):
            yield _event(action, event, members["editor"], now)
    if "circulated_for_days" in content:
        yield now, lambda meetings, moment: _circulate(note, content, members, moment)
    else:
        published_at = min(now, _morning(meeting.held_on + timedelta(days=3)))
        yield published_at, lambda meetings, moment: note.publish(by=members["editor"], now=moment)
    if "erratum" in content:
        yield _correction(note, content["erratum"], members["editor"], published_at + timedelta(days=2))


def _correction(note, row, editor, at):
    """A moment after publication, and what corrects the note's first point at it."""
    first = note.points.first()
    note.points.filter(pk=first.pk).update(text=row["first_point_before"])

    def correct(meetings, moment):
        with note.correcting(row["explanation"], by=editor, now=moment):
            first.save()

    return at, correct


def _circulate(note, content, members, now):
    until = timezone.localdate(now) + timedelta(days=content["circulated_for_days"])
    note.circulate(until=until, by=members["editor"], now=now)
    for row in content["correction"]:
        Correction.objects.suggest(
            note, by=members[row["member"]], where=row["where"], words=row["words"], now=now
        )


def _day(row, today):
    return today + timedelta(days=row["due_in_days"]) if "due_in_days" in row else None


def _event(action, row, editor, now):
    words, due_on = row.get("words", ""), _day(row, timezone.localdate(now))

    def step(meetings, moment):
        told = {"by": action.owner_member if row.get("from_owner") else editor, "now": moment}
        match row["kind"]:
            case "carried":
                action.carry_to(meetings[row["to"]], **told)
            case "postponed":
                action.postpone(due_on, words=words, **told)
            case "remark":
                action.remark(words, **told)
            case "done":
                action.finish(words=words, **told)
            case "dropped":
                action.drop(words, **told)

    return now - timedelta(days=row["days_ago"]), step
