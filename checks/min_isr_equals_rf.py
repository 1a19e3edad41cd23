"""Topics whose writes stop as soon as any one replica is away.

min.insync.replicas is as large as the replication factor (2 or more), so every restart of a broker
stops acks=all writes. Above the factor, brokers apply min(min.insync.replicas, replicas) since
Kafka 3.7 (KAFKA-15583), which is the same; older ones refuse every acks=all write. With one replica
only, min-isr-equals-rf does not arise: replication-factor-low says what to change.

Reads: Metadata (replication factor), DescribeConfigs (min.insync.replicas), ApiVersions (release).
"""

from kdiag.api import (
    Action,
    Cluster,
    Finding,
    Said,
    Severity,
    TopicDurability,
    check,
    count,
    release_of,
    set_where,
    topic,
)

_CAPPED_SINCE = (3, 7)


@check(area="replication", configs=("min.insync.replicas",))
def min_isr_equals_rf(durability: TopicDurability, cluster: Cluster | None) -> Said:
    """Topics that need every replica in sync for acks=all writes."""
    rows = durability.rows
    factor, limit = rows["replication_factor"], rows["min_insync_replicas"]
    is_capped = _is_capped(cluster)
    for row in rows[(factor > 1) & (limit >= factor)].itertuples():
        is_above = row.min_insync_replicas > row.replication_factor
        severity, impact = _judged(is_above, is_capped)
        target = row.replication_factor - 1
        yield Finding(
            severity,
            topic(row.topic),
            f"Topic {row.topic} has {count(row.replication_factor, 'replica')} and needs "
            f"{row.min_insync_replicas} of them in sync for acks=all writes.",
            impact,
            cause=f"min.insync.replicas={row.min_insync_replicas} is {set_where(row.source)}.",
            due="a broker restarts" if severity == "warning" else 0.0,
            evidence={
                "replication_factor": row.replication_factor,
                "min_insync_replicas": row.min_insync_replicas,
                "target_min_insync_replicas": target,
            },
            actions=(
                Action(
                    f"Set min.insync.replicas of {row.topic} to {target}, or add a replica to it.",
                    "kafka-configs.sh --bootstrap-server {bootstrap} --alter --entity-type "
                    "topics --entity-name {topic} --add-config min.insync.replicas={value}",
                    "safe",
                    {"topic": row.topic, "value": target},
                ),
            ),
            confidence="possible" if is_above and is_capped is None else "certain",
        )


def _judged(is_above: bool, is_capped: bool | None) -> tuple[Severity, str]:
    if not is_above or is_capped:
        return "warning", "Any restart of a broker that holds a replica stops acks=all writes."
    if is_capped is None:
        return "critical", "Before Kafka 3.7 the brokers refuse every acks=all write to it."
    return "critical", "The brokers refuse every acks=all write to it."


def _is_capped(cluster: Cluster | None) -> bool | None:
    """Tell whether brokers cap the limit at the replication factor; None where not known.

    The finalized metadata version is a lower bound of the release.
    """
    if cluster is None:
        return None
    told = (cluster.version or "", cluster.metadata_version or "")
    sure = [release_of(text) for text in told if "older" not in text]
    if any(release is not None and release >= _CAPPED_SINCE for release in sure):
        return True
    newest = release_of(cluster.version)
    return False if newest is not None and newest < _CAPPED_SINCE else None
