"""Which requests are sent: windows, budgets, brokers that fail, on a log of the test's own."""

import asyncio
from datetime import UTC, datetime
from types import SimpleNamespace

import pytest

from kdiag.errors import Unreachable
from kdiag.finding import NotApplicable
from kdiag.sections import CommitHistory, GenerationHistory, HistoryReach, Partitions, Replicas
from kdiag.snapshot import Missing
from kdiag.sources.history import read_history
from kdiag.wire.allowlist import APIS
from kdiag.wire.request import encode, make_request
from tests.sources import log

NOW = datetime(2026, 1, 1, tzinfo=UTC)
TOPIC = "__consumer_offsets"


class FakeWire:
    """Brokers with logs: partition → (leader, [(base, next offset, batch)], start, end)."""

    def __init__(self, logs, hanging=(), refused=0):
        self.logs, self.hanging, self.refused = logs, hanging, refused
        self.requests = []

    async def ask(self, broker, api, fields, *, newest=None, timeout_seconds=None):
        version = min(APIS[api].newest, newest or 99)
        encode(make_request(APIS[api], version, fields), 1, "kdiag")
        self.requests.append((broker, api))
        await asyncio.sleep(0)
        if broker in self.hanging and api == self.hanging[broker]:
            await asyncio.sleep(timeout_seconds)
            raise Unreachable(f"broker {broker} fell silent")
        [topic] = fields["topics"]
        return getattr(self, api)(topic)

    def ListOffsets(self, topic):  # noqa: N802
        rows = [
            SimpleNamespace(
                partition_index=asked["partition_index"],
                error_code=0,
                offset=self.logs[asked["partition_index"]][3 if asked["timestamp"] == -1 else 2],
            )
            for asked in topic["partitions"]
        ]
        return SimpleNamespace(topics=[SimpleNamespace(partitions=rows)])

    def Fetch(self, topic):  # noqa: N802
        rows, left, is_first = [], 1 << 23, True
        for asked in topic["partitions"]:
            data, most = b"", min(left, asked["partition_max_bytes"])
            for _, behind, batch in self.logs[asked["partition"]][1]:
                if behind <= asked["fetch_offset"]:
                    continue
                if len(data) + len(batch) > most and not (is_first and not data):
                    data += batch[: max(0, most - len(data))]
                    break
                data += batch
            left -= len(data)
            is_first &= not data
            rows.append(
                SimpleNamespace(
                    partition_index=asked["partition"], error_code=self.refused, records=data
                )
            )
        return SimpleNamespace(responses=[SimpleNamespace(partitions=rows)])


def batches(count, size=100, start=0, metadata=""):
    made = []
    for n in range(count):
        base = start + n * size
        records = [log.commit(offset=base + k, metadata=metadata) for k in range(size)]
        made.append((base, base + size, log.batch(base, records)))
    return made


def partitions(logs):
    rows = [
        {"topic": TOPIC, "partition": number, "leader": leader}
        for number, (leader, *_) in logs.items()
    ]
    return Partitions.from_rows([*rows, {"topic": "t", "partition": 0, "leader": 1}])


def read(logs, replicas=None, *, wire=None, **options):
    wire = wire or FakeWire(logs)
    return asyncio.run(read_history(wire, partitions(logs), replicas, NOW, **options)), wire


def reach(histories):
    return {row["log_partition"]: row for row in histories[HistoryReach].rows.to_dict("records")}


def whole(leader, made, start=0):
    return (leader, made, start, made[-1][1] if made else start)


def test_many_empty_partitions_cost_no_request_of_their_own():
    logs = {n: whole(n % 3, []) for n in range(50)} | {7: whole(1, batches(3))}
    histories, wire = read(logs)
    assert len(histories[CommitHistory]) == 300
    assert len(wire.requests) == 2 * 3 + 1
    assert set(histories[HistoryReach].rows["stopped_by"]) == {"start"}


def test_many_partitions_share_requests():
    logs = {n: whole(n % 3, batches(20)) for n in range(50)}
    histories, wire = read(logs)
    assert len(histories[CommitHistory]) == 50 * 20 * 100
    assert len(wire.requests) <= 2 * 3 + 3 * 2


@pytest.mark.parametrize("size_known", [True, False])
@pytest.mark.parametrize("metadata", ["", "x" * 3000])
def test_a_long_log_is_read_wholly_whatever_its_records_weigh(size_known, metadata):
    made = batches(200, 20, metadata=metadata)
    logs = {0: whole(1, made)}
    size = sum(len(batch) for *_, batch in made)
    sizes = [{"topic": TOPIC, "partition": 0, "size_bytes": size, "broker": 1}]
    histories, _ = read(logs, Replicas.from_rows(sizes) if size_known else None)
    assert histories[CommitHistory].rows["log_offset"].tolist() == list(range(4000))
    assert reach(histories)[0]["bytes_read"] <= 2 * size


