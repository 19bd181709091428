import pytest

from .looks import WIDTHS, faults


@pytest.fixture(scope="module")
def page(chromium):
    with chromium.new_context() as context:
        yield context.new_page()


def seen(page, shell):
    """What is known once the shell has been looked at, which has no faults."""
    known = set()
    page.set_content(shell % "")
    assert faults(page, known) == {}
    return known


@pytest.fixture(scope="module")
def known_texts(page):
    return seen(page, SHELL)


@pytest.fixture(scope="module")
def known_links(page):
    return seen(page, CROWD)


def test_faults_are_found_at_the_look_that_has_them(page):
    page.set_content(
        """<html lang="en"><title>Faults</title><style>
        @media (prefers-color-scheme: dark) { p { color: #777; background: #666 } }
        @media (max-width: 400px) { p { width: 500px } }
        @media (min-width: 700px) and (max-width: 800px) { main { width: 900px } }
        @media (min-width: 401px) { img { display: none } }
        </style><main><h1>Faults</h1><p>Grey on grey.</p><img src="data:,"></main>"""
    )
    assert faults(page, set()) == {
        (320, "light"): ["image-alt", "scrolls sideways"],
        (320, "dark"): ["color-contrast", "scrolls sideways"],
        (768, "light"): ["scrolls sideways"],
        (768, "dark"): ["color-contrast", "scrolls sideways"],
        (1280, "dark"): ["color-contrast"],
    }


SHELL = """<html lang="en"><title>Texts</title><style>
    body { color: #111; background: #fff }
    .grand { color: #888; font-size: 2rem }
    @media (min-width: 700px) and (max-width: 800px) { .medium { color: #aaa } }
    @media (max-width: 400px) { .narrow { font-size: 1rem } }
    @media (prefers-color-scheme: dark) { .dark { background: #333 } }
    .shut { height: 0; overflow: hidden } .pale { color: #aaa }
    @media (min-width: 1000px) { .shut.wide { height: auto } }
    .frame { position: relative } .veil::before { content: ""; position: absolute; inset: 0; background: #222 }
    .clear .veil::before { background: none } .strip .veil::before { width: 3px }
    .gone .veil::before { display: none; width: 300px; height: 99px } .unseen .veil::before { visibility: hidden }
    .beside .veil::before { position: static; display: block; height: 99px }
    .traded .veil::before { background: none }
    .traded .veil::after { content: ""; position: absolute; width: 3px; height: 3px; background: #222 }
    @media (min-width: 1000px) { .strip-when-wide .veil::before { width: 3px } }
    </style><main><h1>Texts</h1><p>Fine.</p><p class="grand">Large.</p><label>Name <input value="A"></label>
    <div class="shut"><p class="pale">Clipped.</p></div><p class="pale">x</p>
    <div><div class="frame"><div class="veil"><section><p class="pale">Veiled.</p></section></div></div></div>
    %s</main>"""

# Axe can't judge a text under what is generated around it.
VEILED = """<div class="%s"><div class="frame"><div class="%s">
    <section><p class="pale">Veiled.</p></section></div></div></div>"""


@pytest.mark.parametrize(
    "text, looks",
    [
        ("<p>Fine.</p>", 0),
        ("<p style='color: #aaa'>Grey.</p>", 6),
        ("<p>Fine.</p><div style='background: #444'><p>Black on grey.</p></div>", 6),
        ("<div style='opacity: .3'><p>Faint.</p></div>", 6),
        ("<ol><li style='color: #aaa'>Grey.</li></ol>", 6),
        ("<label style='color: #aaa'>Name <input value='A'></label>", 6),
        ("<label>Name <input value='A' style='color: #aaa; background: #fff'></label>", 6),
        ("<p class='medium'>Grey at one width.</p>", 2),
        ("<p class='narrow grand'>Too grey for small text.</p>", 2),
        ("<p class='dark'>Black on dark grey.</p>", 3),
        ("<div class='open'><p class='pale'>Not clipped.</p></div>", 6),
        ("<div class='shut wide'><p class='pale'>Clipped while there is little room.</p></div>", 2),
        ("<p class='pale'>Longer than one sign.</p>", 6),
        (VEILED % ("", "veil"), 0),
        (VEILED % ("", ""), 6),
        (VEILED % ("clear", "veil"), 6),
        (VEILED % ("strip", "veil"), 6),
        (VEILED % ("strip-when-wide", "veil"), 2),
        (VEILED % ("gone", "veil"), 6),
        (VEILED % ("unseen", "veil"), 6),
        (VEILED % ("beside", "veil"), 6),
        (VEILED % ("traded", "veil"), 6),
    ],
)
def test_texts_found_right_before_hide_no_text_whose_contrast_differs(page, known_texts, text, looks):
    known = set(known_texts)
    for _ in "once", "again":
        page.set_content(SHELL % text)
        assert list(faults(page, known).values()) == [["color-contrast"]] * looks


