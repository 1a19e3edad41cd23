"""Processes that garbage collection stops for a large part of the time.

While a collection stops the JVM, a broker answers nobody: followers fall out of the ISR, sessions
expire. Beans that time concurrent work do not count, as nothing waits for it: `… Cycles` of ZGC and
Shenandoah, `G1 Concurrent GC`, `ConcurrentMarkSweep`, `GPGC New` and `GPGC Old` (Zing).

The JVM times a collection by the clock: a process that is frozen within one (SIGSTOP, a paused
virtual machine, a laptop that sleeps), or gets no processor, seems to collect all the while. A
collector computes, so pauses in which the whole process hardly did are a note about something else.

Reads: JMX (CollectionTime, CollectionCount, CollectionUsage, HeapMemoryUsage, ProcessCpuTime),
Metadata (ISR), in two samples. Names of the beans: sources of the JDK's collectors.
"""

from typing import Any

from kdiag.api import (
    Action,
    CpuUse,
    FactDeltas,
    Finding,
    HeapUse,
    IsrChanges,
    Said,
    check,
    count,
    rows_of,
    size,
    span,
    subject_of,
)

_CONCURRENT = r" Cycles$|^G1 Concurrent GC$|^ConcurrentMarkSweep$|^GPGC (?:New|Old)$"
_FULL_RATIO = 0.7


@check(area="brokers", facts=("gc-time", "gc-count"))
def gc_pauses(
    deltas: FactDeltas,
    heaps: HeapUse | None,
    isrs: IsrChanges | None,
    cpu: CpuUse | None,
    *,
    warning_ratio: float = 0.1,
    least_seconds: float = 0.5,
) -> Said:
    """Processes that garbage collection stops for a large part of the time.

    warning_ratio: part of the time between the samples; usual for a broker is below 0.01.
    least_seconds: pauses that take less together are no fault, however short the window. The
        process must have computed for as long, and for the same part of the time.
    """
    computed = (
        {} if cpu is None else dict(zip(cpu.rows["target"], cpu.rows["seconds"], strict=True))
    )
    stopped = _by_target(deltas, "gc-time")
    collections = _by_target(deltas, "gc-count")["delta"]
    hits = stopped[(stopped["per_second"] >= warning_ratio) & (stopped["delta"] >= least_seconds)]
    for row in hits.itertuples():
        number, worked = int(collections.get(row.Index, 0)), computed.get(row.Index)
        if worked is not None and worked < max(least_seconds, warning_ratio * row.seconds):
            yield _stood_still(row, number, worked)
            continue
        yield _finding(row, number, _heap(heaps, row.Index), _left(isrs, row.Index))


def _by_target(deltas: FactDeltas, fact: str) -> Any:
    """Return what collectors that stop the JVM did, together, by target."""
    rows = rows_of(deltas, fact)
    rows = rows[~rows["name"].str.contains(_CONCURRENT, regex=True)]
    return rows.groupby("target").agg({"delta": "sum", "per_second": "sum", "seconds": "max"})


def _heap(heaps: HeapUse | None, target: str) -> dict[str, int]:
    """Return what stays in use after collections; empty where that is not known."""
    if heaps is None or target not in set(heaps.rows["target"]):
        return {}
    row = heaps.rows.set_index("target").loc[target]
    return {"heap_after_gc_bytes": int(row.after_gc_bytes), "heap_max_bytes": int(row.max_bytes)}


def _left(isrs: IsrChanges | None, target: str) -> int:
    """Return in how many partitions it fell out of the ISR between the samples."""
    rows = () if isrs is None else isrs.rows.itertuples()
    return sum(len(row.left) for row in rows if target == f"broker {row.broker}")


def _cause(heap: dict[str, int]) -> str:
    if not heap:
        return "How full the heap stays after collections is not known."
    stays = f"{size(heap['heap_after_gc_bytes'])} of {size(heap['heap_max_bytes'])}"
    if _is_full(heap):
        return f"After collections {stays} stay in use: the heap is too small, or something leaks."
    return f"After collections only {stays} stay in use: it is how much is allocated, or how."


def _is_full(heap: dict[str, int]) -> bool:
    return heap["heap_after_gc_bytes"] >= _FULL_RATIO * heap["heap_max_bytes"]


def _finding(row: Any, number: int, heap: dict[str, int], left: int) -> Finding:
    return Finding(
        "warning",
        subject_of(row.Index),
        f"Garbage collection stopped {row.Index} for {span(row.delta)} of the last "
        f"{span(row.seconds)}, in {count(number, 'collection')}.",
        "While it stands still it serves nobody: followers fall out of the ISR and sessions end.",
        cause=_cause(heap),
        kind="full" if heap and _is_full(heap) else "",
        confidence="certain" if number > 1 else "possible",
        evidence={
            "pause_ratio": round(row.per_second, 3),
            "pause_seconds": round(row.delta, 3),
            "mean_pause_seconds": round(row.delta / number, 3) if number else None,
            "collection_count": number,
            **heap,
            **({"left_isr_partitions": left} if left else {}),
        },
        actions=(
            Action("Read kafkaServer-gc.log: how long each took, and of which kind."),
            Action(
                "If the heap stays full, raise it (KAFKA_HEAP_OPTS, equal -Xms and -Xmx), and "
                "look at what fills it: partitions, producer ids, connections. Restart it.",
                effect="disruptive",
            ),
        ),
        covers=frozenset([subject_of(row.Index)]),
    )


def _stood_still(row: Any, number: int, worked: float) -> Finding:
    return Finding(
        "info",
        subject_of(row.Index),
        f"{row.Index.capitalize()} was within collections for {span(row.delta)} of the last "
        f"{span(row.seconds)}, and computed for {span(worked)} in all of it.",
        "While it stands still it serves nobody: followers fall out of the ISR and sessions end.",
        cause="Not garbage collection, which computes: the process was frozen, its machine paused, "
        "swaps, or had no processor for it.",
        confidence="likely",
        evidence={
            "pause_seconds": round(row.delta, 3),
            "cpu_seconds": round(worked, 3),
            "window_seconds": round(row.seconds, 3),
            "collection_count": number,
        },
        actions=(
            Action(
                "On its host, see whether it swaps, or waits for a processor (si, so, r, st).",
                "vmstat 1 10",
            ),
        ),
    )
