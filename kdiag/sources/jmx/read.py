"""All facts of all processes: each asked in its dialect, at once, and none for long."""

import asyncio
from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from kdiag.errors import KdiagError
from kdiag.facts import Fact
from kdiag.sections import Facts, FactsCoverage, JmxAccess
from kdiag.snapshot import Missing, Section
from kdiag.sources.jmx import jolokia, prometheus, rmi
from kdiag.sources.jmx.endpoints import AUTO, Access, Endpoint
from kdiag.sources.jmx.probing import located
from kdiag.sources.jmx.told import Told, known
from kdiag.sources.missing import missing
from kdiag.sources.tables import tables_ready

FILLED: tuple[type[Section], ...] = (Facts, FactsCoverage, JmxAccess)
"""The sections that are filled over JMX."""

Read = Callable[[Endpoint, Access, Iterable[Fact], float], Awaitable[Told]]

Answer = tuple[Endpoint, Told, datetime, datetime]
"""Who answered, what, and between which times by our clock."""

_DIALECTS: Mapping[str, Read] = {
    "rmi": rmi.read,
    "jolokia": jolokia.read,
    "prometheus": prometheus.read,
}
_CONTROLLERS = "active-controllers"
_IN_MODE = {"kraft": "on KRaft", "zookeeper": "with ZooKeeper"}
_ALWAYS = ("start-time", "uptime")  # what counters are compared by


async def read_facts(
    places: Sequence[Endpoint],
    access: Access,
    names: Iterable[str],
    seconds: float,
    all_seconds: float,
) -> Mapping[type[Section], Section]:
    """Ask each process for the facts that it may have; return the sections `FILLED`.

    seconds: for each of them; all_seconds: for all together.
    """
    wanted = sorted({*names, *_ALWAYS})
    tasks = [asyncio.create_task(_ask(place, access, wanted, seconds)) for place in places]
    if tasks:
        await asyncio.wait(tasks, timeout=all_seconds)
    answers = [task.result() if task.done() else _late(task, all_seconds) for task in tasks]
    now = datetime.now(UTC)
    await tables_ready()
    rows: list[dict[str, Any]] = []
    coverage: list[dict[str, Any]] = []
    let_in: list[dict[str, Any]] = []
    errors: dict[str, Missing] = {}
    for asked, answer in zip(places, answers, strict=True):
        if isinstance(answer, Missing):
            errors[asked.target] = answer
            continue
        place, told, asked_at, answered_at = answer
        rows += _rows(place, told)
        coverage += _coverage(place, told, known(wanted, place.kind))
        times = {"asked_at": asked_at, "answered_at": answered_at}
        let_in.append(_let_in(place, access) | times)
    return {
        Facts: Facts.from_rows(rows, read_at=now, errors=errors),
        FactsCoverage: FactsCoverage.from_rows(coverage, read_at=now, errors=errors),
        JmxAccess: JmxAccess.from_rows(let_in, read_at=now, errors=errors),
    }


async def _ask(
    place: Endpoint, access: Access, names: Sequence[str], seconds: float
) -> Answer | Missing:
    try:
        if place.dialect == AUTO:
            place = await located(place, seconds)
        read = _DIALECTS[place.dialect]
        asked_at = datetime.now(UTC)
        told = await read(place, access, known(names, place.kind), seconds)
        return place, told, asked_at, datetime.now(UTC)
    except KdiagError as error:
        return missing(error)


def _late(task: asyncio.Task[Answer | Missing], seconds: float) -> Missing:
    task.cancel()
    return Missing(f"JMX was not read within {seconds:g} s")


def _rows(place: Endpoint, told: Told) -> Iterable[dict[str, Any]]:
    for (fact, labels), value in told.values.items():
        yield {
            "target": place.target,
            "fact": fact,
            "labels": labels,
            "value": value,
            "dialect": place.dialect,
        }


def _let_in(place: Endpoint, access: Access) -> dict[str, Any]:
    return {
        "target": place.target,
        "dialect": place.dialect,
        "host": place.host,
        "has_password": bool(access.username),
        "has_tls": place.has_tls,
    }


def _coverage(place: Endpoint, told: Told, facts: Sequence[Fact]) -> Iterable[dict[str, Any]]:
    for fact in facts:
        status, reason = _status(place, told, fact)
        if status:
            yield {"target": place.target, "fact": fact.name, "status": status, "reason": reason}


def _status(place: Endpoint, told: Told, fact: Fact) -> tuple[str, str | None]:
    """Return how a fact was met; nothing for one of a controller where only a broker answers.

    A broker that counts controllers is one too, or in ZooKeeper mode may become one.
    """
    if any(name == fact.name for name, _ in told.values):
        return "read", None
    if fact.name in told.seen:
        return "absent", "its value is no number"
    is_controller = any(name == _CONTROLLERS for name, _ in told.values)
    if place.kind not in fact.on and not (is_controller and "controller" in fact.on):
        return "", None
    if place.dialect == "prometheus":
        return "absent", "the exporter tells no metric of this fact"
    if fact.is_lazy:
        return "quiet", None
    return "absent", _reason(fact)


def _reason(fact: Fact) -> str:
    needs = [f"Kafka {fact.since} or newer"] if fact.since else []
    needs += [f"Kafka {fact.until} or older"] if fact.until else []
    where = f" {_IN_MODE[fact.mode]}" if fact.mode else ""
    has = f" ({' and '.join(needs)}{where} has)" if needs else ""
    return f"it has no such MBean{has}"