CROWD = """<html lang="en"><title>Links</title><style>
    body { color: #111; background: #fff }
    a { color: #00e; text-decoration: underline }
    @media (prefers-color-scheme: dark) { .dark { color: #131; text-decoration: none } }
    .wide a { display: inline-block; padding: 1rem }
    @media (min-width: 1000px) { .wide a { font-size: 8px; line-height: 8px; display: block; padding: 0 } }
    @media (min-width: 700px) and (max-width: 800px) { .medium span { display: none } }
    @media (min-width: 1000px) { .scrolled { height: 3rem; overflow: auto } }
    .box { position: absolute; top: 0; left: 0; width: 300px; height: 300px; background: #444 }
    .unseen { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%%); color: #ccc }
    .unseen.seen { position: static; width: auto; height: auto; clip-path: none }
    .roomy a { display: inline-block; padding: 1rem } .little a { font-size: 8px; line-height: 8px }
    .like-text a { color: #131; text-decoration: none } .marked a::before { content: "!"; position: absolute }
    .mark-when-narrow a::before { content: "!"; position: absolute }
    @media (min-width: 1000px) { .mark-when-narrow a::before { content: none } }
    </style><main><h1>Links</h1><p>Fine, with <a href="/">a link</a> in it.</p><p class="unseen">Unseen.</p>
    <p class="roomy"><a href="/">1</a> <a href="/">2</a></p>
    <p class="roomy">Go<br><a href="/">1</a> <a href="/">2</a></p>
    <p class="little">Go <a href="/">on</a> or <a href="/">back</a></p>
    <div class="like-text marked"><p>Read <a href="/">more</a> there.</p></div>%s</main>"""

ALL = [f"{width} {scheme}" for width in WIDTHS for scheme in ("light", "dark")]
LIGHT = [f"{width} light" for width in WIDTHS]
DARK = [f"{width} dark" for width in WIDTHS]


@pytest.mark.parametrize(
    "text, rule, looks",
    [
        ("<p>Fine, with <a href='/1'>another</a> in it.</p>", None, []),
        ("<p>Fine, with <a href='/1' class='dark'>another</a> in it.</p>", "link-in-text-block", DARK),
        (
            "<p class='wide'><a href='/1'>1</a><a href='/2'>2</a><a href='/3'>3</a></p>",
            "target-size",
            ["1280 light"],
        ),
        ("<p>Go <a href='/1' class='medium'><span>on</span></a>.</p>", "link-name", ["768 light"]),
        (f"<div class='scrolled'>{'<p>Line.</p>' * 9}</div>", "scrollable-region-focusable", ["1280 light"]),
        ("<div class='box'><p>Black on grey.</p></div>", "color-contrast", ALL),
        ("<p class='unseen seen'>Grey, and seen.</p>", "color-contrast", ALL),
        ("<p class='little'>Go <a href='/1'>up</a> or <a href='/2'>down</a></p>", None, []),
        ("<p class='little'><a href='/1'>1</a> <a href='/2'>2</a></p>", "target-size", LIGHT),
        ("<p class='little'><a href='/1'>1</a>&nbsp;<a href='/2'>2</a></p>", "target-size", LIGHT),
        ("<p class='little'><a href='/1'>1</a><!-- and --><a href='/2'>2</a></p>", "target-size", LIGHT),
        ("<p class='little'>Go<br><a href='/1'>1</a> <a href='/2'>2</a></p>", "target-size", LIGHT),
        ("<div class='like-text marked'><p>Read <a href='/1'>less</a> there.</p></div>", None, []),
        ("<div class='like-text'><p>Read <a href='/1'>more</a> there.</p></div>", "link-in-text-block", ALL),
        (
            "<div class='like-text mark-when-narrow'><p>Read <a href='/1'>more</a> there.</p></div>",
            "link-in-text-block",
            ALL[4:],
        ),
    ],
)
def test_what_is_asked_once_hides_nothing_that_differs_with_the_look(page, known_links, text, rule, looks):
    known = set(known_links)
    page.set_content(CROWD % text)
    found = {f"{width} {scheme}": findings for (width, scheme), findings in faults(page, known).items()}
    assert found == {look: [rule] for look in looks}


