"""The past of groups out of `__consumer_offsets`, and of share groups out of their own topic.

Newest first, and within a budget.
"""

import asyncio
from collections.abc import Mapping
from datetime import datetime

from kdiag.finding import NotApplicable
from kdiag.sections import (
    CommitHistory,
    GenerationHistory,
    HistoryReach,
    MemberHistory,
    Partitions,
    Replicas,
    ShareStateHistory,
    Topics,
    TransactionHistory,
)
from kdiag.snapshot import Held, Missing, Section
from kdiag.sources.history.fetching import Sizes
from kdiag.sources.history.topic import Budget, TopicTail, read_topic
from kdiag.wire.cluster import Wire

Histories = Mapping[type[Section], Held]

_TOPIC = "__consumer_offsets"
_SHARE_TOPIC = "__share_group_state"
_TRANSACTION_TOPIC = "__transaction_state"
_SECTIONS = (CommitHistory, GenerationHistory, MemberHistory, HistoryReach)


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
    budget, sizes = Budget(budget_bytes, budget_seconds), _sizes(replicas)
    read = await read_topic(wire, _TOPIC, partitions, budget, is_expected=has_groups, sizes=sizes)
    if not isinstance(read, TopicTail):
        return dict.fromkeys(_SECTIONS, read)
    return await asyncio.to_thread(_decode, read, now)


async def read_share_state(
    wire: Wire,
    partitions: Partitions,
    topics: Topics,
    now: datetime,
    *,
    has_groups: bool = False,
    budget_bytes: int = 4 << 20,
    budget_seconds: float = 2,
) -> ShareStateHistory | Missing | NotApplicable:
    """Return the states of share groups, as their coordinators wrote them.

    topics: for the names of topic ids. has_groups: the cluster has share groups; else there is
    nothing to read. budget_bytes, budget_seconds: as for `read_history`.
    """
    if not has_groups:
        return NotApplicable("the cluster has no share group")
    budget = Budget(budget_bytes, budget_seconds)
    read = await read_topic(wire, _SHARE_TOPIC, partitions, budget, is_expected=True)
    if not isinstance(read, TopicTail):
        return read
    return await asyncio.to_thread(_decode_share_state, read, topics, now)


async def read_transaction_history(
    wire: Wire,
    partitions: Partitions,
    now: datetime,
    *,
    has_transactions: bool = False,
    budget_bytes: int = 16 << 20,
    budget_seconds: float = 2,
) -> TransactionHistory | Missing | NotApplicable:
    """Return what became of transactions in the last minutes, as their coordinators wrote it.

    has_transactions: the cluster lists transactional ids. budget_bytes, budget_seconds: as for
    `read_history`.
    """
    budget = Budget(budget_bytes, budget_seconds)
    read = await read_topic(
        wire, _TRANSACTION_TOPIC, partitions, budget, is_expected=has_transactions
    )
    if not isinstance(read, TopicTail):
        return read
    return await asyncio.to_thread(_decode_transactions, read, now)


def _decode(read: TopicTail, now: datetime) -> Histories:
    """Decode beside the event loop, so that other replies are still taken; import numpy there."""
    from kdiag.sources.history.decoding import sections_of

    return sections_of(read.tails, read.errors, now)


def _decode_share_state(read: TopicTail, topics: Topics, now: datetime) -> ShareStateHistory:
    from kdiag.sources.history.share_state import share_state_history

    names = dict(zip(topics.rows["topic_id"], topics.rows["topic"], strict=True))
    return share_state_history(read.tails, names, read.errors, now)


def _decode_transactions(read: TopicTail, now: datetime) -> TransactionHistory:
    from kdiag.sources.history.transaction_log import transaction_history

    return transaction_history(read.tails, read.errors, now)


def _sizes(replicas: Replicas | None) -> Sizes:
    """Return the largest replica of each of the topic's partitions, in bytes."""
    if replicas is None:
        return {}
    rows = replicas.rows[replicas.rows["topic"] == _TOPIC]
    largest = rows.groupby("partition")["size_bytes"].max().dropna()
    return {int(number): int(size) for number, size in largest.items()}
