import django.contrib.postgres.fields
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("manifesto", "0006_published_working"),
        ("meetings", "0001_initial"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="ColumnMapping",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("signature", models.CharField(max_length=64, unique=True)),
                ("columns", models.JSONField()),
                ("mapped_at", models.DateTimeField()),
            ],
        ),
        migrations.CreateModel(
            name="ImportBatch",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "source",
                    models.CharField(
                        choices=[
                            ("website", "This website"),
                            ("workshop", "A workshop"),
                            ("meeting", "A meeting"),
                            ("email", "E-mail"),
                            ("paper", "On paper"),
                            ("partner", "A partner organisation"),
                        ],
                        max_length=20,
                    ),
                ),
                ("origin", models.CharField(max_length=40)),
                ("credited_as", models.CharField(max_length=150)),
                ("file_name", models.CharField(max_length=200)),
                ("encoding", models.CharField(blank=True, max_length=20)),
                ("delimiter", models.CharField(blank=True, max_length=1)),
                ("note", models.CharField(blank=True, max_length=300)),
                ("headers", models.JSONField()),
                ("columns", models.JSONField(default=list)),
                (
                    "default_level",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("uk", "UK government"),
                            ("devolved", "Devolved government"),
                            ("local", "Local government"),
                            ("parliament", "Parliament or assembly"),
                        ],
                        max_length=20,
                    ),
                ),
                ("uploaded_at", models.DateTimeField()),
                ("mapped_at", models.DateTimeField(null=True)),
                ("checked_at", models.DateTimeField(null=True)),
                ("confirmed_at", models.DateTimeField(null=True)),
                ("finished_at", models.DateTimeField(null=True)),
                (
                    "confirmed_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="confirmed_imports",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "default_theme",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to="manifesto.theme",
                    ),
                ),
                (
                    "raised_at",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="imports",
                        to="meetings.meeting",
                    ),
                ),
                (
                    "round",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="imports",
                        to="manifesto.round",
                    ),
                ),
                (
                    "uploaded_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="imports",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "verbose_name": "import of ideas",
                "verbose_name_plural": "imports of ideas",
                "ordering": ["-uploaded_at", "-pk"],
            },
        ),
        migrations.CreateModel(
            name="ImportRow",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("number", models.PositiveIntegerField()),
                ("cells", models.JSONField()),
                (
                    "outcome",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("create", "New"),
                            ("update", "Changed"),
                            ("skip", "Nothing new"),
                            ("refuse", "Can't be taken in"),
                        ],
                        max_length=10,
                    ),
                ),
                ("title", models.CharField(blank=True, max_length=120)),
                ("reference", models.CharField(blank=True, max_length=100)),
                ("fingerprint", models.CharField(blank=True, max_length=64)),
                (
                    "reasons",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.TextField(), blank=True, default=list, size=None
                    ),
                ),
                (
                    "notes",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.TextField(), blank=True, default=list, size=None
                    ),
                ),
                ("done_at", models.DateTimeField(null=True)),
                (
                    "batch",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="rows",
                        to="manifesto.importbatch",
                    ),
                ),
                (
                    "idea",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="import_rows",
                        to="manifesto.idea",
                    ),
                ),
            ],
            options={
                "ordering": ["number"],
            },
        ),
        migrations.CreateModel(
            name="Capture",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("key", models.UUIDField(unique=True)),
                ("entered_at", models.DateTimeField()),
                ("undone_at", models.DateTimeField(null=True)),
                (
                    "entered_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="captures",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "idea",
                    models.OneToOneField(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="capture",
                        to="manifesto.idea",
                    ),
                ),
                (
                    "meeting",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="captures",
                        to="meetings.meeting",
                    ),
                ),
                (
                    "round",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="captures",
                        to="manifesto.round",
                    ),
                ),
            ],
            options={
                "verbose_name": "idea from an event",
                "verbose_name_plural": "ideas from an event",
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("undone_at", None), ("idea", None), _connector="OR"),
                        name="capture_undone_without_idea",
                    )
                ],
            },
        ),
        migrations.AddConstraint(
            model_name="importbatch",
            constraint=models.CheckConstraint(
                condition=models.Q(("confirmed_at", None), ("checked_at__isnull", False), _connector="OR"),
                name="import_confirmed_after_check",
            ),
        ),
        migrations.AddConstraint(
            model_name="importbatch",
            constraint=models.CheckConstraint(
                condition=models.Q(("finished_at", None), ("confirmed_at__isnull", False), _connector="OR"),
                name="import_finished_after_confirmation",
            ),
        ),
        migrations.AddConstraint(
            model_name="importbatch",
            constraint=models.CheckConstraint(
                condition=models.Q(("source", "website"), _negated=True), name="import_not_from_website"
            ),
        ),
        migrations.AddIndex(
            model_name="importrow",
            index=models.Index(fields=["batch", "outcome", "number"], name="import_row_by_outcome"),
        ),
        migrations.AddConstraint(
            model_name="importrow",
            constraint=models.UniqueConstraint(
                fields=("batch", "number"), name="import_row_number_unique_in_batch"
            ),
        ),
        migrations.AddConstraint(
            model_name="importrow",
            constraint=models.UniqueConstraint(
                condition=models.Q(("outcome__in", ["create", "update", "skip"])),
                fields=("batch", "reference"),
                name="import_row_reference_once_per_batch",
            ),
        ),
    ]
