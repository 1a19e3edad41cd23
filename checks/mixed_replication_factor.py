"""Topics whose partitions have different numbers of replicas.

A reassignment that covered only some partitions, or partitions that were added with an assignment
by hand. The topic is as safe as its weakest partition. While a reassignment runs, replicas are
added before others are removed; such topics are left out.

Reads: Metadata (replicas), ListPartitionReassignments.
"""

from kdiag.api import (
    Action,
    Finding,
    MixedReplication,
    Said,
    check,
    count,
    partition,
    topic,
)


@check(area="replication")
def mixed_replication_factor(mixed: MixedReplication) -> Said:
    """Topics with partitions of different replication factors."""
    for row in mixed.rows.itertuples():
        few = row.fewest_partitions
        yield Finding(
            "info",
            topic(row.topic),
            f"{count(len(few), 'partition')} of topic {row.topic} "
            f"{'has' if len(few) == 1 else 'have'} {count(row.fewest, 'replica')}, others have "
            f"{row.most}.",
            "The topic survives no more failures than its weakest partition.",
            cause="A reassignment covered only a part of it, or partitions were added by hand.",
            due="a broker is lost",
            evidence={
                "fewest_replicas": row.fewest,
                "most_replicas": row.most,
                "fewest_partitions": list(few),
            },
            actions=(
                Action(
                    f"Give all partitions of {row.topic} the same number of replicas: write the "
                    "plan with the missing ones added, and execute it.",
                    "kafka-topics.sh --bootstrap-server {bootstrap} --describe --topic {topic}",
                    values={"topic": row.topic},
                ),
            ),
            covers=frozenset(partition(row.topic, number) for number in few),
        )
