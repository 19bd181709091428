from django.contrib.postgres.indexes import GinIndex, OpClass
from django.contrib.postgres.search import SearchQuery
from django.db import connection, models, transaction

from profiles.spelling import is_slip

# English stems, with accents taken off first; made by a migration.
LANGUAGE = "manifesto_english"


class LexemeQuery(SearchQuery):
    """A search for lexemes as they stand in the index: any of those in a group, and all of the groups."""

    template = "(%(expressions)s)::tsquery"

    def __init__(self, *groups):
        super().__init__(" & ".join(f"({' | '.join(map(_quoted, group))})" for group in groups))


def _quoted(lexeme):
    return "'{}'".format(lexeme.replace("\\", "\\\\").replace("'", "''"))


class LexemeQuerySet(models.QuerySet):
    def count_again(self):
        """Count, in one transaction, how many public ideas each lexeme occurs in. Safe to repeat at any time."""
        with transaction.atomic(), connection.cursor() as cursor:
            # Two counts at once would violate the key; readers keep seeing the former count meanwhile.
            cursor.execute("LOCK TABLE manifesto_lexeme IN SHARE ROW EXCLUSIVE MODE")
            cursor.execute("DELETE FROM manifesto_lexeme")
            cursor.execute(
                "INSERT INTO manifesto_lexeme (word, ideas) SELECT word, ndoc FROM"
                " ts_stat('SELECT idea.search FROM manifesto_idea idea JOIN manifesto_round round"
                " ON round.id = idea.round_id WHERE idea.published_at IS NOT NULL"
                " AND round.announced_at IS NOT NULL')"
            )
            cursor.execute("ANALYZE manifesto_lexeme")

    def of(self, text) -> dict[str, int]:
        """The lexemes of `text`, rarest first, with the number of ideas each was counted in; 0 for a new one."""
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT token.lexeme, coalesce(known.ideas, 0)"
                " FROM unnest(to_tsvector(%s::regconfig, %s)) AS token"
                " LEFT JOIN manifesto_lexeme known ON known.word = token.lexeme ORDER BY 2, 1",
                [LANGUAGE, text],
            )
            return dict(cursor.fetchall())

    def spelt_like(self, words) -> dict[str, list[str]]:
        """For each of `words` the known lexemes that somebody may have meant, at most three, the likeliest first."""
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("SET LOCAL pg_trgm.similarity_threshold = 0.25")
            cursor.execute(
                "SELECT typed.word, array(SELECT known.word FROM manifesto_lexeme known"
                " WHERE known.word %% typed.word"
                " ORDER BY similarity(known.word, typed.word) DESC, known.ideas DESC, known.word LIMIT 20)"
                " FROM unnest(%s::text[]) AS typed (word)",
                [list(words)],
            )
            near = dict(cursor.fetchall())
        return {typed: [word for word in known if is_slip(typed, word)][:3] for typed, known in near.items()}


class Lexeme(models.Model):
    """A word's stem and how many public ideas it occurs in, which tells telling words from common ones."""

    word = models.TextField(primary_key=True)
    ideas = models.PositiveIntegerField()

    objects = LexemeQuerySet.as_manager()

    class Meta:
        indexes = [GinIndex(OpClass("word", "gin_trgm_ops"), name="lexeme_by_spelling")]

    def __str__(self):
        return self.word
