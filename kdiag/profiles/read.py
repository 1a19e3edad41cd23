"""Profiles out of TOML files, and out of those that kdiag brings.

    [[topics]]
    name = "(^|[._-])orders$"     # found in the name of a topic
    partitions = 12               # at least; as replication_factor, min_insync_replicas
    compression = "lz4"           # or another codec, or any
    hot_retention_days = 7        # in the brokers' own storage, at least
    cold_retention_days = 365     # in tiered storage, or by a sink that reads the topic
    cold_sink = "^connect-"       # found in the name of that group
    dead_letter = ["{topic}.dlq"] # one of these topics must exist
    latency_seconds = 0.05        # of a produce request to the brokers that lead the topic
    required = true               # at least one topic must fit

    [[lag]]
    groups = "^fraud-"            # found in the name of a group
    topics = "orders"             # only on these topics
    seconds = 1                   # age of the oldest unread record
    records = 1000                # how many unread records

What is wrong is an error that names the file, the line, and what is allowed.
"""

import importlib.resources
import re
import tomllib
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from kdiag.bounded import read_text
from kdiag.config import nearest, read_table
from kdiag.errors import UsageError
from kdiag.profiles.place import Place
from kdiag.profiles.profile import LagRule, Profile, TopicRule, Wanted

CODECS = ("any", "gzip", "snappy", "lz4", "zstd")
_DAY_SECONDS = 86_400
_LEAST = ("partitions", "replication_factor", "min_insync_replicas")
_DAYS = ("hot_retention_days", "cold_retention_days")
_TOPIC_KEYS = (
    "name",
    *_LEAST,
    "compression",
    *_DAYS,
    "cold_sink",
    "dead_letter",
    "latency_seconds",
    "required",
)
_LAG_KEYS = ("groups", "topics", "seconds", "records")
_TABLES = ("topics", "lag")


def read_profile(name: str) -> Profile:
    """Return the profile of a file, or the one that kdiag brings under that name.

    Raises UsageError for a file that cannot be read or holds what is no profile, and for a name
    that is neither.
    """
    shipped = _shipped()
    path = Path(name)
    if name in shipped and not path.is_file():
        return profile_of(shipped[name], name)
    if not path.is_file() and "/" not in name and path.suffix != ".toml":
        known = ", ".join(shipped)
        raise UsageError(
            f"--profile {name}: is neither a file nor one of {known}{nearest(name, shipped)}"
        )
    try:
        return profile_of(read_text(path), name)
    except OSError as error:
        raise UsageError(f"{name}: cannot be read: {error.strerror}") from None
    except UnicodeDecodeError as error:
        raise UsageError(f"{name}: is not TOML: {error}") from None


def _shipped() -> Mapping[str, str]:
    """Return name → text of the profiles that kdiag brings."""
    folder = importlib.resources.files("kdiag.profiles") / "shipped"
    files = sorted(folder.iterdir(), key=lambda file: file.name)
    return {
        file.name.removesuffix(".toml"): file.read_text(encoding="utf-8")
        for file in files
        if file.name.endswith(".toml")
    }


def profile_of(text: str, file: str) -> Profile:
    """Return the profile of a text. Raises UsageError, with the line, for what is none."""
    try:
        document = tomllib.loads(text)
    except (ValueError, RecursionError) as error:
        raise UsageError(f"{file}: is not TOML: {error}") from None
    for table in document:
        if table not in _TABLES:
            at = Place(file, text, table)
            raise at.error(f"unknown table {table}; allowed are [[topics]] and [[lag]]")
    topics = _rows(document, Place(file, text, "topics"))
    profile = Profile(
        tuple(
            _topic_rule(row, Place(file, text, "topics", number))
            for number, row in enumerate(topics)
        ),
        lag_rules(document.get("lag", []), file, text),
    )
    if not profile:
        raise UsageError(f"{file}: expects nothing; a profile has [[topics]] or [[lag]]")
    return profile


def lag_rules(rows: Any, file: str, text: str) -> tuple[LagRule, ...]:
    """Return the rules of a table [[lag]]. Raises as `profile_of`."""
    held = _rows({"lag": rows}, Place(file, text, "lag"))
    return tuple(
        _lag_rule(row, Place(file, text, "lag", number)) for number, row in enumerate(held)
    )


