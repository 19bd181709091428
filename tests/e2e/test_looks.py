import pytest

from .looks import faults


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
