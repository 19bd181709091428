import django.contrib.postgres.indexes
import django.contrib.postgres.search
import django.db.models.deletion
import pgtrigger.compiler
import pgtrigger.migrations
from django.contrib.postgres.operations import UnaccentExtension
from django.db import migrations, models


CREATE_LANGUAGE = """
    CREATE TEXT SEARCH CONFIGURATION profiles_english (COPY = english);
    ALTER TEXT SEARCH CONFIGURATION profiles_english
        ALTER MAPPING FOR hword, hword_part, word WITH unaccent, english_stem;
"""
# Has the trigger write down the words of the stories that are public already.
LOOK_AT_PUBLIC_STORIES = (
    "UPDATE profiles_profile SET published_at = published_at WHERE published_at IS NOT NULL"
)


class Migration(migrations.Migration):
    dependencies = [
        ("profiles", "0001_initial"),
    ]

    operations = [
        UnaccentExtension(),
        migrations.RunSQL(CREATE_LANGUAGE, "DROP TEXT SEARCH CONFIGURATION profiles_english"),
        migrations.CreateModel(
            name="StoryWords",
            fields=[
                (
                    "profile",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        primary_key=True,
                        related_name="words",
                        serialize=False,
                        to="profiles.profile",
                    ),
                ),
                ("title", models.TextField()),
                ("text", models.TextField()),
                (
                    "search",
                    models.GeneratedField(
                        db_persist=True,
                        expression=django.contrib.postgres.search.CombinedSearchVector(
                            django.contrib.postgres.search.SearchVector(
                                "title", config="profiles_english", weight="A"
                            ),
                            "||",
                            django.contrib.postgres.search.SearchVector(
                                "text", config="profiles_english", weight="B"
                            ),
                            django.contrib.postgres.search.SearchConfig("profiles_english"),
                        ),
                        output_field=django.contrib.postgres.search.SearchVectorField(),
                    ),
                ),
            ],
            options={
                "verbose_name_plural": "words of stories",
            },
        ),
        migrations.AddIndex(
            model_name="organisation",
            index=django.contrib.postgres.indexes.GinIndex(
                django.contrib.postgres.search.CombinedSearchVector(
                    django.contrib.postgres.search.SearchVector(
                        "name", config="profiles_english", weight="A"
                    ),
                    "||",
                    django.contrib.postgres.search.SearchVector(
                        "summary", config="profiles_english", weight="B"
                    ),
                    django.contrib.postgres.search.SearchConfig("profiles_english"),
                ),
                name="organisation_words",
            ),
        ),
        migrations.AddIndex(
            model_name="organisationname",
            index=django.contrib.postgres.indexes.GinIndex(
                django.contrib.postgres.search.SearchVector("name", config="profiles_english", weight="A"),
                name="organisation_words_of_name",
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="organisation",
            trigger=pgtrigger.compiler.Trigger(
                name="title_of_stories_follows_name",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="\n    UPDATE profiles_storywords SET title = NEW.name\n    WHERE profile_id IN (SELECT id FROM profiles_profile WHERE organisation_id = NEW.id);\n    RETURN NULL;\n",
                    hash="d1cd39f4a6916a874401065a3adc5978663bb9eb",
                    operation='UPDATE OF "name"',
                    pgid="pgtrigger_title_of_stories_follows_name_c230b",
                    table="profiles_organisation",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="profile",
            trigger=pgtrigger.compiler.Trigger(
                name="words_are_written_down",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="\n    IF NEW.published_at IS NULL OR NEW.withdrawn_at IS NOT NULL THEN\n        DELETE FROM profiles_storywords WHERE profile_id = NEW.id;\n        RETURN NULL;\n    END IF;\n    INSERT INTO profiles_storywords (profile_id, title, text)\n    SELECT NEW.id, organisation.name, concat_ws(E'\\n\\n',\n        NULLIF(NEW.standfirst, ''),\n        NULLIF(NEW.pull_quote, ''),\n        (\n            SELECT string_agg(COALESCE(NULLIF(edited, ''), original), E'\\n\\n' ORDER BY question)\n            FROM profiles_answer WHERE profile_id = NEW.id\n        ),\n        concat_ws(', ', NULLIF(NEW.speaker_name, ''), NULLIF(NEW.speaker_role, ''))\n    )\n    FROM profiles_organisation organisation WHERE organisation.id = NEW.organisation_id\n    ON CONFLICT (profile_id) DO UPDATE SET title = EXCLUDED.title, text = EXCLUDED.text;\n    RETURN NULL;\n",
                    hash="0feff1a178468c7bd94ef5d24ea861a56ec1de16",
                    operation="INSERT OR UPDATE",
                    pgid="pgtrigger_words_are_written_down_3c320",
                    table="profiles_profile",
                    when="AFTER",
                ),
            ),
        ),
        migrations.AddIndex(
            model_name="storywords",
            index=django.contrib.postgres.indexes.GinIndex(fields=["search"], name="story_words_search"),
        ),
        migrations.RunSQL(LOOK_AT_PUBLIC_STORIES, migrations.RunSQL.noop),
    ]
