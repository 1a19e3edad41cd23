"""Throttles of replication that hold followers back (KIP-73), as reassignments leave them behind.

A broker has a rate, and a topic names the replicas that it holds for; one without the other does
nothing. A replica that is in sync is not held.
"""

from kdiag.check import derive
from kdiag.sections import BrokerConfigs, TopicConfigs
from kdiag.snapshot import Table

_RATE = "follower.replication.throttled.rate"
_REPLICAS = "follower.replication.throttled.replicas"
_UNLIMITED = 1 << 62
_ALL = "*"


class FollowerThrottles(Table):
    """One row a broker and topic of which it may only copy so much a second."""

    noun = "throttles of followers"
    needs_rows = False
    columns = {"broker": "int", "topic": "str", "bytes_per_second": "int"}


@derive(configs=(_RATE, _REPLICAS))
def follower_throttles(brokers: BrokerConfigs, topics: TopicConfigs) -> FollowerThrottles:
    """Join the rates of brokers with the replicas that topics name: `PARTITION:BROKER,…` or `*`."""
    told = brokers.only("key", _RATE).dropna(subset="value")
    rates = {int(row.broker): int(row.value) for row in told.itertuples()}
    named = topics.only("key", _REPLICAS).dropna(subset="value")
    return FollowerThrottles.from_rows(
        [
            {"broker": broker, "topic": row.topic, "bytes_per_second": rate}
            for row in named.itertuples()
            for broker, rate in rates.items()
            if rate < _UNLIMITED and _holds(row.value, broker)
        ]
    )


def _holds(replicas: str, broker: int) -> bool:
    if replicas.strip() == _ALL:
        return True
    return any(pair.rpartition(":")[2].strip() == str(broker) for pair in replicas.split(","))
