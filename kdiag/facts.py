"""The facts that kdiag reads over JMX, whatever dialect tells them.

A fact is one attribute of the MBeans that fit a pattern, with its kind and unit. Counters only
grow while a process lives, so they are compared between two samples; rates that Kafka computes
itself (OneMinuteRate, MeanRate) are never read. Sources: the monitoring page of Kafka's
documentation, KafkaMetricsGroup and JmxReporter of Kafka, java.lang.management of the JDK.
"""

from dataclasses import dataclass
from typing import Literal

Kind = Literal["counter", "gauge"]


@dataclass(frozen=True, slots=True)
class Fact:
    """One fact.

    name: as checks name it. kind: a counter grows until its process ends; a gauge is as it is now.
    unit: of the value, as a suffix (seconds, bytes, ratio …; "" for a plain number). mbean:
    pattern of an ObjectName. attribute: of the MBean; what follows a dot is the key of a composite.
    labels: key properties that tell its rows apart, spelled as in the ObjectName. on: which
    processes have it. scale: from the attribute's unit to `unit`. since, until: first and last
    release that has it ("" for all). mode: kraft or zookeeper where only processes of a cluster in
    that mode have it ("" for both). is_lazy: the MBean is only there once the event has happened.
    most: no value above it can be right. among: the values of its last label that are of interest;
    empty for all.
    """

    name: str
    kind: Kind
    unit: str
    mbean: str
    attribute: str
    labels: tuple[str, ...] = ()
    on: tuple[str, ...] = ("broker",)
    scale: float = 1.0
    since: str = ""
    until: str = ""
    mode: str = ""
    is_lazy: bool = False
    most: float | None = None
    among: tuple[str, ...] = ()

    @property
    def patterns(self) -> tuple[str, ...]:
        """The patterns of its MBeans: one, or one for each value of interest."""
        star = f"{self.labels[-1]}=*" if self.among else ""
        return tuple(self.mbean.replace(star, f"{star[:-1]}{value}") for value in self.among) or (
            self.mbean,
        )

    @property
    def attribute_name(self) -> str:
        """The attribute without the key of a composite."""
        return self.attribute.partition(".")[0]

    @property
    def attribute_key(self) -> str:
        """The key of a composite attribute; "" where it is a plain one."""
        return self.attribute.partition(".")[2]


_ALL = ("broker", "controller", "worker")
_KAFKA = ("broker", "controller")
_TOPIC_METRICS = "kafka.server:type=BrokerTopicMetrics,name={}"
_REPLICA_MANAGER = "kafka.server:type=ReplicaManager,name={}"
_REQUEST = "kafka.network:type=RequestMetrics,name={},request=*"
_CONTROLLER = "kafka.controller:type=KafkaController,name={}"
_FETCHER = "kafka.server:type=ReplicaFetcherManager,name={},clientId=Replica"
_SOCKETS = "kafka.server:type=socket-server-metrics,listener=*,networkProcessor=*"
_BUSY = ("Produce", "FetchConsumer", "FetchFollower")
_PHASES = {
    "total": "TotalTimeMs",
    "queue": "RequestQueueTimeMs",
    "local": "LocalTimeMs",
    "remote": "RemoteTimeMs",
    "response-queue": "ResponseQueueTimeMs",
    "send": "ResponseSendTimeMs",
}
_CLEANER = "kafka.log:type=LogCleanerManager,name={},logDirectory=*"


def _meter(name: str, bean: str, unit: str = "") -> Fact:
    """Return the counter of a meter that counts rare events, by topic too.

    Without a topic it is that of the whole broker; a topic has one once something happened to it.
    """
    return Fact(name, "counter", unit, _TOPIC_METRICS.format(bean) + ",*", "Count", ("topic",))


def _total(name: str, bean: str, unit: str = "") -> Fact:
    """Return the counter of a meter of the whole broker; there are as many as topics otherwise."""
    return Fact(name, "counter", unit, _TOPIC_METRICS.format(bean), "Count")


def _time_spent(phase: str, bean: str) -> tuple[Fact, Fact]:
    """Return mean and number since the process started; their product is a counter of seconds."""
    mbean = _REQUEST.format(bean)
    labels = ("request",)
    name = f"request-{phase}"
    return (
        Fact(f"{name}-mean", "gauge", "seconds", mbean, "Mean", labels, scale=0.001, among=_BUSY),
        Fact(f"{name}-count", "counter", "", mbean, "Count", labels, among=_BUSY),
    )


