"""Counts in a reply, before its codec believes them.

kio reserves memory for as many elements as an array announces: a damaged reply of 20 bytes that
announces four billion of them would end the process (the allocation fails in native code, which no
`except` sees). Here every count is held against the bytes that are left, as Kafka's own
MessageGenerator does. Layouts: KIP-482 (compact types, tagged fields), "Protocol Primitive Types".
"""

from collections.abc import Callable
from functools import cache

from kdiag.wire.schemas import Field, Schema, fields_of

Skip = Callable[[bytes, int], int]
"""From where a value begins to where it ends. Raises ValueError, or IndexError behind the end."""

_SIZES = {
    "bool": 1,
    "int8": 1,
    "uint8": 1,
    "int16": 2,
    "uint16": 2,
    "error_code": 2,
    "int32": 4,
    "uint32": 4,
    "timedelta_i32": 4,
    "int64": 8,
    "uint64": 8,
    "float64": 8,
    "datetime_i64": 8,
    "timedelta_i64": 8,
    "uuid": 16,
}


def check_counts(schema: Schema, frame: bytes, at: int) -> None:
    """Follow a reply from its body on. Raises ValueError for an array that cannot be there."""
    try:
        _struct(schema)(frame, at)
    except IndexError:
        raise ValueError("it ends early") from None


@cache
def _struct(schema: Schema) -> Skip:
    """Return what skips a structure: runs of fixed size, what lies between, tagged fields."""
    flexible = bool(schema.__flexible__)
    fields = fields_of(schema)
    steps: list[tuple[int, Skip | None]] = []
    run = 0
    for field in fields:
        if field.tag is not None:
            continue
        size = None if field.is_array else _SIZES.get(field.kind)
        if size is not None:
            run += size
            continue
        steps.append((run, _value(field, flexible)))
        run = 0
    steps.append((run, _tagged(fields) if flexible else None))

    def skip(frame: bytes, at: int) -> int:
        for fixed, value in steps:
            at += fixed
            if value is not None:
                at = value(frame, at)
        if at > len(frame):
            raise ValueError("it ends early")
        return at

    return skip


def _value(field: Field, flexible: bool) -> Skip:
    if field.is_array:
        return _array(field, flexible)
    if field.struct is not None:
        return _nullable(_struct(field.struct)) if field.is_nullable else _struct(field.struct)
    if flexible:
        return _compact_text
    return _short_text if field.kind == "string" else _long_text


def _array(field: Field, flexible: bool) -> Skip:
    size = _SIZES.get(field.kind)
    one = Field(field.name, field.kind, field.struct, False, False, None, None)
    element = None if size is not None else _value(one, flexible)

    def skip(frame: bytes, at: int) -> int:
        if flexible:
            count, at = _varint(frame, at)
            count -= 1
        else:
            count, at = int.from_bytes(frame[at : at + 4], "big", signed=True), at + 4
        left = len(frame) - at
        if count * (size or 1) > left:
            raise ValueError(f"{field.name} announces {count} elements in {left} bytes")
        if element is None:
            return at + max(count, 0) * (size or 0)
        for _ in range(count):
            at = element(frame, at)
        return at

    return skip


def _nullable(inner: Skip) -> Skip:
    def skip(frame: bytes, at: int) -> int:
        return at + 1 if frame[at] >= 0x80 else inner(frame, at + 1)

    return skip


def _tagged(fields: tuple[Field, ...]) -> Skip:
    known: dict[int, Skip] = {
        field.tag: _value(field, True)
        for field in fields
        if field.tag is not None and (field.is_array or field.kind not in _SIZES)
    }

    def skip(frame: bytes, at: int) -> int:
        count = frame[at]
        if not count:  # the usual case
            return at + 1
        count, at = _varint(frame, at)
        for _ in range(count):
            tag, at = _varint(frame, at)
            size, at = _varint(frame, at)
            if tag in known:
                known[tag](frame, at)
            at += size
            if at > len(frame):
                raise ValueError("it ends early")
        return at

    return skip


def _compact_text(frame: bytes, at: int) -> int:
    size = frame[at]
    if size < 0x80:  # the usual case
        return at + size if size else at + 1
    size, at = _varint(frame, at)
    return at + size - 1


def _short_text(frame: bytes, at: int) -> int:
    return at + 2 + max(0, int.from_bytes(frame[at : at + 2], "big", signed=True))


def _long_text(frame: bytes, at: int) -> int:
    return at + 4 + max(0, int.from_bytes(frame[at : at + 4], "big", signed=True))


def _varint(frame: bytes, at: int) -> tuple[int, int]:
    """Return an unsigned varint of up to five bytes, and where it ends."""
    value = 0
    for shift in range(0, 35, 7):
        byte = frame[at]
        at += 1
        value |= (byte & 0x7F) << shift
        if byte < 0x80:
            return value, at
    raise ValueError("a number is too long")
