"""What a check did not see although it ran: its silence is no OK then."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from kdiag.check import DERIVATIONS, Check, Need, closure
from kdiag.facts import FACTS
from kdiag.finding import NotApplicable
from kdiag.sections import BrokerConfigs, Facts, FactsCoverage, TopicConfigs
from kdiag.snapshot import Held, Missing, Section, Table
from kdiag.view import View

NOT_RETURNED = Missing("no broker returned this setting")


def unseen_by(check: Check, view: View, inputs: Mapping[Need, Held]) -> dict[str, Missing]:
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


def _unread_configs(check: Check, view: View) -> Iterator[tuple[str, Missing]]:
    """Yield the config keys that the check reads and that no config section has."""
    behind = list(closure(check.needs))
    wanted = {*check.configs, *_declared_behind(behind, "configs")}
    sections = {need.section for need in behind} & {TopicConfigs, BrokerConfigs}
    known = [view.get(section) for section in sections]
    tables = [table for table in known if isinstance(table, Table) and len(table)]
    has_topics = TopicConfigs not in sections or not _is_bare(view.get(TopicConfigs))
    for key in sorted(wanted) if tables else ():
        found = [_unread(table, key) for table in tables]
        if has_topics and not any(isinstance(missing, Missing) or missing for missing in found):
            yield key, NOT_RETURNED
        yield from ((key, missing) for missing in found if isinstance(missing, Missing))


def _is_bare(configs: Held) -> bool:
    """Tell whether there is no topic, whose settings nobody could return."""
    return isinstance(configs, TopicConfigs) and not len(configs) and not configs.errors


def _unread(table: Table, key: str) -> Missing | bool:
    """Return True where every resource has the key, False where none has it, else what lacks."""
    rows = table.only("key", key)
    if rows.empty:
        return False
    if rows.loc[rows["is_sensitive"], "value"].isna().any():
        return Missing("brokers never return this setting: it is sensitive")
    kind = next(iter(table.columns))
    without = table.distinct(kind) - set(rows[kind])
    if without:
        names = ", ".join(str(name) for name in sorted(without)[:3])
        return Missing(f"not returned for {kind} {names}")
    return True


def _unread_facts(check: Check, view: View) -> Iterator[tuple[str, Missing]]:
    """Yield the JMX facts that the check reads and that no target has."""
    wanted = {*check.facts, *_declared_behind(list(closure(check.needs)), "facts")}
    if not wanted:
        return
    facts, coverage = view.get(Facts), view.get(FactsCoverage)
    if isinstance(facts, NotApplicable):
        return
    if not isinstance(facts, Facts):
        why = facts if isinstance(facts, Missing) else Missing("JMX was not read", "--jmx")
        yield from ((f"JMX {fact}", why) for fact in sorted(wanted))
        return
    told = set(facts.rows["fact"])
    for fact in sorted(wanted):
        if isinstance(coverage, FactsCoverage):
            yield from _absent(fact, coverage.only("fact", fact))
        elif fact not in told:
            yield f"JMX {fact}", Missing("no target has this JMX fact")


def not_offered(
    check: Check, view: View, unseen: Mapping[str, Missing], service: str | None
) -> str | None:
    """Return what a check wants and this cluster has not to offer; None where there is no such."""
    wanted = {*check.facts, *_declared_behind(list(closure(check.needs)), "facts")}
    facts = view.get(Facts)
    if wanted and not unseen and isinstance(facts, NotApplicable):
        return facts.reason
    if service and unseen and all(each is NOT_RETURNED for each in unseen.values()):
        return f"{service} does not show {', '.join(unseen)}"
    return None


def _absent(fact: str, rows: Any) -> Iterator[tuple[str, Missing]]:
    """Yield the targets that do not tell a fact; one entry where none of them does."""
    absent = rows[rows["status"] == "absent"]
    if rows.empty:
        processes = " or ".join(FACTS[fact].on)
        yield f"JMX {fact}", Missing(f"no {processes} was asked", "[jmx.targets] in --config")
    elif len(absent) == len(rows):
        yield f"JMX {fact}", Missing(absent["reason"].iloc[0])
    else:
        for target, reason in zip(absent["target"], absent["reason"], strict=True):
            yield f"JMX {fact} of {target}", Missing(reason)


def _declared_behind(needs: Sequence[Need], kind: str) -> Iterator[str]:
    """Yield what the required derived sections read; those that only refine demand nothing."""
    for need in needs:
        if need.section in DERIVATIONS and not need.is_optional:
            yield from getattr(DERIVATIONS[need.section], kind)
