"""The probe as a part of the exporter: it goes on, beside the snapshots.

It asks nothing about the cluster by itself: where the topic lies is what the last snapshot says.
"""

import copy
import logging
import threading
import time
from collections.abc import Mapping
from dataclasses import dataclass

from kdiag.errors import KdiagError
from kdiag.probe.access import Access
from kdiag.probe.latencies import Latencies
from kdiag.probe.ledger import Tally
from kdiag.probe.placement import Placement, placement
from kdiag.probe.topic import make
from kdiag.probe.traffic import Traffic
from kdiag.snapshot import Snapshot

log = logging.getLogger(__name__)

_STOP_SECONDS = 1.0
_LONGEST_WAIT_SECONDS = 0.5


@dataclass(frozen=True)
class Probed:
    """What the probe has seen by now. up: brokers that are probed, or away, and how it stands."""

    is_active: bool
    up: Mapping[int, bool]
    tallies: Mapping[int, Tally]
    commits: Latencies
    failed_commits: Mapping[str, int]


class Prober:
    """Writes to the topic of one cluster from its first snapshot on, in a thread of its own.

    creates: make the topic, or partitions for brokers without one. trouble: why nothing is written,
    or not to every broker; None where all is well.
    """

    def __init__(self, access: Access, creates: bool) -> None:
        self.access = access
        self.trouble: str | None = "No snapshot was taken yet."
        self._creates = creates
        self._seen: Placement | None = None
        self._prepared: Placement | None = None
        self._traffic: Traffic | None = None
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, name="probe", daemon=True)

    def start(self) -> None:
        """Begin, as soon as there is a snapshot."""
        self._thread.start()

    def stop(self) -> None:
        """Write no more. A broker that does not answer is not waited for."""
        self._stop.set()
        self._thread.join(_STOP_SECONDS)

    def learn(self, snapshot: Snapshot) -> None:
        """Take from a snapshot where the topic lies; one that does not tell changes nothing."""
        self._seen = placement(snapshot, self.access.topic) or self._seen

    def probed(self) -> Probed:
        """Return what has been seen; it waits for no broker."""
        seen, traffic = self._seen, self._traffic
        if seen is None or traffic is None:
            return Probed(False, {}, {}, Latencies(), {})
        with traffic.lock:
            traffic.ledger.forget(seen.served)
            tallies = copy.deepcopy(traffic.ledger.tallies)
            unread = traffic.ledger.unread(time.monotonic())
            commits, failed = copy.deepcopy(traffic.commits), dict(traffic.failed_commits)
        up = standing(seen, {id_: tally.is_writable for id_, tally in tallies.items()}, unread)
        return Probed(bool(seen.places), up, tallies, commits, failed)

    def _run(self) -> None:
        while not self._stop.is_set():
            due = time.monotonic() + 1 / self.access.rate
            try:
                self._round()
            except KdiagError as error:
                self._tell(str(error))
            except Exception as error:  # a round that fails must not end the probe
                self._tell(f"{type(error).__name__}: {error}")
                log.debug("a round of the probe failed", exc_info=True)
            while (left := due - time.monotonic()) > 0 and not self._stop.is_set():
                self._wait(min(left, _LONGEST_WAIT_SECONDS))
        if self._traffic is not None:
            self._traffic.close()

    def _wait(self, seconds: float) -> None:
        if self._traffic is None:
            self._stop.wait(seconds)
        else:
            self._traffic.wait(seconds)

    def _round(self) -> None:
        """Send a record to each partition, where there is a topic by now."""
        seen = self._seen
        if seen is None:
            return
        if seen is not self._prepared:
            self._prepared = seen
            self._prepare(seen)
        if seen.places:
            if self._traffic is None:
                self._traffic = Traffic(self.access)
            self._traffic.send(seen.places)
            self._traffic.settle()

    def _prepare(self, seen: Placement) -> None:
        """Make what the topic lacks, or say what it lacks."""
        if self._creates and (made := make(self.access, seen)):
            log.info("the probe %s", made)
        self._tell(None if self._creates else _lack(self.access.topic, seen))

    def _tell(self, trouble: str | None) -> None:
        if trouble is not None and trouble != self.trouble:
            log.warning("the probe: %s", trouble)
        self.trouble = trouble


def _lack(topic: str, seen: Placement) -> str | None:
    if not seen.places:
        return f"Topic {topic} does not exist; --probe-create makes it, or kdiag probe --create."
    if seen.homeless:
        ids = ", ".join(map(str, seen.homeless))
        return f"No partition of {topic} is there for broker {ids}; --probe-create adds one."
    return None


def standing(
    seen: Placement, writable: Mapping[int, bool | None], unread: Mapping[int, int]
) -> Mapping[int, bool]:
    """Return how the brokers stand that are probed, or that the cluster lists as away.

    writable: whether the last record through a broker was acknowledged. A broker that leads no
    partition of the topic is not in it.
    """
    leading = {place.home if place.leader is None else place.leader for place in seen.places}
    told = {}
    for id_ in seen.served:
        member = seen.brokers.get(id_)
        last = writable.get(id_)
        if member is None or member.gone:
            told[id_] = False
        elif id_ in leading and last is not None:
            told[id_] = last and not unread.get(id_)
    return told
