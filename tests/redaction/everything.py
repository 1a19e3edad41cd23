"""A snapshot with names of every kind, wherever a name may stand."""

from dataclasses import dataclass, replace

from kdiag.pipeline_sections import (
    ConnectorConfigs,
    Connectors,
    ConnectorTasks,
    ConnectPlugins,
    ConnectWorkers,
    KsqlQueries,
    KsqlServers,
    PostgresServers,
    Publications,
    ReplicationSlots,
    SchemaIds,
    SchemaPairs,
    SchemaRegistries,
    SchemaSubjects,
    SubjectLevels,
)
from kdiag.sections import (
    Acls,
    BrokerLoggers,
    ClientQuotas,
    DiskHistory,
    EarlierSamples,
    Expectations,
    FactsCoverage,
    JmxAccess,
    LeaderEpochs,
    Listeners,
    LogTimes,
    Monitoring,
    PastEnds,
    ScramUsers,
    StartHistory,
    TieredOffsets,
    UnlistedTopics,
)
from kdiag.snapshot import Missing, Section, Snapshot
from tests.tables import (
    NOW,
    ago,
    broker_configs,
    brokers,
    cluster,
    commit_history,
    commits,
    end_offset_history,
    facts,
    generation_history,
    group_configs,
    groups,
    history_reach,
    log_dirs,
    member_history,
    members,
    offsets,
    partition_row,
    partitions,
    past_member,
    producers,
    quorum,
    reassignments,
    record_samples,
    replicas,
    share_offsets,
    share_states,
    streams_topologies,
    topic_configs,
    topics,
    transaction_history,
    transactions,
)


@dataclass(frozen=True)
class Named:
    """One name of each kind; those of this class occur nowhere else in kdiag."""

    topic: str = "zuvqa.Payments_EU"
    other_topic: str = "zuvqa.Payments_EU.refunds"
    group: str = "qixol-billing"
    client: str = "wuqim-svc-7"
    instance: str = "wuqim-static"
    member: str = "wuqim-svc-7-5f0c7a6e-1111-4a4a-9b9b-0123456789ab"
    host: str = "kafka1.xoqul.example"
    client_ip: str = "10.77.66.55"
    rack: str = "rack-vaqeb"
    path: str = "/mnt/joxat/kafka-data"
    principal: str = "pavuq"
    transaction: str = "taqiv-writer"
    cluster: str = "cYqu3V3TQbW5"
    directory: str = "dIrQ8KNbSSCZ"
    topic_id: str = "tOpiCx99QQ8Z"
    connector: str = "jaquz-orders-sink"
    plugin: str = "com.zoqaf.FooSink"
    database: str = "wobej"
    slot: str = "wobej_cdc_slot"
    publication: str = "wobej_changes"
    listener: str = "BAQUVLAN"
    assignor: str = "com.zoqaf.Assignor"

    def all(self) -> list[str]:
        """Return all names."""
        return list(vars(self).values())


