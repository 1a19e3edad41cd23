"""Check, runbook and test belong together: one stem, three files, nothing left over."""

import importlib.resources
import re
from pathlib import Path

import pytest

from kdiag.check import Check
from kdiag.monitoring.alerts import ALERTS
from kdiag.preflight.upgrade import RULES
from kdiag.preflight.upgrades import OF_UPGRADES
from kdiag.registry import RULES as OF_FILES
from kdiag.registry import load_checks
from kdiag.wording import size

ROOT = Path(__file__).resolve().parent.parent
CHECKS = load_checks().checks
FILE_RULES = load_checks(OF_FILES).checks
LIVE = {check.id for check in CHECKS}
OWN_RULES = tuple(rule for rule in FILE_RULES if rule.id not in LIVE)
"""Rules that no live check has; the others share its runbook."""
CATALOGUE = (ROOT / "tests/data/catalogue_ids.txt").read_text().split()
HEADINGS = [
    "Meaning",
    "Impact",
    "Evidence",
    "Confirm by hand",
    "Fix",
    "When this is fine",
    "Tunables",
    "Reads and grants",
]
each_check = pytest.mark.parametrize("check", CHECKS, ids=[check.id for check in CHECKS])
each_rule = pytest.mark.parametrize("rule", FILE_RULES, ids=[rule.id for rule in FILE_RULES])
each_page = pytest.mark.parametrize(
    "check", [*CHECKS, *OWN_RULES], ids=[check.id for check in (*CHECKS, *OWN_RULES)]
)


def runbook(check: Check) -> str:
    return (importlib.resources.files("kdiag.runbooks") / f"{check.id}.md").read_text()


@each_check
def test_id_is_the_stem_of_its_file_and_its_test(check):
    stem = check.id.replace("-", "_")

    assert check.run.__module__ == f"kdiag.checks.{stem}"
    assert (ROOT / f"tests/checks/test_{stem}.py").is_file()


@each_rule
def test_id_of_a_rule_is_the_stem_of_its_file_and_its_test(rule):
    stem = rule.id.replace("-", "_")
    test = ROOT / f"tests/lint/rules/test_{stem}.py"

    assert rule.run.__module__ == f"{OF_FILES}.{stem}"
    text = test.read_text()
    assert "worst(" in text or '"problem"' in text  # the fixture asserts that there is a problem
    assert '"ok"' in text


def test_a_rule_has_the_area_of_the_live_check_with_its_id():
    areas = {check.id: check.area for check in CHECKS}

    wrong = [rule.id for rule in FILE_RULES if rule.area != areas.get(rule.id, rule.area)]
    assert wrong == []


def test_a_rule_file_imports_only_its_api():
    allowed = {"kdiag.lint.api", "collections", "collections.abc", "dataclasses", "re"}
    for path in (ROOT / "kdiag/lint/rules").glob("[!_]*.py"):
        found = re.findall(r"^(?:from|import) (\S+)", path.read_text(), re.MULTILINE)

        assert set(found) <= allowed, path


@each_page
def test_id_is_in_the_catalogue(check):
    assert check.id in CATALOGUE


@each_page
def test_runbook_has_the_headings_in_order(check):
    text = runbook(check)

    assert text.startswith(f"# {check.id}\n")
    assert re.findall(r"^## (.+)$", text, re.MULTILINE) == HEADINGS
    assert all(part.strip() for part in re.split(r"^## .+$", text, flags=re.MULTILINE)[1:])


@each_page
def test_runbook_names_every_tunable_with_its_default(check):
    section = runbook(check).split("## Tunables")[1].split("## Reads")[0]

    told = dict(re.findall(r"`(\w+)` \((?:default )?((?:`[^`]*`|[^()`])+)\)", section))
    wrong = {
        name: default
        for name, default in check.tunables.items()
        if not any(re.match(form, told.get(name, "")) for form in forms(default))
    }
    assert wrong == {}, "write: * `name` (default 5): what it means."
    if not check.tunables:
        assert section.strip() == "None."


def forms(default):
    """Yield patterns of how a page may write a default; a long regex is told in words."""
    if isinstance(default, str | tuple):
        yield from (re.escape(f"`{default}`"),) if default else ("none", "empty")
        yield from ("..",) * (len(default) > 40)
        return
    for text in (str(default), f"{default:.10g}", f"{default:,.10g}", size(default)):
        yield rf"{re.escape(text)}(?![\w.,]*\d)"


@each_page
def test_module_says_what_it_reads(check):
    assert re.search(r"^Reads: ", check.about, re.MULTILINE)


@each_check
def test_possible_roots_exist_in_the_catalogue(check):
    assert set(check.explained_by) <= set(CATALOGUE)


@each_check
def test_its_tests_have_a_firing_and_a_silent_case(check):
    text = (ROOT / f"tests/checks/test_{check.id.replace('-', '_')}.py").read_text()

    assert "result.findings" in text or ".findings" in text
    assert '"ok"' in text
    assert '"unknown"' in text


def test_no_runbook_and_no_test_is_left_over():
    ids = {check.id for check in CHECKS}

    pages = {path.stem for path in (ROOT / "runbooks").glob("*.md")}
    beside = {alert.page for alert in ALERTS if alert.page.startswith("kdiag-")}
    assert pages - beside - set(OF_UPGRADES) == ids | {rule.id for rule in OWN_RULES}
    stems = {path.stem.removeprefix("test_") for path in (ROOT / "tests/checks").glob("test_*.py")}
    assert {stem.replace("_", "-") for stem in stems} == ids


def test_rules_that_only_upgrades_have_are_explained():
    assert {rule.id for rule in RULES} - {check.id for check in CHECKS} == set(OF_UPGRADES)
    for id_ in OF_UPGRADES:
        text = (ROOT / f"runbooks/{id_}.md").read_text()

        assert text.startswith(f"# {id_}\n")
        assert re.findall(r"^## (.+)$", text, re.MULTILINE) == HEADINGS


def test_a_check_file_holds_one_check_and_imports_only_the_api():
    for path in (ROOT / "checks").glob("[!_]*.py"):
        text = path.read_text()
        imported = re.findall(r"^(?:from|import) (\S+)", text, re.MULTILINE)

        assert len(re.findall(r"^@check\(", text, re.MULTILINE)) == 1, path
        allowed = {"kdiag.api", "collections.abc", "typing", "re", "datetime", "itertools", "math"}
        assert set(imported) <= allowed, path


def test_the_readme_lists_every_check():
    text = (ROOT / "README.md").read_text()

    assert [
        check.id for check in (*CHECKS, *OWN_RULES) if f"(runbooks/{check.id}.md)" not in text
    ] == []
