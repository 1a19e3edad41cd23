"""Requests of clients so old that kio does not know them: their layout is that of Kafka 0.10."""

import struct

from kdiag.lab.peer import old_frame

_FETCH, _LIST_OFFSETS = 1, 2
_CLIENT = "lab-old-client"
_LATEST = -1


def fetch_v2(topic: str) -> bytes:
    """Return a Fetch v2 of partition 0 from its start: its client knows no batches (KIP-98)."""
    body = struct.pack(">iii", -1, 500, 1) + _topic(topic) + struct.pack(">iqi", 0, 0, 1 << 20)
    return old_frame(_FETCH, 2, body, _CLIENT)


def list_offsets_v0(topic: str) -> bytes:
    """Return a ListOffsets v0 of partition 0, which Kafka 4.0 does not answer (KIP-896)."""
    body = struct.pack(">i", -1) + _topic(topic) + struct.pack(">iqi", 0, _LATEST, 1)
    return old_frame(_LIST_OFFSETS, 0, body, _CLIENT)


def _topic(name: str) -> bytes:
    """Return the start of an array of one topic with an array of one partition."""
    text = name.encode()
    return struct.pack(f">ih{len(text)}si", 1, len(text), text, 1)
