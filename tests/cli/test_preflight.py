"""`kdiag preflight restart` on saved snapshots: exit codes, formats, and mistakes."""

import json

import pytest

from kdiag.sections import Quorum
from kdiag.snapshot import Snapshot
from kdiag.sources.saved import save
from tests.tables import (
    NOW,
    brokers,
    cluster,
    partition_row,
    partitions,
    quorum,
    reassignments,
    topic_configs,
    topics,
)


@pytest.fixture
def file(tmp_path):
    def saved(*rows, without=None):
        sections = (
            cluster(),
            brokers(1, 2, 3),
            partitions(*rows),
            topics({"topic": "orders"}),
            topic_configs({"orders": {"min.insync.replicas": "2"}}),
            quorum({"replica_id": 1}, {"replica_id": 2}, {"replica_id": 3}),
            reassignments({}),
        )
        path = tmp_path / "snapshot.json"
        held = {type(section): section for section in sections}
        held.pop(without, None)
        save(Snapshot(taken_at=NOW, sections=held, bootstrap="h:9092"), path)
        return path

    return saved


def test_safe_is_exit_0(kdiag, file):
    result = kdiag("preflight", "restart", 1, "--from", file(partition_row("orders")))

    assert result.exit_code == 0
    assert "Broker 1 can be restarted" in result.output


def test_unsafe_is_exit_10_and_the_same_json_as_of_doctor(kdiag, file):
    path = file(partition_row("orders", isr=(1, 2)))

    result = kdiag("preflight", "restart", 1, "--from", path, "-o", "json")

    assert result.exit_code == 10
    document = json.loads(result.output)
    [finding] = document["findings"]
    assert finding["check"] == "under-min-isr"
    assert document["verdict"]["status"] == "critical"
    assert document["schema_version"] == 1


def test_what_could_not_be_read_is_exit_4(kdiag, file):
    path = file(partition_row("orders"), without=Quorum)

    result = kdiag("preflight", "restart", 1, "--from", path)

    assert result.exit_code == 4
    assert "Whether broker 1 can be restarted is not known" in result.output


def test_a_snapshot_without_brokers_cannot_tell(kdiag, broken_file):
    result = kdiag("preflight", "restart", 1, "--from", broken_file)

    assert result.exit_code == 2
    assert "the brokers could not be listed" in result.output


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ((), "name one broker by its id, or a rack with --rack"),
        ((1, "--rack", "a"), "name one broker by its id, or a rack with --rack"),
        ((7,), "there is no broker 7; there are 1, 2, 3"),
        (("--rack", "a"), "no broker is in rack a; racks are none"),
        ((1, "--wait", 5), "--wait needs a cluster"),
    ],
)
def test_mistakes_are_one_sentence(kdiag, file, words, said):
    result = kdiag("preflight", "restart", *words, "--from", file(partition_row("orders")))

    assert result.exit_code == 2
    assert said in result.output
    assert "Traceback" not in result.output
