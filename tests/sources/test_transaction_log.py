"""Records of `__transaction_state`, as coordinators write them, become rows."""

import struct
from datetime import UTC, datetime, timedelta

import pytest

from kdiag.sources.history.batches import batches_in
from kdiag.sources.history.tail import Tail
from kdiag.sources.history.transaction_log import transaction_history
from tests.sources.log import T0, batch, text, unsigned

NOW = datetime.fromtimestamp(T0 / 1000, UTC) + timedelta(seconds=60)
OLD = T0 - 700_000


def key(id_="writer", version=0):
    return struct.pack(">h", version) + text(id_)


def value(state, epoch=3, version=1, timeout=60_000):
    """A transaction on one partition; the fields behind the state differ between versions."""
    out = struct.pack(">hqhib", version, 4001, epoch, timeout, state)
    if version == 0:
        return out + struct.pack(">i", 1) + text("orders") + struct.pack(">iiqq", 1, 0, T0, T0)
    partitions = unsigned(2) + text("orders", True) + unsigned(2) + struct.pack(">i", 0) + b"\0"
    tagged = unsigned(2) + unsigned(0) + unsigned(8) + struct.pack(">q", -1)
    tagged += unsigned(3) + unsigned(2) + struct.pack(">h", -1)
    return out + partitions + struct.pack(">qq", T0, T0) + tagged


def history(*batches, errors=None, stopped_by="start"):
    data, end = b"".join(batches), 0
    tail = Tail(2, 0, 100)
    tail.batches = batches_in(data)
    if tail.batches:
        tail.trusted_from, end = tail.batches[0].base_offset, tail.batches[-1].next_offset
    tail.end, tail.stopped_by = end, stopped_by
    return transaction_history([tail], errors or {}, NOW)


@pytest.mark.parametrize("version", [0, 1])
def test_each_change_of_state_is_a_row(version):
    records = [(key(), value(state, epoch, version)) for state, epoch in ((0, 3), (1, 3), (3, 4))]

    rows = history(batch(0, records)).rows

    assert rows["transactional_id"].tolist() == ["writer"] * 3
    assert rows["state"].tolist() == ["Empty", "Ongoing", "PrepareAbort"]
    assert rows["producer_epoch"].tolist() == [3, 3, 4]
    assert rows["producer_id"].tolist() == [4001] * 3
    assert rows["timeout_seconds"].tolist() == [60.0] * 3
    assert rows["partitions"].tolist() == [(("orders", 0),)] * 3
    assert rows["log_offset"].tolist() == [0, 1, 2]
    assert rows["log_partition"].tolist() == [2] * 3
    assert rows["written_at"].iloc[0] == NOW - timedelta(seconds=60)


def test_an_expired_id_is_a_tombstone():
    [row] = history(batch(0, [(key(), None)])).rows.itertuples()

    assert row.is_tombstone
    assert row.state is None


def test_older_changes_are_left_out():
    table = history(batch(0, [(key(), value(1))], time=OLD), batch(1, [(key(), value(4))]))

    assert table.rows["state"].tolist() == ["CompleteCommit"]
    assert not table.errors


@pytest.mark.parametrize("strange", [value(1, version=2), value(9), b"\0", value(1)[:10]])
def test_what_cannot_be_read_is_said(strange):
    table = history(batch(0, [(key(), value(0)), (key(), strange)]))

    assert len(table) == 1
    assert "1 of its records" in table.errors["partition __transaction_state-2"].reason


def test_another_kind_of_key_is_said():
    assert history(batch(0, [(key(version=1), value(0))])).errors


def test_a_short_reach_is_said():
    table = history(batch(50, [(key(), value(1))]), stopped_by="budget")

    [missing] = table.errors.values()
    assert missing.reason == "only its last 60 s could be read (budget)"
    assert missing.grant == "--history-mib"


def test_a_reach_beyond_the_window_is_enough():
    table = history(
        batch(49, [(key(), value(1))], time=OLD),
        batch(50, [(key(), value(4))]),
        stopped_by="compaction",
    )

    assert not table.errors
