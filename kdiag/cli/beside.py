"""How JMX and Prometheus are reached, from flags and from tables of the config file.

[jmx]
url = "rmi://{host}:9999"
username = "monitor"
password_file = "/etc/kdiag/jmx-password"
ca_file = "/etc/kdiag/ca.pem"

[jmx.targets]
"controller 100" = "rmi://c1.example:9999"

[jmx.names]                       # of an exporter with names of its own
my_rejected_bytes = "bytes-rejected"

[prometheus]
url = "https://prometheus.example"
token_file = "/etc/kdiag/token"   # or username and password_file
selector = 'env="prod"'           # of the series that are of this cluster
"""

import os
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from kdiag.cli.around import services
from kdiag.cli.flags import Beside
from kdiag.cli.servers import SERVER_KEYS, secret, server, table
from kdiag.config import nearest
from kdiag.errors import UsageError

if TYPE_CHECKING:
    from kdiag.sources.jmx import Access
    from kdiag.sources.prometheus import Monitor
    from kdiag.sources.services import Services

_KEYS = ("url", "username", "password_file", "ca_file")
_TABLES = ("targets", "names")
_MATCHER = r'\s*[a-zA-Z_]\w*\s*(=|!=|=~|!~)\s*"([^"\\]|\\.)*"\s*'
_SELECTOR = re.compile(f"({_MATCHER}(,{_MATCHER})*)?")
_PASSWORD = "KDIAG_JMX_PASSWORD"  # noqa: S105 - the name of a variable


@dataclass(frozen=True)
class Asked:
    """Who is asked besides the brokers."""

    access: "Access"
    prometheus: "Monitor | None"
    services: "Services"


def asked(beside: Beside, config: Path | None) -> Asked:
    """Return how they are reached; a flag beats the file.

    Raises UsageError for what is no URL, no fact, no key of the tables, or cannot be read.
    """
    return Asked(_access(beside, config), _prometheus(beside, config), services(beside, config))


def _access(beside: Beside, config: Path | None) -> "Access":
    found = table(config, "jmx", _KEYS, _TABLES)
    urls = beside.jmx or _urls(found)
    if not urls:
        from kdiag.sources.jmx.endpoints import Access

        return Access()
    from kdiag.sources.jmx.endpoints import Access, check_urls
    from kdiag.wire.secret import Secret

    check_urls(urls)
    file = beside.jmx_password_file or found.get("password_file")
    return Access(
        urls=urls,
        username=beside.jmx_username or found.get("username", ""),
        password=Secret(os.environ.get(_PASSWORD, "") if file is None else secret(Path(file))),
        ca_file=str(beside.jmx_ca_file or found.get("ca_file", "")),
        names=_names(found, config),
    )


def _prometheus(beside: Beside, config: Path | None) -> "Monitor | None":
    found = table(config, "prometheus", (*SERVER_KEYS, "selector"))
    url = beside.prometheus or found.get("url")
    if not url:
        return None
    from kdiag.sources.prometheus.asking import Monitor

    where = "--prometheus" if beside.prometheus else f"{config}: prometheus.url"
    made = server("Prometheus", url, where, found, f"{config}: prometheus")
    return Monitor(made, _selector(found.get("selector", ""), config))


def _selector(text: str, config: Path | None) -> str:
    """Return label matchers as they stand in a query."""
    if not _SELECTOR.fullmatch(text):
        raise UsageError(
            f"{config}: prometheus.selector {text}: expected label matchers, as 'env=\"prod\"'"
        )
    return text.strip()


def _urls(table: Mapping[str, Any]) -> tuple[str, ...]:
    template = (table["url"],) if "url" in table else ()
    return (*template, *(f"{target}={url}" for target, url in table.get("targets", {}).items()))


def _names(table: Mapping[str, Any], config: Path | None) -> Mapping[str, str]:
    from kdiag.facts import FACTS

    names: Mapping[str, str] = table.get("names", {})
    for metric, fact in names.items():
        if fact not in FACTS:
            raise UsageError(f"{config}: jmx.names.{metric}: no fact {fact}{nearest(fact, FACTS)}")
    return names
