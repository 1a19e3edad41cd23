"""Values of commits: all of a version at the same time.

Schemas: OffsetCommitValue, LegacyOffsetCommitValue (group-coordinator of Kafka). int64 offset,
int32 leader epoch (3 and newer), metadata, int64 commit timestamp, int64 expire timestamp (1
only), tag 0 topic id (4 only, Kafka 4.1).
"""

from typing import NamedTuple

import numpy as np

from kdiag.sources.history.arrays import Array, big_endian, unsigned_varints
from kdiag.sources.history.records import Records

NO_VERSION = -1
NO_EPOCH = -1
_VERSIONS = range(5)
_EPOCHS_SINCE, _FLEXIBLE_SINCE, _EXPIRES_IN = 3, 4, 1
_TOPIC_ID, TOPIC_ID_BYTES, _MOST_TAGS = 0, 16, 8


class Decoded(NamedTuple):
    """Values by column, one row a record that was asked for.

    is_known: False for an unknown version or a value that is not what its version says.
    topic_id_at: position of the 16 bytes, -1 where there are none.
    """

    is_known: Array
    version: Array
    offset: Array
    leader_epoch: Array
    timestamp: Array
    topic_id_at: Array


def values_of(records: Records, rows: Array) -> Decoded:
    """Return the values of some records of types 0 and 1; null ones are not known."""
    at, end = records.value_at[rows], records.value_end[rows]
    made = Decoded(
        is_known=np.zeros(len(rows), bool),
        version=np.where(end - at >= 2, big_endian(records.view, at, ">h"), NO_VERSION),
        offset=np.zeros(len(rows), np.int64),
        leader_epoch=np.full(len(rows), NO_EPOCH, np.int64),
        timestamp=np.zeros(len(rows), np.int64),
        topic_id_at=np.full(len(rows), -1, np.int64),
    )
    for version in _VERSIONS:
        is_of = made.version == version
        if is_of.all():  # the usual case: a release writes one version
            _decode(records.view, version, slice(None), at + 2, end, made)
        elif is_of.any():
            here = np.flatnonzero(is_of)
            _decode(records.view, version, here, at[here] + 2, end[here], made)
    return made


def _decode(
    view: Array, version: int, here: Array | slice, at: Array, end: Array, made: Decoded
) -> None:
    """Fill in the values of one version. here: which rows of `made` they are."""
    made.offset[here] = big_endian(view, at, ">q")
    at = at + 8
    if version >= _EPOCHS_SINCE:
        made.leader_epoch[here] = big_endian(view, at, ">i")
        at = at + 4
    if version >= _FLEXIBLE_SINCE:
        size, at = unsigned_varints(view, at)
        size = np.maximum(size - 1, 0)
    else:
        size, at = big_endian(view, at, ">h").astype(np.int64), at + 2
    is_sound = (size >= 0) & (size <= end - at)
    at = np.where(is_sound, at + size, end)
    made.timestamp[here] = big_endian(view, at, ">q")
    at = at + (16 if version == _EXPIRES_IN else 8)
    if version >= _FLEXIBLE_SINCE:
        at, made.topic_id_at[here] = _tags(view, at, end)
    made.is_known[here] = is_sound & (at <= end)


def _tags(view: Array, at: Array, end: Array) -> tuple[Array, Array]:
    """Return the positions behind the tagged fields, past the end where they are not sound."""
    count, at = unsigned_varints(view, at)
    topic_id_at = np.full(len(at), -1, np.int64)
    at = np.where((count < 0) | (count > _MOST_TAGS), end + 1, at)
    for number in range(min(int(count.max(initial=0)), _MOST_TAGS)):
        here = np.flatnonzero((count > number) & (at <= end))
        tag, behind = unsigned_varints(view, at[here])
        size, behind = unsigned_varints(view, behind)
        is_sound = (size >= 0) & (size <= end[here] - behind)
        is_id = is_sound & (tag == _TOPIC_ID) & (size == TOPIC_ID_BYTES)
        topic_id_at[here[is_id]] = behind[is_id]
        at[here] = np.where(is_sound, behind + size, end[here] + 1)
    return at, topic_id_at
