"""The alerts: what fires, after how long, and what a person reads then.

Expressions read the exporter's own metrics. Each alert leads to a page: that of the check that
tells more of it, or one about kdiag itself. None of them compares what may be absent with 0 and
believes the answer: kdiag_up and the age of the snapshot say whether there is anything to compare.
"""

from dataclasses import dataclass
from typing import Literal

from kdiag.monitoring.limits import (
    AUDIT_PERIODS,
    DISK_FREE_FAST_RATIO,
    DISK_FREE_SLOW_RATIO,
    FLUSH_SECONDS,
    LAG_SECONDS,
    NOT_PREFERRED_RATIO,
    SINK_SECONDS,
    SLOT_BEHIND_BYTES,
    SLOT_UNREAD_BYTES,
    STALE_INTERVALS,
    STALE_SECONDS,
    VOTER_SECONDS,
)

Severity = Literal["critical", "warning", "info"]


@dataclass(frozen=True)
class Alert:
    """One alert. expr: PromQL. wait, keep: how long it must hold, and goes on after that.

    page: name of its runbook. check: id of the check that tells more; "" where the series names
    it, None for an alert about kdiag itself. summary: without values; description: with them.
    """

    name: str
    expr: str
    wait: str
    severity: Severity
    page: str
    check: str | None
    summary: str
    description: str
    keep: str = ""


_SPECIAL = "|".join(
    (
        "at-min-isr",
        "broker-down",
        "disk-usage-high",
        "leader-imbalance",
        "log-dir-offline",
        "offline-partition",
        "under-min-isr",
        "under-replicated",
        "voter-lagging",
    )
)
"""Checks that have an alert of their own, which sees the fault within one interval."""

_GROUP = "(kafka_cluster, consumergroup)"
_FREE = "kdiag_broker_log_dir_usable_bytes / kdiag_broker_log_dir_total_bytes"
_REBALANCING = "PreparingRebalance|CompletingRebalance|Assigning|Reconciling"


