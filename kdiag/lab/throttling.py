"""Throttles of replication (KIP-73), as a reassignment leaves them behind."""

from collections.abc import Iterable, Mapping, Sequence

from kdiag.lab.lab import Lab

_REPLICAS, _RATE = "follower.replication.throttled.replicas", "follower.replication.throttled.rate"
_BYTES_PER_SECOND = 1024


def throttle(lab: Lab, topic: str, followers: Mapping[int, Sequence[int]]) -> None:
    """Let followers fetch a kilobyte a second: partition → ids of brokers."""
    pairs = [f"{partition}:{id_}" for partition, ids in followers.items() for id_ in ids]
    for id_ in {id_ for ids in followers.values() for id_ in ids}:
        lab.alter_config("broker", str(id_), {_RATE: str(_BYTES_PER_SECOND)})
    lab.alter_config("topic", topic, {_REPLICAS: ",".join(pairs)})


def unthrottle(lab: Lab, topic: str, followers: Iterable[int]) -> None:
    """Take the throttle of a topic, and of the brokers that follow, away."""
    lab.alter_config("topic", topic, {_REPLICAS: None})
    for id_ in followers:
        lab.alter_config("broker", str(id_), {_RATE: None})
