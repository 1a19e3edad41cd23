"""Whether a reassignment should be run: doctor is asked about the cluster as it would be.

The checks of doctor judge the snapshot as it is and as it would be; what is new or worse then
counts. So each rule on racks, copies, limits and disks holds here, too, and is kept in one place.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from kdiag.baseline import only_new
from kdiag.check import Check
from kdiag.diagnose import diagnose
from kdiag.finding import Report, Verdict
from kdiag.plan import Plan, plan
from kdiag.preflight import reassign_rules
from kdiag.preflight.moved import after, copies
from kdiag.preflight.proposal import Proposal, require_there
from kdiag.registry import checks_in
from kdiag.sections import LogDirs, Partitions, Reassignments, Replicas
from kdiag.snapshot import Section, Snapshot
from kdiag.wording import count, size

AREAS = ("replication", "disk", "topics")
"""Areas of checks that bear on where replicas are."""

RULES = tuple(checks_in(reassign_rules))


def reassign_checks(checks: Sequence[Check]) -> tuple[Check, ...]:
    """Return which of doctor's checks are asked; a rule of our own takes the place of its id.

    Old replicas that are still there while a reassignment runs are no strays.
    """
    others = {"stray-replicas", *(rule.id for rule in RULES)}
    return tuple(check for check in checks if check.area in AREAS and check.id not in others)


def reassign_plan(checks: Sequence[Check]) -> Plan:
    """Return what must be read."""
    wanted = plan((*reassign_checks(checks), *RULES))
    needed = {LogDirs, Partitions, Reassignments, Replicas}
    return replace(wanted, sections=(wanted.sections - {Proposal}) | needed)


def judged(
    snapshot: Snapshot, checks: Sequence[Check], proposal: Proposal, command_config: str = ""
) -> Report:
    """Return what would be new or worse.

    Raises UsageError for a partition or broker that the cluster does not have.
    """
    require_there(proposal, snapshot)
    asked = reassign_checks(checks)
    before = diagnose(snapshot, asked, {}, command_config)
    then = after(snapshot, proposal)
    sections: Mapping[type[Section], Any] = {
        **then.sections,
        Proposal: replace(proposal, read_at=snapshot.taken_at),
    }
    then = replace(then, sections=sections, earlier=None)
    report = only_new(diagnose(then, (*asked, *RULES), {}, command_config, before=before))
    return replace(report, verdict=_verdict(report, snapshot, proposal), baseline=None)


def _verdict(report: Report, snapshot: Snapshot, proposal: Proposal) -> Verdict:
    what = f"The reassignment of {count(len(proposal), 'partition')}"
    roots = [item for item in report.findings if item.is_root and item.finding.severity != "info"]
    said = _copied(snapshot, proposal)
    if roots:
        worst = roots[0].finding
        more = f" {count(len(roots) - 1, 'more finding')} below." if len(roots) > 1 else ""
        sentence = f"{what} leads to this. {worst.symptom}{more} {said}"
        return Verdict("critical" if worst.severity == "critical" else "degraded", sentence)
    blind = [held for held in (LogDirs, Replicas) if not isinstance(snapshot.get(held), held)]
    if blind:
        nouns = " and ".join(held.noun for held in blind)
        return Verdict(
            "unknown", f"Whether {what[0].lower()}{what[1:]} fits: no {nouns} were read."
        )
    return Verdict("healthy", f"{what} leads to nothing new or worse, as far as was seen. {said}")


def _copied(snapshot: Snapshot, proposal: Proposal) -> str:
    held, dirs = snapshot.get(Replicas), snapshot.get(LogDirs)
    if not isinstance(held, Replicas) or not isinstance(dirs, LogDirs):
        return "How much it copies is not known."
    new = copies(held, dirs, proposal)
    if not new:
        return "It copies nothing."
    total = sum(each for *_, each in new)
    to = {id_ for id_, *_ in new}
    return (
        f"It copies {count(len(new), 'replica')}, {size(total)}, to {count(len(to), 'broker')}: "
        "run it with --throttle."
    )
