"""One internal topic: which of its log partitions can be read, and what was read of them.

The topic is read as any consumer may read it, but without a group. Nothing is created: the topic
is not named where the cluster does not show it, and no coordinator is looked up.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from kdiag.finding import NotApplicable
from kdiag.sections import Partitions
from kdiag.snapshot import Missing
from kdiag.sources.history.fetching import Sizes, read_tails
from kdiag.sources.history.tail import Tail
from kdiag.wire.cluster import Wire


@dataclass(frozen=True)
class Budget:
    """What the reading may cost: bytes of records as the brokers send them, and seconds."""

    bytes: int
    seconds: float


@dataclass(frozen=True)
class TopicTail:
    """The tails of a topic's log partitions. errors: `partition TOPIC-N` → why it has none."""

    tails: list[Tail]
    errors: Mapping[str, Missing]


async def read_topic(
    wire: Wire,
    topic: str,
    partitions: Partitions,
    budget: Budget,
    *,
    is_expected: bool,
    sizes: Sizes | None = None,
) -> TopicTail | Missing | NotApplicable:
    """Read the newest records of a topic, within a budget.

    is_expected: the topic must exist; where it is not shown, it is hidden from us. sizes: for a
    better estimate of where to begin.
    """
    led, leaderless = _by_leader(topic, partitions)
    if not led and not leaderless:
        if is_expected:
            return Missing(f"{topic} is not shown to us", f"Read on Topic {topic}")
        return NotApplicable(f"the cluster has no {topic}")
    outcome = await read_tails(wire, topic, led, sizes or {}, budget.bytes, budget.seconds)
    errors = dict.fromkeys(leaderless, Missing("it has no leader")) | outcome.errors
    has_read = any(tail.partition not in errors for tail in outcome.tails)
    for why in errors.values():
        if why.grant or not has_read:
            return why
    targets = {f"partition {topic}-{number}": why for number, why in sorted(errors.items())}
    return TopicTail(outcome.tails, targets)


def _by_leader(topic: str, partitions: Partitions) -> tuple[dict[int, list[int]], list[int]]:
    """Return the topic's partitions by leader, and those without one."""
    rows = partitions.rows[partitions.rows["topic"] == topic]
    known = rows[rows["leader"].notna()]
    led: dict[int, list[int]] = {}
    for number, leader in zip(known["partition"].tolist(), known["leader"].tolist(), strict=True):
        led.setdefault(leader, []).append(number)
    return led, rows[rows["leader"].isna()]["partition"].tolist()
