"""Replies whose times are not known, as brokers write them."""

import struct

from kdiag.wire.reply import decode

DESCRIBE_TRANSACTIONS = 65


def described(started_ms):
    """Return a reply that describes one transaction: compact lengths are one higher (KIP-482)."""
    state = struct.pack(">h", 0) + b"\x03tx" + b"\x06Empty" + struct.pack(">i", 60_000)
    state += struct.pack(">qqh", started_ms, 7, 3) + b"\x01" + b"\0"
    return struct.pack(">i", 1) + b"\0" + struct.pack(">i", 0) + b"\x02" + state + b"\0"


def test_a_transaction_that_has_not_begun_costs_no_reply():
    [state] = decode(DESCRIBE_TRANSACTIONS, 0, described(-1)).transaction_states

    assert state.transaction_start_time == -1
    assert (state.transactional_id, state.producer_id) == ("tx", 7)


def test_times_are_milliseconds():
    [state] = decode(DESCRIBE_TRANSACTIONS, 0, described(1_700_000_000_123)).transaction_states

    assert state.transaction_start_time == 1_700_000_000_123
