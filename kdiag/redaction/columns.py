"""What each column of text holds: whose names, or plain words of Kafka and kdiag.

Every column of kind str or object of every raw section is here; a test compares them, so that a
new column cannot reach a redacted file unseen.
"""

from collections.abc import Mapping

from kdiag.sections import (
    BrokerConfigs,
    Brokers,
    ClientQuotas,
    CommitHistory,
    Commits,
    DiskHistory,
    EarlierSamples,
    EndOffsetHistory,
    Facts,
    FactsCoverage,
    GenerationHistory,
    GroupConfigs,
    Groups,
    HistoryReach,
    JmxAccess,
    LeaderEpochs,
    LogDirs,
    MemberHistory,
    Members,
    Monitoring,
    Offsets,
    Partitions,
    PastEnds,
    Producers,
    Quorum,
    Reassignments,
    RecordSamples,
    Replicas,
    ShareOffsets,
    ShareStateHistory,
    StartHistory,
    StreamsTopologies,
    TopicConfigs,
    Topics,
    TransactionHistory,
    Transactions,
)
from kdiag.snapshot import Table

PLAIN = "plain"

_LOG = {"topic": "topic"}
_GROUP_LOG = {"group": "group", "topic": "topic"}
_SETTING = {"key": PLAIN, "value": "setting", "source": PLAIN}

COLUMNS: Mapping[type[Table], Mapping[str, str]] = {
    Brokers: {
        "host": "host",
        "rack": "rack",
        "unreachable_reason": "text",
        "api_versions": PLAIN,
        "software_version": PLAIN,
    },
    Quorum: {"directory_id": "directory"},
    Topics: {"topic": "topic", "topic_id": "topicid"},
    Partitions: {
        "topic": "topic",
        "replicas": PLAIN,
        "isr": PLAIN,
        "offline_replicas": PLAIN,
        "elr": PLAIN,
        "last_known_elr": PLAIN,
    },
    Offsets: {**_LOG, "error": "error"},
    LeaderEpochs: _LOG,
    EndOffsetHistory: _LOG,
    PastEnds: _LOG,
    EarlierSamples: {**_GROUP_LOG, "source": PLAIN},
    StartHistory: {"target": "target"},
    Groups: {
        "group": "group",
        "type": PLAIN,
        "protocol_type": "protocol",
        "protocol": "protocol",
        "state": PLAIN,
        "error": "error",
    },
    Members: {
        "group": "group",
        "member_id": "member",
        "instance_id": "instance",
        "client_id": "client",
        "client_host": "client_host",
        "rack": "rack",
        "subscription": "topics",
        "assignment": "assignment",
        "target_assignment": "assignment",
    },
    Commits: {**_GROUP_LOG, "metadata": "withheld", "error": "error"},
    ShareOffsets: {**_GROUP_LOG, "error": "error"},
    StreamsTopologies: {
        "group": "group",
        "subtopology": "protocol",
        "source_topics": "topics",
        "repartition_source_topics": "topics",
        "changelog_topics": "topics",
    },
    TopicConfigs: {"topic": "topic", **_SETTING},
    BrokerConfigs: {**_SETTING, "key": "setting", "static_value": "setting"},
    GroupConfigs: {"group": "group", **_SETTING},
    LogDirs: {"path": "path", "error": "error"},
    DiskHistory: {"path": "path"},
    Replicas: {"path": "path", **_LOG},
    Reassignments: {**_LOG, "adding": PLAIN, "removing": PLAIN},
    ClientQuotas: {"user": "principal", "client_id": "client", "key": PLAIN},
    Facts: {"target": "target", "fact": PLAIN, "labels": "labels", "dialect": PLAIN},
    Monitoring: {"signal": PLAIN, "of": "watched"},
    JmxAccess: {"target": "target", "dialect": PLAIN, "host": "host"},
    FactsCoverage: {"target": "target", "fact": PLAIN, "status": PLAIN, "reason": "text"},
    CommitHistory: {**_GROUP_LOG, "topic_id": "topicid"},
    GenerationHistory: {
        "group": "group",
        "kind": PLAIN,
        "protocol": "protocol",
        "protocol_type": "protocol",
        "leader": "member",
        "members": "past_members",
    },
    MemberHistory: {
        "group": "group",
        "member_id": "member",
        "kind": PLAIN,
        "record": PLAIN,
        "assignment": "tasks",
        "pending_revocation": "tasks",
        "instance_id": "instance",
        "client_id": "client",
        "client_host": "client_host",
    },
    ShareStateHistory: {**_GROUP_LOG, "batches": PLAIN},
    HistoryReach: {"stopped_by": PLAIN, "unknown_types": PLAIN},
    RecordSamples: {**_LOG, "asked_for": PLAIN, "codec": PLAIN},
    Transactions: {
        "transactional_id": "transaction",
        "state": PLAIN,
        "partitions": "assignment",
    },
    Producers: _LOG,
    TransactionHistory: {
        "transactional_id": "transaction",
        "state": PLAIN,
        "partitions": "assignment",
    },
}
"""Table → column → what it holds: the name of a kind (kdiag.redaction.kinds), or how to read it."""

ORDERED: frozenset[type[Table]] = frozenset(
    [CommitHistory, GenerationHistory, MemberHistory, ShareStateHistory, TransactionHistory]
)
"""Tables whose rows come one after the other in a log: their order says something."""
