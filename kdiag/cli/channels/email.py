"""[audit.email]: a server, from whom, for whom."""

from collections.abc import Mapping
from email.errors import HeaderParseError
from email.headerregistry import Address
from pathlib import Path
from typing import Any

from kdiag.audit.deliver import Target, mail
from kdiag.audit.deliver.news import NOTIFY
from kdiag.audit.deliver.smtp import PORTS, Relay
from kdiag.cli.channels.servers import POST, TOLD, authorities, limit, link, login, target
from kdiag.cli.table import Table
from kdiag.errors import UsageError

_KEYS = ("server", "security", "from", "to", "username", "attachment_mib", *POST, *TOLD)


def email(where: str, values: Mapping[str, Any], home: Path) -> Target:
    """Return the channel of [audit.email]."""
    table = Table(where, values, home, _KEYS, ("password",))
    security = table.choice("security", tuple(PORTS), "starttls")
    host, port = _server(table, PORTS[security])
    username, password = login(table)
    if username and security == "none":
        raise UsageError(f"{where}: username needs security starttls or tls")
    relay = Relay(host, port, security, username, password, authorities(table), limit(table))
    made = mail.Mail(
        relay=relay,
        sender=_address(table, "from", table.text("from")),
        recipients=tuple(_address(table, "to", one) for one in table.texts("to")),
        notify=table.choice("notify", NOTIFY, "always"),
        link=link(table),
        attachment_bytes=int(table.number("attachment_mib", 10) * (1 << 20)),
    )
    shown = f"{relay.shown} to {', '.join(made.recipients)}"
    return target("email", shown, relay.timeout_seconds, mail, made)


def _server(table: Table, port: int) -> tuple[str, int]:
    text = table.text("server")
    host, colon, number = text.rpartition(":") if ":" in text else (text, "", "")
    is_port = not colon or (number.isdecimal() and 0 < int(number) < 65536)
    if not host or not is_port or any(character in host for character in "/@ "):
        raise UsageError(f"{table.where}: server must be HOST or HOST:PORT; it is {text!r}")
    return host, int(number) if colon else port


def _address(table: Table, key: str, text: str) -> str:
    try:
        made = Address(addr_spec=text)
    except (ValueError, IndexError, HeaderParseError):
        made = Address()
    if not (made.username and made.domain) or made.addr_spec != text or not text.isascii():
        raise UsageError(
            f"{table.where}: {key} must be an address like a@example.com, not {text!r}"
        )
    return text
