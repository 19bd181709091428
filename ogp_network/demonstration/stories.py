from datetime import timedelta

from profiles import pictures
from profiles.models import Answer, Call, Membership, Profile, ProfilePicture, Question
from profiles.models.survey import PUBLICATION_CONSENT
from profiles.survey_forms import PICTURE_SIZES

from .pictures import draw

SAID = ("speaker_name", "speaker_role", "standfirst", "pull_quote", "theme", "picture_alt")


def load_stories(content, organisations, *, members, now):
    """Load the calls and what was answered to them: published, with its author for approval, or waiting."""
    calls = {row["slug"]: _load_call(row, editor=members["editor"], now=now) for row in content["call"]}
    for row in content["profile"]:
        author, organisation = members[row["author"]], organisations[row["organisation"]]
        Membership.objects.get_or_create(
            member=author,
            organisation=organisation,
            ended_at=None,
            defaults={"requested_at": now, "confirmed_at": now, "role": row["speaker_role"]},
        )
        if not Profile.objects.filter(slug=_slug(row)).exists():
            _load_profile(
                row, calls[row["call"]], organisation, author=author, editor=members["editor"], now=now
            )


def _load_call(row, *, editor, now):
    closed_at = now - timedelta(days=row["closed_days_ago"]) if "closed_days_ago" in row else None
    call, _ = Call.objects.get_or_create(
        slug=row["slug"],
        defaults={
            "title": row["title"],
            "introduction": row["introduction"],
            "opens_at": now - timedelta(days=row["opened_days_ago"]),
            "opened_by": editor,
            "closes_at": closed_at,
            "closed_by": editor if closed_at else None,
        },
    )
    return call


def _slug(row):
    return row["organisation"] if row["call"] == "stories" else f"{row['organisation']}-{row['call']}"


def _load_profile(row, call, organisation, *, author, editor, now):
    told_at = now - timedelta(days=row.get("published_days_ago", 1))
    profile = Profile.objects.create(
        slug=_slug(row),
        call=call,
        organisation=organisation,
        author=author,
        submitted_at=told_at,
        consented_at=told_at,
        consent_version=PUBLICATION_CONSENT,
        picture_credit="Drawn for this demonstration" if "picture" in row else "",
        **{name: row[name] for name in SAID if name in row},
    )
    edited = row.get("edited", {})
    Answer.objects.bulk_create(
        Answer(profile=profile, question=question, original=text, edited=edited.get(str(question.value), ""))
        for question, text in zip(Question, row["answers"], strict=True)
    )
    if "picture" in row:
        _add_picture(profile, row)
    if row["state"] == "waiting":
        return
    profile.begin(by=editor, now=told_at)
    approval = profile.send_for_approval(by=editor, now=told_at)
    if row["state"] == "published":
        approval.approve(by=author, fingerprint=approval.fingerprint, now=told_at)
        profile.publish(by=editor, now=told_at)


def _add_picture(profile, row):
    large, small = pictures.encode(draw(row["picture"]), sizes=PICTURE_SIZES)
    ProfilePicture.objects.record(profile, large, small)
