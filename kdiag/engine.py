"""Runs checks over a snapshot: pure, and with no way to a false OK.

A check that lacks a section, a config key or a fact is unknown and says what would supply it. One
that saw only a part and found nothing is unknown too. One that crashes costs only itself.
"""

import logging
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from kdiag.check import DERIVATIONS, Check, Derivation, Need, closure
from kdiag.finding import CheckResult, Finding, NotApplicable
from kdiag.sections import BrokerConfigs, Facts, Gaps, TopicConfigs
from kdiag.snapshot import Missing, Section, Snapshot, Table

log = logging.getLogger(__name__)

Tunables = Mapping[str, Mapping[str, Any]]
"""Check id → tunable → value, only where it differs from the default."""

Held = Section | Missing | NotApplicable

_NO_EARLIER = Missing("only one sample was taken", "--sample-seconds")


def run(checks: Sequence[Check], snapshot: Snapshot, tunables: Tunables) -> list[CheckResult]:
    """Run each check and return one result each, in their order."""
    view = _View(snapshot, made={Gaps: _gaps(checks, snapshot)})
    return [_run_one(check, view, tunables.get(check.id, {})) for check in checks]


@dataclass
class _View:
    """The sections of one sample, raw and derived; each derived one is made once."""

    snapshot: Snapshot
    made: dict[type[Section], Held] = field(default_factory=dict)
    before: "_View | None" = None

    def held(self, need: Need) -> Held:
        """Return what a need gets: the section, or what stands in its place."""
        view = self._earlier() if need.is_earlier else self
        if view is None:
            return _NO_EARLIER
        found = view.get(need.section)
        if need.is_whole and isinstance(found, Section) and found.errors:
            return Missing(f"it was read in part: {_listed(found.errors)}", _grant(found.errors))
        return found

    def get(self, section: type[Section]) -> Held:
        """Return a section of this sample, made now if it is a derived one."""
        if section not in self.made:
            derivation = DERIVATIONS.get(section)
            self.made[section] = (
                self.snapshot.get(section) if derivation is None else self._derive(derivation)
            )
        return self.made[section]

    def _earlier(self) -> "_View | None":
        if self.before is None and self.snapshot.earlier is not None:
            self.before = _View(self.snapshot.earlier)
        return self.before

    def _derive(self, derivation: Derivation) -> Held:
        inputs = {need: self.held(need) for need in derivation.needs}
        lacking = _lacking(inputs)
        if lacking is not None:
            return lacking
        try:
            made = derivation.run(*(_given(inputs[need]) for need in derivation.needs))
        except Exception as error:
            log.exception("%s could not be derived", derivation.section.__name__)
            return Missing(f"deriving {derivation.section.__name__} failed: {_named(error)}")
        return _inheriting(made, inputs) if isinstance(made, Section) else made


def _inheriting(made: Section, inputs: Mapping[Need, Held]) -> Section:
    """Return a derived section with the errors and the age of what it was made from."""
    sources = [
        held for need, held in inputs.items() if isinstance(held, Section) and not need.is_optional
    ]
    errors = {**{k: v for source in sources for k, v in source.errors.items()}, **made.errors}
    return replace(made, errors=errors, read_at=max(source.read_at for source in sources))


def _lacking(inputs: Mapping[Need, Held]) -> Missing | NotApplicable | None:
    """Return why a function cannot run: the first required input that is not there."""
    absent = [
        held
        for need, held in inputs.items()
        if not need.is_optional and not isinstance(held, Section)
    ]
    for kind in (NotApplicable, Missing):
        for held in absent:
            if isinstance(held, kind):
                return held
    return None


def _given(held: Held) -> Section | None:
    return held if isinstance(held, Section) else None


def _run_one(check: Check, view: _View, tunables: Mapping[str, Any]) -> CheckResult:
    started = time.perf_counter()
    inputs = {need: view.held(need) for need in check.needs}
    lacking = _lacking(inputs) or _nothing_of(check, inputs)
    if lacking is not None:
        return _without_findings(check, lacking)
    try:
        said = list(check.run(*(_given(inputs[need]) for need in check.needs), **tunables))
    except Exception as error:
        log.exception("check %s failed", check.id)
        return CheckResult(check.id, "unknown", reason=f"the check itself failed: {_named(error)}")
    result = _judged(check, view, inputs, said)
    return replace(result, duration_seconds=time.perf_counter() - started)


def _nothing_of(check: Check, inputs: Mapping[Need, Held]) -> Missing | NotApplicable | None:
    """Return why there is nothing to look at: every way is missing, or nothing of its kind."""
    if check.any_of and not any(
        isinstance(held, Section) for need, held in inputs.items() if need.section in check.any_of
    ):
        ways = [held for need, held in inputs.items() if need.section in check.any_of]
        return next((held for held in ways if isinstance(held, Missing)), None)
    first = inputs[check.needs[0]]
    if isinstance(first, Section) and first.needs_rows and len(first) == 0 and not first.errors:
        return NotApplicable(f"there are no {first.noun}")
    return None


