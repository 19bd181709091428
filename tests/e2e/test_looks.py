import pytest

from .looks import WIDTHS, faults


def test_faults_are_found_at_the_look_that_has_them(open_page):
    page = open_page(bypass_csp=True)
    page.set_content(
        """<html lang="en"><title>Faults</title><style>
        @media (prefers-color-scheme: dark) { p { color: #777; background: #666 } }
        @media (max-width: 400px) { p { width: 500px } }
        @media (min-width: 700px) and (max-width: 800px) { main { width: 900px } }
        @media (min-width: 401px) { img { display: none } }
        </style><main><h1>Faults</h1><p>Grey on grey.</p><img src="data:,"></main>"""
    )
    assert faults(page) == {
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
    </style><main><h1>Texts</h1><p>Fine.</p><p class="grand">Large.</p><label>Name <input value="A"></label>%s</main>"""


@pytest.mark.parametrize(
    "text, looks",
    [
        ("<p>Fine.</p>", 0),
        ("<p style='color: #aaa'>Grey.</p>", 6),
        ("<p>Fine.</p><div style='background: #444'><p>Black on grey.</p></div>", 6),
        ("<div style='opacity: .3'><p>Faint.</p></div>", 6),
        ("<label style='color: #aaa'>Name <input value='A'></label>", 6),
        ("<label>Name <input value='A' style='color: #aaa; background: #fff'></label>", 6),
        ("<p class='medium'>Grey at one width.</p>", 2),
        ("<p class='narrow grand'>Too grey for small text.</p>", 2),
        ("<p class='dark'>Black on dark grey.</p>", 3),
    ],
)
def test_texts_found_right_before_hide_no_text_whose_contrast_differs(open_page, text, looks):
    page, known = open_page(bypass_csp=True), set()
    page.set_content(SHELL % "")
    assert faults(page, known) == {}
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
    </style><main><h1>Links</h1><p>Fine, with <a href="/">a link</a> in it.</p><p class="unseen">Unseen.</p>%s</main>"""

ALL = [f"{width} {scheme}" for width in WIDTHS for scheme in ("light", "dark")]


@pytest.mark.parametrize(
    "text, rule, looks",
    [
        ("<p>Fine, with <a href='/1'>another</a> in it.</p>", None, []),
        (
            "<p>Fine, with <a href='/1' class='dark'>another</a> in it.</p>",
            "link-in-text-block",
            ["320 dark", "768 dark", "1280 dark"],
        ),
        (
            "<p class='wide'><a href='/1'>1</a><a href='/2'>2</a><a href='/3'>3</a></p>",
            "target-size",
            ["1280 light"],
        ),
        ("<p>Go <a href='/1' class='medium'><span>on</span></a>.</p>", "link-name", ["768 light"]),
        (f"<div class='scrolled'>{'<p>Line.</p>' * 9}</div>", "scrollable-region-focusable", ["1280 light"]),
        ("<div class='box'><p>Black on grey.</p></div>", "color-contrast", ALL),
        ("<p class='unseen seen'>Grey, and seen.</p>", "color-contrast", ALL),
    ],
)
def test_what_is_asked_once_hides_nothing_that_differs_with_the_look(open_page, text, rule, looks):
    page, known = open_page(bypass_csp=True), set()
    page.set_content(CROWD % "")
    assert faults(page, known) == {}
    page.set_content(CROWD % text)
    found = {f"{width} {scheme}": findings for (width, scheme), findings in faults(page, known).items()}
    assert found == {look: [rule] for look in looks}
