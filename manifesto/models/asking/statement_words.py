"""What is searched of statements: what the version that stands says, with its asks."""

import pgtrigger
from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.search import SearchVector, SearchVectorField
from django.db import models

from ..lexeme import LANGUAGE

# Without tags, and with the signs that entities stand for, the ampersand's own last.
AS_READ = """
    replace(replace(replace(replace(replace(
        regexp_replace(NEW.text_html, '<[^>]*>', ' ', 'g'),
    '&nbsp;', ' '), '&lt;', '<'), '&gt;', '>'), '&quot;', '"'), '&amp;', '&')
"""
WRITE_DOWN = f"""
    INSERT INTO manifesto_statementwords (statement_id, title, summary, text)
    SELECT NEW.statement_id, statement.title, statement.summary, concat_ws(E'\\n\\n',
        {AS_READ},
        (
            SELECT string_agg(concat_ws('. ', asked.title, NULLIF(asked.text, '')), E'\\n\\n' ORDER BY ask.number)
            FROM manifesto_askwording asked JOIN manifesto_ask ask ON ask.id = asked.ask_id
            WHERE asked.version_id = NEW.id
        )
    )
    FROM manifesto_statement statement WHERE statement.id = NEW.statement_id
    ON CONFLICT (statement_id) DO UPDATE
        SET title = EXCLUDED.title, summary = EXCLUDED.summary, text = EXCLUDED.text;
    RETURN NULL;
"""
FOLLOW_TITLE = """
    UPDATE manifesto_statementwords SET title = NEW.title, summary = NEW.summary WHERE statement_id = NEW.id;
    RETURN NULL;
"""


def words_are_written_down():
    """What a version says can't change once it is public, so it is enough to look when that begins."""
    return pgtrigger.Trigger(
        name="words_are_written_down",
        when=pgtrigger.After,
        operation=pgtrigger.UpdateOf("published_at"),
        condition=pgtrigger.Q(new__published_at__isnull=False),
        func=WRITE_DOWN,
    )


def words_follow_title():
    return pgtrigger.Trigger(
        name="words_follow_title",
        when=pgtrigger.After,
        operation=pgtrigger.UpdateOf("title", "summary"),
        func=FOLLOW_TITLE,
    )


class StatementWordsQuerySet(models.QuerySet):
    def public(self):
        return self.exclude(statement__published_at=None)


class StatementWords(models.Model):
    """What everybody can read in a statement as it stands, to be searched; the database writes it down."""

    statement = models.OneToOneField(
        "Statement", on_delete=models.CASCADE, primary_key=True, related_name="words"
    )
    title = models.TextField()
    summary = models.TextField()
    text = models.TextField()
    search = models.GeneratedField(
        expression=SearchVector("title", weight="A", config=LANGUAGE)
        + SearchVector("summary", "text", weight="B", config=LANGUAGE),
        output_field=SearchVectorField(),
        db_persist=True,
    )

    objects = StatementWordsQuerySet.as_manager()

    class Meta:
        verbose_name_plural = "words of statements"
        indexes = [GinIndex(fields=["search"], name="statement_words_search")]

    def __str__(self):
        return self.title
