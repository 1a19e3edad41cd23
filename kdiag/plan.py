"""What a selection of checks, or of sections, needs to have read: the collection plan."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from kdiag.check import DERIVATIONS, Check, Need, closure
from kdiag.sections import Brokers, Cluster, Partitions, TopicConfigs, Topics
from kdiag.snapshot import Section

_ALWAYS: tuple[type[Section], ...] = (Cluster, Brokers, Topics, Partitions)


@dataclass(frozen=True)
class Plan:
    """The raw sections to read, the topic configs to ask for, and what to read twice.

    twice: sections that some check compares with an earlier sample. facts: names of JMX facts.
    """

    sections: frozenset[type[Section]]
    topic_configs: tuple[str, ...] = ()
    facts: tuple[str, ...] = ()
    twice: frozenset[type[Section]] = frozenset()

    def __or__(self, other: "Plan") -> "Plan":
        """Return a plan for both."""
        return Plan(
            sections=self.sections | other.sections,
            topic_configs=tuple(sorted({*self.topic_configs, *other.topic_configs})),
            facts=tuple(sorted({*self.facts, *other.facts})),
            twice=self.twice | other.twice,
        )


def plan(checks: Sequence[Check]) -> Plan:
    """Return what these checks need; the cluster and its topics are always read."""
    needs = [need for check in checks for need in closure(check.needs)]
    facts = {fact for check in checks for fact in check.facts} | _behind(needs, "facts")
    return _plan(needs, _topic_configs(checks), facts)


def plan_for(sections: Collection[type[Section]]) -> Plan:
    """Return what these sections need, raw or derived; the cluster and its topics as well."""
    needs = list(closure([Need(section.__name__, section) for section in sections]))
    return _plan(needs, _behind(needs, "configs"), _behind(needs, "facts"))


def _plan(needs: Sequence[Need], topic_configs: Collection[str], facts: Collection[str]) -> Plan:
    raw = [need for need in needs if need.section not in DERIVATIONS]
    return Plan(
        sections=frozenset([*_ALWAYS, *(need.section for need in raw)]),
        topic_configs=tuple(sorted(topic_configs)),
        facts=tuple(sorted(facts)),
        twice=frozenset(need.section for need in raw if need.is_earlier),
    )


def _topic_configs(checks: Sequence[Check]) -> set[str]:
    """Return the config keys of all checks that read topic configs, directly or behind."""
    keys: set[str] = set()
    for check in checks:
        behind = list(closure(check.needs))
        if any(need.section is TopicConfigs for need in behind):
            keys |= set(check.configs) | _behind(behind, "configs")
    return keys


def _behind(needs: Sequence[Need], what: str) -> set[str]:
    """Return the configs or facts that derived sections among the needs declare."""
    derived = [DERIVATIONS[need.section] for need in needs if need.section in DERIVATIONS]
    return {key for derivation in derived for key in getattr(derivation, what)}
