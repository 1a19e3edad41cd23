"""One cluster that is watched: what is published, when it is judged, and what goes stale."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from prometheus_client.parser import text_string_to_metric_families as parse

from kdiag.diagnose import diagnose
from kdiag.errors import ConnectError
from kdiag.exporter.compat import COMPAT
from kdiag.exporter.exposition import text
from kdiag.exporter.shown import Shown
from kdiag.exporter.watcher import Rhythm, Watcher
from kdiag.plan import plan, plan_for
from kdiag.registry import load_checks
from kdiag.sections import Commits, Groups, Offsets
from kdiag.snapshot import Missing
from tests.exporter.scenes import sections, snapshot
from tests.tables import ago, commits, offsets

CHECKS = load_checks().select(["under-min-isr", "offline-partition", "commit-beyond-end"], [])


class Cluster:
    """What a watcher reads; it notes what it was asked."""

    def __init__(self):
        self.asked = []
        self.next = lambda: snapshot(at=datetime.now(UTC))

    def __call__(self, plan, pauses):
        self.asked.append((plan, pauses))
        return self.next()


@pytest.fixture
def cluster():
    return Cluster()


@pytest.fixture
def watcher(cluster):
    return made(cluster)


def made(cluster, **more):
    plans = (plan_for([Commits, Groups, Offsets]), plan(CHECKS))
    return Watcher(
        name="prod",
        take=cluster,
        judge=lambda taken: diagnose(taken, CHECKS, {}),
        plans=plans,
        check_ids=[check.id for check in CHECKS],
        **more,
    )


def served(watcher):
    """Return (metric, label values without the cluster) → value."""
    pages = [watcher.own_page(), *watcher.held_pages()]
    found = {}
    for family in parse(text(pages)):
        for sample in family.samples:
            labels = {key: value for key, value in sample.labels.items() if key != "kafka_cluster"}
            found[sample.name, tuple(labels.values())] = sample.value
    return found


def test_before_the_first_snapshot_every_check_is_unknown(watcher):
    told = served(watcher)

    assert told["kdiag_up", ()] == 0
    assert told["kdiag_check_status", ("under-min-isr", "unknown")] == 1
    assert told["kdiag_check_status", ("under-min-isr", "ok")] == 0
    assert watcher.is_stale()
    assert ("kdiag_snapshot_timestamp_seconds", ()) not in told


def test_a_snapshot_is_published_with_what_the_checks_say_of_it(watcher):
    watcher.once()

    told = served(watcher)
    assert told["kdiag_up", ()] == 1
    assert told["kdiag_partitions_offline", ()] == 1
    assert told["kdiag_check_status", ("under-min-isr", "problem")] == 1
    assert told["kdiag_check_findings", ("under-min-isr", "critical")] >= 1
    assert told["kdiag_check_root_findings", ("offline-partition", "critical")] == 1
    assert told["kdiag_snapshots_total", ("taken",)] == 1
    assert not watcher.is_stale()


def test_an_unknown_check_has_no_number_of_findings(watcher):
    watcher.once()

    told = served(watcher)
    assert told["kdiag_check_status", ("commit-beyond-end", "unknown")] == 1
    assert not [key for key in told if key[0] == "kdiag_check_findings" and "beyond" in key[1][0]]


def test_only_some_passes_read_all_and_are_judged(cluster, watcher):
    for _ in range(3):
        watcher.once()

    assert [asked is watcher.plans[1] for asked, _ in cluster.asked] == [True, False, False]
    assert [pauses for _, pauses in cluster.asked] == [True, False, False]
    assert served(watcher)["kdiag_check_status", ("under-min-isr", "problem")] == 1


def test_a_later_diagnosis_compares_with_the_one_before_and_does_not_pause(cluster):
    judged = []
    watcher = made(cluster, rhythm=Rhythm(diagnose_seconds=0))
    watcher.judge = lambda taken: judged.append(taken) or diagnose(taken, CHECKS, {})

    watcher.once()
    watcher.once()

    assert [pauses for _, pauses in cluster.asked] == [True, False]
    assert judged[0].earlier is None
    assert judged[1].earlier.taken_at == judged[0].taken_at
    assert set(judged[1].earlier.sections) == {Commits, Groups, Offsets} & set(
        judged[1].earlier.sections
    )


def test_a_pass_that_fails_keeps_the_last_snapshot_and_is_not_up(cluster, watcher):
    watcher.once()
    cluster.next = fails

    watcher.once()

    told = served(watcher)
    assert told["kdiag_up", ()] == 0
    assert told["kdiag_partitions_offline", ()] == 1
    assert told["kdiag_snapshots_total", ("failed",)] == 1
    assert watcher.passes.error == "no broker answers"


def fails():
    raise ConnectError("no broker answers")


def test_a_pass_that_crashes_ends_nothing(cluster, watcher):
    cluster.next = lambda: 1 / 0

    watcher.once()

    assert watcher.passes.error == "ZeroDivisionError: division by zero"
    cluster.next = lambda: snapshot(at=datetime.now(UTC))
    watcher.once()
    assert watcher.passes.error is None


def test_series_vanish_after_the_intervals_that_may_be_missed(cluster):
    watcher = made(cluster, rhythm=Rhythm(interval_seconds=30, missed=3))
    cluster.next = lambda: snapshot(at=datetime.now(UTC) - timedelta(seconds=100))
    watcher.once()
    assert not watcher.is_stale()  # a clock that was set makes it no older

    watcher.published = replace(watcher.published, at=watcher.published.at - 100)

    told = served(watcher)
    assert told["kdiag_up", ()] == 0
    assert told["kdiag_snapshot_timestamp_seconds", ()] > 0
    assert told["kdiag_check_status", ("under-min-isr", "unknown")] == 1
    assert not [key for key in told if "partitions" in key[0] or "findings" in key[0]]


def test_a_group_that_is_gone_leaves_no_series(cluster, watcher):
    watcher.once()
    assert [key for key in served(watcher) if "nightly" in key[1]]

    held = [each for each in sections() if not isinstance(each, Commits | Groups)]
    cluster.next = lambda: snapshot(held, at=datetime.now(UTC))
    watcher.once()

    assert not [key for key in served(watcher) if "nightly" in key[1]]


def test_what_was_not_read_is_told_part_by_part(cluster, watcher):
    held = [each for each in sections() if not isinstance(each, Commits)]
    denied = {Commits: Missing("not authorised", "Describe on Group *")}
    cluster.next = lambda: snapshot(held, denied, at=datetime.now(UTC))

    watcher.once()

    told = served(watcher)
    assert told["kdiag_collector_success", ("commits",)] == 0
    assert told["kdiag_collector_success", ("partitions",)] == 1


def test_requests_add_up(cluster, watcher):
    cluster.next = lambda: replace(snapshot(at=datetime.now(UTC)), requests={"Metadata": 2})

    watcher.once()
    watcher.once()

    assert served(watcher)["kdiag_requests_total", ("Metadata",)] == 4


def test_seconds_of_lag_come_from_the_end_offsets_of_earlier_passes(cluster, watcher):
    def at(seconds, end):
        rest = [each for each in sections() if not isinstance(each, Commits | Offsets)]
        ends = offsets({("orders", 0): end}, at=ago(seconds))
        held = [*rest, commits({("billing", "orders", 0): 100}), ends]
        return lambda: snapshot(held, at=datetime.now(UTC))

    for seconds, end in ((60, 100), (30, 150), (0, 300)):
        cluster.next = at(seconds, end)
        watcher.once()

    assert served(watcher)["kdiag_consumergroup_lag_seconds", ("billing", "orders", "0")] == 60


def test_what_is_too_much_is_left_out_and_counted(cluster):
    watcher = made(cluster, shown=Shown(max_series=60))

    watcher.once()

    told = served(watcher)
    assert told["kdiag_series_dropped_total", ("max_series",)] > 0
    assert not [key for key in told if key[0] == "kdiag_consumergroup_lag_records"]


def test_names_of_others_have_no_label_of_the_only_cluster(cluster):
    compat = [COMPAT["kafka-exporter"]]
    alone, one = made(cluster, compat=compat), made(cluster, compat=compat, is_only=False)
    alone.once()
    one.once()

    assert 'kafka_consumergroup_lag{consumergroup="billing"' in text(alone.held_pages())
    assert 'kafka_consumergroup_lag{kafka_cluster="prod",consumergroup=' in text(one.held_pages())


def test_a_watcher_reads_in_its_own_thread_until_it_is_stopped(cluster):
    watcher = made(cluster, rhythm=Rhythm(interval_seconds=0.05))

    watcher.start()
    until = datetime.now(UTC) + timedelta(seconds=20)
    while len(cluster.asked) < 3 and datetime.now(UTC) < until:
        pass
    assert watcher.is_alive
    watcher.stop()
    watcher._thread.join(10)

    assert len(cluster.asked) >= 3
    assert not watcher.is_alive
