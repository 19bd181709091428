"""What a page looks like to axe and to a narrow screen."""

from pathlib import Path

from axe_playwright_python.base import AXE_SCRIPT

WIDTHS = (320, 768, 1280)
# Changing to and fro costs time: each width begins with the scheme that the last one ended with.
LOOKS = [(320, "light"), (320, "dark"), (768, "dark"), (768, "light"), (1280, "light"), (1280, "dark")]
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]
# Dark differs from light in its colours alone. These rules are about colours, and asked for by themselves.
ABOUT_COLOURS = {rule: {"enabled": False} for rule in ("color-contrast", "link-in-text-block")}
# What else the places of things change; all other rules are about what there is, and what of it is shown.
ABOUT_PLACES = ["scrollable-region-focusable", "target-size", "td-headers-attr", "th-has-data-cells"]
# Nothing but what is wrong is wanted, so nothing else is worked out.
FIND = """({runOnly, rules}) => axe.run({
    runOnly, rules,
    resultTypes: ["violations"], preload: false, elementRef: false, selectors: false, iframes: false
})
    .then(results => results.violations.map(violation => violation.id))"""
FIND_ABOUT_COLOURS = Path(__file__).with_name("contrast.js").read_text()
WHAT_IS_SHOWN = """() => [...document.querySelectorAll("*")].map(element => {
    const {width, height, right, bottom} = element.getBoundingClientRect();
    const isShown = element.checkVisibility({visibilityProperty: true, opacityProperty: true});
    const isOnScreen = width > 1 && height > 1 && right + scrollX > 0 && bottom + scrollY > 0;
    return isShown ? isOnScreen ? "on screen" : "off screen" : "hidden";
}).join()"""
IS_TOO_WIDE = "document.documentElement.scrollWidth > document.documentElement.clientWidth"
# A colour on its way to another is neither.
# An animation of what was taken off the page meanwhile never ends, so they all have as long as the longest takes.
ANIMATIONS_END = """Promise.race([
    Promise.all(document.getAnimations().map(animation => animation.finished)),
    new Promise(resolve => setTimeout(resolve, 1000)),
])"""
LOOK = f"""async question => {{
    await {ANIMATIONS_END};
    const colours = await ({FIND_ABOUT_COLOURS})(question);
    const shown = question.isLight && ({WHAT_IS_SHOWN})();
    const runOnly = question.shown.includes(shown) ? question.aboutPlaces : question.runOnly;
    const found = question.isLight ? await ({FIND})({{...question, runOnly}}) : [];
    return {{found: [...found, ...colours.found], known: colours.known, shown, isTooWide: {IS_TOO_WIDE}}};
}}"""


# The kinds of text whose colours have been found right: they are the same on all pages of the site.
KNOWN = set()


def faults(page, known=None):
    """What is wrong with the open page at some look, as {(width, scheme): findings}; empty when nothing is.

    `known` are the kinds of text whose colours need not be asked about again; it learns more of them.
    """
    known, shown, found = KNOWN if known is None else known, [], {}
    page.evaluate(AXE_SCRIPT)
    is_at = None, None
    for width, scheme in LOOKS:
        if is_at[0] != width:
            page.set_viewport_size({"width": width, "height": 800})
        if is_at[1] != scheme:
            page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
        is_at = width, scheme
        question = {"runOnly": RULES, "aboutPlaces": ABOUT_PLACES, "rules": ABOUT_COLOURS}
        question |= {"known": list(known), "width": width, "isLight": scheme == "light", "shown": shown}
        answer = page.evaluate(LOOK, question)
        known.update(answer["known"])
        shown.append(answer["shown"])
        findings = answer["found"] + ["scrolls sideways"] * answer["isTooWide"]
        if findings:
            found[width, scheme] = findings
    return found


def faults_of(page, paths, *, otherwise=()):
    """Likewise of the pages at some paths, as {path: faults}; also of answers with a status that isn't expected."""
    found, otherwise = {}, dict(otherwise)
    for path in paths:
        status = page.goto(path).status
        if status != otherwise.get(path, 200):
            found[path] = status
        elif wrong := faults(page):
            found[path] = wrong
    return found
