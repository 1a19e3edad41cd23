"""What counts as a true answer on a release, and as a true reason for none."""

from dataclasses import replace

import pytest

from kdiag.cli.releases import judge
from kdiag.cli.scoring import markdown
from kdiag.finding import CLUSTER, CheckResult, Finding, Reported
from kdiag.lab.releases import GROUP, TOPIC, TRANSACTIONAL_ID, Release
from kdiag.sections import (
    CommitHistory,
    Commits,
    GenerationHistory,
    Members,
    Offsets,
    Transactions,
)
from kdiag.snapshot import Missing, Snapshot
from tests.render.reports import broken
from tests.tables import NOW

OLD, NEW = Release("3.9.2", "zookeeper"), Release("4.4.0", "kraft")


def snapshot(**left_out):
    shown = {
        Members: {"group": [GROUP]},
        Commits: {"group": [GROUP]},
        CommitHistory: {"group": [GROUP]},
        GenerationHistory: {"group": [GROUP]},
        Offsets: {"topic": [TOPIC]},
        Transactions: {"transactional_id": [TRANSACTIONAL_ID]},
    }
    sections = {section: section.of(columns) for section, columns in shown.items()}
    sections |= {kind: left_out[kind.__name__] for kind in shown if kind.__name__ in left_out}
    return Snapshot(taken_at=NOW, sections=sections)


def report(release, *results, said=(), **cluster):
    version = ".".join(map(str, release.number))
    about = {"version": version, "mode": release.metadata, **cluster}
    if release.metadata != "kraft":
        said = ("zookeeper-in-use", *said)
    findings = tuple(
        Reported(name, Finding("warning", CLUSTER, "symptom", "impact"), name) for name in said
    )
    return replace(broken(), cluster=about, findings=findings, results=results)


def unknown(reason, needs=None):
    return CheckResult("disk-usage-high", "unknown", reason=reason, needs=needs)


@pytest.mark.parametrize("release", [OLD, NEW])
def test_a_healthy_cluster_told_as_it_is_is_right(release):
    tried = judge(release, report(release, CheckResult("under-min-isr", "ok")), snapshot())

    assert tried.is_right
    assert tried.statuses == (("ok", 1),)


@pytest.mark.parametrize(
    ("release", "result"),
    [
        (OLD, unknown("a field is missing", "Kafka 4.0 or newer")),
        (NEW, unknown("not seen: JMX x (it has no such MBean (Kafka 3.9 or older has))")),
        (NEW, unknown("no record was looked at", "--sample-records")),
        (OLD, unknown("it has no such MBean (Kafka 3.3 or newer on KRaft has)")),
        (OLD, CheckResult("quorum-size", "not_applicable", reason="no quorum")),
    ],
)
def test_a_reason_that_holds_on_the_release_is_true(release, result):
    assert judge(release, report(release, result), snapshot()).is_right


@pytest.mark.parametrize(
    ("release", "result"),
    [
        (OLD, unknown("a field is missing", "Kafka 3.3 or newer")),
        (NEW, unknown("it has no such MBean (Kafka 3.3 or newer on KRaft has)")),
        (OLD, unknown("no answer within 5 s")),
        (NEW, unknown("the check crashed")),
        (OLD, unknown("no broker is on KRaft yet")),
        (OLD, CheckResult("quorum-size", "not_applicable")),
    ],
)
def test_a_reason_that_does_not_hold_is_wrong(release, result):
    [wrong] = judge(release, report(release, result), snapshot()).wrong

    assert wrong.startswith(result.check)


def test_a_finding_on_a_healthy_cluster_is_wrong_unless_it_is_about_its_release():
    right = judge(OLD, report(OLD, said=("eol-version",)), snapshot())
    wrong = judge(OLD, report(OLD, said=("under-replicated",)), snapshot())

    assert right.is_right
    assert wrong.wrong == ("under-replicated: symptom",)


def test_another_version_or_mode_is_wrong():
    tried = judge(OLD, report(OLD, version="3.5", mode="migrating"), snapshot())

    assert tried.wrong == ("version 3.5", "mode migrating")


def test_zookeeper_that_is_used_and_not_named_is_wrong():
    made = replace(report(OLD), findings=())

    assert judge(OLD, made, snapshot()).wrong == ("zookeeper-in-use not said",)


def test_a_group_that_was_not_read_is_wrong():
    held = {"Members": Missing("not authorised"), "Commits": Commits.of()}

    wrong = judge(NEW, report(NEW), snapshot(**held)).wrong

    assert [one.split(" without")[0].split(":")[0] for one in wrong] == ["Members", "Commits"]


def test_the_table_has_a_row_for_each_release():
    tried = judge(NEW, report(NEW, version="4.3"), snapshot())

    text = markdown([tried])

    assert "0 of 1 releases" in text
    assert "| 4.4.0 | kraft | 4.3, kraft |" in text
