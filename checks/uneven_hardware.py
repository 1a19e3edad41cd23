"""Brokers that are not of one size.

Partitions are spread by number, not by what a broker can do, so the smallest one sets the pace of
the cluster: it falls behind first, and only under load. Only brokers are compared; controllers and
Connect workers may be of another size.

Reads: JMX (AvailableProcessors, TotalPhysicalMemorySize, HeapMemoryUsage).
"""

from collections.abc import Mapping
from typing import Any

from kdiag.api import (
    CLUSTER,
    Action,
    Facts,
    Finding,
    NotApplicable,
    Said,
    check,
    listed,
    size,
    value_by_target,
)

_WHAT = {
    "processors": ("processors", "count", "{:.0f}".format),
    "memory-total": ("memory", "bytes", size),
    "heap-max": ("heap", "bytes", size),
}


@check(area="brokers", facts=tuple(_WHAT))
def uneven_hardware(facts: Facts, *, difference_ratio: float = 0.1) -> Said:
    """Brokers that differ in processors, memory or heap.

    difference_ratio: part by which the smallest may be below the largest; machines of one type
        differ by a percent or so in the memory that they report.
    """
    values = {fact: _of_brokers(facts, fact) for fact in _WHAT}
    if all(len(of) < 2 for of in values.values()):
        yield NotApplicable("there is nothing to compare: one broker was asked")
        return
    uneven = {
        fact: of
        for fact, of in values.items()
        if of and min(of.values()) < (1 - difference_ratio) * max(of.values())
    }
    if uneven:
        yield _finding(uneven)


def _of_brokers(facts: Facts, fact: str) -> dict[str, float]:
    """Return broker → value, where the JVM tells one."""
    told = value_by_target(facts, fact)
    return {
        target: value
        for target, value in sorted(told.items(), key=_by_number)
        if target.startswith("broker ") and value > 0
    }


def _by_number(item: tuple[str, float]) -> tuple[int, str]:
    return len(item[0]), item[0]


def _difference(fact: str, of: Mapping[str, float]) -> str:
    noun, _, text = _WHAT[fact]
    groups: dict[str, list[str]] = {}
    for target, value in sorted(of.items(), key=lambda item: (item[1], *_by_number(item))):
        groups.setdefault(text(value), []).append(target.partition(" ")[2])
    parts = [f"{value} on {_brokers(ids)}" for value, ids in groups.items()]
    return f"{noun}: {', '.join(parts)}"


def _brokers(ids: list[str]) -> str:
    return f"broker{'s' if len(ids) > 1 else ''} {listed(ids)}"


def _finding(uneven: Mapping[str, Mapping[str, float]]) -> Finding:
    differences = "; ".join(_difference(fact, of) for fact, of in uneven.items())
    evidence: dict[str, Any] = {}
    for fact, of in uneven.items():
        noun, unit, _ = _WHAT[fact]
        evidence[f"smallest_{noun}_{unit}"] = int(min(of.values()))
        evidence[f"largest_{noun}_{unit}"] = int(max(of.values()))
        evidence[f"smallest_{noun}_broker"] = min(of, key=lambda target: of[target])
    return Finding(
        "info",
        CLUSTER,
        f"Brokers differ in {differences}.",
        "The smallest broker gets as many partitions as the others and falls behind first, under "
        "load and after another has failed.",
        cause="Another type of machine, another limit of the container, or another heap setting.",
        evidence=evidence,
        actions=(
            Action("Give all brokers the same size, or give the small one fewer partitions."),
        ),
    )
