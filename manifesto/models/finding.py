"""How ideas are found: by what people search for, and by likeness to what they write."""

from math import log

from django.contrib.postgres.search import SearchRank, TrigramSimilarity
from django.db import models
from django.db.models import F, Q, Value

from .lexeme import Lexeme, LexemeQuery

# Judged by tests/manifesto/paraphrases.toml: what a word is worth in a title, in why it is important, and elsewhere.
WEIGHTS = {"D": 0.0, "C": 0.3, "B": 0.5, "A": 1.0}
# How many of the rarest words are looked for, and in how many ideas at most one of them alone is worth a look.
TELLING_WORDS = 10
COMMON = 1500
# From how alike an idea is worth showing, as the share of the rarity of the words that it has in common.
ALIKE = 0.25


class FindingQuerySet(models.QuerySet):
    def similar_to(self, title, more=""):
        """Those that may say the same as `title` with `more`, the most alike first, with `likeness`."""
        words = dict(list(Lexeme.objects.of(f"{title} {more}").items())[:TELLING_WORDS])
        if not words:
            return self.none()
        rarity = {word: 1 / (1 + log(1 + ideas)) for word, ideas in words.items()}
        whole = sum(rarity.values())
        shared = sum(
            (Value(rarity[word] / whole / 0.6079) * SearchRank(F("search"), LexemeQuery([word]), weights=list(WEIGHTS.values()))
            for word in words),
            start=Value(0.0),
        )
        candidates = Q(search=LexemeQuery(words)) | Q(title__trigram_similar=title)
        return self.filter(candidates).annotate(likeness=shared + 0.5*TrigramSimilarity("title", title)).order_by("-likeness", "-pk")
