"""Where the probe's topic lies before a run and after it, and what is made where it is missing."""

import time
from typing import TYPE_CHECKING

from kdiag.cli.diagnosis import Reader
from kdiag.command import Console
from kdiag.errors import KdiagError, RequestError, UsageError
from kdiag.wording import span

if TYPE_CHECKING:
    from kdiag.probe.access import Access
    from kdiag.probe.placement import Placement

_STEP_SECONDS = 0.5
_LED_SECONDS = 15.0


def ready(read: Reader, access: "Access", *, create: bool) -> "tuple[Placement, str]":
    """Return where the topic lies, and what had to be made for it.

    Raises UsageError where it does not exist and must not be made.
    """
    from kdiag.probe.topic import by_hand, make

    seen = _look(read, access.topic)
    if not create:
        if not seen.places:
            console = Console(read.bootstrap, str(read.connection.command_config or ""))
            command = by_hand(access.topic, seen, console)
            raise UsageError(
                f"topic {access.topic} does not exist, and nothing was written; --create makes it, "
                f"or: {command}"
            )
        return seen, ""
    made = make(access, seen)
    return (_led(read, access.topic, len(seen.places) + len(seen.homeless)) if made else seen), made


def _led(read: Reader, topic: str, partitions: int) -> "Placement":
    """Return where the topic lies once all its partitions have leaders, or the time is over."""
    until = time.monotonic() + _LED_SECONDS
    while True:
        seen = _look(read, topic)
        is_led = all(place.leader is not None for place in seen.places)
        if len(seen.places) >= partitions and is_led:
            return seen
        if time.monotonic() > until:
            break
        time.sleep(_STEP_SECONDS)
    if not seen.places:
        shown = f"no broker shows it after {span(_LED_SECONDS)}"
        raise RequestError(f"topic {topic} was created, but {shown}")
    return seen


def look_again(read: Reader, topic: str) -> "Placement | None":
    """Return where the topic lies afterwards; None where nobody tells."""
    try:
        return _look(read, topic)
    except KdiagError:
        return None


def _look(read: "Reader", topic: str) -> "Placement":
    """Return where the topic lies, read as everything else is: without a write.

    Raises ConnectError where no broker lets us in, RequestError where it tells too little.
    """
    from kdiag.plan import plan_for
    from kdiag.probe.placement import placement
    from kdiag.sections import Brokers, Cluster, Partitions

    seen = placement(read(plan_for((Brokers, Cluster, Partitions)), 0), topic)
    if seen is None:
        raise RequestError("the cluster does not tell its brokers and partitions")
    return seen
