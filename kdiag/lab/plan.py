"""What a lab shall be: the plan that was asked for, and the nodes and ports that follow."""

import base64
import random
import secrets
import socket
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from kdiag.errors import LabError

HOST = "127.0.0.1"
"""Everything listens here, unless a plan has brokers listen on an address in a network apart."""

METADATA = ("kraft", "zookeeper", "migrating")
"""Where metadata is kept. `migrating`: in both, with controllers that took over from ZooKeeper."""

ZOOKEEPER = "ZOOKEEPER"
"""Listener of the server that keeps the metadata of older clusters."""

INTERNAL = "PLAINTEXT"
"""Listener of the brokers among themselves and of the lab's own clients."""

CONTROLLER = "CONTROLLER"
"""Listener of the controllers."""

LISTENERS: dict[str, tuple[str, str]] = {
    "plaintext": ("PLAINTEXT", ""),
    "ssl": ("SSL", ""),
    "mtls": ("SSL", ""),
    "sasl_plain": ("SASL_PLAINTEXT", "PLAIN"),
    "scram_sha_256": ("SASL_PLAINTEXT", "SCRAM-SHA-256"),
    "scram_sha_512": ("SASL_PLAINTEXT", "SCRAM-SHA-512"),
    "sasl_ssl": ("SASL_SSL", "SCRAM-SHA-512"),
    "oauth": ("SASL_PLAINTEXT", "OAUTHBEARER"),
}
"""Kinds of client listener: security protocol and SASL mechanism. `plaintext` is always there."""

JMX_KINDS = (
    "rmi",
    "rmi_password",
    "rmi_ssl",
    "jolokia",
    "jolokia_password",
    "prometheus",
    "prometheus_rules",
)
"""Ways to open JMX; a node has one that begins with rmi, and one that begins with prometheus."""

SERVICES = ("postgres", "s3", "connect", "registry", "mirror")
"""What can stand around the brokers, in the order in which it is started."""

TIERED = "4.0.2"
"""The release of which the lab has remote storage."""

_PORTS = range(20000, 30000)  # below the ephemeral ports, which outgoing connections take


@dataclass(frozen=True)
class Certificate:
    """Whom a certificate of a broker is for, how long ago it began, and how long it still lasts."""

    hosts: tuple[str, ...] = (HOST, "localhost")
    age_days: float = 30
    left_days: float = 368


@dataclass(frozen=True)
class Plan:
    """What was asked for."""

    brokers: int = 3
    controllers: int = 0
    kafka: str = "4.4.0"
    metadata: str = "kraft"
    static_voters: bool = False
    properties: Mapping[str, str] = field(default_factory=dict)
    broker_properties: Mapping[int, Mapping[str, str]] = field(default_factory=dict)
    fast_clocks: bool = True
    racks: tuple[str, ...] = ()
    listeners: tuple[str, ...] = ()
    certificates: Mapping[int, Certificate] = field(default_factory=dict)
    jmx: tuple[str, ...] = ()
    services: tuple[str, ...] = ()
    log_dirs: int = 1
    small_disks: Mapping[int, int] = field(default_factory=dict)
    heap_mebibytes: int = 400
    node_flags: Mapping[int, tuple[str, ...]] = field(default_factory=dict)
    clocks_ahead: Mapping[int, float] = field(default_factory=dict)
    open_files: int | None = None
    port: int | None = None
    address: str = HOST
    is_tiered: bool = False

    def __post_init__(self) -> None:
        unknown = [kind for kind in self.listeners if kind not in LISTENERS]
        if unknown:
            kinds = ", ".join(LISTENERS)
            raise LabError(f"The lab has no listener {unknown[0]!r}; kinds are {kinds}.")
        if strange := [kind for kind in self.jmx if kind not in JMX_KINDS]:
            ways = ", ".join(JMX_KINDS)
            raise LabError(f"The lab has no JMX {strange[0]!r}; there are {ways}.")
        if strange := [name for name in self.services if name not in SERVICES]:
            names = ", ".join(SERVICES)
            raise LabError(f"The lab has no service {strange[0]!r}; there are {names}.")
        for way in ("rmi", "prometheus"):
            if sum(kind.startswith(way) for kind in self.jmx) > 1:
                raise LabError(f"A node opens JMX in one way that begins with {way}, not in two.")
        if not 1 <= self.brokers <= 3 or not 0 <= self.controllers <= 3:
            raise LabError("A lab has 1 to 3 brokers and 0 to 3 controllers.")
        if self.is_tiered and self.kafka != TIERED:
            raise LabError(f"The lab has remote storage for Kafka {TIERED}, not for {self.kafka}.")
        self._require_metadata()

    def _require_metadata(self) -> None:
        if self.metadata not in METADATA:
            kinds = ", ".join(METADATA)
            raise LabError(f"The lab keeps no metadata in {self.metadata!r}; kinds are {kinds}.")
        if self.metadata == "kraft" and self.release < (3, 3):
            raise LabError(f"Kafka {self.kafka} is run with ZooKeeper only; KRaft needs 3.3.")
        if self.metadata == "zookeeper" and self.release >= (4, 0):
            raise LabError(f"Kafka {self.kafka} has no ZooKeeper mode; 3.9 is the last with it.")
        if self.metadata == "migrating" and self.release != (3, 9):
            raise LabError(f"The lab migrates from ZooKeeper on Kafka 3.9, not on {self.kafka}.")
        if self.metadata == "zookeeper" and self.controllers:
            raise LabError("A lab on ZooKeeper has no controllers of its own.")
        if self.metadata != "kraft" and self.kinds:
            raise LabError("A lab with ZooKeeper has the plain listener only.")
        if self.release < (3, 9) and any(LISTENERS[kind][1] for kind in self.kinds):
            raise LabError(f"SASL of Kafka {self.kafka} does not run on the Java of the lab.")

    @property
    def release(self) -> tuple[int, int]:
        """Return the first two numbers of the version of Kafka."""
        major, minor, *_ = self.kafka.split(".")
        return int(major), int(minor)

    @property
    def kinds(self) -> tuple[str, ...]:
        """Return the kinds of client listener beside the plain one."""
        return tuple(kind for kind in dict.fromkeys(self.listeners) if kind != "plaintext")


