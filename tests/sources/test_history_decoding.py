import struct
import uuid
from datetime import UTC, datetime, timedelta

import pandas
import pytest

from kdiag.sections import CommitHistory, GenerationHistory, HistoryReach, MemberHistory
from kdiag.sources.history.decoding import sections_of
from kdiag.sources.history.tail import Tail
from tests.sources import log

NOW = datetime(2026, 1, 1, tzinfo=UTC)
TIME = datetime.fromtimestamp(log.T0 / 1000, UTC)
TOPIC_ID = uuid.UUID("6ba7b810-9dad-11d1-80b4-00c04fd430c8")


def tail_of(*batches, start=0, end=None, partition=7):
    data = b"".join(batches)
    probe = Tail(partition, start, 10**9)
    window = probe.next_window(1 << 30)
    window.low = window.position = start
    window.add(data)
    tail = Tail(partition, start, window.position if end is None else end)
    window.high = tail.end
    window.end()
    tail.take(window)
    return tail


def read(*batches, **options):
    return sections_of([tail_of(*batches, **options)], {}, NOW)


def dicts(table):
    unknown = (pandas.NA, pandas.NaT)
    return [
        {name: None if any(value is one for one in unknown) else value for name, value in row}
        for row in (each.items() for each in table.rows.to_dict("records"))
    ]


def commits_of(*batches, **options):
    return dicts(read(*batches, **options)[CommitHistory])


def reach_of(*batches, **options):
    [row] = dicts(read(*batches, **options)[HistoryReach])
    return row


def generations_of(*batches, **options):
    return dicts(read(*batches, **options)[GenerationHistory])


def members_of(*batches):
    return dicts(read(*batches)[MemberHistory])


@pytest.mark.parametrize("codec", list(log.CODECS))
def test_commits_of_every_codec(codec):
    records = [log.commit(partition=n, offset=n * 10) for n in range(300)]
    rows = commits_of(log.batch(0, records, codec), log.batch(300, records, codec))
    assert [row["committed_offset"] for row in rows] == [n * 10 for n in range(300)] * 2
    assert [row["log_offset"] for row in rows] == list(range(600))


@pytest.mark.parametrize("version", range(5))
def test_commit_values_of_every_version(version):
    value = {"version": version, "offset": 2**40, "at": log.T0 + 1, "metadata": "mé" * 100}
    [row] = commits_of(log.batch(0, [log.commit("gruppe-ü", "orders", 12, **value)]))
    assert row == {
        "group": "gruppe-ü",
        "topic": "orders",
        "partition": 12,
        "committed_at": pandas.Timestamp(TIME + timedelta(milliseconds=1)),
        "committed_offset": 2**40,
        "leader_epoch": 3 if version >= 3 else None,
        "topic_id": None,
        "is_tombstone": False,
        "log_partition": 7,
        "log_offset": 0,
    }


def test_old_type_of_commit():
    pair = (log.commit_key(type_=0), log.commit_value(9, version=0))
    assert [row["committed_offset"] for row in commits_of(log.batch(0, [pair]))] == [9]


def test_topic_ids_behind_other_tags():
    other = uuid.uuid4()
    rows = commits_of(
        log.batch(
            0,
            [
                log.commit(topic_id=TOPIC_ID, tags=[(9, b"xyz")]),
                log.commit(topic_id=None),
                log.commit(topic_id=other),
                log.commit(topic_id=None, tags=[(3, b"x" * 200), (0, TOPIC_ID.bytes)]),
            ],
        )
    )
    assert [row["topic_id"] for row in rows] == [str(TOPIC_ID), None, str(other), str(TOPIC_ID)]


def test_unknown_leader_epoch():
    [row] = commits_of(log.batch(0, [log.commit(epoch=-1)]))
    assert row["leader_epoch"] is None


def test_tombstone_of_a_commit():
    [row] = commits_of(log.batch(0, [(log.commit_key("g", "t", 4), None, 1500)]))
    assert row["is_tombstone"]
    assert row["committed_offset"] is None
    assert row["committed_at"] == TIME + timedelta(milliseconds=1500)


