"""Managed services and other implementations: how they are recognised, and what they do not offer.

Recognised by the names of their hosts and their cluster ids, as their documentation shows these;
none of them was reached by any test. What a service leaves out does not apply to its users; what it
offers and refuses for want of a grant stays unknown.

Sources, as of 2026:
Amazon MSK, "Amazon MSK Developer Guide": hosts `b-N.NAME.ID.cN.kafka.REGION.amazonaws.com`; open
monitoring serves JMX as Prometheus text on port 11001; MSK Serverless (`kafka-serverless` in the
name) has no brokers, volumes or metrics of its users.
Confluent Cloud: hosts in `confluent.cloud`, ids `lkc-…`; DescribeLogDirs is answered with
CLUSTER_AUTHORIZATION_FAILED whatever was granted (kafbat/kafka-ui#1809, tchiotludo/akhq#111).
Aiven: hosts in `aivencloud.com`; Apache Kafka.
Azure Event Hubs, Azure/azure-event-hubs-for-kafka: hosts `NAMESPACE.servicebus.windows.net` and its
like in other clouds, no cluster id (redpanda-data/redpanda#922); ApiVersions without DescribeAcls,
DescribeLogDirs and transactions (#209). Not Kafka inside: one gateway stands for all brokers.
Redpanda: ids `redpanda.…`, in Metadata "so that callers can identify which implementation they
talk to" (its metadata handler); no DescribeQuorum, no ZooKeeper, no JMX.
WarpStream, "Protocol and Feature Support": ids `vci_…`, hosts in `warpstream.com`; object storage
holds the records, so leaders, replicas, reassignments and a quorum have no meaning there.
"""

from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True)
class Service:
    """A service by its name.

    hosts: ends of the names of its brokers; marks: what such a name holds besides. ids: beginnings
    of cluster ids. is_kafka: it runs releases of Apache Kafka, which are its users' to choose.
    has_jmx: its users can be given JMX. absent: areas of checks that have no meaning there. closed:
    names of sections that it does not open to users, whatever is granted; where it does all the
    same, they are used.
    """

    name: str
    hosts: tuple[str, ...] = ()
    marks: tuple[str, ...] = ()
    ids: tuple[str, ...] = ()
    is_kafka: bool = False
    has_jmx: bool = False
    absent: frozenset[str] = frozenset()
    closed: frozenset[str] = frozenset()

    def is_at(self, host: str) -> bool:
        """Tell whether a name of a host is one of this service."""
        name = host.lower().rstrip(".")
        return name.endswith(self.hosts) and all(mark in name for mark in self.marks)


_OPERATED = frozenset({"LogDirs", "Replicas", "Quorum", "Reassignments", "BrokerLoggers"})
"""What the operator of brokers reads, and a user of a service that has none to show does not."""

_INTERNAL = frozenset(
    {"CommitHistory", "GenerationHistory", "MemberHistory", "HistoryReach"}
    | {"TransactionHistory", "ShareStateHistory"}
)
"""What is read out of internal topics, where users are shown none."""

_NO_REPLICAS = frozenset({"replication", "controller", "disk"})

SERVICES = (
    Service(
        "Amazon MSK Serverless",
        hosts=(".amazonaws.com", ".amazonaws.com.cn"),
        marks=(".kafka-serverless.",),
        absent=frozenset({"controller", "disk"}),
        closed=_OPERATED | {"BrokerConfigs", "Listeners"},
    ),
    Service(
        "Amazon MSK",
        hosts=(".amazonaws.com", ".amazonaws.com.cn"),
        marks=(".kafka.",),
        is_kafka=True,
        has_jmx=True,
    ),
    Service(
        "Confluent Cloud", hosts=(".confluent.cloud",), ids=("lkc-",), closed=_OPERATED | _INTERNAL
    ),
    Service("Aiven", hosts=(".aivencloud.com",), is_kafka=True, has_jmx=True),
    Service(
        "Azure Event Hubs",
        hosts=(
            ".servicebus.windows.net",
            ".servicebus.chinacloudapi.cn",
            ".servicebus.usgovcloudapi.net",
            ".servicebus.cloudapi.de",
        ),
        absent=_NO_REPLICAS,
        closed=_OPERATED | _INTERNAL | {"BrokerConfigs", "Listeners"},
    ),
    Service("Redpanda", hosts=(".cloud.redpanda.com",), ids=("redpanda.",)),
    Service(
        "WarpStream",
        hosts=(".warpstream.com",),
        ids=("vci_",),
        absent=_NO_REPLICAS,
        closed=_INTERNAL,
    ),
)

_BY_NAME = {service.name: service for service in SERVICES}


def named(name: str | None) -> Service | None:
    """Return a service by its name; None where it is not known, as in a file by a later version."""
    return _BY_NAME.get(name or "")


def recognised(cluster_id: str | None, hosts: Iterable[str]) -> Service | None:
    """Return the service that a cluster is of: by its id, else where each broker is at one."""
    for service in SERVICES:
        if cluster_id and service.ids and cluster_id.startswith(service.ids):
            return service
    names = list(hosts)
    found = (service for service in SERVICES if service.hosts)
    return next((each for each in found if names and all(map(each.is_at, names))), None)
