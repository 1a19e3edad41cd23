"""A share consumer that is healthy, slow, fails on some records, or holds what it got."""

import time
from typing import TYPE_CHECKING, Any

from kdiag.lab.clients import quiet

if TYPE_CHECKING:
    from confluent_kafka import Message, ShareConsumer

    from kdiag.lab.loads import Share


def share(bootstrap: str, load: "Share") -> None:
    """Take records and acknowledge them as the load says until its end, then leave in order."""
    from confluent_kafka import ShareConsumer

    consumer = ShareConsumer(quiet(bootstrap, **_config(load)))
    consumer.subscribe(list(load.topics))
    deadline = time.monotonic() + load.max_seconds
    done = 0
    try:
        while time.monotonic() < deadline and (load.stop_after is None or done < load.stop_after):
            messages = [message for message in consumer.poll(0.5) if message.error() is None]
            if messages and load.abandons:
                break
            if messages and load.holds:
                time.sleep(max(0.0, deadline - time.monotonic()))
            done += _work(consumer, messages, load)
    finally:
        consumer.close()


def _work(consumer: "ShareConsumer", messages: "list[Message]", load: "Share") -> int:
    """Work through records that were polled together; return how many were accepted."""
    from confluent_kafka import AcknowledgeType

    accepted = 0
    for message in messages:
        time.sleep(load.seconds_per_record)
        kind = AcknowledgeType.ACCEPT
        if _is_one_in(load.releases_one_in, message):
            kind = AcknowledgeType.RELEASE
        elif _is_one_in(load.rejects_one_in, message):
            kind = AcknowledgeType.REJECT
        accepted += kind == AcknowledgeType.ACCEPT
        consumer.acknowledge(message, kind)
    if messages:
        consumer.commit_sync(10.0)
    return accepted


def _is_one_in(count: int | None, message: "Message") -> bool:
    offset = message.offset()
    return count is not None and offset is not None and offset % count == 0


def _config(load: "Share") -> dict[str, Any]:
    return {
        "group.id": load.group,
        "client.id": load.client_id,
        "share.acknowledgement.mode": "explicit",
        "max.poll.records": load.records_a_poll,
        "max.poll.interval.ms": 3_600_000,
    }
