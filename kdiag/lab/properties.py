"""The server.properties of each node: pure, from the plan and the nodes."""

from collections.abc import Mapping, Sequence
from pathlib import Path

from kdiag.lab.plan import CONTROLLER, HOST, INTERNAL, LISTENERS, ZOOKEEPER, Node, Plan

FAST_CLOCKS: Mapping[str, str] = {
    "replica.lag.time.max.ms": "5000",
    "broker.session.timeout.ms": "6000",
    "broker.heartbeat.interval.ms": "1000",
    "zookeeper.session.timeout.ms": "6000",
    "group.initial.rebalance.delay.ms": "0",
    "group.min.session.timeout.ms": "1000",
    "group.consumer.min.session.timeout.ms": "1000",
    "group.consumer.session.timeout.ms": "10000",
    "group.consumer.min.heartbeat.interval.ms": "500",
    "group.consumer.heartbeat.interval.ms": "3000",
    "group.streams.initial.rebalance.delay.ms": "0",
    "group.streams.min.session.timeout.ms": "1000",
    "group.streams.session.timeout.ms": "10000",
    "group.streams.min.heartbeat.interval.ms": "500",
    "group.streams.heartbeat.interval.ms": "3000",
    "log.initial.task.delay.ms": "1000",
    "log.retention.check.interval.ms": "5000",
    "log.cleaner.backoff.ms": "1000",
    "log.segment.delete.delay.ms": "1000",
    "transaction.abort.timed.out.transaction.cleanup.interval.ms": "2000",
    "leader.imbalance.check.interval.seconds": "10",
    "offsets.topic.num.partitions": "5",
    "transaction.state.log.num.partitions": "5",
    "share.coordinator.state.topic.num.partitions": "5",
}
"""What makes things that take minutes happen in seconds.

offsets.retention.minutes stays as it is: a dead group would be forgotten before it is diagnosed.
Heartbeats of the consumer protocol stay at 3 s: librdkafka gives up on an answer after that time,
and an assignment in an answer that it no longer waits for is never sent again.
"""


def node_properties(
    plan: Plan, node: Node, nodes: Sequence[Node], log_dirs: Sequence[Path], tls: Path | None
) -> dict[str, str]:
    """Return the properties of one node; what the plan asks for overrides everything."""
    if node.is_zookeeper:
        return _zookeeper(node, log_dirs[0])
    properties = _identity(plan, node, nodes, log_dirs) | _listeners(plan, node)
    if node.is_broker:
        properties |= _internal_topics(plan.brokers)
        if node.id <= len(plan.racks):
            properties["broker.rack"] = plan.racks[node.id - 1]
        if tls is not None:
            properties |= _tls(plan, node, tls)
    if plan.fast_clocks:
        properties |= FAST_CLOCKS
    return properties | dict(plan.properties) | dict(plan.broker_properties.get(node.id, {}))


def _zookeeper(node: Node, data: Path) -> dict[str, str]:
    return {
        "dataDir": str(data),
        "clientPort": str(node.ports[ZOOKEEPER]),
        "clientPortAddress": HOST,
        "admin.enableServer": "false",
        "4lw.commands.whitelist": "srvr",
        "tickTime": "500",  # sessions of 1 to 10 s
    }


def _identity(
    plan: Plan, node: Node, nodes: Sequence[Node], log_dirs: Sequence[Path]
) -> dict[str, str]:
    properties = {
        "log.dirs": ",".join(str(path) for path in log_dirs),
        "num.network.threads": "2",
        "num.io.threads": "4",
        "num.partitions": "3",
        "auto.create.topics.enable": "false",
    }
    if plan.metadata != "kraft":
        properties["zookeeper.connect"] = _zookeeper_address(nodes)
    if plan.metadata == "migrating":
        properties["zookeeper.metadata.migration.enable"] = "true"
        properties["inter.broker.protocol.version"] = plan.kafka.rpartition(".")[0]
    if plan.metadata != "zookeeper":
        properties |= _voters(plan, nodes)
    if plan.metadata != "kraft" and node.is_broker:
        return {**properties, "broker.id": str(node.id)}
    return {**properties, "process.roles": ",".join(node.roles), "node.id": str(node.id)}


