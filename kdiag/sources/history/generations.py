"""Generations of classic groups and epochs of the others: records of types 2, 3, 11 and 17.

Schemas: GroupMetadataValue, ConsumerGroupMetadataValue, ShareGroupMetadataValue,
StreamsGroupMetadataValue (group-coordinator of Kafka). Written when a rebalance completes, when a
group is created or becomes empty, and when a static member is replaced (then without a new
generation).
"""

from typing import Any

from kdiag.sections import PastMember
from kdiag.sources.history.fields import Fields, Malformed

_CLASSIC = 2
_EPOCHS = {3: "consumer", 11: "share", 17: "streams"}
TYPES = (_CLASSIC, *_EPOCHS)

_TIMED_SINCE, _REBALANCE_TIMEOUT_SINCE, _STATIC_SINCE, _FLEXIBLE_SINCE = 2, 1, 3, 4
_NEWEST = 4
_NEWEST_EPOCH = 0

Row = dict[str, Any]


def generation(type_: int, key: Fields, value: Fields | None) -> Row:
    """Return the columns that a record tells; value is None for a tombstone.

    key, value: both behind the number that begins them; the version is `value`'s first int16.

    Raises Malformed for a version that is not known, or bytes that are not what it says.
    """
    row: Row = {
        "group": key.text(),
        "kind": _EPOCHS.get(type_, "classic"),
        "is_tombstone": value is None,
    }
    if value is None:
        return row
    version = value.int16()
    if type_ == _CLASSIC:
        return row | _classic(version, value)
    if not 0 <= version <= _NEWEST_EPOCH:
        raise Malformed(f"version {version} is not known")
    return row | {"generation": value.int32()}


def _classic(version: int, value: Fields) -> Row:
    if not 0 <= version <= _NEWEST:
        raise Malformed(f"version {version} is not known")
    value.is_flexible = version >= _FLEXIBLE_SINCE
    row: Row = {
        "protocol_type": value.text(),
        "generation": value.int32(),
        "protocol": value.text(),
        "leader": value.text(),
        "state_since": value.int64() if version >= _TIMED_SINCE else None,
    }
    row["members"] = tuple(_member(version, value) for _ in range(value.count()))
    return row


def _member(version: int, value: Fields) -> tuple[Any, ...]:
    """Return one member's fields; its subscription and assignment are passed over."""
    member = PastMember(
        member_id=value.text() or "",
        instance_id=value.text() if version >= _STATIC_SINCE else None,
        client_id=value.text() or "",
        client_host=value.text() or "",
        rebalance_timeout_ms=value.int32() if version >= _REBALANCE_TIMEOUT_SINCE else None,
        session_timeout_ms=value.int32(),
    )
    value.skip_bytes()
    value.skip_bytes()
    value.tags()
    return tuple(member)
