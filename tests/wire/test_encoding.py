"""Our writers against kio's: every request of the table, in every version, with many values."""

import dataclasses
import io
import random
import uuid
from datetime import timedelta

import pytest
from kio.serial import entity_reader, entity_writer

from kdiag.wire.allowlist import APIS
from kdiag.wire.encoding import unsigned_varint
from kdiag.wire.request import encode, make_request
from kdiag.wire.schemas import fields_of, request_schema

CASES = [(api, v) for api in APIS.values() for v in range(api.oldest, api.newest + 1)]
IDS = [f"{api.name}-v{version}" for api, version in CASES]
INTEGERS = {"int8": 8, "int16": 16, "int32": 32, "int64": 64}


def value_of(field, rng, inside_array=False):
    if field.is_nullable and not inside_array and rng.random() < 0.3:
        return None
    if field.is_array and not inside_array:
        return [value_of(field, rng, True) for _ in range(rng.randrange(4))]
    if field.struct is not None:
        return {f.name: value_of(f, rng) for f in fields_of(field.struct) if rng.random() < 0.8}
    if field.kind in INTEGERS:
        half = 1 << INTEGERS[field.kind] - 1
        return rng.choice([0, -1, 1, half - 1, -half])
    return {
        "bool": lambda: rng.random() < 0.5,
        "string": lambda: rng.choice(["", "orders", "größe", "x" * 300]),
        "bytes": lambda: rng.randbytes(rng.randrange(200)),
        "uuid": lambda: uuid.UUID(int=rng.getrandbits(128)),
        "timedelta_i32": lambda: timedelta(milliseconds=rng.randrange(10**6)),
    }[field.kind]()


def entity_of(schema, values):
    """The kio dataclass with the same values and defaults."""
    filled = {}
    for field in fields_of(schema):
        value = values.get(field.name, field.default)
        if field.struct is not None and field.is_array and value is not None:
            value = tuple(entity_of(field.struct, item) for item in value)
        elif field.struct is not None and value is not None:
            value = entity_of(field.struct, value)
        elif field.is_array and value is not None:
            value = tuple(value)
        filled[field.name] = value
    return schema(**filled)


def by_kio(schema, values, number):
    header_type = schema.__header_schema__
    header = header_type(
        request_api_key=schema.__api_key__,
        request_api_version=schema.__version__,
        correlation_id=number,
        client_id="kdiag",
    )
    buffer = io.BytesIO()
    entity_writer(header_type)(buffer, header)
    entity_writer(schema)(buffer, entity_of(schema, values))
    return buffer.getvalue()


@pytest.mark.parametrize(("api", "version"), CASES, ids=IDS)
def test_bytes_are_those_of_kio(api, version):
    rng = random.Random(f"{api.name}{version}")  # noqa: S311
    schema = request_schema(api.key, version)
    for number in range(40):
        values = {f.name: value_of(f, rng) for f in fields_of(schema)}
        for path, allowed in api.only.items():
            values.pop(path.partition(".")[0], None)
            if path in {f.name for f in fields_of(schema)}:
                values[path] = allowed[0]
        frame = encode(make_request(api, version, values), number, "kdiag")
        assert int.from_bytes(frame[:4], "big") == len(frame) - 4
        assert frame[4:] == by_kio(schema, values, number)


def test_kio_reads_back_what_we_write():
    groups = [{"group_id": f"g{i}", "topics": None} for i in range(3)]
    frame = encode(make_request(APIS["OffsetFetch"], 9, {"groups": groups}), 1, "kdiag")
    schema = request_schema(9, 9)
    _, at = entity_reader(schema.__header_schema__)(frame, 4)
    entity, end = entity_reader(schema)(frame, 4 + at)
    assert [g.group_id for g in entity.groups] == ["g0", "g1", "g2"]
    assert end == len(frame) - at - 4
    assert dataclasses.asdict(entity)["require_stable"] is False


@pytest.mark.parametrize(
    ("number", "data"),
    [(0, "00"), (127, "7f"), (128, "8001"), (300, "ac02"), (2**31 - 1, "ffffffff07")],
)
def test_varints(number, data):
    assert unsigned_varint(number).hex() == data


def test_durations_may_be_milliseconds():
    assert encode(make_request(APIS["ListOffsets"], 11, {"timeout": 1500}), 0, "k") == encode(
        make_request(APIS["ListOffsets"], 11, {"timeout": timedelta(seconds=1.5)}), 0, "k"
    )


def test_none_is_refused_where_the_protocol_has_no_null():
    with pytest.raises(TypeError, match="groups may not be None"):
        encode(make_request(APIS["OffsetFetch"], 9, {"groups": None}), 0, "k")
    with pytest.raises(TypeError, match="group_id may not be None"):
        encode(make_request(APIS["OffsetFetch"], 9, {"groups": [{"group_id": None}]}), 0, "k")
