from django.apps import apps as installed
from django.contrib.auth.management import create_permissions
from django.db import migrations

EVERYTHING = ("add", "change", "delete", "view")
ALL_BUT_DELETE = ("add", "change", "view")
OF_EDITORS = {
    "profiles": {
        "answer": EVERYTHING,
        "call": ALL_BUT_DELETE,
        "membership": ALL_BUT_DELETE,
        "organisation": ALL_BUT_DELETE,
        "organisationidentifier": EVERYTHING,
        "organisationname": EVERYTHING,
        "profile": ALL_BUT_DELETE,
        "member": ("suspend",),
    },
    "meetings": {
        "action": EVERYTHING,
        "attendance": EVERYTHING,
        "meeting": ALL_BUT_DELETE,
        "note": ALL_BUT_DELETE,
        "point": EVERYTHING,
        "registration": ALL_BUT_DELETE,
        "section": EVERYTHING,
    },
    "manifesto": {
        "criterion": EVERYTHING,
        "expertterm": ALL_BUT_DELETE,
        "idea": ("add", "change", "moderate", "view"),
        "round": ALL_BUT_DELETE,
        "theme": EVERYTHING,
        "shortlist": ("publish",),
        "conflict": ("settle", "view"),
        "authorship": ("view",),
        "erratum": ("view",),
        "moderation": ("view",),
        "revision": ("view",),
        "weightchange": ("view",),
    },
}
OF_EXPERTS = {
    "manifesto": {
        "round": ("score", "view"),
    },
}


def create_groups(apps, schema_editor):
    # Django makes permissions after the last migration; the groups need them now.
    for label in OF_EDITORS:
        create_permissions(installed.get_app_config(label), apps=apps, verbosity=0)
    permissions = apps.get_model("auth", "Permission").objects
    for name, allowed in (("Editors", OF_EDITORS), ("Experts", OF_EXPERTS)):
        group, _ = apps.get_model("auth", "Group").objects.get_or_create(name=name)
        for app, models in allowed.items():
            for model, verbs in models.items():
                for verb in verbs:
                    codename = f"{verb}_{model}"
                    group.permissions.add(permissions.get(content_type__app_label=app, codename=codename))


class Migration(migrations.Migration):
    dependencies = [
        ("manifesto", "0001_initial"),
        ("auth", "0012_alter_user_first_name_max_length"),
        ("contenttypes", "0002_remove_content_type_name"),
    ]

    operations = [migrations.RunPython(create_groups, migrations.RunPython.noop)]
