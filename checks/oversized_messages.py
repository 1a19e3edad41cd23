"""Topics that accept messages far larger than Kafka is made for.

Brokers handle a batch as a whole: one of 10 MB holds a request handler, the page cache and the
memory of every consumer while hundreds of small ones wait. Large payloads belong in an object
store, with a reference in the message (the claim-check pattern).

Reads: DescribeConfigs (max.message.bytes), JMX (BytesRejectedPerSec by topic).
"""

from typing import Any

from kdiag.api import (
    CLUSTER,
    Action,
    Facts,
    Finding,
    Said,
    Subject,
    TopicConfigs,
    check,
    count,
    listed,
    size,
    topic,
)

_KEY = "max.message.bytes"
_CLAIM_CHECK = Action(
    "Ask the producers to store large payloads elsewhere, for example in S3, and to send a "
    "reference to them (claim check)."
)


@check(area="topics", configs=(_KEY,), facts=("bytes-rejected",), any_of=(TopicConfigs, Facts))
def oversized_messages(
    configs: TopicConfigs | None, facts: Facts | None, *, large_bytes: int = 4 * 1024**2
) -> Said:
    """Topics that accept messages of several MiB.

    large_bytes: limit of a topic above which messages are large; four times Kafka's own default
        of 1 MiB, so that modest raises stay silent.
    """
    if configs is None:
        return
    rows = configs.rows[(configs.rows["key"] == _KEY) & configs.rows["value"].notna()]
    rows = rows[rows["value"].astype("int64") > large_bytes]
    own = rows["source"] == "topic"
    for row in rows[own].itertuples():
        yield _finding(topic(row.topic), f"Topic {row.topic} accepts", int(row.value), row.topic)
    if len(inherited := rows[~own]):
        yield _inherited(inherited)


def _inherited(rows: Any) -> Finding:
    named = f"{count(len(rows), 'topic')} ({listed(sorted(rows['topic']))}) accept"
    verb = f"{named}s" if len(rows) == 1 else named
    return _finding(CLUSTER, f"By message.max.bytes of the brokers, {verb}", _largest(rows))


def _largest(rows: Any) -> int:
    return int(rows["value"].astype("int64").max())


def _finding(subject: Subject, who: str, limit: int, name: str | None = None) -> Finding:
    return Finding(
        "warning",
        subject,
        f"{who} messages of up to {size(limit)}.",
        "One such message holds a broker thread and the memory of every consumer for as long as "
        "hundreds of usual ones; latency of the others suffers.",
        cause="The limit is seen, not the messages: whether any is that large is not known.",
        evidence={"max_message_bytes": limit, "default_bytes": 1_048_588},
        actions=(_CLAIM_CHECK, _limit(name)),
        confidence="possible",
    )


def _limit(name: str | None) -> Action:
    if name is None:
        return Action(
            "Then lower the limit for all topics that do not set their own.",
            "kafka-configs.sh --bootstrap-server {bootstrap} --alter --entity-type brokers "
            "--entity-default --add-config message.max.bytes=1048588",
            "disruptive",
        )
    return Action(
        "Then take the limit back to the default; larger messages are refused from then on.",
        "kafka-configs.sh --bootstrap-server {bootstrap} --alter --entity-type topics "
        f"--entity-name {name} --delete-config {_KEY}",
        "disruptive",
    )
