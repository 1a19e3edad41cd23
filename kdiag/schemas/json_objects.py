"""Objects of JSON Schema: properties, those that must be there, and what names without one may be.

An object is open where it says nothing of other names: records of the writer may have any value
there, so a reader that gives such a name a type takes less (Confluent's registry refuses it, unless
its policy is LENIENT). Closed is one with additionalProperties of false.
"""

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from kdiag.schemas.json_document import Part
from kdiag.schemas.json_limits import counts

if TYPE_CHECKING:
    from kdiag.schemas.json_schema import At, Found


_SIMPLE = re.compile(r"\^?[\w-]*(\.[*+])?[\w-]*\$?")
"""Patterns that are tried: those of strangers may run for ever."""


class _NotSimpleError(Exception):
    """A pattern of which it is not tried whether a name fits it."""


def objects(at: "At") -> Iterator["Found"]:
    """Yield what is wrong with objects that may be written."""
    yield from counts(at, "minProperties", "maxProperties")
    yield from _required(at)
    taken, written = _properties(at.reader), _properties(at.writer)
    for name in sorted(taken | written.keys()):
        yield from _property(at, name, taken.get(name), written.get(name))
    yield from _others(at)


def _required(at: "At") -> Iterator["Found"]:
    asked, written = _names(at.reader), _names(at.writer)
    properties = _properties(at.reader)
    for name in sorted(asked - written):
        part = properties.get(name)
        if part is None or not part.has("default"):
            yield at.says("required", "must be there, and need not have been written", name)


def _property(at: "At", name: str, taken: Part | None, written: Part | None) -> Iterator["Found"]:
    try:
        reads, writes = _schemas(at.reader, name), _schemas(at.writer, name)
    except _NotSimpleError:
        yield "patterns of properties are not compared"
        return
    if taken is not None and not writes:
        if taken.node not in ({}, True):
            yield at.says("open", "had no schema before, so it may be of any type", name)
        return
    if not reads or any(part.node is False for part in writes):
        return
    if len(writes) > 1:
        yield "a property with several schemas is not compared"
        return
    for each in reads:
        if each.node is False:
            yield at.says("closed", "is not taken any more", name)
        else:
            yield from at.inner(each, writes[0], name)


def _schemas(part: Part, name: str) -> list[Part]:
    """Return what counts for a name: its own schema, patterns, else that of all others."""
    own = [part.at("properties", name)] if name in _properties(part) else []
    patterns = _patterns(part)
    own += [part.at("patternProperties", each) for each in patterns if _matches(each, name)]
    if own or not part.has("additionalProperties"):
        return own
    rest = part.at("additionalProperties")
    return [] if rest.node in ({}, True) else [rest]


def _matches(pattern: str, name: str) -> bool:
    if not _SIMPLE.fullmatch(pattern):
        raise _NotSimpleError
    return re.search(pattern, name) is not None


def _others(at: "At") -> Iterator["Found"]:
    """Yield what is wrong with names that neither side has properties for."""
    taken, written = (_additional(part) for part in (at.reader, at.writer))
    patterns, were = (_patterns(part) for part in (at.reader, at.writer))
    for pattern in sorted(patterns & were):
        reader = at.reader.at("patternProperties", pattern)
        yield from at.inner(reader, at.writer.at("patternProperties", pattern), pattern)
    if (patterns - were and written.node is not False) or (were - patterns and not _is_open(taken)):
        yield "patterns of properties are not compared"
    if written.node is False or _is_open(taken):
        return
    if taken.node is False:
        yield at.says("closed", "other properties may be written, and are not taken")
    elif _is_open(written):
        yield at.says("open", "other properties had no schema before, and have one now")
    else:
        yield from at.inner(taken, written, "*")


def _is_open(part: Part) -> bool:
    return part.node is True or part.node == {}


def _additional(part: Part) -> Part:
    has = part.has("additionalProperties")
    return part.at("additionalProperties") if has else part.of(True)


def _patterns(part: Part) -> set[str]:
    told = part.get("patternProperties")
    return set(told) if isinstance(told, dict) else set()


def _properties(part: Part) -> dict[str, Part]:
    told = part.get("properties")
    names = told if isinstance(told, dict) else ()
    return {name: part.at("properties", name) for name in names}


def _names(part: Part) -> set[str]:
    told = part.get("required")
    return {each for each in told if isinstance(each, str)} if isinstance(told, list) else set()
