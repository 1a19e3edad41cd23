"""Whether a cluster can be upgraded to a release, as far as its brokers tell."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from kdiag.check import Check
from kdiag.command import Release, release_of
from kdiag.diagnose import diagnose
from kdiag.errors import UsageError
from kdiag.finding import Finding, NotApplicable, Report, Verdict
from kdiag.plan import Plan, plan
from kdiag.preflight import upgrade_rules
from kdiag.preflight.upgrade_rules import OF_TOPICS, Upgrade, named
from kdiag.preflight.upgrades import Target, upgrades
from kdiag.registry import checks_in
from kdiag.sections import Cluster
from kdiag.snapshot import Section, Snapshot
from kdiag.wording import count, listed

RULES = tuple(checks_in(upgrade_rules))

_CLIENTS = "deprecated-clients"
_AS_THEY_ARE = ("mixed-broker-versions", "broker-down")
"""Checks of doctor that bear on an upgrade; the first blocks one to the next major release."""


@dataclass(frozen=True)
class Wish:
    """A release that was asked for."""

    target: Target

    @classmethod
    def of(cls, text: str) -> "Wish":
        """Return the wish for a release; of a patch release, for the minor one.

        Raises UsageError for what is none, or is not in the table.
        """
        table = upgrades()
        release = release_of(text) if text.replace(".", "").isdecimal() else None
        if release is None or release not in table.targets:
            known = ", ".join(map(named, table.targets))
            raise UsageError(
                f"the table of {table.as_of} knows no upgrade to {text!r}; it knows {known}"
            )
        return cls(table.targets[release])

    def require_upwards(self, snapshot: Snapshot) -> None:
        """Raise UsageError where the cluster runs this release already, or a newer one."""
        runs = _running(snapshot)
        if runs is None or runs < self.target.release:
            return
        wanted = named(self.target.release)
        if runs == self.target.release:
            raise UsageError(
                f"all brokers run Kafka {wanted} already; an upgrade within it is not judged, as "
                "no broker tells its patch release"
            )
        raise UsageError(
            f"the brokers run Kafka {named(runs)}; {wanted} is older, and a downgrade is not judged"
        )


def upgrade_plan(checks: Sequence[Check]) -> Plan:
    """Return what must be read. checks: of doctor."""
    wanted = plan((*RULES, *_of_doctor(checks, crosses=True)))
    keys = tuple(sorted({*wanted.topic_configs, *OF_TOPICS}))
    return replace(wanted, sections=wanted.sections - {Upgrade}, topic_configs=keys)


def judged(
    snapshot: Snapshot, checks: Sequence[Check], wish: Wish, command_config: str = ""
) -> Report:
    """Return what stands before the upgrade.

    Raises UsageError where the cluster runs this release already, or a newer one.
    """
    wish.require_upwards(snapshot)
    asked = Upgrade(target=wish.target, read_at=snapshot.taken_at)
    sections: Mapping[type[Section], Any] = {**snapshot.sections, Upgrade: asked}
    rules = (*RULES, *_of_doctor(checks, crosses=_crosses(snapshot, wish.target.release)))
    report = diagnose(replace(snapshot, sections=sections), rules, {}, command_config)
    return replace(report, verdict=_verdict(report, asked))


def _running(snapshot: Snapshot) -> Release | None:
    cluster = snapshot.get(Cluster)
    return release_of(cluster.version) if isinstance(cluster, Cluster) else None


def _crosses(snapshot: Snapshot, target: Release) -> bool:
    """Tell whether the upgrade may be one to the next major release."""
    runs = _running(snapshot)
    return runs is None or runs[0] < target[0]


def _of_doctor(checks: Sequence[Check], *, crosses: bool) -> Iterator[Check]:
    """Yield the checks of doctor; requests of clients are removed by major releases only."""
    for check in checks:
        if check.id == _CLIENTS and crosses:
            yield replace(check, run=_blocking(check))
        elif check.id in _AS_THEY_ARE:
            yield check


def _blocking(check: Check) -> Any:
    """Return a check whose findings block, unless what they are about has ended."""

    def run(*sections: Any, **tunables: Any) -> Iterator[Finding | NotApplicable]:
        for said in check.run(*sections, **tunables):
            if isinstance(said, Finding):
                has_ended = said.evidence.get("active_software") == []
                said = replace(said, severity="warning" if has_ended else "critical")
            yield said

    return run


def _verdict(report: Report, upgrade: Upgrade) -> Verdict:
    name, dated = upgrade.name, f"(table of {upgrade.table.as_of})"
    blockers = [item for item in report.findings if item.finding.severity == "critical"]
    if blockers:
        first = blockers[0].finding.symptom
        more = len(blockers) - 1
        tail = f" {count(more, 'more reason')} below." if more else ""
        return Verdict("critical", f"Do not upgrade to Kafka {name} now {dated}. {first}{tail}")
    blind = [result for result in report.results if result.status == "unknown"]
    if blind:
        ids = listed(result.check for result in blind)
        return Verdict(
            "unknown",
            f"Whether the cluster can be upgraded to Kafka {name} is not known: see {ids} {dated}.",
        )
    warnings = [item for item in report.findings if item.finding.severity == "warning"]
    beside = f" {count(len(warnings), 'warning')} below." if warnings else ""
    return Verdict(
        "degraded" if warnings else "healthy",
        f"The cluster can be upgraded to Kafka {name}, as far as its brokers tell {dated}."
        f"{beside} Before each broker: kdiag preflight restart.",
    )
