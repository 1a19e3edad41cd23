"""Dead-letter topics that get records.

What an application or a connector could not process is put aside there. Each record is one that is
missing elsewhere; where nobody reads the topic, nobody knows. Told by what came in the last hour,
and between two samples, as some writers keep the time of the original record.

Reads: Metadata (names), ListOffsets by time and twice (input), OffsetFetch and the describes of
groups (who reads).
"""

import re
from typing import Any

from kdiag.api import (
    DEAD_LETTERS,
    Action,
    Commits,
    Earlier,
    Finding,
    Members,
    NotApplicable,
    Offsets,
    PastEnds,
    Said,
    Topics,
    check,
    count,
    listed,
    topic,
)

_KEY = ["topic", "partition"]
_HOUR_SECONDS = 3600.0
_READ_RATIO = 0.1


@check(area="topics")
def dlq_filling(
    topics: Topics,
    past: PastEnds,
    offsets: Offsets,
    before: Earlier[Offsets] | None,
    commits: Commits | None,
    members: Members | None,
    *,
    names_regex: str = DEAD_LETTERS,
    hour_records: int = 1,
) -> Said:
    """Dead-letter topics that were written to within the last hour.

    names_regex: names of dead-letter topics, by regular expression; searched for anywhere.
    hour_records: fewer records in an hour are not reported.
    """
    named = [name for name in topics.rows["topic"] if re.search(names_regex, name)]
    if not named:
        yield NotApplicable("no topic is named as a dead-letter topic (names_regex)")
        return
    rows = _with_input(past, offsets, before)
    for name, part in rows[rows["topic"].isin(named)].groupby("topic"):
        added = int(part["added"].sum())
        if added >= hour_records:
            yield _finding(str(name), part, added, _readers(str(name), part, commits, members))


def _with_input(past: PastEnds, offsets: Offsets, before: Offsets | None) -> Any:
    """Return the partitions with the records of the last hour, or of the samples if more."""
    hour = past.rows[past.rows["age_seconds"] == _HOUR_SECONDS]
    then = hour[[*_KEY, "end_offset"]].rename(columns={"end_offset": "hour_ago"})
    rows = offsets.rows.merge(then, on=_KEY)
    old = (offsets if before is None else before).rows[[*_KEY, "end_offset"]]
    rows = rows.merge(old.rename(columns={"end_offset": "before"}), "left", _KEY)
    hour_ago = rows["hour_ago"].fillna(rows["end_offset"])
    since = rows[["log_start_offset"]].assign(hour_ago=hour_ago).max(axis=1)
    in_hour = (rows["end_offset"] - since).clip(lower=0).fillna(0)
    lately = (rows["end_offset"] - rows["before"]).clip(lower=0).fillna(0)
    return rows.assign(added=in_hour.to_frame("hour").assign(lately=lately).max(axis=1))


def _readers(
    name: str, part: Any, commits: Commits | None, members: Members | None
) -> list[str] | None:
    """Return the groups that keep up with a topic; None where that was not read."""
    if commits is None:
        return None
    mine = commits.rows[commits.rows["topic"] == name]
    ends = part[["partition", "end_offset", "log_start_offset", "added"]]
    rows = mine.merge(ends, on="partition").dropna(subset=["committed_offset", "end_offset"])
    position = rows[["committed_offset", "log_start_offset"]].max(axis=1)
    rows = rows.assign(lag=(rows["end_offset"] - position).clip(lower=0))
    lags = rows.groupby("group")["lag"].sum()
    alive = set() if members is None else set(members.rows["group"])
    enough = max(1.0, _READ_RATIO * float(part["added"].sum()))
    return sorted(
        str(group) for group, lag in lags.items() if lag == 0 or (group in alive and lag <= enough)
    )


def _finding(name: str, part: Any, added: int, readers: list[str] | None) -> Finding:
    held = int((part["end_offset"] - part["log_start_offset"]).clip(lower=0).sum())
    return Finding(
        "info" if readers else "warning",
        topic(name),
        f"Dead-letter topic {name} got {count(added, 'record')} within the last hour; "
        f"it holds {held:,}.",
        "Each is a record that its application or connector did not process."
        + ("" if readers else " Retention deletes them, read or not."),
        cause=_read_by(readers),
        evidence={
            "hour_records": added,
            "held_records": held,
            "readers": readers,
            "partitions": sorted(part.loc[part["added"] > 0, "partition"].tolist()),
        },
        actions=(
            Action(
                "Look at one; the reason is usually in its headers.",
                "kafka-console-consumer.sh --bootstrap-server {bootstrap} --topic "
                "{topic} --partition {partition} --offset {offset} --max-messages 1 "
                "--property print.headers=true",
                values={"topic": name, "partition": _busiest(part)[0], "offset": _busiest(part)[1]},
            ),
            Action("Mend what writes there, then send the records to their topic again."),
        ),
        confidence="likely",
    )


def _busiest(part: Any) -> tuple[int, int]:
    """Return the partition with most input, and its last offset."""
    row = part.sort_values("added").iloc[-1]
    return int(row["partition"]), int(row["end_offset"]) - 1


def _read_by(readers: list[str] | None) -> str:
    if readers is None:
        return "Whether anybody reads it was not read."
    if readers:
        return f"It is read: {listed(readers)} {'keeps' if len(readers) == 1 else 'keep'} up."
    return "Nobody reads it: no group has read what came."
