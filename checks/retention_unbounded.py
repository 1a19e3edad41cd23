"""Topics that keep every record for ever.

With retention.ms and retention.bytes both -1, or with an empty cleanup.policy (Kafka 4.2 and
newer), nothing is ever deleted: the topic grows until the disk is full. (The journal of Apicurio's
registry is a store, and must keep all: see schema-topic-not-compacted. Repartition topics of Kafka
Streams have no limit, since the application itself deletes what it has read from them.)

Reads: DescribeConfigs (retention.ms, retention.bytes, cleanup.policy), Metadata, ListOffsets twice
(whether it grows).
"""

import re
from typing import Any

from kdiag.api import (
    Action,
    Earlier,
    Finding,
    Offsets,
    Said,
    TopicConfigs,
    Topics,
    check,
    config_by_topic,
    count,
    is_purged_topic,
    topic,
)

_WEEK_MS = 604_800_000

_STORES = frozenset({"kafkasql-journal"})
"""Apicurio keeps its schemas there, and loses those that Kafka deletes."""


@check(area="disk", configs=("retention.ms", "retention.bytes", "cleanup.policy"))
def retention_unbounded(
    topics: Topics,
    configs: TopicConfigs,
    offsets: Offsets | None,
    before: Earlier[Offsets] | None,
    *,
    archive_topics_regex: str = r"(^|[._-])archive([._-]|$)",
) -> Said:
    """Topics with no limit in time or size.

    archive_topics_regex: names of topics that keep everything on purpose, by regular expression.
    """
    unbounded = _unbounded(configs)
    rows = topics.rows[topics.rows["topic"].isin(unbounded) & ~topics.rows["is_internal"]]
    growth = _growth(offsets, before)
    for row in rows.itertuples():
        name = row.topic
        if name in _STORES or name.startswith("__") or is_purged_topic(name):
            continue
        if not re.search(archive_topics_regex, name):
            yield _finding(name, unbounded[name], None if growth is None else growth.get(name, 0))


def _unbounded(configs: TopicConfigs) -> dict[str, str]:
    """Return topic → cleanup policy, for the topics from which nothing is ever deleted."""
    milliseconds = config_by_topic(configs, "retention.ms")
    size_limits = config_by_topic(configs, "retention.bytes")
    return {
        name: policy
        for name, policy in config_by_topic(configs, "cleanup.policy").items()
        if "compact" not in policy
        and (policy == "" or (milliseconds.get(name) == "-1" and size_limits.get(name) == "-1"))
    }


def _growth(offsets: Offsets | None, before: Offsets | None) -> dict[str, int] | None:
    """Return topic → records added between the samples, None with one sample."""
    if offsets is None or before is None:
        return None
    now, then = (
        table.rows.set_index(["topic", "partition"])["end_offset"] for table in (offsets, before)
    )
    added = (now - then).dropna().groupby(level="topic").sum()
    return {name: int(records) for name, records in added.items()}


def _finding(name: str, policy: str, added: int | None) -> Finding:
    is_growing = added is not None and added > 0
    setting = "cleanup.policy is empty" if policy == "" else "both limits of its retention are -1"
    return Finding(
        "warning" if is_growing else "info",
        topic(name),
        f"Topic {name} keeps every record for ever: {setting}.",
        "It fills the disks of its brokers in the end; all topics there stop with it.",
        cause=_seen(added),
        due="the volume is full",
        evidence=_evidence(policy, added),
        actions=(_limit(name, policy),),
        confidence="certain" if is_growing else "likely" if added is None else "possible",
    )


def _seen(added: int | None) -> str:
    if added is None:
        return "Whether it grows was not seen: that needs two samples."
    if added > 0:
        return f"It grew by {count(added, 'record')} between two samples."
    return "It did not grow between two samples."


def _evidence(policy: str, added: int | None) -> dict[str, Any]:
    limits = {} if policy == "" else {"retention_ms": -1, "retention_bytes": -1}
    return {**limits, "cleanup_policy": policy, "added_records": added}


def _limit(name: str, policy: str) -> Action:
    settings = f"retention.ms={_WEEK_MS}" + (",cleanup.policy=delete" if policy == "" else "")
    return Action(
        "Agree with its owner on a limit and set it, for example a week. What is older by the time "
        "stamped on it is deleted minutes later: all of it, where producers stamp wrong times. If "
        "it is an archive, say so by archive_topics_regex.",
        "kafka-configs.sh --bootstrap-server {bootstrap} --alter --entity-type "
        "topics --entity-name {topic} --add-config {settings}",
        "disruptive",
        {"topic": name, "settings": settings},
    )
