"""Limits of message size that contradict each other along the way.

A batch passes the broker's socket, the topic's limit and a segment. Where the topic allows more
than the socket or the segment does, it promises what is refused. Limits on fetching are soft since
KIP-74: a larger batch is still returned, alone; so they cost speed, never data.

Reads: DescribeConfigs (max.message.bytes and segment.bytes of topics; socket.request.max.bytes,
replica.fetch.max.bytes, replica.fetch.response.max.bytes of brokers).
"""

from typing import Any

from kdiag.api import (
    CLUSTER,
    Action,
    Finding,
    MessageLimits,
    Said,
    Subject,
    check,
    count,
    listed,
    topic,
)

_HARD = {
    "socket.request.max.bytes": "brokers close the connection of a larger request",
    "segment.bytes": "a batch larger than a segment is refused",
}
_SOFT = {
    "replica.fetch.max.bytes": "followers fetch such a batch alone, one in each request",
    "replica.fetch.response.max.bytes": "followers fetch such a batch alone, one in each request",
}


@check(area="topics")
def message_size_chain(limits: MessageLimits, *, tolerance_bytes: int = 1024) -> Said:
    """Topics that allow larger messages than the rest of the way does.

    tolerance_bytes: by how much max.message.bytes may exceed another limit; its default is 12
        bytes, the overhead of a batch, above a full MiB, which other limits are.
    """
    rows = limits.rows
    for key, why in {**_HARD, **_SOFT}.items():
        over = rows["max.message.bytes"] > rows[key] + tolerance_bytes
        over = over.fillna(False).astype(bool)
        yield from _findings(rows[over], key, why)
        rows = rows[~over]


def _findings(rows: Any, key: str, why: str) -> Said:
    for _, row in rows[rows["is_own"]].iterrows():
        yield _finding(topic(row["topic"]), f"Topic {row['topic']} allows", row, key, why)
    inherited = rows[~rows["is_own"]]
    if len(inherited):
        names = f"{count(len(inherited), 'topic')} ({listed(inherited['topic'])})"
        who = f"The default of the brokers, for {names}, allows"
        yield _finding(CLUSTER, who, inherited.iloc[0], key, why)


def _finding(subject: Subject, who: str, row: Any, key: str, why: str) -> Finding:
    allowed, limit = int(row["max.message.bytes"]), int(row[key])
    is_hard = key in _HARD
    return Finding(
        "warning" if is_hard else "info",
        subject,
        f"{who} messages of {allowed:,} bytes, but {key} is {limit:,}: {why}.",
        "Producers that use what the topic allows fail, although their batch is within its limit."
        if is_hard
        else "Nothing is refused or lost; replicas catch up more slowly while such messages come.",
        evidence={
            "max_message_bytes": allowed,
            "limit_bytes": limit,
            "limited_by": key,
        },
        actions=(_advice(subject, key, allowed, limit),),
    )


def _advice(subject: Subject, key: str, allowed: int, limit: int) -> Action:
    if key in _SOFT:
        return Action(f"Raise {key} to {allowed} in server.properties at the next restart.")
    if subject == CLUSTER:
        return Action(f"Bring message.max.bytes of the brokers to {limit} or less, or raise {key}.")
    return Action(
        f"Lower the limit of the topic to {limit} or less, or raise {key}.",
        "kafka-configs.sh --bootstrap-server {bootstrap} --alter --entity-type "
        "topics --entity-name {topic} --add-config max.message.bytes={value}",
        "safe",
        {"topic": subject["topic"], "value": limit},
    )
