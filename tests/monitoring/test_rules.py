"""The alert rules, as Prometheus' own tool evaluates them.

Each alert: silent a minute before its time, firing then, gone when its series vanish. None of them
fires on a healthy cluster with its noise, while brokers are restarted one after the other, or while
the exporter is away for ten minutes.
"""

import json
import re
import subprocess
from pathlib import Path

import pytest
import yaml

from kdiag.monitoring.alerts import ALERTS
from kdiag.monitoring.rules import resource, rules
from kdiag.registry import load_checks
from kdiag.runbook import read_runbook
from tests.live.prometheus import binary

ROOT = Path(__file__).resolve().parent.parent.parent
CHECKS = {check.id for check in load_checks().checks}
C = 'kafka_cluster="prod"'
G = f'{C},consumergroup="app"'
P = f'{G},topic="orders",partition="0"'
D = f'{C},broker="1",dir="/data"'
K = 'connect_cluster="http://w:8083",connector="s3"'
S = 'consumergroup="connect-s3"'
L = 'endpoint="postgresql://d:5432/s",slot="shop"'
COMMIT = "kdiag_connect_sink_last_commit_timestamp_seconds"
BEFORE, AFTER = 60, 90  # minutes: healthy, and series are gone
SOON, LATE = 100, 600  # minutes for which it is broken; longer for what takes hours to see

