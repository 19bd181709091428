"""Who has registered for the meetings to come in the demonstration: one is nearly full, for another people wait."""

from datetime import timedelta

from meetings.models import Registration

NEEDS = {
    1: "A seat near the front: I read lips.",
    4: "Step-free access, and somewhere to leave a mobility scooter.",
}


def load_registrations(content, meetings, *, members, crowd, now):
    """Load those of meetings that have none yet."""
    for row in content["meeting"]:
        meeting, wanted = meetings[row["slug"]], row.get("registration")
        if wanted is None or meeting.registrations.exists():
            continue
        modes = ["in_person"] * wanted["in_person"] + ["remote"] * wanted.get("remote", 0)
        for number, (mode, member) in enumerate(zip(modes, crowd, strict=False)):
            _register(
                meeting,
                member,
                mode,
                now - timedelta(hours=90 - number),
                access_requirements=NEEDS.get(number, ""),
            )
        if member := members.get(wanted.get("with_place")):
            _register(meeting, member, "remote", now - timedelta(hours=5))


def _register(meeting, member, mode, now, **answers):
    Registration.objects.register(
        meeting, member, now=now, mode=mode, name=member.public_name, agrees_to_be_named=True, **answers
    )
