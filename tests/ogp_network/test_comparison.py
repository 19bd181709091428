import random
import time

import pytest

from ogp_network.comparison import compare, is_same


def written(passages):
    marks = {"same": "{}", "removed": "[-{}-]", "added": "[+{}+]"}
    return "".join(marks[kind].format(text) for kind, text in passages)


@pytest.mark.parametrize(
    ("before", "after", "shown"),
    [
        ("", "", ""),
        ("", "One line.", "[+One line.+]"),
        ("One line.", "", "[-One line.-]"),
        ("The same.", "The same.", "The same."),
        ("Only  space\r\nchanged.", "Only space\nchanged.", "Only space\nchanged."),
        ("Listed within a month.", "Listed within a week.", "Listed within a [-month-][+week+]."),
        ("Every meeting is listed.", "Every long meeting is listed.", "Every [+long +]meeting is listed."),
        ("We don’t know who asks.", "We know who asks.", "We [-don’t -]know who asks."),
        ("One. Two.", "One. Two. Three.", "One. Two. [+Three.+]"),
        ("One. Two. Three.", "One. Three.", "One. [-Two. -]Three."),
        ("One", "One. Two.", "One[+. Two.+]"),
        # A word or two in common between long changes doesn't make the reader jump.
        (
            "People cannot see who asks.",
            "Citizens have no way to see who asks.",
            "[-People cannot -][+Citizens have no way to +]see who asks.",
        ),
        (
            "I think the quick fox jumps",
            "We believe the red cat sleeps",
            "[-I think the quick fox jumps-][+We believe the red cat sleeps+]",
        ),
    ],
)
def test_changes_are_shown_in_passages(before, after, shown):
    assert written(compare(before, after)) == shown


def test_both_texts_can_be_read_off_the_passages():
    chance = random.Random(3)
    for _ in range(2000):
        before, after = (
            " ".join(chance.choices(["a", "b,", "long-word", "Ünï."], k=chance.randrange(12))) for _ in "12"
        )
        passages = compare(before, after)
        for kind, text in (("added", before), ("removed", after)):
            assert "".join(words for other, words in passages if other != kind).split() == text.split()


def test_markup_is_text_like_any_other():
    assert compare("<b>", "<i>") == [("same", "<"), ("removed", "b"), ("added", "i"), ("same", ">")]


@pytest.mark.parametrize(
    ("before", "after"),
    [("a " * 2500, "a b " * 1250), (".x" * 2500, "x." * 2500), ("日" * 5000, "本" * 5000)],
)
def test_the_longest_and_dullest_texts_take_no_time(before, after):
    began = time.process_time()
    compare(before, after)
    assert time.process_time() - began < 1


@pytest.mark.parametrize(("after", "same"), [("a  b\n\nc ", True), ("a b C", False), ("ab c", False)])
def test_space_alone_is_no_difference(after, same):
    assert is_same("a b c", after) == same
