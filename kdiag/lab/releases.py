"""Releases of Kafka that doctor is tried on: healthy clusters at work, old and new.

On each of them every check must end with what is so, or with a true reason why it cannot tell.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from kdiag.lab.groups import wait_committed, wait_members
from kdiag.lab.lab import Lab

TOPIC, GROUP, TRANSACTIONAL_ID = "checkout", "checkout-app", "checkout-writer"
"""What the healthy work of each cluster consists of."""

_TRANSACTED = "receipts"


@dataclass(frozen=True)
class Release:
    """A release, and where it keeps its metadata (`kdiag.lab.plan.METADATA`)."""

    kafka: str
    metadata: str

    @property
    def name(self) -> str:
        """Return its name beside those of faults: `kafka-3.9.2-zookeeper`."""
        return f"kafka-{self.kafka}-{self.metadata}"

    @property
    def number(self) -> tuple[int, int]:
        """Return the first two numbers of the version."""
        major, minor, *_ = self.kafka.split(".")
        return int(major), int(minor)


RELEASES: Mapping[str, Release] = {
    release.name: release
    for release in (
        Release("2.8.2", "zookeeper"),
        Release("3.3.2", "zookeeper"),
        Release("3.3.2", "kraft"),
        Release("3.9.2", "zookeeper"),
        Release("3.9.2", "migrating"),
        Release("3.9.2", "kraft"),
        Release("4.0.2", "kraft"),
        Release("4.4.0", "kraft"),
    )
}
"""The oldest and newest of each kind that are claimed, and those between where much changed."""


def start_work(lab: Lab) -> None:
    """Start a producer, a group that keeps up with it, and a producer with transactions."""
    for topic in (TOPIC, _TRANSACTED):
        lab.create_topic(topic)
    lab.start_producer(TOPIC, rate=50, keys=100)
    lab.start_producer(_TRANSACTED, rate=50, transactional_id=TRANSACTIONAL_ID)
    lab.start_consumer(GROUP, TOPIC)
    lab.start_consumer(f"{GROUP}-audit", _TRANSACTED, isolation="read_committed")
    wait_members(lab, GROUP, 1)
    wait_committed(lab, GROUP, TOPIC, 1)
