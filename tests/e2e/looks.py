"""What a page looks like to axe and to a narrow screen."""

from axe_playwright_python.base import AXE_SCRIPT

RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]
# Dark differs from light in its colours alone.
RULES_OF_COLOUR = ["color-contrast", "link-in-text-block"]
LOOKS = [
    (width, scheme, rules)
    for width in (320, 768, 1280)
    for scheme, rules in (("light", RULES), ("dark", RULES_OF_COLOUR))
]
# Nothing but what is wrong is wanted, so nothing else is worked out.
FIND = """runOnly => axe.run({
    runOnly, resultTypes: ["violations"], preload: false, elementRef: false, selectors: false, iframes: false
})
    .then(results => results.violations.map(violation => violation.id))"""
IS_TOO_WIDE = "document.documentElement.scrollWidth > document.documentElement.clientWidth"


def faults(page):
    """What is wrong with the open page at some look, as {(width, scheme): findings}; empty when nothing is."""
    found = {}
    page.evaluate(AXE_SCRIPT)
    for width, scheme, rules in LOOKS:
        page.set_viewport_size({"width": width, "height": 800})
        page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
        # A colour on its way to another is neither.
        page.evaluate("Promise.all(document.getAnimations().map(animation => animation.finished))")
        findings = page.evaluate(FIND, rules)
        if page.evaluate(IS_TOO_WIDE):
            findings.append("scrolls sideways")
        if findings:
            found[width, scheme] = findings
    return found


def faults_of(page, paths):
    """Likewise of the pages at some paths, as {path: faults}."""
    found = {}
    for path in paths:
        page.goto(path)
        if wrong := faults(page):
            found[path] = wrong
    return found
