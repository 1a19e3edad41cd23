"""`kdiag lag` and `kdiag group` as processes, and their numbers beside those of another client."""

import json
import signal
import subprocess
import sys

import pytest
from confluent_kafka import Consumer, KafkaException, TopicPartition

from kdiag.lab import Lab
from kdiag.lab.waiting import wait_until

pytestmark = [pytest.mark.live, pytest.mark.timeout(400)]

RECORDS = 2000
OLDEST_SECONDS, YOUNGEST_SECONDS = 600, 300


@pytest.fixture(scope="module")
def lab():
    """A slow consumer with an old backlog that grows no more, and a group that rebalanced once."""
    with Lab(1) as lab:
        lab.create_topic("orders", partitions=1)
        lab.create_topic("clicks", partitions=2)
        lab.produce("orders", RECORDS, past_seconds=(OLDEST_SECONDS, YOUNGEST_SECONDS))
        lab.start_consumer("slow", "orders", seconds_per_record=0.05, client_id="worker")
        lab.start_producer("clicks", rate=20, keys=20)
        lab.start_consumer("pair", "clicks", client_id="first")
        wait_until(lambda: has_members(lab, "pair", 1), "the first member reads", 60)
        lab.start_consumer("pair", "clicks", client_id="second")
        wait_until(lambda: has_members(lab, "pair", 2), "both members read", 60)
        wait_until(lambda: committed(lab, "slow") > 0, "slow has committed", 60)
        yield lab


def has_members(lab, group, number):
    try:
        found = lab.admin().describe_consumer_groups([group])[group].result(10)
    except KafkaException:  # its coordinator is not there yet
        return False
    owned = [member for member in found.members if member.assignment.topic_partitions]
    return found.state.name == "STABLE" and len(owned) == number


def committed(lab, group):
    """Return the committed offset of orders-0, as another client reads it."""
    consumer = Consumer({"bootstrap.servers": lab.bootstrap, "group.id": group})
    try:
        [found] = consumer.committed([TopicPartition("orders", 0)], timeout=20)
        return found.offset
    finally:
        consumer.close()


def kdiag(lab, *words):
    command = [sys.executable, "-m", "kdiag", *words, "--bootstrap-server", lab.bootstrap]
    return subprocess.run(command, capture_output=True, text=True, timeout=120)  # noqa: S603


def document(lab, *words):
    done = kdiag(lab, *words, "-o", "json")
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def test_lag_is_what_another_client_computes(lab):
    before = committed(lab, "slow")
    found = document(lab, "lag", "slow")
    after = committed(lab, "slow")

    [row] = found["rows"]
    assert row["end_offset"] == RECORDS
    assert before <= row["committed_offset"] <= after
    assert row["lag_records"] == RECORDS - row["committed_offset"]
    assert [own["client_id"] for own in row["owners"]] == ["worker"]
    assert YOUNGEST_SECONDS <= row["lag_seconds_at_least"] <= OLDEST_SECONDS + 200
    assert found["is_complete"]
    assert found["unread"] == []


def test_the_table_has_a_row_a_group_and_topic(lab):
    done = kdiag(lab, "lag")

    assert done.returncode == 0, done.stderr
    title, first, second, *_ = done.stdout.splitlines()
    assert title.split()[:3] == ["GROUP", "TOPIC", "LAG"]
    assert first.split()[:2] == ["slow", "orders"]
    assert second.split()[:2] == ["pair", "clicks"]
    assert "read-only. Rates over" in done.stdout


def test_a_group_shows_who_joined_and_what_was_committed(lab):
    found = document(lab, "group", "pair")

    assert (found["type"], found["state"], found["generation"]) == ("classic", "Stable", 2)
    assert sorted(each["client_id"] for each in found["members"]) == ["first", "second"]
    owned = [(p["topic"], p["partition"]) for m in found["members"] for p in m["partitions"]]
    assert sorted(owned) == [("clicks", 0), ("clicks", 1)]
    first, second = found["timeline"]["rebalances"]
    assert [each["client_id"] for each in first["joined"]] == ["first"]
    assert [each["client_id"] for each in second["joined"]] == ["second"]
    assert second["left"] == []
    assert sum(each["records"] for each in found["timeline"]["commits"]) > 0
    assert found["timeline"]["complete_since"] is not None
    assert "Timeline  Complete since" in kdiag(lab, "group", "pair").stdout


def test_a_name_that_is_not_there_is_told_with_similar_ones(lab):
    done = kdiag(lab, "group", "piar")

    assert done.returncode == 2
    assert "did you mean 'pair'?" in done.stderr


def test_watching_shows_the_lag_fall_until_it_is_interrupted(lab):
    command = [sys.executable, "-m", "kdiag", "lag", "slow", "--watch", "1", "-o", "json"]
    process = subprocess.Popen(  # noqa: S603
        [*command, "--bootstrap-server", lab.bootstrap],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    pages = [json_of(process.stdout) for _ in range(3)]
    process.send_signal(signal.SIGINT)
    _, err = process.communicate(timeout=60)

    assert process.returncode == 130
    assert err.splitlines()[-1] == "kdiag: interrupted"
    assert "since_last_seconds" not in pages[0]
    assert pages[2]["since_last_seconds"] > 0
    assert sum(row["lag_records_delta"] for row in pages[2]["rows"]) <= 0
    lags = [sum(row["lag_records"] for row in page["rows"]) for page in pages]
    assert lags[0] > lags[2]


def json_of(stream):
    """Read one document; each ends with a line that is a closing brace alone."""
    lines = []
    for line in stream:
        lines.append(line)
        if line == "}\n":
            return json.loads("".join(lines))
    raise AssertionError("the stream ended within a document")
