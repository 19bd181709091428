"""The page of a note as a browser has it."""

from django.urls import reverse


def address_of(meeting):
    return reverse("meetings:note_edit", args=[meeting.slug])


def typed(response, *, do="save", **changes):
    """What a browser would send from the page, with `changes` by field name."""
    sheet = response.context["sheet"]
    sent = {field.html_name: field.value() for field in sheet.head}
    for name, rows in sheet.parts.items():
        sent[name] = [str(row.key) for row in rows]
        for row in rows:
            sent[f"{row.prefix}-opened"] = row.opened
            sent |= {
                field.html_name: field.value() for field in row if field.value() not in (None, "", False)
            }
            if row.is_removed:
                sent[f"{row.prefix}-remove"] = "on"
    return {**sent, "lines": response.context["left"], "do": do, **changes}


def row_of(response, part, number=-1):
    """The beginning of the names of a row's fields; the last row is the blank one."""
    return response.context["sheet"].parts[part][number].prefix


def autosave(client, meeting, sent):
    return client.post(address_of(meeting), sent, headers={"Accept": "application/json"})


def people_of(meeting):
    return [
        (row.name, str(row.organisation or row.organisation_name), row.side, row.role, row.mode)
        for row in meeting.attendances.order_by("position")
    ]