def objectives(config: Path) -> tuple[LagRule, ...]:
    """Return the objectives of lag in a config file, its tables [[lag]].

    Raises UsageError for what is wrong with them or with the file.
    """
    rows = read_table(config, "lag") or []
    return lag_rules(rows, str(config), read_text(config))


def _rows(document: Mapping[str, Any], place: Place) -> Sequence[Mapping[str, Any]]:
    rows = document.get(place.table, [])
    if not isinstance(rows, list) or not all(isinstance(row, Mapping) for row in rows):
        raise place.error(f"{place.table} must be tables, [[{place.table}]]")
    return rows


def _topic_rule(row: Mapping[str, Any], place: Place) -> TopicRule:
    _require(row, place, _TOPIC_KEYS, "name")
    wanted: list[tuple[str, Wanted]] = []
    wanted += [(key, int(_number(row, key, place, whole=True))) for key in _LEAST if key in row]
    for key in _DAYS:
        if key in row:
            seconds = _number(row, key, place) * _DAY_SECONDS
            wanted.append((key.replace("_days", "_seconds"), seconds))
    if "latency_seconds" in row:
        wanted.append(("latency_seconds", _number(row, "latency_seconds", place)))
    if "compression" in row:
        wanted.append(("compression", _codec(row["compression"], place)))
    if "dead_letter" in row:
        wanted.append(("dead_letter", _names(row["dead_letter"], place)))
    required = row.get("required", True)
    if not isinstance(required, bool):
        raise place.error(f"required must be true or false; it is {required!r}", "required")
    if not wanted and not required:
        raise place.error(f"expects nothing; it may have {', '.join(_TOPIC_KEYS[1:])}")
    sink = _pattern(row, "cold_sink", place) if "cold_sink" in row else None
    return TopicRule(_pattern(row, "name", place), tuple(wanted), required, sink, place.file)


def _lag_rule(row: Mapping[str, Any], place: Place) -> LagRule:
    _require(row, place, _LAG_KEYS, "groups")
    if "seconds" not in row and "records" not in row:
        raise place.error("needs seconds or records")
    return LagRule(
        _pattern(row, "groups", place),
        _pattern(row, "topics", place) if "topics" in row else None,
        _number(row, "seconds", place) if "seconds" in row else None,
        int(_number(row, "records", place, whole=True)) if "records" in row else None,
        place.file,
    )


def _require(row: Mapping[str, Any], place: Place, known: Sequence[str], needed: str) -> None:
    for key in row:
        if key not in known:
            hint = nearest(key, known) or f"; it may have {', '.join(known)}"
            raise place.error(f"has no {key}{hint}", key)
    if needed not in row:
        raise place.error(f"lacks {needed}")


def _pattern(row: Mapping[str, Any], key: str, place: Place) -> re.Pattern[str]:
    text = row[key]
    if not isinstance(text, str) or not text:
        raise place.error(f"{key} must be a regular expression; it is {text!r}", key)
    try:
        return re.compile(text)
    except re.error as error:
        raise place.error(f"{key} is no regular expression: {error}", key) from None


def _number(row: Mapping[str, Any], key: str, place: Place, *, whole: bool = False) -> float:
    value = row[key]
    kinds = int if whole else (int, float)
    if not isinstance(value, kinds) or isinstance(value, bool) or not 0 < value < float("inf"):
        noun = "whole number" if whole else "number"
        raise place.error(f"{key} must be a {noun} above 0; it is {value!r}", key)
    return float(value)


def _codec(value: Any, place: Place) -> str:
    if value not in CODECS:
        raise place.error(
            f"compression must be one of {', '.join(CODECS)}; it is {value!r}", "compression"
        )
    return str(value)


def _names(value: Any, place: Place) -> tuple[str, ...]:
    fits = isinstance(value, list) and all(
        isinstance(each, str) and "{topic}" in each for each in value
    )
    if not fits or not value:
        raise place.error(
            'dead_letter must be a list of names with {topic} in them, like ["{topic}.dlq"]; '
            f"it is {value!r}",
            "dead_letter",
        )
    return tuple(value)
