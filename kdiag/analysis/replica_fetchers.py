"""What brokers say of their own followers' work, over JMX."""

from kdiag.analysis.facts import value_by_target
from kdiag.check import derive
from kdiag.sections import Facts
from kdiag.snapshot import Table

_FACTS = {
    "max_lag_records": "replica-max-lag",
    "min_fetches_per_second": "replica-min-fetch-rate",
    "failed_partitions": "replica-failed-partitions",
    "dead_threads": "replica-dead-threads",
    "up_seconds": "uptime",
}


class ReplicaFetchers(Table):
    """One row a broker: how it copies from leaders.

    max_lag_records: of the replica that is furthest behind. min_fetches_per_second: of the slowest
    thread. failed_partitions: given up until the broker restarts. up_seconds: since it started.
    """

    noun = "replica fetchers"
    needs_rows = False
    columns = {"broker": "int", **dict.fromkeys(_FACTS, "float")}

    def told_by(self, id_: int) -> dict[str, float]:
        """Return what one broker tells, without what it does not."""
        rows = self.rows[self.rows["broker"] == id_].drop(columns="broker")
        return {} if rows.empty else dict(rows.iloc[0].dropna())


@derive(facts=tuple(_FACTS.values()))
def replica_fetchers(facts: Facts) -> ReplicaFetchers:
    """Put the facts of each broker side by side; one that it does not tell is NaN."""
    told = {column: value_by_target(facts, fact) for column, fact in _FACTS.items()}
    targets = sorted({target for values in told.values() for target in values})
    return ReplicaFetchers.from_rows(
        [
            {
                "broker": int(target.partition(" ")[2]),
                **{column: values.get(target) for column, values in told.items()},
            }
            for target in targets
            if target.startswith("broker ")
        ]
    )
