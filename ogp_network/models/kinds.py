"""The kinds of things that everybody can find on the site, each with what stands in the list of what was found."""

from collections.abc import Callable
from dataclasses import dataclass

from django.db import models
from django.db.models import F, Func, Value
from django.db.models.functions import Cast, Concat, Replace, TruncDate
from django.urls import reverse
from django.utils.translation import gettext_lazy, pgettext_lazy

from manifesto.models import (
    Commitment,
    CommitmentPack,
    GovernmentAnswer,
    Idea,
    Institution,
    Position,
    StatementWords,
)
from meetings.models import Action, NoteWords
from profiles.models import Organisation, StoryWords

from .page import Page
from .post import Post

NOTHING = Value("", output_field=models.TextField())
NEVER = Cast(Value(None), models.DateField())
# Those that cleaned HTML has in its text, the ampersand's own last.
ENTITIES = {"&nbsp;": " ", "&lt;": "<", "&gt;": ">", "&quot;": '"', "&amp;": "&"}


def _as_read(column):
    """The words of a column of cleaned HTML: without tags, and with the signs that entities stand for."""
    tag = Value("<[^>]*>")
    text = Func(
        F(column), tag, Value(" "), Value("g"), function="regexp_replace", output_field=models.TextField()
    )
    for entity, sign in ENTITIES.items():
        text = Replace(text, Value(entity), Value(sign), output_field=models.TextField())
    return text


def _address_of_answer(slug, number):
    """Of what it answers to; `slug` has the name of that page in front of the slug."""
    page, slug = slug.split()
    return reverse(f"manifesto:{page}", args=[slug, number]) + "#answers"


# What a commitment says under its title, whatever it is part of.
COMMITTED = Concat("summary", Value(" "), "solution", Value(" "), "problem", output_field=models.TextField())


def _said_in(version):
    """What the version of a page or a post says under its title."""
    summary, body = f"{version}__summary", _as_read(f"{version}__body_html")
    return Concat(summary, Value(" "), body, output_field=models.TextField())


@dataclass(frozen=True)
class Kind:
    """One kind of thing that is found: which of them everybody can read, and what stands in the list of them.

    `on` is the day it belongs to; `slug` and `number` make its address.
    """

    name: str
    label: str
    rows: Callable[[str], models.QuerySet]
    address: Callable[[str, int], str]
    title: str
    text: models.Expression | str
    on: models.Expression
    slug: str
    number: str = "pk"
    search: str = "search"
    found_by: Callable | None = None

    def found(self, query, language):
        """Those that the search query matches."""
        rows = self.rows(language)
        return self.found_by(rows, query) if self.found_by else rows.filter(**{self.search: query})


