"""Groups that nobody uses any more.

They have no members and have not committed for a week, or for three times what is usual for them.
Their lag grows, and alerts on it are noise. Names of console consumers and random ids are told
together: they were made by hand or by a client that draws a new id at each start.

Reads: ListGroups and the describes (state), OffsetFetch, commits and generations of the past in
__consumer_offsets.
"""

from typing import Any

from kdiag.api import (
    CLUSTER,
    Action,
    Finding,
    IdleGroups,
    Said,
    check,
    count,
    group,
    is_drawn,
    listed,
    span,
)


@check(area="lag", explained_by=("group-dead",))
def orphan_group(
    idle: IdleGroups,
    *,
    min_idle_seconds: float = 604800,
    min_generated_idle_seconds: float = 86400,
) -> Said:
    """Groups without members that have been idle for longer than they ever are.

    min_idle_seconds: how long a group must be without members, a week, as long as Kafka keeps
    offsets by default.
    min_generated_idle_seconds: the same for groups with a generated name.
    """
    rows = idle.rows.groupby("group", as_index=False).agg(
        idle_seconds=("idle_seconds", "min"),
        usual_gap_seconds=("usual_gap_seconds", "max"),
        topics=("topic", tuple),
    )
    rows = rows[~(rows["idle_seconds"] < 3 * rows["usual_gap_seconds"])]
    is_generated = rows["group"].map(is_drawn).astype("bool")
    named, generated = rows[~is_generated], rows[is_generated]
    for row in named[named["idle_seconds"] >= min_idle_seconds].itertuples():
        yield _single(row)
    if (old := generated[generated["idle_seconds"] >= min_generated_idle_seconds]).size:
        yield _together(old["group"].tolist())


def _single(row: Any) -> Finding:
    return Finding(
        "info",
        group(row.group),
        f"Group {row.group} has had no member and no commit for {span(row.idle_seconds)}.",
        f"Its lag on {listed(row.topics)} grows and means nothing; alerts on it are noise.",
        cause="The application was renamed or switched off, and its offsets have not expired yet.",
        confidence="likely",
        evidence={"idle_seconds": round(row.idle_seconds), "topics": list(row.topics)},
        actions=(_delete([row.group], "If the application is gone for good, delete the group."),),
        covers=frozenset([group(row.group)]),
        because_of=frozenset(group(row.group, topic) for topic in row.topics),
    )


def _together(names: list[str]) -> Finding:
    return Finding(
        "info",
        CLUSTER,
        f"{count(len(names), 'group')} with generated names have no member: {listed(names)}.",
        "They clutter every list of groups, and their lag means nothing.",
        cause="Console consumers, or clients that draw a new group.id at each start.",
        evidence={"groups": names, "group_count": len(names)},
        actions=(_delete(names[:20], "Delete them; they expire by themselves as well."),),
        covers=frozenset(group(name) for name in names),
    )


def _delete(names: list[str], text: str) -> Action:
    return Action(
        text,
        "kafka-consumer-groups.sh --bootstrap-server {bootstrap} --delete --group {groups}",
        "disruptive",
        {"groups": names},
    )
