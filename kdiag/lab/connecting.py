"""Connections to one broker: opened and closed at once, or held."""

import time
from typing import TYPE_CHECKING, Any

from kdiag.lab.pacing import at_rate, in_threads
from kdiag.lab.peer import Peer

if TYPE_CHECKING:
    from kdiag.lab.loads import Connect

_THREADS = 4
_SOFTWARE, _VERSION = "lab-gateway", "1.0"


def connect(load: "Connect") -> None:
    """Open connections as the load says."""
    if load.held:
        _hold(load)
        return

    def visit() -> None:
        if (peer := _open(load)) is not None:
            peer.close()

    in_threads(_THREADS, load.rate, load.max_seconds, visit)


def _hold(load: "Connect") -> None:
    """Keep connections open, and open those anew that the broker closed."""
    held: list[Peer] = []
    for number in at_rate(load.rate, load.max_seconds):
        if len(held) < load.held and (peer := _open(load)) is not None:
            held.append(peer)
        if held and held[number % len(held)].is_closed:
            del held[number % len(held)]


def _open(load: "Connect") -> Peer | None:
    """Return a connection whose client has said who it is, or None if the broker is away."""
    try:
        peer = Peer(load.address, load.client_id)
        peer.ask(_who())
    except OSError:
        time.sleep(1 / load.rate)
        return None
    return peer


def _who() -> Any:
    from kio.schema.api_versions.v3.request import ApiVersionsRequest

    return ApiVersionsRequest(client_software_name=_SOFTWARE, client_software_version=_VERSION)
