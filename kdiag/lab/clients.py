"""What the lab does on its own cluster as a client: topics, settings, records, readiness."""

import time
from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from kdiag.errors import LabError
from kdiag.lab.waiting import is_true_within, wait_until

if TYPE_CHECKING:
    from confluent_kafka.admin import AdminClient

_SECONDS = 30.0
_GROUP_SECONDS = 4.0
_OFFSETS_TOPIC = "__consumer_offsets"
_PRODUCER = {"linger.ms": 5, "batch.size": 500_000, "message.max.bytes": 100_000_000}
_QUEUED_RECORDS = 50_000


def quiet(bootstrap: str, **config: Any) -> dict[str, Any]:
    """Return the settings of a client that does not print when a broker is down, as is normal."""
    return {
        "bootstrap.servers": bootstrap,
        "log_level": 0,
        "error_cb": _ignore,
        "reconnect.backoff.max.ms": 500,
        **config,
    }


def _ignore(_error: object) -> None:
    """Stand in for the default, which prints to standard error."""


def make_admin(bootstrap: str) -> "AdminClient":
    """Return an administration client for a plain listener."""
    from confluent_kafka.admin import AdminClient

    return AdminClient(quiet(bootstrap))


def broker_ids(bootstrap: str) -> set[int]:
    """Return the ids of the brokers that are registered and not fenced; none if nobody answers.

    Asks with a new client each time: one that talks to a frozen broker stays with it for a minute.
    """
    from confluent_kafka import KafkaException

    try:
        return set(make_admin(bootstrap).list_topics(timeout=2).brokers)
    except KafkaException:
        return set()


def topic_metadata(admin: "AdminClient", topic: str) -> Any:
    """Return what the cluster says about a topic, or None if it has no such topic."""
    found = admin.list_topics(timeout=10).topics.get(topic)
    return None if found is None or found.error else found


def topic_names(admin: "AdminClient") -> list[str]:
    """Return the names of all topics, internal ones too."""
    return list(admin.list_topics(timeout=10).topics)


def partition_counts(bootstrap: str, topics: Sequence[str]) -> dict[str, int]:
    """Return the number of partitions of each of the topics that exist."""
    found = make_admin(bootstrap).list_topics(timeout=10).topics
    return {topic: len(found[topic].partitions) for topic in topics if topic in found}


def is_led(admin: "AdminClient", topic: str, partitions: int) -> bool:
    """Tell whether all partitions of a topic have a leader and all replicas in sync."""
    found = topic_metadata(admin, topic)
    return (
        found is not None
        and len(found.partitions) >= partitions
        and all(p.leader >= 0 and len(p.isrs) == len(p.replicas) for p in found.partitions.values())
    )


def create_topic(
    admin: "AdminClient",
    topic: str,
    partitions: int,
    replicas: int,
    configs: Mapping[str, str],
    assignment: Sequence[Sequence[int]] | None,
) -> None:
    """Create a topic and wait until all its partitions are led and in sync.

    A client that learns of brokers while it asks may let go of the one that it asked, and of its
    answer: it asks again then.
    """
    from confluent_kafka import KafkaError, KafkaException
    from confluent_kafka.admin import NewTopic  # type: ignore[attr-defined]

    placed: dict[str, Any] = {"num_partitions": partitions, "replication_factor": replicas}
    if assignment is not None:
        partitions = len(assignment)
        placed = {
            "num_partitions": partitions,
            "replica_assignment": [list(ids) for ids in assignment],
        }
    lost: list[str] = []

    def is_created() -> bool:
        answers = admin.create_topics([NewTopic(topic, config=dict(configs), **placed)])
        try:
            answers[topic].result(_SECONDS)
        except KafkaException as error:
            said = error.args[0]
            if lost and said.code() == KafkaError.TOPIC_ALREADY_EXISTS:
                return True
            if said.code() != KafkaError._DESTROY_BROKER:
                raise LabError(f"The cluster refused {topic}: {said.str()}.") from error
            lost.append(said.str())
            return False
        return True

    wait_until(is_created, f"topic {topic} is created")
    wait_until(lambda: is_led(admin, topic, partitions), f"topic {topic} has its leaders")


def delete_topic(admin: "AdminClient", topic: str) -> None:
    """Delete a topic, if it exists, and wait until no broker shows it."""
    if topic_metadata(admin, topic) is not None:
        await_all(admin.delete_topics([topic], operation_timeout=10))
        wait_until(lambda: topic_metadata(admin, topic) is None, f"topic {topic} is gone")


def delete_group(admin: "AdminClient", group: str) -> None:
    """Delete a group once its members have left; one that does not exist is fine."""
    from confluent_kafka import KafkaError, KafkaException

    said: list[str] = []

    def is_deleted() -> bool:
        try:
            answers = admin.delete_consumer_groups([group], request_timeout=_GROUP_SECONDS)
            answers[group].result(_SECONDS)
        except KafkaException as error:
            said[:] = [error.args[0].str()]
            return bool(error.args[0].code() == KafkaError.GROUP_ID_NOT_FOUND)
        return True

    if not is_true_within(_SECONDS, is_deleted, every=0.5):
        raise LabError(f"Group {group} cannot be deleted: {''.join(said)}.")


