"""From the document of a file to a snapshot; everything is checked before it is believed."""

import dataclasses
import math
from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any, get_type_hints

from kdiag.finding import NotApplicable
from kdiag.sections import RAW_SECTIONS
from kdiag.snapshot import Held, Missing, Section, Snapshot, Table, Withheld
from kdiag.sources.fitting import fits
from kdiag.sources.saved.encode import COMMON_FIELDS
from kdiag.sources.saved.unpack import Malformed, frozen, time_of, tried, unpacked

_MOST_CELLS = 100_000_000
"""Of all tables together; a snapshot of 100,000 partitions has a tenth of it."""

_SECTIONS = {kind.__name__: kind for kind in RAW_SECTIONS}


def decoded(document: Any) -> Snapshot:
    """Return the snapshot of a document. Raises Malformed where it is not one."""
    cells = sum(_cells(document))
    if cells > _MOST_CELLS:
        raise Malformed(f"its tables have more than {_MOST_CELLS:,} values")
    return dataclasses.replace(
        _sample(document),
        withheld=_withheld(document.get("withheld")),
        notes=tuple(dict.fromkeys(_passed_over(document))),
    )


def _samples(document: Any) -> Iterator[dict[str, Any]]:
    """Yield the sections of the sample, and of the one before."""
    earlier = _part(document, "earlier", dict | None)
    for sample in (document, earlier):
        if sample is not None:
            yield _part(sample, "sections", dict)


def _cells(document: Any) -> Iterator[int]:
    """Yield how many values each table of both samples will have."""
    for sections in _samples(document):
        for name, part in sections.items():
            if isinstance(part, dict) and "columns" in part and name in _SECTIONS:
                yield _length(part) * len(_part(part, "columns", dict))


def _passed_over(document: Any) -> Iterator[str]:
    """Yield what a later version wrote and this one does not know."""
    for sections in _samples(document):
        for name, part in sections.items():
            kind = _SECTIONS.get(name)
            if kind is None:
                yield f"section {name:.40}"
            elif issubclass(kind, Table):
                more = part.get("columns", {}).keys() - kind.columns.keys()
                yield from (f"column {column:.40} of {name}" for column in sorted(more))


def _withheld(part: Any) -> Withheld:
    """Return what a file leaves out; those of the first version do not tell."""
    if part is None:
        return Withheld()
    return Withheld(
        names=_part(part, "names", Mapping[str, int]),
        settings=tuple(_part(part, "settings", tuple[str, ...])),
        texts=_part(part, "texts", int),
    )


def _sample(document: Any) -> Snapshot:
    earlier = _part(document, "earlier", dict | None)
    sections = _part(document, "sections", dict)
    return Snapshot(
        taken_at=_time(document, "taken_at"),
        sections={
            kind: _section(kind, _part(sections, name, dict))
            for name, kind in _SECTIONS.items()
            if name in sections
        },
        duration_seconds=_seconds(document),
        bootstrap=_part(document, "bootstrap", str),
        requests=_part(document, "requests", Mapping[str, int]),
        errors=_part(document, "errors", Mapping[str, str]),
        earlier=None if earlier is None else _sample(earlier),
    )


def _seconds(document: Any) -> float:
    given = _part(document, "duration_seconds", float)
    seconds = tried("duration_seconds", lambda: float(given))
    if not 0 <= seconds < math.inf:
        raise Malformed(f"duration_seconds is {seconds}")
    return seconds


def _section(kind: type[Section], part: dict[str, Any]) -> Held:
    if "missing" in part:
        return _missing(part["missing"])
    if "not_applicable" in part:
        return NotApplicable(_part(part, "not_applicable", str))
    fields = {
        **_own_fields(kind, _part(part, "fields", dict)),
        "read_at": _time(part, "read_at"),
        "errors": {k: _missing(v) for k, v in _part(part, "errors", dict).items()},
    }
    if not issubclass(kind, Table):
        return tried(kind.__name__, lambda: kind(**fields))
    columns = _part(part, "columns", dict)
    needed = [name for name in kind.columns if name not in kind.later_columns]
    without = [name for name in needed if name not in columns]
    if without:
        return Missing(
            f"the file has no {', '.join(without)} of {kind.noun}", "a snapshot by this version"
        )
    return _table(kind, columns, _length(part), fields)


def _table(kind: type[Table], columns: dict[str, Any], rows: int, fields: dict[str, Any]) -> Table:
    import pandas

    made = {
        name: unpacked(f"{kind.__name__}.{name}", content, columns.get(name, [None] * rows), rows)
        for name, content in kind.columns.items()
    }
    return tried(kind.__name__, lambda: kind(rows=pandas.DataFrame(made), **fields))


def _length(part: dict[str, Any]) -> int:
    """Return how many rows a table has; the first version has them all written out."""
    if "rows" in part:
        rows: int = _part(part, "rows", int)
        if rows < 0:
            raise Malformed(f"rows is {rows}")
        return rows
    columns = _part(part, "columns", dict)
    lists = [len(values) for values in columns.values() if isinstance(values, list)]
    return max(lists, default=0)


def _own_fields(kind: type[Section], given: dict[str, Any]) -> dict[str, Any]:
    import pandas

    hints = get_type_hints(kind, localns={"pandas": pandas})
    names = [field.name for field in dataclasses.fields(kind) if field.name not in COMMON_FIELDS]
    return {name: frozen(_part(given, name, hints[name])) for name in names if name in given}


def _missing(part: Any) -> Missing:
    return Missing(_part(part, "reason", str), _part(part, "grant", str | None))


def _time(part: Any, name: str) -> datetime:
    return time_of(name, _part(part, name, str))


def _part(part: Any, name: str, hint: Any) -> Any:
    """Return one value of a mapping, where it has the type of the hint."""
    if not isinstance(part, dict) or name not in part:
        raise Malformed(f"{name} is not there")
    if not fits(part[name], hint):
        raise Malformed(f"{name} is {str(part[name])[:40]!r}")
    return part[name]
