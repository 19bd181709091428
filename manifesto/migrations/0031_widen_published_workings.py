from django.db import migrations

UNKNOWN = {
    "rule_version": "0",
    "places": 0,
    "seed": "",
    "replicates": 0,
    "certainty": [],
    "alpha": None,
    "alpha_by_criterion": [],
    "sensitivity": [],
    "contested": [],
    "without_declared": None,
}


def widen(apps, schema_editor):
    """Give the workings that hold a ranking alone the shape of those that say how much it tells: with nothing in it."""
    workings = apps.get_model("manifesto", "PublishedWorking").objects.filter(content__has_key="results")
    for working in workings:
        working.content = {
            "analysis": {**UNKNOWN, "results": working.content["results"]},
            "exclusions": [],
            "outdated": [],
            "balance": None,
        }
        working.save(update_fields=["content"])


def narrow(apps, schema_editor):
    for working in apps.get_model("manifesto", "PublishedWorking").objects.filter(
        content__has_key="analysis"
    ):
        working.content = {"results": working.content["analysis"]["results"]}
        working.save(update_fields=["content"])


class Migration(migrations.Migration):
    dependencies = [("manifesto", "0030_panel_working")]

    operations = [migrations.RunPython(widen, narrow)]
