"""For how long processes are up."""

from kdiag.analysis.facts import value_by_target
from kdiag.sections import Facts


def uptimes(facts: Facts) -> dict[str, float]:
    """Return target → seconds since it started, by its own clock where it tells that."""
    read_at = facts.read_at.timestamp()
    starts = value_by_target(facts, "start-time")
    by_start = {target: max(0.0, read_at - start) for target, start in starts.items()}
    return by_start | value_by_target(facts, "uptime")
