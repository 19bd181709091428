import django.contrib.postgres.fields
import django.contrib.postgres.indexes
import django.contrib.postgres.search
import django.db.models.deletion
import ogp_network.addresses
import pgtrigger.compiler
import pgtrigger.migrations
import profiles.vocabularies
from django.conf import settings
from django.db import migrations, models

# A page shows a version of its own, and no other page's; Django has no composite keys to say so.
OF_THEIR_OWN = [
    (
        f"ALTER TABLE ogp_network_{noun} ADD CONSTRAINT {noun}_{column}_is_its_own"
        f" FOREIGN KEY ({column}_id, id) REFERENCES ogp_network_{noun}version (id, {noun}_id)"
        " DEFERRABLE INITIALLY DEFERRED",
        f"ALTER TABLE ogp_network_{noun} DROP CONSTRAINT {noun}_{column}_is_its_own",
    )
    for noun in ("page", "post")
    for column in ("public", "scheduled")
]
KEYS = [
    (
        f"ALTER TABLE ogp_network_{noun}version ADD CONSTRAINT {noun}version_of_{noun} UNIQUE (id, {noun}_id)",
        f"ALTER TABLE ogp_network_{noun}version DROP CONSTRAINT {noun}version_of_{noun}",
    )
    for noun in ("page", "post")
]


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
        # Makes the text search configuration that versions are searched with.
        ("manifesto", "0002_groups"),
    ]

    operations = [
        migrations.CreateModel(
            name="Page",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
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
                (
                    "former_slugs",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.SlugField(max_length=100), default=list, editable=False, size=None
                    ),
                ),
                ("published_at", models.DateTimeField(blank=True, editable=False, null=True)),
                (
                    "publish_at",
                    models.DateTimeField(
                        blank=True, editable=False, null=True, verbose_name="to be published at"
                    ),
                ),
                ("withdrawn_at", models.DateTimeField(blank=True, editable=False, null=True)),
                (
                    "slug",
                    models.SlugField(
                        help_text="What stands after the first slash: “privacy” for /privacy/. Former addresses lead to the new one.",
                        max_length=100,
                        validators=[ogp_network.addresses.not_an_address_of_the_site],
                        verbose_name="address",
                    ),
                ),
                (
                    "footer_position",
                    models.PositiveSmallIntegerField(
                        blank=True,
                        help_text="Pages with a number are linked at the foot of every page, in this order. Leave empty for none.",
                        null=True,
                        verbose_name="place in the footer",
                    ),
                ),
                (
                    "scheduled_by",
                    models.ForeignKey(
                        blank=True,
                        editable=False,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "withdrawn_by",
                    models.ForeignKey(
                        blank=True,
                        editable=False,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="PageVersion",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("number", models.PositiveIntegerField()),
                ("title", models.CharField(max_length=150)),
                (
                    "summary",
                    models.CharField(
                        blank=True,
                        help_text="A sentence or two, for lists, search engines and those who share it.",
                        max_length=300,
                    ),
                ),
                (
                    "body",
                    models.TextField(help_text="In Markdown. Begin sections with “## ”.", max_length=100000),
                ),
                ("body_html", models.TextField(editable=False)),
                ("reason", models.CharField(blank=True, max_length=300)),
                ("saved_at", models.DateTimeField()),
                ("published_at", models.DateTimeField(null=True)),
                (
                    "search",
                    models.GeneratedField(
                        db_persist=True,
                        expression=django.contrib.postgres.search.CombinedSearchVector(
                            django.contrib.postgres.search.CombinedSearchVector(
                                django.contrib.postgres.search.SearchVector(
                                    "title", config="manifesto_english", weight="A"
                                ),
                                "||",
                                django.contrib.postgres.search.SearchVector(
                                    "summary", config="manifesto_english", weight="B"
                                ),
                                django.contrib.postgres.search.SearchConfig("manifesto_english"),
                            ),
                            "||",
                            django.contrib.postgres.search.SearchVector(
                                "body", config="manifesto_english", weight="C"
                            ),
                            django.contrib.postgres.search.SearchConfig("manifesto_english"),
                        ),
                        output_field=django.contrib.postgres.search.SearchVectorField(),
                    ),
                ),
                (
                    "page",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="versions",
                        to="ogp_network.page",
                    ),
                ),
                (
                    "published_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "saved_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "abstract": False,
            },
        ),
        migrations.AddField(
            model_name="page",
            name="public",
            field=models.ForeignKey(
                blank=True,
                editable=False,
                null=True,
                on_delete=django.db.models.deletion.RESTRICT,
                related_name="+",
                to="ogp_network.pageversion",
            ),
        ),
        migrations.AddField(
            model_name="page",
            name="scheduled",
            field=models.ForeignKey(
                blank=True,
                editable=False,
                null=True,
                on_delete=django.db.models.deletion.RESTRICT,
                related_name="+",
                to="ogp_network.pageversion",
            ),
        ),
        migrations.CreateModel(
            name="Post",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
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
                (
                    "former_slugs",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.SlugField(max_length=100), default=list, editable=False, size=None
                    ),
                ),
                ("published_at", models.DateTimeField(blank=True, editable=False, null=True)),
                (
                    "publish_at",
                    models.DateTimeField(
                        blank=True, editable=False, null=True, verbose_name="to be published at"
                    ),
                ),
                ("withdrawn_at", models.DateTimeField(blank=True, editable=False, null=True)),
                (
                    "slug",
                    models.SlugField(
                        help_text="What stands after /news/. Former addresses lead to the new one.",
                        max_length=100,
                        verbose_name="address",
                    ),
                ),
                (
                    "scheduled_by",
                    models.ForeignKey(
                        blank=True,
                        editable=False,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "withdrawn_by",
                    models.ForeignKey(
                        blank=True,
                        editable=False,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "verbose_name": "news post",
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="PostVersion",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("number", models.PositiveIntegerField()),
                ("title", models.CharField(max_length=150)),
                (
                    "summary",
                    models.CharField(
                        blank=True,
                        help_text="A sentence or two, for lists, search engines and those who share it.",
                        max_length=300,
                    ),
                ),
                (
                    "body",
                    models.TextField(help_text="In Markdown. Begin sections with “## ”.", max_length=100000),
                ),
                ("body_html", models.TextField(editable=False)),
                ("reason", models.CharField(blank=True, max_length=300)),
                ("saved_at", models.DateTimeField()),
                ("published_at", models.DateTimeField(null=True)),
                (
                    "search",
                    models.GeneratedField(
                        db_persist=True,
                        expression=django.contrib.postgres.search.CombinedSearchVector(
                            django.contrib.postgres.search.CombinedSearchVector(
                                django.contrib.postgres.search.SearchVector(
                                    "title", config="manifesto_english", weight="A"
                                ),
                                "||",
                                django.contrib.postgres.search.SearchVector(
                                    "summary", config="manifesto_english", weight="B"
                                ),
                                django.contrib.postgres.search.SearchConfig("manifesto_english"),
                            ),
                            "||",
                            django.contrib.postgres.search.SearchVector(
                                "body", config="manifesto_english", weight="C"
                            ),
                            django.contrib.postgres.search.SearchConfig("manifesto_english"),
                        ),
                        output_field=django.contrib.postgres.search.SearchVectorField(),
                    ),
                ),
                (
                    "closes_at",
                    models.DateTimeField(
                        blank=True,
                        help_text="For a call to action: until when people can answer. Until then it stands on the home page.",
                        null=True,
                        verbose_name="deadline",
                    ),
                ),
                (
                    "action_label",
                    models.CharField(
                        blank=True,
                        help_text="What people are to do, such as “Answer the survey”.",
                        max_length=60,
                        verbose_name="words of the button",
                    ),
                ),
                (
                    "action_link",
                    models.URLField(blank=True, max_length=500, verbose_name="where the button leads"),
                ),
                (
                    "post",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="versions",
                        to="ogp_network.post",
                    ),
                ),
                (
                    "published_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "saved_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "abstract": False,
            },
        ),
        migrations.AddField(
            model_name="post",
            name="public",
            field=models.ForeignKey(
                blank=True,
                editable=False,
                null=True,
                on_delete=django.db.models.deletion.RESTRICT,
                related_name="+",
                to="ogp_network.postversion",
            ),
        ),
        migrations.AddField(
            model_name="post",
            name="scheduled",
            field=models.ForeignKey(
                blank=True,
                editable=False,
                null=True,
                on_delete=django.db.models.deletion.RESTRICT,
                related_name="+",
                to="ogp_network.postversion",
            ),
        ),
        migrations.AddIndex(
            model_name="pageversion",
            index=django.contrib.postgres.indexes.GinIndex(fields=["search"], name="pageversion_search"),
        ),
        migrations.AddConstraint(
            model_name="pageversion",
            constraint=models.CheckConstraint(
                condition=models.Q(("number__gte", 1)), name="pageversion_counted_from_one"
            ),
        ),
        migrations.AddConstraint(
            model_name="pageversion",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("title", ""), _negated=True), models.Q(("body", ""), _negated=True)
                ),
                name="pageversion_with_title_and_body",
            ),
        ),
        migrations.AddConstraint(
            model_name="pageversion",
            constraint=models.UniqueConstraint(
                fields=("page", "number"), name="pageversion_numbered_in_page"
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="pageversion",
            trigger=pgtrigger.compiler.Trigger(
                name="versions_are_for_good",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    condition='WHEN (OLD."id" IS DISTINCT FROM (NEW."id") OR OLD."number" IS DISTINCT FROM (NEW."number") OR OLD."title" IS DISTINCT FROM (NEW."title") OR OLD."summary" IS DISTINCT FROM (NEW."summary") OR OLD."body" IS DISTINCT FROM (NEW."body") OR OLD."reason" IS DISTINCT FROM (NEW."reason") OR OLD."saved_at" IS DISTINCT FROM (NEW."saved_at") OR OLD."page_id" IS DISTINCT FROM (NEW."page_id"))',
                    func="RAISE EXCEPTION 'pgtrigger: Cannot update rows from % table', TG_TABLE_NAME;",
                    hash="171f6a6d3fc149aaff44168be86cfe4772bc6251",
                    operation="UPDATE",
                    pgid="pgtrigger_versions_are_for_good_4501c",
                    table="ogp_network_pageversion",
                    when="BEFORE",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="pageversion",
            trigger=pgtrigger.compiler.Trigger(
                name="published_versions_are_kept",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    condition='WHEN (OLD."published_at" IS NOT NULL)',
                    func="RAISE EXCEPTION 'pgtrigger: Cannot delete rows from % table', TG_TABLE_NAME;",
                    hash="4df208d9581de3301f60c96021eafccd14416e5c",
                    operation="DELETE",
                    pgid="pgtrigger_published_versions_are_kept_1bc07",
                    table="ogp_network_pageversion",
                    when="BEFORE",
                ),
            ),
        ),
        migrations.AddConstraint(
            model_name="page",
            constraint=models.UniqueConstraint(
                fields=("slug", "language"),
                name="page_one_per_address_and_language",
                violation_error_message="This address is taken in this language.",
            ),
        ),
        migrations.AddConstraint(
            model_name="page",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("public", None), ("published_at", None)),
                    models.Q(("public__isnull", False), ("published_at__isnull", False)),
                    _connector="OR",
                ),
                name="page_published_with_a_version",
            ),
        ),
        migrations.AddConstraint(
            model_name="page",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("publish_at", None), ("scheduled", None)),
                    models.Q(("publish_at__isnull", False), ("scheduled__isnull", False)),
                    _connector="OR",
                ),
                name="page_scheduled_with_a_version",
            ),
        ),
        migrations.AddConstraint(
            model_name="page",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("withdrawn_at", None),
                    models.Q(("publish_at", None), ("published_at__isnull", False)),
                    _connector="OR",
                ),
                name="page_withdrawn_once_published",
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="page",
            trigger=pgtrigger.compiler.Trigger(
                name="former_slugs_are_kept",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    condition="WHEN (OLD.slug <> NEW.slug AND OLD.published_at IS NOT NULL)",
                    func="NEW.former_slugs = array_append(array_remove(OLD.former_slugs, NEW.slug), OLD.slug); RETURN NEW;",
                    hash="6c334a0f07d3c8bf1bede52b2a6d306473c2ba5d",
                    operation='UPDATE OF "slug"',
                    pgid="pgtrigger_former_slugs_are_kept_e1f96",
                    table="ogp_network_page",
                    when="BEFORE",
                ),
            ),
        ),
        migrations.AddIndex(
            model_name="postversion",
            index=django.contrib.postgres.indexes.GinIndex(fields=["search"], name="postversion_search"),
        ),
        migrations.AddConstraint(
            model_name="postversion",
            constraint=models.CheckConstraint(
                condition=models.Q(("number__gte", 1)), name="postversion_counted_from_one"
            ),
        ),
        migrations.AddConstraint(
            model_name="postversion",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("title", ""), _negated=True), models.Q(("body", ""), _negated=True)
                ),
                name="postversion_with_title_and_body",
            ),
        ),
        migrations.AddConstraint(
            model_name="postversion",
            constraint=models.UniqueConstraint(
                fields=("post", "number"), name="postversion_numbered_in_post"
            ),
        ),
        migrations.AddConstraint(
            model_name="postversion",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("action_label", ""), ("action_link", "")),
                    models.Q(
                        models.Q(("action_label", ""), _negated=True),
                        models.Q(("action_link", ""), _negated=True),
                    ),
                    _connector="OR",
                ),
                name="postversion_action_with_label_and_link",
            ),
        ),
        migrations.AddConstraint(
            model_name="postversion",
            constraint=models.CheckConstraint(
                condition=models.Q(("action_label", ""), ("closes_at__isnull", False), _connector="OR"),
                name="postversion_action_with_deadline",
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="postversion",
            trigger=pgtrigger.compiler.Trigger(
                name="versions_are_for_good",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    condition='WHEN (OLD."id" IS DISTINCT FROM (NEW."id") OR OLD."number" IS DISTINCT FROM (NEW."number") OR OLD."title" IS DISTINCT FROM (NEW."title") OR OLD."summary" IS DISTINCT FROM (NEW."summary") OR OLD."body" IS DISTINCT FROM (NEW."body") OR OLD."reason" IS DISTINCT FROM (NEW."reason") OR OLD."saved_at" IS DISTINCT FROM (NEW."saved_at") OR OLD."post_id" IS DISTINCT FROM (NEW."post_id") OR OLD."closes_at" IS DISTINCT FROM (NEW."closes_at") OR OLD."action_label" IS DISTINCT FROM (NEW."action_label") OR OLD."action_link" IS DISTINCT FROM (NEW."action_link"))',
                    func="RAISE EXCEPTION 'pgtrigger: Cannot update rows from % table', TG_TABLE_NAME;",
                    hash="dba40eb78d6657d55bc09e4908b85a335885d885",
                    operation="UPDATE",
                    pgid="pgtrigger_versions_are_for_good_a9e5f",
                    table="ogp_network_postversion",
                    when="BEFORE",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="postversion",
            trigger=pgtrigger.compiler.Trigger(
                name="published_versions_are_kept",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    condition='WHEN (OLD."published_at" IS NOT NULL)',
                    func="RAISE EXCEPTION 'pgtrigger: Cannot delete rows from % table', TG_TABLE_NAME;",
                    hash="785fed5f281bbcc2a9f9e6d9c38c02374e39906d",
                    operation="DELETE",
                    pgid="pgtrigger_published_versions_are_kept_ec186",
                    table="ogp_network_postversion",
                    when="BEFORE",
                ),
            ),
        ),
        migrations.AddConstraint(
            model_name="post",
            constraint=models.UniqueConstraint(
                fields=("slug", "language"),
                name="post_one_per_address_and_language",
                violation_error_message="This address is taken in this language.",
            ),
        ),
        migrations.AddConstraint(
            model_name="post",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("public", None), ("published_at", None)),
                    models.Q(("public__isnull", False), ("published_at__isnull", False)),
                    _connector="OR",
                ),
                name="post_published_with_a_version",
            ),
        ),
        migrations.AddConstraint(
            model_name="post",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("publish_at", None), ("scheduled", None)),
                    models.Q(("publish_at__isnull", False), ("scheduled__isnull", False)),
                    _connector="OR",
                ),
                name="post_scheduled_with_a_version",
            ),
        ),
        migrations.AddConstraint(
            model_name="post",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("withdrawn_at", None),
                    models.Q(("publish_at", None), ("published_at__isnull", False)),
                    _connector="OR",
                ),
                name="post_withdrawn_once_published",
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="post",
            trigger=pgtrigger.compiler.Trigger(
                name="former_slugs_are_kept",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    condition="WHEN (OLD.slug <> NEW.slug AND OLD.published_at IS NOT NULL)",
                    func="NEW.former_slugs = array_append(array_remove(OLD.former_slugs, NEW.slug), OLD.slug); RETURN NEW;",
                    hash="557351f36a79c4c455f03dde57e171a6c874ab06",
                    operation='UPDATE OF "slug"',
                    pgid="pgtrigger_former_slugs_are_kept_40b50",
                    table="ogp_network_post",
                    when="BEFORE",
                ),
            ),
        ),
        *[migrations.RunSQL(forwards, backwards) for forwards, backwards in [*KEYS, *OF_THEIR_OWN]],
    ]
