"""Whatever lies in the log: reading it never raises."""

import random
from datetime import UTC, datetime

import pytest

from kdiag.sources.history.batches import batches_in
from kdiag.sources.history.decoding import sections_of
from tests.sources import log
from tests.sources.test_history_decoding import tail_of

NOW = datetime(2026, 1, 1, tzinfo=UTC)


def pairs(random_):
    version = random_.randrange(5)
    group = (log.key(2, "g"), log.group_value(1, [log.member("m", version)], version))
    epoch = (log.key(6, "g"), log.epoch_value(3))
    return [log.commit(version=version), group, epoch, (log.commit_key(), None)]


@pytest.mark.parametrize("seed", range(150))
def test_flipped_bits(seed):
    random_ = random.Random(seed)  # noqa: S311
    codec = random_.choice(list(log.CODECS))
    data = bytearray(b"".join(log.batch(4 * n, pairs(random_), codec) for n in range(5)))
    for _ in range(random_.randrange(1, 8)):
        data[random_.randrange(len(data))] ^= 1 << random_.randrange(8)
    sections_of([tail_of(bytes(data), end=20)], {}, NOW)


@pytest.mark.parametrize("seed", range(150))
def test_flipped_bits_under_a_right_checksum(seed):
    random_ = random.Random(seed)  # noqa: S311
    plain = b"".join(log.record(n, *pair) for n, pair in enumerate(pairs(random_)))
    codec = random_.choice(list(log.CODECS))
    payload = bytearray(plain if seed % 2 else log.CODECS[codec](plain))
    for _ in range(random_.randrange(1, 6)):
        payload[random_.randrange(len(payload))] ^= 1 << random_.randrange(8)
    codec = 0 if seed % 2 else codec
    batch = log.batch(0, [log.commit()] * 4, codec, payload=bytes(payload))
    sections_of([tail_of(batch, end=4)], {}, NOW)


@pytest.mark.parametrize("seed", range(150))
def test_random_keys_and_values(seed):
    random_ = random.Random(seed)  # noqa: S311
    records = []
    for _ in range(40):
        prefix = bytes([0, random_.randrange(26)])
        value = bytes([0, random_.randrange(6)]) + random_.randbytes(random_.randrange(60))
        records.append((prefix + random_.randbytes(random_.randrange(30)), value))
    sections_of([tail_of(log.batch(0, records))], {}, NOW)


@pytest.mark.parametrize("seed", range(50))
def test_random_bytes(seed):
    data = random.Random(seed).randbytes(500)  # noqa: S311
    assert isinstance(batches_in(data), list)
    sections_of([tail_of(data, end=9)], {}, NOW)


def test_a_reply_that_is_cut_off_anywhere():
    whole = log.batch(0, [log.commit()])
    data = whole + log.batch(1, [log.commit()])
    for length in range(len(data)):
        assert len(batches_in(data[:length])) == (1 if length >= len(whole) else 0)


def test_extreme_numbers_in_the_header_and_the_records():
    big = 2**63 - 1
    records = [log.commit(offset=big, at=big), log.commit(offset=-big, at=-5)]
    batch = log.batch(0, records, time=big, max_time=-big)
    sections_of([tail_of(batch)], {}, NOW)
    record = log.record(0, *log.commit(), 2**62)
    sections_of([tail_of(log.batch(0, [log.commit()], payload=record, time=big))], {}, NOW)
