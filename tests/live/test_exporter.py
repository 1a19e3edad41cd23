"""The exporter against real brokers, read by a real Prometheus and checked by its own tools."""

import subprocess
import time

import httpx
import pytest

from kdiag.exporter.web.config import read_web_config
from kdiag.lab import Lab
from kdiag.lab.clients import committed_offsets
from kdiag.lab.groups import remove
from kdiag.lab.waiting import wait_until
from kdiag.monitoring.rules import rules
from tests.live.exporting import INTERVAL_SECONDS, exporting, page, told
from tests.live.prometheus import Prometheus, binary, impatient

pytestmark = [pytest.mark.live, pytest.mark.timeout(300)]

EVERY = ("kafka-exporter", "kafka-lag-exporter", "kminion", "burrow")


@pytest.fixture(scope="module")
def lab():
    with Lab(brokers=3, properties={"min.insync.replicas": "2"}) as started:
        started.create_topic("orders", partitions=6)
        started.start_producer("orders", rate=100, keys=50)
        started.start_consumer("billing", "orders")
        started.create_topic("late", partitions=1)
        started.start_producer("late", rate=20)
        started.start_consumer("slow", "late", seconds_per_record=0.2)
        yield started


@pytest.fixture(scope="module")
def address(lab):
    compat = [word for name in EVERY for word in ("--compat", name)]
    with exporting(lab, *compat) as served:
        yield served


def test_what_is_served_is_the_state_of_the_cluster(lab, address):
    def is_there():
        return told(address).get(("kdiag_consumergroup_members", "billing")) == 1

    wait_until(is_there, "the group is served", 60, 0.5)
    values = told(address)
    assert values["kdiag_up",] == 1
    assert values["kdiag_brokers",] == 3
    assert values["kdiag_topic_partitions", "orders"] == 6
    assert values["kdiag_partitions_offline",] == 0
    assert values["kdiag_quorum_has_leader",] == 1
    before = sum(committed_offsets(lab.bootstrap, "billing", "orders").values())
    time.sleep(3 * INTERVAL_SECONDS)
    served = sum(
        value
        for key, value in told(address).items()
        if key[:3] == ("kdiag_consumergroup_committed_offset", "billing", "orders")
    )
    after = sum(committed_offsets(lab.bootstrap, "billing", "orders").values())
    assert before <= served <= after
    assert values["kafka_topic_partitions", "orders"] == 6


def test_seconds_of_lag_grow_with_a_backlog(address):
    key = ("kdiag_consumergroup_lag_seconds", "slow", "late", "0")
    wait_until(lambda: told(address).get(key, 0) > 5, "the lag is 5 s old", 60, 0.5)
    first, began = told(address)[key], time.monotonic()

    time.sleep(10)

    grown, passed = told(address)[key] - first, time.monotonic() - began
    assert 0 < grown < passed + 2 * INTERVAL_SECONDS
    assert told(address)["kdiag_consumergroup_lag_records", "billing", "orders", "0"] < 200


def test_every_check_has_a_status_and_the_report_is_there(address):
    values = told(address)
    statuses = {key for key in values if key[0] == "kdiag_check_status"}

    document = httpx.get(f"http://{address}/api/v1/report").json()
    assert len(statuses) == 4 * document["coverage"]["total"]
    assert document["requests"]["writes"] == 0


def test_promtool_finds_nothing_wrong_with_the_native_metrics(lab):
    promtool = _tool()
    with exporting(lab) as served:
        done = subprocess.run(  # noqa: S603
            [promtool, "check", "metrics"],
            input=page(served),
            capture_output=True,
            text=True,
            check=False,
        )
    assert done.stderr + done.stdout == ""
    assert done.returncode == 0


def _tool():
    path = binary()
    if path is None:
        pytest.skip("prometheus cannot be fetched: install Debian's package")
    return path.with_name("promtool")