ALERTS: tuple[Alert, ...] = (
    Alert(
        name="KdiagDown",
        expr='up{job=~".*kdiag.*"} == 0',
        wait="5m",
        severity="warning",
        page="kdiag-down",
        check=None,
        summary="The kdiag exporter does not answer.",
        description="Prometheus cannot scrape {{ $labels.instance }}: no alert about the clusters "
        "that it watches can fire.",
    ),
    Alert(
        name="KdiagKafkaUnreachable",
        expr="kdiag_up == 0",
        wait="3m",
        severity="critical",
        page="kdiag-kafka-unreachable",
        check=None,
        summary="kdiag cannot read the cluster.",
        description="No snapshot of {{ $labels.kafka_cluster }} can be taken. From where the "
        "exporter runs: kdiag doctor --bootstrap-server HOST:PORT names the hop that fails.",
    ),
    Alert(
        name="KdiagSnapshotStale",
        expr="time() - kdiag_snapshot_timestamp_seconds > "
        f"{STALE_INTERVALS} * kdiag_snapshot_interval_seconds + {STALE_SECONDS}",
        wait="2m",
        severity="warning",
        page="kdiag-snapshot-stale",
        check=None,
        summary="The metrics of the cluster are old.",
        description="The last snapshot of {{ $labels.kafka_cluster }} is "
        "{{ $value | humanizeDuration }} old.",
    ),
    Alert(
        name="KdiagCollectorFailing",
        expr="kdiag_collector_success == 0",
        wait="15m",
        severity="warning",
        page="kdiag-collector-failing",
        check="missing-permission",
        summary="A part of the cluster cannot be read.",
        description="{{ $labels.collector }} of {{ $labels.kafka_cluster }} is not read in whole: "
        "a missing grant, or a broker that does not answer. The exporter's first page and kdiag "
        "doctor --only missing-permission name it.",
    ),
    Alert(
        name="KdiagCheckUnknown",
        expr='max by (kafka_cluster, check) (kdiag_check_status{status="unknown"}) == 1 and '
        "max by (kafka_cluster, check) "
        '(max_over_time(kdiag_check_status{status=~"ok|problem"}[1d])) == 1',
        wait="30m",
        severity="warning",
        page="kdiag-check-unknown",
        check="",
        summary="A check that was evaluated today is not any more.",
        description="{{ $labels.check }} of {{ $labels.kafka_cluster }} turned unknown: what it "
        "found before may still be there. kdiag doctor --only {{ $labels.check }} says what it "
        "lacks.",
    ),
    Alert(
        name="KdiagSeriesCapped",
        expr="increase(kdiag_series_dropped_total[1h]) > 0",
        wait="15m",
        severity="info",
        page="kdiag-series-capped",
        check=None,
        summary="Metrics of the cluster are left out.",
        description="{{ $labels.kafka_cluster }} has more series than --max-series allows; the "
        "finest metrics are missing.",
    ),
    Alert(
        name="KdiagAuditOverdue",
        expr="time() - kdiag_audit_last_success_timestamp_seconds > "
        f"{AUDIT_PERIODS} * kdiag_audit_period_seconds",
        wait="5m",
        severity="warning",
        page="kdiag-audit-overdue",
        check=None,
        summary="The audit of the cluster has not succeeded for too long.",
        description="The last audit of {{ $labels.kafka_cluster }} that succeeded is "
        "{{ $value | humanizeDuration }} old. The log of the job that runs kdiag audit says why.",
    ),
    Alert(
        name="KafkaPartitionsOffline",
        expr="kdiag_partitions_offline > 0",
        wait="1m",
        keep="5m",
        severity="critical",
        page="offline-partition",
        check="offline-partition",
        summary="Partitions have no leader.",
        description="{{ $value | humanize }} partitions of {{ $labels.kafka_cluster }} can be "
        "neither read nor written. kdiag doctor --only offline-partition,broker-down",
    ),
    Alert(
        name="KafkaPartitionsUnderMinIsr",
        expr="kdiag_partitions_under_min_isr > 0",
        wait="2m",
        keep="5m",
        severity="critical",
        page="under-min-isr",
        check="under-min-isr",
        summary="Partitions refuse acks=all writes.",
        description="{{ $value | humanize }} partitions of {{ $labels.kafka_cluster }} have fewer "
        "in-sync replicas than min.insync.replicas. kdiag doctor --only under-min-isr,broker-down",
    ),
    Alert(
        name="KafkaPartitionsAtMinIsr",
        expr="kdiag_partitions_at_min_isr > 0",
        wait="30m",
        severity="warning",
        page="at-min-isr",
        check="at-min-isr",
        summary="One more failure stops acks=all writes.",
        description="{{ $value | humanize }} partitions of {{ $labels.kafka_cluster }} lack a "
        "replica and have just as many in sync as min.insync.replicas asks for. kdiag doctor "
        "--only at-min-isr,broker-down",
    ),
    Alert(
        name="KafkaPartitionsUnderReplicated",
        expr="kdiag_partitions_under_replicated > 0",
        wait="15m",
        keep="5m",
        severity="warning",
        page="under-replicated",
        check="under-replicated",
        summary="Partitions have fewer copies in sync than they should.",
        description="{{ $value | humanize }} partitions of {{ $labels.kafka_cluster }} lack an "
        "in-sync replica. kdiag doctor --only replication",
    ),
    Alert(
        name="KafkaControllerMissing",
        expr="kdiag_quorum_has_leader == 0",
        wait="1m",
        keep="5m",
        severity="critical",
        page="quorum-at-majority",
        check="quorum-at-majority",
        summary="The KRaft quorum has no leader.",
        description="No controller of {{ $labels.kafka_cluster }} leads: no leader can be elected, "
        "no topic changed. kdiag doctor --only quorum-at-majority,voter-lagging",
    ),
    Alert(
        name="KafkaQuorumVoterLagging",
        expr="max by (kafka_cluster) (kdiag_snapshot_timestamp_seconds) - "
        "on (kafka_cluster) group_right () max by (kafka_cluster, voter) "
        f"(kdiag_quorum_voter_caught_up_timestamp_seconds) > {VOTER_SECONDS}",
        wait="5m",
        severity="warning",
        page="voter-lagging",
        check="voter-lagging",
        summary="A voter of the KRaft quorum is behind.",
        description="Voter {{ $labels.voter }} of {{ $labels.kafka_cluster }} was caught up "
        "{{ $value | humanizeDuration }} before the last snapshot. kdiag doctor --only "
        "voter-lagging",
    ),
    Alert(
        name="KafkaBrokerMissing",
        expr="kdiag_broker_registered == 0 or kdiag_broker_fenced == 1",
        wait="5m",
        severity="warning",
        page="broker-down",
        check="broker-down",
        summary="A broker that holds replicas does not serve.",
        description="Broker {{ $labels.broker }} of {{ $labels.kafka_cluster }} is not registered, "
        "or fenced. kdiag doctor --only broker-down",
    ),
    Alert(
        name="KafkaLogDirOffline",
        expr="kdiag_broker_log_dir_offline == 1",
        wait="1m",
        keep="5m",
        severity="critical",
        page="log-dir-offline",
        check="log-dir-offline",
        summary="A broker has given up a log directory.",
        description="{{ $labels.dir }} of broker {{ $labels.broker }} of "
        "{{ $labels.kafka_cluster }} is offline, with all replicas in it. kdiag doctor --only "
        "log-dir-offline",
    ),
    Alert(
        name="KafkaDiskFillingSlow",
        expr="predict_linear(kdiag_broker_log_dir_usable_bytes[6h], 86400) < 0 and "
        f"{_FREE} < {DISK_FREE_SLOW_RATIO}",
        wait="1h",
        severity="warning",
        page="disk-usage-high",
        check="disk-usage-high",
        summary="A volume will be full within a day.",
        description="{{ $labels.dir }} of broker {{ $labels.broker }} of "
        "{{ $labels.kafka_cluster }} is full within a day at the rate of the last six hours. "
        "kdiag doctor --only disk",
    ),
    Alert(
        name="KafkaDiskFillingFast",
        expr="predict_linear(kdiag_broker_log_dir_usable_bytes[1h], 14400) < 0 and "
        f"{_FREE} < {DISK_FREE_FAST_RATIO}",
        wait="15m",
        severity="critical",
        page="disk-usage-high",
        check="disk-usage-high",
        summary="A volume will be full within four hours.",
        description="{{ $labels.dir }} of broker {{ $labels.broker }} of "
        "{{ $labels.kafka_cluster }} is full within four hours at the rate of the last one. "
        "kdiag doctor --only disk",
    ),
    Alert(
        name="KafkaReassignmentStuck",
        expr="min_over_time(kdiag_partitions_reassigning[6h]) > 0 and "
        "count_over_time(kdiag_partitions_reassigning[6h]) > 60 and "
        "kdiag_partitions_reassigning >= kdiag_partitions_reassigning offset 3h",
        wait="30m",
        severity="warning",
        page="under-replicated",
        check="under-replicated",
        summary="A reassignment does not come to its end.",
        description="At least {{ $value | humanize }} partitions of {{ $labels.kafka_cluster }} "
        "have been in reassignment for six hours, and they do not get fewer. "
        "kafka-reassign-partitions.sh --list",
    ),
    Alert(
        name="KafkaLeadershipImbalanced",
        expr=f"kdiag_partitions_not_preferred / kdiag_partitions > {NOT_PREFERRED_RATIO}",
        wait="1h",
        severity="info",
        page="leader-imbalance",
        check="leader-imbalance",
        summary="Many partitions are not led by their preferred replica.",
        description="{{ $value | humanizePercentage }} of the partitions of "
        "{{ $labels.kafka_cluster }}. kdiag doctor --only leader-imbalance",
    ),
    Alert(
        name="KafkaConsumerLagAboveSlo",
        expr=f"max by {_GROUP} (kdiag_consumergroup_max_lag_seconds) > "
        f"max by {_GROUP} (kdiag_consumergroup_lag_slo_seconds)",
        wait="10m",
        keep="5m",
        severity="warning",
        page="slow-consumer",
        check="slow-consumer",
        summary="A group is further behind than it may be.",
        description="The oldest record that {{ $labels.consumergroup }} of "
        "{{ $labels.kafka_cluster }} has not read is {{ $value | humanizeDuration }} old. "
        'kdiag lag "{{ $labels.consumergroup }}" says why.',
    ),
    Alert(
        name="KafkaConsumerStalled",
        expr="count by (kafka_cluster, consumergroup, topic) ("
        "(min_over_time(kdiag_consumergroup_lag_records[10m]) > 0) and "
        "(changes(kdiag_consumergroup_committed_offset[10m]) == 0) and "
        "(count_over_time(kdiag_consumergroup_committed_offset[10m]) >= 8) and "
        "on (kafka_cluster, topic, partition) "
        "(delta(kdiag_topic_partition_log_end_offset[10m]) > 0)) and "
        "on (kafka_cluster, consumergroup) (kdiag_consumergroup_members > 0)",
        wait="5m",
        severity="warning",
        page="stuck-consumer",
        check="stuck-consumer",
        summary="A group with members makes no progress.",
        description="{{ $labels.consumergroup }} has not moved on {{ $value | humanize }} "
        "partitions of {{ $labels.topic }} that are written to. kdiag group "
        "{{ $labels.consumergroup }}",
    ),
    Alert(
        name="KafkaConsumerGroupGone",
        expr="kdiag_consumergroup_members == 0 and "
        "max_over_time(kdiag_consumergroup_members[1d]) > 0 and "
        "on (kafka_cluster, consumergroup) kdiag_consumergroup_sum_lag_records > 0",
        wait="15m",
        severity="warning",
        page="group-dead",
        check="group-dead",
        summary="A group lost all its members, and records wait.",
        description="{{ $labels.consumergroup }} of {{ $labels.kafka_cluster }} had members within "
        "the last day. kdiag group {{ $labels.consumergroup }}",
    ),
    Alert(
        name="KafkaConsumerFallingBehind",
        expr="deriv(kdiag_consumergroup_max_lag_seconds[30m]) > 0.5 and "
        f"kdiag_consumergroup_max_lag_seconds > {LAG_SECONDS} unless "
        "on (kafka_cluster, consumergroup) "
        f"time() - kdiag_connect_sink_last_commit_timestamp_seconds > {FLUSH_SECONDS}",
        wait="30m",
        severity="warning",
        page="lag-growing",
        check="lag-growing",
        summary="A group falls behind.",
        description="The lag of {{ $labels.consumergroup }} grows by {{ $value | humanize }} "
        'seconds each second. kdiag lag "{{ $labels.consumergroup }}" says why.',
    ),
    Alert(
        name="KafkaConsumerDataLost",
        expr="delta(kdiag_consumergroup_lost_records[15m]) > 0 and "
        "on (kafka_cluster, consumergroup) kdiag_consumergroup_members > 0",
        wait="0m",
        keep="1h",
        severity="critical",
        page="records-lost-unread",
        check="records-lost-unread",
        summary="Retention deletes records that a group has not read.",
        description="{{ $labels.consumergroup }} of {{ $labels.kafka_cluster }} lost "
        "{{ $value | humanize }} more records within 15 minutes. kdiag doctor --only "
        "records-lost-unread,lag-overtakes-retention",
    ),
    Alert(
        name="KafkaConsumerRebalancing",
        expr="avg_over_time(sum by (kafka_cluster, consumergroup) "
        f'(kdiag_consumergroup_state{{state=~"{_REBALANCING}"}})[15m:30s]) '
        "> 0.5",
        wait="5m",
        severity="warning",
        page="rebalance-storm",
        check="rebalance-storm",
        summary="A group rebalances most of the time.",
        description="{{ $labels.consumergroup }} of {{ $labels.kafka_cluster }} was rebalancing in "
        "{{ $value | humanizePercentage }} of the last 15 minutes. kdiag group "
        "{{ $labels.consumergroup }}",
    ),
    Alert(
        name="KafkaProbeFailing",
        expr="kdiag_probe_up == 0",
        wait="5m",
        keep="5m",
        severity="critical",
        page="kdiag-probe-failing",
        check="broker-down",
        summary="Records do not get through a broker.",
        description="The probe of {{ $labels.kafka_cluster }} cannot write through broker "
        "{{ $labels.broker }}, or not read back what it wrote. kdiag doctor --only "
        "broker-down,under-min-isr; kdiag probe --allow-writes names the error.",
    ),
    Alert(
        name="KafkaProbeRecordsLost",
        expr="increase(kdiag_probe_records_lost_total[15m]) > 0",
        wait="0m",
        keep="1h",
        severity="critical",
        page="kdiag-probe-records-lost",
        check="unclean-election-happened",
        summary="Records that were acknowledged are gone.",
        description="{{ $value | humanize }} records that broker {{ $labels.broker }} of "
        "{{ $labels.kafka_cluster }} acknowledged within 15 minutes were not there when later ones "
        "were read. kdiag doctor --only unclean-election-happened,under-replicated",
    ),
    Alert(
        name="KafkaProbeSilent",
        expr="kdiag_probe_active == 0",
        wait="15m",
        severity="warning",
        page="kdiag-probe-failing",
        check=None,
        summary="The probe writes nothing.",
        description="The probe of {{ $labels.kafka_cluster }} has no topic to write to; the "
        "exporter's first page says what it lacks.",
    ),
    Alert(
        name="KafkaConnectorFailed",
        expr="sum by (kafka_cluster, connect_cluster, connector) "
        '(kdiag_connect_connector_tasks{state="FAILED"}) > 0 or '
        'kdiag_connect_connector_state{state="FAILED"} == 1',
        wait="3m",
        keep="5m",
        severity="critical",
        page="connector-failed",
        check="connector-failed",
        summary="A connector has failed, or tasks of it.",
        description="Connector {{ $labels.connector }} of {{ $labels.kafka_cluster }} has failed "
        "tasks, which nobody starts again. kdiag doctor --only connector-failed --connect "
        "{{ $labels.connect_cluster }}",
    ),
    Alert(
        name="KafkaConnectWorkerDown",
        expr="kdiag_connect_worker_up == 0",
        wait="10m",
        severity="warning",
        page="connector-failed",
        check="connector-failed",
        summary="A worker of Kafka Connect does not answer.",
        description="Worker {{ $labels.worker }} of {{ $labels.kafka_cluster }} does not answer; "
        "its tasks move to others, or stand.",
    ),
    Alert(
        name="KafkaSinkNotCommitting",
        expr=f"time() - kdiag_connect_sink_last_commit_timestamp_seconds > {SINK_SECONDS} and "
        f"on (kafka_cluster, consumergroup) kdiag_consumergroup_max_lag_seconds > {SINK_SECONDS} "
        "unless on (kafka_cluster, connect_cluster, connector) "
        'kdiag_connect_connector_state{state=~"PAUSED|STOPPED"} == 1',
        wait="15m",
        severity="warning",
        page="stuck-consumer",
        check="stuck-consumer",
        summary="A sink commits nothing, and records wait.",
        description="{{ $labels.connector }} of {{ $labels.kafka_cluster }} last committed "
        "{{ $value | humanizeDuration }} ago, and records have waited as long. kdiag group "
        "{{ $labels.consumergroup }}",
    ),
    Alert(
        name="KafkaKsqldbServerDown",
        expr="kdiag_ksqldb_server_up == 0",
        wait="10m",
        severity="warning",
        page="ksqldb-query-error",
        check="ksqldb-query-error",
        summary="A server of ksqlDB does not tell its queries.",
        description="{{ $labels.server }}, beside {{ $labels.kafka_cluster }}, cannot be read: "
        "whether its queries fail is not known. kdiag doctor --only ksqldb-query-error says why.",
    ),
    Alert(
        name="KafkaReplicationSlotLost",
        expr="kdiag_postgres_slot_lost == 1",
        wait="1m",
        severity="critical",
        page="replication-slot-growth",
        check="replication-slot-growth",
        summary="A database has given up a replication slot.",
        description="Slot {{ $labels.slot }} of {{ $labels.endpoint }}, beside "
        "{{ $labels.kafka_cluster }}: its reader cannot go on where it stopped, and changes are "
        "missing. kdiag doctor --only replication-slot-growth",
    ),
    Alert(
        name="KafkaReplicationSlotUnread",
        expr="kdiag_postgres_slot_active == 0 and "
        f"kdiag_postgres_slot_kept_bytes > {SLOT_UNREAD_BYTES}",
        wait="10m",
        severity="critical",
        page="replication-slot-growth",
        check="replication-slot-growth",
        summary="Nobody reads a replication slot, and its database keeps WAL for it.",
        description="Slot {{ $labels.slot }} of {{ $labels.endpoint }}, beside "
        "{{ $labels.kafka_cluster }}: the disk of the database fills. kdiag doctor --only "
        "replication-slot-growth",
    ),
    Alert(
        name="KafkaReplicationSlotBehind",
        expr=f"kdiag_postgres_slot_behind_bytes > {SLOT_BEHIND_BYTES} and "
        "deriv(kdiag_postgres_slot_behind_bytes[30m]) >= 0 and kdiag_postgres_slot_active == 1",
        wait="15m",
        severity="warning",
        page="replication-slot-growth",
        check="replication-slot-growth",
        summary="The reader of a replication slot is far behind, and does not catch up.",
        description="Slot {{ $labels.slot }} of {{ $labels.endpoint }}, beside "
        "{{ $labels.kafka_cluster }}, is {{ $value | humanize1024 }}B behind. kdiag doctor --only "
        "replication-slot-growth",
    ),
    Alert(
        name="KafkaPostgresDown",
        expr="kdiag_postgres_up == 0",
        wait="10m",
        severity="warning",
        page="replication-slot-growth",
        check="replication-slot-growth",
        summary="A database does not tell its replication slots.",
        description="{{ $labels.endpoint }}, beside {{ $labels.kafka_cluster }}, cannot be read: "
        "whether a slot fills its disk is not known. kdiag doctor --only replication-slot-growth "
        "says why.",
    ),
    Alert(
        name="KafkaCriticalFinding",
        expr='kdiag_check_root_findings{severity="critical", '
        f'check!~"{_SPECIAL}|connector-failed|replication-slot-growth"}} > 0',
        wait="6m",
        keep="15m",
        severity="critical",
        page="{{ $labels.check }}",
        check="",
        summary="A check has critical findings, and not for a moment only.",
        description="{{ $labels.check }} has {{ $value | humanize }} critical findings on "
        "{{ $labels.kafka_cluster }}, in two diagnoses. kdiag doctor --only {{ $labels.check }}",
    ),
    Alert(
        name="KafkaWarningFinding",
        expr=f'kdiag_check_root_findings{{severity="warning", check!~"{_SPECIAL}"}} > 0',
        wait="30m",
        keep="15m",
        severity="warning",
        page="{{ $labels.check }}",
        check="",
        summary="A check has had findings for half an hour.",
        description="{{ $labels.check }} has {{ $value | humanize }} findings on "
        "{{ $labels.kafka_cluster }}. kdiag doctor --only {{ $labels.check }}",
    ),
)
"""All alerts, those about kdiag itself first."""
