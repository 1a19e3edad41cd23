"""Throttles of replication (KIP-73), as a reassignment leaves them behind."""

from collections.abc import Iterable, Mapping, Sequence

from kdiag.lab.lab import Lab
from kdiag.lab.topics import wait_short

_REPLICAS, _RATE = "follower.replication.throttled.replicas", "follower.replication.throttled.rate"
_BYTES_PER_SECOND = 1024
_RECORDS, _RECORD_BYTES = 3000, 1000


def hold_back(lab: Lab, topic: str, followers: Mapping[int, Sequence[int]]) -> None:
    """Let followers fall behind and fetch a kilobyte a second then: partition → ids of brokers.

    A throttle holds only replicas that are not in sync, so each broker is away while records come.
    """
    _throttle(lab, topic, followers)
    for id_ in sorted({id_ for ids in followers.values() for id_ in ids}):
        lab.brokers[id_].shutdown()
        for partition, ids in followers.items():
            if id_ in ids:
                lab.produce(topic, _RECORDS, size=_RECORD_BYTES, partition=partition)
        lab.brokers[id_].start()
        lab.wait_ready()
    wait_short(lab, topic, len(followers))


def _throttle(lab: Lab, topic: str, followers: Mapping[int, Sequence[int]]) -> None:
    pairs = [f"{partition}:{id_}" for partition, ids in followers.items() for id_ in ids]
    for id_ in {id_ for ids in followers.values() for id_ in ids}:
        lab.alter_config("broker", str(id_), {_RATE: str(_BYTES_PER_SECOND)})
    lab.alter_config("topic", topic, {_REPLICAS: ",".join(pairs)})


def unthrottle(lab: Lab, topic: str, followers: Iterable[int]) -> None:
    """Take the throttle of a topic, and of the brokers that follow, away."""
    lab.alter_config("topic", topic, {_REPLICAS: None})
    for id_ in followers:
        lab.alter_config("broker", str(id_), {_RATE: None})
