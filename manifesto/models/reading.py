"""What the pages read that are asked for all the time, whose SQL is written once by each process."""

from itertools import zip_longest

from django.db.models import Exists, OuterRef, prefetch_related_objects

from profiles.written_once import WrittenOnce

from .authorship import Authorship
from .comment import Comment
from .finding import Search
from .idea import Idea
from .round import Round
from .theme import Theme


def _with_what_is_around(ideas):
    """Annotate `has_merged`, whether ideas were merged into it, and `has_comments`, whether anybody said anything."""
    merged = Idea.objects.filter(survivor=OuterRef("pk"))
    comments = Comment.objects.filter(idea=OuterRef("pk"))
    return ideas.annotate(has_merged=Exists(merged), has_comments=Exists(comments))


IDEA = WrittenOnce(
    lambda slug, number: (
        _with_what_is_around(Idea.objects.for_page())
        .prefetch_related(None)
        .filter(round__slug=slug, number=number)
    ),
    slug=str,
    number=int,
)
# For those who support it, without its words.
IDEA_TO_SUPPORT = WrittenOnce(
    lambda pk: (
        Idea.objects.public()
        .filter(pk=pk)
        .select_related("round")
        .defer("search", "why", "how", "difference", "round__introduction", "round__introduction_html")
    ),
    pk=int,
)
ROUND = WrittenOnce(lambda slug: Round.objects.announced().filter(slug=slug), slug=str)
# What is another at once when an idea is published.
NEWEST_IDEA = WrittenOnce(
    lambda round: Idea.objects.live().filter(round=round).by_newest().values_list("pk", "published_at")[:1],
    round=int,
)
# As many cards as a page has at most.
CARDS = 20
PLACES = {f"key_{place}": int for place in range(CARDS)}


def _cards(with_decisions):
    def make(round, **keys):
        ideas = Idea.objects.live().filter(round=round, pk__in=[*keys.values()])
        return ideas.for_list(with_decisions=with_decisions).prefetch_related(None)

    return make


def _found_cards(with_decisions):
    cards = _cards(with_decisions)
    return lambda text, **values: cards(**values).with_highlights(Search.of(text))


CARDS_OF = {
    with_decisions: WrittenOnce(_cards(with_decisions), round=int, **PLACES)
    for with_decisions in (False, True)
}
FOUND_CARDS_OF = {
    with_decisions: WrittenOnce(_found_cards(with_decisions), text=str, round=int, **PLACES)
    for with_decisions in (False, True)
}
THEMES = WrittenOnce(lambda round: Theme.objects.filter(round=round), round=int)
AUTHORSHIPS = WrittenOnce(
    lambda **keys: Authorship.objects.select_related("member").filter(idea__in=[*keys.values()]), **PLACES
)


def announced_round_at(slug):
    """The round that people know of, or None."""
    return ROUND.first(slug=slug)


def idea_at(slug, number):
    """The idea of that number in a round, with everything its own page shows, or None."""
    idea = IDEA.first(slug=slug, number=number)
    if idea:
        _load_authorships([idea])
        if idea.from_answer_id:
            prefetch_related_objects([idea], "from_answer__profile__organisation")
    return idea


def idea_to_support(pk):
    """The public idea of that key, or None."""
    return IDEA_TO_SUPPORT.first(pk=pk)


def cards_of(round, keys):
    """The ideas of these keys that are still live in the round, at most CARDS, as its list shows them."""
    found = CARDS_OF[round.is_shortlist_published].rows(round=round.pk, **_in_places(keys))
    return _with_round_and_authorships(found, round)


def found_cards_of(round, keys, search):
    """The same of what a search found, with what matches marked."""
    values = {"round": round.pk, **_in_places(keys)}
    if search.misspelt:
        cards = _cards(round.is_shortlist_published)(**values)
        return _with_round_and_authorships(list(cards.with_highlights(search)), round)
    found = FOUND_CARDS_OF[round.is_shortlist_published].rows(text=search.text, **values)
    return _with_round_and_authorships(found, round)


def _with_round_and_authorships(ideas, round):
    for idea in ideas:
        idea.round = round
    _load_authorships(ideas)
    return ideas


def themes_of(round):
    return THEMES.rows(round=round.pk)


def _in_places(keys):
    """By the names of places; those that are left over have a key that nothing has."""
    return {name: key for name, key in zip_longest(PLACES, keys, fillvalue=0)}


def _load_authorships(ideas):
    """As prefetch_related would, which writes its SQL anew each time; as lists, for a page asks for all or none."""
    of = {idea.pk: [] for idea in ideas}
    for authorship in AUTHORSHIPS.rows(**_in_places(of)) if ideas else []:
        of[authorship.idea_id].append(authorship)
    for idea in ideas:
        idea._prefetched_objects_cache = {"authorships": of[idea.pk]}
