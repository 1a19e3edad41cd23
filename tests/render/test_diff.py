import importlib.resources
import json
from dataclasses import replace
from pathlib import Path

import pytest

from kdiag.compare import compare
from kdiag.finding import CheckResult, Waiver
from kdiag.render import changes, diff_json, diff_markdown
from kdiag.render.markdown import MOST
from tests.render import hostile
from tests.render.reports import DISK, DOWN, HINT, RESULTS, WAIVED, broken, healthy, merged, small
from tests.render.schema import faults
from tests.render.test_markdown import kinds, tokens

SCHEMA = json.loads((importlib.resources.files("kdiag.render") / "diff.schema.json").read_text())


def expected(name):
    return (Path(__file__).parent / "expected" / name).read_text()


def changed():
    """A broker went down; a disk got better; a waiver ended, another was made."""
    worse = replace(DISK, finding=replace(DISK.finding, severity="critical"))
    results = (*RESULTS[1:], CheckResult("broker-down", "ok"), CheckResult("at-min-isr", "ok"))
    unseen = replace(HINT, check="d", fingerprint="f-d")
    gone = replace(HINT, check="a", fingerprint="f-a")
    before = broken(
        findings=(
            worse,
            replace(HINT, waiver=Waiver("x")),
            replace(WAIVED, waiver=None),
            unseen,
            gone,
        ),
        results=tuple(replace(one, status="ok") if one.check == "b" else one for one in results),
    )
    return compare(before, small())


def test_the_text_is_as_expected():
    assert changes.render(changed()) == expected("diff.txt")


def test_the_markdown_is_as_expected():
    assert diff_markdown.render(changed()) == expected("diff.md")


def test_the_json_is_as_the_schema_says():
    document = json.loads(diff_json.render(changed()))

    assert list(faults(document, SCHEMA, SCHEMA)) == []
    assert [(one["kind"], one["was"], one["now"]) for one in document["changes"]] == [
        ("new", None, "critical"),
        ("new", None, "warning"),
        ("new", None, "warning"),
        ("returned", "info", "info"),
        ("better", "critical", "warning"),
        ("gone", "info", None),
        ("unseen", "info", None),
        ("waived", "warning", "warning"),
    ]
    assert document["counts"]["new"] == 3


def test_nothing_that_changed_is_said_in_every_format():
    same = compare(healthy(), healthy())

    assert changes.render(same).endswith("\n\nFindings: 0 unchanged.\n")
    assert diff_markdown.render(same).endswith(": 0 unchanged.\n")
    assert json.loads(diff_json.render(same))["changes"] == []


@pytest.mark.parametrize("name", hostile.NAMES, ids=range(len(hostile.NAMES)))
def test_no_name_breaks_a_format(name):
    comparison = compare(healthy(cluster={"id": name}), hostile.report(name))

    text = changes.render(comparison)
    document = json.loads(diff_json.render(comparison))
    markdown = diff_markdown.render(comparison)

    assert list(faults(document, SCHEMA, SCHEMA)) == []
    assert all(char.isprintable() for char in text.replace("\n", ""))
    plain = compare(healthy(cluster={"id": "plain"}), hostile.report("plain"))
    assert text.count("\n") == changes.render(plain).count("\n")
    assert kinds(markdown) - {"text_special"} <= kinds(diff_markdown.render(plain))
    rows = [token for token in tokens(markdown) if token.type == "tr_open"]
    assert len(rows) == 1 + len(comparison.told)


def test_ten_thousand_changes_fit_an_issue_and_are_counted():
    text = diff_markdown.render(compare(healthy(), hostile.many(10_000)))

    assert len(text) <= MOST
    [cut] = [line for line in text.splitlines() if line.endswith("cut (-o json).*")]
    shown = text.count("\n| seen for the first time |")
    assert shown + int(cut.strip("*").split(" ")[0].replace(",", "")) == 10_000


def test_a_symptom_that_came_with_its_cause_has_no_line():
    after = broken(findings=(DOWN, merged("at-min-isr", 2, DOWN.fingerprint)))
    text = changes.render(compare(broken(findings=()), after))

    assert "at-min-isr" not in text
    assert "2 symptoms of them not shown, as their causes changed likewise." in text
