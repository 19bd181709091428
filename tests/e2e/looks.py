"""What a page looks like to axe and to a narrow screen."""

from pathlib import Path

from axe_playwright_python.base import AXE_SCRIPT

WIDTHS = (320, 768, 1280)
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]
# Dark differs from light in its colours alone.
SCHEMES = {"light": RULES, "dark": ["link-in-text-block"]}
# Nothing but what is wrong is wanted, so nothing else is worked out. Contrast is asked for by itself.
FIND = """runOnly => axe.run({
    runOnly, rules: {"color-contrast": {enabled: false}},
    resultTypes: ["violations"], preload: false, elementRef: false, selectors: false, iframes: false
})
    .then(results => results.violations.map(violation => violation.id))"""
FIND_CONTRAST = Path(__file__).with_name("contrast.js").read_text()
IS_TOO_WIDE = "document.documentElement.scrollWidth > document.documentElement.clientWidth"


# An animation of what was taken off the page meanwhile never ends, so they all have as long as the longest takes.
ANIMATIONS_END = """Promise.race([
    Promise.all(document.getAnimations().map(animation => animation.finished)),
    new Promise(resolve => setTimeout(resolve, 1000)),
])"""


def faults(page, known=None):
    """What is wrong with the open page at some look, as {(width, scheme): findings}; empty when nothing is.

    `known` are the kinds of text whose contrast need not be asked for again; it learns more of them.
    """
    known = set() if known is None else known
    found = {}
    page.evaluate(AXE_SCRIPT)
    for width in WIDTHS:
        page.set_viewport_size({"width": width, "height": 800})
        for scheme, rules in SCHEMES.items():
            page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
            # A colour on its way to another is neither.
            page.evaluate(ANIMATIONS_END)
            findings = page.evaluate(FIND, rules)
            if has_too_little_contrast(page, width, known):
                findings.append("color-contrast")
            if page.evaluate(IS_TOO_WIDE):
                findings.append("scrolls sideways")
            if findings:
                found[width, scheme] = findings
    return found


def has_too_little_contrast(page, width, known):
    answer = page.evaluate(FIND_CONTRAST, {"known": list(known), "width": width})
    known.update(answer["known"])
    return answer["isWrong"]


def faults_of(page, paths):
    """Likewise of the pages at some paths, as {path: faults}."""
    found, known = {}, set()
    for path in paths:
        page.goto(path)
        if wrong := faults(page, known):
            found[path] = wrong
    return found
