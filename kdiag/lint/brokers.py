"""The listeners of a server.properties, as the broker would understand them."""

import ipaddress
from collections.abc import Iterator
from dataclasses import dataclass

from kdiag.lint.files import KeyedFile, Setting

_DEFAULT = "PLAINTEXT://:9092"
_PROTOCOLS = ("PLAINTEXT", "SSL", "SASL_PLAINTEXT", "SASL_SSL")


@dataclass(frozen=True)
class ListenerLine:
    """One listener. protocol: None where the map does not tell. setting: None for the default."""

    name: str
    host: str
    protocol: str | None
    setting: Setting | None
    is_controller: bool
    is_inter_broker: bool

    @property
    def is_loopback(self) -> bool:
        """Tell whether only this machine reaches it."""
        host = self.host.strip("[]")
        try:
            return ipaddress.ip_address(host).is_loopback
        except ValueError:
            return host == "localhost"


def listener_lines(file: KeyedFile) -> Iterator[ListenerLine]:
    """Yield the listeners; none of a file in which a placeholder holds them."""
    setting = file.get("listeners")
    if setting is not None and setting.is_placeholder and "://" not in setting.value:
        return
    mapped = _map(file)
    controllers = _names(file.value("controller.listener.names"))
    inter = (file.value("inter.broker.listener.name") or "").upper()
    for each in (setting.value if setting else _DEFAULT).split(","):
        name, found, address = each.strip().partition("://")
        if not found:
            continue
        name = name.upper()
        protocol = mapped.get(name) or (name if name in _PROTOCOLS else None)
        if name in controllers and not mapped and protocol is None:
            protocol = "PLAINTEXT"
        host = address.rpartition(":")[0]
        yield ListenerLine(name, host, protocol, setting, name in controllers, name == inter)


def _map(file: KeyedFile) -> dict[str, str]:
    pairs = (
        pair.partition(":")
        for pair in (file.value("listener.security.protocol.map") or "").split(",")
    )
    return {
        name.strip().upper(): protocol.strip().upper()
        for name, _, protocol in pairs
        if name.strip()
    }


def _names(text: str | None) -> set[str]:
    return {name.strip().upper() for name in (text or "").split(",") if name.strip()}
