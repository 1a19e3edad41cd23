"""Settings from a TOML file: tunables of checks, and flags of commands.

    [checks.disk-usage-high]
    warning_ratio = 0.85

    [exporter]
    interval = 60

    [clusters.prod]
    bootstrap_server = "broker1:9092"

A flag is named as its variable, without KDIAG_ and in lower case. What stands in the tables [jmx],
[prometheus], [connect], [schema_registry], [ksqldb], [postgres], [clusters] and [audit.CHANNEL]
is read by who asks or sends there; [[lag]] holds objectives of lag, as profiles have them.

A table or key that does not exist, or a value of another type, is an error that names the file,
the key and the nearest valid name; nothing is ignored silently.
"""

import re
import tomllib
from collections.abc import Collection, Iterable, Mapping, Sequence
from difflib import get_close_matches
from pathlib import Path
from typing import Any

from kdiag.bounded import read_text
from kdiag.check import Check
from kdiag.engine import Tunables
from kdiag.errors import UsageError

COMMANDS = ("doctor", "snapshot", "audit", "exporter", "mcp")
"""Commands of which a file may give the flags."""

SUBTABLES = {
    "audit": ("email", "slack", "teams", "webhook", "objects", "pushgateway", "textfile"),
}
"""Tables in the table of a command, beside its flags."""

SERVICES = ("connect", "schema_registry", "ksqldb", "postgres")
"""Tables of who stands around the brokers."""

_TABLES = ("checks", "jmx", "lag", "prometheus", *SERVICES, "clusters", *SUBTABLES, *COMMANDS)
_ALLOWED = (
    "[checks.ID], [jmx], [[lag]], [prometheus], [connect], [schema_registry], "
    "[ksqldb], [postgres], [clusters.NAME], [doctor], [snapshot], [exporter], "
    "[audit], [audit.CHANNEL]"
)


def read_tunables(path: Path | None, overrides: Sequence[str], checks: Sequence[Check]) -> Tunables:
    """Return the tunables of a file (or none) with `ID.NAME=VALUE` overrides on top.

    Raises UsageError for everything that is not exactly a known tunable with a value of its type.
    """
    by_id = {check.id: check for check in checks}
    settings: dict[str, dict[str, Any]] = {}
    for id_, name, value in _from_file(path):
        _set(settings, by_id, id_, name, value, f"{path}")
    for text in overrides:
        id_, name, value = _parsed(text)
        _set(settings, by_id, id_, name, value, f"--set {text}")
    return settings


def _from_file(path: Path | None) -> Iterable[tuple[str, str, Any]]:
    if path is None:
        return
    for id_, table in _tables(path).items():
        if not isinstance(table, Mapping):
            raise UsageError(f"{path}: checks.{id_} must be a table of tunables")
        for name, value in table.items():
            yield id_, name, value


def _tables(path: Path) -> Mapping[str, Any]:
    tables = read_table(path, "checks")
    if not isinstance(tables, Mapping):
        raise UsageError(f"{path}: checks must be a table, [checks.ID]")
    return tables


def read_table(path: Path, name: str) -> Any:
    """Return one table of a file, {} where it has none.

    Raises UsageError for a file that cannot be read, is not TOML or has an unknown table.
    """
    try:
        document = tomllib.loads(read_text(path))
    except OSError as error:
        raise UsageError(f"{path}: cannot be read: {error.strerror}") from None
    except (ValueError, RecursionError) as error:
        raise UsageError(f"{path}: is not TOML: {error}") from None
    unknown = [key for key in document if key not in _TABLES]
    if unknown:
        raise UsageError(f"{path}: unknown table [{unknown[0]}]; allowed are {_ALLOWED}")
    return document.get(name, {})


def read_flags(path: Path, command: str, known: Collection[str]) -> Mapping[str, Any]:
    """Return the flags that a file gives a command, by their names in the file.

    Raises UsageError for a flag that the command does not have, and as `read_table`.
    """
    table = read_table(path, command) if command in COMMANDS else {}
    if not isinstance(table, Mapping):
        raise UsageError(f"{path}: {command} must be a table, [{command}]")
    inner = SUBTABLES.get(command, ())
    flags = {name: table[name] for name in table if name not in inner}
    for name in flags:
        if name not in known:
            raise UsageError(f"{path}: [{command}] has no {name}{nearest(name, (*known, *inner))}")
    return flags


def _parsed(text: str) -> tuple[str, str, Any]:
    target, equals, value = text.partition("=")
    id_, dot, name = target.partition(".")
    if not (equals and dot and id_ and name):
        raise UsageError(f"--set {text}: expected ID.NAME=VALUE")
    try:
        return id_, name.strip(), tomllib.loads(f"value = {value}")["value"]
    except (ValueError, RecursionError):
        return id_, name.strip(), value


def _set(
    settings: dict[str, dict[str, Any]],
    checks: Mapping[str, Check],
    id_: str,
    name: str,
    value: Any,
    where: str,
) -> None:
    check = checks.get(id_)
    if check is None:
        raise UsageError(f"{where}: there is no check {id_}{nearest(id_, checks)}")
    if name not in check.tunables:
        hint = nearest(name, check.tunables) or f"; it has {_names(check)}"
        raise UsageError(f"{where}: {id_} has no tunable {name}{hint}")
    settings.setdefault(id_, {})[name] = _typed(value, check.tunables[name], f"{where}: {name}")


def _typed(value: Any, default: Any, where: str) -> Any:
    if isinstance(default, bool) or isinstance(value, bool):
        fits = isinstance(value, bool) and isinstance(default, bool)
    elif isinstance(default, float):
        fits = isinstance(value, int | float)
    elif isinstance(default, tuple):
        fits = isinstance(value, list) and all(isinstance(item, str) for item in value)
    else:
        fits = isinstance(value, type(default))
    if not fits:
        wanted = "a list of words" if isinstance(default, tuple) else type(default).__name__
        raise UsageError(f"{where} must be {wanted}, like {default!r}; it is {value!r}")
    if isinstance(value, int | float) and not isinstance(value, bool) and value < 0:
        raise UsageError(f"{where} must not be negative; it is {value!r}")
    if where.endswith("_regex"):
        _require_pattern(value, where)
    return tuple(value) if isinstance(default, tuple) else type(default)(value)


def _require_pattern(value: Any, where: str) -> None:
    try:
        re.compile(value)
    except re.error as error:
        raise UsageError(f"{where} is no regular expression: {error}: {value!r}") from None


def nearest(name: str, known: Iterable[str]) -> str:
    """Return a question for the name that may be meant; nothing where none is near."""
    near = get_close_matches(name, list(known), n=1, cutoff=0.5)
    return f"; did you mean {near[0]}?" if near else ""


def _names(check: Check) -> str:
    return ", ".join(check.tunables) or "no tunables"
