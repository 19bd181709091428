"""Dates and times as people write them in Britain. An impossible date is found, but has no value."""

import re
from dataclasses import dataclass
from datetime import date, time, timedelta

_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_MONTH = (
    r"(?P<month>jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sept?(?:ember)?"
    r"|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?)\b\.?"
)
_WEEKDAY = (
    r"(?P<weekday>mon|tue|wed|thu|fri|sat|sun)(?:s|r|rs|day|sday|nesday|rsday|urday)?\b[.,]?\s{0,3}(?:the\s)?"
)
_DAY = r"(?P<day>\d{1,2})(?:st|nd|rd|th)?"
_UNTIL = r"(?:\s?(?:[-–—]|to|and)\s?(?P<last>\d{1,2})(?:st|nd|rd|th)?)?"
_YEAR = r"(?:,?\s{1,3}(?P<year>\d{4})\b)"
_FORMS = [
    re.compile(pattern, re.IGNORECASE)
    for pattern in (
        r"\b(?P<year>\d{4})-(?P<number>\d{2})-(?P<day>\d{2})\b",
        rf"(?:\b{_WEEKDAY})?\b{_DAY}{_UNTIL}\s{{1,3}}(?:of\s)?{_MONTH}{_YEAR}?",
        rf"(?:\b{_WEEKDAY})?\b{_MONTH}\s{{1,3}}{_DAY}\b{_YEAR}?",
        r"\b(?P<day>\d{1,2})[/.](?P<number>\d{1,2})[/.](?P<year>\d{4}|\d{2})\b",
    )
]
_CLOCK = r"(?P<{0}h>\d{{1,2}})(?:[:.h](?P<{0}m>\d{{2}}))?\s?(?P<{0}x>am|pm|a\.m\.|p\.m\.|noon|midnight|h(?:rs)?\b)?"
_TIMES = re.compile(
    rf"(?<![\d:./])(?:from\s|at\s)?(?:{_CLOCK.format('a')}|(?P<anoon>noon|midday))"
    rf"(?:\s?(?:[-–—]|to|until|till)\s?(?:{_CLOCK.format('b')}|(?P<bnoon>noon|midday|midnight)))?(?![\d:/])",
    re.IGNORECASE,
)
# Longer than any line about a day; the patterns never see more.
_LIMIT = 300


@dataclass(frozen=True)
class FoundDate:
    """`value` is None where there is no such day; `is_wrong_weekday` where the day's name says another."""

    start: int
    end: int
    text: str
    value: date | None
    last: date | None = None
    is_wrong_weekday: bool = False


@dataclass(frozen=True)
class FoundTimes:
    start: int
    end: int
    text: str
    starts_at: time
    ends_at: time | None


def find_date(text: str, *, not_before: date | None = None) -> FoundDate | None:
    """The first date in `text`. One without a year is the next such day from `not_before` on; unfound without that."""
    if not any(map(text[:_LIMIT].__contains__, "0123456789")):
        return None
    found = [match for form in _FORMS for match in form.finditer(text[:_LIMIT])]
    found = [match for match in found if match["year"] or not_before]
    if not found:
        return None
    match = min(found, key=lambda match: (match.start(), -match.end()))
    parts = match.groupdict()
    month = int(parts["number"]) if parts.get("number") else _MONTHS.index(parts["month"][:3].casefold()) + 1
    value = _day(parts["year"], month, parts["day"], not_before)
    last = _day(parts["year"], month, parts["last"], value) if parts.get("last") and value else None
    weekday = (parts.get("weekday") or "").casefold()
    return FoundDate(
        *match.span(),
        text=match[0].strip(" ,"),
        value=value,
        last=last if last and last > value else None,
        is_wrong_weekday=bool(weekday and value and value.strftime("%a").casefold() != weekday),
    )


def _day(year, month, day, not_before):
    try:
        if year:
            return date(int(year) + (2000 if len(year) == 2 else 0), month, int(day))
        value = date(not_before.year, month, int(day))
        return value if value >= not_before else date(not_before.year + 1, month, int(day))
    except ValueError:
        return None


def find_times(text: str) -> FoundTimes | None:
    """The first time or stretch of time that is surely one: with minutes, am or pm, or as noon."""
    for match in _TIMES.finditer(text[:_LIMIT]):
        parts = match.groupdict()
        if not any(parts[name] for name in ("am", "ax", "bm", "bx", "anoon", "bnoon")):
            continue
        start, end = _clock(parts, "a"), _clock(parts, "b")
        if start is None or (end is None and (parts["bh"] or parts["bnoon"])):
            continue
        return FoundTimes(*match.span(), match[0].strip(), start, end)
    return None


def _clock(parts, which):
    if noon := parts[f"{which}noon"]:
        return time(0) if noon.casefold() == "midnight" else time(12)
    if parts[f"{which}h"] is None:
        return None
    hour, minute = int(parts[f"{which}h"]), int(parts[f"{which}m"] or 0)
    mark = (parts[f"{which}x"] or "").casefold().replace(".", "")
    if which == "a" and not mark and (end := (parts["bx"] or "").casefold().replace(".", "")) in ("am", "pm"):
        mark = _mark_of_start(hour, int(parts["bh"]), end)
    if mark in ("noon", "midnight"):
        hour = 12 if mark == "noon" else 0
    elif mark in ("am", "pm") and 1 <= hour <= 12:
        hour = hour % 12 + (12 if mark == "pm" else 0)
    return time(hour, minute) if hour < 24 and minute < 60 else None


def _mark_of_start(start, end, mark):
    """“12-2pm” begins after noon, “11-1pm” before."""
    return mark if start % 12 <= end % 12 else {"am": "pm", "pm": "am"}[mark]


def ends_next_day(starts_at: time, ends_at: time) -> bool:
    """An evening that goes on past midnight; any other end before the start is a mistake."""
    return starts_at >= time(17) and ends_at <= time(6)


def day_after(day: date) -> date:
    return day + timedelta(days=1)
