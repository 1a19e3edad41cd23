"""The exporter itself: what it costs, and what it could not read."""

from kdiag.monitoring.dashboards.panel import (
    ANY,
    EXPORTER_UID,
    JOB,
    NO_YES,
    SOME,
    WARN,
    Board,
    Panel,
    Query,
    Variable,
    stat,
)
from kdiag.monitoring.limits import STALE_INTERVALS, STALE_SECONDS

_BY = "by (kafka_cluster)"
_LATE = (
    f"sum(time() - max {_BY} (kdiag_snapshot_timestamp_seconds{{$S}}) > bool "
    f"{STALE_INTERVALS} * max {_BY} (kdiag_snapshot_interval_seconds{{$S}}) + {STALE_SECONDS})"
)
_MINUTE = "[$__rate_interval])) * 60"

EXPORTER = Board(
    uid=EXPORTER_UID,
    title="kdiag exporter",
    description="What the exporter costs the clusters and its host, and what it could not read.",
    variables=(
        JOB,
        Variable("instance", "Instance", "label_values(kdiag_up{$S}, instance)", is_multi=True),
    ),
    rows={
        "Does it see?": (
            stat("Exporters", "That answer Prometheus.", "sum(up{$S})"),
            stat("Down", "Those that do not.", "sum(up{$S} == bool 0)", steps=ANY),
            stat(
                "Clusters read",
                "Of which the last snapshot could be taken.",
                f"sum(max {_BY} (kdiag_up{{$S}}))",
            ),
            stat(
                "Old snapshots",
                f"Clusters whose metrics are older than {STALE_INTERVALS} intervals and "
                f"{STALE_SECONDS} s.",
                _LATE,
                steps=SOME,
            ),
            stat(
                "Parts not read",
                "Kinds of request that did not get their whole answer: a missing grant, or a "
                "broker that does not answer. kdiag doctor --only missing-permission",
                "sum(kdiag_collector_success{$S} == bool 0)",
                steps=SOME,
            ),
            stat(
                "Series left out",
                "Series above --max-series, in the time shown.",
                "sum(increase(kdiag_series_dropped_total{$S}[$__range]))",
                steps=SOME,
            ),
            stat("Series", "That Prometheus takes from it.", "sum(scrape_samples_scraped{$S})"),
            stat(
                "Memory",
                "Of the largest process.",
                "max(process_resident_memory_bytes{$S})",
                unit="bytes",
            ),
        ),
        "What it costs the cluster": (
            Panel(
                "timeseries",
                "Requests a minute",
                "By API; none of them writes.",
                (Query(f"sum by (api) (rate(kdiag_requests_total{{$S}}{_MINUTE}", "{{api}}"),),
            ),
            Panel(
                "timeseries",
                "Time of a snapshot",
                "How long the last one took, by cluster, and the last diagnosis.",
                (
                    Query(
                        f"max {_BY} (kdiag_snapshot_duration_seconds{{$S}})", "{{kafka_cluster}}"
                    ),
                    Query(
                        f"max {_BY} (kdiag_diagnosis_duration_seconds{{$S}})",
                        "diagnosis of {{kafka_cluster}}",
                    ),
                ),
                unit="s",
            ),
        ),
        "What it costs its host": (
            Panel(
                "timeseries",
                "CPU seconds a minute",
                "Of each process.",
                (
                    Query(
                        f"sum by (instance) (rate(process_cpu_seconds_total{{$S}}{_MINUTE}",
                        "{{instance}}",
                    ),
                ),
                unit="s",
                width=8,
            ),
            Panel(
                "timeseries",
                "Memory",
                "Resident, of each process.",
                (Query("process_resident_memory_bytes{$S}", "{{instance}}"),),
                unit="bytes",
                width=8,
            ),
            Panel(
                "timeseries",
                "Time of a scrape",
                "As Prometheus measures it.",
                (Query("scrape_duration_seconds{$S}", "{{instance}}"),),
                unit="s",
                steps=((10, WARN),),
                width=8,
            ),
        ),
        "Parts": (
            Panel(
                "table",
                "Clusters and parts",
                "What was read, whether in whole, and how long it took.",
                (
                    Query(
                        "min by (kafka_cluster, collector) (kdiag_collector_success{$S})",
                        "Whole",
                        words=NO_YES,
                    ),
                    Query(
                        "max by (kafka_cluster, collector) (kdiag_collector_seconds{$S})",
                        "Time",
                        "s",
                    ),
                ),
                labels=("kafka_cluster", "collector"),
                sort="Time",
                height=10,
            ),
            Panel(
                "timeseries",
                "Snapshots",
                "Taken, failed, and skipped since the one before took too long, a minute.",
                (
                    Query(
                        "sum by (kafka_cluster, outcome) "
                        f"(rate(kdiag_snapshots_total{{$S}}{_MINUTE}",
                        "{{kafka_cluster}}: {{outcome}}",
                    ),
                ),
                height=10,
            ),
        ),
    },
)
"""Does it see, and at what cost?"""
