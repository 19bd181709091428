import pgtrigger
from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.search import SearchVector, SearchVectorField
from django.db import models

# English stems, with accents taken off first; made by a migration.
LANGUAGE = "profiles_english"

WRITE_DOWN = """
    IF NEW.published_at IS NULL OR NEW.withdrawn_at IS NOT NULL THEN
        DELETE FROM profiles_storywords WHERE profile_id = NEW.id;
        RETURN NULL;
    END IF;
    INSERT INTO profiles_storywords (profile_id, title, text)
    SELECT NEW.id, organisation.name, concat_ws(E'\\n\\n',
        NULLIF(NEW.standfirst, ''),
        NULLIF(NEW.pull_quote, ''),
        (
            SELECT string_agg(COALESCE(NULLIF(edited, ''), original), E'\\n\\n' ORDER BY question)
            FROM profiles_answer WHERE profile_id = NEW.id
        ),
        concat_ws(', ', NULLIF(NEW.speaker_name, ''), NULLIF(NEW.speaker_role, ''))
    )
    FROM profiles_organisation organisation WHERE organisation.id = NEW.organisation_id
    ON CONFLICT (profile_id) DO UPDATE SET title = EXCLUDED.title, text = EXCLUDED.text;
    RETURN NULL;
"""
FOLLOW_NAME = """
    UPDATE profiles_storywords SET title = NEW.name
    WHERE profile_id IN (SELECT id FROM profiles_profile WHERE organisation_id = NEW.id);
    RETURN NULL;
"""


def words_are_written_down():
    """The text of a story can't change while it is public, so it is enough to look when that begins or ends."""
    return pgtrigger.Trigger(
        name="words_are_written_down",
        when=pgtrigger.After,
        operation=pgtrigger.Insert | pgtrigger.Update,
        func=WRITE_DOWN,
    )


def title_follows_name():
    return pgtrigger.Trigger(
        name="title_of_stories_follows_name",
        when=pgtrigger.After,
        operation=pgtrigger.UpdateOf("name"),
        func=FOLLOW_NAME,
    )


class StoryWordsQuerySet(models.QuerySet):
    def public(self):
        return self.filter(profile__published_at__isnull=False, profile__withdrawn_at=None)


class StoryWords(models.Model):
    """What everybody can read in a public story, to be searched; the database writes it down, and takes it away."""

    profile = models.OneToOneField(
        "Profile", on_delete=models.CASCADE, primary_key=True, related_name="words"
    )
    title = models.TextField()
    text = models.TextField()
    search = models.GeneratedField(
        expression=SearchVector("title", weight="A", config=LANGUAGE)
        + SearchVector("text", weight="B", config=LANGUAGE),
        output_field=SearchVectorField(),
        db_persist=True,
    )

    objects = StoryWordsQuerySet.as_manager()

    class Meta:
        verbose_name_plural = "words of stories"
        indexes = [GinIndex(fields=["search"], name="story_words_search")]

    def __str__(self):
        return self.title
