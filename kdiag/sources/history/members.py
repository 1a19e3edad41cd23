"""Members of the groups that the broker drives: records of types 5-8, 10, 12-14 and 19-22.

Schemas: {Consumer,Share,Streams}Group{MemberMetadata,TargetAssignmentMetadata,
TargetAssignmentMember,CurrentMemberAssignment}{Key,Value} (group-coordinator of Kafka). All values
are version 0 and flexible.
"""

from typing import Any

from kdiag.sources.history.fields import Fields, Malformed

_MEMBER, _TARGET_EPOCH, _TARGET, _CURRENT = "member", "target-epoch", "target", "current"
_RECORDS = (_MEMBER, _TARGET_EPOCH, _TARGET, _CURRENT)
_NUMBERS = {"consumer": (5, 6, 7, 8), "share": (10, 12, 13, 14), "streams": (19, 20, 21, 22)}
_MEANING = {
    number: (kind, record)
    for kind, numbers in _NUMBERS.items()
    for number, record in zip(numbers, _RECORDS, strict=True)
}
TYPES = tuple(_MEANING)

_VERSION = 0
_ASSIGNED_AT = 0  # tag of target-epoch
_TASK_LISTS = 3  # of streams: active, standby, warm-up

Row = dict[str, Any]
Owned = tuple[tuple[str, int], ...]


def member_record(type_: int, key: Fields, value: Fields | None) -> Row:
    """Return the columns that a record tells; value is None for a tombstone.

    Raises Malformed for a version that is not known, or bytes that are not what it says.
    """
    kind, record = _MEANING[type_]
    row: Row = {
        "group": key.text(),
        "member_id": None if record == _TARGET_EPOCH else key.text(),
        "kind": kind,
        "record": record,
        "is_tombstone": value is None,
    }
    if value is None:
        return row
    version = value.int16()
    if version != _VERSION:
        raise Malformed(f"version {version} is not known")
    value.is_flexible = True
    return row | _READERS[record](kind, value)


def _member(kind: str, value: Fields) -> Row:
    instance_id = None if kind == "share" else value.text()
    value.text()  # the rack
    return {
        "instance_id": instance_id,
        "client_id": value.text(),
        "client_host": value.text(),
        "rebalance_timeout_ms": _rebalance_timeout(value) if kind == "consumer" else None,
    }


def _rebalance_timeout(value: Fields) -> int:
    """Return what stands behind the subscription: names of topics, and a pattern."""
    for _ in range(value.count() + 1):
        value.text()
    return value.int32()


def _target_epoch(_kind: str, value: Fields) -> Row:
    epoch, at = value.int32(), value.tags().get(_ASSIGNED_AT, b"")
    return {
        "assignment_epoch": epoch,
        "assigned_at": int.from_bytes(at, "big", signed=True) if len(at) == 8 else None,
    }


def _target(kind: str, value: Fields) -> Row:
    return {"assignment": _assignment(kind, value)}


def _current(kind: str, value: Fields) -> Row:
    return {
        "member_epoch": value.int32(),
        "previous_member_epoch": value.int32(),
        "state": value.int8(),
        "assignment": _assignment(kind, value),
        "pending_revocation": None if kind == "share" else _assignment(kind, value),
    }


def _assignment(kind: str, value: Fields) -> Owned:
    if kind == "streams":
        return tuple(pair for _ in range(_TASK_LISTS) for pair in _owned(kind, value))
    return _owned(kind, value)


def _owned(kind: str, value: Fields) -> Owned:
    """Return one array of topics (or subtopologies) with their partitions, as pairs."""
    pairs: list[tuple[str, int]] = []
    for _ in range(value.count()):
        name = (value.text() or "") if kind == "streams" else value.topic_id()
        pairs += [(name, value.int32()) for _ in range(value.count())]
        value.tags()
    return tuple(pairs)


_READERS = {_MEMBER: _member, _TARGET_EPOCH: _target_epoch, _TARGET: _target, _CURRENT: _current}
