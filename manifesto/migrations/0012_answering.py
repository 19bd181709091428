import django.contrib.postgres.constraints
import django.contrib.postgres.fields.ranges
import django.db.models.deletion
import pgtrigger.compiler
import pgtrigger.migrations
import profiles.vocabularies
from django.conf import settings
from django.db import migrations, models
from django.apps import apps as installed
from django.contrib.auth.management import create_permissions

MODELS = ["institution", "office", "term", "position", "expectedanswer", "governmentanswer"]


def let_editors(apps, schema_editor):
    # Django makes permissions after the last migration; the group needs these now.
    create_permissions(installed.get_app_config("manifesto"), apps=apps, verbosity=0)
    group = apps.get_model("auth", "Group").objects.get(name="Editors")
    group.permissions.add(
        *apps.get_model("auth", "Permission").objects.filter(
            content_type__app_label="manifesto", content_type__model__in=MODELS
        )
    )


class Migration(migrations.Migration):
    dependencies = [
        ("manifesto", "0011_statements"),
        ("meetings", "0005_kept_counts"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Institution",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("party", "Political party"),
                            ("department", "Government department"),
                            ("government", "Government"),
                            ("parliament", "Parliament"),
                            ("devolved", "Devolved government"),
                            ("local", "Local government"),
                            ("other", "Another institution"),
                        ],
                        max_length=20,
                    ),
                ),
                ("name", models.CharField(help_text="As it calls itself now.", max_length=200)),
                (
                    "slug",
                    models.SlugField(
                        help_text="The last part of its page's address.", max_length=80, unique=True
                    ),
                ),
                ("website", models.URLField(blank=True, max_length=300)),
                (
                    "nation",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("E92000001", "England"),
                            ("N92000002", "Northern Ireland"),
                            ("S92000003", "Scotland"),
                            ("W92000004", "Wales"),
                        ],
                        help_text="Leave empty if it is there for all of the United Kingdom.",
                        max_length=9,
                    ),
                ),
                (
                    "ended_on",
                    models.DateField(blank=True, editable=False, null=True, verbose_name="last day"),
                ),
                (
                    "succeeded_by",
                    models.ForeignKey(
                        blank=True,
                        editable=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="predecessors",
                        to="manifesto.institution",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="ExpectedAnswer",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("asked_on", models.DateField()),
                ("due_on", models.DateField()),
                (
                    "next_check_on",
                    models.DateField(
                        blank=True,
                        help_text="When an editor should look for an answer. It isn't published.",
                        null=True,
                        verbose_name="next check",
                    ),
                ),
                ("recorded_at", models.DateTimeField(editable=False)),
                (
                    "commitment",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="expected_answers",
                        to="manifesto.commitment",
                    ),
                ),
                (
                    "idea",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="expected_answers",
                        to="manifesto.idea",
                    ),
                ),
                (
                    "recorded_by",
                    models.ForeignKey(
                        editable=False,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="expected_answers",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "institution",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="expected_answers",
                        to="manifesto.institution",
                        verbose_name="expected from",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="InstitutionName",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("name", models.CharField(max_length=200)),
                ("slug", models.SlugField(max_length=80, unique=True)),
                ("since_on", models.DateField(blank=True, null=True, verbose_name="since")),
                (
                    "institution",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="names",
                        to="manifesto.institution",
                    ),
                ),
            ],
            options={
                "ordering": [models.OrderBy(models.F("since_on"), nulls_first=True), "pk"],
            },
        ),
        migrations.CreateModel(
            name="Office",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "name",
                    models.CharField(help_text="Such as Minister for the Cabinet Office.", max_length=200),
                ),
                (
                    "institution",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="offices",
                        to="manifesto.institution",
                    ),
                ),
            ],
            options={
                "ordering": ["name", "pk"],
            },
        ),
        migrations.CreateModel(
            name="Term",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "name",
                    models.CharField(
                        help_text="The holder's name, as the institution published it. Only of public offices.",
                        max_length=150,
                    ),
                ),
                ("starts_on", models.DateField(verbose_name="from")),
                (
                    "ends_on",
                    models.DateField(
                        blank=True,
                        help_text="Leave empty while they hold the office.",
                        null=True,
                        verbose_name="until",
                    ),
                ),
                (
                    "office",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="terms",
                        to="manifesto.office",
                    ),
                ),
            ],
            options={
                "ordering": ["-starts_on", "-pk"],
            },
        ),
        migrations.CreateModel(
            name="Position",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("stated_on", models.DateField(verbose_name="said on")),
                ("source_title", models.CharField(blank=True, max_length=200, verbose_name="source")),
                (
                    "source_url",
                    models.URLField(blank=True, max_length=500, verbose_name="address of the source"),
                ),
                (
                    "source_page",
                    models.CharField(
                        blank=True, help_text="Such as 14, or 14 to 16.", max_length=30, verbose_name="page"
                    ),
                ),
                (
                    "language",
                    models.CharField(
                        choices=profiles.vocabularies.languages,
                        db_default="en-gb",
                        default="en-gb",
                        max_length=7,
                        verbose_name="written in",
                    ),
                ),
                ("recorded_at", models.DateTimeField(editable=False)),
                ("published_at", models.DateTimeField(blank=True, editable=False, null=True)),
                (
                    "explanation",
                    models.CharField(
                        blank=True, editable=False, max_length=500, verbose_name="what was wrong"
                    ),
                ),
                ("withdrawn_on", models.DateField(blank=True, editable=False, null=True)),
                ("withdrawal_words", models.CharField(blank=True, editable=False, max_length=500)),
                (
                    "stance",
                    models.CharField(
                        choices=[
                            ("committed", "Committed"),
                            ("partly", "Committed in part"),
                            ("no_position", "No position"),
                            ("declined", "Declined"),
                        ],
                        max_length=20,
                        verbose_name="stance",
                    ),
                ),
                (
                    "topline",
                    models.CharField(
                        help_text="What they say, in one line of our words.",
                        max_length=200,
                        verbose_name="in one line",
                    ),
                ),
                (
                    "quotation",
                    models.TextField(
                        blank=True,
                        help_text="Letter for letter. It needs a source.",
                        max_length=3000,
                        verbose_name="in their words",
                    ),
                ),
                (
                    "ask",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="positions",
                        to="manifesto.ask",
                    ),
                ),
                (
                    "commitment",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="positions",
                        to="manifesto.commitment",
                    ),
                ),
                (
                    "corrects",
                    models.OneToOneField(
                        blank=True,
                        editable=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="corrected_by",
                        to="manifesto.position",
                    ),
                ),
                (
                    "institution",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="positions",
                        to="manifesto.institution",
                    ),
                ),
                (
                    "meeting",
                    models.ForeignKey(
                        blank=True,
                        help_text="The meeting or hustings it was said at, if it was.",
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="positions",
                        to="meetings.meeting",
                        verbose_name="said at",
                    ),
                ),
                (
                    "published_by",
                    models.ForeignKey(
                        editable=False,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="published_%(class)ss",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "recorded_by",
                    models.ForeignKey(
                        editable=False,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="recorded_%(class)ss",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "withdrawn_by",
                    models.ForeignKey(
                        editable=False,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="withdrawn_%(class)ss",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "term",
                    models.ForeignKey(
                        blank=True,
                        help_text="Who said it, and in which office, if that is known.",
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="%(class)ss",
                        to="manifesto.term",
                        verbose_name="said by",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="GovernmentAnswer",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("stated_on", models.DateField(verbose_name="said on")),
                ("source_title", models.CharField(blank=True, max_length=200, verbose_name="source")),
                (
                    "source_url",
                    models.URLField(blank=True, max_length=500, verbose_name="address of the source"),
                ),
                (
                    "source_page",
                    models.CharField(
                        blank=True, help_text="Such as 14, or 14 to 16.", max_length=30, verbose_name="page"
                    ),
                ),
                (
                    "language",
                    models.CharField(
                        choices=profiles.vocabularies.languages,
                        db_default="en-gb",
                        default="en-gb",
                        max_length=7,
                        verbose_name="written in",
                    ),
                ),
                ("recorded_at", models.DateTimeField(editable=False)),
                ("published_at", models.DateTimeField(blank=True, editable=False, null=True)),
                (
                    "explanation",
                    models.CharField(
                        blank=True, editable=False, max_length=500, verbose_name="what was wrong"
                    ),
                ),
                ("withdrawn_on", models.DateField(blank=True, editable=False, null=True)),
                ("withdrawal_words", models.CharField(blank=True, editable=False, max_length=500)),
                (
                    "outcome",
                    models.CharField(
                        choices=[
                            ("accepted", "Accepted"),
                            ("in_part", "Accepted in part"),
                            ("not_accepted", "Not accepted"),
                        ],
                        max_length=20,
                        verbose_name="answer",
                    ),
                ),
                ("reasons", models.TextField(max_length=5000, verbose_name="reasons")),
                (
                    "corrects",
                    models.OneToOneField(
                        blank=True,
                        editable=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="corrected_by",
                        to="manifesto.governmentanswer",
                    ),
                ),
                (
                    "expected",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="answers",
                        to="manifesto.expectedanswer",
                    ),
                ),
                (
                    "published_by",
                    models.ForeignKey(
                        editable=False,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="published_%(class)ss",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "recorded_by",
                    models.ForeignKey(
                        editable=False,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="recorded_%(class)ss",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "withdrawn_by",
                    models.ForeignKey(
                        editable=False,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="withdrawn_%(class)ss",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "term",
                    models.ForeignKey(
                        blank=True,
                        help_text="Who said it, and in which office, if that is known.",
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="%(class)ss",
                        to="manifesto.term",
                        verbose_name="said by",
                    ),
                ),
            ],
        ),
        migrations.AddConstraint(
            model_name="institution",
            constraint=models.CheckConstraint(
                condition=models.Q(("succeeded_by", None), ("ended_on__isnull", False), _connector="OR"),
                name="institution_succeeded_only_if_ended",
            ),
        ),
        migrations.AddConstraint(
            model_name="institution",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("succeeded_by", None),
                    models.Q(("succeeded_by", models.F("pk")), _negated=True),
                    _connector="OR",
                ),
                name="institution_succeeds_another",
            ),
        ),
        migrations.AddConstraint(
            model_name="expectedanswer",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("commitment__isnull", False), ("idea", None)),
                    models.Q(("commitment", None), ("idea__isnull", False)),
                    _connector="OR",
                ),
                name="expected_answer_to_one_thing",
                violation_error_message="Choose either an idea or a commitment.",
            ),
        ),
        migrations.AddConstraint(
            model_name="expectedanswer",
            constraint=models.CheckConstraint(
                condition=models.Q(("due_on__gte", models.F("asked_on"))),
                name="expected_answer_due_after_asked",
                violation_error_message="The due day must not be before the day it was asked.",
            ),
        ),
        migrations.AddConstraint(
            model_name="expectedanswer",
            constraint=models.UniqueConstraint(
                fields=("idea", "institution"),
                name="expected_answer_once_per_idea",
                violation_error_message="An answer to it is expected from this institution already.",
            ),
        ),
        migrations.AddConstraint(
            model_name="expectedanswer",
            constraint=models.UniqueConstraint(
                fields=("commitment", "institution"),
                name="expected_answer_once_per_commitment",
                violation_error_message="An answer to it is expected from this institution already.",
            ),
        ),
        migrations.AddConstraint(
            model_name="institutionname",
            constraint=models.UniqueConstraint(
                fields=("institution", "since_on"), name="institution_one_name_a_day", nulls_distinct=False
            ),
        ),
        migrations.AddConstraint(
            model_name="office",
            constraint=models.UniqueConstraint(
                fields=("institution", "name"),
                name="office_named_once_in_institution",
                violation_error_message="The institution has an office of this name already.",
            ),
        ),
        migrations.AddConstraint(
            model_name="term",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("ends_on", None), ("ends_on__gt", models.F("starts_on")), _connector="OR"
                ),
                name="term_ends_after_it_starts",
                violation_error_message="The last day must come after the first.",
            ),
        ),
        migrations.AddConstraint(
            model_name="term",
            constraint=django.contrib.postgres.constraints.ExclusionConstraint(
                expressions=[
                    (
                        models.Func(
                            models.F("office"),
                            models.F("office"),
                            models.Value("[]"),
                            function="int8range",
                            output_field=django.contrib.postgres.fields.ranges.IntegerRangeField(),
                        ),
                        "&&",
                    ),
                    (
                        models.Func(
                            models.F("starts_on"),
                            models.F("ends_on"),
                            models.Value("[)"),
                            function="daterange",
                            output_field=django.contrib.postgres.fields.ranges.DateRangeField(),
                        ),
                        "&&",
                    ),
                ],
                name="term_one_holder_at_a_time",
                violation_error_message="Somebody else holds the office at that time. End their term first.",
            ),
        ),
        migrations.AddConstraint(
            model_name="position",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("ask", None), ("commitment__isnull", False)),
                    models.Q(("ask__isnull", False), ("commitment", None)),
                    _connector="OR",
                ),
                name="position_on_one_thing",
                violation_error_message="Choose either an ask or a commitment.",
            ),
        ),
        migrations.AddConstraint(
            model_name="position",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("quotation", ""),
                    models.Q(("source_title", ""), _negated=True),
                    ("meeting__isnull", False),
                    _connector="OR",
                ),
                name="position_quotation_has_source",
                violation_error_message="A quotation needs a source, or the meeting it was said at.",
            ),
        ),
        migrations.AddConstraint(
            model_name="position",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("corrects", None), ("explanation", "")),
                    models.Q(("corrects__isnull", False), models.Q(("explanation", ""), _negated=True)),
                    _connector="OR",
                ),
                name="position_correction_explained",
            ),
        ),
        migrations.AddConstraint(
            model_name="position",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("withdrawal_words", ""), ("withdrawn_on", None)),
                    models.Q(
                        ("published_at__isnull", False),
                        ("withdrawn_on__isnull", False),
                        models.Q(("withdrawal_words", ""), _negated=True),
                    ),
                    _connector="OR",
                ),
                name="position_withdrawn_with_words",
            ),
        ),
        migrations.AddConstraint(
            model_name="position",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("source_page", ""), ("source_url", "")),
                    models.Q(("source_title", ""), _negated=True),
                    _connector="OR",
                ),
                name="position_source_has_title",
                violation_error_message="Say what the source is called.",
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="position",
            trigger=pgtrigger.compiler.Trigger(
                name="position_as_published",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    condition='WHEN (OLD."published_at" IS NOT NULL)',
                    func='RAISE EXCEPTION \'pgtrigger: Cannot update of "institution_id", "ask_id", "commitment_id", "stance", "topline", "quotation", "meeting_id", "stated_on", "term_id", "source_title", "source_url", "source_page", "language", "published_at", "corrects_id", "explanation" rows from % table\', TG_TABLE_NAME;',
                    hash="99eb081069489ddf6dd53a1bc557014b6586c1b0",
                    operation='UPDATE OF "institution_id", "ask_id", "commitment_id", "stance", "topline", "quotation", "meeting_id", "stated_on", "term_id", "source_title", "source_url", "source_page", "language", "published_at", "corrects_id", "explanation"',
                    pgid="pgtrigger_position_as_published_e2493",
                    table="manifesto_position",
                    when="BEFORE",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="position",
            trigger=pgtrigger.compiler.Trigger(
                name="position_stays",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    condition='WHEN (OLD."published_at" IS NOT NULL)',
                    func="RAISE EXCEPTION 'pgtrigger: Cannot delete rows from % table', TG_TABLE_NAME;",
                    hash="ba4195e6063dc9e3ab550a9ada9f562629806d3c",
                    operation="DELETE",
                    pgid="pgtrigger_position_stays_0ad6c",
                    table="manifesto_position",
                    when="BEFORE",
                ),
            ),
        ),
        migrations.AddConstraint(
            model_name="governmentanswer",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("source_title", ""), _negated=True), models.Q(("source_url", ""), _negated=True)
                ),
                name="answer_has_document",
            ),
        ),
        migrations.AddConstraint(
            model_name="governmentanswer",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("corrects", None), ("explanation", "")),
                    models.Q(("corrects__isnull", False), models.Q(("explanation", ""), _negated=True)),
                    _connector="OR",
                ),
                name="answer_correction_explained",
            ),
        ),
        migrations.AddConstraint(
            model_name="governmentanswer",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("withdrawal_words", ""), ("withdrawn_on", None)),
                    models.Q(
                        ("published_at__isnull", False),
                        ("withdrawn_on__isnull", False),
                        models.Q(("withdrawal_words", ""), _negated=True),
                    ),
                    _connector="OR",
                ),
                name="answer_withdrawn_with_words",
            ),
        ),
        migrations.AddConstraint(
            model_name="governmentanswer",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("source_page", ""), ("source_url", "")),
                    models.Q(("source_title", ""), _negated=True),
                    _connector="OR",
                ),
                name="answer_source_has_title",
                violation_error_message="Say what the source is called.",
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="governmentanswer",
            trigger=pgtrigger.compiler.Trigger(
                name="answer_as_published",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    condition='WHEN (OLD."published_at" IS NOT NULL)',
                    func='RAISE EXCEPTION \'pgtrigger: Cannot update of "expected_id", "outcome", "reasons", "stated_on", "term_id", "source_title", "source_url", "source_page", "language", "published_at", "corrects_id", "explanation" rows from % table\', TG_TABLE_NAME;',
                    hash="1e9f0e419b4ac93a8155caf509205548f4401f6e",
                    operation='UPDATE OF "expected_id", "outcome", "reasons", "stated_on", "term_id", "source_title", "source_url", "source_page", "language", "published_at", "corrects_id", "explanation"',
                    pgid="pgtrigger_answer_as_published_dc118",
                    table="manifesto_governmentanswer",
                    when="BEFORE",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="governmentanswer",
            trigger=pgtrigger.compiler.Trigger(
                name="answer_stays",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    condition='WHEN (OLD."published_at" IS NOT NULL)',
                    func="RAISE EXCEPTION 'pgtrigger: Cannot delete rows from % table', TG_TABLE_NAME;",
                    hash="7ebad93c71396b4302ac89eccd4ecb275bc62917",
                    operation="DELETE",
                    pgid="pgtrigger_answer_stays_bc389",
                    table="manifesto_governmentanswer",
                    when="BEFORE",
                ),
            ),
        ),
        migrations.RunPython(let_editors, migrations.RunPython.noop),
    ]
