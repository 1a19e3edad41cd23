"""Share groups and streams groups on real brokers: what is read is true, and what is said too."""

import time
from collections.abc import Iterator
from typing import Any

import pytest

from kdiag.collect import Limits, collect
from kdiag.engine import run
from kdiag.finding import Finding
from kdiag.lab import FAULTS, LOOKALIKES, Lab, inject
from kdiag.lab.coordinators import wait_listed
from kdiag.lab.fault import heal
from kdiag.lab.waiting import wait_until
from kdiag.plan import plan
from kdiag.registry import load_checks
from kdiag.sections import (
    Commits,
    GroupConfigs,
    Groups,
    ShareOffsets,
    ShareStateHistory,
    StreamsTopologies,
)
from kdiag.snapshot import Snapshot

pytestmark = [pytest.mark.live, pytest.mark.timeout(300)]

IDS = ("share-group-backlog", "share-records-archived", "streams-group-not-ready")
CHECKS = [check for check in load_checks().checks if check.id in IDS]
BROKEN = [FAULTS[name] for name in ("share-backlog", "share-poison", "streams-not-ready")]
HEALTHY = LOOKALIKES["share-restart"]
Said = dict[str, list[tuple[str, Finding]]]

IDLE_SECONDS = 65
"""Until nothing was acknowledged for longer than any lock lasts."""


@pytest.fixture(scope="module")
def lab() -> Iterator[Lab]:
    """Everything at once, as it has been for a minute."""
    snapshots = {"share.coordinator.snapshot.update.records.per.snapshot": "5"}
    with Lab(2, properties=snapshots) as lab:
        _hold(lab)
        inject(lab, [*BROKEN, HEALTHY])
        lab.start_share_consumer("fresh", "images", client_id="fresh")
        lab.start_streams_member("app", ("bills",), changelog_topics=("app-store-changelog",))
        wait_listed(lab, "app", "Stable")
        time.sleep(IDLE_SECONDS)
        yield lab


def _hold(lab: Lab) -> None:
    """Have a group accept some records, and then lock others without acknowledging them."""
    lab.create_topic("held", partitions=1)
    lab.produce("held", 60)
    good = lab.start_share_consumer("holder", "held", stop_after=60)
    wait_until(lambda: not good.is_running, "the good consumer has left", 60)
    lab.start_producer("held", rate=20)
    lab.start_share_consumer("holder", "held", holds=True)


@pytest.fixture(scope="module")
def snapshot(lab: Lab) -> Snapshot:
    return collect(plan(CHECKS), lab.bootstrap, limits=Limits(sample_seconds=6))


@pytest.fixture(scope="module")
def said(snapshot: Snapshot) -> Said:
    """Return group → the checks that say something of it, and what."""
    results = run(CHECKS, snapshot, {})
    assert {result.status for result in results} == {"problem"}
    found: Said = {}
    for result in results:
        for finding in result.findings:
            found.setdefault(str(finding.subject["group"]), []).append((result.check, finding))
    return found


def rows(snapshot: Snapshot, section: type[Any], group: str) -> list[dict[str, Any]]:
    held = snapshot.get(section)
    assert not held.errors
    found: list[dict[str, Any]] = held.rows[held.rows["group"] == group].to_dict("records")
    return found


def test_start_offsets_and_lag_are_those_of_the_coordinator(snapshot: Snapshot) -> None:
    assert {row["lag_records"] for row in rows(snapshot, ShareOffsets, "thumbnails")} == {0}
    [held] = rows(snapshot, ShareOffsets, "holder")
    assert held["start_offset"] == 60
    assert held["lag_records"] > 1000


def test_share_groups_have_no_committed_offsets(snapshot: Snapshot) -> None:
    commits = snapshot.get(Commits)
    assert isinstance(commits, Commits)
    assert "thumbnails" not in set(commits.rows["group"])


def test_the_states_tell_every_delivery_of_a_record_that_is_given_up(snapshot: Snapshot) -> None:
    told = [
        (state, deliveries)
        for row in rows(snapshot, ShareStateHistory, "thumbnails")
        if row["partition"] == 0
        for first, last, state, deliveries in row["batches"]
        if first <= 5 <= last
    ]
    assert list(dict.fromkeys(told)) == [(0, 1), (0, 2), (0, 3), (0, 4), (4, 5)]
    states = rows(snapshot, ShareStateHistory, "thumbnails")
    assert {row["topic"] for row in states} == {"images"}
    complete = {row["delivery_complete_count"] for row in states if row["is_snapshot"]}
    assert any(isinstance(count, int) and count > 0 for count in complete)


def test_settings_of_groups_are_those_in_effect(snapshot: Snapshot) -> None:
    settings = {row["key"]: row for row in rows(snapshot, GroupConfigs, "thumbnails")}
    assert settings["share.delivery.count.limit"]["value"] == "5"
    assert settings["share.auto.offset.reset"]["source"] == "group"


def test_a_topology_is_told_whether_its_group_is_ready_or_not(snapshot: Snapshot) -> None:
    [ready] = rows(snapshot, StreamsTopologies, "app")
    assert ready["changelog_topics"] == ("app-store-changelog",)
    [waiting] = rows(snapshot, StreamsTopologies, "enrichment")
    assert waiting["source_topics"] == ("page-views", "user-profiles")
    [group] = rows(snapshot, Groups, "enrichment")
    assert group["state"] == "NotReady"


def test_faults_are_named_and_healthy_groups_are_not(said: Said) -> None:
    assert {group: [check for check, _ in found] for group, found in said.items()} == {
        "billing": ["share-group-backlog"],
        "holder": ["share-group-backlog"],
        "thumbnails": ["share-records-archived"],
        "enrichment": ["streams-group-not-ready"],
    }


def test_a_slow_group_and_one_that_holds_its_records_are_told_apart(said: Said) -> None:
    [(_, slow)], [(_, held)] = said["billing"], said["holder"]
    assert "falls behind" in slow.symptom
    assert "has acknowledged nothing for 1 min" in held.symptom


def test_every_record_that_was_given_up_is_counted_once(said: Said) -> None:
    [(_, lost)] = said["thumbnails"]
    assert lost.evidence["archived_records"] == 12
    offsets = [f"{partition}: {offset}" for partition in range(3) for offset in (0, 5, 10, 15)]
    assert lost.evidence["archived_offsets"] == offsets


def test_the_topic_that_a_streams_group_waits_for_is_named(said: Said) -> None:
    [(_, waiting)] = said["enrichment"]
    assert waiting.evidence["missing_source_topics"] == ["user-profiles"]


def test_the_look_alike_had_its_records_delivered_twice(snapshot: Snapshot) -> None:
    states = rows(snapshot, ShareStateHistory, "newsletters")
    assert max(batch[3] for row in states for batch in row["batches"]) == 2


def test_each_heals(lab: Lab, snapshot: Snapshot) -> None:
    for fault in (*BROKEN, HEALTHY):
        heal(lab, fault)
    assert not lab.load("*thumbnails*")
    assert snapshot.earlier is not None
