"""The commits of the past in the order of each partition, and what their rhythm was.

Everything is computed on flat arrays: a busy cluster leaves a million commits within reach. The
times are those of the coordinators; where the coordinator of a group changed they may go back.
"""

from dataclasses import dataclass
from typing import Any, ClassVar

from kdiag.check import derive
from kdiag.sections import CommitHistory, Topics
from kdiag.snapshot import Section, Table

_PERCENTILE = 0.9
_KEY = ["group", "topic", "partition"]


@dataclass(frozen=True, eq=False, repr=False, kw_only=True)
class CommitTimeline(Section):
    """Commits by group and partition, in the order of the log, on flat arrays.

    keys: one row a group, topic and partition. starts: index of the first commit of each, and the
    number of all commits at the end. at_ns: nanoseconds since 1970, never going back within a key.
    offsets: the committed ones. Only what was committed since the last deletion, and for the topic
    as it is now (topic id), is kept.
    """

    noun: ClassVar[str] = "commits"

    keys: Any
    starts: Any
    at_ns: Any
    offsets: Any

    def __len__(self) -> int:
        return len(self.offsets)

    def counts(self) -> Any:
        """Return the number of commits of each key."""
        return self.starts[1:] - self.starts[:-1]

    def first_at_ns(self) -> Any:
        """Return, for each commit, when the offset that it has was committed first."""
        import numpy as np

        is_same = np.zeros(len(self.offsets), bool)
        is_same[1:] = self.offsets[1:] == self.offsets[:-1]
        is_same[self.starts[:-1][self.counts() > 0]] = False
        return self.at_ns[np.maximum.accumulate(np.where(is_same, 0, np.arange(len(is_same))))]


