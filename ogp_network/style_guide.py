"""The living style guide: the site's own fragments, drawn with samples, so that it can't differ from the site."""

from datetime import timedelta
from types import SimpleNamespace

from django import forms
from django.contrib.messages import DEFAULT_TAGS
from django.contrib.messages.storage.base import Message
from django.contrib.staticfiles import finders
from django.core.paginator import Paginator
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from manifesto.models import Phase, Round
from meetings.models import Meeting
from profiles.models import Call, Organisation, Profile
from profiles.vocabularies import TILES, Area

from .charts import bar_chart, line, pairs, tally, tile_map
from .colours import SHAPES, TEXT, colours_in, contrasts
from .models import PostVersion
from .templatetags.icons import ICONS

# What stands upon what, and the ratio it needs.
PAIRS = [
    *(
        (ink, paper, TEXT)
        for ink in ("ink", "ink-soft", "link", "bad", "good")
        for paper in ("paper", "paper-raised")
    ),
    ("ink-soft", "paper-sunk", TEXT),
    ("on-primary", "plum", TEXT),
    ("plum", "paper", TEXT),
    ("plum", "primary-tint", TEXT),
    ("on-accent", "amber", TEXT),
    ("ink", "accent-tint", TEXT),
    ("accent-ink", "accent-tint", TEXT),
    ("accent-ink", "paper", TEXT),
    ("on-band", "band", TEXT),
    ("on-band-soft", "band", TEXT),
    ("good", "good-tint", TEXT),
    ("bad", "bad-tint", TEXT),
    ("rule-strong", "paper-raised", SHAPES),
    ("focus", "paper", SHAPES),
    ("amber", "band", SHAPES),
]


class SampleForm(forms.Form):
    name = forms.CharField(label="Your name", help_text="As it should stand with your ideas.")
    email = forms.EmailField(label="E-mail address", required=False)
    why = forms.CharField(label="Why is it important?", widget=forms.Textarea(attrs={"rows": 4}))
    area = forms.ChoiceField(label="Nation or region", choices=[("", "Choose one"), *Area.choices[:4]])
    way = forms.ChoiceField(
        label="How would you like to come?",
        choices=[("here", "In person"), ("remote", "Remotely")],
        widget=forms.RadioSelect,
    )
    topics = forms.MultipleChoiceField(
        label="Topics",
        choices=[("data", "Open data"), ("money", "Public money"), ("lobbying", "Lobbying")],
        widget=forms.CheckboxSelectMultiple,
        required=False,
    )
    agree = forms.BooleanField(label="I have read how my data is used")


class SampleFilter(forms.Form):
    text = forms.CharField(label="Words", widget=forms.TextInput(attrs={"type": "search"}), required=False)
    kind = forms.ChoiceField(label="Kind", choices=[("", "All kinds"), ("a", "Workshop")], required=False)


@require_safe
def style_guide(request):
    # Noon, so that the page is the same all day.
    now = timezone.localtime().replace(hour=12, minute=0, second=0, microsecond=0)
    with open(finders.find("css/tokens.css")) as sheet:
        colours = colours_in(sheet.read())
    form = SampleForm({} if "errors" in request.GET else None, auto_id="sample_%s")
    context = {
        "colours": colours.values(),
        "contrasts": contrasts(colours, PAIRS),
        "icons": ICONS,
        "form": form,
        "filter": SimpleNamespace(form=SampleFilter(auto_id="filter_%s"), is_narrowed=True),
        "page_obj": Paginator(range(60), 20).page(2),
        "messages": [Message(level, f"This is a message: {tag}.") for level, tag in DEFAULT_TAGS.items()],
        **_things(now),
        **_stories(now),
        **_charts(),
    }
    return render(request, "style_guide.html", context)


def _things(now):
    day = timedelta(days=1)
    round = Round(
        title="A sample round",
        slug="sample",
        announced_at=now - 30 * day,
        ideas_open_at=now - 20 * day,
        ideas_close_at=now + 20 * day,
        votes_open_at=now - 20 * day,
        votes_close_at=now + 30 * day,
        scoring_open_at=now + 40 * day,
        scoring_close_at=now + 60 * day,
    )
    return {
        "round": round,
        "timeline": round.timeline_at(now),
        "can_support": True,
        "phases": Phase,
        "ideas": [_idea(now, number=number, is_shortlisted=number == 2) for number in (1, 2)],
        "supported": {1},
        "meeting": Meeting(
            title="A sample workshop",
            slug="sample",
            kind=Meeting.Kind.WORKSHOP,
            summary="Bring a problem and leave with an idea.",
            held_on=timezone.localdate(now) + 9 * day,
            venue="City library",
            has_remote_access=True,
            accepts_registrations=True,
        ),
        "organisation": Organisation(
            name="A sample organisation",
            slug="sample",
            kind=Organisation.Kind.CHARITY,
            summary="Looks after a mountain and asks who owns the next one.",
            areas=[Area.SCOTLAND],
        ),
    }


def _stories(now):
    call = Call(title="A sample call", slug="sample", opens_at=now, closes_at=now + timedelta(days=30))
    version = PostVersion(
        title="Answer the sample survey",
        summary="Ten questions about what government promised, and what came of it.",
        closes_at=now + timedelta(days=3),
        action_label="Answer the survey",
        action_link="https://example.org/",
    )
    profile = Profile(
        organisation=Organisation(
            name="A sample charity", slug="sample", kind=Organisation.Kind.CHARITY, areas=[Area.WALES]
        ),
        call=call,
        slug="sample",
        standfirst="How a valley found out who had bought its woods.",
        pull_quote="We asked for one map, and got a box of paper.",
        published_at=now,
    )
    profile.reform = "Publish who owns each piece of land, free of charge."
    return {
        "now": now,
        "call": call,
        "calls": [SimpleNamespace(get_absolute_url="?", language_tag="en-GB", public=version)],
        "profile": profile,
    }


def _idea(now, **fields):
    return SimpleNamespace(
        pk=fields["number"],
        title="Publish the register that everybody asks for",
        summary="Who meets whom, and what about: listed within a month, where all can read it.",
        get_absolute_url="?",
        supporters=118,
        theme="Open data",
        level_name="UK government",
        area_names=["Wales"],
        author_names=["Sam Carter"],
        published_at=now,
        comment_count=3,
        **fields,
    )


def _charts():
    return {
        "bars": bar_chart([("Charities", 12), ("Universities", 5), ("Public bodies", 0)]),
        "pair_rows": pairs(
            [("Open data", "a", 4, 180), ("Public money", "b", 2, 240), ("Lobbying", "c", 0, 0)]
        ),
        "rising": line([(0, 0), (7, 4), (14, 9), (21, 17)]),
        "tally": tally(17),
        "tiles": tile_map(TILES, {Area.SCOTLAND: 4, Area.WALES: 2, Area.LONDON: 1}),
    }