def _voters(plan: Plan, nodes: Sequence[Node]) -> dict[str, str]:
    """Return where the controllers are, in a way that the release knows."""
    voters = [node for node in nodes if node.is_controller]
    if has_static_voters(plan):
        static = ",".join(f"{node.id}@{node.address(CONTROLLER)}" for node in voters)
        return {"controller.quorum.voters": static}
    addresses = ",".join(node.address(CONTROLLER) for node in voters)
    return {"controller.quorum.bootstrap.servers": addresses}


def has_static_voters(plan: Plan) -> bool:
    """Tell whether the voters stand in server.properties, as before 3.9 (KIP-853) in any case.

    For a migration, the guide of 3.9 names controller.quorum.voters only.
    """
    return plan.static_voters or plan.release < (3, 9) or plan.metadata == "migrating"


def _zookeeper_address(nodes: Sequence[Node]) -> str:
    return next(node.address(ZOOKEEPER) for node in nodes if node.is_zookeeper)


def _listeners(plan: Plan, node: Node) -> dict[str, str]:
    protocols = {INTERNAL: "PLAINTEXT", CONTROLLER: "PLAINTEXT"}
    protocols |= {kind.upper(): LISTENERS[kind][0] for kind in plan.kinds}
    properties = {
        "listeners": _addresses(node, node.ports),
        "listener.security.protocol.map": ",".join(f"{k}:{v}" for k, v in protocols.items()),
        "inter.broker.listener.name": INTERNAL,
    }
    if plan.metadata != "zookeeper":
        properties["controller.listener.names"] = CONTROLLER
    if node.is_broker:
        names = [name for name in node.ports if name != CONTROLLER]
        properties["advertised.listeners"] = _addresses(node, names)
    return properties


def _addresses(node: Node, names: Mapping[str, int] | Sequence[str]) -> str:
    return ",".join(f"{name}://{node.address(name)}" for name in names)


def _internal_topics(brokers: int) -> dict[str, str]:
    replicas, in_sync = str(min(3, brokers)), str(min(2, brokers))
    return {
        "default.replication.factor": replicas,
        "offsets.topic.replication.factor": replicas,
        "transaction.state.log.replication.factor": replicas,
        "transaction.state.log.min.isr": in_sync,
        "share.coordinator.state.topic.replication.factor": replicas,
        "share.coordinator.state.topic.min.isr": in_sync,
    }


def _tls(plan: Plan, node: Node, tls: Path) -> dict[str, str]:
    properties: dict[str, str] = {}
    for kind in plan.kinds:
        prefix, (protocol, mechanism) = f"listener.name.{kind}.", LISTENERS[kind]
        if protocol.endswith("SSL"):
            properties |= {
                f"{prefix}ssl.keystore.type": "PEM",
                f"{prefix}ssl.keystore.location": str(tls / f"broker-{node.id}.pem"),
                f"{prefix}ssl.truststore.type": "PEM",
                f"{prefix}ssl.truststore.location": str(tls / "ca.pem"),
                f"{prefix}ssl.client.auth": "required" if kind == "mtls" else "none",
            }
        if mechanism:
            jaas = (tls / f"{kind}.jaas").read_text(encoding="utf-8")
            properties[f"{prefix}sasl.enabled.mechanisms"] = mechanism
            properties[f"{prefix}{mechanism.lower()}.sasl.jaas.config"] = jaas
    return properties


def render(properties: Mapping[str, str]) -> str:
    """Return the text of a properties file."""
    return "".join(f"{key}={_escaped(value)}\n" for key, value in sorted(properties.items()))


def _escaped(value: str) -> str:
    return value.replace("\\", "\\\\").replace("\n", "\\n")
