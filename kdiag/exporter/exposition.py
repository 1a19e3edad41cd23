"""Metric families as text: the text format 0.0.4, and OpenMetrics 1.0.

Samples are the same lines in both; what differs is how a family is announced. prometheus_client
writes 100,000 samples in seconds, these lines take a tenth; tests read them with its parsers.

Source: Prometheus, "Exposition formats"; OpenMetrics 1.0, "Text format".
"""

import math
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from kdiag.exporter.family import Family

TEXT = "text/plain; version=0.0.4; charset=utf-8"
OPENMETRICS = "application/openmetrics-text; version=1.0.0; charset=utf-8"

_IN_TEXT = {"info": "gauge", "stateset": "gauge"}

Page = Mapping[str, tuple[Family, str]]
"""Name of a family → the family, for its head, and its lines."""


def page(families: Iterable[Family], cluster: str | None = None) -> Page:
    """Return the lines of each family that has any; cluster: the first label of each, if given."""
    fixed = {} if cluster is None else {"kafka_cluster": cluster}
    written = {family.name: (family, _lines(family, fixed)) for family in families}
    return {name: each for name, each in written.items() if each[1]}


def text(pages: Sequence[Page], is_openmetrics: bool = False) -> str:
    """Return the lines of some pages, without an end: each family is announced once."""
    head = _openmetrics_head if is_openmetrics else _text_head
    parts = []
    for name in dict.fromkeys(name for each in pages for name in each):
        found = [each[name] for each in pages if name in each]
        parts.append(head(found[0][0]))
        parts += [lines for _, lines in found]
    return "".join(parts)


def series_count(family: Family) -> int:
    """Return how many series a family has."""
    return sum(1 for value in family.values if _is_known(value))


def _lines(family: Family, fixed: Mapping[str, str]) -> str:
    begin = ",".join(f'{name}="{_escaped(value)}"' for name, value in fixed.items())
    columns = [
        _pairs(name, column) for name, column in zip(family.labels, family.columns, strict=True)
    ]
    if begin:
        columns.insert(0, [begin] * len(family.values))
    labels = map(",".join, zip(*columns, strict=True)) if columns else iter([""])
    name = family.series
    written = (
        f"{name}{{{pairs}}} {_number(value)}\n" if pairs else f"{name} {_number(value)}\n"
        for pairs, value in zip(labels, family.values, strict=True)
        if _is_known(value)
    )
    return "".join(written)


def _pairs(name: str, column: Sequence[Any]) -> list[str]:
    """Return `name="value"` for each value; few of them differ."""
    made = {value: f'{name}="{_escaped(str(value))}"' for value in set(column)}
    return [made[value] for value in column]


def _is_known(value: Any) -> bool:
    """Tell a number from NaN (which is not itself), <NA> and None."""
    try:
        return value is not None and bool(value == value)
    except TypeError:  # <NA> is neither
        return False


def _number(value: Any) -> str:
    if isinstance(value, float) and math.isinf(value):
        return "+Inf" if value > 0 else "-Inf"
    number = float(value)
    return str(int(number)) if number.is_integer() and abs(number) < 1e15 else repr(number)


def _escaped(value: str) -> str:
    return value.replace("\\", "\\\\").replace("\n", "\\n").replace('"', '\\"')


def _help(family: Family) -> str:
    return family.help.replace("\\", "\\\\").replace("\n", "\\n")


def _text_head(family: Family) -> str:
    kind = _IN_TEXT.get(family.kind, family.kind)
    return f"# HELP {family.series} {_help(family)}\n# TYPE {family.series} {kind}\n"


def _openmetrics_head(family: Family) -> str:
    return f"# TYPE {family.name} {family.kind}\n# HELP {family.name} {_help(family)}\n"
