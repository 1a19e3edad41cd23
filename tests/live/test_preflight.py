"""Where a restart is said to be safe no write is refused, and where it is not, writes are."""

import json
import subprocess
import sys
import threading
from collections import Counter
from functools import partial
from itertools import product

import pytest
from click.testing import CliRunner
from confluent_kafka import KafkaError, Producer

from kdiag.cli import main
from kdiag.collect import Limits, collect
from kdiag.lab.waiting import wait_until
from kdiag.preflight.restart import Restart, is_hopeless, judged, restart_plan

pytestmark = [pytest.mark.live, pytest.mark.timeout(300)]

SAFE, UNSAFE = "flights", "ledger"
REFUSALS = (KafkaError.NOT_ENOUGH_REPLICAS, KafkaError.NOT_ENOUGH_REPLICAS_AFTER_APPEND)


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


def asked_of(lab, restart):
    snapshot = collect(restart_plan(), lab.bootstrap, None, Limits(sample_seconds=0))
    return judged(snapshot, restart)


def asked(lab, broker):
    return asked_of(lab, Restart(broker))


def kdiag(lab, *words):
    return CliRunner().invoke(main, [*map(str, words), "--bootstrap-server", lab.bootstrap])


def blocked(report):
    return {
        (item.check, (one["subject"] if item.objects else item.finding.subject.as_dict())["topic"])
        for item in report.failing
        for one in (item.objects or ({},))
        if item.finding.subject.type != "cluster"
    }


class Load:
    """Writes one record after another to each partition of some topics, and tries none twice."""

    def __init__(self, lab, *topics):
        config = {"bootstrap.servers": lab.bootstrap, "acks": "all", "log_level": 0}
        self._producer = Producer({**config, "retries": 0, "message.timeout.ms": 5000})
        self._topics, self._over = topics, threading.Event()
        self.acked, self.codes = Counter(), {topic: Counter() for topic in topics}
        self._thread = threading.Thread(target=self._run, daemon=True)

    def __enter__(self):
        self._thread.start()
        return self

    def __exit__(self, *_):
        self._over.set()
        self._thread.join(30)

    def _run(self):
        while not self._over.is_set():
            for topic, number in product(self._topics, range(3)):
                told = partial(self._told, topic)
                self._producer.produce(topic, b"x", partition=number, on_delivery=told)
            self._producer.poll(0.05)
        self._producer.flush(20)

    def _told(self, topic, error, _message):
        if error is None:
            self.acked[topic] += 1
        else:
            self.codes[topic][error.code()] += 1

    def is_refused(self, topic):
        """Tell whether a leader had too few replicas in sync for a record."""
        return any(self.codes[topic][code] for code in REFUSALS)

    def goes_on(self, topic, records=60):
        """Wait until so many more records are acked."""
        wanted = self.acked[topic] + records
        wait_until(lambda: self.acked[topic] >= wanted, f"{topic} is written to", 60)


def test_what_it_says_of_a_restart_comes_true(fresh_lab, tmp_path):
    lab = fresh_lab(3, racks=("a", "a", "b"), properties={"min.insync.replicas": "2"})
    for topic, limit in ((SAFE, "2"), (UNSAFE, "3")):
        lab.create_topic(topic, configs={"min.insync.replicas": limit})
        lab.produce(topic, 30)

    told = asked(lab, 3)
    assert blocked(told) == {("min-isr-equals-rf", UNSAFE)}
    assert is_hopeless(told)

    with Load(lab, SAFE, UNSAFE) as load:
        for topic in (SAFE, UNSAFE):
            load.goes_on(topic)
        lab.brokers[3].shutdown()
        try:
            wait_until(lambda: load.is_refused(UNSAFE), "writes are refused", 60)
            load.goes_on(SAFE)
            assert refused(lab, SAFE, seconds=30) == 0
            assert refused(lab, UNSAFE, seconds=4) == 3
            meanwhile = asked(lab, 2)
        finally:
            lab.brokers[3].start()
        assert refused(lab, UNSAFE, seconds=60) == 0
        load.goes_on(SAFE)
    assert not load.is_refused(SAFE), load.codes

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
    waits_until_safe(lab)
    says_what_racks_and_margins_change(lab)


def test_what_it_says_of_a_rack_comes_true(fresh_lab):
    """Two of three brokers go away together, under load; the controller is elsewhere."""
    lab = fresh_lab(3, controllers=1, racks=("a", "a", "b"))
    for topic, limit in ((SAFE, "1"), (UNSAFE, "2")):
        lab.create_topic(topic, configs={"min.insync.replicas": limit})
        lab.produce(topic, 30)

    assert blocked(asked_of(lab, Restart(rack="a"))) == {("min-isr-equals-rf", UNSAFE)}

    with Load(lab, SAFE, UNSAFE) as load:
        for topic in (SAFE, UNSAFE):
            load.goes_on(topic)
        for id_ in (1, 2):
            lab.brokers[id_].shutdown()
        try:
            wait_until(lambda: load.is_refused(UNSAFE), "writes are refused", 60)
            load.goes_on(SAFE)
            assert refused(lab, SAFE, seconds=30) == 0
            assert refused(lab, UNSAFE, seconds=4) == 3
        finally:
            for id_ in (1, 2):
                lab.brokers[id_].start()
        assert refused(lab, UNSAFE, seconds=60) == 0
        load.goes_on(SAFE)
    assert not load.is_refused(SAFE), load.codes


def waits_until_safe(lab):
    """A broker is away: a short wait ends unsafe, a long one when it is back and in sync."""
    lab.brokers[3].shutdown()
    try:
        result = kdiag(lab, "preflight", "restart", 2, "--wait", 1)
        assert result.exit_code == 10, result.output
        assert "It may pass: --wait." in " ".join(result.output.split())
        words = ["preflight", "restart", "2", "--wait", "120", "--bootstrap-server", lab.bootstrap]
        waiting = subprocess.Popen(  # noqa: S603
            [sys.executable, "-m", "kdiag", *words],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        said = ""
        while "Do not restart broker 2 now." not in said:
            line = waiting.stderr.readline()
            assert line, f"it ended: {said}"
            said += line
    finally:
        lab.brokers[3].start()
    page, _ = waiting.communicate(timeout=150)
    assert waiting.returncode == 0, page
    assert "Broker 2 can be restarted" in page


def says_what_racks_and_margins_change(lab):
    """Two of three brokers in one rack are too many; a margin asks for what nobody has."""
    both = kdiag(lab, "preflight", "restart", "--rack", "a", "-o", "json")
    alone = kdiag(lab, "preflight", "restart", "--rack", "b")
    margin = kdiag(lab, "preflight", "restart", 2, "--margin", 1, "-o", "json")

    assert (both.exit_code, alone.exit_code, margin.exit_code) == (10, 0, 10)
    named = {finding["check"] for finding in json.loads(both.output)["findings"]}
    assert {"quorum-lost", "min-isr-equals-rf"} <= named
    assert "Broker 3 can be restarted" in alone.output
    [finding] = [f for f in json.loads(margin.output)["findings"] if f["severity"] == "critical"]
    assert finding["check"] == "min-isr-equals-rf"
    assert "the margin of 1" in finding["symptom"]
