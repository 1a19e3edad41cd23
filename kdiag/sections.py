"""The raw sections of a snapshot: the data dictionary.

One class a section, each filled by one kind of request and named after what it returns. Times are
UTC; sizes bytes; an offset that the broker does not have is <NA>, never -1; sets of ids are tuples
in Kafka's own order. What joins two sections is derived, in kdiag.analysis. Those of what stands
around the brokers (Connect and its like) are in kdiag.pipeline_sections.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import ClassVar, Literal, NamedTuple

from kdiag.pipeline_sections import PIPELINE_SECTIONS
from kdiag.snapshot import Section, Snapshot, Table

Mode = Literal["kraft", "zookeeper", "migrating", "unknown"]

HEARTBEATS = "heartbeats"
"""Topic that MirrorMaker 2 writes to once a second; `SOURCE.heartbeats` where it is mirrored."""

CHECKPOINTS = "checkpoints.internal"
"""`SOURCE.checkpoints.internal`: where MirrorMaker 2 writes what groups of the source have read."""


@dataclass(frozen=True, eq=False, kw_only=True)
class Cluster(Section):
    """The cluster as a whole (Metadata, ApiVersions, DescribeCluster).

    version: the Kafka release as far as features and API ranges show it ("4.4", "2.3 or older").
    features: name → (lowest, highest supported by the brokers, finalized or None).
    authorized_operations: what the principal may do on the cluster, None where not told.
    service: the managed service or other implementation that was recognised (kdiag.services). Of
    one that is no Apache Kafka, mode and version are not known.
    """

    noun: ClassVar[str] = "cluster"

    cluster_id: str | None
    mode: Mode
    version: str | None = None
    metadata_version: str | None = None
    features: Mapping[str, tuple[int, int, int | None]] = field(default_factory=dict)
    authorized_operations: tuple[str, ...] | None = None
    service: str | None = None


def cluster_id(snapshot: Snapshot) -> str | None:
    """Return the id of the cluster, None where it was not told."""
    cluster = snapshot.get(Cluster)
    return cluster.cluster_id if isinstance(cluster, Cluster) else None


class Brokers(Table):
    """One row a broker that is registered, or that some replica is assigned to.

    is_registered: the cluster lists it now. is_fenced: registered, but not serving
    (DescribeCluster v2, Kafka 4.0 and newer; else False). is_reachable: it answered us.
    is_elsewhere: at its address a broker of another cluster answers.
    api_versions: tuple of (api key, lowest, highest), empty where it did not answer.
    """

    noun = "brokers"
    columns = {
        "broker": "int",
        "host": "str",
        "port": "int",
        "rack": "str",
        "is_registered": "bool",
        "is_fenced": "bool",
        "is_reachable": "bool",
        "unreachable_reason": "str",
        "api_versions": "object",
        "software_version": "str",
        "is_elsewhere": "bool",
    }
    later_columns = ("is_elsewhere",)


@dataclass(frozen=True, eq=False, repr=False, kw_only=True)
class Quorum(Table):
    """One row a voter or observer of the KRaft quorum (DescribeQuorum).

    last_fetch, last_caught_up: as the leader of the quorum saw them; <NA> on brokers older than
    3.3 and for what never fetched. The leader's own row counts as caught up, and its times are when
    it answered, by its own clock. ahead_least_seconds, ahead_most_seconds: between which that clock
    is ahead of ours (negative: behind); None where it does not tell. No rows: no broker got an
    answer from a controller, and `errors` has what each of them said.
    """

    noun: ClassVar[str] = "quorum replicas"
    columns: ClassVar[Mapping[str, str]] = {
        "replica_id": "int",
        "directory_id": "str",
        "is_voter": "bool",
        "log_end_offset": "int",
        "last_fetch": "time",
        "last_caught_up": "time",
    }

    leader_id: int | None = None
    leader_epoch: int | None = None
    high_watermark: int | None = None
    ahead_least_seconds: float | None = None
    ahead_most_seconds: float | None = None


class Topics(Table):
    """One row a topic (Metadata)."""

    noun = "topics"
    columns = {
        "topic": "str",
        "topic_id": "str",
        "is_internal": "bool",
        "partition_count": "int",
        "replication_factor_min": "int",
        "replication_factor_max": "int",
    }


class Partitions(Table):
    """One row a partition (Metadata; ELR from DescribeTopicPartitions).

    leader: <NA> where there is none. replicas, isr, offline_replicas: tuples of broker ids; the
    first replica is the preferred leader. elr, last_known_elr: only asked where there is no leader
    or no ISR, else None; None there, too, on brokers older than 3.8.
    """

    noun = "partitions"
    columns = {
        "topic": "str",
        "partition": "int",
        "leader": "int",
        "leader_epoch": "int",
        "replicas": "object",
        "isr": "object",
        "offline_replicas": "object",
        "elr": "object",
        "last_known_elr": "object",
    }


class Offsets(Table):
    """One row a partition: its log as the leader sees it (ListOffsets).

    end_offset: the high watermark. error: Kafka's name of the error where the leader did not tell.
    """

    noun = "partitions"
    columns = {
        "topic": "str",
        "partition": "int",
        "log_start_offset": "int",
        "end_offset": "int",
        "last_stable_offset": "int",
        "error": "str",
    }


class LogTimes(Table):
    """One row a partition that deletes by age or size: times of records in it (ListOffsets).

    Not of compacted topics, and not of tiered ones, which are under `errors`. Times are those of
    the records: a producer's clock unless the topic uses LogAppendTime. oldest_timestamp: of the
    first record; <NA> where the log is empty. retained_offset: the first record younger than
    retention.ms, asked where the oldest one is older; <NA> where none is. max_timestamp: the latest
    one in the log, <NA> unless it lies more than an hour ahead; later ones than the year 2262 stand
    as that.
    """

    noun = "partitions that delete records"
    columns = {
        "topic": "str",
        "partition": "int",
        "oldest_timestamp": "time",
        "retained_offset": "int",
        "max_timestamp": "time",
    }


class TieredOffsets(Table):
    """One row a partition of a tiered topic: what lies where (ListOffsets, KIP-405).

    local_start_offset: of the log on the broker's disk. tiered_offset: the last one in remote
    storage, <NA> where nothing is. end_offset: the high watermark then.
    """

    noun = "tiered partitions"
    columns = {
        "topic": "str",
        "partition": "int",
        "local_start_offset": "int",
        "tiered_offset": "int",
        "end_offset": "int",
    }


class LeaderEpochs(Table):
    """One row a partition where a leader epoch that a group committed in is over.

    Asked of the leader (OffsetForLeaderEpoch), for partitions with several replicas. asked_epoch:
    the oldest such epoch. epoch: the last one up to it that the log has; end_offset: where it ends,
    which is where the next one begins. Both <NA> where the log begins after it.
    """

    noun = "past leader epochs"
    needs_rows = False
    columns = {
        "topic": "str",
        "partition": "int",
        "asked_epoch": "int",
        "epoch": "int",
        "end_offset": "int",
    }


class EndOffsetHistory(Table):
    """One row a partition and past time: its end offset then (ListOffsets by timestamp).

    age_seconds: how long before `read_at`. end_offset: the first offset whose record is younger;
    the end offset itself where no record is; or what Prometheus has stored of then. A committed
    offset below it has an unread record older than age_seconds; one at or above it has none. Read
    between two samples, for partitions on which some group lags: at fixed ages, and then closing in
    on the age of the backlog.
    """

    noun = "partitions"
    columns = {
        "topic": "str",
        "partition": "int",
        "at": "time",
        "age_seconds": "float",
        "end_offset": "int",
    }


class PastEnds(Table):
    """One row a partition and age, of all partitions: its end offset then (ListOffsets).

    Read only for what looks at growth. end_offset: the first offset whose record is younger than
    age_seconds; <NA> where none is, so that nothing was written since.
    """

    noun = "partitions"
    columns = {
        "topic": "str",
        "partition": "int",
        "age_seconds": "float",
        "end_offset": "int",
    }


class EarlierSamples(Table):
    """One row a group, partition and earlier time: where both stood then.

    source: state (an earlier run of kdiag, out of its state directory) or prometheus (what an
    exporter told then); None in files of older versions, which only knew the first.
    """

    noun = "earlier positions"
    later_columns = ("source",)
    columns = {
        "group": "str",
        "topic": "str",
        "partition": "int",
        "at": "time",
        "committed_offset": "int",
        "end_offset": "int",
        "source": "str",
    }


class StartHistory(Table):
    """One row a process and time at which it began, as runs of kdiag saw it (state directory)."""

    noun = "starts of processes"
    needs_rows = False
    columns = {"target": "str", "started_at": "time"}


class Groups(Table):
    """One row a group of any type (ListGroups and the describe of its type).

    type: classic, consumer, share, streams. coordinator: the broker that listed it. error: where
    the group itself could not be described. group_epoch, assignment_epoch: not for classic groups.
    """

    noun = "groups"
    columns = {
        "group": "str",
        "type": "str",
        "protocol_type": "str",
        "protocol": "str",
        "state": "str",
        "coordinator": "int",
        "group_epoch": "int",
        "assignment_epoch": "int",
        "error": "str",
    }


class Members(Table):
    """One row a member of a group.

    subscription: tuple of topics, None where it cannot be decoded (classic groups tell it only
    while Stable). assignment, target_assignment: tuples of (topic, partition), None likewise.
    """

    noun = "members"
    columns = {
        "group": "str",
        "member_id": "str",
        "instance_id": "str",
        "client_id": "str",
        "client_host": "str",
        "rack": "str",
        "subscription": "object",
        "assignment": "object",
        "target_assignment": "object",
        "member_epoch": "int",
        "is_classic": "bool",
    }


class Commits(Table):
    """One row a group and partition with a committed offset (OffsetFetch).

    Share groups commit none: see ShareOffsets. error: Kafka's name of the error for this partition.
    """

    noun = "committed offsets"
    columns = {
        "group": "str",
        "topic": "str",
        "partition": "int",
        "committed_offset": "int",
        "leader_epoch": "int",
        "metadata": "str",
        "error": "str",
    }


class ShareOffsets(Table):
    """One row a share group and partition that it reads (DescribeShareGroupOffsets).

    start_offset: the first record that is not done with; <NA> until the first acknowledgement.
    lag_records: records from there to the end, without those that are done with (KIP-1226); <NA>
    without a start offset, and on brokers older than 4.2. error: as for Commits.
    """

    noun = "share-group offsets"
    columns = {
        "group": "str",
        "topic": "str",
        "partition": "int",
        "start_offset": "int",
        "leader_epoch": "int",
        "lag_records": "int",
        "error": "str",
    }


class StreamsTopologies(Table):
    """One row a streams group and subtopology (StreamsGroupDescribe, KIP-1071).

    source_topics: what it reads; patterns are told only once the group is ready.
    repartition_source_topics, changelog_topics: internal topics that the brokers create. All are
    tuples of topics.
    """

    noun = "subtopologies"
    columns = {
        "group": "str",
        "subtopology": "str",
        "source_topics": "object",
        "repartition_source_topics": "object",
        "changelog_topics": "object",
    }


class GroupConfigs(Table):
    """One row a share group and key (DescribeConfigs of groups; Kafka 4.2 and newer for all keys).

    value: the one in effect, be it the group's own or the brokers'. source: group, or as for
    brokers.
    """

    noun = "group settings"
    columns = {
        "group": "str",
        "key": "str",
        "value": "str",
        "source": "str",
        "is_sensitive": "bool",
    }


class TopicConfigs(Table):
    """One row a topic and key, for the keys that a selected check reads (DescribeConfigs).

    source: topic, broker (dynamic on one broker), cluster-default, static, default.
    """

    noun = "topic settings"
    columns = {
        "topic": "str",
        "key": "str",
        "value": "str",
        "source": "str",
        "is_sensitive": "bool",
    }


class BrokerConfigs(Table):
    """One row a broker and key, all keys (DescribeConfigs).

    source: as for topics. static_value: what the broker's file says (or the default), where a
    dynamic value hides it, else None. Sensitive values are None: brokers never return them.
    """

    noun = "broker settings"
    columns = {
        "broker": "int",
        "key": "str",
        "value": "str",
        "source": "str",
        "is_sensitive": "bool",
        "static_value": "str",
    }


class BrokerLoggers(Table):
    """One row a broker and logger, for the loggers that a check reads (DescribeConfigs).

    level: the one in effect. Brokers list only loggers that exist: those of code that has run.
    """

    noun = "loggers"
    columns = {"broker": "int", "logger": "str", "level": "str"}


class Listeners(Table):
    """One row a listener of a broker: its settings, and what a TLS handshake showed from here.

    host, port: advertised, else where it listens. is_advertised: clients and brokers are told of
    it; those of controllers are not. is_ours: the one by which we know this broker. network:
    loopback, private or public, by the address that the host resolves to from here; None where it
    does not. trouble: why no certificate could be read; None for listeners without TLS.
    tls_not_before, tls_not_after: of its certificate; tls_chain_not_after: the earliest end among
    the authorities that it sends along. tls_names: its alternative names, else its common name;
    tls_names_fit: the advertised host is one of them (RFC 6125). tls_version: agreed on, of all
    that this side speaks.
    """

    noun = "listeners"
    columns = {
        "broker": "int",
        "name": "str",
        "protocol": "str",
        "host": "str",
        "port": "int",
        "is_advertised": "bool",
        "is_ours": "bool",
        "network": "str",
        "trouble": "str",
        "tls_not_before": "time",
        "tls_not_after": "time",
        "tls_chain_not_after": "time",
        "tls_names": "object",
        "tls_names_fit": "bool",
        "tls_version": "str",
    }


class LogDirs(Table):
    """One row a log directory of a broker (DescribeLogDirs).

    total_bytes, usable_bytes: of the volume (Kafka 3.3 and newer, else <NA>). error: Kafka's name
    of the error of an offline directory. is_cordoned: 4.3 and newer.
    """

    noun = "log dirs"
    columns = {
        "broker": "int",
        "path": "str",
        "error": "str",
        "total_bytes": "int",
        "usable_bytes": "int",
        "is_cordoned": "bool",
    }


class DiskHistory(Table):
    """One row a log directory and past time: its volume then (Prometheus, out of kdiag's exporter).

    at: a value may be older by the time between two snapshots of the exporter.
    """

    noun = "volumes of the past"
    needs_rows = False
    columns = {
        "broker": "int",
        "path": "str",
        "at": "time",
        "usable_bytes": "int",
        "total_bytes": "int",
    }


class Replicas(Table):
    """One row a replica in a log directory (DescribeLogDirs)."""

    noun = "replicas"
    columns = {
        "broker": "int",
        "path": "str",
        "topic": "str",
        "partition": "int",
        "size_bytes": "int",
        "offset_lag": "int",
        "is_future": "bool",
    }


class Reassignments(Table):
    """One row a partition that is being reassigned (ListPartitionReassignments)."""

    noun = "reassignments"
    columns = {"topic": "str", "partition": "int", "adding": "object", "removing": "object"}


class ClientQuotas(Table):
    """One row a quota of a client entity (DescribeClientQuotas, Kafka 2.6 and newer).

    user, client_id: what the entity is made of; <default> for the default one of its kind, None
    where it is no part of it. key: consumer_byte_rate, producer_byte_rate, request_percentage,
    controller_mutation_rate. value: for each broker; bytes or mutations a second, or percent.
    """

    noun = "quotas"
    needs_rows = False
    columns = {"user": "str", "client_id": "str", "key": "str", "value": "float"}


@dataclass(frozen=True, eq=False, repr=False, kw_only=True)
class Acls(Table):
    """One row an ACL (DescribeAcls).

    kind: topic, group, cluster, transactional-id, delegation-token, user. name: `*` for all, the
    prefix where pattern is prefixed, else the only one. operation: as kafka-acls.sh has it (Read).
    permission: allow or deny. is_enforced: False where the brokers have no authorizer, and no ACLs.
    """

    noun: ClassVar[str] = "ACLs"
    needs_rows: ClassVar[bool] = False
    columns: ClassVar[Mapping[str, str]] = {
        "kind": "str",
        "name": "str",
        "pattern": "str",
        "principal": "str",
        "host": "str",
        "operation": "str",
        "permission": "str",
    }

    is_enforced: bool = True


class UnlistedTopics(Table):
    """One row a topic that an ACL names and Metadata does not list (Metadata, asked by name).

    Metadata leaves out what we may not describe. exists: it is there all the same. Topics of which
    it is not told are under `errors`.
    """

    noun = "topics of ACLs"
    needs_rows = False
    columns = {"topic": "str", "exists": "bool"}


class ScramUsers(Table):
    """One row a SCRAM credential (DescribeUserScramCredentials, Kafka 2.7 and newer).

    mechanism: SCRAM-SHA-256 or SCRAM-SHA-512. No part of the credential itself is told.
    """

    noun = "SCRAM credentials"
    needs_rows = False
    columns = {"user": "str", "mechanism": "str", "iterations": "int"}


class Facts(Table):
    """One row a value of a fact (kdiag.facts) that was read over JMX.

    target: the process, as `broker 1`, `controller 100` or `worker HOST:PORT`; one that could not
    be asked is under `errors`. labels: the label values of the fact, in its order, None where the
    MBean has no such key. value: in the unit of the fact. dialect: rmi, jolokia or prometheus.
    """

    noun = "JMX facts"
    columns = {
        "target": "str",
        "fact": "str",
        "labels": "object",
        "value": "float",
        "dialect": "str",
    }


class FactsCoverage(Table):
    """One row a target and fact that was asked for.

    status: read; quiet (it appears once its event has happened, and it has not); absent (the target
    does not tell it). reason: why it is absent.
    """

    noun = "JMX facts asked for"
    columns = {"target": "str", "fact": "str", "status": "str", "reason": "str"}


class JmxAccess(Table):
    """One row a process that answered over JMX: how we were let in.

    host: where it was asked. has_password: one was given; else it asks nobody who they are.
    has_tls: the connection was encrypted. asked_at, answered_at: by our clock.
    """

    noun = "processes with JMX"
    columns = {
        "target": "str",
        "dialect": "str",
        "host": "str",
        "has_password": "bool",
        "has_tls": "bool",
        "asked_at": "time",
        "answered_at": "time",
    }
    later_columns = ("asked_at", "answered_at")


class Monitoring(Table):
    """One row a signal and what it is told of, in a Prometheus.

    signal: lag, under-replicated partitions, or JMX. of: the group, or the instance that was
    scraped; None where its series do not say.
    """

    noun = "series of Prometheus"
    needs_rows = False
    columns = {"signal": "str", "of": "str"}


class CommitHistory(Table):
    """One row a commit of the past (`__consumer_offsets`, records of types 0 and 1).

    Only where nothing was compacted away: see HistoryReach. committed_at: the coordinator's clock;
    it may go backwards where the coordinator changed. is_tombstone: the offset expired or was
    deleted then, and has no committed_offset. topic_id: Kafka 4.1 and newer. Commits of a
    transaction count once it was committed. log_partition, log_offset: where the record lies.
    """

    noun = "commits"
    columns = {
        "group": "str",
        "topic": "str",
        "partition": "int",
        "committed_at": "time",
        "committed_offset": "int",
        "leader_epoch": "int",
        "topic_id": "str",
        "is_tombstone": "bool",
        "log_partition": "int",
        "log_offset": "int",
    }


class PastMember(NamedTuple):
    """What `GenerationHistory.members` holds of a member: `PastMember(*each)`.

    The table holds plain tuples, as a saved snapshot does. Timeouts in milliseconds, None where
    the record is too old to tell.
    """

    member_id: str
    instance_id: str | None
    client_id: str
    client_host: str
    rebalance_timeout_ms: int | None
    session_timeout_ms: int


class GenerationHistory(Table):
    """One row a generation or epoch of a group (`__consumer_offsets`, types 2, 3, 11, 17).

    kind: classic, consumer, share, streams. generation: the epoch for all but classic groups;
    <NA> for a tombstone. written_at: the coordinator's clock. state_since: when the group entered
    its state then, classic groups only: end of the join phase, or the time it became empty.
    members: tuple with the fields of a PastMember for each, None for all but classic groups and
    for tombstones; () is an empty group.
    is_before_reach: the last record of its group from before the trustworthy history, kept as
    what came before the first row; earlier ones may be lost.
    """

    noun = "generations"
    columns = {
        "group": "str",
        "kind": "str",
        "generation": "int",
        "written_at": "time",
        "state_since": "time",
        "protocol": "str",
        "protocol_type": "str",
        "leader": "str",
        "members": "object",
        "is_tombstone": "bool",
        "is_before_reach": "bool",
        "log_partition": "int",
        "log_offset": "int",
    }


class MemberHistory(Table):
    """One row a record about a member (`__consumer_offsets`, types 5-8, 10, 12-14, 19-22).

    Groups of the protocols that the broker drives; classic members are in GenerationHistory. kind:
    consumer, share, streams. record: what it is about, and which columns it fills beside group,
    member_id, written_at and is_tombstone (it is gone):

    * member: instance_id (not share), client_id, client_host, rebalance_timeout_ms (consumer only:
      max.poll.interval.ms of the client).
    * target: assignment, the one that the member is to reach.
    * current: member_epoch, previous_member_epoch, state (Kafka's number: 0 stable, 1 has to
      revoke, 2 waits for others), assignment, pending_revocation.
    * target-epoch: assignment_epoch and, from Kafka 4.3, assigned_at; member_id is None.

    assignment, pending_revocation: tuples of (topic_id, partition); (subtopology, partition) of
    active, standby and warm-up tasks together for streams.
    """

    noun = "member records"
    columns = {
        "group": "str",
        "member_id": "str",
        "kind": "str",
        "record": "str",
        "written_at": "time",
        "member_epoch": "int",
        "previous_member_epoch": "int",
        "state": "int",
        "assignment_epoch": "int",
        "assigned_at": "time",
        "assignment": "object",
        "pending_revocation": "object",
        "instance_id": "str",
        "client_id": "str",
        "client_host": "str",
        "rebalance_timeout_ms": "int",
        "is_tombstone": "bool",
        "log_partition": "int",
        "log_offset": "int",
    }


class ShareStateHistory(Table):
    """One row a record about a share-partition (`__share_group_state`, types 0 and 1).

    topic: None where its id is that of no topic any more. state_epoch: of snapshots only.
    start_offset: <NA> where the record does not change it. batches: tuple of (first offset, last
    offset, delivery state, delivery count) that the record is about; all of them in a snapshot.
    Delivery states: 0 available, 2 acknowledged, 4 archived (RecordState of Kafka).
    delivery_complete_count: records from the start offset on that are done with (Kafka 4.2 and
    newer). written_at: the coordinator's clock. seen_from: since when all records of the same log
    partition were read. is_tombstone: the group gave this partition up.
    """

    noun = "share-group states"
    columns = {
        "group": "str",
        "topic": "str",
        "partition": "int",
        "state_epoch": "int",
        "start_offset": "int",
        "batches": "object",
        "delivery_complete_count": "int",
        "written_at": "time",
        "seen_from": "time",
        "is_snapshot": "bool",
        "is_tombstone": "bool",
        "log_partition": "int",
        "log_offset": "int",
    }


class HistoryReach(Table):
    """One row a partition of `__consumer_offsets`: from when on its history is complete.

    The groups of partition n are those with abs(Java hash of the group id) % partitions = n.
    trustworthy_from: <NA> where the log holds nothing at all; the time of reading where nothing of
    it is complete. stopped_by: what ends the reach. start: the log begins there, so everything was
    seen; compaction: older records were compacted; corruption: a batch there is damaged; budget,
    time: more could have been read; error: the leader failed (see errors). bytes_read: as received.
    unknown_records: of a type or version that kdiag does not know; unknown_types: tuple of (type,
    version, records), -1 where not even that can be read. undecided_records: of transactions that
    were aborted or have not ended. trustworthy_from_offset, end_offset: of this log.
    """

    noun = "log partitions"
    columns = {
        "log_partition": "int",
        "trustworthy_from": "time",
        "trustworthy_from_offset": "int",
        "end_offset": "int",
        "bytes_read": "int",
        "stopped_by": "str",
        "corrupt_batches": "int",
        "undecided_records": "int",
        "unknown_records": "int",
        "unknown_types": "object",
    }


class Transactions(Table):
    """One row a transactional id (ListTransactions; what is open by DescribeTransactions).

    state: Ongoing, PrepareCommit, PrepareAbort and PrepareEpochFence are open; only of these are
    producer_epoch, timeout_seconds (transaction.timeout.ms of the producer), started_at and
    partitions read. partitions: tuple of (topic, partition), None where not read. Ids that the
    principal may not describe are not listed, and brokers do not say so.
    """

    noun = "transactional ids"
    columns = {
        "transactional_id": "str",
        "coordinator": "int",
        "state": "str",
        "producer_id": "int",
        "producer_epoch": "int",
        "timeout_seconds": "float",
        "started_at": "time",
        "partitions": "object",
    }


class Producers(Table):
    """One row a producer that a partition remembers (DescribeProducers).

    Only of partitions whose last stable offset is below the end. last_timestamp: of its newest
    record, by the clock that stamps records of the topic. open_since_offset: first record of its
    open transaction, <NA> where it has none.
    """

    noun = "producers"
    needs_rows = False
    columns = {
        "topic": "str",
        "partition": "int",
        "producer_id": "int",
        "producer_epoch": "int",
        "last_sequence": "int",
        "last_timestamp": "time",
        "coordinator_epoch": "int",
        "open_since_offset": "int",
    }


class TransactionHistory(Table):
    """One row a change of a transactional id's state (`__transaction_state`) of late.

    Of the last `seconds`; a log partition of which not all of that time was read is under
    `errors`. state: that of Transactions; Empty where a producer was initialised (InitProducerId).
    partitions: (topic, partition) that the transaction wrote to; None once it is complete.
    written_at: the coordinator's clock. is_tombstone: the id expired, and has no state.
    """

    noun = "changes of transactions"
    needs_rows = False
    seconds: ClassVar[float] = 600
    columns = {
        "transactional_id": "str",
        "producer_id": "int",
        "producer_epoch": "int",
        "timeout_seconds": "float",
        "state": "str",
        "partitions": "object",
        "written_at": "time",
        "is_tombstone": "bool",
        "log_partition": "int",
        "log_offset": "int",
    }


class RecordSamples(Table):
    """One row a record that was looked at (Fetch); nothing of its content is kept.

    asked_for: committed (the record that a group is to read next, where its offset stands) or
    newest (the last one of a topic). timestamp: the producer's, or the broker's with LogAppendTime.
    key_bytes, value_bytes: <NA> for null. batch_bytes: of its batch as it lies in the log,
    batch_records: how many are in it, codec: none, gzip, snappy, lz4, zstd. schema_id: of a value
    that begins as those of a schema registry do (a zero byte and four of the id), else <NA>.
    """

    noun = "sampled records"
    needs_rows = False
    columns = {
        "topic": "str",
        "partition": "int",
        "offset": "int",
        "asked_for": "str",
        "timestamp": "time",
        "key_bytes": "int",
        "value_bytes": "int",
        "batch_bytes": "int",
        "batch_records": "int",
        "codec": "str",
        "schema_id": "int",
    }


class Expectations(Table):
    """One row an object and what is expected of it: by a profile, or by the config file.

    Made of patterns and the names that this cluster has, before the checks run. topic, group: the
    object; a row without a topic is of a rule that no topic fits. what: partitions,
    replication_factor, min_insync_replicas (at least), compression (a codec, or any),
    hot_retention_seconds, cold_retention_seconds (at least), cold_sink (the group keeps the records
    for longer), dead_letter (one of `names` must exist), latency_seconds (of a produce request),
    lag_seconds, lag_records (at most); or topic (none exists). wanted: the value, as text. pattern:
    of the rule. source: name of the profile, or the file.
    """

    noun = "expectations"
    needs_rows = False
    columns = {
        "topic": "str",
        "group": "str",
        "what": "str",
        "wanted": "str",
        "names": "object",
        "pattern": "str",
        "source": "str",
    }


class Gaps(Table):
    """One row a section, or part of one, that could not be read (made by the engine itself).

    target: None for a whole section. checks: tuple of the ids that it blinds.
    """

    noun = "gaps"
    needs_rows = False
    columns = {
        "section": "str",
        "target": "str",
        "reason": "str",
        "grant": "str",
        "checks": "object",
    }


RAW_SECTIONS: tuple[type[Section], ...] = (
    Cluster,
    Brokers,
    Quorum,
    Topics,
    Partitions,
    Offsets,
    LogTimes,
    TieredOffsets,
    LeaderEpochs,
    EndOffsetHistory,
    PastEnds,
    EarlierSamples,
    StartHistory,
    Groups,
    Members,
    Commits,
    ShareOffsets,
    StreamsTopologies,
    TopicConfigs,
    BrokerConfigs,
    GroupConfigs,
    BrokerLoggers,
    Listeners,
    LogDirs,
    DiskHistory,
    Replicas,
    Reassignments,
    ClientQuotas,
    Acls,
    UnlistedTopics,
    ScramUsers,
    Facts,
    Monitoring,
    JmxAccess,
    FactsCoverage,
    CommitHistory,
    GenerationHistory,
    MemberHistory,
    ShareStateHistory,
    HistoryReach,
    RecordSamples,
    Transactions,
    Producers,
    TransactionHistory,
    Expectations,
    *PIPELINE_SECTIONS,
)
"""The sections that sources fill, in the order in which a snapshot file lists them."""
