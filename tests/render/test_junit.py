from dataclasses import replace
from pathlib import Path
from xml.etree import ElementTree

import pytest

from kdiag.render.junit import render
from tests.render import hostile
from tests.render.reports import broken, healthy, small

_SUITE = {"name", "timestamp", "tests", "failures", "errors", "skipped", "time"}


def read(report):
    return ElementTree.fromstring(render(report).encode())  # noqa: S314


def cases(root):
    return {case.get("name"): case for case in root.iter("testcase")}


def faults(root):
    """Yield what Jenkins, GitLab or a GitHub action would not take."""
    if root.tag != "testsuites":
        yield root.tag
    for suite in root:
        yield from suite_faults(suite)
        for case in suite:
            yield from case_faults(case)
    for name in ("tests", "failures", "errors", "skipped"):
        if int(root.get(name)) != sum(int(suite.get(name)) for suite in root):
            yield name


def suite_faults(suite):
    if suite.tag != "testsuite" or set(suite.attrib) != _SUITE:
        yield f"{suite.tag} {suite.attrib}"
    counted = {"tests": "testcase", "failures": "testcase/failure", "skipped": "testcase/skipped"}
    for name, path in counted.items():
        if suite.get(name) != str(len(suite.findall(path))):
            yield f"{suite.get('name')}: {name}"


def case_faults(case):
    tags = [child.tag for child in case]
    if case.tag != "testcase" or set(case.attrib) != {"classname", "name", "time"}:
        yield f"{case.tag} {case.attrib}"
    if len(tags) != len(set(tags)) or {"failure", "skipped"} <= set(tags):
        yield f"{case.get('name')}: {tags}"
    if not set(tags) <= {"failure", "skipped", "system-out"}:
        yield f"{case.get('name')}: {tags}"


def test_the_whole_document_is_as_expected():
    expected = Path(__file__).parent / "expected" / "small.junit.xml"

    assert render(small()) == expected.read_text()


@pytest.mark.parametrize("report", [broken(), healthy(), small()], ids=["broken", "ok", "small"])
def test_a_document_is_as_readers_take_it(report):
    assert list(faults(read(report))) == []


def test_faults_are_found():
    root = read(small())
    root[0].set("tests", "99")
    case = cases(root)["b"]
    case.append(ElementTree.Element("failure"))

    assert len(list(faults(root))) >= 3


@pytest.mark.parametrize("name", hostile.NAMES, ids=range(len(hostile.NAMES)))
def test_no_name_breaks_the_document(name):
    root = read(hostile.report(name))

    assert list(faults(root)) == []
    assert {case.get("name") for case in root.iter("testcase")} == {
        "lag-growing", "stuck-consumer", "a", "hot-partition",
    }  # fmt: skip


def test_a_suite_is_an_area_and_a_case_a_check():
    root = read(small())

    assert [suite.get("name") for suite in root][:3] == ["brokers", "disk", "lag"]
    assert [case.get("name") for case in root[0]] == ["broker-down", "b", "c"]


def test_a_case_fails_as_the_exit_code_does():
    def failed(report):
        return [
            name for name, case in cases(read(report)).items() if case.find("failure") is not None
        ]

    assert failed(small()) == ["broker-down"]
    assert failed(small(fail_on="warning")) == ["broker-down", "disk-usage-high", "at-min-isr"]
    assert "group-empty" in failed(small(fail_on="info"))
    assert "replication-factor-low" not in failed(small(fail_on="info"))
    assert failed(small(fail_on=None)) == []


def test_what_does_not_fail_is_still_said():
    said = {
        name: case.findtext("system-out")
        for name, case in cases(read(small())).items()
        if case.find("system-out") is not None
    }

    assert "86 % full" in said["disk-usage-high"]
    assert "Not seen: broker 3: refused" in said["disk-usage-high"]
    assert "Explained by broker-down: Broker 3 is down" in said["at-min-isr"]
    assert "Waived: a test topic (data team, until 2026-12-01)" in said["replication-factor-low"]


def test_unknown_and_not_applicable_are_skipped_with_what_is_missing():
    found = cases(read(small()))

    assert found["b"].find("skipped").get("message") == "unknown: no JMX; needs JMX (--jmx)"
    assert found["f"].find("skipped").get("message") == (
        "not applicable: Connect is not configured"
    )
    assert found["a"].find("skipped") is None


def test_several_findings_of_a_check_are_one_failure():
    report = hostile.many(10_000)
    [case] = cases(read(replace(report, fail_on="warning"))).values()

    assert case.find("failure").get("message").endswith("is behind. 9,999 more findings below.")
    assert case.findtext("failure").count("Fingerprint: ") == 10_000
