"""Brokers that lead far fewer partitions than they are meant to.

A leader moves away when its broker goes down, and should move back to the preferred one, the first
replica. What counts is what lasts: the same partitions in two samples, and, where the controller
moves leaders back by itself (auto.leader.rebalance.enable), samples further apart than it takes
(leader.imbalance.check.interval.seconds, 300). Silent while a broker is down.

The limits are Kafka's own: leader.imbalance.per.broker.percentage is 10.

Reads: Metadata (leaders, ISR) twice, DescribeConfigs of brokers, DescribeCluster.
"""

from kdiag.api import Action, Finding, LostLeaderships, Partitions, Said, broker, check, span


@check(
    area="replication",
    configs=("auto.leader.rebalance.enable", "leader.imbalance.check.interval.seconds"),
)
def leader_imbalance(
    partitions: Partitions,
    lost: LostLeaderships,
    *,
    imbalance_percent: int = 10,
    minimum_partitions: int = 10,
) -> Said:
    """Brokers whose leaderships stay with other brokers.

    imbalance_percent: Share of a broker's preferred partitions that others may lead.
    minimum_partitions: So many of them at least; fewer are not worth a word.
    """
    rows = lost.rows
    elsewhere, preferred = rows["led_elsewhere_partitions"], rows["preferred_partitions"]
    beyond = (elsewhere >= minimum_partitions) & (elsewhere * 100 > imbalance_percent * preferred)
    for row in rows[beyond].itertuples():
        percent = round(100 * row.led_elsewhere_partitions / row.preferred_partitions)
        yield Finding(
            "info" if row.is_auto_rebalanced else "warning",
            broker(row.broker),
            f"Broker {row.broker} does not lead {row.led_elsewhere_partitions:,} of the "
            f"{row.preferred_partitions:,} partitions that it is the preferred leader of "
            f"({percent} %).",
            "Other brokers carry its share of reads and writes, and it idles.",
            cause=f"The controller should have moved them back within {span(row.apart_seconds)}."
            if row.is_auto_rebalanced
            else "auto.leader.rebalance.enable is false, so nobody moves leaders back after a "
            "restart.",
            evidence={
                "led_elsewhere_partitions": row.led_elsewhere_partitions,
                "preferred_partitions": row.preferred_partitions,
                "led_elsewhere_percent": percent,
                "apart_seconds": row.apart_seconds,
            },
            actions=(
                Action(
                    "Move leaders back to the preferred replicas.",
                    "kafka-leader-election.sh --bootstrap-server {bootstrap} "
                    "--election-type preferred --all-topic-partitions",
                    "safe",
                ),
            ),
        )