def test_log_append_time_counts():
    pair = (log.commit_key(), None, 1500)
    one = log.batch(0, [pair], attributes=0x08, max_time=log.T0 + 9000)
    [row] = commits_of(one)
    assert row["committed_at"] == TIME + timedelta(seconds=9)
    assert reach_of(one)["trustworthy_from"] == TIME + timedelta(seconds=9)


def test_what_is_not_utf8_is_replaced():
    key = struct.pack(">h", 1) + b"\0\x02\xffg" + log.text("t") + b"\0\0\0\0"
    assert commits_of(log.batch(0, [(key, log.commit_value())]))[0]["group"] == "�g"


def test_headers_of_records_are_passed_over():
    one = log.record(0, *log.commit(offset=1), 0, [(b"h", b"v"), (b"n", None)])
    two = log.record(1, *log.commit(offset=2))
    rows = commits_of(log.batch(0, [log.commit(), log.commit()], payload=one + two))
    assert [row["committed_offset"] for row in rows] == [1, 2]


@pytest.mark.parametrize(
    ("pair", "type_", "version"),
    [
        ((log.commit_key(), struct.pack(">h", 5) + b"x" * 40), 1, 5),
        ((log.commit_key(), log.commit_value()[:-4]), 1, 4),
        ((log.commit_key(), b""), 1, -1),
        ((log.commit_key()[:-2], log.commit_value()), 1, 4),
        ((log.key(2, "g"), struct.pack(">h", 9)), 2, 9),
        ((log.key(2, "g"), log.group_value(1, [log.member("m")])[:-9]), 2, 3),
        ((log.key(8, "g", "m"), struct.pack(">hi", 0, 1)), 8, 0),
        ((log.key(3, "g"), struct.pack(">hi", 1, 1)), 3, 1),
        ((log.key(24, "g"), struct.pack(">hi", 2, 1)), 24, 2),
        ((b"\x00", b"\x00\x00"), -1, -1),
        ((None, b"\x00\x00"), -1, -1),
    ],
)
def test_what_is_not_known_is_counted_and_costs_nothing_else(pair, type_, version):
    batches = [log.batch(0, [log.commit(offset=1), pair, log.commit(offset=2)])]
    assert [row["committed_offset"] for row in commits_of(*batches)] == [1, 2]
    assert not generations_of(*batches)
    assert not members_of(*batches)
    row = reach_of(*batches)
    assert (row["unknown_records"], row["unknown_types"]) == (1, ((type_, version, 1),))


@pytest.mark.parametrize("type_", [4, 9, 15, 16, 18, 23])
def test_known_types_that_no_section_needs(type_):
    row = reach_of(log.batch(0, [(log.key(type_, "g"), struct.pack(">h", 0))]))
    assert (row["unknown_records"], row["unknown_types"]) == (0, ())


def test_transactions_count_once_committed():
    def batch(base, producer, offset):
        records = [log.commit(offset=offset), log.commit(partition=1, offset=offset)]
        return log.batch(base, records, attributes=0x10, producer=producer)

    batches = [
        batch(0, 1, 10),
        batch(2, 2, 20),
        log.marker(4, 1, log.COMMIT),
        log.marker(5, 2, log.ABORT),
        batch(6, 1, 11),
        batch(8, 2, 21),
        log.marker(10, 1, log.ABORT),
        log.marker(11, 2, log.COMMIT),
        batch(12, 1, 12),
        log.batch(14, [log.commit(offset=30)]),
    ]
    rows = commits_of(*batches)
    assert [row["committed_offset"] for row in rows] == [10, 10, 21, 21, 30]
    row = reach_of(*batches)
    assert (row["stopped_by"], row["undecided_records"]) == ("start", 6)


