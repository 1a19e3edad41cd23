"""Topics that differ from what a profile expects of them.

A profile says what a use of Kafka needs: partitions, copies, compression, how long records are kept
and where, and a dead-letter topic. It is given with --profile, as a file or by the name of one that
comes with kdiag (fraud-detection, ecommerce-orders, iot-telemetry). More than what is expected is
no fault: partitions, copies and retention are the least that is needed.

Reads: the profile; Metadata (partitions, replication factor), DescribeConfigs (compression.type,
retention.ms, cleanup.policy, min.insync.replicas, tiered storage), OffsetFetch (who reads a topic),
Fetch with --sample-records (codec of the newest record, where writers choose it).
"""

from collections.abc import Sequence
from typing import Any

from kdiag.api import (
    CLUSTER,
    Action,
    Brokers,
    Finding,
    ProfileGaps,
    Said,
    check,
    development,
    listed,
    literally,
    span,
    topic,
)

_COPIES = ("replication_factor", "min_insync_replicas")
_SECONDS = ("hot_retention_seconds", "cold_retention_seconds")
_NAMES = {
    "partitions": "partitions",
    "replication_factor": "replicas",
    "min_insync_replicas": "min.insync.replicas",
    "compression": "compression",
    "hot_retention_seconds": "retention in the brokers",
    "cold_retention_seconds": "retention beyond the brokers",
    "dead_letter": "dead-letter topic",
}
_IMPACTS = {
    "partitions": "No more consumers than partitions can share the load.",
    "replication_factor": "It survives fewer failures than it should.",
    "min_insync_replicas": "Acknowledged records may exist once.",
    "compression": "Disks and network carry more than was planned for.",
    "hot_retention_seconds": "Records are deleted earlier than readers may need them.",
    "cold_retention_seconds": "Nothing keeps the records for as long as is asked for.",
    "dead_letter": "A record that cannot be processed stops its consumer or is dropped.",
}


@check(area="itself")
def profile_not_met(gaps: ProfileGaps, brokers: Brokers | None) -> Said:
    """Topics that a profile expects otherwise, or that it expects and that do not exist."""
    absent = [row for row in gaps.rows.itertuples() if row.topic is None]
    if absent:
        yield _absent(absent)
    rows = gaps.rows[gaps.rows["topic"].notna()]
    for name, of_topic in rows.groupby("topic", sort=True):
        yield _finding(str(name), list(of_topic.itertuples()), development(brokers))


def _absent(rows: Sequence[Any]) -> Finding:
    patterns = [row.pattern for row in rows]
    return Finding(
        "warning",
        CLUSTER,
        f"No topic fits what the profile expects: {listed(patterns)}.",
        "What writes to it or reads from it cannot work, or has another name than the profile has.",
        evidence={"patterns": patterns, "profiles": sorted({row.source for row in rows})},
        actions=(
            Action(
                "See which topics there are; create the missing one, or mend the name in the "
                "profile.",
                "kafka-topics.sh --bootstrap-server {bootstrap} --list",
            ),
        ),
    )


def _finding(name: str, rows: Sequence[Any], alone: str) -> Finding:
    is_too_small = alone and all(row.what in _COPIES for row in rows)
    told = "; ".join(
        f"{_NAMES[row.what]} {_shown(row.what, row.found)}, wanted {_wanted(row)}" for row in rows
    )
    return Finding(
        "info" if is_too_small else "warning",
        topic(name),
        f"Topic {name} does not meet its profile: {told}.",
        " ".join(dict.fromkeys(_IMPACTS[row.what] for row in rows)),
        cause=alone if is_too_small else "",
        evidence={
            "profiles": sorted({row.source for row in rows}),
            **{f"{row.what}_found": row.found for row in rows},
            **{f"{row.what}_wanted": row.wanted for row in rows},
        },
        actions=tuple(_actions(name, rows)),
    )


def _wanted(row: Any) -> str:
    if row.what == "dead_letter":
        return f"one of {listed(row.names)}"
    return _shown(row.what, row.wanted)


def _shown(what: str, value: str) -> str:
    is_number = value.replace(".", "", 1).isdigit()
    return span(float(value)) if what in _SECONDS and is_number else value


def _actions(name: str, rows: Sequence[Any]) -> list[Action]:
    """Return what to type for each difference that has a command."""
    is_short = any(row.what == "replication_factor" for row in rows)
    first = [row for row in rows if not (is_short and row.what == "min_insync_replicas")]
    settings = [_SETTERS[row.what](row) for row in first if row.what in _SETTERS]
    actions = []
    if settings:
        actions.append(
            Action(
                f"Set {', '.join(settings)} on {name}.",
                "kafka-configs.sh --bootstrap-server {bootstrap} --alter --entity-type "
                "topics --entity-name {topic} --add-config {settings}",
                "safe",
                {"topic": name, "settings": ",".join(settings)},
            )
        )
    for row in rows:
        if row.what == "partitions":
            actions.append(
                Action(
                    "Add partitions, where no reader depends on which key is in which partition.",
                    "kafka-topics.sh --bootstrap-server {bootstrap} --alter --topic {topic} "
                    "--partitions {partitions}",
                    "disruptive",
                    {"topic": literally(name), "partitions": row.wanted},
                )
            )
        elif row.what == "replication_factor":
            actions.append(Action("Add replicas by a reassignment; see replication-factor-low."))
        elif row.what == "min_insync_replicas" and is_short:
            actions.append(
                Action(
                    f"Once it has these replicas, and not before, set {_SETTERS[row.what](row)}: "
                    "with fewer, a broker that is away stops acks=all writes.",
                    effect="disruptive",
                )
            )
        elif row.what == "cold_retention_seconds":
            actions.append(Action("Turn on tiered storage, or let a sink connector read it."))
        elif row.what == "dead_letter":
            actions.append(
                Action(
                    "Create it, and let consumers write there what they cannot process.",
                    "kafka-topics.sh --bootstrap-server {bootstrap} --create --topic {topic}",
                    "safe",
                    {"topic": row.names[0]},
                )
            )
    return actions


_SETTERS = {
    "min_insync_replicas": lambda row: f"min.insync.replicas={row.wanted}",
    "compression": lambda row: f"compression.type={_codec(row.wanted)}",
    "hot_retention_seconds": lambda row: f"retention.ms={round(float(row.wanted) * 1000)}",
}
"""What → the setting that mends it."""


def _codec(wanted: str) -> str:
    return "lz4" if wanted == "any" else wanted
