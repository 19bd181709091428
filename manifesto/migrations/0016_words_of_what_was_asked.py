import django.contrib.postgres.indexes
import django.contrib.postgres.search
import django.db.models.deletion
import pgtrigger.compiler
import pgtrigger.migrations
from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models


# What the trigger writes down of a version when it is published, for those that are public already.
WRITE_DOWN_WHAT_STANDS = """
    INSERT INTO manifesto_statementwords (statement_id, title, summary, text)
    SELECT statement.id, statement.title, statement.summary, concat_ws(E'\\n\\n',
        replace(replace(replace(replace(replace(
            regexp_replace(version.text_html, '<[^>]*>', ' ', 'g'),
        '&nbsp;', ' '), '&lt;', '<'), '&gt;', '>'), '&quot;', '"'), '&amp;', '&'),
        (
            SELECT string_agg(concat_ws('. ', asked.title, NULLIF(asked.text, '')), E'\\n\\n' ORDER BY ask.number)
            FROM manifesto_askwording asked JOIN manifesto_ask ask ON ask.id = asked.ask_id
            WHERE asked.version_id = version.id
        )
    )
    FROM manifesto_statement statement JOIN (
        SELECT DISTINCT ON (statement_id) id, statement_id, text_html FROM manifesto_statementversion
        WHERE published_at IS NOT NULL ORDER BY statement_id, number DESC
    ) AS version ON version.statement_id = statement.id
    ON CONFLICT DO NOTHING
"""


class Migration(migrations.Migration):
    # People sign and editors publish while the indexes are made.
    atomic = False

    dependencies = [
        ("manifesto", "0015_follow_once_per_commitment"),
    ]

    operations = [
        migrations.CreateModel(
            name="StatementWords",
            fields=[
                (
                    "statement",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        primary_key=True,
                        related_name="words",
                        serialize=False,
                        to="manifesto.statement",
                    ),
                ),
                ("title", models.TextField()),
                ("summary", models.TextField()),
                ("text", models.TextField()),
                (
                    "search",
                    models.GeneratedField(
                        db_persist=True,
                        expression=django.contrib.postgres.search.CombinedSearchVector(
                            django.contrib.postgres.search.SearchVector(
                                "title", config="manifesto_english", weight="A"
                            ),
                            "||",
                            django.contrib.postgres.search.SearchVector(
                                "summary", "text", config="manifesto_english", weight="B"
                            ),
                            django.contrib.postgres.search.SearchConfig("manifesto_english"),
                        ),
                        output_field=django.contrib.postgres.search.SearchVectorField(),
                    ),
                ),
            ],
            options={
                "verbose_name_plural": "words of statements",
            },
        ),
        AddIndexConcurrently(
            model_name="statementwords",
            index=django.contrib.postgres.indexes.GinIndex(fields=["search"], name="statement_words_search"),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="statement",
            trigger=pgtrigger.compiler.Trigger(
                name="words_follow_title",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="\n    UPDATE manifesto_statementwords SET title = NEW.title, summary = NEW.summary WHERE statement_id = NEW.id;\n    RETURN NULL;\n",
                    hash="1a87915a311a87092c4b0efdb77ddc71a15062a7",
                    operation='UPDATE OF "title", "summary"',
                    pgid="pgtrigger_words_follow_title_b3be4",
                    table="manifesto_statement",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="statementversion",
            trigger=pgtrigger.compiler.Trigger(
                name="words_are_written_down",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    condition='WHEN (NEW."published_at" IS NOT NULL)',
                    func="\n    INSERT INTO manifesto_statementwords (statement_id, title, summary, text)\n    SELECT NEW.statement_id, statement.title, statement.summary, concat_ws(E'\\n\\n',\n        \n    replace(replace(replace(replace(replace(\n        regexp_replace(NEW.text_html, '<[^>]*>', ' ', 'g'),\n    '&nbsp;', ' '), '&lt;', '<'), '&gt;', '>'), '&quot;', '\"'), '&amp;', '&')\n,\n        (\n            SELECT string_agg(concat_ws('. ', asked.title, NULLIF(asked.text, '')), E'\\n\\n' ORDER BY ask.number)\n            FROM manifesto_askwording asked JOIN manifesto_ask ask ON ask.id = asked.ask_id\n            WHERE asked.version_id = NEW.id\n        )\n    )\n    FROM manifesto_statement statement WHERE statement.id = NEW.statement_id\n    ON CONFLICT (statement_id) DO UPDATE\n        SET title = EXCLUDED.title, summary = EXCLUDED.summary, text = EXCLUDED.text;\n    RETURN NULL;\n",
                    hash="3dc24a3fbe34f80f5cfd6a6c07d426cd4cd93e9d",
                    operation='UPDATE OF "published_at"',
                    pgid="pgtrigger_words_are_written_down_ae989",
                    table="manifesto_statementversion",
                    when="AFTER",
                ),
            ),
        ),
        migrations.RunSQL(WRITE_DOWN_WHAT_STANDS, migrations.RunSQL.noop),
        AddIndexConcurrently(
            model_name="commitment",
            index=django.contrib.postgres.indexes.GinIndex(
                django.contrib.postgres.search.CombinedSearchVector(
                    django.contrib.postgres.search.CombinedSearchVector(
                        django.contrib.postgres.search.SearchVector(
                            "title", config="manifesto_english", weight="A"
                        ),
                        "||",
                        django.contrib.postgres.search.SearchVector(
                            "summary", "solution", config="manifesto_english", weight="B"
                        ),
                        django.contrib.postgres.search.SearchConfig("manifesto_english"),
                    ),
                    "||",
                    django.contrib.postgres.search.SearchVector(
                        "problem",
                        "results",
                        "done_so_far",
                        "relevance",
                        "lead_institution",
                        "supporting_government",
                        "supporting_civil_society",
                        "supporting_others",
                        config="manifesto_english",
                        weight="C",
                    ),
                    django.contrib.postgres.search.SearchConfig("manifesto_english"),
                ),
                name="commitment_words",
            ),
        ),
        AddIndexConcurrently(
            model_name="commitmentpack",
            index=django.contrib.postgres.indexes.GinIndex(
                django.contrib.postgres.search.SearchVector("title", config="manifesto_english", weight="A"),
                name="pack_words",
            ),
        ),
        AddIndexConcurrently(
            model_name="governmentanswer",
            index=django.contrib.postgres.indexes.GinIndex(
                django.contrib.postgres.search.SearchVector(
                    "reasons", config="manifesto_english", weight="B"
                ),
                name="answer_words",
            ),
        ),
        AddIndexConcurrently(
            model_name="institutionname",
            index=django.contrib.postgres.indexes.GinIndex(
                django.contrib.postgres.search.SearchVector("name", config="manifesto_english", weight="A"),
                name="institution_words_of_name",
            ),
        ),
        AddIndexConcurrently(
            model_name="position",
            index=django.contrib.postgres.indexes.GinIndex(
                django.contrib.postgres.search.CombinedSearchVector(
                    django.contrib.postgres.search.SearchVector(
                        "topline", config="manifesto_english", weight="A"
                    ),
                    "||",
                    django.contrib.postgres.search.SearchVector(
                        "quotation", config="manifesto_english", weight="B"
                    ),
                    django.contrib.postgres.search.SearchConfig("manifesto_english"),
                ),
                name="position_words",
            ),
        ),
    ]