@pytest.mark.parametrize("version", range(5))
def test_generations_of_classic_groups(version):
    members = [log.member("m1", version, "i1"), log.member("m2", version, rebalance=1)]
    value = log.group_value(4, members, version, leader="m1")
    [row] = generations_of(log.batch(0, [(log.key(2, "g"), value, 20)]))
    assert {**row, "members": None} == {
        "group": "g",
        "kind": "classic",
        "generation": 4,
        "written_at": TIME + timedelta(milliseconds=20),
        "state_since": TIME if version >= 2 else None,
        "protocol": "range",
        "protocol_type": "consumer",
        "leader": "m1",
        "members": None,
        "is_tombstone": False,
        "is_before_reach": False,
        "log_partition": 7,
        "log_offset": 0,
    }
    assert row["members"] == (
        ("m1", "i1" if version >= 3 else None, "c", "/h", 60000 if version else None, 45000),
        ("m2", None, "c", "/h", 1 if version else None, 45000),
    )


def test_an_empty_group_and_a_tombstone():
    empty = log.group_value(5, protocol=None)
    rows = generations_of(log.batch(0, [(log.key(2, "g"), empty), (log.key(2, "g"), None)]))
    assert [(row["members"], row["is_tombstone"]) for row in rows] == [((), False), (None, True)]
    assert rows[0]["protocol"] is None
    assert rows[1]["generation"] is None


@pytest.mark.parametrize(("type_", "kind"), [(3, "consumer"), (11, "share"), (17, "streams")])
def test_epochs_of_other_groups(type_, kind):
    pairs = [(log.key(type_, "g"), log.epoch_value(n, b"\x01\x00\x08" + bytes(8))) for n in (1, 2)]
    rows = generations_of(log.batch(0, pairs))
    assert [(row["kind"], row["generation"], row["members"]) for row in rows] == [
        (kind, 1, None),
        (kind, 2, None),
    ]


def test_members_of_consumer_groups():
    member = log.text("i", True) + log.text(None, True) + log.text("client", True)
    member += log.text("/host", True) + b"\x02" + log.text("topic", True) + b"\0"
    member += struct.pack(">i", 6000) + b"\0\0"
    current = struct.pack(">iib", 5, 4, 1) + log.owned((TOPIC_ID, (0, 3)))
    current += log.owned((TOPIC_ID, (3,)), tags=b"\x01\x00\x05\x02" + struct.pack(">i", 4)) + b"\0"
    epoch = struct.pack(">i", 5) + b"\x01\x00\x08" + struct.pack(">q", log.T0)
    version = struct.pack(">h", 0)
    rows = members_of(
        log.batch(
            0,
            [
                (log.key(5, "g", "m"), version + member),
                (log.key(6, "g"), version + epoch),
                (log.key(7, "g", "m"), version + log.owned((TOPIC_ID, (0,))) + b"\0"),
                (log.key(8, "g", "m"), version + current),
                (log.key(8, "g", "m"), None),
            ],
        )
    )
    assert [row["record"] for row in rows] == [
        "member",
        "target-epoch",
        "target",
        "current",
        "current",
    ]
    assert (rows[0]["instance_id"], rows[0]["client_id"], rows[0]["client_host"]) == (
        "i",
        "client",
        "/host",
    )
    assert rows[0]["rebalance_timeout_ms"] == 6000
    assert (rows[1]["member_id"], rows[1]["assignment_epoch"]) == (None, 5)
    assert rows[1]["assigned_at"] == TIME
    assert rows[2]["assignment"] == ((str(TOPIC_ID), 0),)
    assert (rows[3]["member_epoch"], rows[3]["previous_member_epoch"], rows[3]["state"]) == (
        5,
        4,
        1,
    )
    assert rows[3]["assignment"] == ((str(TOPIC_ID), 0), (str(TOPIC_ID), 3))
    assert rows[3]["pending_revocation"] == ((str(TOPIC_ID), 3),)
    assert rows[4]["is_tombstone"]


def test_members_of_share_and_streams_groups():
    version = struct.pack(">h", 0)
    share = log.text(None, True) + log.text("client", True) + log.text("/host", True) + b"\x01\0"
    tasks = log.owned(("sub", (1,))) + log.owned() + log.owned(("sub", (2,)))
    current = struct.pack(">iib", 2, 1, 0) + tasks + log.owned(("sub", (9,))) + log.owned() * 2
    rows = members_of(
        log.batch(
            0,
            [
                (log.key(10, "s", "m"), version + share),
                (log.key(22, "k", "m"), version + current + b"\0"),
            ],
        )
    )
    assert [(row["kind"], row["record"]) for row in rows] == [
        ("share", "member"),
        ("streams", "current"),
    ]
    assert rows[0]["client_id"] == "client"
    assert rows[1]["assignment"] == (("sub", 1), ("sub", 2))
    assert rows[1]["pending_revocation"] == (("sub", 9),)


