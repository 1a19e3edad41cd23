"""What nobody watches on this cluster.

A fault that no monitoring sees is found by its victims. Three signals matter before all others: how
far groups are behind, whether partitions lack replicas, and what only JMX tells.

Reads: Prometheus' HTTP API (--prometheus), ListGroups, Metadata (hosts of the brokers).
"""

from typing import Any

from kdiag.api import (
    CLUSTER,
    CONFIDENCES,
    Action,
    Brokers,
    Finding,
    Groups,
    Monitoring,
    Said,
    check,
    listed,
)

_WHY = {
    "lag": "Nobody is told when a group stops reading, until its data is missed.",
    "under-replicated partitions": "Nobody is told when the next broker that fails loses data.",
    "JMX": "Idle threads, refused records and garbage collection leave no trace to look back at.",
}
_HOW = {
    "lag": "Scrape an exporter of consumer lag, and alert on time lag.",
    "under-replicated partitions": "Scrape the brokers or an exporter, and alert on it.",
    "JMX": "Run jmx_exporter as a Java agent in every broker, and scrape it.",
}


@check(area="itself")
def unmonitored_signal(monitoring: Monitoring, groups: Groups | None, brokers: Brokers) -> Said:
    """Signals of this cluster that the given Prometheus does not have."""
    hosts = set(brokers.rows["host"].dropna())
    names = set() if groups is None else set(groups.rows["group"])
    missing = {}
    for signal in _HOW:
        rows = monitoring.rows[monitoring.rows["signal"] == signal]
        told = rows["of"].dropna()
        if rows.empty:
            missing[signal] = "certain"
        elif signal == "lag" and names and not names & set(told):
            missing[signal] = "likely"
        elif signal != "lag" and not hosts & set(told.map(_host)):
            missing[signal] = "possible"
    if missing:
        yield _finding(missing)


def _host(instance: str) -> str:
    return instance.rpartition(":")[0].strip("[]") or instance


def _finding(missing: dict[str, Any]) -> Finding:
    confidence = max(missing.values(), key=CONFIDENCES.index)
    others = [signal for signal, sure in missing.items() if sure != "certain"]
    return Finding(
        "info",
        CLUSTER,
        f"The Prometheus that was given has no {listed(missing)} of this cluster.",
        " ".join(_WHY[signal] for signal in missing),
        cause=f"It has {listed(others)} of groups or hosts that are not known here; hosts may go "
        "by other names."
        if others
        else "",
        confidence=confidence,
        evidence={"signals": list(missing)},
        actions=tuple(Action(_HOW[signal]) for signal in missing),
    )
