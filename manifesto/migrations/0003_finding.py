import django.contrib.postgres.indexes
import django.contrib.postgres.search
from django.contrib.postgres.operations import TrigramExtension, UnaccentExtension
from django.db import migrations, models

CREATE_LANGUAGE = """
    CREATE TEXT SEARCH CONFIGURATION manifesto_english (COPY = english);
    ALTER TEXT SEARCH CONFIGURATION manifesto_english
        ALTER MAPPING FOR hword, hword_part, word WITH unaccent, english_stem;
"""


class Migration(migrations.Migration):
    dependencies = [("manifesto", "0002_tally_storage_and_groups")]

    operations = [
        TrigramExtension(),
        UnaccentExtension(),
        migrations.RunSQL(CREATE_LANGUAGE, "DROP TEXT SEARCH CONFIGURATION manifesto_english"),
        migrations.CreateModel(
            name="Lexeme",
            fields=[
                ("word", models.TextField(primary_key=True, serialize=False)),
                ("ideas", models.PositiveIntegerField()),
            ],
            options={
                "indexes": [
                    django.contrib.postgres.indexes.GinIndex(
                        django.contrib.postgres.indexes.OpClass("word", "gin_trgm_ops"),
                        name="lexeme_by_spelling",
                    )
                ],
            },
        ),
        # What a generated column is made of can't be changed: it is made again.
        migrations.RemoveIndex(model_name="idea", name="idea_search"),
        migrations.RemoveField(model_name="idea", name="search"),
        migrations.AddField(
            model_name="idea",
            name="search",
            field=models.GeneratedField(
                db_persist=True,
                expression=django.contrib.postgres.search.CombinedSearchVector(
                    django.contrib.postgres.search.CombinedSearchVector(
                        django.contrib.postgres.search.SearchVector(
                            "title", config="manifesto_english", weight="A"
                        ),
                        "||",
                        django.contrib.postgres.search.SearchVector(
                            "why", config="manifesto_english", weight="B"
                        ),
                        django.contrib.postgres.search.SearchConfig("manifesto_english"),
                    ),
                    "||",
                    django.contrib.postgres.search.SearchVector(
                        "how", "difference", config="manifesto_english", weight="C"
                    ),
                    django.contrib.postgres.search.SearchConfig("manifesto_english"),
                ),
                output_field=django.contrib.postgres.search.SearchVectorField(),
            ),
        ),
        migrations.AddIndex(
            model_name="idea",
            index=django.contrib.postgres.indexes.GinIndex(fields=["search"], name="idea_search"),
        ),
        migrations.AddIndex(
            model_name="idea",
            index=django.contrib.postgres.indexes.GinIndex(
                django.contrib.postgres.indexes.OpClass("title", "gin_trgm_ops"), name="idea_by_spelling"
            ),
        ),
    ]
