"""The cards of what everybody can read: pictures of its title, for those who share its page."""

from collections.abc import Callable
from functools import cached_property
from hashlib import sha256
from typing import NamedTuple

from django.db.models import Model, QuerySet
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import override

from manifesto.models import Commitment, Idea, Round, Statement
from meetings.models import Note

from . import card_drawing
from .models import Page, Post


class Kind(NamedTuple):
    """Things that have cards: which of them are public, with what is told of each: a title, and what it is."""

    public: Callable[[], QuerySet]
    is_public: Callable[[Model], bool]
    told: Callable[[Model], tuple[str, list[str]]]


def _idea(idea):
    return idea.title, [_("Idea"), idea.round.title]


def _round(round):
    return round.title, [_("Round")]


def _commitment(commitment):
    return commitment.title, [_("Commitment"), str(commitment.holder)]


def _note(note):
    return note.meeting.title, [_("Notes"), date_format(note.meeting.held_on, "DATE_FORMAT")]


def _page(page):
    return page.public.title, []


def _post(post):
    return post.public.title, [_("News"), date_format(timezone.localdate(post.published_at), "DATE_FORMAT")]


def _statement(statement):
    return statement.title, [_("Statement")]


KINDS = {
    "idea": Kind(
        lambda: Idea.objects.public().select_related("round").defer("search", "why", "how", "difference"),
        lambda idea: idea.is_public,
        _idea,
    ),
    "round": Kind(Round.objects.announced, lambda round: round.announced_at is not None, _round),
    "commitment": Kind(
        lambda: Commitment.objects.public().select_related("round", "plan"),
        lambda commitment: commitment.is_public,
        _commitment,
    ),
    "note": Kind(lambda: Note.objects.public().select_related("meeting"), lambda note: note.is_public, _note),
    "page": Kind(
        lambda: Page.objects.published().select_related("public"), lambda page: page.is_published, _page
    ),
    "statement": Kind(Statement.objects.public, lambda statement: statement.is_public, _statement),
    "post": Kind(lambda: Post.objects.published().for_cards(), lambda post: post.is_published, _post),
}


class Card:
    """What is drawn of a thing, in the language it is written in, and where it is found."""

    width, height = card_drawing.WIDTH, card_drawing.HEIGHT

    def __init__(self, kind, pk, title, words):
        self.kind, self.pk, self.title, self.words = kind, pk, title, words

    @property
    def alt(self):
        return " · ".join(filter(None, [self.title, self.words]))

    @cached_property
    def digest(self):
        drawn = "\n".join([card_drawing.state(), self.title, self.words])
        return sha256(drawn.encode()).hexdigest()[:16]

    @property
    def address(self):
        return reverse("card", args=[self.kind, self.pk, self.digest])

    def draw(self):
        return card_drawing.draw(self.title, self.words)


def card_of(thing):
    """The card of something public; None of what isn't, or has a title that can't be drawn."""
    name = thing._meta.model_name
    kind = KINDS[name]
    if not kind.is_public(thing):
        return None
    with override(getattr(thing, "language", None) or thing.meeting.language):
        title, words = kind.told(thing)
        title = card_drawing.drawable(title, card_drawing.TITLE_FACE)
        words = card_drawing.drawable(" · ".join(words), card_drawing.TEXT_FACE)
    return Card(name, thing.pk, title, words) if title and words is not None else None


def public_card(kind, pk):
    """The card of the public thing of that kind and number, or None."""
    thing = KINDS[kind].public().filter(pk=pk).first() if kind in KINDS else None
    return thing and card_of(thing)
