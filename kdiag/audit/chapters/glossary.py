"""The words that a reader may not know, in plain ones."""

from kdiag.audit.blocks import Chapter, table
from kdiag.audit.seen import Seen

TERMS = {
    "acks=all": "A producer waits until all in-sync replicas have a record before it counts as "
    "written.",
    "Broker": "A server of the cluster; it holds replicas of partitions and leads some of them.",
    "Committed offset": "Where a group goes on reading after a restart.",
    "Compaction": "Keeps the last record of each key and removes older ones.",
    "Consumer group": "Consumers that share the partitions of topics between them.",
    "Controller": "The node that decides who leads a partition.",
    "Fenced": "Registered with the controller, but not allowed to serve.",
    "High watermark": "Up to where records are on all in-sync replicas, and may be read.",
    "ISR": "The replicas of a partition that are in sync with its leader.",
    "KRaft": "Kafka's own quorum of controllers, in the place of ZooKeeper.",
    "Lag": "Records, or time, between the end of a partition and what a group has read.",
    "Leader": "The replica of a partition that is written to and read from.",
    "Log start offset": "The first record that a partition still has.",
    "min.insync.replicas": "How many replicas must be in sync for an acks=all write to succeed.",
    "Partition": "A part of a topic, in one order; what one consumer of a group reads alone.",
    "Rebalance": "A group shares its partitions out anew; meanwhile reading may stop.",
    "Replication factor": "How many replicas a partition has.",
    "Retention": "How long, or how much, records are kept before they are deleted.",
    "Unclean election": "A replica that lacks records becomes leader; these records are lost.",
}


def glossary(seen: Seen) -> Chapter:
    """List the terms; they do not depend on the cluster."""
    return Chapter(
        "glossary",
        "Glossary",
        observations=(table("Terms", {"Term": "text", "Means": "text"}, list(TERMS.items())),),
    )
