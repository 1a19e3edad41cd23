"""Producers that are made anew for every few records.

Brokers remember each producer id on each partition that it wrote to for producer.id.expiration.ms
(24 h). An application that makes a producer for every request fills their heap, until they spend
their time in garbage collection. Many producers that live long are no fault, however many they are.

Limits: a producer that lives writes far more than 10 records; 5 new ids a second are 432,000 a day.

Reads: JMX (ProducerIdCount, Kafka 3.5 and newer; MessagesInPerSec as a counter) in two samples,
Metadata (replicas by broker).
"""

from typing import Any

from kdiag.api import Action, Finding, ProducerIds, Said, check, subject_of

_ACTIONS = (
    Action(
        "Find the application: many short connections and InitProducerId requests. Let it keep one "
        "producer for its life.",
        "kafka-transactions.sh --bootstrap-server {bootstrap} describe-producers "
        "--topic TOPIC --partition 0",
    ),
    Action(
        "Until then, let brokers forget sooner, but not before a producer may still retry.",
        "kafka-configs.sh --bootstrap-server {bootstrap} --alter --entity-type brokers "
        "--entity-default --add-config producer.id.expiration.ms=3600000",
        "safe",
    ),
)


@check(area="transactions")
def producer_id_explosion(
    ids: ProducerIds,
    *,
    new_per_second: float = 5,
    few_records: float = 10,
    many_count: int = 10_000,
    crowded_count: int = 1_000,
) -> Said:
    """Brokers on which producer ids pile up.

    new_per_second: growth of the number from which it is no fluctuation.
    few_records: a new producer for no more records than that was made for them alone.
    many_count: from here on they cost heap.
    crowded_count: so many for each replica are not producers that live long.
    """
    rows = ids.rows
    grows = (rows["new_per_second"] > new_per_second) & (rows["records_per_id"] <= few_records)
    for row in rows[grows].itertuples():
        severity = "critical" if row.producer_ids > many_count else "warning"
        yield _growing(severity, row)
    is_many = (rows["producer_ids"] > many_count) & (rows["ids_per_replica"] > crowded_count)
    for row in rows[is_many & ~grows].itertuples():
        yield _crowded(row)


def _growing(severity: Any, row: Any) -> Finding:
    return Finding(
        severity,
        subject_of(row.target),
        f"Producer ids on {row.target} grow by {row.new_per_second:,.0f} a second, one for every "
        f"{max(1, round(row.records_per_id)):,} records; there are {row.producer_ids:,.0f}.",
        "Each stays in the heap for producer.id.expiration.ms. At this rate brokers run out of "
        "memory one after the other.",
        cause="An application makes a producer for each request instead of keeping one.",
        evidence=_evidence(row)
        | {"new_per_second": round(row.new_per_second, 1)}
        | {"records_per_id": round(row.records_per_id, 1)},
        actions=_ACTIONS,
        confidence="likely" if severity == "critical" else "possible",
    )


def _crowded(row: Any) -> Finding:
    return Finding(
        "warning",
        subject_of(row.target),
        f"{row.target.capitalize()} remembers {row.producer_ids:,.0f} producer ids, "
        f"{row.ids_per_replica:,.0f} for each of its replicas.",
        "They take heap, and make restarts and elections slower.",
        cause="As many come as expire: producers live for much less than "
        "producer.id.expiration.ms.",
        evidence=_evidence(row),
        actions=_ACTIONS,
        confidence="possible",
    )


def _evidence(row: Any) -> dict[str, float]:
    is_told = row.ids_per_replica == row.ids_per_replica
    per_replica = {"ids_per_replica": round(row.ids_per_replica, 1)} if is_told else {}
    return {"producer_ids": int(row.producer_ids), **per_replica}
