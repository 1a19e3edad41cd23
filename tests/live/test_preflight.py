"""Where a restart is said to be safe no write is refused, and where it is not, writes are."""

import json
import threading
import time

import pytest
from click.testing import CliRunner
from confluent_kafka import KafkaError, Producer

from kdiag.cli import main
from kdiag.collect import Limits, collect
from kdiag.lab.waiting import wait_until
from kdiag.preflight.restart import Restart, is_hopeless, judged, restart_plan

pytestmark = [pytest.mark.live, pytest.mark.timeout(300)]

AWAY_SECONDS = 6
REFUSALS = (
    KafkaError.NOT_ENOUGH_REPLICAS,
    KafkaError.NOT_ENOUGH_REPLICAS_AFTER_APPEND,
)
SAFE, UNSAFE = "flights", "ledger"


class Writes:
    """Writes to every partition of a topic with acks=all until told to stop; counts refusals."""

    def __init__(self, lab, topic):
        self.topic, self.taken, self.refused, self._stop = topic, 0, 0, threading.Event()
        # Without retries the broker's own answer is seen; a leader that moved is no refusal.
        config = {"bootstrap.servers": lab.bootstrap, "acks": "all", "retries": 0}
        self._producer = Producer({**config, "log_level": 0, "linger.ms": 0})
        self._thread = threading.Thread(target=self._run)

    def __enter__(self):
        self._thread.start()
        return self

    def __exit__(self, *_):
        self._stop.set()
        self._thread.join()
        self._producer.flush(10)

    def _run(self):
        while not self._stop.is_set():
            for number in range(3):
                self._producer.produce(self.topic, b"x", partition=number, on_delivery=self._told)
            self._producer.poll(0.1)

    def _told(self, error, _record):
        self.taken += error is None
        self.refused += error is not None and error.code() in REFUSALS


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

    with Writes(lab, SAFE) as safe, Writes(lab, UNSAFE) as unsafe:
        time.sleep(1)
        lab.brokers[3].shutdown()
        time.sleep(AWAY_SECONDS)
        meanwhile = asked(lab, 2)
        lab.brokers[3].start()
    assert safe.taken > 0
    assert safe.refused == 0
    assert unsafe.refused > 0

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
