"""What a Prometheus knows of Kafka: whether anybody scrapes lag, replication and JMX.

Queries: Prometheus' HTTP API, `/api/v1/query`. The names are those of the exporters in use.
"""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from kdiag.errors import KdiagError
from kdiag.sections import Monitoring
from kdiag.snapshot import Missing
from kdiag.sources.missing import missing
from kdiag.sources.prometheus.asking import Asker
from kdiag.sources.prometheus.dialects import series
from kdiag.sources.tables import tables_ready

_GROUP_LABELS = ("consumergroup", "group", "consumer_group", "group_id", "consumerGroup")
_MOST_ROWS = 10_000

SIGNALS: Mapping[str, tuple[str, tuple[str, ...]]] = {
    "lag": (
        "kdiag_consumergroup_.*lag.*|kafka_consumergroup_lag.*|kafka_consumergroup_group_.*lag.*|"
        "kminion_kafka_consumer_group_.*lag|burrow_kafka_consumer_.*lag.*|klag_consumer_lag.*|"
        "kafka_consumer_group_.*lag.*|kafka_consumer_fetch_manager_.*records_lag.*",
        _GROUP_LABELS,
    ),
    "under-replicated partitions": (
        "kdiag_.*under_replicated.*|kafka_topic_partition_under_replicated_partition|"
        "kafka_server_replicamanager_underreplicatedpartitions.*",
        ("instance",),
    ),
    "JMX": (
        "kafka_server_brokertopicmetrics_messagesin.*|kafka_server_BrokerTopicMetrics_.*|"
        "kafka_server_kafkarequesthandlerpool_.*|kafka_network_requestmetrics_.*",
        ("instance",),
    ),
}
"""Signal → metrics that tell it, and the labels that say of whom."""


async def read_monitoring(asker: Asker) -> Monitoring | Missing:
    """Ask which of the signals there are."""
    now, rows = datetime.now(UTC), list[dict[str, Any]]()
    for signal, (names, labels) in SIGNALS.items():
        told = series("", f'__name__=~"{names}"', asker.monitor.selector)
        query = f"topk({_MOST_ROWS}, count by ({', '.join(labels)}) ({told}))"
        try:
            found = [row.labels for row in await asker.query(query)]
        except KdiagError as error:
            return missing(error)
        rows += [{"signal": signal, "of": name} for each in found for name in _of(each, labels)]
        rows += [{"signal": signal}] if found and not any(_of(e, labels) for e in found) else []
    await tables_ready()
    return Monitoring.from_rows(rows, read_at=now)


def _of(metric: Mapping[str, Any], labels: tuple[str, ...]) -> list[str]:
    return [str(metric[label]) for label in labels if metric.get(label)]
