"""What a reassignment would break: a snapshot and a file in, a report out."""

import json

import pytest

from kdiag.errors import UsageError
from kdiag.preflight.moved import after
from kdiag.preflight.proposal import read_proposal
from kdiag.preflight.reassign import judged
from kdiag.registry import load_checks
from kdiag.sections import LogDirs, Partitions, Replicas
from kdiag.snapshot import Missing, Snapshot
from tests.tables import (
    GIB,
    NOW,
    brokers,
    cluster,
    log_dirs,
    partition_row,
    partitions,
    reassignments,
    replicas,
    topic_configs,
    topics,
)

CHECKS = load_checks().checks
RACKS = {1: "a", 2: "b", 3: "c", 4: "c"}


@pytest.fixture
def proposed(tmp_path):
    """Return a function that writes (topic, partition) → replicas, or a text, and reads it."""

    def write(moves, **more):
        path = tmp_path / "move.json"
        if isinstance(moves, str):
            path.write_text(moves)
        else:
            rows = [
                {"topic": topic, "partition": number, "replicas": ids, **more}
                for (topic, number), ids in moves.items()
            ]
            path.write_text(json.dumps({"version": 1, "partitions": rows}))
        return read_proposal(path)

    return write


def factored(name, factor):
    both = {"replication_factor_min": factor, "replication_factor_max": factor}
    return {"topic": name, "partition_count": 1, **both}


def snapshot(*rows, held=10 * GIB, usable=None, down=(), moving=None, limit="2", **absent):
    """Return four brokers, the partitions, and 100 GiB of disk on each."""
    names = sorted({row["topic"] for row in rows})
    factors = {row["topic"]: len(row["replicas"]) for row in rows}
    sizes = {(id_, row["topic"], row["partition"]): held for row in rows for id_ in row["replicas"]}
    free = {1: 50, 2: 50, 3: 50, 4: 50, **(usable or {})}
    sections = (
        cluster(),
        brokers(1, 2, 3, 4, racks=RACKS, down=down),
        partitions(*rows),
        topics(*(factored(name, factors[name]) for name in names)),
        topic_configs({name: {"min.insync.replicas": limit} for name in names}),
        replicas(sizes),
        log_dirs(*({"broker": id_, "usable_bytes": gib * GIB} for id_, gib in free.items())),
        reassignments(moving or {}),
    )
    made = {type(section): section for section in sections}
    return Snapshot(taken_at=NOW, sections={**made, **absent.pop("absent", {})})


def said(report):
    return {item.check: item for item in report.findings}


def test_a_move_within_the_rules_is_fine_and_says_what_it_copies(proposed):
    report = judged(snapshot(partition_row("orders")), CHECKS, proposed({("orders", 0): [1, 2, 4]}))

    assert report.findings == ()
    assert report.verdict.status == "healthy"
    assert "copies 1 replica, 10 GiB, to 1 broker" in report.verdict.sentence


def test_only_the_order_of_replicas_copies_nothing(proposed):
    move = proposed({("orders", 0): [3, 2, 1]})
    report = judged(snapshot(partition_row("orders")), CHECKS, move)

    assert "It copies nothing." in report.verdict.sentence


def test_two_replicas_in_one_rack_are_found_by_the_check_of_doctor(proposed):
    move = proposed({("orders", 0): [1, 3, 4]})
    report = judged(snapshot(partition_row("orders")), CHECKS, move)

    assert said(report)["rack-unaware"].finding.severity == "warning"
    assert report.verdict.status == "degraded"


def test_fewer_replicas_are_found(proposed):
    report = judged(snapshot(partition_row("orders")), CHECKS, proposed({("orders", 0): [1, 2]}))

    assert {"replication-factor-low", "min-isr-equals-rf"} <= set(said(report))


def test_what_was_wrong_before_is_not_blamed_on_the_move(proposed):
    rows = partition_row("orders"), partition_row("logs", replicas=(1,))
    report = judged(snapshot(*rows), CHECKS, proposed({("orders", 0): [1, 2, 4]}))

    assert report.findings == ()