# fmt: off
_FACTS = (
    # the process
    Fact("start-time", "gauge", "seconds", "java.lang:type=Runtime", "StartTime", on=_ALL,
         scale=0.001),
    Fact("uptime", "gauge", "seconds", "java.lang:type=Runtime", "Uptime", on=_ALL, scale=0.001),
    Fact("heap-used", "gauge", "bytes", "java.lang:type=Memory", "HeapMemoryUsage.used", on=_ALL),
    Fact("heap-initial", "gauge", "bytes", "java.lang:type=Memory", "HeapMemoryUsage.init",
         on=_ALL),
    Fact("heap-max", "gauge", "bytes", "java.lang:type=Memory", "HeapMemoryUsage.max", on=_ALL),
    Fact("heap-after-gc", "gauge", "bytes", "java.lang:type=MemoryPool,name=*",
         "CollectionUsage.used", ("name",), on=_ALL),
    Fact("gc-time", "counter", "seconds", "java.lang:type=GarbageCollector,name=*",
         "CollectionTime", ("name",), on=_ALL, scale=0.001),
    Fact("gc-count", "counter", "", "java.lang:type=GarbageCollector,name=*", "CollectionCount",
         ("name",), on=_ALL),
    Fact("cpu-time", "counter", "seconds", "java.lang:type=OperatingSystem", "ProcessCpuTime",
         on=_ALL, scale=1e-9),
    Fact("processors", "gauge", "", "java.lang:type=OperatingSystem", "AvailableProcessors",
         on=_ALL),
    Fact("memory-total", "gauge", "bytes", "java.lang:type=OperatingSystem",
         "TotalPhysicalMemorySize", on=_ALL),
    Fact("files-open", "gauge", "", "java.lang:type=OperatingSystem", "OpenFileDescriptorCount",
         on=_ALL),
    Fact("files-max", "gauge", "", "java.lang:type=OperatingSystem", "MaxFileDescriptorCount",
         on=_ALL),
    # threads and requests
    Fact("request-handlers-idle", "counter", "seconds",
         "kafka.server:type=KafkaRequestHandlerPool,name=RequestHandlerAvgIdlePercent", "Count",
         scale=1e-9),
    Fact("broker-handlers-idle", "counter", "seconds",
         "kafka.server:type=KafkaRequestHandlerPool,name=BrokerRequestHandlerAvgIdlePercent",
         "Count", scale=1e-9, since="4.2"),
    Fact("network-threads-idle", "gauge", "ratio",
         "kafka.network:type=SocketServer,name=NetworkProcessorAvgIdlePercent", "Value", most=1.0),
    Fact("request-queue-size", "gauge", "",
         "kafka.network:type=RequestChannel,name=RequestQueueSize", "Value"),
    *(fact for phase, bean in _PHASES.items() for fact in _time_spent(phase, bean)),
    Fact("request-errors", "counter", "", "kafka.network:type=RequestMetrics,name=ErrorsPerSec,*",
         "Count", ("request", "error")),
    Fact("deprecated-requests", "counter", "",
         "kafka.network:type=RequestMetrics,name=DeprecatedRequestsPerSec,*", "Count",
         ("request", "version", "clientSoftwareName", "clientSoftwareVersion"), since="3.7",
         is_lazy=True),
    Fact("connections", "gauge", "", _SOCKETS, "connection-count",
         ("listener", "networkProcessor")),
    Fact("connections-created", "counter", "", _SOCKETS, "connection-creation-total",
         ("listener", "networkProcessor")),
    Fact("authentications-failed", "counter", "", _SOCKETS, "failed-authentication-total",
         ("listener", "networkProcessor")),
    Fact("authentications", "counter", "", _SOCKETS, "successful-authentication-total",
         ("listener", "networkProcessor")),
    Fact("client-connections", "gauge", "",
         "kafka.server:type=socket-server-metrics,clientSoftwareName=*,clientSoftwareVersion=*,*",
         "connections",
         ("clientSoftwareName", "clientSoftwareVersion", "listener", "networkProcessor"),
         is_lazy=True),
    # topics
    _total("bytes-in", "BytesInPerSec", "bytes"),
    _total("bytes-out", "BytesOutPerSec", "bytes"),
    _total("messages-in", "MessagesInPerSec"),
    _meter("bytes-rejected", "BytesRejectedPerSec", "bytes"),
    _meter("produce-failed", "FailedProduceRequestsPerSec"),
    _total("produce-requests", "TotalProduceRequestsPerSec"),
    _meter("fetch-conversions", "FetchMessageConversionsPerSec"),
    _meter("produce-conversions", "ProduceMessageConversionsPerSec"),
    _meter("records-without-key", "NoKeyCompactedTopicRecordsPerSec"),
    _meter("records-invalid-magic", "InvalidMagicNumberRecordsPerSec"),
    _meter("records-invalid-crc", "InvalidMessageCrcRecordsPerSec"),
    _meter("records-invalid-sequence", "InvalidOffsetOrSequenceRecordsPerSec"),
    # replication
    Fact("under-replicated", "gauge", "", _REPLICA_MANAGER.format("UnderReplicatedPartitions"),
         "Value"),
    Fact("isr-shrinks", "counter", "", _REPLICA_MANAGER.format("IsrShrinksPerSec"), "Count"),
    Fact("isr-expands", "counter", "", _REPLICA_MANAGER.format("IsrExpandsPerSec"), "Count"),
    Fact("producer-ids", "gauge", "", _REPLICA_MANAGER.format("ProducerIdCount"), "Value",
         since="3.5"),
    Fact("late-transactions", "gauge", "",
         _REPLICA_MANAGER.format("PartitionsWithLateTransactionsCount"), "Value", since="3.2"),
    Fact("replica-max-lag", "gauge", "", _FETCHER.format("MaxLag"), "Value"),
    Fact("replica-min-fetch-rate", "gauge", "per_second", _FETCHER.format("MinFetchRate"),
         "Value"),
    Fact("replica-failed-partitions", "gauge", "", _FETCHER.format("FailedPartitionsCount"),
         "Value"),
    Fact("replica-dead-threads", "gauge", "", _FETCHER.format("DeadThreadCount"), "Value"),
    # quotas
    Fact("produce-throttle", "gauge", "seconds", "kafka.server:type=Produce,*", "throttle-time",
         ("user", "client-id"), scale=0.001, is_lazy=True),
    Fact("fetch-throttle", "gauge", "seconds", "kafka.server:type=Fetch,*", "throttle-time",
         ("user", "client-id"), scale=0.001, is_lazy=True),
    Fact("request-throttle", "gauge", "seconds", "kafka.server:type=Request,*", "throttle-time",
         ("user", "client-id"), scale=0.001, is_lazy=True),
    # logs
    Fact("cleaner-dead-threads", "gauge", "",
         "kafka.log:type=LogCleaner,name=DeadThreadCount", "Value"),
    Fact("uncleanable-partitions", "gauge", "", _CLEANER.format("uncleanable-partitions-count"),
         "Value", ("logDirectory",)),
    Fact("uncleanable-size", "gauge", "bytes", _CLEANER.format("uncleanable-bytes"), "Value",
         ("logDirectory",)),
    Fact("max-dirty-ratio", "gauge", "ratio",
         "kafka.log:type=LogCleanerManager,name=max-dirty-percent", "Value", scale=0.01, most=1.0),
    Fact("cleaner-last-run", "gauge", "seconds",
         "kafka.log:type=LogCleanerManager,name=time-since-last-run-ms", "Value", scale=0.001),
    Fact("offline-log-dirs", "gauge", "",
         "kafka.log:type=LogManager,name=OfflineLogDirectoryCount", "Value"),
    Fact("logs-to-recover", "gauge", "",
         "kafka.log:type=LogManager,name=remainingLogsToRecover,*", "Value", ("dir",),
         since="3.3", is_lazy=True),
    Fact("broker-state", "gauge", "", "kafka.server:type=KafkaServer,name=BrokerState", "Value"),
    # controllers and metadata
    Fact("unclean-elections", "counter", "",
         "kafka.controller:type=ControllerStats,name=UncleanLeaderElectionsPerSec", "Count",
         on=("controller",), since="3.9"),
    Fact("active-controllers", "gauge", "", _CONTROLLER.format("ActiveControllerCount"), "Value",
         on=("controller",)),
    Fact("fenced-brokers", "gauge", "", _CONTROLLER.format("FencedBrokerCount"), "Value",
         on=("controller",), since="3.1", mode="kraft"),
    Fact("metadata-errors", "gauge", "", _CONTROLLER.format("MetadataErrorCount"), "Value",
         on=("controller",), since="3.3", mode="kraft"),
    Fact("heartbeats-timed-out", "counter", "",
         _CONTROLLER.format("TimedOutBrokerHeartbeatCount"), "Value", on=("controller",),
         since="3.6", mode="kraft"),
    Fact("metadata-load-errors", "gauge", "", "kafka.server:type=broker-metadata-metrics",
         "metadata-load-error-count", since="3.3", mode="kraft"),
    Fact("metadata-apply-errors", "gauge", "", "kafka.server:type=broker-metadata-metrics",
         "metadata-apply-error-count", since="3.3", mode="kraft"),
    Fact("metadata-record-time", "gauge", "seconds", "kafka.server:type=broker-metadata-metrics",
         "last-applied-record-timestamp", scale=0.001, since="3.3", mode="kraft"),
    Fact("metadata-record-age", "gauge", "seconds", "kafka.server:type=broker-metadata-metrics",
         "last-applied-record-lag-ms", scale=0.001, since="3.3", mode="kraft"),
    Fact("zookeeper-migration", "gauge", "", _CONTROLLER.format("ZkMigrationState"), "Value",
         on=("controller",), since="3.5", until="3.9", is_lazy=True),
    Fact("source-behind", "gauge", "seconds",
         "debezium.postgres:type=connector-metrics,context=streaming,server=*",
         "MilliSecondsBehindSource", ("server",), on=("worker",), scale=0.001, is_lazy=True),
    Fact("zookeeper-expires", "counter", "",
         "kafka.server:type=SessionExpireListener,name=ZooKeeperExpiresPerSec", "Count",
         until="3.9", mode="zookeeper"),
    Fact("zookeeper-disconnects", "counter", "",
         "kafka.server:type=SessionExpireListener,name=ZooKeeperDisconnectsPerSec", "Count",
         until="3.9", mode="zookeeper"),
)
# fmt: on

FACTS = {fact.name: fact for fact in _FACTS}
"""Name → fact. Every fact that a check declares is one of these."""