def test_only_records_behind_the_last_gap_are_history():
    group = log.key(2, "g")
    batches = [
        log.batch(0, [log.commit(offset=1), (group, log.group_value(1))], delta=9),
        log.batch(10, [(group, log.group_value(2)), log.commit(offset=2)]),
        log.batch(20, [log.commit(offset=3), (group, log.group_value(3))]),
        log.batch(22, [log.commit(offset=4)]),
    ]
    assert [row["committed_offset"] for row in commits_of(*batches)] == [3, 4]
    rows = generations_of(*batches)
    assert [(row["generation"], row["is_before_reach"]) for row in rows] == [(2, True), (3, False)]
    row = reach_of(*batches)
    assert (row["stopped_by"], row["trustworthy_from_offset"]) == ("compaction", 20)


def test_a_batch_that_lost_records_ends_the_reach():
    batches = [log.batch(0, [log.commit()], delta=1), log.batch(2, [log.commit(offset=7)])]
    assert [row["committed_offset"] for row in commits_of(*batches)] == [7]
    assert reach_of(*batches)["stopped_by"] == "compaction"


def test_nothing_is_trustworthy_right_after_compaction():
    row = reach_of(log.batch(0, [log.commit()]), end=5)
    assert (row["trustworthy_from_offset"], row["stopped_by"]) == (5, "compaction")
    assert row["trustworthy_from"] == NOW


def test_an_empty_log_is_wholly_known():
    row = sections_of([Tail(7, 0, 0)], {}, NOW)[HistoryReach].rows.iloc[0]
    assert row["stopped_by"] == "start"
    assert row["trustworthy_from"] is pandas.NaT


def test_a_damaged_batch_ends_the_reach():
    bad = bytearray(log.batch(1, [log.commit(offset=2)]))
    bad[-3] ^= 1
    batches = [log.batch(0, [log.commit(offset=1)]), bytes(bad)]
    batches += [log.batch(2, [log.commit(offset=3)])]
    assert [row["committed_offset"] for row in commits_of(*batches)] == [3]
    row = reach_of(*batches)
    assert (row["stopped_by"], row["corrupt_batches"]) == ("corruption", 1)


@pytest.mark.parametrize(
    "options",
    [
        {"payload": b"\x05abc"},
        {"payload": b"\xff" * 40},
        {"payload": log.record(0, *log.commit()) + b"\x02"},
        *({"payload": b"rubbish" * 5, "codec": codec} for codec in range(1, 8)),
        {"payload": b"\x82SNAPPY\0" + bytes(8) + b"\x00\x00\x00\x50ab", "codec": 2},
        {"payload": b"\xff\xff\xff\xff\x0f" + b"a" * 20, "codec": 2},
    ],
)
def test_a_batch_that_cannot_be_taken_apart_ends_the_reach(options, monkeypatch):
    monkeypatch.setattr(log, "CODECS", {**log.CODECS, **dict.fromkeys((5, 6, 7), bytes)})
    bad = log.batch(0, [log.commit()], **options)
    good = log.batch(1, [log.commit(offset=3)])
    assert [row["committed_offset"] for row in commits_of(bad, good)] == [3]
    row = reach_of(bad, good)
    assert (row["stopped_by"], row["corrupt_batches"]) == ("corruption", 1)


def test_tables_have_the_dtypes_of_the_dictionary():
    for section, held in read(log.batch(0, [log.commit(topic_id=TOPIC_ID)])).items():
        assert held.rows.dtypes.to_dict() == section.of({}).rows.dtypes.to_dict(), section
    for section, held in sections_of([], {}, NOW).items():
        assert held.rows.dtypes.to_dict() == section.of({}).rows.dtypes.to_dict(), section
