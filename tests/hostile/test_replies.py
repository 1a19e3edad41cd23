"""Replies of a real broker, damaged: they decode or are an error of one sentence, in little memory.

tests/data/replies.json holds what three brokers of release 4.4 have answered.
"""

import base64
import json
import tracemalloc
from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from kio.serial import entity_reader

from kdiag.errors import RequestError
from kdiag.sources.history.batches import batches_in
from kdiag.wire.allowlist import APIS
from kdiag.wire.counts import check_counts
from kdiag.wire.reply import decode, leading_error_code
from kdiag.wire.schemas import response_schema
from tests.hostile.mutations import bounded, mutated

RECORDED = json.loads((Path(__file__).parents[1] / "data" / "replies.json").read_text())
CAP_BYTES = 64 << 20


def parts(name):
    api, _, version = name.partition(" v")
    return APIS[api].key, int(version), base64.b64decode(RECORDED[name])


@pytest.mark.parametrize("name", RECORDED)
def test_what_was_recorded_decodes(name):
    assert decode(*parts(name)) is not None


@pytest.mark.parametrize("name", RECORDED)
def test_counts_are_followed_to_the_last_byte(name):
    """What is followed in another way than it is read would refuse what is right."""
    key, version, frame = parts(name)
    schema = response_schema(key, version)
    _, start = entity_reader(schema.__header_schema__)(frame, 0)

    for cut in range(start, len(frame)):
        with pytest.raises(ValueError, match=r"ends early|announces"):
            check_counts(schema, frame[:cut], start)
    check_counts(schema, frame, start)


@pytest.mark.parametrize("name", RECORDED)
@bounded
@given(data=st.data())
def test_a_damaged_reply_decodes_or_is_one_sentence(name, data):
    key, version, frame = parts(name)
    damaged = frame[:4] + data.draw(mutated(frame[4:]))
    tracemalloc.start()
    with suppress(RequestError):
        decode(key, version, damaged)
    _, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert most < CAP_BYTES


@bounded
@given(st.binary(max_size=300), st.sampled_from(sorted(RECORDED)))
def test_noise_is_no_reply(noise, name):
    key, version, _ = parts(name)
    leading_error_code(noise)
    with suppress(RequestError):
        decode(key, version, noise)


def test_a_reply_that_announces_billions_of_rows_costs_nothing():
    """The codec reserves memory for what is announced, and ends the process where there is none."""
    for count in (b"\x7f\xff\xff\xff", b"\xff\xff\xff\xff\x07", b"\xff\xff\xff\xff\x0f"):
        for name in RECORDED:
            key, version, frame = parts(name)
            for at in range(4, min(len(frame), 40)):
                damaged = frame[:at] + count + frame[at + len(count) :]
                with suppress(RequestError):
                    decode(key, version, damaged)


@bounded
@given(st.binary(max_size=400))
def test_noise_has_no_batches_or_some(noise):
    for batch in batches_in(noise):
        assert batch.payload is None or len(batch.payload) <= len(noise)
