"""One cluster: what is wrong with it, and with which of its parts."""

from kdiag.monitoring.dashboards.cluster_parts import BROKERS, GROUPS, REPLICATION, TOPICS
from kdiag.monitoring.dashboards.panel import (
    ANY,
    CLUSTER_UID,
    JOB,
    KAFKA_CLUSTER,
    NO_YES,
    SOME,
    WARN,
    Board,
    Panel,
    Query,
    stat,
)
from kdiag.monitoring.limits import STALE_SECONDS

_NOW = (
    stat(
        "Read",
        "Whether the last snapshot could be taken. From where the exporter runs: kdiag doctor "
        "--bootstrap-server HOST:PORT",
        "max(kdiag_up{$S})",
        words=NO_YES,
    ),
    stat(
        "Age",
        "How old the last snapshot is; everything here is from it.",
        "time() - max(kdiag_snapshot_timestamp_seconds{$S})",
        unit="s",
        steps=((STALE_SECONDS * 2.5, WARN),),
    ),
    stat(
        "Critical findings",
        "Causes, not symptoms, as of the last diagnosis: kdiag doctor",
        'sum(kdiag_check_root_findings{$S, severity="critical"})',
        steps=ANY,
    ),
    stat(
        "Warnings",
        "Causes, not symptoms, as of the last diagnosis: kdiag doctor",
        'sum(kdiag_check_root_findings{$S, severity="warning"})',
        steps=SOME,
    ),
    stat(
        "Brokers missing",
        "Brokers that hold replicas and are not registered, or fenced. kdiag doctor --only "
        "broker-down",
        "sum((max by (broker) (kdiag_broker_registered{$S}) == bool 0) + "
        "max by (broker) (kdiag_broker_fenced{$S}))",
        steps=ANY,
    ),
    stat(
        "Partitions offline",
        "Partitions without a leader: neither read nor written. kdiag doctor --only "
        "offline-partition",
        "max(kdiag_partitions_offline{$S})",
        steps=ANY,
    ),
    stat(
        "Under min ISR",
        "Partitions that refuse acks=all writes. kdiag doctor --only under-min-isr",
        "max(kdiag_partitions_under_min_isr{$S})",
        steps=ANY,
    ),
    stat(
        "Unknown checks",
        "Checks that lack a grant, JMX, a broker: kdiag doctor says what each of them needs.",
        'sum(kdiag_check_status{$S, status="unknown"})',
    ),
)
_WRONG = (
    Panel(
        "table",
        "What is wrong",
        "Causes that stand, as of the last diagnosis. kdiag doctor --only CHECK tells object, "
        "time, cause and what to type.",
        (
            Query(
                "sum by (check, severity) (kdiag_check_root_findings{$S, "
                'severity=~"critical|warning"}) > 0',
                "Findings",
            ),
        ),
        labels=("severity", "check"),
        sort="Findings",
        empty="nothing, as far as was seen",
        none_while="well",
    ),
    Panel(
        "table",
        "Alerts",
        "Alerts about this cluster that fire or wait.",
        (
            Query(
                "count by (alertname, alertstate, severity, check) "
                '(ALERTS{kafka_cluster=~"$kafka_cluster"})',
                "Number",
            ),
        ),
        labels=("severity", "alertname", "alertstate", "check"),
        sort="Number",
        empty="none",
        none_while="well",
    ),
)
CLUSTER = Board(
    uid=CLUSTER_UID,
    title="Kafka cluster",
    description="What is wrong with one cluster, and with which of its parts.",
    variables=(JOB, KAFKA_CLUSTER),
    rows={
        "Is it broken?": _NOW,
        "What is wrong": _WRONG,
        "Replication": REPLICATION,
        "Consumer groups": GROUPS,
        "Brokers": BROKERS,
        "Topics": TOPICS,
    },
    marks='max by (check) (kdiag_check_root_findings{$S, severity="critical"}) > 0',
)
"""What is wrong with it?"""
