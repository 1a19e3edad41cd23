"""From when on the history of each group is known."""

from datetime import timedelta

from kdiag.check import derive
from kdiag.sections import Groups, HistoryReach, Topics
from kdiag.snapshot import Missing, Table

SHORT_SECONDS = 600
"""A shorter history shows too few rebalances of max.poll.interval.ms (300 s by default) each."""

_TOPIC = "__consumer_offsets"
_FLAGS = {"budget": "--history-bytes", "time": "--history-seconds"}


class HistorySpan(Table):
    """One row a group: which partition of `__consumer_offsets` is its own, and its reach.

    known_from: see HistoryReach; <NA> where that partition holds nothing. is_whole: the log begins
    there, so nothing is older. Partitions whose history is shorter than SHORT_SECONDS, and older
    records of which are gone or were not read, are errors.
    """

    noun = "groups"
    columns = {"group": "str", "log_partition": "int", "known_from": "time", "is_whole": "bool"}


@derive()
def history_span(groups: Groups, reach: HistoryReach, topics: Topics) -> HistorySpan | Missing:
    """Find the partition of each group, as its coordinator does."""
    known = topics.rows[topics.rows["topic"] == _TOPIC]
    if known.empty:
        return Missing(f"{_TOPIC} is not shown", f"Describe on Topic {_TOPIC}")
    count = int(known["partition_count"].iloc[0])
    names = groups.rows["group"].tolist()
    rows = reach.rows.set_index("log_partition")
    own = [log_partition(name, count) for name in names]
    from_ = rows["trustworthy_from"].reindex(own).tolist()
    stopped_by = rows["stopped_by"].reindex(own).tolist()
    latest = reach.read_at - timedelta(seconds=SHORT_SECONDS)
    short = {
        f"{_TOPIC}-{number}": _missing(why)
        for number, at, why in zip(own, from_, stopped_by, strict=True)
        if at == at and at > latest and why != "start"
    }
    columns = {"group": names, "log_partition": own, "known_from": from_}
    columns["is_whole"] = [why == "start" for why in stopped_by]
    return HistorySpan.of(columns, errors=short)


def _missing(why: str) -> Missing:
    reason = f"its history reaches back less than {SHORT_SECONDS // 60} min"
    return Missing(reason, _FLAGS.get(why))


def log_partition(group: str, partitions: int) -> int:
    """Return the partition of `__consumer_offsets` that has a group's records.

    Its coordinator takes Utils.abs of the Java hash, which is 0 for the lowest number there is.
    """
    value = java_hash(group)
    return 0 if value == -(1 << 31) else abs(value) % partitions


def java_hash(text: str) -> int:
    """Return what String.hashCode returns."""
    value = 0
    units = text.encode("utf-16-be")
    for high, low in zip(units[::2], units[1::2], strict=True):
        value = (31 * value + (high << 8 | low)) & 0xFFFFFFFF
    return value - (1 << 32) if value >= 1 << 31 else value