def everything(named: Named, *, earlier: Snapshot | None = None) -> Snapshot:
    """Return a snapshot in which every column that may hold a name holds one."""
    n, log = named, (named.topic, 0)
    server = f"{n.host}:9092"
    sections = [
        cluster(),
        replace(
            brokers(1, 2),
            errors={
                f"broker 3 ({n.host}:9093)": Missing(f"{server}: Connection refused"),
                "broker 4": Missing(f"SASL: no user {n.principal} at /{n.client_ip}:33"),
            },
        ),
        quorum({"replica_id": 1, "directory_id": n.directory}),
        topics({"topic": n.topic, "topic_id": n.topic_id}, {"topic": n.other_topic}),
        partitions(partition_row(n.topic), partition_row(n.other_topic)),
        offsets(
            {log: 100, (n.other_topic, 0): 9},
            errors={
                f"partition {n.topic}-3": Missing("it has no leader"),
                f"topic {n.other_topic}": Missing("not authorised", f"Describe on Topic {n.topic}"),
            },
        ),
        LogTimes.from_rows([{"topic": n.topic, "partition": 0, "oldest_timestamp": ago(60)}]),
        TieredOffsets.from_rows([{"topic": n.topic, "partition": 0, "tiered_offset": 7}]),
        LeaderEpochs.from_rows([{"topic": n.topic, "partition": 0, "asked_epoch": 1}]),
        end_offset_history({(*log, 60): 80}),
        PastEnds.from_rows([{"topic": n.topic, "partition": 0, "age_seconds": 3600.0}]),
        DiskHistory.from_rows([{"broker": 1, "path": n.path, "at": ago(60)}]),
        EarlierSamples.from_rows([{"group": n.group, "topic": n.topic, "at": ago(60)}]),
        StartHistory.from_rows([{"target": f"worker {n.host}:8083", "started_at": ago(60)}]),
        groups(
            {"group": n.group, "protocol": n.assignor, "error": f"{n.group} is {n.topic}"},
            errors={f"group {n.group}, topic {n.topic}": Missing(f"of {n.group}: gone")},
        ),
        members(
            {
                "group": n.group,
                "member_id": n.member,
                "instance_id": n.instance,
                "client_id": n.client,
                "client_host": f"/{n.client_ip}",
                "rack": n.rack,
                "subscription": (n.topic,),
                "assignment": (log,),
                "target_assignment": (log,),
            }
        ),
        commits({(n.group, *log): 5}),
        share_offsets({(n.group, *log): (1, 1)}),
        streams_topologies(
            {
                "group": n.group,
                "source_topics": (n.topic,),
                "changelog_topics": (f"{n.topic}-changelog",),
            }
        ),
        topic_configs({n.topic: {"cleanup.policy": "delete", "leader.x": n.principal}}),
        broker_configs({1: settings(n)}),
        group_configs({n.group: {"share.x": "1"}}),
        log_dirs({"broker": 1, "path": n.path}),
        replicas({(1, *log): 8}, n.path),
        reassignments({log: (3,)}),
        ClientQuotas.from_rows([{"user": n.principal, "client_id": n.client, "key": "x"}]),
        Acls.from_rows(
            [
                {
                    "kind": kind,
                    "name": name,
                    "principal": f"User:{n.principal}",
                    "host": n.client_ip,
                }
                for kind, name in (
                    ("topic", n.topic),
                    ("group", n.group),
                    ("transactional-id", n.transaction),
                    ("user", f"User:{n.principal}"),
                    ("cluster", "kafka-cluster"),
                )
            ]
        ),
        UnlistedTopics.from_rows(
            [{"topic": n.topic, "exists": True}],
            errors={f"topic {n.topic}": Missing("not authorised", f"Describe on Topic {n.topic}")},
        ),
        ScramUsers.from_rows([{"user": n.principal, "mechanism": "SCRAM-SHA-512"}]),
        BrokerLoggers.from_rows([{"broker": 1, "logger": "root", "level": "INFO"}]),
        Listeners.from_rows(
            [
                {
                    "broker": 1,
                    "name": n.listener,
                    "host": n.host,
                    "trouble": f"{server}: cannot connect: connection refused",
                    "tls_names": (n.host, n.client_ip),
                }
            ],
            errors={f"listener {n.listener} of broker 2": Missing(f"{server}: no answer")},
        ),
        facts(
            {
                "broker 1": {
                    ("produce-failed", n.topic): 1,
                    ("connections", n.listener, "1"): 2,
                    ("produce-throttle", n.principal, n.client): 2,
                    ("uncleanable-size", n.path): 2,
                }
            },
            errors={f"worker {n.host}:8083": Missing(f"JMX at {n.host}:9999 cannot be reached")},
        ),
        Monitoring.from_rows(
            [{"signal": "lag", "of": n.group}, {"signal": "JMX", "of": f"{n.host}:9404"}]
        ),
        JmxAccess.from_rows([{"target": f"worker {n.host}:8083", "host": n.host}]),
        FactsCoverage.from_rows([{"target": "broker 1", "reason": f"http://{n.host}/{n.topic}"}]),
        commit_history({(n.group, *log): [(60, 4)]}, {n.topic: n.topic_id}),
        generation_history(
            {
                "group": n.group,
                "written_at": ago(60),
                "leader": n.member,
                "members": (
                    past_member(n.member, client_id=n.client, client_host=f"/{n.client_ip}"),
                ),
            }
        ),
        member_history({"group": n.group, "member_id": n.member, "assignment": ((n.topic_id, 0),)}),
        share_states({"group": n.group, "topic": n.topic}),
        history_reach(),
        record_samples({"topic": n.topic, "partition": 0, "offset": 4}),
        transactions({"transactional_id": n.transaction, "partitions": (log,)}),
        producers({"topic": n.topic, "last_timestamp": NOW}),
        transaction_history((n.transaction, "Ongoing", 1, 5.0), partitions=[log]),
        Expectations.from_rows(
            [
                {"topic": n.topic, "group": n.group, "names": (n.other_topic,), "source": n.path},
                {"what": "topic", "wanted": "1", "pattern": f"^{n.topic}$"},
            ]
        ),
        *connect(n),
    ]
    held = {type(section): section for section in sections}
    frame = held[type(brokers())].rows.assign(host=[n.host, n.client_ip], rack=n.rack)
    held[type(brokers())] = replace(held[type(brokers())], rows=frame)
    named_cluster = replace(held[type(cluster())], cluster_id=n.cluster)
    return Snapshot(
        taken_at=NOW,
        sections={**held, type(cluster()): named_cluster},
        bootstrap=f"{server},{n.client_ip}:9092",
        errors={
            "broker 3": f"{server}: {n.topic} {n.host}",
            f"bootstrap server {n.host}:9094": "another cluster answers there",
        },
        earlier=earlier,
    )


