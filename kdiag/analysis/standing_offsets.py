"""Last stable offsets that stand: where, and by whose transaction."""

from typing import Any

from kdiag.sections import Offsets, Producers

_KEY = ["topic", "partition"]


def held_offsets(offsets: Offsets) -> Any:
    """Return the partitions whose last stable offset is below the end."""
    held = (offsets.rows["last_stable_offset"] < offsets.rows["end_offset"]).fillna(False)
    return offsets.rows.loc[held, [*_KEY, "last_stable_offset", "end_offset"]]


def standing_offsets(held: Any, before: Offsets) -> Any:
    """Return those of these partitions whose last stable offset did not move."""
    same = [*_KEY, "last_stable_offset"]
    return held.merge(held_offsets(before)[same], on=same)


def holders(standing: Any, producers: Producers) -> Any:
    """Join each of these partitions with the producer whose open transaction is the first.

    Retention may have deleted its beginning; the last stable offset is the log start then. A
    partition without such a producer waits for replication, or was released in this moment.
    """
    rows = producers.rows[producers.rows["open_since_offset"].notna()]
    joined = standing.merge(rows, on=_KEY)
    joined = joined[joined["open_since_offset"] <= joined["last_stable_offset"]]
    return joined.sort_values("open_since_offset").drop_duplicates(_KEY)


def writing(producers: Producers, before: Producers | None) -> set[tuple[int, str, int]]:
    """Return (producer id, topic, partition) of those that added records between the samples."""
    if before is None:
        return set()
    key = ["producer_id", *_KEY]
    joined = producers.rows.merge(before.rows, on=key, suffixes=("", "_before"))
    wrote = (joined["last_sequence"] != joined["last_sequence_before"]).fillna(False)
    return set(joined.loc[wrote, key].itertuples(index=False, name=None))
