"""What was seen and what was not, in words: nothing that could not be read passes as fine."""

import re
from collections import Counter
from collections.abc import Sequence

from kdiag.finding import CheckResult, Report
from kdiag.wording import count, listed

_FEW = 3
_BROKER = re.compile(r"broker (\d+): ")


def coverage_sentence(report: Report) -> str:
    """Return how many checks were evaluated, how many do not apply, how many saw only a part."""
    coverage = report.coverage
    text = f"{coverage['evaluated']} of {count(coverage['total'], 'check')} evaluated"
    if number := coverage["not_applicable"]:
        text += f", {number} {'does' if number == 1 else 'do'} not apply"
    partly = _partly(report)
    return f"{text}, {partly}." if partly else f"{text}."


def _partly(report: Report) -> str:
    """Return how many checks saw only some of the brokers, and which."""
    blind = [_brokers(result) for result in report.results]
    unseen = set().union(*blind)
    if not unseen:
        return ""
    number = sum(map(bool, blind))
    seen = {int(broker["id"]) for broker in report.cluster.get("brokers", ())} - unseen
    if seen and len(seen) <= _FEW:
        return f"{number} saw only {_named(seen)}"
    return f"{number} did not see {_named(unseen)}"


def _brokers(result: CheckResult) -> set[int]:
    return {int(found[1]) for target in result.unseen if (found := _BROKER.match(target))}


def _named(brokers: set[int]) -> str:
    ids = [str(id_) for id_ in sorted(brokers)]
    if len(ids) == 1:
        return f"broker {ids[0]}"
    if len(ids) > _FEW:
        return f"brokers {listed(ids)}"
    return f"brokers {', '.join(ids[:-1])} and {ids[-1]}"


def why(result: CheckResult) -> str:
    """Return why a check is unknown or does not apply, and what it needs."""
    reason = (result.reason or "no reason given").rstrip(".")
    return f"{reason}; needs {result.needs}" if result.needs else reason


def not_seen(report: Report) -> str:
    """Return what the unknown checks lack: grants and flags, then other reasons, the most first."""
    unknown = [result for result in report.results if result.status == "unknown"]
    needs = Counter(result.needs for result in unknown if result.needs)
    reasons = Counter(_reason(result, report) for result in unknown if not result.needs)
    parts = [f"{_checks(n)} {'needs' if n == 1 else 'need'} {it}" for it, n in needs.most_common()]
    parts += _capped(reasons.most_common())
    return f"Not seen: {', '.join(parts)}." if parts else ""


def _checks(number: int) -> str:
    return count(number, "check")


def _reason(result: CheckResult, report: Report) -> str:
    """Return why, without what the report says anyway of who did not answer."""
    reason = (result.reason or "no reason given").removeprefix("not seen: ").rstrip(".")
    for target, error in report.errors:
        reason = reason.replace(f"{target} ({error})", target)
    return reason


def _capped(reasons: Sequence[tuple[str, int]]) -> list[str]:
    parts = [f"{_checks(number)}: {reason}" for reason, number in reasons[:_FEW]]
    more = sum(number for _, number in reasons[_FEW:])
    return [*parts, f"{_checks(more)} for other reasons (-o json)"] if more else parts
