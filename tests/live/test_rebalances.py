"""Rebalances of the past on real brokers: each storm is named after its cause, and deploys are not.

Everything runs at the same time on one cluster, for as long as the slowest of them needs to repeat
itself four times.
"""

import time
from collections.abc import Iterator
from typing import Any

import pytest

from kdiag.collect import Limits, collect
from kdiag.diagnose import diagnose
from kdiag.finding import Report
from kdiag.lab import Lab
from kdiag.lab.groups import wait_committed, wait_members
from kdiag.plan import plan
from kdiag.registry import load_checks

pytestmark = pytest.mark.live

CHECKS = load_checks().checks
STORMS = {"poll-eviction-storm", "session-loss-storm", "crash-looping-member", "rebalance-storm"}
REPEATS_SECONDS = 50


@pytest.fixture(scope="module")
def report() -> Iterator[Report]:
    with Lab(1) as lab:
        lab.create_topic("orders", partitions=6)
        lab.produce("orders", 90)
        lab.start_consumer("stuck", "orders", block_after=90, client_id="stuck-old")
        wait_committed(lab, "stuck", "orders", 90)
        old = lab.start_consumer("deployed", "orders", client_id="a-1", name="consumer-a1")
        kept = lab.start_consumer("deployed", "orders", client_id="a-2", name="consumer-a2")
        wait_members(lab, "deployed", 2)
        for number, member in enumerate((old, kept), start=1):
            member.terminate()
            lab.start_consumer("deployed", "orders", client_id=f"a-{number}")
        lab.start_producer("orders", rate=60, keys=100)
        _start_storms(lab)
        lab.start_consumer("stuck", "orders", client_id="stuck-new")
        time.sleep(REPEATS_SECONDS)
        snapshot = collect(plan(CHECKS), lab.bootstrap, limits=Limits(sample_seconds=3))
        yield diagnose(snapshot, CHECKS, {})


def _start_storms(lab: Lab) -> None:
    """Start a healthy member of each group, and one or more that are not."""
    slow = {"max_poll_seconds": 6, "seconds_per_record": 9}
    faults: dict[str, dict[str, Any]] = {
        "evicted": {**slow, "session_timeout_seconds": 6},
        "evicted-848": {**slow, "protocol": "consumer"},
        "frozen": {"session_timeout_seconds": 3, "freeze_every_seconds": 5, "freeze_seconds": 5},
        "crashing": {"session_timeout_seconds": 3, "crash_every_seconds": 6},
        "scaled": {"members": 3, "stay_seconds": 4, "away_seconds": 1},
    }
    for group, fault in faults.items():
        same = {key: fault[key] for key in fault if key in ("protocol", "session_timeout_seconds")}
        healthy = 1 if group == "scaled" else 2
        lab.start_consumer(group, "orders", members=healthy, client_id=f"{group}-well", **same)
        lab.start_consumer(group, "orders", client_id=f"{group}-ill", **fault)
    lab.start_consumer("job", "orders", stay_seconds=3, away_seconds=8)
    for name in ("a", "b"):
        lab.start_consumer(
            "shared-id", "orders", instance_id="id-0", stay_seconds=4, away_seconds=1, name=name
        )
        time.sleep(2)


def said(report: Report, group: str) -> dict[str, Any]:
    """Return check → finding of what is said of a group as a whole."""
    found = {}
    for item in report.findings:
        subjects = [each["subject"] for each in item.objects] or [item.finding.subject.as_dict()]
        if {"type": "group", "group": group} in subjects:
            found[item.check] = item
    return found


@pytest.mark.parametrize(
    ("group", "check"),
    [
        ("evicted", "poll-eviction-storm"),
        ("evicted-848", "poll-eviction-storm"),
        ("frozen", "session-loss-storm"),
        ("crashing", "crash-looping-member"),
        ("scaled", "rebalance-storm"),
    ],
)
def test_each_storm_is_named_after_its_cause(report: Report, group: str, check: str) -> None:
    found = said(report, group)

    assert set(found) & STORMS == {check}
    assert found[check].is_root


def test_a_rebalance_that_does_not_end_names_the_member_that_is_waited_for(report: Report) -> None:
    stuck = said(report, "stuck")["rebalance-stuck"].finding

    assert "stuck-old" in stuck.cause
    assert stuck.evidence["max_poll_interval_seconds"] == 3600
    assert not set(said(report, "stuck")) & STORMS


def test_two_processes_with_one_instance_id_are_named(report: Report) -> None:
    found = said(report, "shared-id")

    assert found["duplicate-static-id"].finding.evidence["instance_id"] == "id-0"
    assert not set(found) & STORMS


@pytest.mark.parametrize("group", ["deployed", "job"])
def test_a_deploy_and_a_job_are_no_storms(report: Report, group: str) -> None:
    assert not set(said(report, group)) & {*STORMS, "rebalance-stuck", "no-static-membership"}


def test_storms_explain_what_the_lag_of_their_groups_says(report: Report) -> None:
    for item in report.findings:
        if item.check == "slow-consumer" and item.finding.subject.get("group") == "evicted":
            assert not item.is_root
