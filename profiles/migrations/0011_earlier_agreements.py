"""Stories from before approvals had a record of their own: what was agreed to then is an approval."""

import hashlib
import json

from django.db import migrations


def fingerprint(profile):
    text = {
        "standfirst": profile.standfirst,
        "pull_quote": profile.pull_quote,
        "speaker_name": profile.speaker_name,
        "speaker_role": profile.speaker_role,
        "evidence_link": "",
        "answers": {
            str(answer.question): answer.edited or answer.original
            for answer in profile.answers.order_by("question")
        },
        "picture": "",
        "picture_credit": "",
        "picture_alt": "",
    }
    canonical = json.dumps(text, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(canonical.encode()).hexdigest()


def record(apps, schema_editor):
    Profile = apps.get_model("profiles", "Profile")
    Approval = apps.get_model("profiles", "Approval")
    for profile in Profile.objects.select_related("call", "author"):
        submitted_at = profile.consented_at or profile.published_at or profile.call.opens_at
        Profile.objects.filter(pk=profile.pk).update(submitted_at=submitted_at)
    for profile in Profile.objects.exclude(published_at=None).select_related("author"):
        approval = Approval.objects.create(
            profile=profile,
            fingerprint=fingerprint(profile),
            asked_at=profile.consented_at,
            approved_at=profile.consented_at,
            approver=profile.author,
            approver_name=profile.speaker_name,
            approver_role=profile.speaker_role,
            voided_at=profile.withdrawn_at,
        )
        Profile.objects.filter(pk=profile.pk).update(approval=approval, begun_at=profile.published_at)


class Migration(migrations.Migration):
    dependencies = [("profiles", "0010_answering_and_approval")]

    operations = [migrations.RunPython(record, migrations.RunPython.noop)]
