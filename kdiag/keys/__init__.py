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
_WORD_LIST = re.compile(r"^(?:\(case insensitive\) )?\[([\w.:\-]+(?:, [\w.:\-]+)*)\]$")
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
    is_of_c: it is librdkafka's, which reads numbers and words more loosely than Java's libraries.
    """

    name: str
    type: str
    default: str | None
    valid: str = ""
    since: str | None = None
    until: str | None = None
    alias: str = ""
    role: str = ""
    is_of_c: bool = False
    earlier_defaults: Mapping[str, str] = field(default_factory=dict)

    def wrong(self, value: str) -> str | None:
        """Return what is allowed where a value is not; None where it is, or it cannot be told."""
        text = value.strip()
        if self.is_of_c:
            return _wrong_of_c(text, self)
        if self.type in ("int", "long", "short"):
            return _wrong_whole(text, self)
        if self.type == "double":
            return _wrong_double(text, self)
        if self.type == "boolean":
            return None if text.lower() in ("true", "false") else "true or false"
        if self.type == "list":
            return _wrong_words(filter(None, text.split(",")), self)
        return _wrong_words([text], self) if self.type == "string" else None

    def read_as(self, value: str) -> str | None:
        """Return what librdkafka makes of a number with something behind it; None without."""
        found = _NUMBER_OF_C.match(value.strip())
        if not self.is_of_c or self.type not in ("int", "double") or found is None:
            return None
        text = found[0] if self.type == "double" else found[1]
        return text if text != value.strip() else None


_NUMBER_OF_C = re.compile(r"([+-]?(?:0[xX][0-9a-fA-F]+|\d+))(?:\.\d*)?(?:[eE][+-]?\d+)?")
_TRUTHS_OF_C = ("true", "t", "1", "false", "f", "0")
_WORDS_TOO = ("acks", "request.required.acks")
"""Numbers for which librdkafka takes a word, too."""


def _wrong_of_c(text: str, key: Key) -> str | None:
    """Tell as rd_kafka_conf_set does: of a number what is behind it does not count."""
    if key.type in ("int", "double"):
        if key.name in _WORDS_TOO and text.lower() == "all":
            return None
        found = _NUMBER_OF_C.match(text)
        if found is None:
            return "a number"
        number = float(found[0]) if key.type == "double" else _int_of_c(found[1])
        low, high = _range(key.valid)
        is_out = (low is not None and number < low) or (high is not None and number > high)
        return f"a number {key.valid}" if is_out else None
    if key.type == "boolean":
        return None if text.lower() in _TRUTHS_OF_C else "true or false"
    return _wrong_words(text.split(","), key) if key.type == "string" else None


def _int_of_c(text: str) -> int:
    is_hexadecimal = text.lower().lstrip("+-").startswith("0x")
    return int(text, 16) if is_hexadecimal else int(text[:_MOST_DIGITS])


def _releases(words: Iterable[str]) -> set[str]:
    """Return the releases of metadata versions: 3.9 (and 3.9.1) is the last one of 3.9-IV0."""
    return {word.partition("-IV")[0] for word in words}


def _wrong_words(texts: Iterable[str], key: Key) -> str | None:
    """Java's lists of words mind the case, unless they say otherwise; librdkafka's do not."""
    words = _words(key.valid)
    minds_case = not key.is_of_c and not key.valid.startswith("(case insensitive)")
    known = set(words) if minds_case else {word.lower() for word in words}
    given = [each.strip() if minds_case else each.strip().lower() for each in texts]
    if any("-IV" in word for word in words):
        known |= _releases(words)
        given = [".".join(each.split(".")[: 3 if each.startswith("0.") else 2]) for each in given]
    forms = tuple(f"{word.partition(':')[0]}:" for word in words if ":" in word)
    is_right = all(each in known or each.startswith(forms) for each in given)
    return None if is_right or not words else f"one of {', '.join(words)}"


def _wrong_whole(text: str, key: Key) -> str | None:
    if not _WHOLE.match(text):
        return "a whole number"
    if len(text.lstrip("+-0")) > _MOST_DIGITS or abs(int(text)) > _LIMITS[key.type]:
        return f"a number of type {key.type}"
    low, high = _range(key.valid)
    if (low is not None and int(text) < low) or (high is not None and int(text) > high):
        return f"a number {key.valid}"
    return None


def _wrong_double(text: str, key: Key) -> str | None:
    number, (low, high) = _number(text), _range(key.valid)
    if number is None:
        return "a number"
    is_out = (low is not None and number < low) or (high is not None and number > high)
    return f"a number {key.valid}" if is_out else None


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
    is_of_c = table == "librdkafka"
    named = {name: _key(name, row, is_of_c=is_of_c) for name, row in held["keys"].items()}
    return Keys(table, tuple(held["releases"]), named)


def _key(name: str, row: Mapping[str, Any], *, is_of_c: bool) -> Key:
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
        is_of_c,
        {release: value or "" for release, value in row.get("was", {}).items()},
    )


def nearest(name: str, known: Iterable[str]) -> str | None:
    """Return the known name that a mistyped one is most like; None where none is like it."""
    found = get_close_matches(name, sorted(known), n=1, cutoff=_ALIKE)
    return found[0] if found else None
