"""Topics that get messages too large for them, or accept ones too large for Kafka.

Brokers handle a batch as a whole: one of 10 MB holds a request handler, the page cache and the
memory of every consumer while hundreds of small ones wait. Large payloads belong in an object
store, with a reference in the message (the claim-check pattern).

What is too large for its topic is refused, and nothing but the producer notices. Brokers count the
bytes by topic; what counts is what they refused between two samples.

Reads: DescribeConfigs (max.message.bytes), JMX (BytesRejectedPerSec by topic, ErrorsPerSec of
Produce by error) in two samples.
"""

from typing import Any

from kdiag.api import (
    CLUSTER,
    Action,
    Finding,
    RefusedMessages,
    Said,
    Subject,
    TopicConfigs,
    check,
    config_by_topic,
    count,
    listed,
    size,
    subject_of,
    topic,
)

_KEY = "max.message.bytes"
_CLAIM_CHECK = Action(
    "Ask the producers to store large payloads elsewhere, for example in S3, and to send a "
    "reference to them (claim check)."
)


_FACTS = ("bytes-rejected", "request-errors")


@check(area="topics", configs=(_KEY,), facts=_FACTS, any_of=(TopicConfigs, RefusedMessages))
def oversized_messages(
    configs: TopicConfigs | None,
    refused: RefusedMessages | None,
    *,
    large_bytes: int = 4 * 1024**2,
) -> Said:
    """Topics whose messages are refused as too large, or that accept ones of several MiB.

    large_bytes: limit of a topic above which messages are large; four times Kafka's own default
        of 1 MiB, so that modest raises stay silent.
    """
    limits = {} if configs is None else config_by_topic(configs, _KEY)
    rows = [] if refused is None else list(refused.rows.itertuples())
    yield from (_refused(row, limits.get(row.topic)) for row in rows)
    if configs is None:
        return
    told = configs.only("key", _KEY).dropna(subset="value")
    told = told[~told["topic"].isin({row.topic for row in rows})]
    told = told[told["value"].astype("int64") > large_bytes]
    own = told["source"] == "topic"
    for row in told[own].itertuples():
        yield _finding(topic(row.topic), f"Topic {row.topic} accepts", int(row.value), row.topic)
    if len(inherited := told[~own]):
        yield _inherited(inherited)


def _refused(row: Any, limit: str | None) -> Finding:
    is_told = row.topic is not None
    number = int(row.refused_bytes if is_told else row.refused_requests)
    known = {} if limit is None else {"max_message_bytes": int(limit)}
    return Finding(
        "warning",
        topic(row.topic) if is_told else subject_of(row.target),
        f"Brokers refused {size(number)} for topic {row.topic} as too large between two samples."
        if is_told
        else f"{row.target.capitalize()} refused {count(number, 'Produce request')} as too large "
        "between two samples.",
        "The producer gets MESSAGE_TOO_LARGE or RECORD_LIST_TOO_LARGE and gives the records up; "
        "lag and brokers look healthy.",
        cause="A batch is larger than max.message.bytes of the topic, or than a segment.",
        evidence={"refused_bytes" if is_told else "refused_requests": number, **known},
        actions=(
            Action("Let the producer compress, or make smaller batches (batch.size)."),
            _CLAIM_CHECK,
        ),
        covers=frozenset([topic(row.topic)]) if is_told else frozenset(),
    )


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
        "kafka-configs.sh --bootstrap-server {bootstrap} --alter --entity-type "
        "topics --entity-name {topic} --delete-config {key}",
        "disruptive",
        {"topic": name, "key": _KEY},
    )
