from dataclasses import replace

import pytest

from kdiag.correlate import correlate
from kdiag.engine import run
from kdiag.finding import partition
from kdiag.sections import Reassignments, Replicas
from kdiag.snapshot import Missing, Snapshot
from tests.tables import (
    NOW,
    ago,
    broker_configs,
    brokers,
    partition_row,
    partitions,
    reassignments,
    replicas,
)

TABLE = partitions(partition_row("orders", replicas=(1, 2, 3), isr=(1, 2)))
MOVING = reassignments({("orders", 0): (3,)})
MIB = 1 << 20


def copies(here, then, seconds=5.0, others=()):
    """Return the sizes of the copy on broker 3, and of others there, in both samples."""
    now = {(3, "orders", 0): here, **{(3, name, 0): size for name, size, _ in others}}
    old = {(3, "orders", 0): then, **{(3, name, 0): size for name, _, size in others}}
    before = replace(replicas(old), read_at=ago(seconds))
    return replicas(now), [replace(MOVING, read_at=ago(seconds)), before]


def throttle(rate):
    return broker_configs({3: {"follower.replication.throttled.rate": str(rate)}})


def test_fires_where_the_copy_does_not_grow(judge):
    now, before = copies(5 * MIB, 5 * MIB)

    [finding] = judge("reassignment-stuck", TABLE, MOVING, now, brokers(), earlier=before).findings

    assert finding.subject == partition("orders", 0)
    assert (finding.severity, finding.confidence) == ("warning", "likely")
    assert finding.evidence == {
        "target_broker": 3,
        "copied_bytes": 5 * MIB,
        "moved_bytes": 0,
        "over_seconds": 5.0,
        "throttle_bytes_per_second": None,
    }
    assert finding.covers == {partition("orders", 0)}


def test_one_that_is_throttled_and_moves_is_not_stuck(judge):
    now, before = copies(5 * MIB + 4096, 5 * MIB, seconds=60)

    result = judge(
        "reassignment-stuck", TABLE, MOVING, now, brokers(), throttle(100_000), earlier=before
    )

    assert result.status == "ok"


def test_at_a_low_throttle_close_samples_tell_nothing(judge):
    now, before = copies(5 * MIB, 5 * MIB)

    result = judge(
        "reassignment-stuck", TABLE, MOVING, now, brokers(), throttle(10_000), earlier=before
    )

    assert (result.status, result.needs) == ("unknown", "--sample-seconds")


def test_a_throttle_that_lets_enough_pass_excuses_nothing(judge):
    now, before = copies(5 * MIB, 5 * MIB)

    [finding] = judge(
        "reassignment-stuck", TABLE, MOVING, now, brokers(), throttle(10 * MIB), earlier=before
    ).findings

    assert "throttle of 10 MiB" in finding.cause


def test_a_copy_that_waits_for_its_turn_is_not_stuck(judge):
    table = partitions(
        partition_row("orders", isr=(1, 2)), partition_row("events", replicas=(1, 3), isr=(1,))
    )
    moving = reassignments({("orders", 0): (3,), ("events", 0): (3,)})
    now, _ = copies(5 * MIB, 5 * MIB, others=[("events", 9 * MIB, 2 * MIB)])
    _, [_, then] = copies(5 * MIB, 5 * MIB, others=[("events", 9 * MIB, 2 * MIB)])

    result = judge(
        "reassignment-stuck",
        table,
        moving,
        now,
        brokers(),
        earlier=[replace(moving, read_at=ago(5)), then],
    )

    assert result.status == "ok"


def test_a_copy_that_is_in_sync_waits_for_others(judge):
    now, before = copies(5 * MIB, 5 * MIB)
    table = partitions(partition_row("orders"))

    assert judge("reassignment-stuck", table, MOVING, now, brokers(), earlier=before).status == "ok"


def test_a_reassignment_that_has_just_begun_is_not_judged(judge):
    now, [_, then] = copies(0, 0)
    before = [reassignments({}), then]

    assert judge("reassignment-stuck", TABLE, MOVING, now, brokers(), earlier=before).status == "ok"


def test_a_target_that_is_down_needs_no_second_sample_and_is_the_cause(judge, registry):
    who = brokers(down=[3])

    [finding] = judge("reassignment-stuck", TABLE, MOVING, who).findings

    assert finding.confidence == "certain"
    checks = {id_: registry.get(id_) for id_ in ("reassignment-stuck", "broker-down")}
    held = {type(each): each for each in (TABLE, MOVING, who)}
    snapshot = Snapshot(taken_at=NOW, sections=held)
    reported = correlate(run(list(checks.values()), snapshot, {}), checks, "cluster")
    assert [item.check for item in reported if item.is_root] == ["broker-down"]


def test_a_partition_without_a_leader_has_nobody_to_copy_from(judge):
    now, before = copies(0, 0)
    table = partitions(partition_row("orders", isr=(1,), leader=None))

    [finding] = judge("reassignment-stuck", table, MOVING, now, brokers(), earlier=before).findings

    assert finding.cause == "There is no leader to copy from."


def test_is_not_applicable_or_ok_where_nothing_moves(judge):
    assert judge("reassignment-stuck", TABLE, reassignments({}), brokers()).status == "ok"


@pytest.mark.parametrize(
    "absent",
    [
        {Reassignments: Missing("not authorised", "Describe on Cluster")},
        {Replicas: Missing("not authorised", "Describe on Cluster")},
    ],
)
def test_is_unknown_without_the_sizes_or_the_list(judge, absent):
    sections = [TABLE, brokers(), *([MOVING] if Replicas in absent else [])]

    assert judge("reassignment-stuck", *sections, absent=absent).status == "unknown"


def whole(here, leader_has):
    """Return the sizes of the copy on broker 3 and of the leader's, in one sample."""
    return replicas({(3, "orders", 0): here, (1, "orders", 0): leader_has})


def test_a_throttle_that_takes_weeks_is_as_good_as_none_moving(judge):
    now = whole(0, 5 * MIB)

    [finding] = judge("reassignment-stuck", TABLE, MOVING, now, brokers(), throttle(1)).findings

    assert "takes 60 d 16 h more at its throttle of 1 B a second" in finding.symptom
    assert finding.confidence == "certain"
    assert finding.evidence["left_seconds"] == 5 * MIB
    assert "--additional" in finding.actions[0].command


def test_a_throttle_that_ends_within_days_is_not_told_apart_from_a_standstill(judge):
    now = whole(0, 5 * MIB)

    result = judge("reassignment-stuck", TABLE, MOVING, now, brokers(), throttle(1000))

    assert (result.status, result.needs) == ("unknown", "--sample-seconds")