def test_promtool_takes_the_same_web_configuration(tmp_path):
    promtool = _tool()
    hashed = "$2b$04$vHqnPnvOt6vZb3mJYoKfEuH0ZgHm5GwP5Vq3kYI6pQ0y8bQm2v4mC"
    file = tmp_path / "web.yml"
    file.write_text(f"basic_auth_users:\n  alice: {hashed}\n")

    done = subprocess.run(  # noqa: S603
        [promtool, "check", "web-config", file], capture_output=True, text=True, check=False
    )

    assert done.returncode == 0
    assert read_web_config(file).users == {"alice": hashed}


def test_a_prometheus_scrapes_it(address, tmp_path):
    path = binary()
    if path is None:
        pytest.skip("prometheus cannot be fetched: install Debian's package")
    with Prometheus(path, tmp_path, [address]) as prometheus:
        prometheus.wait('kdiag_up{kafka_cluster="lab"} == 1')
        prometheus.wait("kdiag_consumergroup_lag_records")
        prometheus.wait("process_resident_memory_bytes")


def test_alerts_name_a_broker_that_is_killed_and_end_when_it_is_back(lab, address, tmp_path):
    path = binary()
    if path is None:
        pytest.skip("prometheus cannot be fetched: install Debian's package")
    with Prometheus(path, tmp_path, [address], impatient(rules())) as prometheus:
        prometheus.wait('kdiag_up{kafka_cluster="lab"} == 1')
        before = prometheus.firing()
        lab.brokers[3].kill()
        try:
            wait_until(lambda: prometheus.firing() >= NAMED, f"{NAMED} fire", 90, 0.5)
            seen = prometheus.firing()
        finally:
            lab.brokers[3].start()
        assert seen - before <= NAMED | CONSEQUENCES
        wait_until(lambda: not prometheus.firing() & NAMED, "they end", 120, 0.5)


NAMED = {"KafkaBrokerMissing", "KafkaPartitionsUnderReplicated", "KafkaPartitionsAtMinIsr"}
CONSEQUENCES = {
    "KafkaLeadershipImbalanced",
    "KafkaQuorumVoterLagging",
    "KdiagCollectorFailing",
    "KafkaConsumerRebalancing",
    "KafkaDiskFillingSlow",  # the volume is this machine's, and others write to it
    "KafkaDiskFillingFast",
}


_SHORT = ("kdiag_partitions_under_replicated",)


def test_a_broker_that_is_killed_is_seen_and_one_that_comes_back_too(lab, address):
    lab.brokers[3].kill()
    try:
        wait_until(
            lambda: told(address).get(("kdiag_brokers",)) == 2, "two brokers are left", 60, 0.5
        )
        wait_until(lambda: told(address).get(_SHORT, 0) > 0, "ISRs shrink", 60, 0.5)
        wait_until(
            lambda: told(address).get(("kdiag_check_status", "broker-down", "problem")) == 1,
            "the diagnosis names it",
            60,
            0.5,
        )
        assert told(address)["kdiag_up",] == 1
    finally:
        lab.brokers[3].start()
    wait_until(lambda: told(address).get(_SHORT) == 0, "ISRs are whole", 90, 0.5)
    assert told(address)["kdiag_brokers",] == 3


def test_of_two_clusters_one_that_is_away_does_not_hold_up_the_other(lab, tmp_path):
    config = tmp_path / "kdiag.toml"
    config.write_text(
        f'[clusters.lab]\nbootstrap_server = "{lab.bootstrap}"\n'
        '[clusters.away]\nbootstrap_server = "127.0.0.1:1"\n'
    )
    arguments = ("--config", str(config), "--compat", "kafka-exporter")
    with exporting(None, *arguments) as served:
        wait_until(lambda: told(served).get(("kdiag_brokers",)) == 3, "one is read", 60, 0.5)
        text = page(served)

    assert 'kdiag_up{kafka_cluster="lab"} 1' in text
    assert 'kdiag_up{kafka_cluster="away"} 0' in text
    assert 'kafka_brokers{kafka_cluster="lab"} 3' in text


def test_a_group_that_is_deleted_leaves_no_series(lab, address):
    lab.end_load("consumer-slow")
    remove(lab, "slow", "late")

    wait_until(
        lambda: not any("slow" in key for key in told(address)), "its series are gone", 60, 0.5
    )
