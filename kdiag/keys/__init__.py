"""The settings that Kafka's own software has: names, types, defaults, since and until when.

Tables are JSON beside this file, printed by the software itself (kdiag.lab.config_keys,
librdkafka_keys and debezium_keys): a name that is in none of them is known to nobody but plug-ins.
"""

import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from difflib import get_close_matches
from functools import cache
from importlib import resources
from typing import Any

_ALIKE = 0.8
_WORD_LIST = re.compile(r"^(?:\(case insensitive\) )?\[([\w.\-]+(?:, [\w.\-]+)*)\]$")
_RANGE = re.compile(r"^\[(-?[\d.E]+)?,?\.\.\.,?(-?[\d.E]+)?\]$")
_RANGE_OF_C = re.compile(r"^(-?[\d.]+) \.\. (-?[\d.]+)$")
_WORDS_OF_C = re.compile(r"^[\w.\-]+(?:, [\w.\-]+)+$")
_WHOLE = re.compile(r"^[+-]?\d+$")
_MOST_DIGITS = 19
_LIMITS = {"int": 2**31 - 1, "short": 2**15 - 1, "long": 2**63 - 1}


@dataclass(frozen=True)
class Key:
    """One setting.

    default: as text; None where it must be given. valid: as the software prints it. since, until:
    the first and last of the compared releases that has it; None where it is in the oldest, or
    still in the newest. alias: the name that it stands for. role: P or C of librdkafka.
    """

    name: str
    type: str
    default: str | None
    valid: str = ""
    since: str | None = None
    until: str | None = None
    alias: str = ""
    role: str = ""
    earlier_defaults: Mapping[str, str] = field(default_factory=dict)

    def wrong(self, value: str) -> str | None:
        """Return what is allowed where a value is not; None where it is, or it cannot be told."""
        text = value.strip()
        if self.type in ("int", "long", "short") and self.name not in _WORDS_TOO:
            return _wrong_whole(text, self)
        if self.type == "double":
            return None if _number(text) is not None else "a number"
        if self.type == "boolean":
            return None if text.lower() in ("true", "false") else "true or false"
        words = _words(self.valid) if self.type == "string" else ()
        if words and text.lower() not in {word.lower() for word in words}:
            return f"one of {', '.join(words)}"
        return None


_WORDS_TOO = ("acks", "request.required.acks")
"""Numbers for which librdkafka takes a word, too."""


def _wrong_whole(text: str, key: Key) -> str | None:
    if not _WHOLE.match(text):
        return "a whole number"
    if len(text.lstrip("+-0")) > _MOST_DIGITS or abs(int(text)) > _LIMITS[key.type]:
        return f"a number of type {key.type}"
    low, high = _range(key.valid)
    if (low is not None and int(text) < low) or (high is not None and int(text) > high):
        return f"a number {key.valid}"
    return None


def _range(valid: str) -> tuple[float | None, float | None]:
    found = _RANGE.match(valid) or _RANGE_OF_C.match(valid)
    return (None, None) if found is None else (_number(found[1]), _number(found[2]))


def _number(text: str | None) -> float | None:
    try:
        return None if text is None else float(text)
    except ValueError:
        return None


def _words(valid: str) -> tuple[str, ...]:
    found = _WORD_LIST.match(valid)
    if found:
        return tuple(found[1].split(", "))
    return tuple(valid.split(", ")) if _WORDS_OF_C.match(valid) else ()


@dataclass(frozen=True)
class Keys:
    """One table. releases: those that were compared, the oldest first."""

    name: str
    releases: tuple[str, ...]
    by_name: Mapping[str, Key]

    def get(self, name: str) -> Key | None:
        """Return a setting, or None."""
        return self.by_name.get(name)

    def after(self, release: str) -> str:
        """Return the next of the compared releases."""
        return self.releases[self.releases.index(release) + 1]


TABLES = (
    "producer",
    "consumer",
    "admin",
    "streams",
    "broker",
    "topic",
    "worker",
    "source",
    "sink",
    "librdkafka",
    "debezium-postgres",
)


@cache
def keys(table: str) -> Keys:
    """Return a table by its name (`TABLES`)."""
    text = (resources.files("kdiag.keys") / f"{table}.json").read_text(encoding="utf-8")
    held = json.loads(text)
    named = {name: _key(name, row) for name, row in held["keys"].items()}
    return Keys(table, tuple(held["releases"]), named)


def _key(name: str, row: Mapping[str, Any]) -> Key:
    default = row.get("default")
    return Key(
        name,
        row["type"],
        "" if default == "null" else default,
        row.get("valid", ""),
        row.get("from"),
        row.get("to"),
        row.get("alias", ""),
        row.get("role", ""),
        {release: value or "" for release, value in row.get("was", {}).items()},
    )


def nearest(name: str, known: Iterable[str]) -> str | None:
    """Return the known name that a mistyped one is most like; None where none is like it."""
    found = get_close_matches(name, sorted(known), n=1, cutoff=_ALIKE)
    return found[0] if found else None