@dataclass(frozen=True)
class Node:
    """One server of the lab: a broker, a controller, or both; or ZooKeeper."""

    id: int
    roles: tuple[str, ...]
    ports: Mapping[str, int]
    directory_id: str
    jmx_ports: Mapping[str, int] = field(default_factory=dict)
    host: str = HOST

    @property
    def is_broker(self) -> bool:
        """Tell whether clients may connect to it."""
        return "broker" in self.roles

    @property
    def is_controller(self) -> bool:
        """Tell whether it votes in the quorum."""
        return "controller" in self.roles

    @property
    def is_zookeeper(self) -> bool:
        """Tell whether it is ZooKeeper and no node of Kafka."""
        return "zookeeper" in self.roles

    def address(self, listener: str) -> str:
        """Return `host:port` of one of its listeners."""
        return f"{self.host}:{self.ports[listener]}"


def draw_nodes(plan: Plan) -> tuple[Node, ...]:
    """Return the nodes of a plan, each with free ports.

    Controllers have ids from 101, ZooKeeper has 201.
    """
    roles = _roles(plan)
    listeners = {id_: _listeners(plan, roles[id_]) for id_ in roles}
    drawn = iter(free_ports(sum(len(names) + len(plan.jmx) for names in listeners.values())))
    nodes = []
    for id_, names in listeners.items():
        ports = {name: next(drawn) for name in names}
        if plan.port is not None and INTERNAL in ports:
            ports[INTERNAL] = plan.port + id_ - 1
            require_free(ports[INTERNAL])
        kinds = () if "zookeeper" in roles[id_] else plan.jmx
        jmx_ports = {kind: next(drawn) for kind in kinds}
        nodes.append(Node(id_, roles[id_], ports, random_id(), jmx_ports, plan.address))
    return tuple(nodes)


def _roles(plan: Plan) -> dict[int, tuple[str, ...]]:
    controllers = max(1, plan.controllers) if plan.metadata == "migrating" else plan.controllers
    is_combined = plan.metadata == "kraft" and not controllers
    both: tuple[str, ...] = ("broker", "controller") if is_combined else ("broker",)
    roles = dict.fromkeys(range(1, plan.brokers + 1), both)
    roles |= {100 + number: ("controller",) for number in range(1, controllers + 1)}
    return roles if plan.metadata == "kraft" else {**roles, 201: ("zookeeper",)}


def _listeners(plan: Plan, roles: tuple[str, ...]) -> list[str]:
    if "zookeeper" in roles:
        return [ZOOKEEPER]
    names = [INTERNAL, *(kind.upper() for kind in plan.kinds)] if "broker" in roles else []
    return [*names, CONTROLLER] if "controller" in roles else names


def random_id() -> str:
    """Return an id as Kafka writes them; none begins with `-`, which its tools take for a flag."""
    while True:
        text = base64.urlsafe_b64encode(secrets.token_bytes(16)).decode().rstrip("=")
        if not text.startswith("-"):
            return text


def free_ports(count: int) -> list[int]:
    """Return ports that nobody listens on, drawn at random so that two labs rarely collide."""
    first = _first_ephemeral_port()
    candidates = [port for port in _PORTS if port < first] or list(_PORTS)
    random.shuffle(candidates)
    free = (port for port in candidates if is_free(port))
    return [next(free) for _ in range(count)]


def is_free(port: int) -> bool:
    """Tell whether a server could listen on a port now."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, port))
        except OSError:
            return False
    return True


def require_free(port: int) -> None:
    """Raise LabError if another process listens on a port."""
    if not is_free(port):
        raise LabError(f"Port {port} of {HOST} is taken by another process.")


def _first_ephemeral_port() -> int:
    try:
        text = Path("/proc/sys/net/ipv4/ip_local_port_range").read_text(encoding="ascii")
    except OSError:
        return _PORTS.stop
    return int(text.split()[0])
