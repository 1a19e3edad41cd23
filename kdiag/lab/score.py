"""Which faults share a lab when all of them are tried: those that need the same, a few at a time.

Healthy look-alikes get labs of their own, and so does a fault that would hinder others.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import groupby
from typing import Any

from kdiag.lab.fault import Fault
from kdiag.lab.lab import Lab

PER_LAB = 10
"""Faults of one lab: each runs about two processes beside three brokers."""

_USUAL: Mapping[str, Any] = {
    "racks": ("r1", "r2", "r3"),
    "properties": {"min.insync.replicas": "2"},
}
_JMX = ("jolokia",)

NOT_MADE: Mapping[str, str] = {
    "broker-restarts of a day": "takes a day of runs with --state-dir; tested on tables",
    "compaction-stopped by a dead cleaner thread": "only an error in the broker ends it",
    "connect-rebalance-loop": "workers refuse to start with a topic of settings that "
    "makes them disagree; tested on tables",
    "fact-unreliable": "takes a mapping of JMX that is wrong, and none is; tested on tables",
    "ksqldb-query-error": "takes a ksqlDB, which the lab does not start; tested on replies as its "
    "documentation has them",
    "lag-growing": "is said where too little was seen to say more; what can be seen here is a "
    "cause; tested on tables",
    "log-recovery": "is over in less than a second with what a lab holds; tested on tables",
    "metadata-errors": "a broker that cannot load metadata does not start; tested on tables",
    "network-threads-saturated": "takes more TLS connections than two cores can open",
    "replica-fetcher-failed": "a follower repairs the damage that can be done to its log; tested "
    "on tables",
    "sink-without-commits": "takes a sink that hangs for ten minutes; tested on tables",
    "stray-replicas with KRaft": "brokers put strays aside when they start, and list none of them; "
    "made with ZooKeeper",
    "under-replicated by itself": "what makes it here, a broker that is down or held by a "
    "throttle, is told as its root",
    "unmonitored-signal": "takes a Prometheus, which is no package of Python or of Java; "
    "tests/live/test_monitoring.py starts one where there is one",
}
"""What is not tried on real brokers, and why."""


@dataclass(frozen=True)
class Batch:
    """Faults that are tried together, and the arguments of `Lab` for them."""

    faults: tuple[Fault, ...]
    options: Mapping[str, Any]

    @property
    def connects_by(self) -> str:
        """Return the kind of listener by which the diagnosis connects."""
        return self.faults[0].connects_by

    @property
    def profile(self) -> str:
        """Return the name of the profile with which they are diagnosed; empty for none."""
        return self.faults[0].profile

    def meanwhile(self, lab: Lab) -> None:
        """Do what happens between the two samples."""
        for fault in self.faults:
            if fault.meanwhile is not None:
                fault.meanwhile(lab)


def batches(faults: Iterable[Fault]) -> Iterator[Batch]:
    """Yield the batches of faults, or of look-alikes."""
    ordered = sorted(faults, key=_kind)
    for _, alike in groupby(ordered, key=_kind):
        members = tuple(alike)
        for first in range(0, len(members), PER_LAB):
            yield Batch(members[first : first + PER_LAB], _options(members[0]))


def _kind(fault: Fault) -> tuple[bool, str, str, str, str]:
    """Return what is equal for faults that can share a lab, and one diagnosis."""
    alone = fault.name if fault.is_last or fault.meanwhile else ""
    return bool(fault.lab), repr(fault.lab), fault.connects_by, fault.profile, alone


def _options(fault: Fault) -> dict[str, Any]:
    """Return the usual lab of three brokers, changed as a fault needs it."""
    usual = _USUAL if fault.lab.get("brokers", 3) == 3 else {}
    properties = {**usual.get("properties", {}), **fault.lab.get("properties", {})}
    return {**usual, "jmx": _JMX, **fault.lab, "properties": properties}
