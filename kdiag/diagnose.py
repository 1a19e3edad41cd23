"""From a snapshot to the report: run the checks, correlate, and say it in one sentence."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import UTC
from typing import Any

import kdiag
from kdiag.baseline import with_baseline
from kdiag.check import Check
from kdiag.command import Console, typed
from kdiag.compare import Known
from kdiag.correlate import correlate
from kdiag.engine import Tunables, run
from kdiag.finding import (
    Action,
    CheckResult,
    Finding,
    Report,
    Reported,
    Verdict,
    VerdictStatus,
    fingerprint,
)
from kdiag.fold import Mark
from kdiag.sections import Brokers, Cluster, Groups, Offsets, Partitions, Topics, cluster_id
from kdiag.snapshot import Section, Snapshot
from kdiag.waivers.ledger import NONE, Waivers
from kdiag.wording import count

_NO_ADDRESS = "HOST:PORT"
_NEEDED_FOR_A_VERDICT = {Partitions: "metadata", Groups: "groups", Offsets: "offsets"}


def diagnose(
    snapshot: Snapshot,
    checks: Sequence[Check],
    tunables: Tunables,
    command_config: str = "",
    waivers: Waivers = NONE,
    before: Report | None = None,
) -> Report:
    """Judge a snapshot with the checks and return the report.

    command_config: path of the user's client properties, which commands name. waivers: hold as of
    the day of the snapshot. before: an earlier report, to tell what is new.
    """
    results = run(checks, snapshot, tunables)
    by_id = {check.id: check for check in checks}
    cluster = cluster_id(snapshot)
    console = _console(snapshot, command_config)
    known = None if before is None else Known.of(before)
    day = snapshot.taken_at.astimezone(UTC).date()

    def marking(check: str, finding: Finding) -> Mark:
        waiver, notes = waivers.judge(check, finding, cluster, day)
        if known is None:
            return Mark(waiver, notes)
        print_ = fingerprint(check, cluster, finding.subject)
        return Mark(waiver, notes, known.novelty(check, print_, finding.severity))

    findings = tuple(
        _addressed(item, console) for item in correlate(results, by_id, cluster, marking)
    )
    report = Report(
        cluster=_cluster(snapshot),
        started_at=snapshot.taken_at,
        duration_seconds=snapshot.duration_seconds,
        requests=dict(snapshot.requests),
        errors=tuple(snapshot.errors.items()),
        verdict=_verdict(findings, results, snapshot),
        findings=findings,
        results=tuple(results),
        bootstrap=snapshot.bootstrap,
        version=kdiag.__version__,
        counts=_counts(snapshot),
        waivers=waivers.states(results, cluster, day),
        pseudonyms=tuple(snapshot.withheld.names),
    )
    return report if before is None else with_baseline(report, before)


def _verdict(
    findings: Sequence[Reported], results: Sequence[CheckResult], snapshot: Snapshot
) -> Verdict:
    standing = [item for item in findings if item.is_root and item.waiver is None]
    serious = [item for item in standing if item.finding.severity in ("critical", "warning")]
    if serious:
        worst = serious[0].finding
        status: VerdictStatus = "critical" if worst.severity == "critical" else "degraded"
        more = len(serious) - 1
        tail = f" {count(more, 'more finding')} below." if more else ""
        return Verdict(status, f"{worst.symptom}{tail}")
    if missed := _unread(snapshot):
        return Verdict("unknown", f"No verdict: {missed}.")
    unknown = sum(result.status == "unknown" for result in results)
    prints = {item.fingerprint for item in findings if item.waiver}
    waived = sum(
        item.object_count for item in findings if item.waiver or item.explained_by in prints
    )
    beside = f" {count(waived, 'finding')} waived." if waived else ""
    beside += f" {count(unknown, 'check')} could not be evaluated." if unknown else ""
    return Verdict("healthy", f"Nothing is wrong as far as was seen.{beside}")


def _unread(snapshot: Snapshot) -> str:
    """Return what was asked for and could not be read, wholly or in part; "" where nothing was."""
    wholly, partly = [], []
    for section, word in _NEEDED_FOR_A_VERDICT.items():
        held = snapshot.get(section) if section in snapshot.sections else None
        if held is not None and not isinstance(held, Section):
            wholly.append(word)
        elif held is not None and held.errors:
            partly.append(word)
    said = [f"{', '.join(wholly)} could not be read"] if wholly else []
    said += [f"{', '.join(partly)} could be read in part only"] if partly else []
    return ", and ".join(said)


def _console(snapshot: Snapshot, command_config: str) -> Console:
    cluster = snapshot.get(Cluster)
    bootstrap = snapshot.bootstrap or _NO_ADDRESS
    if not isinstance(cluster, Cluster):
        return Console(bootstrap, command_config)
    return Console(bootstrap, command_config, cluster.version, cluster.mode)


def _addressed(item: Reported, console: Console) -> Reported:
    """Return the finding with commands as they are typed for this cluster."""

    def filled(actions: Sequence[Action]) -> tuple[Action, ...]:
        return tuple(
            replace(action, command=typed(action.command, console), values=None)
            if action.command
            else action
            for action in actions
        )

    finding = replace(item.finding, actions=filled(item.finding.actions))
    objects = tuple({**one, "actions": filled(one["actions"])} for one in item.objects)
    return replace(item, finding=finding, objects=objects)


def _cluster(snapshot: Snapshot) -> Mapping[str, Any]:
    cluster, brokers = snapshot.get(Cluster), snapshot.get(Brokers)
    known = cluster if isinstance(cluster, Cluster) else Cluster(cluster_id=None, mode="unknown")
    return {
        "id": known.cluster_id,
        "name": None,
        "mode": known.mode,
        "version": known.version,
        "service": known.service,
        "brokers": _brokers(brokers) if isinstance(brokers, Brokers) else [],
    }


def _brokers(brokers: Brokers) -> list[dict[str, Any]]:
    registered = brokers.rows[brokers.rows["is_registered"]]
    return [
        {"id": int(b.broker), "host": b.host, "port": int(b.port), "rack": b.rack}
        for b in registered.itertuples()
    ]


def _counts(snapshot: Snapshot) -> dict[str, int]:
    """Count what the header names, as far as it was read."""
    wanted = {Topics: "topics", Partitions: "partitions", Groups: "groups"}
    held = {word: snapshot.get(section) for section, word in wanted.items()}
    counts = {word: len(table) for word, table in held.items() if isinstance(table, Section)}
    brokers = snapshot.get(Brokers)
    if isinstance(brokers, Brokers):
        counts["brokers"] = len(brokers)
        counts["unreachable"] = int((~brokers.rows["is_reachable"]).sum())
    return counts
