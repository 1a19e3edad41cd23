"""All clusters on one page: which of them needs a person."""

from kdiag.monitoring.dashboards.panel import (
    ANY,
    BAD,
    JOB,
    NO_YES,
    SOME,
    WARN,
    Board,
    Panel,
    Query,
    stat,
)
from kdiag.monitoring.limits import DISK_USED_RATIO, LAG_SECONDS

_BY = "by (kafka_cluster)"
_FREE = "kdiag_broker_log_dir_usable_bytes{$S} / kdiag_broker_log_dir_total_bytes{$S}"
_USED = f"1 - min {_BY} ({_FREE})"
_LAG = f"max {_BY} (kdiag_consumergroup_max_lag_seconds{{$S}})"
_PER_GROUP = "by (kafka_cluster, consumergroup)"


def _roots(severity: str) -> str:
    return f'kdiag_check_root_findings{{$S, severity="{severity}"}}'


FLEET = Board(
    uid="kdiag-fleet",
    title="Kafka fleet",
    description="Every cluster that kdiag watches, and which of them needs a person.",
    variables=(JOB,),
    rows={
        "Is anything broken?": (
            stat(
                "Clusters", "Clusters that exporters watch.", f"count(count {_BY} (kdiag_up{{$S}}))"
            ),
            stat(
                "Unreachable",
                "Clusters of which no snapshot can be taken. From where the exporter runs: "
                "kdiag doctor --bootstrap-server HOST:PORT",
                f"sum(max {_BY} (kdiag_up{{$S}}) == bool 0)",
                steps=ANY,
            ),
            stat(
                "Exporters down",
                "Exporters that Prometheus cannot scrape.",
                "sum(up{$S} == bool 0)",
                steps=SOME,
            ),
            stat(
                "Critical findings",
                "Causes, not symptoms, as of the last diagnosis of each cluster: kdiag doctor",
                f"sum({_roots('critical')})",
                steps=ANY,
            ),
            stat(
                "Warnings",
                "Causes, not symptoms, as of the last diagnosis of each cluster: kdiag doctor",
                f"sum({_roots('warning')})",
                steps=SOME,
            ),
            stat(
                "Partitions offline",
                "Partitions without a leader: neither read nor written.",
                "sum(kdiag_partitions_offline{$S})",
                steps=ANY,
            ),
            stat(
                "Under min ISR",
                "Partitions that refuse acks=all writes.",
                "sum(kdiag_partitions_under_min_isr{$S})",
                steps=ANY,
            ),
            stat(
                "Groups above their limit",
                "Groups further behind than --lag-slo of the exporter allows them.",
                f"sum(max {_PER_GROUP} (kdiag_consumergroup_max_lag_seconds{{$S}}) > bool "
                f"max {_PER_GROUP} (kdiag_consumergroup_lag_slo_seconds{{$S}}))",
                steps=SOME,
                empty="no --lag-slo",
            ),
        ),
        "Clusters": (
            Panel(
                "table",
                "Clusters",
                "One row a cluster; its name leads to its dashboard.",
                (
                    Query(f"max {_BY} (kdiag_up{{$S}})", "Read", words=NO_YES),
                    Query(
                        f"time() - max {_BY} (kdiag_snapshot_timestamp_seconds{{$S}})", "Age", "s"
                    ),
                    Query(f"sum {_BY} ({_roots('critical')})", "Critical", steps=ANY),
                    Query(f"sum {_BY} ({_roots('warning')})", "Warnings", steps=SOME),
                    Query(
                        f'sum {_BY} (kdiag_check_status{{$S, status="unknown"}})', "Unknown checks"
                    ),
                    Query(f"max {_BY} (kdiag_brokers{{$S}})", "Brokers"),
                    Query(f"max {_BY} (kdiag_partitions{{$S}})", "Partitions"),
                    Query(f"max {_BY} (kdiag_partitions_offline{{$S}})", "Offline", steps=ANY),
                    Query(
                        f"max {_BY} (kdiag_partitions_under_min_isr{{$S}})",
                        "Under min ISR",
                        steps=ANY,
                    ),
                    Query(
                        f"max {_BY} (kdiag_partitions_under_replicated{{$S}})",
                        "Under-replicated",
                        steps=SOME,
                    ),
                    Query(_LAG, "Worst lag", "s", steps=((LAG_SECONDS, WARN),)),
                    Query(_USED, "Fullest disk", "percentunit", steps=((DISK_USED_RATIO, BAD),)),
                ),
                width=24,
                height=10,
                labels=("kafka_cluster",),
                sort="Critical",
            ),
        ),
        "Over time": (
            Panel(
                "timeseries",
                "Critical findings",
                "Causes that stand, by cluster.",
                (Query(f"sum {_BY} ({_roots('critical')})", "{{kafka_cluster}}"),),
            ),
            Panel(
                "timeseries",
                "Worst lag",
                "Age of the oldest record that some group has not read, by cluster.",
                (Query(_LAG, "{{kafka_cluster}}"),),
                unit="s",
                steps=((LAG_SECONDS, WARN),),
            ),
            Panel(
                "timeseries",
                "Fullest disk",
                "Share of its fullest volume that is in use, by cluster (Kafka 3.3 and newer).",
                (Query(_USED, "{{kafka_cluster}}"),),
                unit="percentunit",
                steps=((DISK_USED_RATIO, BAD),),
            ),
            Panel(
                "timeseries",
                "Records written",
                "Growth of all end offsets, transaction markers included, by cluster.",
                (
                    Query(
                        f"sum {_BY} (clamp_min(deriv(kdiag_topic_end_offset{{$S}}"
                        "[$__rate_interval]), 0))",
                        "{{kafka_cluster}}",
                    ),
                ),
                unit="cps",
            ),
        ),
    },
)
"""Which cluster?"""
