"""Times of the records of each log, as leaders of a real cluster tell them."""

from datetime import timedelta

import pandas
import pytest

from kdiag.collect import Limits, collect
from kdiag.engine import run
from kdiag.plan import plan
from kdiag.registry import load_checks
from kdiag.sections import LogTimes, TieredOffsets

pytestmark = pytest.mark.live

CHECKS = [
    check
    for check in load_checks().checks
    if check.id in ("retention-not-working", "segment-vs-retention", "tiered-upload-stalled")
]
FUTURE = {"message.timestamp.after.max.ms": "9223372036854775807", "retention.ms": "60000"}
DAY = 86400


@pytest.fixture(scope="module")
def timed(lab3):
    """Topics with a record of the future, with old ones in an open segment, and with none."""
    lab3.create_topic("timed-ahead", partitions=1, configs=FUTURE)
    lab3.produce("timed-ahead", 1, past_seconds=(-400 * DAY, -400 * DAY))
    lab3.produce("timed-ahead", 20)
    lab3.create_topic("timed-old", partitions=1, configs={"retention.ms": str(DAY * 1000)})
    lab3.produce("timed-old", 300, past_seconds=(6 * DAY, 0))
    lab3.create_topic("timed-empty", partitions=2)
    lab3.create_topic("timed-compacted", configs={"cleanup.policy": "compact"})
    yield lab3
    for name in ("ahead", "old", "empty", "compacted"):
        lab3.delete_topic(f"timed-{name}")


def snapshot_of(lab):
    return collect(plan(CHECKS), lab.bootstrap, limits=Limits(sample_seconds=0))


def rows_of(snapshot, topic):
    rows = snapshot.get(LogTimes).rows
    return rows[rows["topic"] == topic]


def test_tells_the_first_record_and_those_of_the_future(timed):
    snapshot = snapshot_of(timed)

    [ahead] = rows_of(snapshot, "timed-ahead").itertuples()
    assert ahead.max_timestamp - snapshot.taken_at > timedelta(days=399)
    [old] = rows_of(snapshot, "timed-old").itertuples()
    assert timedelta(days=5) < snapshot.taken_at - old.oldest_timestamp < timedelta(days=7)
    assert 200 < old.retained_offset < 300
    assert pandas.isna(old.max_timestamp)
    assert rows_of(snapshot, "timed-empty")["oldest_timestamp"].isna().tolist() == [True, True]
    assert rows_of(snapshot, "timed-compacted").empty
    assert not snapshot.get(LogTimes).errors


def test_asks_each_leader_a_constant_number_of_times(timed):
    assert snapshot_of(timed).requests["ListOffsets"] <= 3 * (3 + 4)


def test_the_checks_say_what_blocks_retention_and_what_is_only_late(timed):
    results = {result.check: result for result in run(CHECKS, snapshot_of(timed), {})}

    blocked = results["retention-not-working"].findings
    assert [finding.subject["topic"] for finding in blocked] == ["timed-ahead"]
    late = {finding.subject["topic"] for finding in results["segment-vs-retention"].findings}
    assert "timed-old" in late


def test_a_cluster_without_tiered_topics_is_not_asked_about_them(timed):
    snapshot = snapshot_of(timed)

    assert not isinstance(snapshot.get(TieredOffsets), TieredOffsets)
    [result] = [r for r in run(CHECKS, snapshot, {}) if r.check == "tiered-upload-stalled"]
    assert result.status == "not_applicable"
