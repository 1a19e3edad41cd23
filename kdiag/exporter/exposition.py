"""Metric families as text: the text format 0.0.4, and OpenMetrics 1.0.

Samples are the same lines in both; what differs is how a family is announced. prometheus_client
writes 100,000 samples in seconds, these lines take a tenth; tests read them with its parsers.
They are made some thousands at a time, and kept compressed.

Source: Prometheus, "Exposition formats"; OpenMetrics 1.0, "Text format".
"""

import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import accumulate
from typing import Any

from kdiag.exporter.family import Distribution, Family
from kdiag.exporter.packed import Packed, blocks

TEXT = "text/plain; version=0.0.4; charset=utf-8"
OPENMETRICS = "application/openmetrics-text; version=1.0.0; charset=utf-8"

_EXACT = 2**53
_ROWS = 4096
_IN_TEXT = {"info": "gauge"}

Page = Mapping[str, tuple[Family, Packed]]
"""Name of a family → the family without its series, for its head, and its lines."""


def page(families: Iterable[Family], cluster: str | None = None) -> Page:
    """Return the lines of each family that has any; cluster: the first label of each, if given."""
    begin = "" if cluster is None else f'kafka_cluster="{_escaped(cluster)}"'
    # Families share the columns of a table. They are kept with what was made of them, so that none
    # of them is freed and its id given to another.
    made: dict[tuple[object, ...], tuple[tuple[Sequence[Any], ...], list[str]]] = {}
    written = {}
    for family in families:
        key = (family.labels, *map(id, family.columns))
        if key not in made:
            made[key] = family.columns, _labels(family, begin)
        lines = Packed.of(_lines(family, made[key][1]))
        if lines.length:
            written[family.name] = (family.of(values=()), lines)
    return written


def texts(pages: Sequence[Page], is_openmetrics: bool = False) -> Iterator[Packed]:
    """Yield the lines of some pages, without an end: each family is announced once."""
    head = _openmetrics_head if is_openmetrics else _text_head
    for name in dict.fromkeys(name for each in pages for name in each):
        found = [each[name] for each in pages if name in each]
        yield Packed.of([head(found[0][0])])
        yield from (lines for _, lines in found)


def text(pages: Sequence[Page], is_openmetrics: bool = False) -> str:
    """Return the same as a whole."""
    return b"".join(blocks(texts(pages, is_openmetrics))).decode()


def _lines(family: Family, labels: Sequence[str]) -> Iterator[str]:
    """Yield the series of a family, some thousands at a time."""
    for begin in range(0, len(labels), _ROWS):
        here = slice(begin, begin + _ROWS)
        yield _some_lines(family, labels[here], family.values[here])


def _some_lines(family: Family, labels: Sequence[str], values: Sequence[Any]) -> str:
    if family.kind == "histogram":
        return "".join(map(_buckets, [family.name] * len(labels), labels, values))
    name, numbers = family.series, map(_number, values)
    return "".join(
        [
            f"{name}{pairs} {number}\n"
            for pairs, number in zip(labels, numbers, strict=True)
            if number is not None
        ]
    )


def _buckets(name: str, pairs: str, value: Distribution) -> str:
    """Return the series of one histogram: buckets that each hold those below, sum, and count."""
    begin = f"{pairs[:-1]}," if pairs else "{"
    *below, total = accumulate(value.counts)
    bounds = [*map(repr, map(float, value.bounds)), "+Inf"]
    lines = [
        f'{name}_bucket{begin}le="{bound}"}} {number}\n'
        for bound, number in zip(bounds, [*below, total], strict=True)
    ]
    return "".join([*lines, f"{name}_sum{pairs} {value.sum!r}\n", f"{name}_count{pairs} {total}\n"])


def _labels(family: Family, begin: str) -> list[str]:
    """Return the labels of each series, in their braces; nothing where there are none."""
    columns = [
        _pairs(name, column) for name, column in zip(family.labels, family.columns, strict=True)
    ]
    if begin:
        columns.insert(0, [begin] * len(family.values))
    if not columns:
        return [""] * len(family.values)
    return [f"{{{','.join(pairs)}}}" for pairs in zip(*columns, strict=True)]


def _pairs(name: str, column: Sequence[Any]) -> list[str]:
    """Return `name="value"` for each value; few of them differ."""
    made = {value: f'{name}="{_escaped(str(value))}"' for value in set(column)}
    return [made[value] for value in column]


def _number(value: Any) -> str | None:
    """Return a number as text; None for NaN, <NA> and None, which are not known."""
    if type(value) is int:
        return str(value)
    if value is None or (type(value) is not float and _is_missing(value)):
        return None
    number = float(value)
    if number != number:
        return None
    if math.isinf(number):
        return "+Inf" if number > 0 else "-Inf"
    return str(int(number)) if number.is_integer() and abs(number) < _EXACT else repr(number)


def _is_missing(value: Any) -> bool:
    """Tell <NA>, which is neither equal to itself nor not."""
    try:
        return not bool(value == value)
    except TypeError:
        return True


def _escaped(value: str) -> str:
    return value.replace("\\", "\\\\").replace("\n", "\\n").replace('"', '\\"')


def _help(family: Family) -> str:
    return family.help.replace("\\", "\\\\").replace("\n", "\\n")


def _text_head(family: Family) -> str:
    kind = _IN_TEXT.get(family.kind, family.kind)
    return f"# HELP {family.series} {_help(family)}\n# TYPE {family.series} {kind}\n"


def _openmetrics_head(family: Family) -> str:
    return f"# TYPE {family.name} {family.kind}\n# HELP {family.name} {_help(family)}\n"
