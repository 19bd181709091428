"""What the pages read that are asked for all the time, whose SQL is written once by each process."""

from itertools import zip_longest

from django.core.cache import caches
from django.db.models import Exists, OuterRef, TextField, Value, prefetch_related_objects
from django.db.models.functions import MD5, Concat

from ogp_network.cache_keys import named
from profiles.written_once import WrittenOnce

from .asking import Endorsement
from .authorship import Authorship
from .comment import Comment
from .commitments import Commitment
from .finding import Search
from .idea import Idea
from .revision import WORDING
from .round import Round
from .support import ASKED, BeforeAVote
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
COMMITMENTS = WrittenOnce(
    lambda idea: Commitment.objects.standing().filter(ideas=idea).select_related("round").by_number(),
    idea=int,
)
ENDORSEMENTS = WrittenOnce(
    lambda idea: Endorsement.objects.live().of_idea(idea).for_list().by_name(), idea=int
)


def _idea_to_support(pk):
    """Without its words."""
    return (
        Idea.objects.public()
        .filter(pk=pk)
        .select_related("round")
        .defer("search", "why", "how", "difference", "round__introduction", "round__introduction_html")
    )


IDEA_TO_SUPPORT = WrittenOnce(_idea_to_support, pk=int)
IDEA_TO_VOTE_FOR = WrittenOnce(
    lambda idea, **asked: _idea_to_support(idea).annotate(**BeforeAVote.expressions(idea=idea, **asked)),
    **ASKED,
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
WORDS = [part for name in WORDING for part in (name, Value("\n"))]
# What is another once an idea is worded otherwise.
WORDS_DIGEST = MD5(Concat(*WORDS, output_field=TextField()))
# So many seconds a process keeps what words match in an idea, which takes PostgreSQL longer than finding it.
HIGHLIGHTS_LAST = 600


def _cards(with_decisions):
    def make(round, **keys):
        ideas = Idea.objects.live().filter(round=round, pk__in=[*keys.values()])
        return ideas.for_list(with_decisions=with_decisions).prefetch_related(None)

    return make


def _found_cards(with_decisions):
    cards = _cards(with_decisions)
    return lambda **values: cards(**values).annotate(words_digest=WORDS_DIGEST)


def _highlights(text, **keys):
    found = Idea.objects.filter(pk__in=[*keys.values()]).with_highlights(Search.of(text))
    return found.values_list("pk", WORDS_DIGEST, "title_found", "text_found")


CARDS_OF = {
    with_decisions: WrittenOnce(_cards(with_decisions), round=int, **PLACES)
    for with_decisions in (False, True)
}
FOUND_CARDS_OF = {
    with_decisions: WrittenOnce(_found_cards(with_decisions), round=int, **PLACES)
    for with_decisions in (False, True)
}
HIGHLIGHTS = WrittenOnce(_highlights, text=str, **PLACES)
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


def commitments_from(idea):
    """Those drawn from it that are still asked for."""
    return COMMITMENTS.rows(idea=idea.pk)


def endorsements_of(idea):
    return ENDORSEMENTS.rows(idea=idea.pk)


def idea_to_support(pk):
    """The public idea of that key, or None."""
    return IDEA_TO_SUPPORT.first(pk=pk)


def idea_to_vote_for(pk, member, *, seen, now):
    """The same with what a member's vote for it depends on, at once: a pair, or None.

    `member` is their key, `seen` the number of the revision that they saw.
    """
    idea = IDEA_TO_VOTE_FOR.first(**BeforeAVote.asked(member, pk, seen=seen, now=now))
    return idea and (idea, BeforeAVote(*(getattr(idea, name) for name in BeforeAVote._fields)))


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
    found = FOUND_CARDS_OF[round.is_shortlist_published].rows(**values)
    _highlight(found, search.text)
    return _with_round_and_authorships(found, round)


def _highlight(ideas, text):
    """As `with_highlights` annotates them, asked for once for each text and wording."""
    names = {idea.pk: named("highlight", text, idea.pk, idea.words_digest) for idea in ideas}
    kept = caches["process"].get_many(names.values())
    if missing := [pk for pk, name in names.items() if name not in kept]:
        new = {
            named("highlight", text, pk, digest): found
            for pk, digest, *found in HIGHLIGHTS.rows(text=text, **_in_places(missing))
        }
        caches["process"].set_many(new, HIGHLIGHTS_LAST)
        kept |= new
    for idea in ideas:
        # Nothing is marked in one that was worded otherwise meanwhile.
        idea.title_found, idea.text_found = kept.get(names[idea.pk], (None, None))


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
