from dataclasses import replace

import pandas
import pytest

from kdiag.finding import broker
from kdiag.sections import Facts
from kdiag.snapshot import Missing
from tests.tables import GIB, ago, facts, partition_row, partitions

ID = "gc-pauses"
YOUNG = "G1 Young Generation"


def samples(grown, after_gc=GIB, heap=4 * GIB, starts=(0.0, 0.0), cpu=None):
    """Return two samples, ten seconds apart: collector → (seconds, collections) in between.

    cpu: seconds for which the process computed; None where its JMX does not tell.
    """
    shared = {("heap-after-gc", "G1 Old Gen"): after_gc, "heap-max": heap}
    now = {"start-time": starts[1]} | shared
    then = {"start-time": starts[0]} | shared
    if cpu is not None:
        then, now = then | {"cpu-time": 500.0}, now | {"cpu-time": 500.0 + cpu}
    for name, (seconds, number) in grown.items():
        then |= {("gc-time", name): 100.0, ("gc-count", name): 900}
        now |= {("gc-time", name): 100.0 + seconds, ("gc-count", name): 900 + number}
    return facts({"broker 1": now}), facts({"broker 1": then}, at=ago(10))


def test_names_the_share_of_time_and_that_the_heap_stays_full(judge):
    grown = {YOUNG: (0.4, 8), "G1 Old Generation": (3.6, 2)}
    now, then = samples(grown, after_gc=int(3.6 * GIB))

    short = partitions(*(partition_row("orders", n, isr=(2, 3)) for n in range(4)))
    whole = partitions(*(partition_row("orders", n) for n in range(4)))

    [finding] = judge(ID, now, short, earlier=[then, whole]).findings

    assert finding.subject == broker(1)
    assert finding.severity == "warning"
    assert finding.symptom == (
        "Garbage collection stopped broker 1 for 4 s of the last 10 s, in 10 collections."
    )
    assert finding.evidence["pause_ratio"] == pytest.approx(0.4)
    assert finding.evidence["mean_pause_seconds"] == pytest.approx(0.4)
    assert finding.evidence["left_isr_partitions"] == 4
    assert "the heap is too small" in finding.cause
    assert finding.covers == {broker(1)}


def test_a_heap_that_empties_points_to_what_is_allocated(judge):
    now, then = samples({YOUNG: (2.0, 40)})

    [finding] = judge(ID, now, earlier=[then]).findings

    assert "how much is allocated" in finding.cause
    assert "left_isr_partitions" not in finding.evidence


def test_one_collection_is_only_possibly_a_habit(judge):
    now, then = samples({"G1 Old Generation": (1.5, 1)}, after_gc=0, heap=-1)

    [finding] = judge(ID, now, earlier=[then]).findings

    assert finding.confidence == "possible"
    assert finding.cause == "How full the heap stays after collections is not known."


def test_a_pool_that_no_collection_looked_at_says_nothing(judge):
    """G1 tells 0 of its old generation until it collects it."""
    now, then = samples({YOUNG: (2.0, 40)}, after_gc=0)
    survivors = facts({"broker 1": {("heap-after-gc", "G1 Survivor Space"): GIB}}).rows
    rows = pandas.concat([now.rows, survivors], ignore_index=True)

    [finding] = judge(ID, replace(now, rows=rows), earlier=[then]).findings

    assert "heap_after_gc_bytes" not in finding.evidence


def test_many_short_young_collections_are_healthy(judge):
    now, then = samples({YOUNG: (0.1, 50)}, after_gc=int(3.9 * GIB))

    assert judge(ID, now, earlier=[then]).status == "ok"


@pytest.mark.parametrize(
    ("grown", "cpu"),
    [
        ({"Copy": (1.36, 1)}, 0.09),  # as seen of a broker that was frozen for a second
        ({"Copy": (1.5, 3)}, 0.26),
        ({YOUNG: (4.0, 10)}, 0.9),
        ({"MarkSweepCompact": (9.5, 1)}, 0.4),
    ],
)
def test_a_process_that_was_frozen_within_a_collection_is_a_note_about_that(judge, grown, cpu):
    now, then = samples(grown, cpu=cpu)

    [finding] = judge(ID, now, earlier=[then]).findings

    assert finding.severity == "info"
    assert "frozen" in finding.cause
    assert finding.evidence["cpu_seconds"] == cpu
    assert not finding.covers


@pytest.mark.parametrize("cpu", [1.0, 3.9, 17.0])
def test_a_process_that_computed_within_its_pauses_collects(judge, cpu):
    now, then = samples({YOUNG: (4.0, 10)}, cpu=cpu)

    [finding] = judge(ID, now, earlier=[then]).findings

    assert finding.severity == "warning"


@pytest.mark.parametrize(
    ("cycles", "pauses"),
    [
        ("ZGC Cycles", "ZGC Pauses"),
        ("ZGC Major Cycles", "ZGC Major Pauses"),
        ("ZGC Minor Cycles", "ZGC Minor Pauses"),
        ("Shenandoah Cycles", "Shenandoah Pauses"),
        ("G1 Concurrent GC", YOUNG),
        ("ConcurrentMarkSweep", "ParNew"),
    ],
)
def test_concurrent_work_is_no_pause(judge, cycles, pauses):
    now, then = samples({cycles: (9.0, 3), pauses: (0.01, 9)})

    assert judge(ID, now, earlier=[then]).status == "ok"


def test_is_unknown_with_one_sample_after_a_restart_and_without_jmx(judge):
    now, _ = samples({YOUNG: (4.0, 9)})
    anew, before = samples({YOUNG: (4.0, 9)}, starts=(0.0, 5_000.0))
    absent = {Facts: Missing("JMX was not read", "--jmx")}

    assert judge(ID, now).status == "unknown"
    assert judge(ID, anew, earlier=[before]).status == "unknown"
    assert judge(ID, absent=absent).status == "unknown"
