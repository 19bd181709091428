from django.apps import apps as installed
from django.contrib.auth.management import create_permissions
from django.db import migrations


def let_editors(apps, schema_editor):
    # Django makes permissions after the last migration; the group needs this one now.
    create_permissions(installed.get_app_config("profiles"), apps=apps, verbosity=0)
    permissions = apps.get_model("auth", "Permission").objects.filter(content_type__app_label="profiles")
    group = apps.get_model("auth", "Group").objects.get(name="Editors")
    group.permissions.add(permissions.get(codename="view_auditentry"))


class Migration(migrations.Migration):
    dependencies = [
        ("manifesto", "0003_languages"),
        ("profiles", "0005_audit_log"),
    ]

    operations = [migrations.RunPython(let_editors, migrations.RunPython.noop)]
