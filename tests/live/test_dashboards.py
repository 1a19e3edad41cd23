"""Dashboards and alerts on a real Prometheus that scrapes the exporter of real brokers."""

import re
import time
from dataclasses import dataclass

import pytest

from kdiag.lab import Lab
from kdiag.lab.faults.consumer_blocked import FAULT as CONSUMER_BLOCKED
from kdiag.lab.waiting import wait_until
from kdiag.monitoring.dashboards import BOARDS
from kdiag.monitoring.dashboards.selecting import selected
from kdiag.monitoring.rules import rules
from tests.live.exporting import exporting
from tests.live.prometheus import Prometheus, binary, impatient
from tests.sources.rest.serving import serving
from tests.sources.rest.test_ksqldb import ksqldb, running
from tests.sources.rest.test_registry import registry

pytestmark = [pytest.mark.live, pytest.mark.timeout(300)]

CHOSEN = {
    "$kafka_cluster": "lab",
    "$consumergroup": "billing",
    "$topic": "orders",
    "$job": ".+",
    "$instance": ".+",
    "$__rate_interval": "15s",
    "$__range": "1m",
}
QUERIES = [
    pytest.param(board, panel, query, id=f"{board.uid}: {panel.title}: {query.name}")
    for board in BOARDS
    for panels in board.rows.values()
    for panel in panels
    for query in panel.queries
]


@dataclass(frozen=True)
class Watched:
    """A cluster, and the Prometheus that knows of it."""

    lab: Lab
    prometheus: Prometheus


@pytest.fixture(scope="module")
def watched(tmp_path_factory):
    path = binary()
    if path is None:
        pytest.skip("prometheus cannot be fetched: install Debian's package")
    services = frozenset({"connect", "postgres"})
    with (
        serving(registry({"orders-value": "NONE"})) as schemas,
        serving(ksqldb(running("CTAS_TOTALS_7", {"ERROR": 1}), cluster=None)) as queries,
        Lab(brokers=3, properties={"min.insync.replicas": "2"}, services=services) as lab,
    ):
        lab.create_topic("orders", partitions=3)
        as_text = "org.apache.kafka.connect.storage.StringConverter"
        lab.connect.put(
            "orders-sink", topics="orders", key_converter=as_text, value_converter=as_text
        )
        lab.postgres.execute("SELECT pg_create_logical_replication_slot('left', 'pgoutput')")
        config = tmp_path_factory.mktemp("config") / "kdiag.toml"
        config.write_text(
            f'[postgres]\nurl = "{lab.postgres.dsn}"\n'
            f'password_file = "{lab.postgres.password_file()}"\n'
            f'[connect]\nurl = "{lab.connect.urls[0]}"\n'
            f'[schema_registry]\nurl = "{schemas.url}"\n'
            f'[ksqldb]\nurl = "{queries.url}"\n'
        )
        lab.start_producer("orders", rate=50, keys=50)
        lab.start_consumer("billing", "orders")
        with (
            exporting(lab, "--lag-slo", ".*=60", "--config", str(config)) as address,
            Prometheus(
                path, tmp_path_factory.mktemp("prometheus"), [address], impatient(rules())
            ) as prometheus,
        ):
            prometheus.wait('kdiag_consumergroup_topic_max_lag_seconds{consumergroup="billing"}')
            prometheus.wait("kdiag_check_root_findings")
            prometheus.wait("kdiag_connect_sink_last_commit_timestamp_seconds")
            prometheus.wait("kdiag_postgres_slot_behind_bytes")
            prometheus.wait("kdiag_schema_registry_subjects_by_compatibility")
            prometheus.wait("count_over_time(kdiag_up[1m]) > 10")
            yield Watched(lab, prometheus)


def filled(expr, board):
    expr = selected(expr, board.variables)
    for name, value in CHOSEN.items():
        expr = expr.replace(name, value)
    return expr


@pytest.mark.parametrize("board", BOARDS, ids=[board.uid for board in BOARDS])
def test_variables_have_values(watched, board):
    for number, one in enumerate(board.variables):
        inner, label = re.fullmatch(r"label_values\((.+), (\w+)\)", one.query).groups()
        expr = selected(inner, board.variables[:number])
        for name, value in CHOSEN.items():
            expr = expr.replace(name, value)
        values = {series[label] for series in watched.prometheus.series(expr)}
        assert CHOSEN[f"${one.name}"] in values | {".+"}
        assert values


def rows_of(prometheus, expr, may_be_none):
    """Return the rows of a query: where there must be some, within the passes of half a minute.

    A pass in which a broker does not answer in time leaves out what it could not see.
    """
    until = time.monotonic() + (0 if may_be_none else 30)
    while not (rows := prometheus.rows(expr)) and time.monotonic() < until:
        time.sleep(0.5)
    return rows


@pytest.mark.parametrize(("board", "panel", "query"), QUERIES)
def test_a_query_returns_rows_of_a_healthy_cluster(watched, board, panel, query):
    rows = rows_of(watched.prometheus, filled(query.expr, board), panel.none_while == "well")

    assert bool(rows) or panel.none_while == "well"
    _fits(panel, rows)


def _fits(panel, rows):
    """A table has the columns that its rows have; a legend's labels are there."""
    for row in rows:
        if panel.kind == "table":
            assert set(row) == set(panel.labels)
    wanted = {name for query in panel.queries for name in re.findall(r"{{(\w+)}}", query.name)}
    if panel.kind != "table" and rows and len(panel.queries) == 1:
        assert all(wanted <= set(row) for row in rows)


@pytest.fixture(scope="module")
def broken(watched):
    """A broker is killed, and a consumer blocks; yields the alerts that fired."""
    lab, prometheus = watched.lab, watched.prometheus
    before = prometheus.firing()
    CONSUMER_BLOCKED.inject(lab)
    lab.brokers[3].kill()
    named = {"KafkaBrokerMissing", "KafkaPartitionsUnderReplicated", "KafkaConsumerStalled"}
    wait_until(lambda: prometheus.firing() >= named, f"{named} fire", 120, 0.5)
    prometheus.wait('kdiag_check_root_findings{severity="critical"} > 0')
    yield prometheus.firing() - before
    lab.brokers[3].start()
    CONSUMER_BLOCKED.heal(lab)
    wait_until(lambda: not prometheus.firing() & named, "they end", 120, 0.5)


def test_the_alerts_that_fire_are_about_what_is_broken(broken):
    assert broken <= {
        "KafkaBrokerMissing",
        "KafkaConsumerRebalancing",
        "KafkaConsumerStalled",
        "KafkaDiskFillingFast",  # the volume is this machine's, and others write to it
        "KafkaDiskFillingSlow",
        "KafkaLeadershipImbalanced",
        "KafkaPartitionsAtMinIsr",
        "KafkaPartitionsUnderReplicated",
        "KafkaQuorumVoterLagging",
        "KdiagCollectorFailing",
    }


@pytest.mark.parametrize(("board", "panel", "query"), QUERIES)
def test_a_query_returns_rows_of_a_broken_cluster(watched, broken, board, panel, query):
    rows = rows_of(watched.prometheus, filled(query.expr, board), panel.none_while == "broken")

    assert bool(rows) or panel.none_while == "broken"
    _fits(panel, rows)


def test_critical_findings_are_marked(watched, broken):
    [board] = [board for board in BOARDS if board.marks]

    assert {"check": "broker-down"} in watched.prometheus.rows(filled(board.marks, board))
