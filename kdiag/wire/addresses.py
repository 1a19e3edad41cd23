"""Addresses of brokers as an operator writes them: `host:port`, comma-separated.

Accepted as by Kafka's own tools: `[::1]:9092` for IPv6, a listener's prefix (`SSL://host:9093`).
Added: the port may be left out and is 9092 then.
"""

import re
from typing import NamedTuple

from kdiag.errors import UsageError

DEFAULT_PORT = 9092
_ADDRESS = re.compile(
    r"(?:(?P<scheme>\w+)://)?(?:\[(?P<v6>[0-9A-Fa-f:.%\w]+)\]|(?P<host>[\w.\-%]+))(?::(?P<port>\d+))?"
)


class Address(NamedTuple):
    """Host (name or IP) and TCP port of a listener."""

    host: str
    port: int

    def __str__(self) -> str:
        return f"[{self.host}]:{self.port}" if ":" in self.host else f"{self.host}:{self.port}"


def parse_addresses(text: str) -> tuple[Address, ...]:
    """All addresses of a bootstrap list, each once, in order.

    Raises: UsageError that names the bad one.
    """
    parts = [part.strip() for part in text.split(",") if part.strip()]
    if not parts:
        raise UsageError("the bootstrap server is empty; write host:port, comma-separated")
    return tuple(dict.fromkeys(_address(part) for part in parts))


def _address(text: str) -> Address:
    match = _ADDRESS.fullmatch(text)
    if match is None or (match["scheme"] or "").lower() in ("http", "https"):
        raise UsageError(
            f"bootstrap server {text!r} is not an address; write host:port, for IPv6 [::1]:9092"
        )
    port = int(match["port"] or DEFAULT_PORT)
    if not 0 < port < 65536:
        raise UsageError(f"bootstrap server {text!r}: port {port} is not between 1 and 65535")
    return Address(match["v6"] or match["host"], port)
