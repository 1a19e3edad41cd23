"""Volumes that are smaller than what their topics are set to keep.

retention.bytes counts for each partition, and each replica of it. Where these limits add up to more
than the disk, no limit saves it: the disk is full before retention deletes anything. A limit of
size beside one of time that is reached sooner costs nothing until input grows, and is only a note.

Reads: DescribeConfigs (retention.bytes, retention.ms, segment.bytes, cleanup.policy),
DescribeLogDirs (volumes, KIP-827; sizes of replicas), ListOffsets by time (rates).
"""

from typing import Any

from kdiag.api import (
    Action,
    Finding,
    RetentionPromises,
    Said,
    check,
    listed,
    log_dir,
    size,
)


@check(area="disk")
def retention_promise(promises: RetentionPromises) -> Said:
    """Volumes on which topics may keep more than fits."""
    for row in promises.rows.itertuples():
        room = row.total_bytes - row.other_bytes
        if row.due_bytes > room:
            yield _finding(row, room, row.due_bytes, is_due=True)
        elif row.set_bytes > room:
            yield _finding(row, room, row.set_bytes, is_due=False)


def _finding(row: Any, room: int, promised: float, *, is_due: bool) -> Finding:
    top = listed(f"{name} ({size(bytes_)})" for name, bytes_ in row.top_topics)
    largest = row.top_topics[0][0]
    return Finding(
        "warning" if is_due else "info",
        log_dir(row.broker, row.path),
        f"Topics on the volume of {row.path} on broker {row.broker} may keep {size(promised)}; "
        f"it has room for {size(room)}.",
        "The volume is full before retention deletes anything; its log directories go offline then."
        if is_due
        else "At the present rates retention.ms deletes before; when input grows, the limits of "
        "size do not save the disk.",
        cause=f"Limits by topic, with a segment for each partition: {top}.",
        evidence={
            "promised_bytes": int(promised),
            "limits_bytes": int(row.set_bytes),
            "room_bytes": int(room),
            "total_bytes": int(row.total_bytes),
            "held_bytes": int(row.held_bytes),
            "other_bytes": int(row.other_bytes),
            "has_rates": bool(row.has_rates),
            "top_topics": [{"topic": name, "bytes": bytes_} for name, bytes_ in row.top_topics],
        },
        actions=(
            Action(
                "See the limits of the largest one; retention.bytes counts for each partition.",
                "kafka-configs.sh --bootstrap-server {bootstrap} --describe --all "
                "--entity-type topics --entity-name {topic}",
                values={"topic": largest},
            ),
            Action(
                f"Lower retention.bytes, so that all topics together stay below {size(room)}, or "
                "add disks.",
                effect="disruptive",
            ),
        ),
        confidence="certain" if is_due and row.has_rates else "likely",
    )
