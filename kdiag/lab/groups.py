"""Groups of a lab, as faults need them: made to work first, so that their failure is one."""

from collections.abc import Mapping
from typing import Any

from kdiag.errors import LabError
from kdiag.lab.clients import committed_offsets, group_state, quiet
from kdiag.lab.lab import Lab
from kdiag.lab.peer import Peer, coordinator
from kdiag.lab.waiting import wait_until

_SECONDS = 90
_EVERY_SECONDS = 0.5


def wait_committed(lab: Lab, group: str, topic: str, records: int) -> None:
    """Wait until a group has committed so many records of a topic."""

    def has_committed() -> bool:
        return lab.committed(group, topic) >= records

    what = f"group {group} has committed {records} records of {topic}"
    wait_until(has_committed, what, _SECONDS, _EVERY_SECONDS)


def wait_uncommitted(lab: Lab, group: str, topic: str, seconds: float) -> None:
    """Wait until a group has no committed offsets on a topic any more."""
    what = f"group {group} has no committed offsets on {topic}"
    wait_until(
        lambda: not committed_offsets(lab.bootstrap, group, topic), what, seconds, _EVERY_SECONDS
    )


def wait_state(lab: Lab, group: str, state: str) -> None:
    """Wait until a group is in a state: STABLE, EMPTY and so on."""
    what = f"group {group} is {state}"
    wait_until(lambda: group_state(lab.admin(), group) == state, what, _SECONDS, _EVERY_SECONDS)


def wait_members(lab: Lab, group: str, count: int) -> None:
    """Wait until a group is stable with so many members."""

    def has_members() -> bool:
        found = described(lab, group)
        return found is not None and found.state.name == "STABLE" and len(found.members) == count

    wait_until(
        has_members, f"group {group} is stable with {count} members", _SECONDS, _EVERY_SECONDS
    )


def described(lab: Lab, group: str) -> Any:
    """Return what the coordinator says of a group and its members, or None if nobody answers."""
    from confluent_kafka import KafkaException

    try:
        return lab.admin().describe_consumer_groups([group])[group].result(10)
    except (KafkaException, TimeoutError):
        return None


def commit(
    lab: Lab,
    group: str,
    topic: str,
    offsets: Mapping[int, int],
    leader_epoch: int | None = None,
) -> None:
    """Commit offsets of a group that has no members, as its administrator does.

    leader_epoch: in which the last record before them was written, as clients name it.
    """
    from confluent_kafka import Consumer, KafkaException, TopicPartition

    consumer = Consumer(quiet(lab.bootstrap, **{"group.id": group}))
    epoch: dict[str, Any] = {} if leader_epoch is None else {"leader_epoch": leader_epoch}
    wanted = [
        TopicPartition(topic, partition, offset, **epoch) for partition, offset in offsets.items()
    ]

    def is_committed() -> bool:
        try:
            consumer.commit(offsets=wanted, asynchronous=False)
        except KafkaException:
            return False
        return True

    try:
        wait_until(is_committed, f"group {group} takes the offsets of {topic}", _SECONDS)
    finally:
        consumer.close()


def expel(lab: Lab, group: str, instance_id: str) -> None:
    """Remove a static member from its group."""
    from kio.schema.leave_group.v3.request import LeaveGroupRequest, MemberIdentity
    from kio.schema.types import GroupId

    identity = MemberIdentity(member_id="", group_instance_id=instance_id)
    request = LeaveGroupRequest(group_id=GroupId(group), members=(identity,))
    with Peer(coordinator(lab.bootstrap, group, "lab"), "lab") as peer:
        answer = peer.ask(request)
    if answer.error_code:
        raise LabError(f"{instance_id} cannot be removed from group {group}: {answer.error_code}.")


def remove(lab: Lab, group: str, *topics: str) -> None:
    """End the load of a group and its topics, and delete all of them."""
    for topic in topics:
        lab.end_load(f"producer-{topic}")
    lab.end_load(f"consumer-{group}")
    lab.delete_group(group)
    for topic in topics:
        lab.delete_topic(topic)
