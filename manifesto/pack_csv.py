"""A pack of commitments as CSV in the columns of an action plan, and read back from it. Pure."""

import csv
import io

from ogp_network.safe_csv import lines as safe_lines
from ogp_network.safe_csv import text as as_written

# By what an entry has, the heading that OGP's template of action plans gives it.
COLUMNS = {
    "name": "Number and title",
    "summary": "Summary",
    "lead_institution": "Lead implementing organisation",
    "supporting_government": "Other actors: government",
    "supporting_civil_society": "Other actors: civil society",
    "supporting_others": "Other actors: others",
    "objective": "Objective",
    "status_quo": "Status quo",
    "ambition": "Ambition",
    "timeline": "Timeline",
    "milestones": "Milestones",
}
MILESTONE = ("reference", "output", "lead", "starts_on", "due_on", "due_text")
DONE_SO_FAR = "Done so far: "


def lines(entries):
    """Lines of CSV of entries, each a mapping with a number, a wording by its fields, and milestones."""
    yield from safe_lines([COLUMNS.values(), *(_cells(entry).values() for entry in entries)])


def read(text):
    """The entries of a file as mappings by the names of COLUMNS, with milestones as mappings, too."""
    rows = csv.DictReader(io.StringIO(text, newline=""))
    if rows.fieldnames != [*COLUMNS.values()]:
        raise ValueError("These are not the columns of a pack.")
    names = {heading: name for name, heading in COLUMNS.items()}
    return [_entry({names[heading]: as_written(cell) for heading, cell in row.items()}) for row in rows]


def _cells(entry):
    done = entry["done_so_far"]
    status_quo = [entry["problem"], f"{DONE_SO_FAR}{done}" if done else ""]
    return {
        "name": f"{entry['number']}. {entry['title']}",
        "summary": entry["summary"],
        "lead_institution": entry["lead_institution"],
        "supporting_government": entry["supporting_government"],
        "supporting_civil_society": entry["supporting_civil_society"],
        "supporting_others": entry["supporting_others"],
        "objective": entry["solution"],
        "status_quo": "\n\n".join(filter(None, status_quo)),
        "ambition": entry["results"],
        "timeline": _timeline(entry["starts_on"], entry["ends_on"]),
        "milestones": _milestones(entry["milestones"]),
    }


def _timeline(starts_on, ends_on):
    """Two days of ISO 8601 with a stroke between them, of which either may be open; nothing without any."""
    return f"{starts_on or '..'}/{ends_on or '..'}" if starts_on or ends_on else ""


def _milestones(milestones):
    """Each on a line of its own, its parts between semicolons as in a file within the cell."""
    file = io.StringIO(newline="")
    writer = csv.writer(file, delimiter=";", lineterminator="\n")
    writer.writerows([milestone[name] or "" for name in MILESTONE] for milestone in milestones)
    return file.getvalue().removesuffix("\n")


def _entry(cells):
    number, _, title = cells.pop("name").partition(". ")
    starts_on, _, ends_on = cells.pop("timeline").partition("/")
    lines = csv.reader(io.StringIO(cells["milestones"], newline=""), delimiter=";")
    return {
        **cells,
        "number": int(number),
        "title": title,
        "starts_on": starts_on.removeprefix(".."),
        "ends_on": ends_on.removeprefix(".."),
        "milestones": [dict(zip(MILESTONE, line, strict=True)) for line in lines],
    }
