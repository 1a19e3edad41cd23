"""How JMX is reached, from flags and from the table [jmx] of the config file.

[jmx]
url = "rmi://{host}:9999"
username = "monitor"
password_file = "/etc/kdiag/jmx-password"
ca_file = "/etc/kdiag/ca.pem"

[jmx.targets]
"controller 100" = "rmi://c1.example:9999"

[jmx.names]                       # of an exporter with names of its own
my_rejected_bytes = "bytes-rejected"
"""

import os
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from kdiag.cli.flags import Jmx
from kdiag.config import nearest, read_table
from kdiag.errors import UsageError

if TYPE_CHECKING:
    from kdiag.sources.jmx import Access

_KEYS = ("url", "username", "password_file", "ca_file")
_TABLES = ("targets", "names")
_PASSWORD = "KDIAG_JMX_PASSWORD"  # noqa: S105 - the name of a variable


def access(jmx: Jmx, config: Path | None) -> "Access":
    """Return how JMX is reached; a flag beats the file.

    Raises UsageError for what is no URL, no fact, no key of the table, or cannot be read.
    """
    table = _table(config)
    urls = jmx.urls or _urls(table)
    if not urls:
        from kdiag.sources.jmx.endpoints import Access

        return Access()
    from kdiag.sources.jmx.endpoints import Access, check_urls
    from kdiag.wire.secret import Secret

    check_urls(urls)
    file = jmx.password_file or table.get("password_file")
    return Access(
        urls=urls,
        username=jmx.username or table.get("username", ""),
        password=Secret(os.environ.get(_PASSWORD, "") if file is None else _password(Path(file))),
        ca_file=str(jmx.ca_file or table.get("ca_file", "")),
        names=_names(table, config),
    )


def _table(config: Path | None) -> Mapping[str, Any]:
    if config is None:
        return {}
    table = read_table(config, "jmx")
    if not isinstance(table, Mapping):
        raise UsageError(f"{config}: jmx must be a table, [jmx]")
    for key, value in table.items():
        if key not in (*_KEYS, *_TABLES):
            raise UsageError(f"{config}: [jmx] has no {key}{nearest(key, (*_KEYS, *_TABLES))}")
        each = value.values() if key in _TABLES and isinstance(value, Mapping) else (value,)
        if not all(isinstance(text, str) for text in each):
            raise UsageError(f"{config}: jmx.{key} must be text{'s' * (key in _TABLES)}")
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


def _password(file: Path) -> str:
    try:
        return file.read_text(encoding="utf-8").rstrip("\r\n")
    except (OSError, UnicodeDecodeError) as error:
        why = getattr(error, "strerror", None) or "it is not UTF-8"
        raise UsageError(f"--jmx-password-file {file}: cannot be read: {why}") from None
