"""One run: so many seconds of records, and then no longer than it takes to know what they became.

Whatever the brokers do, it ends: twice the deadline after the last record, or two seconds after
it was told to stop.
"""

import threading
import time
from collections.abc import Sequence

from kdiag.probe.access import Access
from kdiag.probe.placement import Place
from kdiag.probe.traffic import Traffic

_STEP_SECONDS = 0.05
_OPEN_SECONDS = 3.0
_SLACK_SECONDS = 2.0
_STOPPED_SECONDS = 2.0


def rounds(seconds: float, rate: float) -> int:
    """Return how many records a partition gets."""
    return max(1, round(seconds * rate))


def run(
    access: Access, places: Sequence[Place], seconds: float, stop: threading.Event
) -> tuple[Traffic, bool]:
    """Write for some seconds, or until told to stop; return the traffic, and whether it was whole.

    Its client connections are closed.
    """
    traffic = Traffic(access, keeps_all=True)
    try:
        _open(traffic, places, stop)
        sent = 1 + _write(access.rate, traffic, places, rounds(seconds, access.rate) - 1, stop)
        _settle(traffic, access.deadline_seconds, stop)
        if not stop.is_set():
            traffic.give_up()
    finally:
        traffic.close()
    return traffic, sent == rounds(seconds, access.rate)


def _open(traffic: Traffic, places: Sequence[Place], stop: threading.Event) -> None:
    """Send the first record of each partition, and give connections some time to open."""
    traffic.send(places)
    until = time.monotonic() + _OPEN_SECONDS
    while not stop.is_set() and time.monotonic() < until and not traffic.settle():
        traffic.wait(_STEP_SECONDS)


def _write(
    rate: float, traffic: Traffic, places: Sequence[Place], most: int, stop: threading.Event
) -> int:
    """Send the others at their rate; return how many each partition got."""
    began = time.monotonic()
    for number in range(most):
        if stop.is_set():
            return number
        traffic.send(places)
        traffic.wait(began + (number + 1) / rate - time.monotonic())
    return most


def _settle(traffic: Traffic, deadline_seconds: float, stop: threading.Event) -> None:
    until = time.monotonic() + 2 * deadline_seconds + _SLACK_SECONDS
    stopped_at: float | None = None
    while not traffic.settle() and time.monotonic() < until:
        if stop.is_set() and stopped_at is None:
            stopped_at = time.monotonic()
            until = min(until, stopped_at + _STOPPED_SECONDS)
        traffic.wait(_STEP_SECONDS)
