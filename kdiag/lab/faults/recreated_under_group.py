"""A topic was made anew while a group read it; the group goes on where it was in the old one."""

from kdiag.errors import LabError
from kdiag.lab.clients import quiet, topic_metadata
from kdiag.lab.fault import Fault
from kdiag.lab.groups import commit, remove
from kdiag.lab.lab import Lab
from kdiag.lab.moving import prefer
from kdiag.lab.peer import Peer
from kdiag.lab.waiting import wait_until

_GROUP, _TOPIC = "mail-sender", "mail-queue"
_OLD_RECORDS, _NEW_RECORDS = 300, 500
_SECONDS = 30


def inject(lab: Lab) -> None:
    """Read a topic whose leader has changed, make it anew, and commit the old position.

    That is what a client does which holds its position in memory: it names the topic, the offset,
    and the leader epoch of the last record that it read.
    """
    lab.create_topic(_TOPIC, assignment=[[1, 2, 3]])
    _move_leader(lab)
    lab.produce(_TOPIC, _OLD_RECORDS)
    offset, leader_epoch = _position(lab)
    lab.delete_topic(_TOPIC)
    lab.create_topic(_TOPIC, assignment=[[1, 2, 3]])
    lab.produce(_TOPIC, _NEW_RECORDS)
    commit(lab, _GROUP, _TOPIC, {0: offset}, leader_epoch)


def _move_leader(lab: Lab) -> None:
    with Peer(lab.brokers[1].bootstrap, "lab-tool") as peer:
        for request in prefer(_TOPIC, (2, 3, 1)):
            peer.exchange(request)
    wait_until(lambda: _leader(lab) == 2, f"broker 2 leads {_TOPIC}", _SECONDS)


def _leader(lab: Lab) -> int | None:
    found = topic_metadata(lab.admin(), _TOPIC)
    return None if found is None else found.partitions[0].leader


def _position(lab: Lab) -> tuple[int, int]:
    """Return the offset after the last record, and the leader epoch of that record."""
    from confluent_kafka import Consumer, TopicPartition

    consumer = Consumer(quiet(lab.bootstrap, **{"group.id": _GROUP}))
    try:
        consumer.assign([TopicPartition(_TOPIC, 0, _OLD_RECORDS - 1)])
        message = consumer.poll(_SECONDS)
    finally:
        consumer.close()
    epoch = None if message is None or message.error() else message.leader_epoch()
    if epoch is None:
        raise LabError(f"The end of topic {_TOPIC} cannot be read.")
    return _OLD_RECORDS, epoch


FAULT = Fault(
    name="recreated-under-group",
    title="A topic was made anew under a group that goes on where it was",
    inject=inject,
    heal=lambda lab: remove(lab, _GROUP, _TOPIC),
    expects=(("topic-recreated", {"type": "topic", "topic": _TOPIC}),),
    forbids=("records-lost-unread", "unclean-election-happened", "commit-beyond-end"),
    objects=(_GROUP, _TOPIC),
    settle_seconds=2,
)