KINDS = {
    kind.name: kind
    for kind in (
        Kind(
            name="ideas",
            label=gettext_lazy("Ideas"),
            rows=lambda language: Idea.objects.public().live(),
            address=lambda slug, number: reverse("manifesto:idea_detail", args=[slug, number]),
            title="title",
            text=Concat("why", Value(" "), "how", Value(" "), "difference", output_field=models.TextField()),
            on=TruncDate("published_at"),
            slug="round__slug",
            number="number",
        ),
        Kind(
            name="commitments",
            label=gettext_lazy("Commitments asked for"),
            rows=lambda language: Commitment.objects.public().asked().with_words(),
            address=lambda slug, number: reverse("manifesto:commitment_detail", args=[slug, number]),
            title="title",
            text=COMMITTED,
            on=TruncDate("published_at"),
            slug="round__slug",
            number="number",
        ),
        Kind(
            name="promises",
            label=gettext_lazy("Commitments in action plans"),
            rows=lambda language: Commitment.objects.public().adopted().with_words(),
            address=lambda slug, number: reverse("manifesto:promise_detail", args=[slug, number]),
            title="title",
            text=COMMITTED,
            on=TruncDate("published_at"),
            slug="plan__slug",
            number="number",
        ),
        Kind(
            name="packs",
            label=gettext_lazy("Packs for government"),
            rows=lambda language: CommitmentPack.objects.public().with_words(),
            address=lambda slug, number: reverse("manifesto:commitment_pack", args=[slug, number]),
            title="title",
            text="contents",
            on=TruncDate("frozen_at"),
            slug="round__slug",
            number="number",
        ),
        Kind(
            name="statements",
            label=gettext_lazy("Statements"),
            rows=lambda language: StatementWords.objects.public(),
            address=lambda slug, number: reverse("manifesto:statement_detail", args=[slug]),
            title="title",
            text=Concat("summary", Value(" "), "text", output_field=models.TextField()),
            on=TruncDate("statement__published_at"),
            slug="statement__slug",
        ),
        Kind(
            name="institutions",
            label=gettext_lazy("Parties and other institutions"),
            rows=lambda language: Institution.objects.with_words(),
            address=lambda slug, number: reverse("manifesto:institution_detail", args=[slug]),
            title="name",
            text=NOTHING,
            on=NEVER,
            slug="slug",
            found_by=lambda rows, query: rows.finding(query),
        ),
        Kind(
            name="positions",
            label=gettext_lazy("Positions"),
            rows=lambda language: Position.objects.public().standing().with_words(),
            address=lambda slug, number: reverse("manifesto:position_detail", args=[number]),
            title="topline",
            text="said",
            on=F("stated_on"),
            slug="institution__slug",
        ),
        Kind(
            name="answers",
            label=gettext_lazy("Answers of government"),
            rows=lambda language: GovernmentAnswer.objects.public().standing().with_words(),
            address=_address_of_answer,
            title="item",
            text="said",
            on=F("stated_on"),
            slug="of",
            number="number",
        ),
        Kind(
            name="stories",
            label=gettext_lazy("Stories"),
            rows=lambda language: StoryWords.objects.public(),
            address=lambda slug, number: reverse("profiles:profile_detail", args=[slug]),
            title="title",
            text="text",
            on=TruncDate("profile__published_at"),
            slug="profile__slug",
        ),
        Kind(
            name="organisations",
            label=gettext_lazy("Organisations"),
            rows=lambda language: Organisation.objects.with_words(),
            address=lambda slug, number: reverse("profiles:organisation_detail", args=[slug]),
            title="name",
            text="summary",
            on=NEVER,
            slug="slug",
            found_by=lambda rows, query: rows.finding(query),
        ),
        Kind(
            name="notes",
            label=gettext_lazy("Notes of meetings"),
            rows=lambda language: NoteWords.objects.public(),
            address=lambda slug, number: reverse("meetings:meeting_detail", args=[slug]),
            title="title",
            text="text",
            on=F("note__meeting__held_on"),
            slug="note__meeting__slug",
        ),
        Kind(
            name="actions",
            label=gettext_lazy("Actions"),
            rows=lambda language: Action.objects.in_public_notes(),
            address=lambda slug, number: reverse("meetings:action_detail", args=[number]),
            title="text",
            text=NOTHING,
            on=F("note__meeting__held_on"),
            slug="note__meeting__slug",
        ),
        Kind(
            name="news",
            label=pgettext_lazy("kind of page", "News"),
            rows=lambda language: Post.objects.published().in_language(language),
            address=lambda slug, number: reverse("post_detail", args=[slug]),
            title="public__title",
            text=_said_in("public"),
            on=TruncDate("published_at"),
            slug="slug",
            search="public__search",
        ),
        Kind(
            name="pages",
            label=gettext_lazy("Pages of this site"),
            rows=lambda language: Page.objects.published().in_language(language),
            address=lambda slug, number: reverse("page_detail", args=[slug]),
            title="public__title",
            text=_said_in("public"),
            on=TruncDate("public__published_at"),
            slug="slug",
            search="public__search",
        ),
    )
}
