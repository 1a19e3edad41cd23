"""Brokers whose heap has an unsuitable size.

Kafka serves reads from the operating system's page cache, which is what the heap leaves of the
memory. A heap that grows while it runs (-Xms below -Xmx) meets its limit only under load. In a
container, memory is what the JVM takes for its limit.

Reads: JMX (HeapMemoryUsage, TotalPhysicalMemorySize).
"""

from typing import Any

from kdiag.api import Action, Facts, Finding, Said, check, size, subject_of, value_by_target


@check(area="brokers", facts=("heap-initial", "heap-max", "memory-total"))
def heap_sizing(facts: Facts, *, memory_ratio: float = 0.5, initial_ratio: float = 0.9) -> Said:
    """Brokers whose heap takes the page cache's memory, or starts smaller than it may grow.

    memory_ratio: part of the memory that the heap may take; the brokers of Kafka's pages on Java
        and on hardware have 6 GB of heap and 24 GB of memory, a quarter.
    initial_ratio: part of the largest heap that it must start with; a collector that keeps a
        spare space (Serial, Parallel) reports a maximum a little off from -Xmx.
    """
    most = value_by_target(facts, "heap-max")
    initial = value_by_target(facts, "heap-initial")
    memory = value_by_target(facts, "memory-total")
    for target in sorted(most):
        numbers = (most[target], initial.get(target, -1.0), memory.get(target, -1.0))
        faults = list(_faults(*numbers, memory_ratio, initial_ratio))
        if target.startswith("broker ") and faults:
            yield _finding(target, faults, *numbers)


def _faults(
    most: float, initial: float, memory: float, memory_ratio: float, initial_ratio: float
) -> Any:
    """Yield what is wrong, with its cause and fix; -1 is what the JVM says of an unknown."""
    if most > 0 and memory > 0 and most > memory_ratio * memory:
        yield (
            f"may take {size(most)} of {size(memory)} of memory",
            "It leaves little to the page cache, so readers that are behind wait for the disk.",
            "Lower -Xmx, or give the broker more memory; 4 to 8 GiB of heap are enough for most.",
        )
    if most > 0 and 0 <= initial < initial_ratio * most:
        yield (
            f"starts with {size(initial)} and grows to {size(most)}",
            "It grows under load, by collections that stop the broker, and what it takes from the "
            "page cache then was not missed before.",
            "Set -Xms to the value of -Xmx.",
        )


def _finding(target: str, faults: Any, most: float, initial: float, memory: float) -> Finding:
    what, impacts, fixes = zip(*faults, strict=True)
    return Finding(
        "info",
        subject_of(target),
        f"The heap of {target} {' and '.join(what)}.",
        " ".join(impacts),
        cause="Set by KAFKA_HEAP_OPTS, or the JVM's default where that is not set.",
        evidence={
            "heap_max_bytes": int(most),
            **({"heap_initial_bytes": int(initial)} if initial >= 0 else {}),
            **({"memory_bytes": int(memory)} if memory > 0 else {}),
        },
        actions=tuple(
            Action(f"{fix} In KAFKA_HEAP_OPTS; it needs a restart.", effect="disruptive")
            for fix in fixes
        ),
    )
