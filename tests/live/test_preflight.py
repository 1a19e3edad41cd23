"""Where a restart is said to be safe no write is refused, and where it is not, writes are."""

import json

import pytest
from click.testing import CliRunner
from confluent_kafka import Producer

from kdiag.cli import main
from kdiag.collect import Limits, collect
from kdiag.lab.waiting import wait_until
from kdiag.preflight.restart import Restart, is_hopeless, judged, restart_plan

pytestmark = [pytest.mark.live, pytest.mark.timeout(300)]

SAFE, UNSAFE = "flights", "ledger"


def refused(lab, topic, seconds):
    """Write to each partition with acks=all; return how many records were not taken in time."""
    errors = []
    config = {"bootstrap.servers": lab.bootstrap, "acks": "all", "log_level": 0}
    producer = Producer({**config, "message.timeout.ms": int(seconds * 1000)})
    for number in range(3):
        producer.produce(
            topic, b"x", partition=number, on_delivery=lambda error, _: errors.append(error)
        )
    producer.flush(seconds + 10)
    assert len(errors) == 3
    return sum(error is not None for error in errors)


def asked(lab, broker):
    snapshot = collect(restart_plan(), lab.bootstrap, None, Limits(sample_seconds=0))
    return judged(snapshot, Restart(broker))


def kdiag(lab, *words):
    return CliRunner().invoke(main, [*map(str, words), "--bootstrap-server", lab.bootstrap])


def blocked(report):
    return {
        (item.check, (one["subject"] if item.objects else item.finding.subject.as_dict())["topic"])
        for item in report.failing
        for one in (item.objects or ({},))
        if item.finding.subject.type != "cluster"
    }


def test_what_it_says_of_a_restart_comes_true(fresh_lab, tmp_path):
    lab = fresh_lab(3, properties={"min.insync.replicas": "2"})
    for topic, limit in ((SAFE, "2"), (UNSAFE, "3")):
        lab.create_topic(topic, configs={"min.insync.replicas": limit})
        lab.produce(topic, 30)

    told = asked(lab, 3)
    assert blocked(told) == {("min-isr-equals-rf", UNSAFE)}
    assert is_hopeless(told)

    lab.brokers[3].shutdown()
    try:
        assert refused(lab, SAFE, seconds=30) == 0
        assert refused(lab, UNSAFE, seconds=4) == 3
        meanwhile = asked(lab, 2)
    finally:
        lab.brokers[3].start()
    assert refused(lab, UNSAFE, seconds=60) == 0

    assert ("under-min-isr", SAFE) in blocked(meanwhile)
    assert "quorum-lost" in {item.check for item in meanwhile.failing}

    fewer = [{"topic": SAFE, "partition": 0, "replicas": [1, 2]}]
    file = tmp_path / "move.json"
    file.write_text(json.dumps({"version": 1, "partitions": fewer}))
    result = kdiag(lab, "preflight", "reassign", file, "--fail-on", "warning")
    assert result.exit_code == 10, result.output
    assert "min-isr-equals-rf" in result.output

    lab.delete_topic(UNSAFE)
    wait_until(lambda: UNSAFE not in lab.admin().list_topics(timeout=5).topics, "it is gone", 30)
    result = kdiag(lab, "preflight", "restart", 2, "--wait", 90)
    assert result.exit_code == 0, result.output
    assert "Broker 2 can be restarted" in result.output
