from dataclasses import replace
from datetime import timedelta

import pytest

from kdiag.analysis.facts import FactDeltas, rows_of
from kdiag.analysis.lag import PartitionLag
from kdiag.errors import UsageError
from kdiag.sections import Cluster, EarlierSamples, Facts, StartHistory
from kdiag.snapshot import Snapshot
from kdiag.sources.state import earlier_facts, earlier_samples, look_back, remember
from kdiag.view import View
from tests.tables import NOW, ago, commits, facts, offsets


def snapshot(at=NOW, committed=100, end=1000, cluster_id="c-1", earlier=None):
    sections = (
        Cluster(cluster_id=cluster_id, mode="kraft", read_at=at),
        commits({("app", "orders", 0): committed}, at=at),
        offsets({("orders", 0): end}, at=at),
    )
    return Snapshot(taken_at=at, sections={type(each): each for each in sections}, earlier=earlier)


def test_the_first_run_has_nothing_to_look_back_at(tmp_path):
    assert earlier_samples(tmp_path / "none", snapshot()) is None


def test_the_next_run_sees_where_groups_stood(tmp_path):
    remember(tmp_path, snapshot(at=ago(300), committed=10, end=500))
    found = earlier_samples(tmp_path, snapshot())
    [row] = found.rows.to_dict("records")
    assert row == {
        "group": "app",
        "topic": "orders",
        "partition": 0,
        "at": ago(300),
        "committed_offset": 10,
        "end_offset": 500,
        "source": "state",
    }


def test_counters_are_compared_with_the_last_run(tmp_path):
    def told(at, value):
        read = facts({"broker 1": {"start-time": 0, "uptime": value, "isr-shrinks": value}}, at=at)
        whole = snapshot(at=at)
        return replace(whole, sections={**whole.sections, Facts: read})

    assert earlier_facts(tmp_path, told(NOW, 9)) is None
    remember(tmp_path, told(ago(600), 100))
    remember(tmp_path, told(ago(60), 160))
    now = told(NOW, 220)

    deltas = View(replace(now, earlier=earlier_facts(tmp_path, now))).get(FactDeltas)

    [row] = rows_of(deltas, "isr-shrinks").itertuples()
    assert (row.delta, row.seconds) == (60.0, 60.0)


def test_another_cluster_in_the_same_directory_is_left_alone(tmp_path):
    remember(tmp_path, snapshot(at=ago(300), cluster_id="other"))
    assert earlier_samples(tmp_path, snapshot()) is None


def test_old_files_are_removed_and_foreign_ones_kept(tmp_path):
    (tmp_path / "notes.txt").write_text("mine")
    remember(tmp_path, snapshot(at=NOW - timedelta(days=3)))
    remember(tmp_path, snapshot())
    names = sorted(path.name for path in tmp_path.iterdir())
    assert names == ["kdiag-c-1-20260301T120000Z.json.gz", "notes.txt"]


def test_of_many_runs_few_are_read(tmp_path):
    for minutes in range(1, 60):
        remember(tmp_path, snapshot(at=ago(60 * minutes), committed=minutes))
    found = earlier_samples(tmp_path, snapshot())
    assert sorted(found.rows["committed_offset"]) == [1, 5, 30]


def test_a_damaged_file_is_one_sentence(tmp_path):
    (tmp_path / "kdiag-c-1-20260301T110000Z.json.gz").write_text("no")
    with pytest.raises(UsageError, match="kdiag-c-1-20260301T110000Z"):
        earlier_samples(tmp_path, snapshot())


def test_rates_come_from_an_earlier_run_where_no_history_can_be_read(tmp_path):
    remember(tmp_path, snapshot(at=ago(300), committed=10, end=500))
    now = snapshot(earlier=snapshot(at=ago(5), committed=100, end=992))
    samples = earlier_samples(tmp_path, now)
    with_samples = Snapshot(
        taken_at=NOW, sections={**now.sections, EarlierSamples: samples}, earlier=now.earlier
    )
    [row] = View(with_samples).get(PartitionLag).rows.to_dict("records")
    assert row["over_seconds"] == 300
    assert row["rates_from"] == "history"
    assert row["consumed_per_second"] == pytest.approx(90 / 300)
    assert row["produced_per_second"] == pytest.approx(500 / 300)


def test_starts_are_written_down_once_each(tmp_path):
    def told(at, start):
        whole = snapshot(at=at)
        read = facts({"broker 1": {"start-time": start}}, at=at)
        return replace(whole, sections={**whole.sections, Facts: read})

    begin = ago(7200).timestamp()
    for at, start in ((ago(600), begin), (ago(300), begin + 1), (NOW, begin + 7000)):
        found = look_back(tmp_path, told(at, start)).get(StartHistory)

    assert len(found) == 2
    assert look_back(tmp_path, snapshot()).sections.get(StartHistory) is None


@pytest.mark.parametrize("text", ["[]", "{", '{"broker 1": ["x"]}', '{"broker 1": 7}'])
def test_a_file_of_starts_that_is_none_is_one_sentence(tmp_path, text):
    (tmp_path / "kdiag-c-1-starts.json").write_text(text)
    whole = snapshot()
    read = facts({"broker 1": {"start-time": 1.0}})

    with pytest.raises(UsageError, match="is not what kdiag writes"):
        look_back(tmp_path, replace(whole, sections={**whole.sections, Facts: read}))


def test_what_prometheus_told_stays_beside_earlier_runs(tmp_path):
    remember(tmp_path, snapshot(at=ago(300), committed=10, end=500))
    told = EarlierSamples.from_rows(
        [
            {
                "group": "app",
                "topic": "orders",
                "partition": 0,
                "at": ago(60),
                "committed_offset": 90,
                "end_offset": 900,
                "source": "prometheus",
            }
        ],
        read_at=NOW,
    )
    now = snapshot()
    now = replace(now, sections={**now.sections, EarlierSamples: told})

    found = look_back(tmp_path, now).get(EarlierSamples)

    assert list(found.rows["source"]) == ["prometheus", "state"]
