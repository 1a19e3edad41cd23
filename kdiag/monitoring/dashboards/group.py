"""One group: how far it is behind, since when, and on which partitions."""

from kdiag.monitoring.dashboards.panel import (
    ANY,
    GOOD,
    GROUP_UID,
    JOB,
    KAFKA_CLUSTER,
    NOTE,
    WARN,
    Board,
    Panel,
    Query,
    Variable,
    stat,
)
from kdiag.monitoring.limits import LAG_SECONDS

_AGE, _STATE = "kdiag_consumergroup_max_lag_seconds{$S}", "kdiag_consumergroup_state"
_END = "kdiag_topic_partition_log_end_offset{$C}"
_READ = "max by (topic, partition) (kdiag_consumergroup_committed_offset{$S})"


def _of_partitions(metric: str, labels: str = "$S") -> str:
    return f"max by (topic, partition) ({metric}{{{labels}}})"


GROUP = Board(
    uid=GROUP_UID,
    title="Kafka consumer group",
    description="How far one group is behind, since when, and on which partitions.",
    variables=(
        JOB,
        KAFKA_CLUSTER,
        Variable(
            "consumergroup", "Group", "label_values(kdiag_consumergroup_members{$S}, consumergroup)"
        ),
    ),
    rows={
        "How is it?": (
            stat(
                "Members",
                "kdiag group GROUP lists them, and what became of those before.",
                "max(kdiag_consumergroup_members{$S})",
            ),
            stat(
                "Stable",
                "Whether the group is stable: neither rebalancing nor empty.",
                f'max({_STATE}{{$S, state="Stable"}})',
                words={0: ("no", WARN), 1: ("yes", GOOD)},
            ),
            stat(
                "Lag",
                "Age of the oldest record that the group has not read. kdiag lag GROUP says why.",
                f"max({_AGE})",
                unit="s",
                steps=((LAG_SECONDS, WARN),),
                empty="not known",
            ),
            stat(
                "May be",
                "What --lag-slo of the exporter allows the group.",
                "max(kdiag_consumergroup_lag_slo_seconds{$S})",
                unit="s",
                empty="no --lag-slo",
            ),
            stat(
                "Records behind",
                "On all partitions.",
                "max(kdiag_consumergroup_sum_lag_records{$S})",
            ),
            stat(
                "On its worst partition",
                "Records behind there.",
                "max(kdiag_consumergroup_max_lag_records{$S})",
            ),
            stat(
                "Deleted before read",
                "Records between committed offset and log start. kdiag doctor --only "
                "records-lost-unread",
                "max(kdiag_consumergroup_lost_records{$S})",
                steps=ANY,
            ),
            stat(
                "Topics",
                "Topics on which the group has committed offsets.",
                "count(count by (topic) (kdiag_consumergroup_topic_lag_records{$S}))",
            ),
        ),
        "Lag": (
            Panel(
                "timeseries",
                "Lag in time",
                "Age of the oldest record that the group has not read, by topic, and its limit.",
                (
                    Query(
                        "max by (topic) (kdiag_consumergroup_topic_max_lag_seconds{$S})",
                        "{{topic}}",
                    ),
                    Query("max(kdiag_consumergroup_lag_slo_seconds{$S})", "may be"),
                ),
                unit="s",
                steps=((LAG_SECONDS, WARN),),
            ),
            Panel(
                "timeseries",
                "Lag in records",
                "Records that the group has not read, by topic.",
                (Query("max by (topic) (kdiag_consumergroup_topic_lag_records{$S})", "{{topic}}"),),
            ),
            Panel(
                "timeseries",
                "Records written, records read",
                "Growth of the end offsets and of the committed offsets of the partitions that the "
                "group reads (series of partitions: --granularity partition).",
                (
                    Query(
                        "sum by (topic) (clamp_min(max by (topic, partition) "
                        f"(deriv({_END}[$__rate_interval])), 0) and on (topic, partition) {_READ})",
                        "written to {{topic}}",
                    ),
                    Query(
                        "sum by (topic) (clamp_min(max by (topic, partition) (deriv("
                        "kdiag_consumergroup_committed_offset{$S}[$__rate_interval])), 0))",
                        "read from {{topic}}",
                    ),
                ),
                unit="cps",
            ),
            Panel(
                "timeseries",
                "Members",
                "How many there are; kdiag group GROUP tells when each came and left.",
                (Query("max(kdiag_consumergroup_members{$S})", "members"),),
            ),
        ),
        "State": (
            Panel(
                "state-timeline",
                "State",
                "What the group was doing at each snapshot; rebalances between two of them are "
                "in kdiag group GROUP.",
                (
                    Query(
                        f"max by (state) ({_STATE}{{$S}}) and on (state) "
                        f"max by (state) (max_over_time({_STATE}{{$S}}[$__range])) > 0",
                        "{{state}}",
                    ),
                ),
                words={0: ("no", "transparent"), 1: ("yes", NOTE)},
                width=24,
                height=6,
            ),
        ),
        "Partitions": (
            Panel(
                "table",
                "Partitions",
                "Needs series of partitions: --granularity partition.",
                (
                    Query(
                        _of_partitions("kdiag_consumergroup_lag_seconds"),
                        "Lag",
                        "s",
                        steps=((LAG_SECONDS, WARN),),
                    ),
                    Query(_of_partitions("kdiag_consumergroup_lag_records"), "Records behind"),
                    Query(
                        _of_partitions("kdiag_consumergroup_committed_offset"), "Committed", "none"
                    ),
                    Query(
                        f"{_of_partitions('kdiag_topic_partition_log_end_offset', '$C')} and on "
                        f"(topic, partition) {_READ}",
                        "End",
                        "none",
                    ),
                    Query(
                        f"{_of_partitions('kdiag_topic_partition_log_start_offset', '$C')} and on "
                        f"(topic, partition) {_READ}",
                        "Log start",
                        "none",
                    ),
                ),
                labels=("topic", "partition"),
                sort="Records behind",
                width=24,
                height=10,
            ),
        ),
    },
)
"""Why is it behind?"""
