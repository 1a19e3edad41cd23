"""`--jmx auto`: the ports on which JMX usually is, tried only because the user asked for it."""

import asyncio
from contextlib import suppress
from dataclasses import replace

from kdiag.errors import Unreachable
from kdiag.sources.jmx.endpoints import Endpoint

USUAL = (
    ("jolokia", 8778, "/jolokia"),
    ("prometheus", 7071, "/metrics"),
    ("prometheus", 9404, "/metrics"),
    ("prometheus", 5556, "/metrics"),
    ("rmi", 9999, ""),
    ("rmi", 9101, ""),
)
"""Dialect, port and path, the cheapest first: the defaults of Jolokia, of jmx_exporter's examples,
of Strimzi, of Bitnami's charts, of Kafka's documentation and of Confluent's images."""


async def located(place: Endpoint, seconds: float) -> Endpoint:
    """Return where JMX of a process is: the first usual port that is open. Raises Unreachable."""
    tried = [replace(place, dialect=d, port=port, path=path) for d, port, path in USUAL]
    are_open = await asyncio.gather(*(_is_open(each, seconds) for each in tried))
    for each, is_open in zip(tried, are_open, strict=True):
        if is_open:
            return each
    ports = ", ".join(str(port) for _, port, _ in USUAL)
    raise Unreachable(f"no usual port of JMX is open on {place.host} ({ports})")


async def _is_open(place: Endpoint, seconds: float) -> bool:
    with suppress(OSError, TimeoutError):
        async with asyncio.timeout(min(seconds, 2.0)):
            _, writer = await asyncio.open_connection(place.host, place.port)
        writer.close()
        return True
    return False
