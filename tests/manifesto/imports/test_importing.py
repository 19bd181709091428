"""What columns and rows mean, on plain values."""

import pytest

from manifesto.importing import (
    Defaults,
    Vocabulary,
    plain_text,
    propose_columns,
    read_row,
    signature_of,
)

VOCABULARY = Vocabulary(
    themes={"open data": 7, "follow the money": 8},
    levels={"uk": "uk", "uk government": "uk", "local": "local", "local government": "local"},
    areas={"w92000004": "W92000004", "wales": "W92000004", "scotland": "S92000003"},
    ogp_values={"technology and innovation": "technology_and_innovation"},
    policy_areas={"open data": "open_data"},
)  # fmt: skip
DEFAULTS = Defaults(origin="Leeds", credited_as="Participants")
GOOD = {
    "title": "List lobbyists",
    "why": "We can't see them.",
    "how": "A list.",
    "difference": "We see.",
    "theme": "Open data",
    "level": "uk",
}


def read(defaults=DEFAULTS, **cells):
    return read_row(list(cells.values()), list(cells), VOCABULARY, defaults)


def test_a_good_row_has_no_problems():
    reading = read(**GOOD, reference="12", areas="Wales; Scotland")
    assert (reading.problems, reading.notes, reading.reference) == ([], [], "Leeds: 12")
    assert reading.values == {
        "title": "List lobbyists",
        "why": "We can't see them.",
        "how": "A list.",
        "difference": "We see.",
        "credited_as": "Participants",
        "theme": 7,
        "level": "uk",
        "areas": ["S92000003", "W92000004"],
        "ogp_values": [],
        "policy_areas": [],
        "evidence_links": [],
    }


@pytest.mark.parametrize(
    ("cells", "problem"),
    [
        ({"title": ""}, "The idea in one line: empty."),
        ({"why": "<p> </p>"}, "Why it is important, or the whole text: empty."),
        ({"title": "x" * 121}, "The idea in one line: 121 characters, and there is room for 120."),
        ({"how": "x" * 5001}, "How it would work: 5,001 characters, and there is room for 5,000."),
        ({"title": "a\N{REPLACEMENT CHARACTER}"}, "It holds a character that can't be read."),
        ({"why": "#REF!"}, "A formula in it has no result: #REF!"),
        ({"theme": "Mobility"}, "Theme: “Mobility” isn't one of this round's."),
        ({"theme": ""}, "Theme: empty."),
        ({"level": "galactic"}, "Level of government: “galactic” isn't a level."),
        ({"level": ""}, "Level of government: empty."),
        ({"areas": "Wales, Atlantis"}, "Nations and regions: “Atlantis” isn't known."),
        ({"policy_areas": "Cats"}, "Policy areas: “Cats” isn't known."),
        (
            {"ogp_values": "Technology and innovation"},
            "Technology and innovation counts only together with another open government value.",
        ),
        ({"reference": "r" * 99}, "Its reference or number there: “" + "r" * 59 + "…” is too long."),
    ],
)
def test_a_problem_is_said(cells, problem):
    assert read(**{**GOOD, **cells}).problems == [problem]


def test_all_problems_of_a_row_are_said_at_once():
    assert len(read(title="", why="", theme="Mobility", level="").problems) == 4


def test_more_cells_than_headings_are_a_problem():
    reading = read_row([*GOOD.values(), "", "stray"], list(GOOD), VOCABULARY, DEFAULTS)
    assert reading.problems == ["It has more cells than there are headings."]


def test_labels_and_codes_in_any_spelling_are_known():
    reading = read(
        **{**GOOD, "theme": "FOLLOW-the  money", "level": "Local Government", "areas": "w92000004"}
    )
    assert [reading.values[name] for name in ("theme", "level", "areas")] == [8, "local", ["W92000004"]]


@pytest.mark.parametrize("said", ["UK", "whole UK", "United Kingdom"])
def test_the_whole_country_is_no_area(said):
    assert read(**GOOD, areas=said).values["areas"] == []


def test_a_default_stands_in_for_what_is_unknown_and_that_is_noted():
    defaults = Defaults(origin="Leeds", theme=8, level="local", credited_as="Us")
    reading = read(defaults, **{**GOOD, "theme": "Mobility", "level": ""})
    assert (reading.values["theme"], reading.values["level"], reading.problems) == (8, "local", [])
    assert reading.notes == [
        "Theme: “Mobility” isn't known here, so yours is used.",
    ]


def test_empty_answers_are_noted():
    assert read(**{**GOOD, "how": "", "difference": " "}).notes == [
        "How it would work: empty.",
        "What difference it would make: empty.",
    ]


def test_links_that_are_none_are_left_out_and_that_is_noted():
    reading = read(**GOOD, evidence_links="https://example.org/a javascript:alert(1) http://[broken")
    assert (reading.values["evidence_links"], len(reading.notes)) == (["https://example.org/a"], 2)


def test_a_row_without_a_reference_is_known_by_its_words():
    first, again = read(**GOOD), read(**{**GOOD, "title": "list  LOBBYISTS "})
    other = read(**{**GOOD, "title": "List lobbyists soon"})
    assert (first.reference == again.reference, first.reference == other.reference) == (True, False)


def test_the_collection_is_part_of_the_reference():
    assert read(Defaults(origin="Cardiff"), **GOOD, reference="12").reference == "Cardiff: 12"


def test_the_fingerprint_tells_rows_that_say_something_else():
    assert read(**GOOD).fingerprint == read(**GOOD, reference="9").fingerprint
    assert read(**GOOD).fingerprint != read(**{**GOOD, "level": "local"}).fingerprint


def test_markup_of_other_platforms_becomes_text():
    html = "<p>We <strong>ask</strong> for&nbsp;this:</p><ul><li>one</li><li>two &amp; three</li></ul>"
    assert plain_text(html) == "We ask for this:\n\n- one\n- two & three"


@pytest.mark.parametrize("text", ["a < b and c > d", "AT&T &amp; so on", "<notatag> stays"])
def test_text_that_only_looks_like_markup_stays(text):
    assert plain_text(text) == text


@pytest.mark.parametrize(
    ("headers", "columns"),
    [
        (["Title", "Why", "How", "Difference", "Theme", "Level", "Areas"],
         ["title", "why", "how", "difference", "theme", "level", "areas"]),
        # Decidim's export of proposals
        (["id", "reference", "category/id", "category/name/en", "scope/id", "scope/name/en", "title/cy", "title/en",
          "body/cy", "body/en", "author/name", "created_at", "supports"],
         ["", "reference", "", "theme", "", "areas", "", "title", "", "why", "", "", ""]),
        # Consul's export of proposals
        (["ID", "Title", "Summary", "Description", "Author name", "Geozone", "Tags"],
         ["reference", "title", "", "why", "", "areas", ""]),
        (["Nr.", "Idea", "Problem", "Solution", "Impact", "Topic"],
         ["reference", "title", "why", "how", "difference", "theme"]),
        (["", "?", "Title", "Title"], ["", "", "title", ""]),
    ],
)  # fmt: skip
def test_columns_are_proposed_by_their_names(headers, columns):
    assert propose_columns(headers) == columns


def test_the_same_headings_have_the_same_signature():
    assert signature_of(["Title ", "WHY"]) == signature_of(["title", "Why"])
    assert signature_of(["title", "why"]) != signature_of(["why", "title"])
