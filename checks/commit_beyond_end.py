"""Committed offsets that the log does not have yet.

The topic was deleted and made anew, an unclean election cut its log, or somebody committed a
wrong number (a mirror that copies offsets literally). Tools that clamp lag at 0 show such a group
as healthy. What is written up to that offset may never be read.

Reads: OffsetFetch and ListOffsets in two samples, Metadata (topic ids, leader epochs), the commits
of the past in __consumer_offsets (topic ids, Kafka 4.1 and newer).
"""

from typing import Any

from kdiag.api import Action, Finding, OutsideCommits, Said, check, count, group

_CAUSES = {
    "recreated": "The offset was committed for an earlier topic of this name: it was deleted and "
    "made anew.",
    "truncated": "The offset was committed in an earlier leader epoch, and the log is shorter now: "
    "the new leader lacked records that had been read.",
    None: "Somebody set this offset by hand, or a mirror copied it, or the log was cut; the leader "
    "epochs do not tell.",
}


@check(area="lag", explained_by=("unclean-election-happened", "topic-recreated"))
def commit_beyond_end(outside: OutsideCommits) -> Said:
    """Groups that committed more than there is, in both samples."""
    beyond = outside.rows[outside.rows["side"] == "beyond"]
    for (name, topic), rows in beyond.groupby(["group", "topic"]):
        row = rows.sort_values("records", ascending=False).iloc[0]
        origins = rows["origin"].dropna()
        origin = None if origins.empty else origins.iloc[0]
        yield Finding(
            "critical",
            group(name, topic),
            f"Group {name} committed {row.committed_offset} of {topic}-{row.partition}, which ends "
            f"at {row.end_offset}: beyond the end on {count(len(rows), 'partition')}.",
            "Its lag looks like none. It fetches out of range, and auto.offset.reset decides what "
            "it reads; or it waits and skips what is written up to there.",
            cause=_CAUSES[origin],
            kind=origin or "",
            confidence="certain" if origin else "likely",
            evidence={
                "beyond_records": int(rows["records"].max()),
                "beyond_partitions": rows["partition"].tolist(),
                "committed_offset": int(row.committed_offset),
                "end_offset": int(row.end_offset),
                **({"origin": origin} if origin else {}),
            },
            actions=_actions(name, topic, rows["partition"].tolist()),
            since=None
            if row.stands_since != row.stands_since
            else row.stands_since.to_pydatetime(),
            covers=frozenset([group(name, topic)]),
        )


def _actions(name: Any, topic: Any, numbers: list[int]) -> tuple[Action, ...]:
    where = {"group": name, "topic": topic, "partitions": ",".join(map(str, numbers))}
    return (
        Action(
            "See what a reset would do; everything now in the topic is unread if it was made anew.",
            "kafka-consumer-groups.sh --bootstrap-server {bootstrap} --group {group} "
            "--reset-offsets --topic {topic}:{partitions} --to-earliest --dry-run",
            values=where,
        ),
        Action(
            "Stop the group, and reset it: --to-earliest reads all there is, --to-latest nothing.",
            "kafka-consumer-groups.sh --bootstrap-server {bootstrap} --group {group} "
            "--reset-offsets --topic {topic}:{partitions} --to-earliest --execute",
            "disruptive",
            where,
        ),
    )
