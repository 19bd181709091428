"""What the lines round a line say of it."""

from .attendees import MODES, is_person_like
from .labels import PRESENT
from .lines import key_of, looks_like_heading, marked_heading, numbered_heading, unbulleted, unmarked


def plain_heading(lines, place, *, is_among_people):
    """The text of a heading without marks, told by what stands round it; None where it is none."""
    line, below = lines[place], below_of(lines, place)
    if (place and not line.gap) or below is None or (is_among_people and _is_one_more(line, below)):
        return None
    numbered = numbered_heading(line.text)
    if numbered:
        alone = below.gap or unbulleted(below.text) is None or numbered_heading(below.text) is None
        return numbered if alone and not _is_in_numbered_list(lines, place) else None
    text = unmarked(line.text)
    if not looks_like_heading(text.rstrip(":")):
        return None
    begins_text = len(below.words) > 60 or unbulleted(below.text) or below.words.endswith(".")
    if not below.gap and not (len(text) <= 60 and begins_text):
        return None
    return text.rstrip(": ")


def below_of(lines, place):
    return lines[place + 1] if place + 1 < len(lines) else None


def _is_one_more(line, below):
    """Whether a line apart is one more person of a list with blank lines in it, rather than a heading."""
    is_followed = is_person_like(below.text) or (below.gap and looks_like_heading(below.text))
    return is_person_like(line.text) and ("," in line.text or is_followed)


def _is_in_numbered_list(lines, place):
    """A numbered line right below or above another is an item of a list."""
    return any(
        0 <= other < len(lines)
        and not lines[max(other, place)].gap
        and unbulleted(lines[other].text) is not None
        and lines[other].words[:1].isdigit()
        for other in (place - 1, place + 1)
    )


def people_below(lines, place):
    """How many lines in one stretch just below name people, of three at most."""
    count = 0
    for line in lines[place + 1 : place + 4]:
        if (count and line.gap) or line.gap > 2 or not is_person_like(line.text):
            break
        count += 1
    return count


def opens_people(lines, place):
    """Whether this line and the one right below name people."""
    below = below_of(lines, place)
    return (
        below is not None
        and not below.gap
        and is_person_like(lines[place].text)
        and is_person_like(below.text)
    )


def stands_alone(lines, place):
    """Whether no other line of a list is right above or below."""
    below = below_of(lines, place)
    starts = place == 0 or lines[place].gap or _heads_people(lines[place - 1].text)
    return bool(starts) and (below is None or bool(below.gap))


def _heads_people(text):
    return key_of(text) in PRESENT | MODES.keys() or marked_heading(text) is not None
