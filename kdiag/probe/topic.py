"""The topic of the probe: made, or said how it is made by hand."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from kdiag.command import Console, Value, typed, written
from kdiag.errors import RequestError
from kdiag.probe.access import Access
from kdiag.probe.placement import Placement, configs, wanted

if TYPE_CHECKING:
    from concurrent.futures import Future

_SECONDS = 15.0

Replicas = Sequence[tuple[int, ...]]


_ALTER = (
    "kafka-topics.sh --bootstrap-server {bootstrap} --alter --topic {topic} "
    "--partitions {partitions} --replica-assignment {placed}"
)
_CREATE = (
    "kafka-topics.sh --bootstrap-server {bootstrap} --create --topic {topic} "
    "--replica-assignment {placed} --config {settings}"
)


def by_hand(topic: str, seen: Placement, console: Console) -> str | None:
    """Return the command that makes the topic, or adds the partitions that it lacks."""
    added = wanted(seen)
    replicas = [*(place.replicas for place in seen.places), *added]
    placed = ",".join(":".join(map(str, ids)) for ids in replicas)
    values: dict[str, Value | list[str]] = {
        "topic": topic,
        "partitions": len(replicas),
        "placed": placed,
        "settings": [f"{key}={value}" for key, value in configs(added).items()],
    }
    return typed(written(_ALTER if seen.places else _CREATE, values), console)


def make(access: Access, seen: Placement) -> str:
    """Create the topic, or the partitions that it lacks; return what was made, "" for nothing.

    Raises RequestError where the cluster refuses.
    """
    added = wanted(seen)
    if not added:
        return ""
    if seen.places:
        _add(access, len(seen.places), added)
        return f"added {len(added)} to the {len(seen.places)} partitions of topic {access.topic}"
    _create(access, added)
    return f"created topic {access.topic} with {len(added)} partitions, one for each broker"


def _create(access: Access, replicas: Replicas) -> None:
    from confluent_kafka.admin import NewTopic  # type: ignore[attr-defined]

    topic = NewTopic(
        access.topic,
        num_partitions=len(replicas),
        replica_assignment=[list(ids) for ids in replicas],
        config=dict(configs(replicas)),
    )
    admin = access.admin()
    answers = admin.create_topics([topic], request_timeout=_SECONDS)
    _await(answers[access.topic], f"topic {access.topic} cannot be created", "TOPIC_ALREADY_EXISTS")


def _add(access: Access, there: int, replicas: Replicas) -> None:
    from confluent_kafka.admin import NewPartitions  # type: ignore[attr-defined]

    more = NewPartitions(
        access.topic,
        there + len(replicas),
        replica_assignment=[list(ids) for ids in replicas],
    )
    admin = access.admin()
    answers = admin.create_partitions([more], request_timeout=_SECONDS)
    _await(answers[access.topic], f"partitions cannot be added to topic {access.topic}")


def _await(answer: "Future[None]", what: str, fine: str = "") -> None:
    """Wait for an answer; an error of the name that is fine is none."""
    from confluent_kafka import KafkaException

    try:
        answer.result(_SECONDS + 1)
    except TimeoutError:
        raise RequestError(f"{what}: no answer within {_SECONDS:g} s") from None
    except KafkaException as error:
        name = error.args[0].name()
        if name != fine:
            raise RequestError(f"{what}: {name} ({error.args[0].str()})") from None
