from django.apps import apps as installed
from django.contrib.auth.management import create_permissions
from django.db import migrations

EVERYTHING = ("add", "change", "delete", "view")
EDITED = {
    "profiles": {
        "organisation": ("add", "change", "view"),
        "organisationname": EVERYTHING,
        "organisationidentifier": EVERYTHING,
        "membership": ("add", "change", "view"),
        "call": ("add", "change", "view"),
        "profile": ("add", "change", "view"),
        "answer": EVERYTHING,
    },
    "meetings": {
        "meeting": ("add", "change", "view"),
        "attendance": EVERYTHING,
        "note": ("add", "change", "view"),
        "point": EVERYTHING,
        "section": EVERYTHING,
        "action": EVERYTHING,
    },
    "manifesto": {
        "round": ("add", "change", "view"),
        "theme": EVERYTHING,
        "criterion": EVERYTHING,
        "expertterm": ("add", "change", "view"),
        "idea": ("add", "change", "view"),
        "authorship": ("view",),
        "moderation": ("view",),
    },
}
GROUPS = {
    "Editors": ["manifesto.moderate_idea", "manifesto.publish_shortlist"]
    + [
        f"{app}.{verb}_{model}"
        for app, models in EDITED.items()
        for model, verbs in models.items()
        for verb in verbs
    ],
    "Experts": ["manifesto.view_round", "manifesto.score_round"],
}


def same_parent(table, column, parent, other):
    """SQL that holds `table`'s row to the same `other` as the `parent` row that its `column` points to."""
    name = f"{table}_{column}_of_the_same_{other}"
    return (
        f"ALTER TABLE {parent} ADD CONSTRAINT {name}_key UNIQUE (id, {other});"
        f"ALTER TABLE {table} ADD CONSTRAINT {name} FOREIGN KEY ({column}, {other}) "
        f"REFERENCES {parent} (id, {other}) DEFERRABLE INITIALLY DEFERRED",
        f"ALTER TABLE {table} DROP CONSTRAINT {name}; ALTER TABLE {parent} DROP CONSTRAINT {name}_key",
    )


# Two foreign keys of a row must not lead to different parents; Django has no composite keys to say so.
OF_THE_SAME_PARENT = [
    same_parent("manifesto_vote", "revision_id", "manifesto_revision", "idea_id"),
    same_parent("manifesto_decision", "idea_id", "manifesto_idea", "round_id"),
    same_parent("manifesto_idea", "theme_id", "manifesto_theme", "round_id"),
]


def create_groups(apps, schema_editor):
    # Django makes permissions after the last migration; the groups need them now.
    for label in EDITED:
        config = installed.get_app_config(label)
        create_permissions(config, apps=apps, verbosity=0)
    Group = apps.get_model("auth", "Group")
    Permission = apps.get_model("auth", "Permission")
    for name, wanted in GROUPS.items():
        group, _ = Group.objects.get_or_create(name=name)
        for permission in wanted:
            app, codename = permission.split(".")
            group.permissions.add(Permission.objects.get(content_type__app_label=app, codename=codename))


class Migration(migrations.Migration):
    dependencies = [
        ("manifesto", "0001_initial"),
        ("meetings", "0001_initial"),
        ("profiles", "0001_initial"),
        ("auth", "0012_alter_user_first_name_max_length"),
        ("contenttypes", "0002_remove_content_type_name"),
    ]

    operations = [
        *[migrations.RunSQL(forwards, backwards) for forwards, backwards in OF_THE_SAME_PARENT],
        # Room on each page for the counter's next versions: with no index on it, updates stay in place.
        migrations.RunSQL(
            "ALTER TABLE manifesto_tally SET (fillfactor = 70)",
            "ALTER TABLE manifesto_tally RESET (fillfactor)",
        ),
        migrations.RunPython(create_groups, migrations.RunPython.noop),
    ]
