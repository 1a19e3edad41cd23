"""The profiles of kdiag, on a cluster that does not meet them, and then on one that does."""

import json
import time

import pytest
from click.testing import CliRunner
from confluent_kafka import Consumer, TopicPartition

from kdiag.cli import main
from kdiag.lab import Lab
from kdiag.lab.waiting import wait_until

pytestmark = [pytest.mark.live, pytest.mark.timeout(300)]

FRAUD, SHOP, DEVICES = "fraud-detection", "ecommerce-orders", "iot-telemetry"
STREAMS = ("transactions", "alerts", "enriched")
COPIES = {"min.insync.replicas": "2"}
BACKLOG_SECONDS = 50
"""The objective of 10 s, the rhythm of commits that is allowed for, and some more."""


@pytest.fixture(scope="module")
def lab():
    with Lab(3, properties={"auto.create.topics.enable": "false"}) as lab:
        yield lab


def committed(lab, group, topic, offset):
    consumer = Consumer({**lab.client_config(), "group.id": group})
    consumer.commit(offsets=[TopicPartition(topic, 0, offset)], asynchronous=False)
    consumer.close()


def read_one(lab, group, topic):
    """Be a member of a group until one record is read and committed, and then die."""
    settings = {"group.id": group, "auto.offset.reset": "earliest", "enable.auto.commit": False}
    consumer = Consumer({**lab.client_config(), **settings})
    consumer.subscribe([topic])
    record = consumer.poll(60)
    assert record is not None
    consumer.commit(record, asynchronous=False)
    consumer.close()


def said(lab, profile, *more):
    """Return the results of both checks by id, and their findings."""
    words = ["doctor", "--bootstrap-server", lab.bootstrap, "--profile", profile, "-o", "json"]
    only = ["--only", "profile-not-met,lag-over-objective", "--fail-on", "never"]
    result = CliRunner().invoke(main, [*words, *only, *more])
    assert result.exit_code == 0, result.output
    report = json.loads(result.stdout)
    return {one["check"]: one["status"] for one in report["results"]}, report["findings"]


def gaps(findings):
    """Return topic → what it lacks."""
    told = [
        each
        for item in findings
        if item["check"] == "profile-not-met"
        for each in item["evidence"].get("objects", [item])
    ]
    return {
        each["subject"]["topic"]: {
            key.removesuffix("_wanted") for key in each["evidence"] if key.endswith("_wanted")
        }
        for each in told
        if each["subject"]["type"] == "topic"
    }


def test_a_cluster_without_the_topics_does_not_meet_a_profile(lab):
    statuses, findings = said(lab, FRAUD)

    assert statuses["profile-not-met"] == "problem"
    assert "No topic fits" in findings[0]["symptom"]


def test_topics_that_are_otherwise_and_a_group_that_is_late_are_told(lab):
    for name in STREAMS:
        lab.create_topic(name, partitions=2, replication_factor=1)
    lab.create_topic("orders", replication_factor=1)
    lab.create_topic("telemetry", configs={"retention.ms": "86400000"})
    lab.produce("transactions", 50)
    read_one(lab, "fraud-scoring", "transactions")
    lab.start_producer("transactions", name="writer", rate=5)
    time.sleep(BACKLOG_SECONDS)

    _, fraud = said(lab, FRAUD, "--sample-records")
    assert set(gaps(fraud)) == set(STREAMS)
    assert {"partitions", "replication_factor"} <= gaps(fraud)["transactions"]
    late = [each for each in fraud if each["check"] == "lag-over-objective"]
    assert [each["subject"]["group"] for each in late] == ["fraud-scoring"]

    _, shop = said(lab, SHOP)
    assert {"replication_factor", "dead_letter"} <= gaps(shop)["orders"]

    _, devices = said(lab, DEVICES)
    wanted = {"partitions", "hot_retention_seconds", "cold_retention_seconds"}
    assert wanted <= gaps(devices)["telemetry"]


def test_topics_and_groups_as_a_profile_wants_them_are_not(lab):
    names = (*STREAMS, "orders", "telemetry")
    for name in names:
        lab.delete_topic(name)
    lab.end_load("writer")
    lab.delete_group("fraud-scoring")
    admin = lab.admin()
    wait_until(lambda: not {*names} & {*admin.list_topics(timeout=5).topics}, "they are gone", 60)
    for name in STREAMS:
        lab.create_topic(name, partitions=12, configs=COPIES | {"compression.type": "lz4"})
    lab.create_topic("orders", configs=COPIES)
    lab.create_topic("orders.dlq", configs=COPIES)
    lab.create_topic("telemetry", partitions=50, configs=COPIES | {"compression.type": "zstd"})
    lab.produce("transactions", 12)
    committed(lab, "fraud-scoring", "transactions", 0)
    committed(lab, "connect-archive", "telemetry", 0)

    for profile in (FRAUD, SHOP, DEVICES):
        _, findings = said(lab, profile)
        assert gaps(findings) == {}, profile
        assert not [each for each in findings if each["check"] == "lag-over-objective"], profile
