"""One cause each, on real brokers with 300 partitions: everything that it explains folds under it.

Beside each there is a fault that has nothing to do with it, which must stay in sight. Faults are
made one after another in the same lab, and healed.
"""

import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from kdiag.collect import Limits, collect
from kdiag.diagnose import diagnose
from kdiag.lab import FAULTS, Lab, inject
from kdiag.lab.clients import broker_ids
from kdiag.lab.waiting import wait_until
from kdiag.plan import plan
from kdiag.registry import load_checks

pytestmark = [pytest.mark.live, pytest.mark.timeout(300)]

CHECKS = load_checks().checks
RESIGNS_SECONDS = 5
"""After 1.5 times controller.quorum.fetch.timeout.ms a leader without followers gives up."""

LIMITS = Limits(sample_seconds=2, request_timeout_seconds=2, history_seconds=2)
UNRELATED = {("replication-factor-low", "sessions"), ("unclean-election-enabled", "inventory")}


def filled(lab: Lab) -> Lab:
    """Give a lab 300 partitions, and faults that nothing else explains."""
    lab.create_topic("events", 300)
    inject(lab, [FAULTS["unclean-election-enabled"]])
    lab.create_topic("sessions", assignment=[[1], [1]])
    return lab


@pytest.fixture(scope="class")
def combined() -> Iterator[Lab]:
    """Three nodes that are brokers and controllers; broker 2 has a second, small disk."""
    disk = {"small_disks": {2: 1}, "log_dirs": 2} if os.geteuid() == 0 else {}
    properties = {"min.insync.replicas": "2"}
    with Lab(3, racks=("r1", "r2", "r3"), properties=properties, **disk) as lab:
        yield filled(lab)


@pytest.fixture(scope="class")
def apart() -> Iterator[Lab]:
    """Three brokers, and three controllers beside them."""
    properties = {"min.insync.replicas": "2"}
    with Lab(
        3, controllers=3, racks=("r1", "r2", "r3"), properties=properties, heap_mebibytes=256
    ) as lab:
        yield filled(lab)


def roots(lab: Lab) -> tuple[set[tuple[str, str]], dict[str, int]]:
    """Return the roots above info as (check, object), and folded check → its objects."""
    report = diagnose(collect(plan(CHECKS), lab.bootstrap, limits=LIMITS), CHECKS, {})
    standing, folded = set(), {}
    for item in report.findings:
        subject = item.finding.subject
        if not item.is_root:
            folded[item.check] = item.object_count
        elif item.finding.severity != "info":
            standing.add((item.check, str(subject.get("topic") or subject)))
    return standing, folded


@contextmanager
def lost(lab: Lab, *ids: int, by: str = "kill") -> Iterator[None]:
    """Kill or freeze nodes, and bring them back."""
    nodes = {**lab.controllers, **lab.brokers}
    for id_ in ids:
        getattr(nodes[id_], by)()
    try:
        yield
    finally:
        for id_ in ids:
            nodes[id_].cont() if by == "stop" else nodes[id_].launch()
        lab.wait_ready()
        wait_until(lambda: is_whole(lab), "every replica is in sync", 60)


def is_whole(lab: Lab) -> bool:
    topics = lab.admin().list_topics(timeout=10).topics.values()
    parts = [part for topic in topics for part in topic.partitions.values()]
    return all(len(part.isrs) == len(part.replicas) for part in parts)


def wait_fenced(lab: Lab, *ids: int) -> None:
    wait_until(lambda: not broker_ids(lab.bootstrap) & set(ids), f"brokers {ids} are fenced", 40)


def fill(file: Path) -> None:
    """Leave 2 MB of a disk."""
    with file.open("wb") as made:
        free = os.statvfs(file).f_bavail * os.statvfs(file).f_frsize
        os.posix_fallocate(made.fileno(), 0, free - 2_000_000)


def partition_in(path: Path, topic: str) -> int:
    """Return a partition of a topic that has a replica in a log directory."""
    logs = path.glob(f"{topic}-*")
    return min(int(log.name.removeprefix(f"{topic}-")) for log in logs)


class TestCombined:
    """Nodes that are brokers and controllers."""

    @pytest.mark.parametrize("by", ["kill", "stop"])
    def test_a_broker_that_is_gone_or_frozen_is_one_cause(self, combined: Lab, by: str) -> None:
        with lost(combined, 3, by=by):
            wait_fenced(combined, 3)
            standing, folded = roots(combined)

        assert standing == {("broker-down", "broker 3"), *UNRELATED}
        assert folded["under-replicated"] >= 300
        assert folded["at-min-isr"] >= 300

    def test_a_full_disk_is_one_cause(self, combined: Lab) -> None:
        if not combined.plan.small_disks:
            pytest.skip("a small disk needs root")
        broker = combined.brokers[2]
        path = broker.log_dirs[-1]
        fill(path.parent / "core.dump")
        combined.produce("events", 1500, size=5000, partition=partition_in(path, "events"))
        wait_until(
            lambda: "Stopping serving logs in dir" in broker.log(), "the disk is offline", 40
        )
        try:
            standing, folded = roots(combined)
        finally:
            (path.parent / "core.dump").unlink()
            broker.restart()
            combined.wait_ready()
            wait_until(lambda: is_whole(combined), "every replica is in sync", 60)

        assert standing == {("log-dir-offline", f"log dir {path} of broker 2"), *UNRELATED}
        assert folded["under-replicated"] > 100

    def test_two_nodes_that_are_most_of_the_quorum_are_one_cause(self, combined: Lab) -> None:
        with lost(combined, 2, 3):
            time.sleep(RESIGNS_SECONDS)
            standing, folded = roots(combined)

        assert standing == {("brokers-lost-together", "cluster"), *UNRELATED}
        assert folded["broker-down"] == 2
        assert folded["offline-partition"] > 100
        assert "quorum-lost" in folded


class TestApart:
    """Brokers, and controllers beside them."""

    def test_a_healthy_cluster_has_only_what_was_put_there(self, apart: Lab) -> None:
        assert roots(apart) == (UNRELATED, {})

    def test_two_brokers_beside_their_controllers_are_one_cause(self, apart: Lab) -> None:
        with lost(apart, 2, 3):
            wait_fenced(apart, 2, 3)
            standing, folded = roots(apart)

        assert standing == {("brokers-lost-together", "cluster"), *UNRELATED}
        assert folded["broker-down"] == 2
        assert folded["under-min-isr"] >= 300

    def test_a_lost_majority_of_controllers_is_one_cause(self, apart: Lab) -> None:
        with lost(apart, 102, 103):
            time.sleep(RESIGNS_SECONDS)
            standing, folded = roots(apart)

        assert standing == {("quorum-lost", "cluster"), *UNRELATED}
        assert folded == {}
