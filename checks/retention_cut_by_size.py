"""Topics whose retention.bytes deletes records long before retention.ms.

Whichever limit is reached first deletes (kafka documentation, retention.bytes). Who reads "a week"
in the settings of the topic finds hours. Told where a partition is at its limit of size, some of it
was deleted, and what is left spans much less time than promised.

Reads: ListOffsets (first record, log start), DescribeConfigs (retention.ms, retention.bytes,
cleanup.policy), DescribeLogDirs (sizes).
"""

from typing import Any

from kdiag.api import (
    Action,
    Finding,
    LogAges,
    Replicas,
    Said,
    check,
    count,
    size,
    span,
    topic,
    with_sizes,
)

_AT_LIMIT_RATIO, _DRASTIC_RATIO = 0.8, 0.1


@check(area="disk")
def retention_cut_by_size(ages: LogAges, replicas: Replicas, *, kept_ratio: float = 0.8) -> Said:
    """Topics that keep less time than retention.ms says, as they are too large.

    kept_ratio: part of retention.ms that has to be left; the line of kafkistry, where below a tenth
        is drastic.
    """
    rows = with_sizes(ages, replicas).dropna(
        subset=["retention_seconds", "retention_bytes", "size_bytes", "age_seconds"]
    )
    is_full = rows["size_bytes"] >= _AT_LIMIT_RATIO * rows["retention_bytes"]
    was_cut = (rows["log_start_offset"] > 0).fillna(False)
    kept = rows["age_seconds"] / rows["retention_seconds"]
    rows = rows.assign(kept=kept)[is_full & was_cut & (kept < kept_ratio)]
    for name, part in rows.groupby("topic"):
        yield _finding(str(name), part)


def _finding(name: str, part: Any) -> Finding:
    worst = part.sort_values("kept").iloc[0]
    is_promised = worst["ms_source"] == "topic"
    wanted, left = float(worst["retention_seconds"]), float(worst["age_seconds"])
    return Finding(
        "warning" if is_promised else "info",
        topic(name),
        f"Topic {name} is to keep records for {span(wanted)}, and {count(len(part), 'partition')} "
        f"of it {'keeps' if len(part) == 1 else 'keep'} {span(left)}: retention.bytes of "
        f"{size(int(worst['retention_bytes']))} a partition deletes the rest.",
        f"A reader that is behind by more than {span(left)} loses records, though retention.ms "
        "promises more."
        + ("" if worst["kept"] >= _DRASTIC_RATIO else " Less than a tenth of the time is left."),
        cause="Both limits are set, and what is written fills the one of size first."
        if is_promised
        else "The time is only a default of the brokers, so the limit of size may be meant.",
        evidence={
            "retention_seconds": wanted,
            "retention_bytes": int(worst["retention_bytes"]),
            "oldest_age_seconds": round(left),
            "size_bytes": int(worst["size_bytes"]),
            "kept_ratio": round(float(worst["kept"]), 3),
            "partitions": sorted(part["partition"].tolist()),
            "retention_ms_source": worst["ms_source"],
            "retention_bytes_source": worst["bytes_source"],
        },
        actions=_actions(name, worst, wanted, left),
        confidence="certain" if is_promised else "likely",
    )


def _actions(name: str, worst: Any, wanted: float, left: float) -> tuple[Action, ...]:
    enough = int(worst["size_bytes"] * wanted / max(left, 1.0) * 1.2)
    return (
        Action(
            "See both limits, and where they are set.",
            "kafka-configs.sh --bootstrap-server {bootstrap} --describe --all "
            "--entity-type topics --entity-name {topic}",
            values={"topic": name},
        ),
        Action(
            f"If the time is what counts, and the disks have room for {size(enough)} a replica, "
            "raise the limit of size; it is reached again where input grows.",
            "kafka-configs.sh --bootstrap-server {bootstrap} --alter --entity-type "
            "topics --entity-name {topic} --add-config retention.bytes={value}",
            "safe",
            {"topic": name, "value": enough},
        ),
        Action("If the size is what counts, set retention.ms to the time that is really kept."),
    )
