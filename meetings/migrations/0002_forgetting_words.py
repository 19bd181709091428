from django.db import migrations

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
    dependencies = [("meetings", "0001_initial")]

    operations = [
        migrations.RunSQL(CREATE_FORGETTING, DROP_FORGETTING),
        migrations.RunSQL(CREATE_TRIGGERS, DROP_TRIGGERS),
    ]
