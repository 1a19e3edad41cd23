"""Committed offsets that jumped to the start or over deleted records, while a group was reading.

An offset that is not in the log any more is out of range, and auto.offset.reset decides: earliest
reads everything again, latest skips all there is. A consumer that seeks looks the same. A reset by
hand needs an empty group, and is not reported.

Reads: the commits and generations of the past in __consumer_offsets, OffsetFetch, ListOffsets, the
describes of groups, DescribeConfigs (retention.ms).
"""

from typing import Any

from kdiag.api import Action, Finding, OffsetJumps, Said, check, count, group


@check(area="lag", explained_by=("offsets-expired", "unclean-election-happened"))
def offset_jump(jumps: OffsetJumps, *, min_jump_records: int = 100) -> Said:
    """Groups with members whose committed offset jumped back to the start, or over a gap.

    min_jump_records: a shorter jump is not reported.
    """
    rows = jumps.rows[jumps.rows["records"] >= min_jump_records]
    for (name, topic, direction), jumped in rows.groupby(["group", "topic", "direction"]):
        row = jumped.sort_values("records", ascending=False).iloc[0]
        is_occupied = bool(jumped["is_occupied"].all())
        yield Finding(
            "warning",
            group(name, topic),
            f"Group {name} jumped {_where(direction)} on {count(len(jumped), 'partition')} of "
            f"topic {topic} at {row.jumped_at:%Y-%m-%d %H:%M:%S} UTC: from {row.from_offset} to "
            f"{row.to_offset} of {topic}-{row.partition}.",
            _impact(direction, jumped),
            cause="Its offset was not in the log any more, and auto.offset.reset took over; or "
            f"the application seeks. {_reset(is_occupied)}",
            confidence="likely" if is_occupied else "possible",
            evidence={
                "jumped_partitions": jumped["partition"].tolist(),
                "from_offset": int(row.from_offset),
                "to_offset": int(row.to_offset),
                "log_start_offset": int(row.log_start_offset),
                "jumped_records": int(jumped["records"].sum()),
            },
            actions=_actions(name, topic, row),
            since=row.jumped_at.to_pydatetime(),
        )


def _where(direction: Any) -> str:
    return "back to the start" if direction == "back" else "forward over deleted records"


def _impact(direction: Any, jumped: Any) -> str:
    records = count(int(jumped["records"].sum()), "offset")
    if direction == "back":
        return f"It reads up to {records} a second time."
    return f"It never saw up to {records}; its lag looks better than ever."


def _reset(is_occupied: bool) -> str:
    if is_occupied:
        return "It had members then, so it was no reset by hand."
    return "The history does not show whether it had members then; a reset by hand looks the same."


def _actions(name: Any, topic: Any, row: Any) -> tuple[Action, ...]:
    return (
        Action(
            "Look in the log of its consumers for `out of range` or a seek at that time.",
            "kafka-consumer-groups.sh --bootstrap-server {bootstrap} --describe "
            "--group {group} --offsets",
            values={"group": name},
        ),
        Action(
            "To read again from there: stop the group and set it back; what is deleted is gone.",
            "kafka-consumer-groups.sh --bootstrap-server {bootstrap} --group {group} "
            "--reset-offsets --topic {topic}:{partitions} --to-offset {offset} "
            "--execute",
            "disruptive",
            {
                "group": name,
                "topic": topic,
                "partitions": row.partition,
                "offset": max(row.from_offset, row.log_start_offset),
            },
        ),
    )
