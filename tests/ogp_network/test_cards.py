"""The pictures of titles for those who share a page: what they show, of what, and for how long they stay."""

import re
from html import unescape
from io import BytesIO
from pathlib import Path

import pytest
from django.conf import settings
from django.utils import timezone
from PIL import Image, ImageChops

from manifesto.models import Idea, Round
from meetings.models import Meeting
from ogp_network import card_drawing
from ogp_network.card_drawing import TEXT_FACE, TITLE_FACE, draw, drawable
from ogp_network.cards import card_of
from ogp_network.colours import colours_in
from tests.factories import (
    make_comment,
    make_idea,
    make_meeting,
    make_note,
    make_page,
    make_post,
    make_profile,
    make_round,
    make_votes,
)

MAKERS = {"idea": make_idea, "round": make_round, "note": make_note, "page": make_page, "post": make_post}
META = re.compile(r'<meta property="og:(image[:\w]*)" content="([^"]*)">')


def told(client, address):
    """What a page says of its picture; the picture's address without the site's."""
    found = {name: unescape(text) for name, text in META.findall(client.get(address).text)}
    return found | {"image": found["image"].removeprefix(settings.SITE_URL)}


def picture_at(client, address):
    return Image.open(BytesIO(client.get(address).content))


@pytest.mark.django_db
@pytest.mark.parametrize("kind", MAKERS)
def test_page_has_its_own_picture(visitor, kind):
    said = told(visitor, MAKERS[kind]().get_absolute_url())
    assert said["image"].startswith(f"/cards/{kind}/")
    picture = picture_at(visitor, said["image"])
    assert picture.format == "PNG"
    sides = (said["image:width"], said["image:height"])
    assert tuple(map(str, picture.size)) == sides == ("1200", "630")


@pytest.mark.django_db
def test_picture_says_what_it_is_of(visitor):
    round = make_round(title="The “UK” round", language="cy")
    idea = make_idea(round=round, title="Say why & when")
    welsh = make_idea(round=round, title="Tŷ a dŵr", language="cy")
    pages = {
        idea: "Say why & when · Idea · The “UK” round",
        welsh: "Tŷ a dŵr · Syniad · The “UK” round",
        round: "The “UK” round · Rownd",
        make_note(meeting=make_meeting(title="Budgets", held_on="2020-05-04")): (
            "Budgets · Notes · 4 May 2020"
        ),
        make_page(title="About us"): "About us",
        make_post(title="Elected", now=timezone.now().replace(2021, 3, 2)): "Elected · News · 2 March 2021",
    }
    for thing, alt in pages.items():
        assert told(visitor, thing.get_absolute_url())["image:alt"] == alt


@pytest.mark.django_db
def test_picture_is_the_same_in_every_language_of_the_page(visitor):
    address = make_idea().get_absolute_url()
    assert told(visitor, address) == told(visitor, f"/cy{address}")


@pytest.mark.django_db
def test_picture_may_be_kept_for_ever_by_anybody(visitor, member, sign_in):
    address = card_of(make_idea()).address
    for client in (visitor, sign_in(member)):
        response = client.get(address)
        assert response["Content-Type"] == "image/png"
        assert response["Cache-Control"] == "public, max-age=31536000, immutable"
        assert (response.cookies, "Cookie" in response.get("Vary", "")) == ({}, False)
    again = visitor.get(address, headers={"if-none-match": response["ETag"]})
    assert (again.status_code, again.content) == (304, b"")


@pytest.mark.django_db
@pytest.mark.parametrize("kind", MAKERS)
def test_picture_takes_one_query(visitor, member, sign_in, django_assert_num_queries, kind):
    address = card_of(MAKERS[kind]()).address
    for client in (visitor, sign_in(member)):
        with django_assert_num_queries(1):
            assert client.get(address).status_code == 200


@pytest.mark.django_db
def test_former_address_leads_to_the_picture_as_it_is_now(visitor):
    idea = make_idea(title="Before")
    former = card_of(idea).address
    Idea.objects.filter(pk=idea.pk).update(title="After")
    now = told(visitor, idea.get_absolute_url())["image"]
    response = visitor.get(former)
    assert (response.status_code, response["Location"]) == (302, now)
    assert response["Cache-Control"] == "no-cache"


@pytest.mark.django_db
def test_support_and_discussion_do_not_change_the_picture(visitor):
    idea = make_idea()
    before = card_of(idea).address
    content = visitor.get(before).content
    make_votes(idea=idea, number=3)
    make_comment(idea=idea)
    assert told(visitor, idea.get_absolute_url())["image"] == before
    assert visitor.get(before).content == content


def taken_down():
    """Things that were public, each with the address of its picture from then, and as they aren't any more."""
    idea, hidden, note, page, post = make_idea(), make_idea(), make_note(), make_page(), make_post()
    round = make_round()
    things = [idea, hidden, note, page, post, round]
    former = [card_of(thing).address for thing in things]
    Idea.objects.filter(pk=idea.pk).update(published_at=None)
    Round.objects.filter(pk__in=[hidden.round_id, round.pk]).update(announced_at=None)
    Meeting.objects.filter(pk=note.meeting_id).update(announced_at=None)
    for writing in (page, post):
        writing.withdraw(by=None, now=timezone.now())
    return former