FIRING = {
    "KdiagDown": ({'up{job="kdiag",instance="a:1"}': "1 0"}, 5),
    "KdiagKafkaUnreachable": ({f"kdiag_up{{{C}}}": "1 0"}, 3),
    "KdiagSnapshotStale": (
        {
            f"kdiag_snapshot_timestamp_seconds{{{C}}}": ("0+60", "3540+0"),
            f"kdiag_snapshot_interval_seconds{{{C}}}": "30 30",
        },
        5,
    ),
    "KdiagCollectorFailing": (
        {f'kdiag_collector_success{{{C},collector="log_dirs"}}': "1 0"},
        15,
    ),
    "KdiagCheckUnknown": (
        {
            f'kdiag_check_status{{{C},check="group-dead",status="ok"}}': "1 0",
            f'kdiag_check_status{{{C},check="group-dead",status="unknown"}}': "0 1",
        },
        30,
    ),
    "KdiagSeriesCapped": (
        {f'kdiag_series_dropped_total{{{C},reason="max_series"}}': ("0+0", "10+10")},
        16,
    ),
    "KdiagAuditOverdue": (
        {
            f"kdiag_audit_last_success_timestamp_seconds{{{C}}}": ("0+60", "3540+0"),
            f"kdiag_audit_period_seconds{{{C}}}": "600 600",
        },
        30,
    ),
    "KafkaPartitionsOffline": ({f"kdiag_partitions_offline{{{C}}}": "0 3"}, 1),
    "KafkaPartitionsUnderMinIsr": ({f"kdiag_partitions_under_min_isr{{{C}}}": "0 3"}, 2),
    "KafkaPartitionsAtMinIsr": ({f"kdiag_partitions_at_min_isr{{{C}}}": "0 3"}, 30),
    "KafkaPartitionsUnderReplicated": ({f"kdiag_partitions_under_replicated{{{C}}}": "0 3"}, 15),
    "KafkaControllerMissing": ({f"kdiag_quorum_has_leader{{{C}}}": "1 0"}, 1),
    "KafkaQuorumVoterLagging": (
        {
            f"kdiag_snapshot_timestamp_seconds{{{C}}}": ("0+60", "3600+60"),
            f'kdiag_quorum_voter_caught_up_timestamp_seconds{{{C},voter="2"}}': (
                "0+60",
                "3540+0",
            ),
        },
        5,
    ),
    "KafkaBrokerMissing": ({f'kdiag_broker_registered{{{C},broker="2"}}': "1 0"}, 5),
    "KafkaLogDirOffline": ({f"kdiag_broker_log_dir_offline{{{D}}}": "0 1"}, 1),
    "KafkaDiskFillingSlow": (
        {
            f"kdiag_broker_log_dir_usable_bytes{{{D}}}": ("300+0", "300-0.2"),
            f"kdiag_broker_log_dir_total_bytes{{{D}}}": "1000 1000",
        },
        None,
    ),
    "KafkaDiskFillingFast": (
        {
            f"kdiag_broker_log_dir_usable_bytes{{{D}}}": ("150+0", "150-1"),
            f"kdiag_broker_log_dir_total_bytes{{{D}}}": "1000 1000",
        },
        None,
    ),
    "KafkaReassignmentStuck": ({f"kdiag_partitions_reassigning{{{C}}}": "0 7"}, 391),
    "KafkaLeadershipImbalanced": (
        {f"kdiag_partitions_not_preferred{{{C}}}": "0 30", f"kdiag_partitions{{{C}}}": "99 99"},
        60,
    ),
    "KafkaConsumerLagAboveSlo": (
        {
            f"kdiag_consumergroup_max_lag_seconds{{{G}}}": "5 90",
            f"kdiag_consumergroup_lag_slo_seconds{{{G}}}": "60 60",
        },
        10,
    ),
    "KafkaConsumerStalled": (
        {
            f"kdiag_consumergroup_lag_records{{{P}}}": ("5+0", "100+60"),
            f"kdiag_consumergroup_committed_offset{{{P}}}": ("0+60", "3600+0"),
            f'kdiag_topic_partition_log_end_offset{{{C},topic="orders",partition="0"}}': (
                "5+60",
                "3700+60",
            ),
            f"kdiag_consumergroup_members{{{G}}}": "2 2",
        },
        15,
    ),
    "KafkaConsumerGroupGone": (
        {
            f"kdiag_consumergroup_members{{{G}}}": "2 0",
            f"kdiag_consumergroup_sum_lag_records{{{G}}}": "5 500",
        },
        15,
    ),
    "KafkaConsumerFallingBehind": (
        {f"kdiag_consumergroup_max_lag_seconds{{{G}}}": ("5+0", "5+54")},
        None,
    ),
    "KafkaConsumerDataLost": (
        {
            f"kdiag_consumergroup_lost_records{{{G}}}": ("0+0", "10+10"),
            f"kdiag_consumergroup_members{{{G}}}": "2 2",
        },
        1,
    ),
    "KafkaConsumerRebalancing": (
        {
            f'kdiag_consumergroup_state{{{G},state="Stable"}}': "1 0",
            f'kdiag_consumergroup_state{{{G},state="PreparingRebalance"}}': ("0 1"),
        },
        14,
    ),
    "KafkaProbeFailing": ({f'kdiag_probe_up{{{C},broker="2"}}': "1 0"}, 5),
    "KafkaProbeRecordsLost": (
        {f'kdiag_probe_records_lost_total{{{C},broker="2"}}': ("0+0", "3+3")},
        1,
    ),
    "KafkaProbeSilent": ({f"kdiag_probe_active{{{C}}}": "1 0"}, 15),
    "KafkaConnectorFailed": (
        {
            f'kdiag_connect_connector_tasks{{{C},{K},state="FAILED"}}': "0 1",
            f'kdiag_connect_connector_state{{{C},{K},state="FAILED"}}': "0 0",
        },
        3,
    ),
    "KafkaConnectWorkerDown": (
        {f'kdiag_connect_worker_up{{{C},worker="http://w:8083"}}': "1 0"},
        10,
    ),
    "KafkaSinkNotCommitting": (
        {
            f"{COMMIT}{{{C},{K},{S}}}": ("0+60", "3540+0"),
            f"kdiag_consumergroup_max_lag_seconds{{{C},{S}}}": "7300 7300",
            f'kdiag_connect_connector_state{{{C},{K},state="PAUSED"}}': "0 0",
        },
        135,
    ),
    "KafkaKsqldbServerDown": (
        {f'kdiag_ksqldb_server_up{{{C},server="http://k:8088"}}': "1 0"},
        10,
    ),
    "KafkaReplicationSlotLost": ({f"kdiag_postgres_slot_lost{{{C},{L}}}": "0 1"}, 1),
    "KafkaReplicationSlotUnread": (
        {
            f"kdiag_postgres_slot_active{{{C},{L}}}": "1 0",
            f"kdiag_postgres_slot_kept_bytes{{{C},{L}}}": "99000000 99000000",
        },
        10,
    ),
    "KafkaReplicationSlotBehind": (
        {
            f"kdiag_postgres_slot_active{{{C},{L}}}": "1 1",
            f"kdiag_postgres_slot_behind_bytes{{{C},{L}}}": ("9000+0", "2000000000+1000"),
        },
        15,
    ),
    "KafkaPostgresDown": (
        {f'kdiag_postgres_up{{{C},endpoint="postgresql://d:5432/s"}}': "1 0"},
        10,
    ),
    "KafkaCriticalFinding": (
        {f'kdiag_check_root_findings{{{C},check="group-dead",severity="critical"}}': "0 2"},
        6,
    ),
    "KafkaWarningFinding": (
        {f'kdiag_check_root_findings{{{C},check="slow-consumer",severity="warning"}}': "0 2"},
        30,
    ),
}
"""Alert → its series, healthy and then broken, and after how many minutes it fires at the latest.

A series is `healthy broken`, both constant, or a pair of `start+step a minute`; None where the time
depends on a trend.
"""


