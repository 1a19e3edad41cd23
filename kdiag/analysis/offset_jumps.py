"""Committed offsets that jumped although somebody was reading.

A consumer whose offset is out of range, or that seeks, jumps while its group has members. A reset
by hand needs an empty group, and is none of these.
"""

from typing import Any

from kdiag.analysis.commit_timeline import CommitTrends
from kdiag.analysis.durability import config_by_topic
from kdiag.analysis.families import is_purged_topic
from kdiag.analysis.group_past import Moment, moments
from kdiag.analysis.lag import PartitionLag
from kdiag.check import derive
from kdiag.sections import GenerationHistory, MemberHistory, Members, TopicConfigs
from kdiag.snapshot import Table

_ID = ["group", "topic", "partition"]
_MOST_RATIO = 0.9
_RECENT_RATIO = 0.2


class OffsetJumps(Table):
    """One row a group with members and partition whose committed offset jumped.

    direction: back (over at least 90 % of the way to the log start) or forward (from an offset
    that is deleted by now, over everything up to beyond the log start). Both only where the log
    start cannot have moved past these offsets since: within a fifth of the time for which the log
    holds records. records: from from_offset to to_offset. is_occupied: the history shows that the
    group had members then; where it shows that it had none, somebody reset it, and there is no row.
    """

    noun = "jumps of committed offsets"
    needs_rows = False
    columns = {
        "group": "str",
        "topic": "str",
        "partition": "int",
        "direction": "str",
        "jumped_at": "time",
        "from_offset": "int",
        "to_offset": "int",
        "log_start_offset": "int",
        "records": "int",
        "is_occupied": "bool",
    }


@derive(configs=("retention.ms",))
def offset_jumps(
    trends: CommitTrends,
    lag: PartitionLag,
    members: Members,
    configs: TopicConfigs,
    generations: GenerationHistory | None,
    past_members: MemberHistory | None,
) -> OffsetJumps:
    """Find the last step back and the largest step forward of each offset that are jumps."""
    import pandas

    logs = lag.rows[[*_ID, "log_start_offset", "end_offset", "produced_per_second"]]
    rows = trends.rows[trends.rows["back_at"].notna() | trends.rows["leap_at"].notna()]
    rows = rows[rows["group"].isin(set(members.rows["group"]))].merge(logs, on=_ID)
    purged = {name for name in set(rows["topic"]) if is_purged_topic(name)}
    rows = rows[~rows["topic"].isin(purged)]
    rows["recent_seconds"] = _RECENT_RATIO * _held_seconds(rows, configs)
    found = pandas.concat([_back(rows, lag), _forward(rows, lag)], ignore_index=True)
    found["records"] = (found["to_offset"] - found["from_offset"]).abs()
    known = {} if generations is None else moments(generations, past_members)
    then = [
        _had_members(known.get(group, []), at)
        for group, at in zip(found["group"], found["jumped_at"], strict=True)
    ]
    found["is_occupied"] = [had is True for had in then]
    found = found.iloc[[place for place, had in enumerate(then) if had is not False]]
    return OffsetJumps(rows=found[list(OffsetJumps.columns)].reset_index(drop=True))


def _held_seconds(rows: Any, configs: TopicConfigs) -> Any:
    """Return for how long the log holds a record: by its retention, or by what is written now."""
    import pandas

    limit = rows["topic"].map(config_by_topic(configs, "retention.ms"))
    by_time = pandas.to_numeric(limit, errors="coerce").astype("float64") / 1000
    held = (rows["end_offset"] - rows["log_start_offset"]).astype("float64")
    by_input = held / rows["produced_per_second"].where(rows["produced_per_second"] > 0)
    seconds = by_time.where(by_time >= 0).to_frame("time").assign(input=by_input).min(axis=1)
    return seconds.fillna(float("inf"))


def _step(rows: Any, lag: PartitionLag, name: str, direction: str) -> Any:
    """Return one kind of step of each offset, where there is one, with how long ago it was."""
    columns = {f"{name}_at": "jumped_at", f"{name}_from_offset": "from_offset"}
    rows = rows.rename(columns={**columns, f"{name}_to_offset": "to_offset"})
    rows = rows[rows["jumped_at"].notna()].assign(direction=direction)
    ago = (lag.read_at - rows["jumped_at"]).dt.total_seconds()
    return rows.assign(is_recent=ago <= rows["recent_seconds"])


def _back(rows: Any, lag: PartitionLag) -> Any:
    """Return the steps back to about the log start."""
    rows = _step(rows, lag, "back", "back")
    way = rows["from_offset"] - rows["log_start_offset"]
    most = (rows["from_offset"] - rows["to_offset"]) >= _MOST_RATIO * way
    is_there = rows["is_recent"] | (rows["to_offset"] >= rows["log_start_offset"])
    return rows[(way > 0) & most & is_there]


def _forward(rows: Any, lag: PartitionLag) -> Any:
    """Return the steps from what is deleted by now to beyond the log start."""
    rows = _step(rows, lag, "leap", "forward")
    was_deleted = rows["from_offset"] < rows["log_start_offset"]
    return rows[rows["is_recent"] & was_deleted & (rows["to_offset"] > rows["log_start_offset"])]


def _had_members(known: list[Moment], at: Any) -> bool | None:
    """Tell whether a group had members at a time; None where the history does not show it."""
    before = [has_members for _, when, has_members in known if when <= at]
    return before[-1] if before else None
