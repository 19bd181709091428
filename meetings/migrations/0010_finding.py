import django.contrib.postgres.indexes
import django.contrib.postgres.search
import django.db.models.deletion
import django.db.models.functions.text
from django.contrib.postgres.operations import TrigramExtension, UnaccentExtension
from django.db import migrations, models

CREATE_LANGUAGE = """
    CREATE TEXT SEARCH CONFIGURATION meetings_english (COPY = english);
    ALTER TEXT SEARCH CONFIGURATION meetings_english
        ALTER MAPPING FOR hword, hword_part, word WITH unaccent, english_stem;
"""
# What is found of a note is forgotten as soon as anything that it is made of changes, whatever way that comes about.
# The lock, one for each note, is the one under which the words are written: see NoteWordsQuerySet.renew.
CREATE_FORGETTING = """
    CREATE FUNCTION meetings_forget_words_of(notes bigint[]) RETURNS void LANGUAGE plpgsql AS $$
    DECLARE wanted bigint;
    BEGIN
        FOR wanted IN SELECT DISTINCT note FROM unnest(notes) AS note WHERE note IS NOT NULL ORDER BY note LOOP
            PERFORM pg_advisory_xact_lock(20141115, hashint8(wanted));
            DELETE FROM meetings_notewords WHERE note_id = wanted;
        END LOOP;
    END $$;

    CREATE FUNCTION meetings_forget_words_by_note() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        PERFORM meetings_forget_words_of(ARRAY[
            (to_jsonb(OLD) ->> TG_ARGV[0])::bigint, (to_jsonb(NEW) ->> TG_ARGV[0])::bigint
        ]);
        RETURN NULL;
    END $$;

    CREATE FUNCTION meetings_forget_words_by_meeting() RETURNS trigger LANGUAGE plpgsql AS $$
    DECLARE
        -- Worked out here, once, and not for every note that is looked at.
        before bigint := (to_jsonb(OLD) ->> TG_ARGV[0])::bigint;
        after bigint := (to_jsonb(NEW) ->> TG_ARGV[0])::bigint;
    BEGIN
        PERFORM meetings_forget_words_of(ARRAY(SELECT id FROM meetings_note WHERE meeting_id IN (before, after)));
        RETURN NULL;
    END $$;

    CREATE FUNCTION meetings_forget_words_by_organisation() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        PERFORM meetings_forget_words_of(ARRAY(
            SELECT note_id FROM meetings_action WHERE owner_organisation_id = NEW.id
            UNION
            SELECT note.id FROM meetings_note note JOIN meetings_attendance attendance USING (meeting_id)
            WHERE attendance.organisation_id = NEW.id
        ));
        RETURN NULL;
    END $$;
"""
DROP_FORGETTING = """
    DROP FUNCTION meetings_forget_words_by_organisation;
    DROP FUNCTION meetings_forget_words_by_meeting;
    DROP FUNCTION meetings_forget_words_by_note;
    DROP FUNCTION meetings_forget_words_of;
"""
TABLES = [
    ("meetings_point", "note", "note_id"),
    ("meetings_section", "note", "note_id"),
    ("meetings_action", "note", "note_id"),
    ("meetings_link", "note", "note_id"),
    ("meetings_note", "note", "id"),
    ("meetings_attendance", "meeting", "meeting_id"),
    ("meetings_meeting", "meeting", "id"),
]
CREATE_TRIGGERS = [
    f"CREATE TRIGGER forget_words AFTER INSERT OR UPDATE OR DELETE ON {table}"
    f" FOR EACH ROW EXECUTE FUNCTION meetings_forget_words_by_{way}('{column}')"
    for table, way, column in TABLES
] + [
    "CREATE TRIGGER forget_words AFTER UPDATE OF name ON profiles_organisation"
    " FOR EACH ROW EXECUTE FUNCTION meetings_forget_words_by_organisation()"
]
DROP_TRIGGERS = [
    f"DROP TRIGGER forget_words ON {table}"
    for table in [*(table for table, _, _ in TABLES), "profiles_organisation"]
]


class Migration(migrations.Migration):
    dependencies = [
        ("meetings", "0009_note_errata"),
        ("profiles", "0017_organisation_merge"),
    ]

    operations = [
        TrigramExtension(),
        UnaccentExtension(),
        migrations.RunSQL(CREATE_LANGUAGE, "DROP TEXT SEARCH CONFIGURATION meetings_english"),
        migrations.CreateModel(
            name="NoteWords",
            fields=[
                (
                    "note",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        primary_key=True,
                        related_name="words",
                        serialize=False,
                        to="meetings.note",
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
                                "title", config="meetings_english", weight="A"
                            ),
                            "||",
                            django.contrib.postgres.search.SearchVector(
                                "text", config="meetings_english", weight="B"
                            ),
                            django.contrib.postgres.search.SearchConfig("meetings_english"),
                        ),
                        output_field=django.contrib.postgres.search.SearchVectorField(),
                    ),
                ),
            ],
            options={
                "indexes": [
                    django.contrib.postgres.indexes.GinIndex(fields=["search"], name="note_words_search")
                ],
            },
        ),
        migrations.CreateModel(
            name="Topic",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("name", models.CharField(max_length=100)),
                (
                    "slug",
                    models.SlugField(
                        help_text="The last part of the page's address.", max_length=100, unique=True
                    ),
                ),
                (
                    "summary",
                    models.TextField(
                        blank=True, help_text="What it is, in a sentence or two.", max_length=1000
                    ),
                ),
            ],
            options={
                "ordering": [django.db.models.functions.text.Lower("name"), "pk"],
                "constraints": [
                    models.UniqueConstraint(
                        django.db.models.functions.text.Lower("name"),
                        name="topic_once",
                        violation_error_message="There is a topic of this name.",
                    )
                ],
            },
        ),
        migrations.AddField(
            model_name="meeting",
            name="topics",
            field=models.ManyToManyField(
                blank=True,
                help_text="What it shares with other meetings.",
                related_name="meetings",
                to="meetings.topic",
            ),
        ),
        migrations.RunSQL(CREATE_FORGETTING, DROP_FORGETTING),
        migrations.RunSQL(CREATE_TRIGGERS, DROP_TRIGGERS),
    ]
