"""Writes that broke a rule of their topic between two samples, and which topics it was."""

from collections.abc import Iterable

from kdiag.analysis.facts import FactDeltas
from kdiag.analysis.topic_growth import growths, topics_with_failed_writes
from kdiag.check import derive
from kdiag.snapshot import Table

_KEYLESS = "records-without-key"
_RULES = {
    "bytes-rejected": frozenset({"MESSAGE_TOO_LARGE", "RECORD_LIST_TOO_LARGE"}),
    _KEYLESS: frozenset({"INVALID_RECORD"}),
}
"""Counter of what broke a rule → the error codes that producers get for it."""


class RuleBreaks(Table):
    """One row a broker, rule and topic. codes: what producers are told."""

    noun = "broken rules"
    needs_rows = False
    columns = {"target": "str", "topic": "str", "codes": "object"}

    def topics(self, target: str, codes: Iterable[str]) -> list[str]:
        """Return the topics that explain these codes of a broker; none where a code is another."""
        rows = self.rows[self.rows["target"] == target]
        known = rows[[set(codes) <= each for each in rows["codes"]]] if len(rows) else rows
        return sorted(set(known["topic"]))


@derive(facts=(*_RULES, "produce-failed"))
def rule_breaks(deltas: FactDeltas) -> RuleBreaks:
    """Take the topics that a counter names, or for want of them those with failed writes."""
    rows = []
    for fact, codes in _RULES.items():
        for growth in growths(deltas, fact):
            names = [growth.topic_name] if growth.topic_name else []
            if fact == _KEYLESS and not names:
                names = topics_with_failed_writes(deltas, growth.targets)
            rows += [
                {"target": target, "topic": name, "codes": codes}
                for name in names
                for target in growth.targets
            ]
    return RuleBreaks.from_rows(rows)
