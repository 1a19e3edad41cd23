"""Several clusters out of the config file, and which of them one process of several watches.

[clusters.prod]
bootstrap_server = "broker1:9092"
command_config = "prod.properties"
"""

import hashlib
import re
from collections.abc import Iterable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from kdiag.cli.flags import Connection
from kdiag.config import nearest, read_table
from kdiag.errors import UsageError
from kdiag.wire.variables import variables

_KEYS = ("bootstrap_server", "command_config")
_SHARD = re.compile(r"(\d+)/(\d+)")


def clusters(connection: Connection, config: Path | None) -> Mapping[str, Connection]:
    """Return name → how to reach it, of the clusters in the file; empty where it has none.

    Everything but the address is as for one cluster. Paths are relative to the file. Raises
    UsageError for a key that is not known, and where an address was given as well.
    """
    tables = {} if config is None else read_table(config, "clusters")
    if not isinstance(tables, Mapping):
        raise UsageError(f"{config}: clusters must be tables, [clusters.NAME]")
    if tables and (connection.bootstrap_server or connection.command_config):
        raise UsageError(f"--bootstrap-server and the clusters of {config} exclude each other")
    if tables and (given := variables()):
        raise UsageError(f"{given[0]} and the clusters of {config} exclude each other")
    return {name: _reached(connection, config, name, table) for name, table in tables.items()}


def _reached(connection: Connection, config: Path | None, name: str, table: Any) -> Connection:
    where = f"{config}: [clusters.{name}]"
    if not isinstance(table, Mapping):
        raise UsageError(f"{where} must be a table")
    for key, value in table.items():
        if key not in _KEYS:
            raise UsageError(f"{where} has no {key}{nearest(key, _KEYS)}")
        if not isinstance(value, str):
            raise UsageError(f"{where}: {key} must be text")
    if not table:
        raise UsageError(f"{where} has no bootstrap_server")
    file = table.get("command_config")
    home = Path() if config is None else config.parent
    return replace(
        connection,
        bootstrap_server=table.get("bootstrap_server"),
        command_config=None if file is None else home / file,
        state_dir=None if connection.state_dir is None else connection.state_dir / name,
    )


def shard(names: Iterable[str], text: str | None) -> list[str]:
    """Return the names that are ours: of N processes, number I of `I/N` counts from 0.

    Each name belongs to one of them, by a hash of it that never changes; as the ordinals of a
    StatefulSet, and as kube-state-metrics shares objects. Raises UsageError for what is no shard.
    """
    if text is None:
        return list(names)
    found = _SHARD.fullmatch(text)
    if found is None or not int(found[1]) < int(found[2]):
        raise UsageError(f"--shard {text}: expected I/N with I from 0 to N-1, like 0/3")
    number, count = int(found[1]), int(found[2])
    return [name for name in names if _place(name) % count == number]


def _place(name: str) -> int:
    return int.from_bytes(hashlib.sha256(name.encode()).digest()[:8], "big")
