"""An audit beside those before it: what is new, what is gone, and since when the rest stands."""

from dataclasses import replace
from datetime import timedelta

import pytest

from kdiag.audit.trends import Trends
from tests.audit.scenes import NOW, made
from tests.audit.test_chapters import figures, rows


def before(report, days, *, without=(), severity=None, unknown=()):
    """Return the report of some days ago: without findings of checks, or less severe."""
    items = [item for item in report.findings if item.check not in (*without, *unknown)]
    if severity:
        items = [replace(i, finding=replace(i.finding, severity=severity)) for i in items]
    results = [
        replace(one, status="unknown" if one.check in unknown else "ok")
        if one.check in (*without, *unknown)
        else one
        for one in report.results
    ]
    return replace(
        report,
        started_at=NOW - timedelta(days=days),
        findings=tuple(items),
        results=tuple(results),
    )


@pytest.fixture(scope="module")
def report():
    return made().report


def test_the_first_audit_has_nothing_to_compare_with(report):
    audit = made()

    assert audit.changes == {}
    assert "trend" not in figures(audit)


def test_what_is_new_and_since_when_the_rest_stands(report):
    old = [before(report, 7), before(report, 14, without=("disk-usage-high",))]

    trends = Trends.of(report, old)
    disk = next(item for item in report.findings if item.check == "disk-usage-high")
    other = next(item for item in report.findings if item.check != "disk-usage-high")

    assert trends.first_seen(disk) == (NOW - timedelta(days=7)).isoformat()
    assert trends.first_seen(other) == (NOW - timedelta(days=14)).isoformat()


def test_a_gap_begins_it_anew(report):
    old = [before(report, 14), before(report, 7, without=("disk-usage-high",))]
    disk = next(item for item in report.findings if item.check == "disk-usage-high")

    assert Trends.of(report, old).first_seen(disk) == NOW.isoformat()


def test_the_summary_tells_what_changed(report):
    audit = made(earlier=[before(report, 7, without=("disk-usage-high",), severity="info")])

    changed = {row["Check"]: row["Change"] for row in rows(audit, "summary", "Since the audit of")}
    assert changed["disk-usage-high"] == "new"
    assert "worse" in changed.values()
    assert audit.changes["new"] >= 1
    assert audit.document["audit"]["changes"] == audit.changes
    assert figures(audit)["trend"].data["times"] == [
        (NOW - timedelta(days=7)).isoformat(),
        NOW.isoformat(),
    ]


def test_what_a_check_could_not_see_then_is_not_called_new_without_saying_so(report):
    audit = made(earlier=[before(report, 7, unknown=("disk-usage-high",))])

    changed = {row["Check"]: row["Change"] for row in rows(audit, "summary", "Since the audit of")}
    assert changed["disk-usage-high"] == "seen for the first time"


def test_audits_of_another_cluster_do_not_count(report):
    other = replace(before(report, 7), cluster={**report.cluster, "id": "other"})

    assert Trends.of(report, [other]).severities_before() is None


def test_numbers_over_the_audits_are_a_table(report):
    old = [before(report, days) for days in (30, 60)]

    table = Trends.of(report, old).rows

    assert table["at"].is_monotonic_increasing
    assert list(table.columns) == ["at", "critical", "warning", "info", "unknown", "evaluated"]
    assert len(table) == 3