def test_a_disk_that_gets_too_full_while_old_replicas_are_still_there(proposed):
    rows = partition_row("orders")
    table = snapshot(rows, held=30 * GIB, usable={4: 35})
    report = judged(table, CHECKS, proposed({("orders", 0): [1, 2, 4]}))

    assert said(report)["disk-usage-high"].finding.severity == "critical"
    assert report.failing


def test_a_broker_that_is_down_takes_nothing(proposed):
    table = snapshot(partition_row("orders"), down=(4,))
    report = judged(table, CHECKS, proposed({("orders", 0): [1, 2, 4]}))

    assert said(report)["reassignment-stuck"].finding.severity == "critical"


def test_a_partition_that_is_being_moved_already(proposed):
    table = snapshot(partition_row("orders"), moving={("orders", 0): (3,)})
    report = judged(table, CHECKS, proposed({("orders", 0): [1, 2, 4]}))

    assert said(report)["reassignment-stuck"].finding.severity == "warning"


def test_a_directory_that_is_not_there(proposed):
    move = proposed({("orders", 0): [1, 2, 4]}, log_dirs=["any", "any", "/nowhere"])
    report = judged(snapshot(partition_row("orders")), CHECKS, move)

    assert "/nowhere" in said(report)["log-dir-offline"].finding.symptom


def test_what_was_not_read_of_disks_is_not_enough_room(proposed):
    missing = {held: Missing("not authorised", "Describe on the cluster") for held in (LogDirs,)}
    table = snapshot(partition_row("orders"), absent=missing)
    report = judged(table, CHECKS, proposed({("orders", 0): [1, 2, 4]}))

    assert report.verdict.status == "unknown"


def test_the_cluster_as_it_would_be(proposed):
    move = proposed({("orders", 0): [4, 2]})
    made = after(snapshot(partition_row("orders"), partition_row("other")), move)

    rows = made.get(Partitions).rows.set_index("topic")
    assert rows.loc["orders", "replicas"] == (4, 2)
    assert rows.loc["orders", "leader"] == 4
    assert rows.loc["other", "replicas"] == (1, 2, 3)
    held = made.get(Replicas).rows
    assert sorted(held.loc[held["topic"] == "orders", "broker"]) == [1, 2, 3, 4]
    free = made.get(LogDirs).rows.set_index("broker")["usable_bytes"]
    assert free[4] == 40 * GIB
    assert free[2] == 50 * GIB


@pytest.mark.parametrize(
    ("text", "what"),
    [
        ("{", r"move.json:1:2: is no JSON"),
        ("[]", "is no reassignment; expected"),
        ('{"version": 2, "partitions": [{}]}', "is no reassignment"),
        ('{"version": 1, "partitions": []}', "is no reassignment"),
        ('{"version": 1, "partitions": [3]}', "entry 1 of partitions: expected an object"),
        ('{"version": 1, "partitions": [{"topic": "a", "partition": 0}]}', "list of broker ids"),
        (
            '{"version": 1, "partitions": [{"topic": "a", "partition": -1, "replicas": [1]}]}',
            "a partition as a whole number",
        ),
        (
            '{"version": 1, "partitions": [{"topic": "a", "partition": 0, "replicas": [1, 1]}]}',
            "names a broker twice",
        ),
        (
            '{"version": 1, "partitions": [{"topic": "a", "partition": 0, "replicas": [1], '
            '"log_dirs": []}]}',
            "for each replica",
        ),
    ],
)
def test_a_file_that_is_none_is_one_sentence(proposed, text, what):
    with pytest.raises(UsageError, match=what) as error:
        proposed(text)
    assert "\n" not in str(error.value)


def test_a_partition_or_broker_that_is_not_there_is_a_mistake(proposed):
    table = snapshot(partition_row("orders"))
    with pytest.raises(UsageError, match="the cluster has no orders-7"):
        judged(table, CHECKS, proposed({("orders", 7): [1, 2, 3]}))
    with pytest.raises(UsageError, match="there is no broker 9; there are 1, 2, 3, 4"):
        judged(table, CHECKS, proposed({("orders", 0): [1, 2, 9]}))
