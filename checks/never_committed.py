"""Partitions that a group owns and is written to, and of which it has no committed offset.

A partition without an offset has no lag, so nothing else speaks of it. A consumer that commits what
it has worked on (librdkafka, Spring Kafka) and fails at the very first record, again and again,
leaves such a one: the group is Stable, and commits its other partitions. A group that commits
nothing at all may keep its offsets elsewhere (Flink, Spark); that is only a note.

Reads: the describes of groups (assignments), OffsetFetch, ListOffsets, also at past times, and the
generations, members and commits of the past in `__consumer_offsets`.
"""

from typing import Any

from kdiag.api import (
    Action,
    Finding,
    NeverCommitted,
    Said,
    check,
    count,
    group,
    is_drawn,
    lag_words,
    listed,
    span,
)


@check(area="lag", explained_by=(*lag_words.ROOTS, "open-transaction-pins-lso"))
def never_committed(never: NeverCommitted, *, min_unread_records: int = 10) -> Said:
    """Partitions that a group owns and has no committed offset of, although they are written to.

    min_unread_records: on a topic with fewer nothing is reported.
    """
    for (name, topic), rows in never.rows.groupby(["group", "topic"]):
        if rows["records"].sum() < min_unread_records:
            continue
        if rows["has_commits"].all():
            yield _finding(name, topic, rows)
        elif not is_drawn(name):
            yield _note(name, topic, rows)


def _finding(name: str, topic: str, rows: Any) -> Finding:
    others = int(rows["others"].iloc[0])
    beside = f"{count(others, 'other')} of the topic" if others else "other topics"
    return Finding(
        "warning",
        group(name, topic),
        f"Group {name} owns {_partitions(topic, rows)} and has no committed offset there, although "
        f"{_written(rows)}; it commits {beside}.",
        "No lag is known of it, so no lag alert tells. After a restart with "
        "auto.offset.reset=latest what is there is never read.",
        cause=f"Its owner ({listed(sorted(set(rows['client'])))}) fails at the first record, or "
        "hangs, and commits only what it has worked on; or it paused the partition.",
        evidence=_evidence(rows),
        actions=(
            Action(
                "Read the log of that client: an error that comes again and again names the "
                "record. See the group first; - stands for no offset.",
                "kafka-consumer-groups.sh --bootstrap-server {bootstrap} --describe "
                "--group {group}",
                values={"group": name},
            ),
        ),
        confidence="likely",
        since=rows["owned_from"].min(),
        covers=frozenset([group(name, topic)]),
    )


def _note(name: str, topic: str, rows: Any) -> Finding:
    return Finding(
        "info",
        group(name, topic),
        f"Group {name} owns {_partitions(topic, rows)} and commits nothing, although "
        f"{_written(rows)}: its lag is not known.",
        "Nobody sees in Kafka whether it keeps up; where it stands still, nothing tells.",
        cause="It keeps its offsets elsewhere (Flink, Spark, a database), has "
        "enable.auto.commit=false and never commits, or fails at its first record.",
        evidence=_evidence(rows),
        actions=(
            Action(
                "Ask its owners where its offsets are; a consumer that reads over and over begins "
                "anew after each restart.",
                "kafka-consumer-groups.sh --bootstrap-server {bootstrap} --describe "
                "--group {group} --members --verbose",
                values={"group": name},
            ),
        ),
        confidence="likely",
        since=rows["owned_from"].min(),
        kind="commits-nothing",
    )


def _partitions(topic: str, rows: Any) -> str:
    return listed([f"{topic}-{number}" for number in rows["partition"]])


def _written(rows: Any) -> str:
    """Return what was written there since the group is as it is, and ought to be committed."""
    wait = span(float(rows["waiting_seconds"].max()))
    return f"{count(int(rows['records'].sum()), 'record')} older than {wait} came in meanwhile"


def _evidence(rows: Any) -> dict[str, Any]:
    return {
        "partitions": rows["partition"].tolist(),
        "unread_records": int(rows["records"].sum()),
        "waiting_seconds": float(rows["waiting_seconds"].max()),
        "committed_partitions": int(rows["others"].iloc[0]),
        "clients": sorted(set(rows["client"])),
    }
