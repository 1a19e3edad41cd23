"""Records that were deleted before a group had read them.

The committed offset of a group lies below the log start: retention, or a deletion by hand, has
passed it. The consumer finds its offset out of range and goes on where auto.offset.reset says:
`latest` skips everything else that is left, too.

Reads: OffsetFetch and ListOffsets (log start, end) in two samples, the describes of groups.
"""

from typing import Any

from kdiag.api import (
    Action,
    Finding,
    Groups,
    OutsideCommits,
    Said,
    check,
    count,
    group,
    is_drawn,
    listed,
)


@check(area="lag", excused_by=("orphan-group", "abandoned-topic"))
def records_lost_unread(
    outside: OutsideCommits, groups: Groups, *, min_lost_records: int = 1
) -> Said:
    """Groups whose committed offset has been passed by the log start.

    One without members whose name was drawn for a single run is left out: nobody comes back to it.

    min_lost_records: a smaller loss is not reported.
    """
    empty = set(groups.rows.loc[groups.rows["state"] == "Empty", "group"])
    below = outside.rows[outside.rows["side"] == "below"]
    for (name, topic), rows in below.groupby(["group", "topic"]):
        lost = int(rows["records"].sum())
        if lost < min_lost_records or (name in empty and is_drawn(name)):
            continue
        row = rows.sort_values("records", ascending=False).iloc[0]
        numbers = rows["partition"].tolist()
        yield Finding(
            "warning" if name in empty else "critical",
            group(name, topic),
            f"{count(lost, 'record')} of topic {topic} were deleted before group {name} had read "
            f"them: it committed {row.committed_offset} of {topic}-{row.partition}, which begins "
            f"at {row.log_start_offset}.",
            f"They are lost to this group{_next(name in empty)}",
            cause="The group was further behind than retention keeps records, or somebody deleted "
            "records by hand.",
            evidence={
                "lost_records": lost,
                "lost_partitions": numbers,
                "committed_offset": int(row.committed_offset),
                "log_start_offset": int(row.log_start_offset),
            },
            actions=_actions(name, topic, numbers),
            since=None
            if row.stands_since != row.stands_since
            else row.stands_since.to_pydatetime(),
            covers=frozenset([group(name, topic)]),
        )


def _next(is_empty: bool) -> str:
    if is_empty:
        return (
            "; where it goes on when it returns, auto.offset.reset of its consumers says; with "
            "none they end with an error at each start."
        )
    return (
        "; auto.offset.reset of its consumers says whether it skips all the rest too; with none "
        "they end with an error."
    )


def _which(numbers: list[int]) -> str:
    if len(numbers) == 1:
        return f"partition {numbers[0]} lacks"
    return f"partitions {listed(numbers)} lack"


def _actions(name: Any, topic: Any, numbers: list[int]) -> tuple[Action, ...]:
    return (
        Action(
            f"Get what {_which(numbers)} from the source of the data.",
            "kafka-consumer-groups.sh --bootstrap-server {bootstrap} --describe "
            "--group {group} --offsets",
            values={"group": name},
        ),
        Action(
            "Stop the group and set it to what is left, before auto.offset.reset decides.",
            "kafka-consumer-groups.sh --bootstrap-server {bootstrap} --group {group} "
            "--reset-offsets --topic {topic}:{partitions} --to-earliest --execute",
            "disruptive",
            {"group": name, "topic": topic, "partitions": ",".join(map(str, numbers))},
        ),
    )
