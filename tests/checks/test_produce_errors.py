from dataclasses import replace

import pandas
import pytest

from kdiag.correlate import correlate
from kdiag.engine import run
from kdiag.finding import broker, partition, topic
from kdiag.sections import Facts, Partitions, TopicConfigs
from kdiag.snapshot import Missing, Snapshot
from tests.tables import NOW, ago, facts, partition_row, partitions, topic_configs

ID = "produce-errors"
FAILED = ("produce-failed", None)


def samples(errors, failed=None, starts=(0.0, 0.0)):
    """Return two samples, ten seconds apart: error code → how often it was given in between."""
    grown = {("request-errors", "Produce", name): number for name, number in errors.items()}
    grown |= {FAILED: 0} | {("produce-failed", name): number for name, number in failed or []}
    now = {"start-time": starts[1]} | {key: 500 + number for key, number in grown.items()}
    then = {"start-time": starts[0]} | dict.fromkeys(grown, 500)
    return facts({"broker 1": now}), facts({"broker 1": then}, at=ago(10))


def test_tells_codes_apart_with_cause_and_fix(judge):
    now, then = samples({"NONE": 9_000, "TOPIC_AUTHORIZATION_FAILED": 900, "INVALID_RECORD": 100})

    [finding] = judge(ID, now, earlier=[then]).findings

    assert finding.subject == broker(1)
    assert finding.severity == "warning"
    assert finding.symptom == (
        "Broker 1 refused writes within 10 s: 900 TOPIC_AUTHORIZATION_FAILED, 100 INVALID_RECORD."
    )
    assert finding.evidence["error_ratio"] == pytest.approx(0.1)
    assert finding.cause.startswith("A principal writes to a topic without the right to.")
    assert [action.text.split(":")[0] for action in finding.actions] == [
        "TOPIC_AUTHORIZATION_FAILED",
        "INVALID_RECORD",
    ]


def test_names_topics_of_which_writes_failed(judge):
    now, then = samples({"INVALID_TIMESTAMP": 7}, failed=[("orders", 7), ("payments", 0)])

    [finding] = judge(ID, now, earlier=[then]).findings

    assert finding.evidence["topics"] == ["orders"]
    assert finding.cause.endswith("Writes to orders failed meanwhile.")


def test_an_unknown_code_is_told_without_a_cause(judge):
    now, then = samples({"NONE": 5, "POLICY_VIOLATION": 1})

    [finding] = judge(ID, now, earlier=[then]).findings

    assert finding.evidence["errors"] == {"POLICY_VIOLATION": 1}
    assert finding.cause == ""


def test_damaged_batches_fold_under_what_says_so(registry):
    now, then = samples({"CORRUPT_MESSAGE": 20})
    crc = ("records-invalid-crc", None)
    counted = [facts({"broker 1": {"start-time": 0.0, crc: n}}).rows for n in (20, 0)]
    held = [
        replace(table, rows=pandas.concat([table.rows, more[more["fact"] == crc[0]]]))
        for table, more in zip((now, then), counted, strict=True)
    ]
    checks = {id_: registry.get(id_) for id_ in (ID, "corrupt-records")}
    before = Snapshot(taken_at=ago(10), sections={Facts: held[1]})
    snapshot = Snapshot(taken_at=NOW, sections={Facts: held[0]}, earlier=before)

    reported = correlate(run(list(checks.values()), snapshot, {}), checks, "cluster")

    assert [(item.check, item.is_root) for item in reported] == [
        ("corrupt-records", True),
        (ID, False),
    ]


def test_a_few_of_a_leader_that_moved_are_healthy(judge):
    now, then = samples({"NONE": 9_000, "NOT_LEADER_OR_FOLLOWER": 40})

    assert judge(ID, now, earlier=[then]).status == "ok"


def test_the_end_of_a_transaction_that_is_still_written_is_healthy(judge):
    now, then = samples({"NONE": 5, "CONCURRENT_TRANSACTIONS": 4})

    assert judge(ID, now, earlier=[then]).status == "ok"


