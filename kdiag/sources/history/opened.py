"""Tails taken apart: all their records at once, and where each of them belongs."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import numpy as np

from kdiag.sources.history.arrays import Array
from kdiag.sources.history.batches import Batch, without_undecided
from kdiag.sources.history.fields import Fields
from kdiag.sources.history.records import Records, records_of
from kdiag.sources.history.tail import Tail
from kdiag.sources.times import time_of


@dataclass
class Opened:
    """All records of all tails, and where each belongs. is_trusted: those of complete history."""

    tails: Sequence[Tail]
    records: Records
    tail_of: Array
    is_trusted: Array
    undecided: list[int]

    def fields(self, at: int) -> tuple[Fields, Fields | None]:
        """Return the fields behind the type of a record's key, and of its value if it has one."""
        records = self.records
        key = Fields(records.data, int(records.key_at[at]) + 2, int(records.key_end[at]))
        if records.is_tombstone[at]:
            return key, None
        return key, Fields(records.data, int(records.value_at[at]), int(records.value_end[at]))


def opened(tails: Sequence[Tail]) -> Opened:
    """Take the batches of all tails apart; what turns out to be damaged shortens the trust."""
    batches: list[Batch] = []
    of: list[int] = []
    undecided = []
    for index, tail in enumerate(tails):
        kept, left_out = without_undecided([*tail.older, *tail.batches])
        batches += kept
        of += [index] * len(kept)
        undecided.append(left_out)
    records, damaged = records_of(batches)
    for place in damaged:
        tails[of[place]].distrust(batches[place])
    tail_of = np.array(of, np.int64)[records.batch]
    limits = np.array([tail.trusted_from for tail in tails], np.int64)
    return Opened(tails, records, tail_of, records.offset >= limits[tail_of], undecided)


def trusted_since(tail: Tail, now: datetime) -> datetime | None:
    """Return from when on a tail is complete; `now` where nothing of it is."""
    first = next((b for b in tail.batches if b.base_offset >= tail.trusted_from), None)
    return now if first is None else time_of(first.first_time)
