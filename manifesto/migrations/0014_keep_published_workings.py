from django.db import migrations


def keep_workings(apps, schema_editor):
    """Move the working of each published shortlist to a table of its own."""
    PublishedWorking = apps.get_model("manifesto", "PublishedWorking")
    published = apps.get_model("manifesto", "Round").objects.exclude(shortlist_published_at=None)
    for round in published.exclude(shortlist_working=None):
        PublishedWorking.objects.create(
            round=round,
            content={"results": round.shortlist_working},
            frozen_at=round.shortlist_published_at,
        )


class Migration(migrations.Migration):
    dependencies = [("manifesto", "0013_expert_group")]

    operations = [migrations.RunPython(keep_workings, migrations.RunPython.noop)]