def test_many_are_healthy_where_leaders_moved_between_the_samples(judge):
    now, then = samples({"NONE": 50, "NOT_LEADER_OR_FOLLOWER": 40})
    moved = partitions(partition_row("orders", leader=2, leader_epoch=5))
    before = partitions(partition_row("orders", leader=1, leader_epoch=4))

    assert judge(ID, now, moved, earlier=[then, before]).status == "ok"
    assert judge(ID, now, moved, earlier=[then, moved]).status == "problem"


def test_errors_of_other_requests_and_of_the_past_are_not_counted(judge):
    now, then = samples({"NONE": 900, "MESSAGE_TOO_LARGE": 0})
    fetches = {("request-errors", "Fetch", "TOPIC_AUTHORIZATION_FAILED"): 900}
    told = facts({"broker 1": {"start-time": 0.0, FAILED: 500} | fetches})

    assert judge(ID, now, earlier=[then]).status == "ok"
    assert judge(ID, told, earlier=[then]).status == "ok"


def test_folds_under_the_partitions_that_lack_replicas(registry):
    now, then = samples({"NOT_ENOUGH_REPLICAS": 30})
    limits = topic_configs({"orders": {"min.insync.replicas": "2"}})
    short = partitions(partition_row("orders", 3, isr=(1,)), partition_row("orders", 4))
    sections = {Facts: now, Partitions: short, TopicConfigs: limits}
    earlier = Snapshot(taken_at=ago(10), sections={Facts: then, Partitions: short})
    checks = {id_: registry.get(id_) for id_ in (ID, "under-min-isr")}

    snapshot = Snapshot(taken_at=NOW, sections=sections, earlier=earlier)
    reported = correlate(run(list(checks.values()), snapshot, {}), checks, "cluster")

    assert [item.check for item in reported if item.is_root] == ["under-min-isr"]
    [folded] = [item for item in reported if not item.is_root]
    assert folded.finding.because_of == {partition("orders", 3)}


def test_folds_under_the_topic_whose_rule_was_broken(judge):
    """Too large for one topic, and without a key for another, of which only writes failed."""
    rejected, keyless = ("bytes-rejected", "images"), ("records-without-key", None)
    for code, key, failed, behind in (
        ("MESSAGE_TOO_LARGE", rejected, [], {topic("images")}),
        ("INVALID_RECORD", keyless, [("users", 3)], {topic("users")}),
        ("INVALID_TIMESTAMP", rejected, [], set()),
    ):
        now, then = samples({code: 30}, failed)
        more = {("bytes-rejected", None): 0, keyless: 0}
        told = facts({"broker 1": _values(now) | more | {key: 9}})
        before = facts({"broker 1": _values(then) | more | {key: 0}}, at=ago(10))

        [finding] = judge(ID, told, earlier=[before]).findings

        assert finding.because_of == behind


def _values(table):
    return {(row.fact, *row.labels): row.value for row in table.rows.itertuples()}


def test_stays_visible_where_other_writes_are_refused_too(registry, judge):
    now, then = samples({"NOT_ENOUGH_REPLICAS": 30, "TOPIC_AUTHORIZATION_FAILED": 2})
    limits = topic_configs({"orders": {"min.insync.replicas": "2"}})
    short = partitions(partition_row("orders", 3, isr=(1,)))

    [finding] = judge(ID, now, short, limits, earlier=[then, short]).findings

    assert finding.because_of == frozenset()


def test_is_unknown_with_one_sample_after_a_restart_and_without_jmx(judge):
    now, _ = samples({"NONE": 5})
    anew, before = samples({"NONE": 5}, starts=(0.0, 5_000.0))
    absent = {Facts: Missing("JMX was not read", "--jmx")}

    assert judge(ID, now).status == "unknown"
    assert judge(ID, anew, earlier=[before]).status == "unknown"
    assert judge(ID, absent=absent).status == "unknown"