PARTS = """<html lang="en"><title>Parts</title><style>
    body { color: #111; background: #fff }
    a, button { display: block; padding: 1rem }
    .small { padding: 0; width: 20px; height: 20px; overflow: hidden; margin: 60px }
    @media (min-width: 1000px) { .close { margin: 1px 60px } .wide { display: none } }
    @media (min-width: 700px) and (max-width: 800px) { .medium { display: none } }
    .over { margin-top: -2.2rem } @media (min-width: 1000px) { .over-when-wide { margin-top: -2.2rem } }
    .said::before { content: "Town" }
    </style><main><h1>Parts</h1><ul><li><a href="/">Home</a></li></ul>
    <p><label for="name">Name</label> <input id="name"></p>
    <p><span id="called">Town</span> <input aria-labelledby="called"></p>
    <table><thead><tr><th>Year</th></tr></thead><tbody><tr><td>2016</td></tr></tbody></table>
    <table><tr><th id="place">Place</th><th>Year</th></tr><tr><td headers="place">Bala</td><td>2016</td></tr></table>
    <div><button>A</button></div>
    <div><button class="small">A</button></div><img src="data:," alt="A lamp"><p lang="cy">Da iawn</p>%s</main>"""

TABLE = """<table><tr><th id="town">Town</th><th>Since</th></tr>
    <tr><td id="first" headers="%s">Corwen</td><td id="second">2017</td></tr></table>"""


@pytest.fixture(scope="module")
def known_parts(page):
    return seen(page, PARTS)


@pytest.mark.parametrize(
    "part, rule, looks",
    [
        ("<ul><li><a href='/elsewhere/'>Elsewhere</a></li></ul>", None, []),
        ("<p><label for='town'>Town</label> <input id='town'></p>", None, []),
        ("<ul><li><a href='/elsewhere/'> </a></li></ul>", "link-name", LIGHT),
        ("<ul><p>In no list.</p></ul>", "list", LIGHT),
        ("<section><li>In no list.</li></section>", "listitem", LIGHT),
        ("<p><label for='town'></label> <input id='town'></p>", "label", LIGHT),
        ("<p><label for='elsewhere'>Town</label> <input id='town'></p>", "label", LIGHT),
        ("<p><label class='wide' for='town'>Town</label> <input id='town'></p>", "label", LIGHT[2:]),
        ("<p><label class='medium' for='town'>Town</label> <input id='town'></p>", "label", LIGHT[1:2]),
        ("<p><span id='town'></span> <input aria-labelledby='town'></p>", "label", LIGHT),
        ("<p><span>Town</span> <input aria-labelledby='town'></p>", "label", LIGHT),
        ("<img src='data:,'>", "image-alt", LIGHT),
        ("<p lang='welsh-of-sorts'>Da iawn</p>", "valid-lang", LIGHT),
        ("<p role='heading' aria-level='x'>Parts</p>", "aria-valid-attr-value", LIGHT),
        ("<div aria-hidden='true'><a href='/'>Home</a></div>", "aria-hidden-focus", LIGHT),
        ("<p><label class='said' for='town'></label> <input id='town'></p>", "label", LIGHT),
        (TABLE % "town", None, []),
        (TABLE % "nowhere", "td-headers-attr", LIGHT),
        (TABLE % "place", "td-headers-attr", LIGHT),
        (TABLE % "second", "td-headers-attr", LIGHT),
        (TABLE % "first", "td-headers-attr", LIGHT),
        ("<div><button>A</button></div><div><button>B</button></div>", None, []),
        ("<div><button>A</button></div><div class='over'><button>B</button></div>", "target-size", LIGHT),
        (
            "<div><button>A</button></div><div class='over-when-wide'><button>B</button></div>",
            "target-size",
            LIGHT[2:],
        ),
        (
            "<div><button class='small close'>A</button><button class='small close'>B</button></div>",
            "target-size",
            LIGHT[2:],
        ),
    ],
)
def test_parts_found_right_before_hide_no_part_that_differs(page, known_parts, part, rule, looks):
    known = set(known_parts)
    for _ in "once", "again":
        page.set_content(PARTS % part)
        found = {f"{width} {scheme}": findings for (width, scheme), findings in faults(page, known).items()}
        assert found == {look: [rule] for look in looks}


SLOW = """<html lang="en"><title>Slow</title><style>
    p { color: #111; background: #fff; transition: color 60s }
    .faint-in-light { color: #999 }
    @media (prefers-color-scheme: dark) {
        .fine { color: #eee; background: #222 }
        .faint-in-light { color: #111 }
        .faint-in-dark { color: #777; background: #999 }
    }
    </style><main><h1>Slow</h1><p class="%s">Slow.</p></main>"""


@pytest.mark.parametrize("text, looks", [("fine", []), ("faint-in-light", LIGHT), ("faint-in-dark", DARK)])
def test_texts_that_change_colour_slowly_are_judged_by_their_last_colours(page, text, looks):
    page.emulate_media(color_scheme="light")
    page.set_content(SLOW % text)
    found = {f"{width} {scheme}": findings for (width, scheme), findings in faults(page, set()).items()}
    assert found == {look: ["color-contrast"] for look in looks}
