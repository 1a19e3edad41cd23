"""Whether brokers can be restarted now: the loss is tried on a snapshot, not on the cluster."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from kdiag.diagnose import diagnose
from kdiag.errors import UsageError
from kdiag.finding import Report, Reported, Verdict
from kdiag.plan import Plan, plan
from kdiag.preflight import restart_rules
from kdiag.preflight.departure import Departure
from kdiag.registry import checks_in
from kdiag.sections import Brokers, Groups, Partitions, Replicas
from kdiag.snapshot import Section, Snapshot
from kdiag.wording import count, listed

RULES = tuple(checks_in(restart_rules))
"""What is looked at, in this order."""


@dataclass(frozen=True)
class Restart:
    """What is to be restarted: one broker, or all of a rack. margin: see Departure."""

    broker: int | None = None
    rack: str | None = None
    margin: int = 0

    def departure(self, snapshot: Snapshot) -> Departure:
        """Return the brokers that go away.

        Raises UsageError where the cluster has no such broker or rack, or did not list its brokers.
        """
        brokers = snapshot.get(Brokers)
        if not isinstance(brokers, Brokers):
            raise UsageError(f"the brokers could not be listed: {brokers.reason}")
        rows = brokers.rows
        if self.broker is not None:
            known = sorted(int(id_) for id_ in rows["broker"])
            if self.broker not in known:
                ids = ", ".join(map(str, known))
                raise UsageError(f"there is no broker {self.broker}; there are {ids}")
            return Departure(brokers=frozenset([self.broker]), margin=self.margin)
        ids_ = frozenset(int(id_) for id_ in rows.loc[rows["rack"] == self.rack, "broker"])
        if not ids_:
            racks = ", ".join(sorted({rack for rack in rows["rack"] if rack})) or "none"
            raise UsageError(f"no broker is in rack {self.rack}; racks are {racks}")
        return Departure(brokers=ids_, margin=self.margin)


def restart_plan() -> Plan:
    """Return what must be read; replicas show topics that are hidden from us, and would be lost."""
    wanted = plan(RULES)
    return replace(wanted, sections=wanted.sections - {Departure} | {Groups, Replicas})


def judged(snapshot: Snapshot, restart: Restart, command_config: str = "") -> Report:
    """Return what a restart would break.

    Raises UsageError for a broker or rack that is not there.
    """
    departure = replace(restart.departure(snapshot), read_at=snapshot.taken_at)
    sections: Mapping[type[Section], Any] = {**snapshot.sections, Departure: departure}
    report = diagnose(replace(snapshot, sections=sections), RULES, {}, command_config)
    return replace(report, verdict=_verdict(report, snapshot, departure))


def is_hopeless(report: Report) -> bool:
    """Tell whether something stands in the way that no waiting mends."""
    return any(_of_each(item, "is_permanent") for item in report.failing)


def _of_each(item: Reported, key: str) -> bool:
    """Tell whether some object of a finding has a fact."""
    if not item.objects:
        return bool(item.finding.evidence.get(key))
    return any(one["evidence"].get(key) for one in item.objects)


def _verdict(report: Report, snapshot: Snapshot, departure: Departure) -> Verdict:
    who = _named(departure)
    blockers = [item for item in report.findings if item.finding.severity == "critical"]
    if blockers:
        first = blockers[0].finding.symptom
        more = len(blockers) - 1
        tail = f" {count(more, 'more reason')} below." if more else ""
        lasting = " Waiting does not help." if is_hopeless(report) else " It may pass: --wait."
        return Verdict("critical", f"Do not restart {who} now. {first}{tail}{lasting}")
    blind = [result for result in report.results if result.status == "unknown"]
    if blind:
        ids = listed(result.check for result in blind)
        return Verdict("unknown", f"Whether {who} can be restarted is not known: see {ids}.")
    moved = _moved(snapshot, departure)
    noted = count(len(report.findings), "warning")
    beside = f" {noted} below." if report.findings else ""
    return Verdict(
        "degraded" if report.findings else "healthy",
        f"{who[0].upper()}{who[1:]} can be restarted: as far as was seen no partition goes offline "
        f"or refuses acks=all writes. {moved}{beside}",
    )


def _named(departure: Departure) -> str:
    ids = sorted(departure.brokers)
    return f"broker {ids[0]}" if len(ids) == 1 else f"brokers {listed(ids, len(ids))} together"


def _moved(snapshot: Snapshot, departure: Departure) -> str:
    """Return what its clients notice: leaders and coordinators move."""
    partitions, groups = snapshot.get(Partitions), snapshot.get(Groups)
    said = []
    if isinstance(partitions, Partitions):
        leads = int(partitions.rows["leader"].isin(departure.brokers).sum())
        said.append(count(leads, "leader"))
    if isinstance(groups, Groups) and not groups.errors:
        coordinated = int(groups.rows["coordinator"].isin(departure.brokers).sum())
        said.append(f"the coordinator of {count(coordinated, 'group')}")
    return f"{' and '.join(said).capitalize()} will move." if said else ""
