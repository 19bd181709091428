"""What a page looks like to axe and to a narrow screen."""

import json
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
FOLDER = Path(__file__).parent
IS_TOO_WIDE = "document.documentElement.scrollWidth > document.documentElement.clientWidth"
# A colour comes at once to where it would come in a while.
STAY_STILL = """() => {
    const sheet = new CSSStyleSheet();
    sheet.replaceSync("*, ::before, ::after { transition: none !important }");
    document.adoptedStyleSheets.push(sheet);
}"""
# A colour on its way to another is neither.
# An animation of what was taken off the page meanwhile never ends, so they all have as long as the longest takes.
ANIMATIONS_END = """Promise.race([
    Promise.all(document.getAnimations().map(animation => animation.finished)),
    new Promise(resolve => setTimeout(resolve, 1000)),
])"""
# Nothing but what is wrong is wanted of axe, so nothing else is worked out.
PREPARE = f"""([known, rules, aboutColours, aboutPlaces]) => {{
    const right = new Set(JSON.parse(known));
    const aboutContrast = {(FOLDER / "contrast.js").read_text()};
    const structure = {(FOLDER / "structure.js").read_text()};
    const findPlaces = {(FOLDER / "places.js").read_text()};

    async function ask(context, runOnly) {{
        const {{violations}} = await axe.run(context, {{
            runOnly, rules: aboutColours,
            resultTypes: ["violations"], preload: false, elementRef: false, selectors: false, iframes: false,
        }});
        return violations.map(violation => violation.id);
    }}

    async function askAboutStructure({{kinds, isClear}}) {{
        const alike = [];
        (function look(element) {{
            if (isClear && right.has(kinds.get(element))) alike.push(element);
            else for (const child of element.children) if (kinds.has(child)) look(child);
        }})(document.documentElement);
        if (alike[0] === document.documentElement) return {{found: [], known: []}};
        const found = await ask(alike.length ? {{exclude: alike}} : document, rules);
        return {{found, known: found.length ? [] : [...kinds.values()].filter(kind => !right.has(kind))}};
    }}

    async function askAboutPlaces({{kinds}}) {{
        const {{include, asked}} = findPlaces(right, kinds);
        const found = include.length ? await ask({{include}}, aboutPlaces) : [];
        return {{found, known: found.length ? [] : asked}};
    }}

    window.look = async isLight => {{
        await {ANIMATIONS_END};
        const answers = [await aboutContrast(right)];
        if (isLight) {{
            const shown = structure();
            answers.unshift(await askAboutStructure(shown), await askAboutPlaces(shown));
        }}
        const known = answers.flatMap(answer => answer.known);
        for (const each of known) right.add(each);
        return {{found: [...new Set(answers.flatMap(answer => answer.found))], known, isTooWide: {IS_TOO_WIDE}}};
    }};
}}"""
LOOK = "isLight => look(isLight)"


# The kinds of text and of elements that have been found right: they are the same on all pages of the site.
KNOWN = set()


def faults(page, known=None):
    """What is wrong with the open page at some look, as {(width, scheme): findings}; empty when nothing is.

    `known` are the kinds of text whose colours need not be asked about again; it learns more of them.
    """
    known, found = KNOWN if known is None else known, {}
    page.evaluate(AXE_SCRIPT)
    page.evaluate(STAY_STILL)
    page.evaluate(PREPARE, [json.dumps(list(known)), RULES, ABOUT_COLOURS, ABOUT_PLACES])
    is_at = None, None
    for width, scheme in LOOKS:
        if is_at[0] != width:
            page.set_viewport_size({"width": width, "height": 800})
        if is_at[1] != scheme:
            page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
        is_at = width, scheme
        answer = page.evaluate(LOOK, scheme == "light")
        known.update(answer["known"])
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
