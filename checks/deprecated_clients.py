"""Clients that send requests which the next major release refuses.

Brokers count requests of deprecated versions with the client software that sent them, since they
started. Kafka 4.0 dropped what 3.x counted (KIP-896); 5.0 will drop what 4.x counts. The counter
tells software and version, not client ids or addresses.

Reads: JMX (DeprecatedRequestsPerSec, since 3.7; StartTime).
"""

from datetime import UTC, datetime
from typing import Any

from kdiag.api import (
    CLUSTER,
    Action,
    FactDeltas,
    Facts,
    Finding,
    Said,
    check,
    listed,
    rows_of,
    value_by_target,
)

_FACT = "deprecated-requests"
_SOFTWARE = ["clientSoftwareName", "clientSoftwareVersion"]


@check(area="brokers", facts=(_FACT, "start-time"))
def deprecated_clients(facts: Facts, deltas: FactDeltas | None) -> Said:
    """Clients whose requests the next major release refuses, since the brokers started."""
    rows = rows_of(facts, _FACT)
    rows = rows[rows["value"] > 0]
    if len(rows):
        yield _finding(rows, _active(deltas), _since(facts, set(rows["target"])))


def _active(deltas: FactDeltas | None) -> set[str] | None:
    """Return the software that sent such requests between the samples; None where not known."""
    if deltas is None:
        return None
    rows = rows_of(deltas, _FACT)
    rows = rows[rows["delta"] > 0]
    return {_named(*names) for names in zip(*(rows[name] for name in _SOFTWARE), strict=True)}


def _named(name: str | None, version: str | None) -> str:
    if name in (None, "", "unknown"):
        return "clients that do not tell their name"
    return f"{name} {version}" if version not in (None, "", "unknown") else str(name)


def _since(facts: Facts, targets: set[str]) -> datetime | None:
    """Return when the first of these brokers started, from where on it counts."""
    starts = value_by_target(facts, "start-time")
    known = [starts[target] for target in targets if target in starts]
    return datetime.fromtimestamp(min(known), UTC) if known else None


def _software(rows: Any) -> dict[str, list[str]]:
    """Return software → its requests (`Produce v2`), the most frequent software first."""
    rows = rows.assign(
        software=[_named(*names) for names in zip(*(rows[n] for n in _SOFTWARE), strict=True)],
        sent=[f"{r} v{v}" for r, v in zip(rows["request"], rows["version"], strict=True)],
    )
    order = rows.groupby("software")["value"].sum().sort_values(ascending=False)
    return {
        name: sorted(set(rows.loc[rows["software"] == name, "sent"]))
        for name in order.index.tolist()
    }


def _finding(rows: Any, active: set[str] | None, since: datetime | None) -> Finding:
    software = _software(rows)
    named = listed(f"{name} ({listed(sent)})" for name, sent in software.items())
    now = "" if active is None else f" {_now(active)}"
    return Finding(
        "warning" if active else "info",
        CLUSTER,
        f"Since the brokers started, {int(rows['value'].sum()):,} requests came that the next "
        f"major release of Kafka refuses, from {named}.{now}",
        "These clients cannot connect any more after the upgrade.",
        cause="Their libraries only speak old versions of these requests; Kafka 4.0 needs Java "
        "clients of 2.1 or newer.",
        evidence={
            "request_count": int(rows["value"].sum()),
            "requests": software,
            "brokers": sorted(set(rows["target"])),
            **({} if active is None else {"active_software": sorted(active)}),
        },
        actions=(
            Action(
                "Find who runs them: enable DEBUG of kafka.request.logger on one broker for a "
                "minute; its lines have clientInformation, client id, principal and address."
            ),
            Action("Upgrade their libraries before the brokers.", effect="disruptive"),
        ),
        since=since,
    )


def _now(active: set[str]) -> str:
    if not active:
        return "None came between the two samples."
    return f"Between the two samples such came from {listed(sorted(active))}."
