"""How much of the time request handlers are idle.

The broker counts the idle time of its handlers, divided by their number. A process that is broker
and controller at once adds both pools to one counter before Kafka 4.2 (KAFKA-19606, KIP-1207): then
a busy pool hides behind an idle one, and nothing can be said.
"""

from kdiag.analysis.facts import FactDeltas, rows_of, value_by_target
from kdiag.check import derive
from kdiag.sections import Cluster, Facts
from kdiag.snapshot import Missing, Table

_ALL, _BROKER = "request-handlers-idle", "broker-handlers-idle"
_BOTH = Missing(
    "it is broker and controller, and before Kafka 4.2 one counter holds the handlers of both",
    "Kafka 4.2 or newer",
)


class BrokerPool(Table):
    """One row a broker that counts its own handlers apart (Kafka 4.2 and newer)."""

    noun = "brokers"
    needs_rows = False
    columns = {"target": "str", "idle_ratio": "float"}


class HandlerIdle(Table):
    """One row a broker: the part of the time that its request handlers were idle."""

    noun = "brokers"
    columns = {"target": "str", "idle_ratio": "float"}


@derive(facts=(_BROKER,))
def broker_pool(deltas: FactDeltas) -> BrokerPool:
    """Take the counter of the broker's own pool."""
    rows = rows_of(deltas, _BROKER)
    return BrokerPool(
        rows=rows.rename(columns={"per_second": "idle_ratio"})[list(BrokerPool.columns)]
    )


@derive(facts=(_ALL,))
def handler_idle(
    deltas: FactDeltas, own: BrokerPool | None, facts: Facts, cluster: Cluster | None
) -> HandlerIdle:
    """Take the counter of the broker's own pool, where there is one.

    Outside KRaft each broker counts controllers, as it may become one, and has one pool only.
    """
    rows = rows_of(deltas, _ALL)
    idle = dict(zip(rows["target"], rows["per_second"], strict=True))
    known = (own or BrokerPool.of()).rows
    exact = dict(zip(known["target"], known["idle_ratio"], strict=True))
    controllers = value_by_target(facts, "active-controllers") if _may_combine(cluster) else {}
    combined = set(controllers) - exact.keys()
    errors = dict.fromkeys(combined & idle.keys(), _BOTH)
    ratios = {target: value for target, value in (idle | exact).items() if target not in errors}
    return HandlerIdle.of(
        {"target": list(ratios), "idle_ratio": list(ratios.values())},
        errors={**errors, **deltas.errors},
    )


def _may_combine(cluster: Cluster | None) -> bool:
    """Tell whether a process may be broker and controller: on KRaft, where none migrates."""
    return cluster is None or cluster.mode in ("kraft", "unknown")
