"""Requests that no client library sends, again and again."""

import time
from typing import TYPE_CHECKING

from kdiag.lab.pacing import at_rate
from kdiag.lab.peer import Peer

if TYPE_CHECKING:
    from kdiag.lab.loads import Repeat


def repeat(load: "Repeat") -> None:
    """Send the requests in turn, and connect anew where the broker closed the connection."""
    frames = [bytes.fromhex(each) for each in load.frames]
    peer: Peer | None = None
    for number in at_rate(load.rate, load.max_seconds):
        try:
            peer = peer or Peer(load.address, load.client_id)
            peer.exchange(frames[number % len(frames)])
        except OSError:
            peer = None
            time.sleep(1 / load.rate)
