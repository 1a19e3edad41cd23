"""The parts of one cluster: replication, groups, brokers, topics."""

from kdiag.monitoring.dashboards.panel import ANY, BAD, NO_YES, WARN, YES_NO, Panel, Query
from kdiag.monitoring.limits import (
    DISK_USED_RATIO,
    LAG_SECONDS,
    NOT_PREFERRED_RATIO,
    VOTER_SECONDS,
)

_USABLE, _TOTAL = "kdiag_broker_log_dir_usable_bytes{$S}", "kdiag_broker_log_dir_total_bytes{$S}"
_BEHIND = (
    "topk(20, max by (consumergroup) (kdiag_consumergroup_max_lag_seconds{$S}) or "
    "max by (consumergroup) (0 * kdiag_consumergroup_sum_lag_records{$S}))"
)


def _of_groups(metric: str) -> str:
    return f"max by (consumergroup) ({metric}{{$S}}) and on (consumergroup) {_BEHIND}"


def _of_topics(metric: str) -> str:
    return f"max by (topic) ({metric}{{$S}})"


def _of_brokers(metric: str) -> str:
    return f"max by (broker) ({metric}{{$S}})"


REPLICATION = (
    Panel(
        "timeseries",
        "Partitions that lack something",
        "A reassignment's new replicas do not count as missing. kdiag doctor --only replication",
        tuple(
            Query(f"max(kdiag_partitions_{flag}{{$S}})", name)
            for flag, name in (
                ("offline", "offline"),
                ("under_min_isr", "under min ISR"),
                ("at_min_isr", "at min ISR"),
                ("under_replicated", "under-replicated"),
                ("reassigning", "being reassigned"),
            )
        ),
    ),
    Panel(
        "timeseries",
        "Led by another than the preferred replica",
        "Share of the partitions. kdiag doctor --only leader-imbalance",
        (Query("max(kdiag_partitions_not_preferred{$S} / kdiag_partitions{$S})", "not preferred"),),
        unit="percentunit",
        steps=((NOT_PREFERRED_RATIO, WARN),),
        width=6,
    ),
    Panel(
        "timeseries",
        "Voters of the KRaft quorum",
        "How long before the snapshot each voter was last caught up. kdiag doctor --only "
        "voter-lagging",
        (
            Query(
                "clamp_min(max by (kafka_cluster) (kdiag_snapshot_timestamp_seconds{$S}) - "
                "on (kafka_cluster) group_right () max by (kafka_cluster, voter) "
                "(kdiag_quorum_voter_caught_up_timestamp_seconds{$S}), 0)",
                "voter {{voter}}",
            ),
        ),
        unit="s",
        steps=((VOTER_SECONDS, WARN),),
        width=6,
        empty="no KRaft",
    ),
)
GROUPS = (
    Panel(
        "table",
        "Groups that are furthest behind",
        "Twenty of them. kdiag lag GROUP says why.",
        (
            Query(
                _of_groups("kdiag_consumergroup_max_lag_seconds"),
                "Lag",
                "s",
                steps=((LAG_SECONDS, WARN),),
            ),
            Query(_of_groups("kdiag_consumergroup_lag_slo_seconds"), "May be", "s"),
            Query(_of_groups("kdiag_consumergroup_sum_lag_records"), "Records behind"),
            Query(_of_groups("kdiag_consumergroup_members"), "Members"),
            Query(_of_groups("kdiag_consumergroup_lost_records"), "Deleted before read", steps=ANY),
        ),
        labels=("consumergroup",),
        sort="Lag",
        height=10,
    ),
    Panel(
        "timeseries",
        "Lag",
        "Age of the oldest record that a group has not read: the ten worst.",
        (
            Query(
                "topk(10, max by (consumergroup) (kdiag_consumergroup_max_lag_seconds{$S}))",
                "{{consumergroup}}",
            ),
        ),
        unit="s",
        steps=((LAG_SECONDS, WARN),),
        height=10,
    ),
)
BROKERS = (
    Panel(
        "table",
        "Brokers",
        "All that are registered, or that replicas are assigned to.",
        (
            Query(_of_brokers("kdiag_broker_registered"), "Registered", words=NO_YES),
            Query(_of_brokers("kdiag_broker_fenced"), "Fenced", words=YES_NO),
            Query(_of_brokers("kdiag_broker_reachable"), "Answers", words=NO_YES),
            Query(_of_brokers("kdiag_broker_leaders"), "Leads"),
            Query(_of_brokers("kdiag_broker_replicas"), "Replicas"),
            Query("sum by (broker) (kdiag_broker_logs_bytes{$S})", "Logs", "bytes"),
        ),
        labels=("broker",),
    ),
    Panel(
        "timeseries",
        "Disk in use",
        "Share of the volume of each log directory (Kafka 3.3 and newer). kdiag doctor --only disk",
        (Query(f"1 - {_USABLE} / {_TOTAL}", "broker {{broker}} {{dir}}"),),
        unit="percentunit",
        steps=((DISK_USED_RATIO, BAD),),
        width=6,
    ),
    Panel(
        "timeseries",
        "Full in",
        "Time until a volume is full, at the rate of the last hour; nothing where it does not "
        "fill.",
        (
            Query(
                f"{_USABLE} / clamp_min(-deriv({_USABLE.replace('{$S}', '{$S}[1h]')}), 1)",
                "broker {{broker}} {{dir}}",
            ),
        ),
        unit="s",
        width=6,
    ),
)
TOPICS = (
    Panel(
        "table",
        "Largest topics",
        "All replicas of each; not known while a broker does not answer.",
        (Query(f"topk(20, {_of_topics('kdiag_topic_logs_bytes')})", "Size", "bytes"),),
        labels=("topic",),
        sort="Size",
        width=8,
        empty="not known",
        none_while="broken",
    ),
    Panel(
        "timeseries",
        "Records written",
        "Growth of the end offsets, transaction markers included: the ten busiest topics.",
        (
            Query(
                "topk(10, max by (topic) (clamp_min(deriv(kdiag_topic_end_offset{$S}"
                "[$__rate_interval]), 0)))",
                "{{topic}}",
            ),
        ),
        unit="cps",
        width=8,
    ),
    Panel(
        "table",
        "Topics that lack replicas",
        "Partitions of each that lack an in-sync replica.",
        (Query(f"{_of_topics('kdiag_topic_partitions_under_replicated')} > 0", "Partitions"),),
        labels=("topic",),
        sort="Partitions",
        width=8,
        empty="none",
        none_while="well",
    ),
)