def alter_config(
    admin: "AdminClient", kind: str, name: str, configs: Mapping[str, str | None]
) -> None:
    """Set configuration keys of a topic or broker; None removes the override."""
    from confluent_kafka.admin._config import AlterConfigOpType, ConfigEntry, ConfigResource

    entries = [
        ConfigEntry(
            key,
            value or "",
            incremental_operation=AlterConfigOpType.DELETE
            if value is None
            else AlterConfigOpType.SET,
        )
        for key, value in configs.items()
    ]
    resource = ConfigResource(kind, name, incremental_configs=entries)
    await_all(admin.incremental_alter_configs([resource]))


def produce(
    bootstrap: str,
    topic: str,
    count: int,
    size: int,
    key: str | None,
    partition: int | None,
    past_seconds: tuple[float, float],
) -> None:
    """Write records with acks=all and wait until all are written.

    past_seconds: how long ago the first and the last of them were made, by their timestamps.
    """
    where: dict[str, Any] = {} if partition is None else {"partition": partition}
    now, (first, last) = time.time(), past_seconds
    write(
        bootstrap,
        topic,
        (
            {
                "value": f"{number:012d}".encode().ljust(size, b".")[:size],
                "key": key,
                "timestamp": int((now - first + (first - last) * number / count) * 1000),
                **where,
            }
            for number in range(count)
        ),
    )


def write(bootstrap: str, topic: str, records: Iterable[Mapping[str, Any]]) -> None:
    """Write records, each as the producer takes it, and wait until all are written."""
    from confluent_kafka import Producer

    refused: list[object] = []

    def delivered(error: object, _message: object) -> None:
        if error is not None:
            refused.append(error)

    producer = Producer(quiet(bootstrap, **_PRODUCER))
    for record in records:
        while len(producer) >= _QUEUED_RECORDS:
            producer.poll(0.1)
        producer.produce(topic, on_delivery=delivered, **record)
    if producer.flush(60) or refused:
        raise LabError(f"Topic {topic} did not take all records: {(refused or ['no answer'])[0]}.")


def group_state(admin: "AdminClient", group: str) -> str:
    """Return the state of a group in capitals, or an empty text if no broker lists it now.

    That may be so for a moment while its coordinator moves to another broker.
    """
    listed = admin.list_consumer_groups(request_timeout=_GROUP_SECONDS).result(_SECONDS)
    states = {one.group_id: str(one.state.name) for one in listed.valid}
    return states.get(group, "")


def committed_offsets(bootstrap: str, group: str, topic: str) -> dict[int, int]:
    """Return the committed offset of each partition of a topic where a group has one.

    Asked by a consumer that joins nothing: the administration client of librdkafka 2.16 can crash
    its process where the coordinator is not there yet.
    """
    from confluent_kafka import Consumer, KafkaException, TopicPartition

    consumer = Consumer(quiet(bootstrap, **{"group.id": group}))
    try:
        partitions = consumer.list_topics(topic, timeout=_GROUP_SECONDS).topics[topic].partitions
        asked = [TopicPartition(topic, number) for number in partitions]
        committed = consumer.committed(asked, timeout=_GROUP_SECONDS)
    except KafkaException:
        return {}
    finally:
        consumer.close()
    return {found.partition: found.offset for found in committed if found.offset >= 0}


def end_records(admin: "AdminClient", topic: str) -> int:
    """Return the sum of the end offsets of a topic."""
    return sum(offsets(admin, topic, "latest").values())


def offsets(admin: "AdminClient", topic: str, spec: str) -> dict[int, int]:
    """Return the `earliest` or `latest` offset of each partition of a topic.

    A leader that was just elected does not know its end yet (OFFSET_NOT_AVAILABLE): ask again.
    """
    from confluent_kafka import KafkaException, TopicPartition
    from confluent_kafka.admin._listoffsets import OffsetSpec

    found = topic_metadata(admin, topic)
    asked = {TopicPartition(topic, n): getattr(OffsetSpec, spec)() for n in found.partitions}
    told: dict[int, int] = {}

    def are_told() -> bool:
        answers = admin.list_offsets(asked)
        try:
            told.update({key.partition: f.result(_SECONDS).offset for key, f in answers.items()})
        except KafkaException:
            return False
        return True

    wait_until(are_told, f"the leaders of {topic} tell its {spec} offsets")
    return told


def wait_offsets_topic(admin: "AdminClient") -> None:
    """Wait until the topic of the committed offsets, which a first consumer creates, is led."""
    wait_until(lambda: is_led(admin, _OFFSETS_TOPIC, 1), f"{_OFFSETS_TOPIC} has its leaders")


def await_all(futures: Mapping[Any, Any]) -> None:
    """Wait for the answers to a request; raise LabError for the first refusal."""
    from confluent_kafka import KafkaException

    for name, future in futures.items():
        try:
            future.result(_SECONDS)
        except KafkaException as error:
            raise LabError(f"The cluster refused {name}: {error.args[0].str()}.") from error
