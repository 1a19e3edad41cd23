"""The uncompacted tail of `__consumer_offsets`, newest first, within a budget.

The topic is read as any consumer may read it, but without a group. Nothing is created: the topic
is not named where the cluster does not show it, and no coordinator is looked up.
"""

import asyncio
from collections.abc import Mapping, Sequence
from datetime import datetime

from kdiag.finding import NotApplicable
from kdiag.sections import (
    CommitHistory,
    GenerationHistory,
    HistoryReach,
    MemberHistory,
    Partitions,
    Replicas,
)
from kdiag.snapshot import Missing, Section
from kdiag.sources.history.fetching import TOPIC, Sizes, read_tails
from kdiag.sources.history.tail import Tail
from kdiag.wire.cluster import Wire

Histories = Mapping[type[Section], Section | Missing | NotApplicable]

_SECTIONS = (CommitHistory, GenerationHistory, MemberHistory, HistoryReach)
_GRANT = f"Read on Topic {TOPIC}"


async def read_history(
    wire: Wire,
    partitions: Partitions,
    replicas: Replicas | None,
    now: datetime,
    *,
    has_groups: bool = False,
    budget_bytes: int = 64 << 20,
    budget_seconds: float = 5,
) -> Histories:
    """Return CommitHistory, GenerationHistory, MemberHistory and HistoryReach, by class.

    replicas: sizes of the logs, for a better estimate of where to begin; None where not known.
    has_groups: the cluster lists groups; then a topic that is not shown is hidden, not absent.
    budget_bytes: of records as they come from the brokers. budget_seconds: for the reading;
    decoding adds about a second for each million of commits.
    """
    led, leaderless = _by_leader(partitions)
    if not led and not leaderless:
        absent = NotApplicable(f"the cluster has no {TOPIC}")
        hidden = Missing(f"{TOPIC} is not shown to us", _GRANT)
        return dict.fromkeys(_SECTIONS, hidden if has_groups else absent)
    outcome = await read_tails(wire, led, _sizes(replicas), budget_bytes, budget_seconds)
    errors = dict.fromkeys(leaderless, Missing("it has no leader")) | outcome.errors
    has_read = any(tail.partition not in errors for tail in outcome.tails)
    for why in errors.values():
        if why.grant or not has_read:
            return dict.fromkeys(_SECTIONS, why)
    targets = {f"partition {TOPIC}-{number}": why for number, why in sorted(errors.items())}
    return await asyncio.to_thread(_decode, outcome.tails, targets, now)


def _decode(tails: Sequence[Tail], errors: Mapping[str, Missing], now: datetime) -> Histories:
    """Decode beside the event loop, so that other replies are still taken; import numpy there."""
    from kdiag.sources.history.decoding import sections_of

    return sections_of(tails, errors, now)


def _by_leader(partitions: Partitions) -> tuple[dict[int, list[int]], list[int]]:
    """Return the topic's partitions by leader, and those without one."""
    rows = partitions.rows[partitions.rows["topic"] == TOPIC]
    known = rows[rows["leader"].notna()]
    led: dict[int, list[int]] = {}
    for number, leader in zip(known["partition"].tolist(), known["leader"].tolist(), strict=True):
        led.setdefault(leader, []).append(number)
    return led, rows[rows["leader"].isna()]["partition"].tolist()


def _sizes(replicas: Replicas | None) -> Sizes:
    """Return the largest replica of each of the topic's partitions, in bytes."""
    if replicas is None:
        return {}
    rows = replicas.rows[replicas.rows["topic"] == TOPIC]
    largest = rows.groupby("partition")["size_bytes"].max().dropna()
    return {int(number): int(size) for number, size in largest.items()}
