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

from kdiag.bounded import read_text
from kdiag.cli.flags import Beside
from kdiag.config import nearest, read_table
from kdiag.errors import UsageError

if TYPE_CHECKING:
    from kdiag.sources.jmx import Access
    from kdiag.sources.prometheus import Monitor

_KEYS = ("url", "username", "password_file", "ca_file")
_TABLES = ("targets", "names")
_PROMETHEUS_KEYS = ("url", "username", "password_file", "token_file", "ca_file", "selector")
_MATCHER = r'\s*[a-zA-Z_]\w*\s*(=|!=|=~|!~)\s*"([^"\\]|\\.)*"\s*'
_SELECTOR = re.compile(f"({_MATCHER}(,{_MATCHER})*)?")
_PASSWORD = "KDIAG_JMX_PASSWORD"  # noqa: S105 - the name of a variable


@dataclass(frozen=True)
class Asked:
    """Who is asked besides the brokers."""

    access: "Access"
    prometheus: "Monitor | None"


def asked(beside: Beside, config: Path | None) -> Asked:
    """Return how JMX and Prometheus are reached; a flag beats the file.

    Raises UsageError for what is no URL, no fact, no key of the tables, or cannot be read.
    """
    return Asked(_access(beside, config), _prometheus(beside, config))


def _access(beside: Beside, config: Path | None) -> "Access":
    table = _table(config, "jmx", _KEYS, _TABLES)
    urls = beside.jmx or _urls(table)
    if not urls:
        from kdiag.sources.jmx.endpoints import Access

        return Access()
    from kdiag.sources.jmx.endpoints import Access, check_urls
    from kdiag.wire.secret import Secret

    check_urls(urls)
    file = beside.jmx_password_file or table.get("password_file")
    return Access(
        urls=urls,
        username=beside.jmx_username or table.get("username", ""),
        password=Secret(os.environ.get(_PASSWORD, "") if file is None else _secret(Path(file))),
        ca_file=str(beside.jmx_ca_file or table.get("ca_file", "")),
        names=_names(table, config),
    )


def _prometheus(beside: Beside, config: Path | None) -> "Monitor | None":
    table = _table(config, "prometheus", _PROMETHEUS_KEYS, ())
    url = beside.prometheus or table.get("url")
    if not url:
        return None
    from kdiag.sources.http import Server
    from kdiag.sources.prometheus.asking import REMEDY, Monitor
    from kdiag.wire.secret import Secret

    if not url.startswith(("http://", "https://")) or "@" in url or "?" in url:
        shown = url.split("@")[-1].partition("?")[0]
        raise UsageError(f"--prometheus {shown}: expected http[s]://HOST:PORT")
    server = Server(
        "Prometheus",
        url,
        REMEDY,
        username=table.get("username", ""),
        password=Secret(_secret_of(table, "password_file")),
        token=Secret(_secret_of(table, "token_file")),
        ca_file=table.get("ca_file", ""),
    )
    return Monitor(server, _selector(table.get("selector", ""), config))


def _selector(text: str, config: Path | None) -> str:
    """Return label matchers as they stand in a query."""
    if not _SELECTOR.fullmatch(text):
        raise UsageError(
            f"{config}: prometheus.selector {text}: expected label matchers, as 'env=\"prod\"'"
        )
    return text.strip()


def _secret_of(table: Mapping[str, Any], key: str) -> str:
    return _secret(Path(table[key])) if key in table else ""


def _table(
    config: Path | None, name: str, keys: tuple[str, ...], tables: tuple[str, ...]
) -> Mapping[str, Any]:
    """Return a table of the file, whose keys and kinds of values were looked at."""
    if config is None:
        return {}
    table = read_table(config, name)
    if not isinstance(table, Mapping):
        raise UsageError(f"{config}: {name} must be a table, [{name}]")
    for key, value in table.items():
        if key not in (*keys, *tables):
            raise UsageError(f"{config}: [{name}] has no {key}{nearest(key, (*keys, *tables))}")
        each = value.values() if key in tables and isinstance(value, Mapping) else (value,)
        if not all(isinstance(text, str) for text in each):
            raise UsageError(f"{config}: {name}.{key} must be text{'s' * (key in tables)}")
    return table


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


def _secret(file: Path) -> str:
    try:
        return read_text(file).rstrip("\r\n")
    except (OSError, UnicodeDecodeError) as error:
        why = getattr(error, "strerror", None) or "it is not UTF-8"
        raise UsageError(f"{file}: cannot be read: {why}") from None