def _values(series, minutes):
    """Return the values of a series in promtool's notation: healthy, broken, gone."""
    healthy, broken = series.split() if isinstance(series, str) else series
    parts = [_run(healthy, BEFORE), _run(broken, minutes), f"stale _x{AFTER}"]
    return " ".join(parts)


def _run(text, minutes):
    step = text if re.search(r"[+-]", text[1:]) else f"{text}+0"
    return f"{step}x{minutes - 1}"


def _promtool(tmp_path, tests):
    path = binary()
    if path is None:
        pytest.skip("promtool cannot be fetched: install Debian's package of Prometheus")
    (tmp_path / "rules.yml").write_text(rules())
    document = {"rule_files": ["rules.yml"], "evaluation_interval": "1m", "tests": tests}
    file = tmp_path / "tests.yml"
    file.write_text(json.dumps(document))  # JSON is YAML
    done = subprocess.run(  # noqa: S603
        [path.with_name("promtool"), "test", "rules", file],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr


def _test(series, questions):
    """Return a test: questions are minute → names of the alerts that fire then."""
    return {
        "interval": "1m",
        "input_series": [{"series": name, "values": values} for name, values in series.items()],
        "promql_expr_test": [
            {
                "expr": 'count by (alertname) (ALERTS{alertstate="firing"}) > bool 0',
                "eval_time": f"{minute}m",
                "exp_samples": [
                    {"labels": f'{{alertname="{name}"}}', "value": 1} for name in sorted(names)
                ],
            }
            for minute, names in questions.items()
        ],
    }


ALSO = {"KafkaDiskFillingFast": {"KafkaDiskFillingSlow"}}
"""Alerts that rightly fire with another one."""


@pytest.mark.parametrize("name", FIRING)
def test_an_alert_fires_in_its_time_and_goes_when_its_series_do(tmp_path, name):
    series, wait = FIRING[name]
    during = SOON if wait is not None and wait <= 60 else LATE
    made = {each: _values(values, during) for each, values in series.items()}
    begin, end = BEFORE, BEFORE + during
    fires = {name} | ALSO.get(name, set())
    questions = {begin - 1: set(), end - 1: fires, end + AFTER - 1: set()}
    if wait is not None:
        questions |= {begin + wait: fires}
    if wait is not None and wait > 1:
        questions |= {begin + wait - 2: set()}

    _promtool(tmp_path, [_test(made, dict(sorted(questions.items())))])


def test_every_alert_is_tried():
    assert list(FIRING) == [alert.name for alert in ALERTS]


def test_nothing_fires_on_a_healthy_cluster_with_its_noise(tmp_path):
    series = {
        'up{job="kdiag",instance="a:1"}': "1x700",
        f"kdiag_up{{{C}}}": "1x30 0 1x700",
        f"kdiag_snapshot_timestamp_seconds{{{C}}}": "0+60x700",
        f"kdiag_snapshot_interval_seconds{{{C}}}": "30x700",
        f"kdiag_audit_last_success_timestamp_seconds{{{C}}}": "0x120 7200x240 21600x180 32400x160",
        f"kdiag_audit_period_seconds{{{C}}}": "7200x700",
        f"kdiag_partitions{{{C}}}": "99x700",
        f"kdiag_partitions_offline{{{C}}}": "0x700",
        f"kdiag_partitions_under_replicated{{{C}}}": "0x100 2x4 0x700",
        f"kdiag_partitions_at_min_isr{{{C}}}": "0x100 2x4 0x700",
        f"kdiag_partitions_not_preferred{{{C}}}": "3x700",
        f"kdiag_partitions_reassigning{{{C}}}": "0x100 9x60 6x60 3x60 0x400",
        f"kdiag_quorum_has_leader{{{C}}}": "1x700",
        f'kdiag_quorum_voter_caught_up_timestamp_seconds{{{C},voter="2"}}': "0+60x700",
        f"kdiag_broker_log_dir_usable_bytes{{{D}}}": "500-1x200 700-1x200 700-1x300",
        f"kdiag_broker_log_dir_total_bytes{{{D}}}": "1000x700",
        f"kdiag_consumergroup_lag_records{{{P}}}": "0 30 2 60 0 0 0 90 4 0x690",
        f"kdiag_consumergroup_committed_offset{{{P}}}": "0+50x700",
        f'kdiag_topic_partition_log_end_offset{{{C},topic="orders",partition="0"}}': "9+50x700",
        f"kdiag_consumergroup_members{{{G}}}": "3x700",
        f"kdiag_consumergroup_sum_lag_records{{{G}}}": "30x700",
        f"kdiag_consumergroup_max_lag_seconds{{{G}}}": "2 9 4 1 60 30 2x690",
        f"kdiag_consumergroup_lag_slo_seconds{{{G}}}": "50x700",
        f"kdiag_consumergroup_lost_records{{{G}}}": "4x700",
        f'kdiag_consumergroup_members{{{C},consumergroup="nightly"}}': "0x200 4x30 0x500",
        f'kdiag_consumergroup_sum_lag_records{{{C},consumergroup="nightly"}}': "900x210 0x500",
        f'kdiag_consumergroup_members{{{C},consumergroup="old"}}': "0x700",
        f'kdiag_consumergroup_sum_lag_records{{{C},consumergroup="old"}}': "700+9x700",
        f'kdiag_consumergroup_lost_records{{{C},consumergroup="old"}}': "700+9x700",
        f'kdiag_probe_up{{{C},broker="2"}}': "1x100 0x4 1x600",
        f'kdiag_probe_records_lost_total{{{C},broker="2"}}': "7x700",
        f"kdiag_probe_active{{{C}}}": "0x10 1x700",
        f'kdiag_check_status{{{C},check="group-dead",status="ok"}}': "1x200 0x5 1x500",
        f'kdiag_check_status{{{C},check="group-dead",status="unknown"}}': "0x200 1x5 0x500",
        f'kdiag_check_status{{{C},check="gc-pauses",status="unknown"}}': "1x700",
        f'kdiag_check_root_findings{{{C},check="quorum-size",severity="info"}}': "1x700",
        f'kdiag_check_root_findings{{{C},check="slow-consumer",severity="warning"}}': (
            "0x100 1x10 0x600"
        ),
    }

    _promtool(tmp_path, [_test(series, {minute: set() for minute in range(5, 700, 15)})])


def test_nothing_fires_while_brokers_are_restarted_one_after_the_other(tmp_path):
    state = "kdiag_consumergroup_state"
    series = {
        f"kdiag_up{{{C}}}": "1x60",
        f'kdiag_broker_registered{{{C},broker="1"}}': "1x10 0x2 1x60",
        f'kdiag_broker_registered{{{C},broker="2"}}': "1x15 0x2 1x60",
        f'kdiag_broker_fenced{{{C},broker="1"}}': "0x12 1 0x60",
        f'kdiag_probe_up{{{C},broker="1"}}': "1x10 0x2 1x60",
        f'kdiag_probe_up{{{C},broker="2"}}': "1x15 0x2 1x60",
        f"kdiag_partitions_under_replicated{{{C}}}": "0x10 40x3 0x2 40x3 0x60",
        f"kdiag_partitions_at_min_isr{{{C}}}": "0x10 40x3 0x2 40x3 0x60",
        f"kdiag_quorum_has_leader{{{C}}}": "1x60",
        f'kdiag_collector_success{{{C},collector="log_dirs"}}': "1x10 0x3 1x2 0x3 1x60",
        f'{state}{{{G},state="PreparingRebalance"}}': "0x10 1 0x4 1 0x60",
        f'kdiag_check_root_findings{{{C},check="coordinator-unavailable",severity="critical"}}': (
            "0x10 1x5 0x60"
        ),
        f"kdiag_consumergroup_max_lag_seconds{{{G}}}": "1x10 40 80 20 2x60",
    }

    _promtool(tmp_path, [_test(series, {minute: set() for minute in range(1, 60)})])


def test_nothing_fires_after_the_exporter_was_away(tmp_path):
    series = {
        f"kdiag_up{{{C}}}": "1x60 _x10 1x60",
        f"kdiag_consumergroup_lag_records{{{P}}}": "5x60 _x10 5x60",
        f"kdiag_consumergroup_committed_offset{{{P}}}": "0+60x60 _x10 4200+60x60",
        f'kdiag_topic_partition_log_end_offset{{{C},topic="orders",partition="0"}}': (
            "5+60x60 _x10 4205+60x60"
        ),
        f"kdiag_consumergroup_members{{{G}}}": "2x60 _x10 2x60",
        f"kdiag_consumergroup_lost_records{{{G}}}": "7x60 _x10 7x60",
        f'kdiag_series_dropped_total{{{C},reason="max_series"}}': "0x60 _x10 0x60",
        f'kdiag_probe_records_lost_total{{{C},broker="1"}}': "3x60 _x10 0x60",
        f'kdiag_probe_up{{{C},broker="1"}}': "1x60 _x10 1x60",
    }

    _promtool(tmp_path, [_test(series, {minute: set() for minute in range(1, 130, 2)})])


def test_nothing_fires_on_pipelines_at_rest(tmp_path):
    """A sink without records, some between two files, one paused, and readers that catch up."""
    sinks = [f'connect_cluster="http://w:8083",connector="{name}"' for name in ("a", "b", "c", "d")]
    idle, hourly, paused, often = [(one, f'consumergroup="connect-{one[-2]}"') for one in sinks]
    left, catching = (L.replace("shop", name) for name in ("left", "catching"))
    series = {
        f"{COMMIT}{{{C},{idle[0]},{idle[1]}}}": "0x700",
        f"kdiag_consumergroup_max_lag_seconds{{{C},{idle[1]}}}": "0x700",
        f"{COMMIT}{{{C},{hourly[0]},{hourly[1]}}}": " ".join(f"{3600 * h}x60" for h in range(11)),
        f"kdiag_consumergroup_max_lag_seconds{{{C},{hourly[1]}}}": "0+60x60 " * 11,
        f"{COMMIT}{{{C},{often[0]},{often[1]}}}": " ".join(f"{900 * n}x15" for n in range(44)),
        f"kdiag_consumergroup_max_lag_seconds{{{C},{often[1]}}}": "0+60x15 " * 44,
        f"{COMMIT}{{{C},{paused[0]},{paused[1]}}}": "0x700",
        f"kdiag_consumergroup_max_lag_seconds{{{C},{paused[1]}}}": "9000x700",
        f'kdiag_connect_connector_state{{{C},{paused[0]},state="PAUSED"}}': "1x700",
        f"kdiag_postgres_slot_active{{{C},{L}}}": "1x100 0x8 1x600",
        f"kdiag_postgres_slot_kept_bytes{{{C},{L}}}": "99000000x700",
        f"kdiag_postgres_slot_active{{{C},{left}}}": "0x700",
        f"kdiag_postgres_slot_kept_bytes{{{C},{left}}}": "9000x700",
        f"kdiag_postgres_slot_active{{{C},{catching}}}": "1x700",
        f"kdiag_postgres_slot_behind_bytes{{{C},{catching}}}": "9000000000-9000000x700",
        f'kdiag_postgres_up{{{C},endpoint="postgresql://d:5432/s"}}': "1x100 0x8 1x600",
        f'kdiag_connect_worker_up{{{C},worker="http://w:8083"}}': "1x100 0x8 1x600",
        f'kdiag_ksqldb_server_up{{{C},server="http://k:8088"}}': "1x100 0x8 1x600",
    }

    _promtool(tmp_path, [_test(series, {minute: set() for minute in range(5, 650, 5)})])


def test_a_sink_that_commits_and_falls_behind_is_told(tmp_path):
    series = {
        f"{COMMIT}{{{C},{K},{S}}}": "0+60x100",
        f"kdiag_consumergroup_max_lag_seconds{{{C},{S}}}": "300+54x100",
    }

    _promtool(tmp_path, [_test(series, {70: {"KafkaConsumerFallingBehind"}})])


def test_prometheus_finds_nothing_to_say_of_the_rules(tmp_path):
    path = binary()
    if path is None:
        pytest.skip("promtool cannot be fetched: install Debian's package of Prometheus")
    file = tmp_path / "rules.yml"
    file.write_text(rules())
    command = [path.with_name("promtool"), "check", "rules", "--lint=all", "--lint-fatal", file]

    done = subprocess.run(command, capture_output=True, text=True, check=False)  # noqa: S603

    assert done.returncode == 0, done.stdout + done.stderr
    assert f"{len(ALERTS)} rules found" in done.stdout


@pytest.mark.parametrize("alert", ALERTS, ids=[alert.name for alert in ALERTS])
def test_an_alert_leads_to_a_page_and_names_what_it_is_about(alert):
    if "{{" not in alert.page:
        assert read_runbook(alert.page).startswith(f"# {alert.page}\n")
    assert not alert.check or alert.check in CHECKS
    assert len(alert.summary) < 80
    assert "{{ $labels." in alert.description
    for words in re.findall(r"--only ([\w,-]+)", alert.description):
        known = CHECKS | {"replication", "disk"}
        assert set(words.rstrip(",").split(",")) <= known


@pytest.mark.parametrize(
    ("file", "made"), [("kdiag.rules.yml", rules), ("prometheusrule.yml", resource)]
)
def test_the_files_in_the_repository_are_those_that_are_made(file, made):
    assert (ROOT / "grafana/prometheus" / file).read_text() == made()


def test_both_kinds_of_file_have_the_same_rules():
    assert yaml.safe_load(resource())["spec"]["groups"] == yaml.safe_load(rules())["groups"]
