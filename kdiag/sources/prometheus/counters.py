"""JMX counters of minutes ago, as a Prometheus that scrapes the same jmx_exporter has stored them.

Only of processes that are asked over HTTP at the very address that Prometheus scrapes: the same
page, so the same names. What another dialect tells now, and names whose meaning takes the type of
the metric, which queries do not tell, are not compared.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any, NamedTuple

from kdiag.errors import KdiagError
from kdiag.facts import FACTS
from kdiag.sections import Facts
from kdiag.snapshot import Missing, Snapshot
from kdiag.sources.jmx.endpoints import Endpoint
from kdiag.sources.jmx.prometheus import Page
from kdiag.sources.jmx.told import Told
from kdiag.sources.prometheus.asking import Asker, Row
from kdiag.sources.prometheus.dialects import label_matches, series
from kdiag.wire.addresses import Address

AGE_SECONDS = 300.0

_START = "start-time"
_NONE = Missing("Prometheus has no earlier counters of it", "--sample-seconds")

Names = Mapping[str, str]
"""Metric → fact, of exporters with names of their own."""


async def earlier_facts(
    asker: Asker, places: Iterable[Endpoint], facts: Facts, names: Names
) -> Snapshot | None:
    """Return the facts of AGE_SECONDS ago; None where there are none of any process.

    A process counts where every fact that it tells now is known by the newest that is stored, so
    that one which was not there then had not happened. Others are under `errors`.
    """
    targets = addresses(places)
    if not targets:
        return None
    try:
        found = await _read(asker, targets, facts, names)
    except KdiagError:  # the asker keeps it
        return None
    if not found:
        return None
    rows = [row for _, told in found.values() for row in told]
    without = dict.fromkeys(set(facts.rows["target"]) - found.keys(), _NONE)
    at = datetime.fromtimestamp(max(at for at, _ in found.values()), UTC)
    return Snapshot(
        taken_at=at, sections={Facts: Facts.from_rows(rows, read_at=at, errors=without)}
    )


def addresses(places: Iterable[Endpoint]) -> dict[str, str]:
    """Return what Prometheus scrapes → process; not where several are behind one address."""
    found: dict[str, list[str]] = {}
    for place in places:
        if place.dialect == "prometheus":
            found.setdefault(str(Address(place.host, place.port)), []).append(place.target)
    return {instance: targets[0] for instance, targets in found.items() if len(targets) == 1}


Found = dict[str, tuple[float, list[dict[str, Any]]]]
"""Process → when it was scraped, POSIX time, and its rows of Facts."""


async def _read(asker: Asker, targets: Mapping[str, str], facts: Facts, names: Names) -> Found:
    here = label_matches("instance", targets)
    ours = f"{here},{asker.monitor.selector}".rstrip(",")
    now = facts.read_at.timestamp()
    then = (facts.read_at - timedelta(seconds=AGE_SECONDS)).timestamp()
    listed = await asker.query(f"count by (__name__) ({series('', ours)})", then)
    wanted = meant((row.labels.get("__name__", "") for row in listed), facts, names)
    if not wanted:
        return {}
    of_them = series("", label_matches("__name__", wanted), ours)
    stored = Stored(
        up=await asker.query(series("up", ours), then),
        scraped=await asker.query(f"timestamp({series('up', ours)})", then),
        earlier=await asker.query(of_them, then),
        newest=await asker.query(of_them, now),
    )
    return compared(targets, stored, facts, names)


class Stored(NamedTuple):
    """Series of some addresses: `up` and when it was scraped, then; the page then, and now."""

    up: Sequence[Row]
    scraped: Sequence[Row]
    earlier: Sequence[Row]
    newest: Sequence[Row]


def compared(targets: Mapping[str, str], stored: Stored, facts: Facts, names: Names) -> Found:
    """Return the processes whose facts of then may be compared with those of now.

    targets: address → process. The labels of `up` are those that Prometheus itself has added.
    """
    newest = _told(stored.newest, stored.up, facts, names)
    earlier = _told(stored.earlier, stored.up, facts, names)
    times = {row.labels.get("instance", ""): row.value for row in stored.scraped}
    return {
        target: (times[instance], _rows(target, earlier[instance]))
        for instance, target in targets.items()
        if instance in times
        and _is_whole(facts, target, newest.get(instance))
        and _has_start(earlier.get(instance))
    }


def _page(facts: Facts, names: Names) -> Page:
    return Page([FACTS[name] for name in set(facts.rows["fact"]) | {_START}], names)


def meant(metrics: Iterable[str], facts: Facts, names: Names) -> list[str]:
    """Return the metrics that may be one of the facts that are told now."""
    page, found = _page(facts, names), []
    for name in filter(None, metrics):
        page.take(f"# TYPE {name} gauge".encode())
        found += [name] if page.meanings(name.encode()) else []
    return sorted(found)


def _told(rows: Iterable[Row], up: Sequence[Row], facts: Facts, names: Names) -> dict[str, Told]:
    """Return instance → what its page told; not of one that is scraped by several jobs."""
    pages: dict[str, Page] = {}
    scrapes = [row.labels.get("instance", "") for row in up]
    own = {row.labels.get("instance", ""): set(row.labels) for row in up}
    for row in rows:
        instance = row.labels.get("instance", "")
        if scrapes.count(instance) == 1:
            page = pages.setdefault(instance, _page(facts, names))
            page.take(_line(row, own[instance] | {"__name__"}))
    return {instance: page.told for instance, page in pages.items()}


def _line(row: Row, left_out: set[str]) -> bytes:
    """Return a series as a page has it; as a gauge, so that no name is taken for a counter's."""
    name = row.labels.get("__name__", "")
    pairs = ((key, value) for key, value in row.labels.items() if key not in left_out)
    labels = ",".join(f'{key}="{_escaped(value)}"' for key, value in pairs)
    return f"# TYPE {name} gauge\n{name}{{{labels}}} {row.value!r}".encode()


def _escaped(value: str) -> str:
    return value.replace("\\", "\\\\").replace('"', '\\"').replace("\n", " ")


def _is_whole(facts: Facts, target: str, newest: Told | None) -> bool:
    told = set(facts.rows[facts.rows["target"] == target]["fact"])
    return newest is not None and told <= {name for name, _ in newest.values}


def _has_start(told: Told | None) -> bool:
    return told is not None and any(name == _START for name, _ in told.values)


def _rows(target: str, told: Told) -> list[dict[str, Any]]:
    return [
        {"target": target, "fact": fact, "labels": labels, "value": value, "dialect": "prometheus"}
        for (fact, labels), value in told.values.items()
    ]
