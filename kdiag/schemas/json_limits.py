"""Ranges of JSON Schema: numbers, lengths, how many there are, and items of lists.

A reader's limit holds where the writer's is as narrow; a pattern only where it is the same, as
nobody can tell whether one regular expression is within another.
"""

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from kdiag.schemas.compatibility import Break
from kdiag.schemas.json_document import Part

if TYPE_CHECKING:
    from kdiag.schemas.json_schema import At, Found


def numbers(at: "At", types: frozenset[str]) -> Iterator["Found"]:
    """Yield what is wrong with numbers that may be written."""
    if not types & {"integer", "number"}:
        return
    for sign, inclusive, exclusive in (
        (1, "minimum", "exclusiveMinimum"),
        (-1, "maximum", "exclusiveMaximum"),
    ):
        taken, written = (
            _bound(part, sign, inclusive, exclusive) for part in (at.reader, at.writer)
        )
        if taken is not None and (written is None or written < taken):
            yield at.says("bounds", f"{inclusive} is {_number(at.reader, inclusive, exclusive)}")
    yield from _multiple(at)


def _number(part: Part, inclusive: str, exclusive: str) -> str:
    return str(part.get(inclusive, part.get(exclusive)))[:40]


def _bound(part: Part, sign: int, inclusive: str, exclusive: str) -> tuple[float, bool] | None:
    """Return the tightest lower bound; of upper ones the negative. The second: it is left out."""
    found = []
    low, open_ = part.get(inclusive), part.get(exclusive)
    if _is_number(low):
        found.append((sign * low, open_ is True))
    if _is_number(open_):
        found.append((sign * open_, True))
    return max(found, default=None)


def _multiple(at: "At") -> Iterator["Found"]:
    taken, written = at.reader.get("multipleOf"), at.writer.get("multipleOf")
    if not _is_number(taken) or taken <= 0:
        return
    if not _is_number(written) or (written / taken) % 1:
        yield at.says("bounds", f"only multiples of {str(taken)[:40]} are taken")


def texts(at: "At", types: frozenset[str]) -> Iterator["Found"]:
    """Yield what is wrong with texts that may be written."""
    if "string" not in types:
        return
    yield from counts(at, "minLength", "maxLength")
    taken, written = at.reader.get("pattern"), at.writer.get("pattern")
    if taken is not None and taken != written:
        if written is None and not at.writer.has("enum") and not at.writer.has("const"):
            yield at.says("bounds", "a pattern is asked that was not before")
        else:
            yield "two patterns are not compared"


def counts(at: "At", least: str, most: str) -> Iterator[Break]:
    """Yield where fewer or more may be written than are taken."""
    low, was_low = at.reader.get(least), at.writer.get(least, 0)
    if _is_number(low) and low > (was_low if _is_number(was_low) else 0):
        yield at.says("bounds", f"{least} is {low}")
    high, was_high = at.reader.get(most), at.writer.get(most)
    if _is_number(high) and (not _is_number(was_high) or was_high > high):
        yield at.says("bounds", f"{most} is {high}")


def arrays(at: "At") -> Iterator["Found"]:
    """Yield what is wrong with lists that may be written: their sizes and items."""
    yield from counts(at, "minItems", "maxItems")
    if at.reader.get("uniqueItems") is True and at.writer.get("uniqueItems") is not True:
        yield at.says("bounds", "items must differ from each other")
    taken, rest_taken = _items(at.reader)
    written, rest_written = _items(at.writer)
    for number in range(max(len(taken), len(written))):
        one = taken[number] if number < len(taken) else rest_taken
        other = written[number] if number < len(written) else rest_written
        yield from at.inner(one, other, f"[{number}]")
    if rest_written.node is not False:
        yield from at.inner(rest_taken, rest_written, "[]")


def _items(part: Part) -> tuple[list[Part], Part]:
    """Return the schemas of the first items, and that of all others."""
    if part.has("prefixItems"):
        first, rest = "prefixItems", "items"
    elif isinstance(part.get("items"), list):
        first, rest = "items", "additionalItems"
    else:
        return [], part.at("items") if part.has("items") else part.of(True)
    listed = part.node[first] if isinstance(part.node[first], list) else []
    made = [part.at(first, number) for number in range(len(listed))]
    return made, part.at(rest) if part.has(rest) else part.of(True)


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)