def _without_findings(check: Check, held: Missing | NotApplicable) -> CheckResult:
    if isinstance(held, NotApplicable):
        return CheckResult(check.id, "not_applicable", reason=held.reason)
    return CheckResult(check.id, "unknown", reason=held.reason, needs=held.grant)


def _judged(
    check: Check, view: _View, inputs: Mapping[Need, Held], said: Sequence[Finding | NotApplicable]
) -> CheckResult:
    findings = tuple(item for item in said if isinstance(item, Finding))
    unseen = _unseen(check, view, inputs)
    result = CheckResult(
        check.id,
        "ok",
        findings,
        examined=_examined(inputs[check.needs[0]]),
        unseen=tuple(f"{target}: {missing}" for target, missing in unseen.items()),
    )
    if findings:
        return replace(result, status="problem")
    if unseen:
        reason = f"not seen: {_listed(unseen)}"
        return replace(result, status="unknown", reason=reason, needs=_grant(unseen))
    declined = next((item for item in said if isinstance(item, NotApplicable)), None)
    if declined is not None:
        return replace(result, status="not_applicable", reason=declined.reason)
    return result


def _unseen(check: Check, view: _View, inputs: Mapping[Need, Held]) -> dict[str, Missing]:
    """Return what the check did not see although it ran: target → why."""
    unseen: dict[str, Missing] = {}
    for need, held in inputs.items():
        if isinstance(held, Section) and (not need.is_optional or need.section in check.any_of):
            unseen.update(held.errors)
        elif isinstance(held, Missing) and need.section in check.any_of:
            unseen[need.section.__name__] = held
    unseen.update(_unread_configs(check, view))
    unseen.update(_unread_facts(check, view))
    return unseen


def _unread_configs(check: Check, view: _View) -> Iterator[tuple[str, Missing]]:
    """Yield the config keys that the check reads and that no config section has."""
    behind = list(closure(check.needs))
    wanted = {*check.configs, *_declared_behind(behind, "configs")}
    sections = {need.section for need in behind} & {TopicConfigs, BrokerConfigs}
    held = [view.get(section) for section in sections]
    tables = [table for table in held if isinstance(table, Table) and len(table)]
    if not tables:
        return
    for key in sorted(wanted):
        found = [_unread(table, key) for table in tables]
        if not any(isinstance(missing, Missing) or missing for missing in found):
            yield key, Missing("no broker returned this setting")
        yield from ((key, missing) for missing in found if isinstance(missing, Missing))


def _unread(table: Table, key: str) -> Missing | bool:
    """Return True where every resource has the key, False where none has it, else what lacks."""
    resource = next(iter(table.columns))
    rows = table.rows[table.rows["key"] == key]
    if rows.empty:
        return False
    if bool((rows["is_sensitive"] & rows["value"].isna()).any()):
        return Missing("brokers never return this setting: it is sensitive")
    without = set(table.rows[resource]) - set(rows[resource])
    if without:
        names = ", ".join(str(name) for name in sorted(without)[:3])
        return Missing(f"not returned for {resource} {names}")
    return True


def _unread_facts(check: Check, view: _View) -> Iterator[tuple[str, Missing]]:
    """Yield the JMX facts that the check reads and that no target has."""
    wanted = {*check.facts, *_declared_behind(list(closure(check.needs)), "facts")}
    if not wanted:
        return
    facts = view.get(Facts)
    known = set(facts.rows["fact"]) if isinstance(facts, Facts) else set()
    why = facts if isinstance(facts, Missing) else Missing("no target has this JMX fact")
    for fact in sorted(wanted - known):
        yield f"JMX {fact}", why


def _declared_behind(needs: Sequence[Need], kind: str) -> Iterator[str]:
    """Yield what the required derived sections read; those that only refine demand nothing."""
    for need in needs:
        if need.section in DERIVATIONS and not need.is_optional:
            yield from getattr(DERIVATIONS[need.section], kind)


def _examined(first: Held) -> str | None:
    return f"{len(first)} {first.noun}" if isinstance(first, Section) else None


def _listed(unseen: Mapping[str, Missing], most: int = 3) -> str:
    """Return the targets with their reasons, targets of one reason together."""
    by_reason: dict[str, list[str]] = {}
    for target, missing in unseen.items():
        by_reason.setdefault(missing.reason, []).append(target)
    return "; ".join(
        f"{', '.join(targets[:most])}{f' and {len(targets) - most} more' * (len(targets) > most)}"
        f" ({reason})"
        for reason, targets in by_reason.items()
    )


def _grant(unseen: Mapping[str, Missing]) -> str | None:
    grants = dict.fromkeys(missing.grant for missing in unseen.values() if missing.grant)
    return ", ".join(grants) or None


def _named(error: Exception) -> str:
    return f"{type(error).__name__}: {error}"


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
