"""One topic: what is written to it, who reads it, where its partitions are."""

from kdiag.monitoring.dashboards.panel import (
    ANY,
    JOB,
    KAFKA_CLUSTER,
    SOME,
    TOPIC_UID,
    WARN,
    Board,
    Panel,
    Query,
    Variable,
    stat,
)
from kdiag.monitoring.limits import LAG_SECONDS


def _partitions(flag: str) -> str:
    return f"max(kdiag_topic_partitions_{flag}{{$S}})"


def _column(name: str) -> str:
    return f"max by (partition) (kdiag_topic_partition_{name}{{$S}})"


TOPIC = Board(
    uid=TOPIC_UID,
    title="Kafka topic",
    description="What is written to one topic, who reads it, and where its partitions are.",
    variables=(
        JOB,
        KAFKA_CLUSTER,
        Variable("topic", "Topic", "label_values(kdiag_topic_partitions{$S}, topic)"),
    ),
    rows={
        "How is it?": (
            stat("Partitions", "Partitions of the topic.", "max(kdiag_topic_partitions{$S})"),
            stat(
                "Offline",
                "Partitions without a leader. kdiag doctor --only offline-partition",
                _partitions("offline"),
                steps=ANY,
            ),
            stat(
                "Under min ISR",
                "Partitions that refuse acks=all writes. kdiag doctor --only under-min-isr",
                _partitions("under_min_isr"),
                steps=ANY,
            ),
            stat(
                "At min ISR",
                "Partitions that refuse acks=all writes after one more failure.",
                _partitions("at_min_isr"),
                steps=SOME,
            ),
            stat(
                "Under-replicated",
                "Partitions that lack an in-sync replica. kdiag doctor --only under-replicated",
                _partitions("under_replicated"),
                steps=SOME,
            ),
            stat(
                "Size",
                "Of all replicas; not known while a broker does not answer.",
                "max(kdiag_topic_logs_bytes{$S})",
                unit="bytes",
                empty="not known",
                none_while="broken",
            ),
            stat(
                "Groups",
                "Groups with committed offsets on the topic.",
                "count(count by (consumergroup) (kdiag_consumergroup_topic_lag_records{$S}))",
                empty="none",
            ),
            stat(
                "Written",
                "Growth of the end offsets, transaction markers included.",
                "max(clamp_min(deriv(kdiag_topic_end_offset{$S}[$__rate_interval]), 0))",
                unit="cps",
            ),
        ),
        "Over time": (
            Panel(
                "timeseries",
                "Records written",
                "Growth of the end offsets, transaction markers included.",
                (
                    Query(
                        "max(clamp_min(deriv(kdiag_topic_end_offset{$S}[$__rate_interval]), 0))",
                        "records",
                    ),
                ),
                unit="cps",
                width=8,
            ),
            Panel(
                "timeseries",
                "Size",
                "Of all replicas; not known while a broker does not answer.",
                (Query("max(kdiag_topic_logs_bytes{$S})", "all replicas"),),
                unit="bytes",
                width=8,
                empty="not known",
                none_while="broken",
            ),
            Panel(
                "timeseries",
                "Lag of its groups",
                "Age of the oldest record that a group has not read: the ten worst.",
                (
                    Query(
                        "topk(10, max by (consumergroup) "
                        "(kdiag_consumergroup_topic_max_lag_seconds{$S}))",
                        "{{consumergroup}}",
                    ),
                ),
                unit="s",
                steps=((LAG_SECONDS, WARN),),
                width=8,
                empty="no group",
            ),
        ),
        "Partitions and readers": (
            Panel(
                "table",
                "Partitions",
                "Needs series of partitions: --granularity partition. kdiag doctor names the "
                "brokers that are missing.",
                (
                    Query(_column("leader"), "Leader", "none"),
                    Query(_column("replicas"), "Replicas"),
                    Query(_column("in_sync_replicas"), "In sync"),
                    Query(_column("log_start_offset"), "Log start", "none"),
                    Query(_column("log_end_offset"), "End", "none"),
                ),
                labels=("partition",),
                height=10,
            ),
            Panel(
                "table",
                "Groups",
                "Those with committed offsets on the topic.",
                (
                    Query(
                        "max by (consumergroup) (kdiag_consumergroup_topic_max_lag_seconds{$S})",
                        "Lag",
                        "s",
                        steps=((LAG_SECONDS, WARN),),
                    ),
                    Query(
                        "max by (consumergroup) (kdiag_consumergroup_topic_lag_records{$S})",
                        "Records behind",
                    ),
                ),
                labels=("consumergroup",),
                sort="Lag",
                height=10,
                empty="none",
            ),
        ),
    },
)
"""Who writes it, who reads it?"""
