"""Growth of partitions, the forecast for volumes, and what a loss would do."""

import pytest

from kdiag.analysis.disk_forecast import DiskForecast, full_times
from kdiag.analysis.losses import Losses
from kdiag.analysis.partition_growth import PartitionGrowth
from kdiag.sections import PastEnds
from kdiag.snapshot import Missing, Snapshot
from kdiag.view import View
from tests.tables import (
    GIB,
    NOW,
    brokers,
    log_dirs,
    offsets,
    partition_row,
    partitions,
    replicas,
    topic_configs,
)

DAY = 86400
HOUR_AGO, DAY_AGO, WEEK_AGO = 3600.0, float(DAY), 7.0 * DAY


def past(ends):
    """Return end offsets of the past: (topic, partition, age) → offset."""
    rows = [
        {"topic": topic, "partition": number, "age_seconds": age, "end_offset": end}
        for (topic, number, age), end in ends.items()
    ]
    return PastEnds.from_rows(rows, read_at=NOW)


def derived(section, *sections):
    held = {type(each): each for each in sections}
    return View(Snapshot(taken_at=NOW, sections=held)).get(section)


SETTINGS = {
    "retention.ms": str(7 * DAY * 1000),
    "retention.bytes": "-1",
    "cleanup.policy": "delete",
}


def growth(ends, end=864_000, start=0, settings=None, bytes_=GIB):
    made = derived(
        PartitionGrowth,
        past(ends),
        offsets({("orders", 0): end}, start=start),
        replicas({(1, "orders", 0): bytes_, (2, "orders", 0): bytes_ // 2}),
        topic_configs({"orders": SETTINGS | (settings or {})}),
    )
    return made.rows.iloc[0]


def test_rates_are_those_of_an_hour_a_day_and_a_week():
    row = growth(
        {
            ("orders", 0, HOUR_AGO): 864_000 - 36_000,
            ("orders", 0, DAY_AGO): 864_000 - 432_000,
            ("orders", 0, WEEK_AGO): 0,
        }
    )

    assert row.high_per_second == 10
    assert row.low_per_second == pytest.approx(864_000 / WEEK_AGO)
    assert row.size_bytes == GIB
    assert row.record_bytes == pytest.approx(GIB / 864_000)
    assert row.most_bytes == pytest.approx(10 * GIB / 864_000 * 7 * DAY)


def test_what_was_deleted_since_is_not_taken_for_what_was_not_written():
    row = growth(
        {("orders", 0, HOUR_AGO): 828_000, ("orders", 0, WEEK_AGO): 500_000}, start=500_000
    )

    assert row.low_per_second == row.high_per_second == 10


def test_a_topic_that_is_not_written_to_does_not_grow():
    row = growth({("orders", 0, HOUR_AGO): None, ("orders", 0, DAY_AGO): None})

    assert row.high_per_second == 0


def test_the_size_of_a_compacted_topic_is_not_foretold():
    row = growth({("orders", 0, HOUR_AGO): 0}, settings={"cleanup.policy": "compact,delete"})

    assert row.most_bytes != row.most_bytes


def test_without_the_past_nothing_is_foretold():
    held = {
        type(each): each for each in (offsets({("orders", 0): 1}), replicas({}), topic_configs({}))
    }
    held[PastEnds] = Missing("it was not asked for")

    made = View(Snapshot(taken_at=NOW, sections=held)).get(PartitionGrowth)

    assert isinstance(made, Missing)


def forecast(per_second, retention_ms=-1, total=100 * GIB, usable=90 * GIB):
    """Return the forecast for a volume on which one partition of 5 GiB grows."""
    end = 5 * GIB  # records of one byte
    return derived(
        DiskForecast,
        past({("orders", 0, HOUR_AGO): end - per_second * 3600}),
        offsets({("orders", 0): end}, start=0),
        replicas({(1, "orders", 0): 5 * GIB}),
        topic_configs({"orders": SETTINGS | {"retention.ms": str(retention_ms)}}),
        log_dirs({"broker": 1, "path": "/data", "total_bytes": total, "usable_bytes": usable}),
        brokers(1),
    )


def test_a_volume_is_full_when_what_is_written_fills_it():
    made = forecast(per_second=GIB // DAY, usable=80 * GIB)

    assert full_times(made, "high") == {(1, "/data"): pytest.approx(80 * DAY, rel=0.01)}
    assert made.rows["high_bytes"].iloc[0] == 20 * GIB


def test_retention_keeps_a_volume_from_filling():
    made = forecast(per_second=GIB // DAY, retention_ms=20 * DAY * 1000)

    assert full_times(made, "high") == {}
    assert made.rows["high_bytes"].iloc[-1] == pytest.approx(25 * GIB, rel=0.01)


def test_a_volume_that_is_full_is_full_now():
    assert full_times(forecast(per_second=1, usable=0), "high") == {(1, "/data"): 0}


def test_a_log_that_is_larger_than_its_retention_does_not_shrink_in_a_forecast():
    rows = forecast(per_second=1, retention_ms=1000).rows

    assert set(rows["high_bytes"]) == {10 * GIB}


def loss(rows, racks=None, **more):
    ids = sorted({id_ for row in rows for id_ in row["replicas"]})
    made = derived(
        Losses,
        partitions(*rows),
        topic_configs({row["topic"]: {"min.insync.replicas": "2"} for row in rows}),
        brokers(*ids, racks=racks),
        *more.values(),
    )
    return {(row.what, row.name): row for row in made.rows.itertuples()}


def test_a_loss_tells_what_is_offline_and_what_refuses_writes():
    rows = [
        partition_row("a", 0, (1, 2, 3)),
        partition_row("b", 0, (1, 2), isr=(1, 2)),
        partition_row("c", 0, (1,)),
        partition_row("d", 0, (2, 3)),
    ]

    lost = loss(rows)["broker", "1"]

    assert lost.offline_partitions == 1
    assert lost.refusing_partitions == 1
    assert lost.moved_leaders == 2
    assert (lost.busiest_broker, lost.busiest_leads) == (2, 3)


def test_a_partition_that_refuses_writes_already_is_not_counted_again():
    lost = loss([partition_row("a", 0, (1, 2, 3), isr=(1,))])["broker", "2"]

    assert lost.refusing_partitions == 0


def test_a_rack_is_lost_with_all_of_its_brokers():
    rows = [partition_row("a", 0, (1, 2, 3)), partition_row("b", 0, (1, 2))]

    found = loss(rows, racks={1: "r1", 2: "r1", 3: "r2"})

    assert found["rack", "r1"].brokers == (1, 2)
    assert found["rack", "r1"].offline_partitions == 1
    assert found["rack", "r1"].refusing_partitions == 1
    assert ("rack", "r2") in found


def test_where_replicas_go_is_known_only_if_all_volumes_tell():
    rows = [partition_row("a", 0, (1, 2))]
    sizes = replicas({(1, "a", 0): 10, (2, "a", 0): 20})
    dirs = log_dirs(*({"broker": id_, "usable_bytes": 100 * id_} for id_ in (1, 2)))

    whole = loss(rows, sizes=sizes, dirs=dirs)["broker", "2"]
    part = loss(rows, sizes=sizes)["broker", "2"]

    assert (whole.copy_bytes, whole.free_bytes) == (20, 100)
    assert part.copy_bytes == 20
    assert str(part.free_bytes) == "<NA>"
