"""The server.properties of each node: pure, from the plan and the nodes."""

from collections.abc import Mapping, Sequence
from pathlib import Path

from kdiag.lab.plan import CONTROLLER, HOST, INTERNAL, LISTENERS, Node, Plan

FAST_CLOCKS: Mapping[str, str] = {
    "replica.lag.time.max.ms": "5000",
    "broker.session.timeout.ms": "6000",
    "broker.heartbeat.interval.ms": "1000",
    "group.initial.rebalance.delay.ms": "0",
    "group.min.session.timeout.ms": "1000",
    "group.consumer.min.session.timeout.ms": "1000",
    "group.consumer.session.timeout.ms": "10000",
    "group.consumer.min.heartbeat.interval.ms": "500",
    "group.consumer.heartbeat.interval.ms": "3000",
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
    properties = _identity(node, nodes, log_dirs) | _listeners(plan, node)
    if node.is_broker:
        properties |= _internal_topics(plan.brokers)
        if node.id <= len(plan.racks):
            properties["broker.rack"] = plan.racks[node.id - 1]
        if tls is not None:
            properties |= _tls(plan, node, tls)
    if plan.fast_clocks:
        properties |= FAST_CLOCKS
    return properties | dict(plan.properties) | dict(plan.broker_properties.get(node.id, {}))


def _identity(node: Node, nodes: Sequence[Node], log_dirs: Sequence[Path]) -> dict[str, str]:
    voters = ",".join(other.address(CONTROLLER) for other in nodes if other.is_controller)
    return {
        "process.roles": ",".join(node.roles),
        "node.id": str(node.id),
        "controller.quorum.bootstrap.servers": voters,
        "log.dirs": ",".join(str(path) for path in log_dirs),
        "num.network.threads": "2",
        "num.io.threads": "4",
        "num.partitions": "3",
        "auto.create.topics.enable": "false",
    }


def _listeners(plan: Plan, node: Node) -> dict[str, str]:
    protocols = {INTERNAL: "PLAINTEXT", CONTROLLER: "PLAINTEXT"}
    protocols |= {kind.upper(): LISTENERS[kind][0] for kind in plan.kinds}
    properties = {
        "listeners": _addresses(node, node.ports),
        "listener.security.protocol.map": ",".join(f"{k}:{v}" for k, v in protocols.items()),
        "controller.listener.names": CONTROLLER,
        "inter.broker.listener.name": INTERNAL,
    }
    if node.is_broker:
        names = [name for name in node.ports if name != CONTROLLER]
        properties["advertised.listeners"] = _addresses(node, names)
    return properties


def _addresses(node: Node, names: Mapping[str, int] | Sequence[str]) -> str:
    return ",".join(f"{name}://{HOST}:{node.ports[name]}" for name in names)


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