@derive()
def commit_timeline(history: CommitHistory, topics: Topics | None) -> CommitTimeline:
    """Sort the commits by key; leave out those before a deletion or for a topic of another id."""
    import numpy as np
    import pandas

    rows = history.rows
    rows = rows[~_is_of_another_topic(rows, topics)]
    group, groups = pandas.factorize(rows["group"])
    topic, names = pandas.factorize(rows["topic"])
    partition = rows["partition"].to_numpy("int64")
    width = int(partition.max(initial=0)) + 1
    code, codes = pandas.factorize((group * max(1, len(names)) + topic) * width + partition)
    order = np.lexsort((rows["log_offset"].to_numpy("int64"), code))
    code = code[order]
    at = rows["committed_at"].dt.tz_convert(None).to_numpy("datetime64[ns]").view("int64")[order]
    is_gone = rows["is_tombstone"].to_numpy(bool)[order]
    offsets = rows["committed_offset"].fillna(-1).to_numpy("int64")[order]
    keys = pandas.DataFrame(
        {
            "group": groups.to_numpy(object)[codes // width // max(1, len(names))],
            "topic": names.to_numpy(object)[codes // width % max(1, len(names))],
            "partition": codes % width,
        }
    )
    is_kept = _is_since_deletion(code, is_gone, len(keys))
    counts = np.bincount(code[is_kept], minlength=len(keys))
    starts = np.concatenate(([0], np.cumsum(counts)))
    return CommitTimeline(
        keys=keys,
        starts=starts,
        at_ns=_never_back(code[is_kept], at[is_kept]),
        offsets=offsets[is_kept],
    )


def _is_of_another_topic(rows: Any, topics: Topics | None) -> Any:
    """Tell which commits name the id of a topic that was deleted and made anew since."""
    if topics is None:
        return rows["topic_id"].isna() & False
    ids = topics.rows.set_index("topic")["topic_id"]
    now = rows["topic"].map(ids)
    return rows["topic_id"].notna() & now.notna() & (rows["topic_id"] != now)


def _is_since_deletion(code: Any, is_gone: Any, keys: int) -> Any:
    """Tell which commits came after the last deletion of their key."""
    import numpy as np

    last_gone = np.full(keys, -1, "int64")
    places = np.arange(len(code))
    np.maximum.at(last_gone, code[is_gone], places[is_gone])
    return (places > last_gone[code]) & ~is_gone


def _never_back(code: Any, at: Any) -> Any:
    """Return times that do not go back within a key: a running maximum."""
    import numpy as np

    if not len(at):
        return at
    base = at.min()
    wide = int(at.max() - base) + 1
    steps = code.astype("float64") * wide
    if steps[-1] + wide < 2**62:
        lifted = (at - base) + code.astype("int64") * wide
        return np.maximum.accumulate(lifted) - code.astype("int64") * wide + base
    return _never_back_in_parts(code, at)


def _never_back_in_parts(code: Any, at: Any) -> Any:
    """Do the same key by key, where so many keys reach so far back that a sum would overflow."""
    import numpy as np

    cuts = np.flatnonzero(np.diff(code)) + 1
    return np.concatenate([np.maximum.accumulate(part) for part in np.split(at, cuts)])


class CommitTrends(Table):
    """One row a group and partition with commits in the history: rhythm and steps.

    commits: how many. usual_gap_seconds: gap between two commits that moved the offset, the 90th
    percentile; <NA> below three of them. longest_gap_seconds: the longest of these. last_offset:
    the last one committed. stands_since: when it was committed first. repeats: how often it was
    committed again. back_*: the last time that the committed offset went back, and from where to
    where. leap_*: the largest single step.
    """

    noun = "committed offsets with a history"
    columns = {
        "group": "str",
        "topic": "str",
        "partition": "int",
        "commits": "int",
        "last_committed_at": "time",
        "usual_gap_seconds": "float",
        "longest_gap_seconds": "float",
        "last_offset": "int",
        "stands_since": "time",
        "repeats": "int",
        "back_at": "time",
        "back_from_offset": "int",
        "back_to_offset": "int",
        "leap_at": "time",
        "leap_from_offset": "int",
        "leap_to_offset": "int",
    }


@derive()
def commit_trends(timeline: CommitTimeline) -> CommitTrends:
    """Measure each key of the timeline."""
    import numpy as np
    import pandas

    starts, at, offsets = timeline.starts, timeline.at_ns, timeline.offsets
    counts = timeline.counts()
    key = np.repeat(np.arange(len(counts)), counts)
    first, last = starts[:-1], starts[1:] - 1
    has_any = counts > 0
    step, is_inner = _steps(key, offsets)
    moved = np.flatnonzero(is_inner & (step != 0))
    stands_from = first.copy()
    np.maximum.at(stands_from, key[moved], moved)
    usual, longest = _gaps(key, at, first, moved, len(counts))
    back = np.full(len(counts), -1, "int64")
    gone_back = moved[step[moved] < 0]
    np.maximum.at(back, key[gone_back], gone_back)
    leap = _largest_steps(key, step, moved[step[moved] > 0], len(counts))
    rows = {
        **{name: timeline.keys[name] for name in _KEY},
        "commits": pandas.array(counts, dtype="Int64"),
        "last_committed_at": _times(at, last, has_any),
        "usual_gap_seconds": usual,
        "longest_gap_seconds": longest,
        "last_offset": _at(offsets, last, has_any),
        "stands_since": _times(at, stands_from, has_any),
        "repeats": pandas.array(np.where(has_any, last - stands_from, 0), dtype="Int64"),
        **_step_columns("back", at, offsets, back),
        **_step_columns("leap", at, offsets, leap),
    }
    frame = pandas.DataFrame(rows)
    frame["partition"] = frame["partition"].astype("Int64")
    return CommitTrends(rows=frame[list(CommitTrends.columns)])


def _steps(key: Any, offsets: Any) -> tuple[Any, Any]:
    """Return how far each commit moved its offset, and which have one before them."""
    import numpy as np

    step = np.zeros(len(offsets), "int64")
    is_inner = np.zeros(len(offsets), bool)
    if len(offsets):
        step[1:] = offsets[1:] - offsets[:-1]
        is_inner[1:] = key[1:] == key[:-1]
    return step, is_inner


def _gaps(key: Any, at: Any, first: Any, moved: Any, keys: int) -> tuple[Any, Any]:
    """Return the usual and the longest gap between commits that moved the offset, in seconds."""
    import numpy as np

    usual, longest = np.full(keys, np.nan), np.full(keys, np.nan)
    if not len(moved):
        return usual, longest
    of = key[moved]
    before = np.concatenate(([-1], moved[:-1]))
    is_first = np.concatenate(([True], of[1:] != of[:-1]))
    gap = (at[moved] - at[np.where(is_first, first[of], before)]) / 1e9
    order = np.lexsort((gap, of))
    gap, of = gap[order], of[order]
    counts = np.bincount(of, minlength=keys)
    begin = np.cumsum(counts) - counts
    enough = counts >= 2
    usual[enough] = gap[(begin + (counts - 1) * _PERCENTILE).astype("int64")[enough]]
    longest[counts > 0] = gap[(begin + counts - 1)[counts > 0]]
    return usual, longest


def _largest_steps(key: Any, step: Any, forward: Any, keys: int) -> Any:
    """Return the index of the largest forward step of each key, -1 where there is none."""
    import numpy as np

    found = np.full(keys, -1, "int64")
    order = np.lexsort((step[forward], key[forward]))
    found[key[forward][order]] = forward[order]  # the last one written is the largest
    return found


def _times(at: Any, places: Any, is_known: Any) -> Any:
    """Return times at some places as UTC, <NA> where not known."""
    import numpy as np
    import pandas

    chosen = np.full(len(places), np.iinfo("int64").min, "int64")
    chosen[is_known] = at[places[is_known]]
    return pandas.Series(chosen.view("datetime64[ns]")).dt.tz_localize("UTC")


def _at(values: Any, places: Any, is_known: Any) -> Any:
    import numpy as np
    import pandas

    chosen = np.zeros(len(places), "int64")
    chosen[is_known] = values[places[is_known]]
    return pandas.arrays.IntegerArray(chosen, ~is_known)


def _step_columns(name: str, at: Any, offsets: Any, places: Any) -> dict[str, Any]:
    """Return time, start and target of one step of each key."""
    is_known = places >= 0
    return {
        f"{name}_at": _times(at, places, is_known),
        f"{name}_from_offset": _at(offsets, places - 1, is_known),
        f"{name}_to_offset": _at(offsets, places, is_known),
    }
