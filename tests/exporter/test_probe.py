"""The probe's metrics, from what it has seen; tests/live tries it on brokers."""

import pytest
from prometheus_client.openmetrics.parser import (
    text_string_to_metric_families as parse_openmetrics,
)
from prometheus_client.parser import text_string_to_metric_families as parse_text

from kdiag.exporter.exposition import page, text
from kdiag.exporter.family import Distribution, Family
from kdiag.exporter.metrics.probe import probe
from kdiag.probe.access import Access
from kdiag.probe.latencies import Latencies
from kdiag.probe.placement import Member, Place, Placement
from kdiag.probe.prober import Probed, Prober, standing
from kdiag.snapshot import Snapshot
from tests.probe.runs import accounts, placed
from tests.tables import NOW, brokers, cluster, partition_row, partitions

PLAIN = Family("kdiag_took_seconds", "Took.", kind="histogram")
BY_BROKER = Family("kdiag_took_seconds", "Took.", ("broker",), kind="histogram")
HELD = Distribution((0.1, 1, 10), (2, 0, 3, 1), 25.5)


def samples(families):
    return {
        (sample.name, *sample.labels.values()): sample.value
        for family in families
        for sample in family.samples
    }


@pytest.mark.parametrize(
    ("family", "cluster", "labels"),
    [
        (PLAIN.one(HELD), None, ()),
        (PLAIN.one(HELD), "prod", ("prod",)),
        (BY_BROKER.rows([(1, HELD)]), "prod", ("prod", "1")),
    ],
)
def test_a_histogram_is_one_to_both_parsers_of_prometheus(family, cluster, labels):
    pages = [page([family], cluster)]

    [plain] = parse_text(text(pages))
    [opened] = parse_openmetrics(text(pages, True) + "# EOF\n")

    assert plain.type == opened.type == "histogram"
    read = samples([plain])
    assert read == samples([opened])
    name = "kdiag_took_seconds"
    assert [read[f"{name}_bucket", *labels, le] for le in ("0.1", "1.0", "10.0", "+Inf")] == [
        2,
        2,
        5,
        6,
    ]
    assert read[f"{name}_sum", *labels] == 25.5
    assert read[f"{name}_count", *labels] == 6


def told(probed):
    return samples(parse_text(text([page(probe(probed), "prod")])))


def test_accounts_are_counters_and_histograms_by_broker():
    tallies = accounts(errors={2: ("NOT_ENOUGH_REPLICAS", 5)}, lost=1).tallies
    commits = Latencies()
    commits.add(0.2)

    read = told(Probed(True, {1: True, 2: False}, tallies, commits, {"NO_ANSWER": 3}))

    assert read["kdiag_probe_active", "prod"] == 1
    assert read["kdiag_probe_up", "prod", "1"] == 1
    assert read["kdiag_probe_up", "prod", "2"] == 0
    assert read["kdiag_probe_records_sent_total", "prod", "2"] == 20
    assert read["kdiag_probe_records_acknowledged_total", "prod", "2"] == 15
    assert read["kdiag_probe_records_failed_total", "prod", "2"] == 5
    assert read["kdiag_probe_records_received_total", "prod", "1"] == 19
    assert read["kdiag_probe_records_lost_total", "prod", "1"] == 1
    assert read["kdiag_probe_produce_seconds_count", "prod", "3"] == 19
    assert read["kdiag_probe_roundtrip_seconds_bucket", "prod", "3", "+Inf"] == 19
    assert read["kdiag_probe_commit_seconds_count", "prod"] == 1
    assert read["kdiag_probe_commits_failed_total", "prod", "NO_ANSWER"] == 3


def test_without_records_there_is_only_that_nothing_is_written():
    assert told(Probed(False, {}, {}, Latencies(), {})) == {("kdiag_probe_active", "prod"): 0}


ALL = {1: True, 2: True, 3: True}


@pytest.mark.parametrize(
    ("seen", "writable", "unread", "up"),
    [
        (placed(), ALL, {}, {1: True, 2: True, 3: True}),
        (placed(), {1: True, 2: False}, {}, {1: True, 2: False}),
        (placed(), {1: True, 2: True, 3: None}, {1: 2}, {1: False, 2: True}),
        (placed(gone=(3,), leaders=(1, 2, 1)), ALL, {}, {1: True, 2: True, 3: False}),
        (placed(leaders=(1, 2, 1)), ALL, {}, {1: True, 2: True}),
        (placed(leaders=(1, 2, None)), {**ALL, 3: False}, {}, {1: True, 2: True, 3: False}),
    ],
    ids=["all well", "one refuses", "one does not give back", "one away", "moved", "no leader"],
)
def test_a_broker_is_up_down_or_not_probed(seen, writable, unread, up):
    assert standing(seen, writable, unread) == up


def test_a_broker_that_is_gone_and_holds_nothing_of_the_topic_is_not_told_of():
    members = {1: Member(), 2: Member(gone="it is not registered in the cluster")}

    assert standing(Placement("x", members, (Place(0, (1,), 1),)), {1: True}, {}) == {1: True}


def prober(creates=False):
    return Prober(Access("127.0.0.1:1", None, "kdiag-probe", "kdiag-probe", 1, 10), creates)


def snapshot(*rows):
    held = (cluster(), brokers(1, 2), partitions(*rows))
    return Snapshot(taken_at=NOW, sections={type(each): each for each in held})


def test_before_the_first_snapshot_nothing_is_written_and_that_is_said():
    assert prober().probed() == Probed(False, {}, {}, Latencies(), {})
    assert prober().trouble == "No snapshot was taken yet."


@pytest.mark.parametrize(
    ("rows", "trouble"),
    [
        ([], "Topic kdiag-probe does not exist; --probe-create makes it, or kdiag probe --create."),
        (
            [partition_row("kdiag-probe", replicas=(1, 2))],
            "No partition of kdiag-probe is there for broker 2; --probe-create adds one.",
        ),
        (
            [
                partition_row("kdiag-probe", replicas=(1, 2)),
                partition_row("kdiag-probe", 1, replicas=(2, 1)),
            ],
            None,
        ),
    ],
    ids=["no topic", "no partition", "all there"],
)
def test_what_the_topic_lacks_is_said_and_not_made(rows, trouble):
    made = prober()
    made.learn(snapshot(*rows))

    made.start()
    while made.trouble == "No snapshot was taken yet.":
        pass
    made.stop()

    assert made.trouble == trouble


def test_a_snapshot_that_tells_nothing_changes_nothing():
    made = prober()
    made.learn(snapshot(partition_row("kdiag-probe", replicas=(1, 2))))
    before = made._seen

    made.learn(Snapshot(taken_at=NOW, sections={}))

    assert made._seen is before
