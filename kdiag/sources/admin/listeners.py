"""Listeners of the brokers, by their settings, and what those with TLS show from here.

The listener by which we know a broker may take as long as a request to connect. Others get a short
time for it: many are for other networks, and never answer here.
"""

import asyncio
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from ipaddress import ip_address
from typing import Any

from kdiag.errors import KdiagError
from kdiag.sections import BrokerConfigs, Listeners
from kdiag.snapshot import Missing
from kdiag.sources.certificates import certificate, fits
from kdiag.sources.tables import tables_ready
from kdiag.wire.addresses import Address
from kdiag.wire.cluster import Wire
from kdiag.wire.dial import resolved
from kdiag.wire.handshake import read_certificates

_OTHERS_SECONDS = 2.0
_PROTOCOLS = ("PLAINTEXT", "SSL", "SASL_PLAINTEXT", "SASL_SSL")
_LISTENER = re.compile(r"\s*(?P<name>[\w.-]+)://\[?(?P<host>[\w.:%-]*?)\]?:(?P<port>-?\d+)\s*")
_ANYWHERE = ("", "0.0.0.0", "::")  # noqa: S104 - compared, not listened on
_KEYS = (
    "listeners",
    "advertised.listeners",
    "listener.security.protocol.map",
    "controller.listener.names",
)


@dataclass(frozen=True)
class _Listener:
    """One listener of a broker; the address may lack a host where nobody is told of it."""

    broker: int
    name: str
    protocol: str
    address: Address
    is_advertised: bool
    is_ours: bool

    @property
    def has_tls(self) -> bool:
        return self.protocol.endswith("SSL")


async def read_listeners(
    wire: Wire, configs: BrokerConfigs | Missing, protocol: str, now: datetime
) -> Listeners | Missing:
    """Return the listeners, with the certificates of those that can be reached.

    protocol: the security protocol by which we connect.
    """
    told: dict[int, dict[str, str]] = {}
    if isinstance(configs, Missing):
        errors = {f"broker {id_}": configs for id_ in wire.brokers}
    else:
        told, errors = _settings(configs.rows), dict(configs.errors)
    listeners = [
        listener
        for id_, at in wire.brokers.items()
        for listener in _listeners(id_, told.get(id_, {}), at, protocol)
    ]
    deadline = asyncio.get_running_loop().time() + wire.request_timeout_seconds
    seen = await asyncio.gather(*(_seen(each, deadline) for each in listeners))
    await tables_ready()
    return Listeners.from_rows(seen, read_at=now, errors=errors)


def _settings(rows: Any) -> dict[int, dict[str, str]]:
    """Return broker → key → value, for the keys that say where it listens."""
    chosen = rows[rows["key"].isin(_KEYS) & rows["value"].notna()]
    found: dict[int, dict[str, str]] = {}
    for broker, key, value in chosen[["broker", "key", "value"]].itertuples(index=False, name=None):
        found.setdefault(int(broker), {})[key] = value
    return found


def _listeners(
    broker: int, settings: Mapping[str, str], at: Address, protocol: str
) -> Iterator[_Listener]:
    """Yield the listeners of a broker; at: where we know it. That one is always among them.

    A host that is not set is the machine's own name, which is also what is advertised then. The
    listener of controllers speaks PLAINTEXT unless the map says otherwise (KafkaConfig).
    """
    protocols = {name.upper(): spoken for name, spoken in _pairs(settings)}
    opened = _addresses(settings.get("listeners", ""))
    of_controllers = settings.get("controller.listener.names", "").upper().split(",")
    advertised = _addresses(settings.get("advertised.listeners", "")) or {
        name: address for name, address in opened.items() if name not in of_controllers
    }
    is_known = False
    for name, address in {**opened, **advertised}.items():
        reached = Address(at.host, address.port) if address.host in _ANYWHERE else address
        spoken = protocols.get(name, name if name in _PROTOCOLS else "PLAINTEXT")
        is_ours = name in advertised and reached == at
        is_known |= is_ours
        yield _Listener(broker, name, spoken, reached, name in advertised, is_ours)
    if not is_known:
        yield _Listener(broker, protocol, protocol, at, is_advertised=True, is_ours=True)


def _pairs(settings: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    for part in settings.get("listener.security.protocol.map", "").split(","):
        name, colon, spoken = part.strip().partition(":")
        if colon:
            yield name, spoken.upper()


def _addresses(text: str) -> dict[str, Address]:
    """Return name → address of a list of listeners; what is none is passed over."""
    found = (_LISTENER.fullmatch(part) for part in text.split(","))
    return {
        each["name"].upper(): Address(each["host"], int(each["port"])) for each in found if each
    }


async def _seen(listener: _Listener, deadline: float) -> dict[str, Any]:
    """Return the row of a listener: where it is, and what it shows."""
    row = {
        "broker": listener.broker,
        "name": listener.name,
        "protocol": listener.protocol,
        "host": listener.address.host,
        "port": listener.address.port,
        "is_advertised": listener.is_advertised,
        "is_ours": listener.is_ours,
        "network": await _network(listener.address, deadline),
    }
    if not listener.has_tls:
        return row
    shortly = asyncio.get_running_loop().time() + _OTHERS_SECONDS
    connect_by = deadline if listener.is_ours else shortly
    return row | await _shown(listener.address, connect_by, deadline)


async def _network(address: Address, deadline: float) -> str | None:
    """Return what kind of network a host is in, as it resolves from here."""
    try:
        places = [
            ip_address(at[0].partition("%")[0]) for _, at in await resolved(address, deadline)
        ]
    except KdiagError:
        return None
    if all(place.is_loopback for place in places):
        return "loopback"
    return "public" if any(place.is_global for place in places) else "private"


async def _shown(address: Address, connect_by: float, deadline: float) -> dict[str, Any]:
    try:
        shown = await read_certificates(address, connect_by, deadline)
        found = certificate(shown.chain)
    except KdiagError as error:
        return {"trouble": str(error)}
    except ValueError:
        return {"trouble": "its certificate cannot be read"}
    return {
        "tls_not_before": found.not_before,
        "tls_not_after": found.not_after,
        "tls_chain_not_after": found.chain_not_after,
        "tls_names": found.names,
        "tls_names_fit": fits(address.host, found.names),
        "tls_version": shown.version,
    }
