"""Topics of a lab, as faults need them."""

from collections.abc import Mapping

from kdiag.lab.clients import await_all, is_led, offsets, topic_metadata
from kdiag.lab.lab import Lab
from kdiag.lab.waiting import wait_until

_SECONDS = 60


def override(lab: Lab, topic: str, configs: Mapping[str, str]) -> None:
    """Override configuration keys of a topic, which is created with some records if missing."""
    if topic_metadata(lab.admin(), topic) is None:
        lab.create_topic(topic)
        lab.produce(topic, 100)
    lab.alter_config("topic", topic, configs)


def add_partitions(lab: Lab, topic: str, total: int) -> None:
    """Give a topic more partitions, and wait until they are led."""
    from confluent_kafka.admin import NewPartitions  # type: ignore[attr-defined]

    await_all(lab.admin().create_partitions([NewPartitions(topic, total)]))
    wait_until(lambda: is_led(lab.admin(), topic, total), f"topic {topic} has {total} partitions")


def delete_records(lab: Lab, topic: str, before: int) -> None:
    """Delete the records below an offset of the only partition of a topic."""
    from confluent_kafka import TopicPartition

    await_all(lab.admin().delete_records([TopicPartition(topic, 0, before)]))


def wait_short(lab: Lab, topic: str, partitions: int) -> None:
    """Wait until so many partitions of a topic lack a copy in sync."""

    def are_short() -> bool:
        found = topic_metadata(lab.admin(), topic)
        rows = () if found is None else found.partitions.values()
        return sum(len(row.isrs) < len(row.replicas) for row in rows) >= partitions

    wait_until(are_short, f"{partitions} partitions of {topic} lack a copy", _SECONDS)


def wait_deleted(lab: Lab, topic: str, records: int) -> None:
    """Wait until so many records of a topic have been deleted."""

    def are_deleted() -> bool:
        return sum(offsets(lab.admin(), topic, "earliest").values()) >= records

    wait_until(are_deleted, f"{records} records of {topic} are deleted", _SECONDS)
