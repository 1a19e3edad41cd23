"""Records of `__share_group_state`, as bytes, become rows."""

import struct
import uuid
from datetime import UTC, datetime, timedelta

import pytest

from kdiag.sources.history.share_state import share_state_history
from tests.sources import log
from tests.sources.test_history_decoding import dicts, tail_of

NOW = datetime(2026, 1, 1, tzinfo=UTC)
TIME = datetime.fromtimestamp(log.T0 / 1000, UTC)
JOBS = uuid.UUID("6ba7b810-9dad-11d1-80b4-00c04fd430c8")
SNAPSHOT, UPDATE = 0, 1


def key(type_, group="workers", topic_id=JOBS, partition=2):
    return (
        struct.pack(">h", type_) + log.text(group) + topic_id.bytes + struct.pack(">i", partition)
    )


def tagged(complete_count):
    if complete_count is None:
        return b"\0"
    return b"\1\0\4" + struct.pack(">i", complete_count)


def state(batches):
    made = (struct.pack(">qqbh", *batch) + b"\0" for batch in batches)
    return log.unsigned(len(batches) + 1) + b"".join(made)


def update(start=-1, batches=(), complete_count=None, version=0):
    return struct.pack(">hiiq", version, 3, 4, start) + state(batches) + tagged(complete_count)


def snapshot(start=-1, batches=(), complete_count=None, state_epoch=7):
    head = struct.pack(">hiiiqqq", 0, 3, state_epoch, 4, start, log.T0, log.T0)
    return head + state(batches) + tagged(complete_count)


def read(*records):
    tail = tail_of(log.batch(0, [(*each, n * 1000) for n, each in enumerate(records)]))
    return share_state_history([tail], {str(JOBS): "jobs"}, {}, NOW)


def test_an_update_tells_its_batches():
    batches = ((10, 19, 2, 1), (20, 20, 4, 5))

    [row] = dicts(read((key(UPDATE), update(10, batches, 11))))

    assert row == {
        "group": "workers",
        "topic": "jobs",
        "partition": 2,
        "state_epoch": None,
        "start_offset": 10,
        "batches": batches,
        "delivery_complete_count": 11,
        "written_at": TIME,
        "seen_from": TIME,
        "is_snapshot": False,
        "is_tombstone": False,
        "log_partition": 7,
        "log_offset": 0,
    }


def test_a_snapshot_tells_its_epoch_and_a_group_that_has_not_begun_no_offset():
    first, second = dicts(read((key(SNAPSHOT), snapshot()), (key(SNAPSHOT), snapshot(5, (), 0))))

    assert (first["state_epoch"], first["start_offset"]) == (7, None)
    assert first["delivery_complete_count"] is None
    assert (second["start_offset"], second["delivery_complete_count"]) == (5, 0)
    assert second["written_at"] == TIME + timedelta(seconds=1)
    assert second["is_snapshot"]


def test_a_tombstone_and_a_topic_that_is_gone():
    other = uuid.UUID(int=5)

    first, second = dicts(read((key(SNAPSHOT), None), (key(UPDATE, topic_id=other), update(1))))

    assert first["is_tombstone"]
    assert second["topic"] is None


@pytest.mark.parametrize(
    "record",
    [
        (key(9), update()),
        (key(UPDATE), update(version=1)),
        (key(UPDATE), update(1, ((0, 1, 2, 1),))[:-9]),
        (key(UPDATE)[:-3], update()),
        (key(UPDATE), b""),
    ],
    ids=["type", "version", "cut", "key", "empty"],
)
def test_what_is_not_known_is_an_error_and_does_not_stop_the_rest(record):
    history = read(record, (key(UPDATE), update(1)))

    assert len(history) == 1
    [(target, why)] = history.errors.items()
    assert target == "partition __share_group_state-7"
    assert why.reason.startswith("1 of its records")
