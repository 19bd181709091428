"""The one-way imports of the house: ogp_network → manifesto → meetings → profiles."""

import ast
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
APPS = ["ogp_network", "manifesto", "meetings", "profiles"]
LEAVES = {
    "ogp_network.cache_keys",
    "ogp_network.charts",
    "ogp_network.comparison",
    "ogp_network.datasets",
    "ogp_network.highlighting",
    "ogp_network.markdown",
    "ogp_network.read_only",
    "ogp_network.safe_csv",
    "profiles.written_once",
}
PURE = [
    "manifesto/agreement.py",
    "manifesto/analysis.py",
    "manifesto/balance.py",
    "manifesto/coverage.py",
    "manifesto/importing.py",
    "manifesto/pack_csv.py",
    "manifesto/answer_timing.py",
    "manifesto/lateness.py",
    "manifesto/panel.py",
    "manifesto/periods.py",
    "manifesto/pictures.py",
    "manifesto/ranking.py",
    "manifesto/recounting.py",
    "manifesto/resampling.py",
    "manifesto/sensitivity.py",
    "manifesto/spreadsheets.py",
    "manifesto/status_sheets.py",
    "manifesto/working.py",
    "meetings/note_text/actions.py",
    "meetings/note_text/attendees.py",
    "meetings/note_text/blocks.py",
    "meetings/note_text/dates.py",
    "meetings/note_text/documents.py",
    "meetings/note_text/head.py",
    "meetings/note_text/labels.py",
    "meetings/note_text/layout.py",
    "meetings/note_text/lines.py",
    "meetings/note_text/people.py",
    "meetings/note_text/reading.py",
    "meetings/note_text/resemblance.py",
    "meetings/note_text/structure.py",
    "meetings/note_text/writing.py",
    "meetings/notice.py",
    "ogp_network/api/documentation.py",
    "ogp_network/charts.py",
    "ogp_network/colours.py",
    "ogp_network/comparison.py",
    "ogp_network/datasets.py",
    "ogp_network/erasure_record.py",
    "ogp_network/fair_process/verdicts.py",
    "ogp_network/safe_csv.py",
    "profiles/browsers.py",
    "profiles/domains.py",
    "profiles/identifiers.py",
    "profiles/pictures.py",
    "profiles/small_cells.py",
    "profiles/spelling.py",
    "profiles/wording.py",
]
FORBIDDEN_FILES = {"services.py", "utils.py", "helpers.py", "signals.py"}


def imports_of(path):
    """Every module a file imports, with relative imports made absolute."""
    package = path.relative_to(ROOT).parent.parts
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            base = package[: len(package) - node.level + 1] if node.level else ()
            module = ".".join([*base, *([node.module] if node.module else [])])
            yield from (f"{module}.{alias.name}" for alias in node.names)


def sources(app):
    return [path for path in (ROOT / app).rglob("*.py") if "migrations" not in path.parts]


@pytest.mark.parametrize("app", APPS)
def test_apps_import_only_downwards(app):
    above = APPS[: APPS.index(app)]
    wrong = [
        f"{path.relative_to(ROOT)} imports {module}"
        for path in sources(app)
        for module in imports_of(path)
        if module.split(".")[0] in above and not any(module.startswith(leaf) for leaf in LEAVES)
    ]
    assert wrong == []


@pytest.mark.parametrize("leaf", sorted(LEAVES))
def test_leaves_import_nothing_of_ours_but_leaves(leaf):
    path = ROOT / (leaf.replace(".", "/") + ".py")
    ours = [module for module in imports_of(path) if module.split(".")[0] in APPS]
    assert [module for module in ours if not module.startswith(tuple(LEAVES))] == []


@pytest.mark.parametrize("path", PURE)
def test_pure_modules_import_no_django_and_only_each_other(path):
    pure = {path.removesuffix(".py").replace("/", ".") for path in PURE}
    assert [
        module
        for module in imports_of(ROOT / path)
        if module.split(".")[0] in {"django", *APPS} and module.rpartition(".")[0] not in pure
    ] == []


@pytest.mark.parametrize("app", APPS)
def test_models_do_not_know_requests_or_forms(app):
    wrong = [
        f"{path.relative_to(ROOT)} imports {module}"
        for path in [*(ROOT / app).glob("models.py"), *(ROOT / app).glob("models/*.py")]
        for module in imports_of(path)
        if module.startswith(
            ("django.http", "django.shortcuts", "django.contrib.messages", "django.forms", "django.template")
        )
        or module.split(".")[1:2] in (["views"], ["forms"], ["filters"], ["admin"])
    ]
    assert wrong == []


@pytest.mark.parametrize("app", APPS)
def test_there_are_no_rooms_for_leftovers(app):
    assert [path for path in sources(app) if path.name in FORBIDDEN_FILES] == []