@pytest.mark.django_db
def test_what_is_public_no_more_has_no_picture(visitor, editor, sign_in):
    former = taken_down()
    for client in (visitor, sign_in(editor)):
        assert {client.get(address).status_code for address in former} == {404}


@pytest.mark.django_db
@pytest.mark.parametrize("digest", ["0", "0123456789abcdef"])
def test_what_never_was_public_has_no_picture(visitor, editor, sign_in, digest):
    drafts = {
        "idea": make_idea(published=False),
        "round": make_round(announced_at=None),
        "note": make_note(published=False),
        "page": make_page(published=False),
        "post": make_post(published=False),
        "profile": make_profile(),
    }
    for client in (visitor, sign_in(editor)):
        for kind, thing in drafts.items():
            assert client.get(f"/cards/{kind}/{thing.pk}-{digest}.png").status_code == 404


@pytest.mark.django_db
def test_page_of_a_draft_has_the_site_s_picture(sign_in, member, editor):
    idea = make_idea(author=member, published=False, title="Not out yet")
    assert "img/card" in told(sign_in(member), idea.get_absolute_url())["image"]
    note = make_note(published=False)
    assert "img/card" in told(sign_in(editor), note.get_absolute_url())["image"]


@pytest.mark.django_db
def test_new_version_that_is_not_public_is_not_on_the_picture(visitor):
    page = make_page(title="As it is", body="Words.")
    before = told(visitor, page.get_absolute_url())
    content = {"title": "As it will be", "summary": "", "body": "Words."}
    page.write(content, opened=1, by=None, now=timezone.now(), reason="Better.")
    assert told(visitor, page.get_absolute_url()) == before
    page.publish(by=None, now=timezone.now())
    after = told(visitor, page.get_absolute_url())
    assert (after["image:alt"], after["image"] == before["image"]) == ("As it will be", False)


@pytest.mark.django_db
def test_title_that_cannot_be_drawn_has_the_site_s_picture(visitor):
    for title in ("開かれた政府", "حكومة", "🎉"):
        idea = make_idea(title=title)
        assert card_of(idea) is None
        assert "img/card" in told(visitor, idea.get_absolute_url())["image"]
        assert visitor.get(f"/cards/idea/{idea.pk}-0.png").status_code == 404


@pytest.mark.parametrize(
    "text, drawn",
    [
        ("Tŷ, dŵr, ŵyl a ffïol: Ŵ Ŷ Ẁ Ỳ", "Tŷ, dŵr, ŵyl a ffïol: Ŵ Ŷ Ẁ Ỳ"),
        ("w\u0302 put together", "ŵ put together"),
        ("Party 🎉 time ❤\ufe0f!", "Party time !"),
        ("Two\nlines\tand\u2003more \u200b\u202eend\x00", "Two lines and more end"),
        ("Ｗｉｄｅ", "Wide"),
        ("no\u2011break", "no\u2010break"),
        ("日本", None),
        ("half 日本", None),
    ],
)
def test_drawable_keeps_words_as_they_are_spelt(text, drawn):
    assert drawable(text, TITLE_FACE) == drawn


def test_typefaces_draw_what_the_site_is_written_in():
    letters = "AaZzÂâÊêÎîÔôÛûŴŵŶŷÁáÉéÍíÓóÚúẂẃÝýÀàÈèÌìÒòÙùẀẁỲỳÄäËëÏïÖöÜüẄẅŸÿ09 £€–“”‘’…·&?!"
    assert [drawable(letters, face) for face in (TITLE_FACE, TEXT_FACE)] == [letters, letters]


@pytest.mark.parametrize(
    "title", ["A", "Why? " * 60, "W" * 300, "W" * 29 + " " + "i" * 270, "·", "fi" * 150, "Ŵ" * 300]
)
def test_title_stays_within_its_margins(title):
    """Whatever it is, there is ground all round it, and the band below it is untouched."""
    picture = Image.open(BytesIO(draw(drawable(title, TITLE_FACE), "W" * 300)))
    ground = Image.new("RGB", picture.size, card_drawing.GROUND).getpixel((0, 0))
    lowest = picture.height - card_drawing.BAND
    margin = card_drawing.MARGIN // 2
    for box in [
        (0, 0, margin, lowest),
        (picture.width - margin, 0, picture.width, lowest),
        (0, 0, picture.width, margin),
        (0, lowest - 8, picture.width, lowest),
    ]:
        assert [colour for _, colour in picture.crop(box).getcolors()] == [ground]


def test_other_words_are_another_picture():
    assert draw("One", "Idea") == draw("One", "Idea")
    assert len({draw("One", "Idea"), draw("Two", "Idea"), draw("One", "Round")}) == 3


def test_picture_is_in_the_colours_of_the_site():
    tokens = colours_in(Path(settings.BASE_DIR, "static/css/tokens.css").read_text())
    names = ["band", "on-band", "on-band-soft", "amber", "on-accent"]
    assert [tokens[name].light for name in names] == [
        card_drawing.GROUND,
        card_drawing.INK,
        card_drawing.SOFT_INK,
        card_drawing.AMBER,
        card_drawing.ON_AMBER,
    ]


def test_the_sites_own_card_is_drawn_like_the_others():
    with Image.open(settings.BASE_DIR / "static" / "img" / "card.png") as kept:
        drawn = Image.open(BytesIO(card_drawing.draw_site()))
        assert ImageChops.difference(kept.convert("RGB"), drawn).getbbox() is None
