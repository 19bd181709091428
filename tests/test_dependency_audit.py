"""What CI says of the locks: a vulnerability fails, and what nobody looked at is never called safe."""

import importlib.util
import json
from pathlib import Path

import pytest

PATH = Path(__file__).resolve().parent.parent / ".ci" / "audit.py"
SAFE = {"name": "django", "version": "5.2.19", "vulns": []}
HOLED = {"name": "pillow", "version": "1.0", "vulns": [{"id": "PYSEC-1", "fix_versions": ["2.0"]}]}
SKIPPED = {"name": "psycopg", "skip_reason": "Dependency not found on PyPI"}


@pytest.fixture(scope="module")
def ci_audit():
    spec = importlib.util.spec_from_file_location("ci_audit", PATH)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def said_of(ci_audit, code, *packages):
    return ci_audit.verdict(code, json.dumps({"dependencies": packages, "fixes": []}), "")


def test_safe_packages_pass(ci_audit):
    words = "None of 1 packages has a known vulnerability."
    assert said_of(ci_audit, 0, SAFE, SAFE) == (False, words)


@pytest.mark.parametrize("code", [0, 1])
def test_a_known_vulnerability_fails_whatever_else_there_is(ci_audit, code):
    fails, words = said_of(ci_audit, code, SAFE, HOLED, SKIPPED)
    assert (fails, "pillow 1.0: PYSEC-1" in words) == (True, True)


@pytest.mark.parametrize("packages", [(SAFE, SKIPPED), ()])
def test_what_was_not_looked_at_is_said_to_be_so(ci_audit, packages):
    fails, words = said_of(ci_audit, 0, *packages)
    assert (fails, words.startswith("NOT CHECKED")) == (False, True)


@pytest.mark.parametrize(
    ("code", "output", "errors", "reason"),
    [
        (1, "", "Traceback\nConnectionError: unreachable\n", "ConnectionError: unreachable"),
        (None, "", "no answer within 120 seconds", "no answer within 120 seconds"),
        (2, "<html>busy</html>", "", "pip-audit ended with 2"),
    ],
)
def test_a_source_that_cannot_be_reached_is_said_and_not_green(ci_audit, code, output, errors, reason):
    fails, words = ci_audit.verdict(code, output, errors)
    assert (fails, words.startswith("NOT CHECKED"), words.endswith(reason)) == (False, True, True)


def test_it_gives_up_in_time(ci_audit, monkeypatch):
    monkeypatch.setattr(ci_audit, "SECONDS", 0.01)
    code, _output, errors = ci_audit.audit()
    assert (code, errors) == (None, "no answer within 0.01 seconds")
