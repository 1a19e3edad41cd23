"""Documents cut to a size: whole rows, page by page, and counts of what was left out.

What reads an answer has room for so much, and a cluster may have any number of findings, groups
and partitions, with names as long as Kafka allows. Rows of the lists of a document are given one
after another as long as there is room; the rest is counted, and can be asked for by where it
starts. Within a row, long lists and texts are cut, and counted, too.
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

LONGEST_LIST = 20
LONGEST_TEXT = 1000
"""Most entries of a list, and characters of a text, within a row."""

_SHORTER = (LONGEST_LIST, 5, 1)


@dataclass(frozen=True)
class Page:
    """A part of a document. left_out: path → how many entries or characters are not in it.

    next: number of the first row that is not in it; None where it is the last page.
    """

    document: dict[str, Any]
    left_out: dict[str, int]
    next: int | None


def page_of(document: Mapping[str, Any], rows: Sequence[str], start: int, max_bytes: int) -> Page:
    """Return the rows from a number on that have room, with all that is not rows.

    rows: names of the lists that are given row by row, in this order; each may be null. A page has
    one row at least, so that every row can be reached.
    """
    left_out: dict[str, int] = {}
    lists = {name: document.get(name) or [] for name in rows}
    shown: dict[str, list[Any]] = {name: [] for name in lists}
    frame = {key: value for key, value in document.items() if key not in lists}
    made = _cut(frame, "", LONGEST_LIST, left_out)
    room = max_bytes - _size(made | shown) - _size(left_out)
    end = start
    for number, (name, index, row) in enumerate(_numbered(lists)):
        if number < start:
            continue
        cuts: dict[str, int] = {}
        short = _fitting(row, f"{name}[{index}]", max(room, 0), cuts)
        taken = _size(short) + (_size(cuts) if cuts else 0)
        if taken > room and number > start:
            break
        room -= taken
        left_out |= cuts
        shown[name].append(short)
        end = number + 1
    total = sum(map(len, lists.values()))
    left_out |= {name: len(each) - len(shown[name]) for name, each in lists.items()}
    whole = {
        key: shown[key] if key in lists and value is not None else made.get(key)
        for key, value in document.items()
    }
    counted = {path: number for path, number in left_out.items() if number}
    return Page(whole, counted, end if end < total else None)


def _numbered(lists: Mapping[str, Sequence[Any]]) -> Iterator[tuple[str, int, Any]]:
    for name, each in lists.items():
        for index, row in enumerate(each):
            yield name, index, row


def _fitting(row: Any, path: str, room: int, cuts: dict[str, int]) -> Any:
    """Return a row as long as it may be; shorter where there is no room for that."""
    for longest in _SHORTER:
        cuts.clear()
        made = _cut(row, path, longest, cuts)
        if _size(made) <= room:
            break
    return made


def _cut(value: Any, path: str, longest: int, left_out: dict[str, int]) -> Any:
    """Return a value with its long lists and texts cut; what is cut off is counted by its path."""
    if isinstance(value, Mapping):
        return {
            key: _cut(each, f"{path}.{key}" if path else key, longest, left_out)
            for key, each in value.items()
        }
    if isinstance(value, list):
        if len(value) > longest:
            left_out[path] = len(value) - longest
        kept = enumerate(value[:longest])
        return [_cut(each, f"{path}[{index}]", longest, left_out) for index, each in kept]
    if isinstance(value, str) and len(value) > LONGEST_TEXT:
        left_out[path] = len(value) - LONGEST_TEXT
        return value[:LONGEST_TEXT]
    return value


def _size(value: Any) -> int:
    """Return how many bytes a value is as JSON, with the comma behind it."""
    return len(json.dumps(value)) + 2