@pytest.mark.parametrize("metadata", ["", "x" * 1500])
def test_the_budget_of_bytes_is_spent_on_the_newest(metadata):
    made = batches(1000, 50, metadata=metadata)
    logs = {0: whole(1, made), 1: whole(2, made)}
    histories, _ = read(logs, budget_bytes=1 << 20)
    for row in reach(histories).values():
        assert row["stopped_by"] == "budget"
        assert 0 < row["trustworthy_from_offset"] < row["end_offset"]
    assert sum(row["bytes_read"] for row in reach(histories).values()) < 2 << 20
    offsets = histories[CommitHistory].rows.groupby("log_partition")["log_offset"]
    assert (offsets.max() == 1000 * 50 - 1).all()
    assert (offsets.max() - offsets.min() + 1 == offsets.count()).all()


def test_a_gap_stops_the_reading_further_back():
    old = [(0, 10_000_000, log.batch(0, [log.commit(offset=1)], delta=9_999_999))]
    logs = {0: whole(1, old + batches(30, 100, start=10_000_000))}
    histories, wire = read(logs)
    row = reach(histories)[0]
    assert (row["stopped_by"], row["trustworthy_from_offset"]) == ("compaction", 10_000_000)
    assert len(histories[CommitHistory]) == 3000
    assert len(wire.requests) <= 4


def test_the_last_generation_before_the_gap_is_kept():
    group = (log.key(2, "g"), log.group_value(3))
    old = [(0, 10, log.batch(0, [group], delta=9))]
    histories, _ = read({0: whole(1, old + batches(2, 10, start=10))})
    assert histories[GenerationHistory].rows["is_before_reach"].tolist() == [True]


def test_a_batch_larger_than_all_limits_is_read():
    big = batches(1, 2, start=10, metadata="x" * 3_000_000)
    logs = {n: whole(1, batches(1, 10) + big) for n in range(3)}
    histories, _ = read(logs)
    assert len(histories[CommitHistory]) == 3 * 12


def test_a_damaged_length_ends_the_reading():
    [first, (base, behind, second), third] = batches(3, 10)
    bad = second[:8] + b"\x00\x00\x00\x01" + second[12:]
    logs = {0: whole(1, [first, (base, behind, bad), third]), 1: whole(1, batches(2, 10))}
    histories, _ = read(logs)
    assert reach(histories)[0]["stopped_by"] == "corruption"
    assert reach(histories)[1]["stopped_by"] == "start"


@pytest.mark.parametrize("api", ["ListOffsets", "Fetch"])
def test_a_broker_that_hangs_costs_its_own_partitions(api):
    logs = {n: whole(n % 3, batches(2)) for n in range(6)}
    wire = FakeWire(logs, hanging={2: api})
    started = asyncio.run(_timed(wire, logs))
    histories, seconds = started
    assert seconds < 1.5
    assert len(histories[CommitHistory]) == 4 * 200
    assert sorted(histories[CommitHistory].errors) == [
        f"partition {TOPIC}-2",
        f"partition {TOPIC}-5",
    ]


async def _timed(wire, logs):
    clock = asyncio.get_running_loop().time
    began = clock()
    histories = await read_history(wire, partitions(logs), None, NOW, budget_seconds=0.5)
    return histories, clock() - began


def test_without_the_grant_all_is_missing():
    logs = {0: whole(1, batches(1)), 1: whole(1, [])}
    histories, _ = read(logs, wire=FakeWire(logs, refused=29))
    assert set(histories.values()) == {Missing("not authorised", f"Read on Topic {TOPIC}")}
    assert len(histories) == 4


def test_a_leader_that_is_none_any_more_is_an_error():
    logs = {0: whole(1, batches(1))}
    histories, _ = read(logs, wire=FakeWire(logs, refused=6))
    assert set(histories.values()) == {Missing("NOT_LEADER_OR_FOLLOWER")}


def test_a_partition_without_leader_is_an_error():
    logs = {0: whole(1, batches(1)), 1: whole(None, [])}
    histories, _ = read(logs)
    assert histories[HistoryReach].errors == {f"partition {TOPIC}-1": Missing("it has no leader")}


def test_a_topic_that_does_not_exist_is_not_asked_for():
    histories, wire = read({})
    assert {type(held) for held in histories.values()} == {NotApplicable}
    assert not wire.requests


def test_a_topic_that_is_hidden_is_missing():
    histories, wire = read({}, has_groups=True)
    assert {held.grant for held in histories.values()} == {f"Read on Topic {TOPIC}"}
    assert not wire.requests
