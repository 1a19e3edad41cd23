"""Runs checks over a snapshot: pure, and with no way to a false OK.

A check that lacks a section, a config key or a fact is unknown and says what would supply it. One
that saw only a part and found nothing is unknown too. One that crashes costs only itself.
"""

import logging
import time
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from kdiag.check import Check, Need, closure
from kdiag.finding import About, CheckResult, Finding, NotApplicable
from kdiag.sections import Cluster, Gaps
from kdiag.services import Service
from kdiag.services import named as service_named
from kdiag.snapshot import Held, Missing, Section, Snapshot
from kdiag.unseen import not_offered, unseen_by
from kdiag.view import View, given, grant_of, lacking, listed, named

log = logging.getLogger(__name__)

Tunables = Mapping[str, Mapping[str, Any]]
"""Check id → tunable → value, only where it differs from the default."""


def run(checks: Sequence[Check], snapshot: Snapshot, tunables: Tunables) -> list[CheckResult]:
    """Run each check and return one result each, in their order."""
    view = View(snapshot, made={Gaps: _gaps(checks, snapshot)})
    service = _service(snapshot)
    return [
        replace(
            _run_one(check, view, tunables.get(check.id, {}), service),
            about=About(check.area, check.title, check.controls),
        )
        for check in checks
    ]


def _run_one(
    check: Check, view: View, tunables: Mapping[str, Any], service: Service | None
) -> CheckResult:
    started = time.perf_counter()
    if service is not None and check.area in service.absent:
        return _without_findings(check, NotApplicable(f"it has no meaning on {service.name}"))
    inputs = {need: view.held(need) for need in check.needs}
    absent = lacking(inputs) or _nothing_of(check, inputs)
    if absent is not None:
        return _without_findings(check, absent)
    try:
        said = list(check.run(*(given(inputs[need]) for need in check.needs), **tunables))
    except Exception as error:
        log.exception("check %s failed", check.id)
        return CheckResult(check.id, "unknown", reason=f"the check itself failed: {named(error)}")
    result = _judged(check, view, inputs, said, service)
    return replace(result, duration_seconds=time.perf_counter() - started)


def _nothing_of(check: Check, inputs: Mapping[Need, Held]) -> Missing | NotApplicable | None:
    """Return why there is nothing to look at: every way is missing, or nothing of its kind."""
    if check.any_of and not any(
        isinstance(held, Section) for need, held in inputs.items() if need.section in check.any_of
    ):
        ways = [held for need, held in inputs.items() if need.section in check.any_of]
        absent = [held for held in ways if not isinstance(held, Section)]
        return next((held for held in absent if isinstance(held, Missing)), absent[0])
    first = inputs[check.needs[0]]
    if isinstance(first, Section) and first.needs_rows and len(first) == 0 and not first.errors:
        return NotApplicable(f"there are no {first.noun}")
    return None


def _service(snapshot: Snapshot) -> Service | None:
    """Return the managed service or other implementation that the cluster was recognised as."""
    cluster = snapshot.get(Cluster)
    return service_named(cluster.service) if isinstance(cluster, Cluster) else None


def _without_findings(check: Check, held: Missing | NotApplicable) -> CheckResult:
    if isinstance(held, NotApplicable):
        return CheckResult(check.id, "not_applicable", reason=held.reason)
    return CheckResult(check.id, "unknown", reason=held.reason, needs=held.grant)


def _judged(
    check: Check,
    view: View,
    inputs: Mapping[Need, Held],
    said: Sequence[Finding | NotApplicable],
    service: Service | None,
) -> CheckResult:
    findings = tuple(item for item in said if isinstance(item, Finding))
    unseen = unseen_by(check, view, inputs)
    result = CheckResult(
        check.id,
        "ok",
        findings,
        examined=_examined(inputs[check.needs[0]]),
        unseen=tuple(f"{target}: {missing}" for target, missing in unseen.items()),
    )
    if findings:
        return replace(result, status="problem")
    name = None if service is None or service.is_kafka else service.name
    lacking_there = not_offered(check, view, unseen, name)
    if lacking_there is not None:
        return replace(result, status="not_applicable", reason=lacking_there, unseen=())
    if unseen:
        reason = f"not seen: {listed(unseen)}"
        return replace(result, status="unknown", reason=reason, needs=grant_of(unseen))
    declined = next((item for item in said if isinstance(item, NotApplicable)), None)
    if declined is not None:
        return replace(result, status="not_applicable", reason=declined.reason)
    return result


def _examined(first: Held) -> str | None:
    return f"{len(first)} {first.noun}" if isinstance(first, Section) else None


def _gaps(checks: Sequence[Check], snapshot: Snapshot) -> Gaps:
    """Return what of the snapshot could not be read, with the checks that it blinds."""
    blinds: dict[type[Section], list[str]] = {}
    for check in checks:
        for section in dict.fromkeys(need.section for need in closure(check.needs)):
            blinds.setdefault(section, []).append(check.id)
    rows = []
    for section, ids in blinds.items():
        held = snapshot.sections.get(section)
        parts: dict[str | None, Missing] = {None: held} if isinstance(held, Missing) else {}
        if isinstance(held, Section):
            parts.update(held.errors)
        rows += [
            {
                "section": section.__name__,
                "target": target,
                "reason": missing.reason,
                "grant": missing.grant,
                "checks": tuple(ids),
            }
            for target, missing in parts.items()
        ]
    return Gaps.from_rows(rows, read_at=snapshot.taken_at)
