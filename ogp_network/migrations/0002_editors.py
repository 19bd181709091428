from django.apps import apps as installed
from django.contrib.auth.management import create_permissions
from django.db import migrations

OF_EDITORS = ("page", "post")
VERBS = ("add", "change", "delete", "view")


def let_editors(apps, schema_editor):
    # Django makes permissions after the last migration; the group needs them now.
    create_permissions(installed.get_app_config("ogp_network"), apps=apps, verbosity=0)
    permissions = apps.get_model("auth", "Permission").objects.filter(content_type__app_label="ogp_network")
    group = apps.get_model("auth", "Group").objects.get(name="Editors")
    group.permissions.add(
        *(permissions.get(codename=f"{verb}_{model}") for model in OF_EDITORS for verb in VERBS)
    )


class Migration(migrations.Migration):
    dependencies = [
        ("ogp_network", "0001_initial"),
        ("manifesto", "0002_groups"),
    ]

    operations = [migrations.RunPython(let_editors, migrations.RunPython.noop)]
