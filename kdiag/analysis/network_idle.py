"""How much of the time network threads are idle, as the broker averages it.

The broker divides by the whole window of its average, also while that has not passed: a broker that
started 12 s ago and has nothing to do says 0.24, and 1.0 from 40 s on (Kafka 4.4).
"""

from kdiag.analysis.facts import value_by_target
from kdiag.analysis.uptimes import uptimes
from kdiag.check import derive
from kdiag.sections import Facts
from kdiag.snapshot import Missing, Table
from kdiag.wording import span

_SETTLED_SECONDS = 60.0
_FACT = "network-threads-idle"


class NetworkIdle(Table):
    """One row a broker: the part of the last half minute that its network threads were idle."""

    noun = "brokers"
    columns = {"target": "str", "idle_ratio": "float"}


@derive(facts=(_FACT, "start-time"))
def network_idle(facts: Facts) -> NetworkIdle:
    """Leave out what a broker says before its average has filled."""
    up = uptimes(facts)
    told = value_by_target(facts, _FACT)
    young = {
        target: Missing(f"it started {span(up[target])} ago, and its average takes a minute")
        for target in told
        if up.get(target, _SETTLED_SECONDS) < _SETTLED_SECONDS
    }
    kept = {target: idle for target, idle in sorted(told.items()) if target not in young}
    return NetworkIdle.of(
        {"target": list(kept), "idle_ratio": list(kept.values())}, errors={**young, **facts.errors}
    )
