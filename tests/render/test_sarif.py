import copy
import json
from pathlib import Path

import jsonschema
import pytest

from kdiag.finding import Verdict
from kdiag.render.sarif import document, render
from tests.render import hostile
from tests.render.reports import broken, healthy, small
from tests.render.sarif_schema import schema


@pytest.fixture(scope="module")
def official():
    found = schema()
    if found is None:
        pytest.skip("needs the schema of SARIF, by npm")
    return jsonschema.Draft4Validator(found)


def faults(validator, log):
    return [error.message for error in validator.iter_errors(log)]


def run_of(report):
    return document(report)["runs"][0]


def test_the_whole_log_is_as_expected():
    log = document(small())
    for rule in log["runs"][0]["tool"]["driver"]["rules"]:
        assert rule.pop("help")["text"]

    expected = Path(__file__).parent / "expected" / "small.sarif"
    assert json.dumps(log, indent=2) + "\n" == expected.read_text()


@pytest.mark.parametrize("report", [broken(), healthy(), small()], ids=["broken", "ok", "small"])
def test_a_log_is_as_the_official_schema_says(official, report):
    assert faults(official, json.loads(render(report))) == []


@pytest.mark.parametrize("name", hostile.NAMES, ids=range(len(hostile.NAMES)))
def test_no_name_makes_a_log_invalid(official, name):
    text = render(hostile.report(name))

    log = json.loads(text.encode("ascii"))
    assert faults(official, log) == []
    json.dumps(log, ensure_ascii=False).encode("utf-8")
    for result in log["runs"][0]["results"]:
        uri = result["locations"][0]["physicalLocation"]["artifactLocation"]["uri"]
        segments = uri.split("/")
        assert len(segments) in (4, 6)
        assert not {".", ".."} & set(segments)


def test_the_schema_finds_faults(official):
    log = document(small())
    for change in (
        lambda run: run["results"][0].update(level="bogus"),
        lambda run: run["results"][0].pop("message"),
        lambda run: run["results"][0].update(mood=1),
        lambda run: run["invocations"][0].pop("executionSuccessful"),
        lambda run: run["results"][0]["suppressions"].append({"status": "accepted"}),
    ):
        broken_log = copy.deepcopy(log)
        change(broken_log["runs"][0])
        assert faults(official, broken_log)


def test_a_rule_is_a_check_with_its_runbook_and_the_level_of_its_worst_finding():
    rules = {rule["id"]: rule for rule in run_of(small())["tool"]["driver"]["rules"]}

    assert rules["broker-down"]["defaultConfiguration"] == {"level": "error"}
    assert rules["broker-down"]["shortDescription"] == {"text": "Brokers that serve nothing."}
    assert "# broker-down" in rules["broker-down"]["help"]["markdown"]
    assert rules["broker-down"]["properties"]["tags"] == ["brokers", "soc2:A1.2"]
    assert rules["group-empty"]["defaultConfiguration"] == {"level": "note"}
    assert rules["a"]["help"] == {"text": "a"}


def test_each_object_is_a_result_of_its_own_rule():
    run = run_of(small())
    rules = [rule["id"] for rule in run["tool"]["driver"]["rules"]]

    assert [(one["ruleId"], one["level"]) for one in run["results"]] == [
        ("broker-down", "error"),
        ("at-min-isr", "warning"),
        ("at-min-isr", "warning"),
        ("disk-usage-high", "warning"),
        ("replication-factor-low", "warning"),
        ("group-empty", "note"),
    ]
    assert all(rules[one["ruleIndex"]] == one["ruleId"] for one in run["results"])
    prints = [one["partialFingerprints"] for one in run["results"]]
    assert len({each["kdiag/v1"] for each in prints}) == 6
    assert prints[0]["primaryLocationLineHash"] == "f-broker-down:1"


def test_a_result_says_where_with_a_path_that_is_safe():
    [location] = run_of(hostile.report("a/b ?#%"))["results"][0]["locations"]

    path = "kafka/a%2Fb%20%3F%23%25/group/a%2Fb%20%3F%23%25"
    assert location["physicalLocation"]["artifactLocation"]["uri"] == path
    assert location["logicalLocations"][0]["fullyQualifiedName"] == path


def test_what_is_waived_is_suppressed_with_the_reason():
    results = run_of(small())["results"]

    assert [
        one["suppressions"] for one in results if one["ruleId"] == "replication-factor-low"
    ] == [
        [
            {
                "kind": "external",
                "status": "accepted",
                "justification": "a test topic (data team, until 2026-12-01)",
            }
        ]
    ]
    assert sum(bool(one["suppressions"]) for one in results) == 1


def test_a_check_that_is_unknown_is_an_error_of_the_run():
    [invocation] = run_of(small())["invocations"]
    told = [
        (one["level"], one["associatedRule"]["id"])
        for one in invocation["toolExecutionNotifications"]
        if "associatedRule" in one
    ]

    assert told == [
        ("warning", "disk-usage-high"), ("error", "b"), ("error", "c"), ("error", "d"),
        ("error", "e"),
    ]  # fmt: skip
    assert invocation["executionSuccessful"] is True
    without = run_of(healthy(verdict=Verdict("unknown", "No verdict.")))
    assert without["invocations"][0]["executionSuccessful"] is False


def test_ten_thousand_findings_are_ten_thousand_results(official):
    log = json.loads(render(hostile.many(10_000)))

    assert len(log["runs"][0]["results"]) == 10_000
    assert faults(official, log) == []