def connect(n: Named) -> list[Section]:
    """Return the sections of Kafka Connect."""
    url, worker = f"http://{n.host}:8083", f"{n.client_ip}:8083"
    key = {"connect_cluster": url, "connector": n.connector}
    runs = {**key, "state": "FAILED", "worker": worker}
    return [
        ConnectWorkers.from_rows(
            [{"url": url, "connect_cluster": url, "version": "4.4.0"}],
            errors={f"worker http://{n.host}:8084": Missing(f"{n.host}:8084 is dead")},
        ),
        Connectors.from_rows(
            [{**runs, "trace": f"{n.plugin}: no {n.topic} at {n.host}", "differs_on": (url,)}],
            errors={f"connector {n.connector}": Missing(f"connector {n.connector} is gone")},
        ),
        ConnectorTasks.from_rows([{**runs, "task": 0, "root": f"of {n.principal} at {n.path}"}]),
        ConnectorConfigs.from_rows(
            [
                {**key, "key": "topics", "value": f"{n.topic},{n.other_topic}"},
                {**key, "key": "connector.class", "value": n.plugin},
                {**key, "key": f"transforms.{n.group}.type", "is_sensitive": True},
                {**key, "key": "database.hostname", "value": n.host},
                {**key, "key": "tasks.max", "value": "3", "reference": f"${{file:{n.path}:pw}}"},
            ]
        ),
        ConnectPlugins.from_rows([{"url": url, "class_name": n.plugin, "version": "1.0"}]),
        SchemaRegistries.from_rows(
            [{"url": url, "compatibility": "NONE", "mode": "READWRITE", "subjects_count": 1}],
            errors={f"endpoint http://{n.host}:8085": Missing(f"{n.host}:8085 is dead")},
        ),
        SchemaSubjects.from_rows([{"url": url, "schema_subject": f"{n.topic}-value"}]),
        SubjectLevels.from_rows(
            [{"url": url, "schema_subject": f"{n.topic}-value", "compatibility": "NONE"}]
        ),
        SchemaPairs.from_rows(
            [
                {
                    "url": url,
                    "schema_subject": f"{n.topic}-value",
                    "version": 2,
                    "earlier_version": 1,
                    "schema_type": "AVRO",
                    "backward": (("default", f"field {n.plugin} of {n.principal} has no default"),),
                    "forward": (),
                }
            ]
        ),
        SchemaIds.from_rows([{"url": url, "schema_id": 7, "is_known": False}]),
        *ksqldb(n),
        *databases(n),
    ]


def ksqldb(n: Named) -> list[Section]:
    """Return the sections of ksqlDB."""
    key = {"url": f"http://{n.host}:8088", "service_id": n.plugin}
    return [
        KsqlServers.from_rows(
            [
                {
                    **key,
                    "version": "0.29.0",
                    "status": "DEGRADED",
                    "unhealthy": "kafka",
                    "warning": f"{n.topic} on {n.host}:9092 is damaged",
                }
            ],
            errors={
                f"endpoint http://{n.host}:8089": Missing(f"{n.host}:8089 is dead"),
                f"endpoint http://{n.host}:8088/healthcheck": Missing("HTTP 403"),
            },
        ),
        KsqlQueries.from_rows(
            [
                {
                    **key,
                    "query": f"CTAS_{n.plugin}_7",
                    "state": "ERROR",
                    "sink_topics": (n.topic,),
                    "group": n.group,
                    "error_type": "USER",
                    "error": f"{n.topic} is not for {n.principal}",
                    "root": f"no {n.topic} for {n.group}",
                    "error_hosts": (f"{n.host}:8088",),
                    "unresponsive_hosts": (f"{n.host}:8089",),
                }
            ]
        ),
    ]


def databases(n: Named) -> list[Section]:
    """Return the sections of PostgreSQL."""
    key = {"endpoint": f"postgresql://{n.host}:5432/{n.database}", "database": n.database}
    gone = {f"endpoint {key['endpoint']}": Missing(f"{n.host}:5432 does not answer")}
    return [
        PostgresServers.from_rows([{**key, "version": "15.18", "wal_level": "logical"}]),
        ReplicationSlots.from_rows(
            [{**key, "slot": n.slot, "type": "logical", "plugin": "pgoutput"}], errors=gone
        ),
        Publications.from_rows([{**key, "publication": n.publication}]),
    ]


def settings(n: Named) -> dict[str, str]:
    """Return settings of a broker that hold names of all kinds."""
    return {
        "listeners": f"{n.listener}://{n.host}:9092,SSL://:9093",
        "advertised.listeners": f"{n.listener}://{n.client_ip}:9092,SSL://[fe80::77]:9093",
        "listener.security.protocol.map": f"{n.listener}:SASL_SSL,SSL:SSL",
        "inter.broker.listener.name": n.listener,
        f"listener.name.{n.listener.lower()}.ssl.keystore.location": f"{n.path}/store.p12",
        "log.dirs": f"{n.path},{n.path}-2",
        "zookeeper.connect": f"{n.host}:2181,{n.host}:2182/{n.group}",
        "controller.quorum.voters": f"1@{n.host}:9093",
        "super.users": f"User:{n.principal};User:CN={n.host}",
        "broker.rack": n.rack,
        "metric.reporters": "com.zoqaf.Reporter",
        "zoqaf.reporter.url": f"http://{n.host}/x",
        "num.io.threads": "8",
        "compression.type": "producer",
    }
