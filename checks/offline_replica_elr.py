"""Which broker to start first, where partitions have no leader and no ISR.

With eligible leader replicas (KIP-966, on in new clusters of Kafka 4.1 and newer) the ISR of a
partition may become empty while Kafka still knows who has everything that was acknowledged. Those
brokers may lead without any loss; a replica that merely runs may not. The last known leader is a
weaker sign: it stopped uncleanly and may lack what it had not flushed.

Reads: Metadata (leader, ISR), DescribeTopicPartitions (ELR, last known leader; Kafka 3.8 and
newer), DescribeCluster, a connection to each broker.
"""

from typing import Any

from kdiag.api import (
    Action,
    EligibleLeaders,
    Finding,
    Said,
    broker,
    check,
    count,
    listed,
    partition,
)

_MOST_NAMED = 5


@check(area="replication", explained_by=("brokers-lost-together", "broker-down"))
def offline_replica_elr(eligible: EligibleLeaders) -> Said:
    """Brokers whose return gives partitions without an ISR a leader again."""
    rows = eligible.rows[eligible.rows["known_by"] != "isr"]
    for (id_, known_by), part in rows.groupby(["broker", "known_by"], sort=True):
        logs = [partition(*log) for log in zip(part["topic"], part["partition"], strict=True)]
        yield _finding(int(id_), str(known_by) == "elr", logs)


def _finding(id_: int, is_eligible: bool, logs: list[Any]) -> Finding:
    waiting = count(len(logs), "partition")
    return Finding(
        "warning",
        broker(id_),
        f"{waiting} without an ISR {'waits' if len(logs) == 1 else 'wait'} for broker {id_}: "
        f"{_told(is_eligible)}. They are {listed(logs, most=_MOST_NAMED)}.",
        "Nobody can read or write them until it is back; any other replica that is made the leader "
        "by hand loses records.",
        cause="The ISR is empty, and the broker that may lead is down.",
        evidence={
            "waiting_partitions": len(logs),
            "known_by": "elr" if is_eligible else "last-known",
        },
        actions=(
            Action(
                f"Start broker {id_} first, with its disk as it is."
                if is_eligible
                else f"Start broker {id_} first, and compare what it has with what the other "
                "replicas have before anybody writes.",
                "kafka-topics.sh --bootstrap-server {bootstrap} --describe "
                "--unavailable-partitions",
            ),
        ),
        confidence="certain" if is_eligible else "likely",
        because_of=frozenset(logs),
    )


def _told(is_eligible: bool) -> str:
    if is_eligible:
        return "it has all that was acknowledged (eligible leader replica)"
    return "it was the last leader that is known, and may lack what it had not flushed"
