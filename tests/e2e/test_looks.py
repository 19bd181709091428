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
