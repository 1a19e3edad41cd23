"""The lab: real brokers on this machine, started, broken and ended by one object."""

import secrets
import subprocess
from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any, Self

from kdiag.errors import LabError
from kdiag.lab import clients, counting, jmx, security, tiering
from kdiag.lab.apart import Apart
from kdiag.lab.archive import with_archive
from kdiag.lab.broker import Broker
from kdiag.lab.build import build, launch, migrate
from kdiag.lab.connect import Connect as KafkaConnect
from kdiag.lab.java import Runtime, runtime
from kdiag.lab.keeper import Keeper
from kdiag.lab.loads import (
    Connect,
    Consume,
    Freeze,
    Join,
    Load,
    Produce,
    Renew,
    Repeat,
    Share,
    Stream,
    arguments,
)
from kdiag.lab.mirror import Mirror
from kdiag.lab.plan import HOST, Certificate, Plan, draw_nodes, random_id
from kdiag.lab.postgres import Postgres
from kdiag.lab.prechecks import require_resources, require_way
from kdiag.lab.processes import LAB_VARIABLE, Process, marked, spawn
from kdiag.lab.properties import render
from kdiag.lab.registry import Registry
from kdiag.lab.services import start as start_services
from kdiag.lab.state import State, clear, has_lab, remove, temporary_directory
from kdiag.lab.store import Store
from kdiag.lab.waiting import wait_until

if TYPE_CHECKING:
    from confluent_kafka.admin import AdminClient


class Lab:
    """A cluster of real brokers that listen on loopback only.

    As a context manager it ends with the block, with its process, or with a crash of its process.
    """

    def __init__(
        self,
        brokers: int = 3,
        *,
        controllers: int = 0,
        kafka: str = "4.4.0",
        metadata: str = "kraft",
        static_voters: bool = False,
        properties: Mapping[str, str] | None = None,
        broker_properties: Mapping[int, Mapping[str, str]] | None = None,
        fast_clocks: bool = True,
        racks: Sequence[str] = (),
        listeners: str | Sequence[str] = (),
        certificates: Mapping[int, Certificate] | None = None,
        jmx: bool | Sequence[str] = False,
        services: Collection[str] = (),
        log_dirs: int = 1,
        small_disks: Mapping[int, int] | None = None,
        heap_mebibytes: int = 400,
        node_flags: Mapping[int, Sequence[str]] | None = None,
        clocks_ahead: Mapping[int, float] | None = None,
        open_files: int | None = None,
        port: int | None = None,
        address: str = HOST,
        is_tiered: bool = False,
        state_dir: Path | str | None = None,
    ) -> None:
        """Plan a lab; nothing is started yet.

        controllers: 0 lets each broker be a controller too. kafka: a version that has a lock file.
        metadata: where it is kept (`METADATA`). static_voters: the quorum stands in the files of
        the controllers, as before Kafka 3.9.
        properties, broker_properties: override server.properties, for all nodes and per node.
        fast_clocks: what takes minutes happens in seconds. racks: one per broker. listeners: kinds
        beside the plain one (`LISTENERS`). certificates: of brokers that show another than usual.
        jmx: ways to open it (`JMX_KINDS`); True is plain RMI. services: what stands around the
        brokers (`SERVICES`). small_disks: how many log directories of single brokers, the last
        ones, lie each on a small disk that can be filled (needs root). heap_mebibytes: largest heap
        of each node. node_flags: of the Java of single nodes, over the usual ones.
        clocks_ahead: by how many seconds the clocks of single nodes are (negative: behind); needs
        libfaketime. open_files: how many a node may have. port: plain listener of broker 1, the
        others follow. address: on which nodes listen; another than loopback lies in a network
        apart, in which the thread that starts the lab is until it ends (needs root). is_tiered:
        there is remote storage, for the topics that want it (`tiering.TOPIC`).
        state_dir: is kept afterwards; without it a temporary directory is removed at the end.
        """
        kinds = (listeners,) if isinstance(listeners, str) else tuple(listeners)
        self.plan = Plan(
            brokers=brokers,
            controllers=controllers,
            kafka=kafka,
            metadata=metadata,
            static_voters=static_voters,
            properties=dict(properties or {}),
            broker_properties={k: dict(v) for k, v in (broker_properties or {}).items()},
            fast_clocks=fast_clocks,
            racks=tuple(racks),
            listeners=kinds,
            certificates=dict(certificates or {}),
            jmx=(("rmi",) if jmx is True else tuple(jmx or ())),
            services=tuple(sorted(services)),
            log_dirs=log_dirs,
            small_disks=dict(small_disks or {}),
            heap_mebibytes=heap_mebibytes,
            node_flags={k: tuple(v) for k, v in (node_flags or {}).items()},
            clocks_ahead=dict(clocks_ahead or {}),
            open_files=open_files,
            port=port,
            address=address,
            is_tiered=is_tiered,
        )
        self._wanted_home = None if state_dir is None else Path(state_dir).absolute()
        self._state: State | None = None
        self._keeper: Keeper | None = None
        self._apart: Apart | None = None
        self._runtime: Runtime | None = None
        self._nodes: dict[int, Broker] = {}
        self._admin: AdminClient | None = None

    @classmethod
    def attach(cls, state_dir: Path | str) -> Self:
        """Return the lab that lives in a directory, started by another command."""
        lab = cls(state_dir=state_dir)
        lab._adopt(State.load_from(Path(state_dir).absolute()))
        return lab

    def start(self, *, detached: bool = False, part_of: State | None = None) -> None:
        """Start all nodes and wait until they are a cluster; detached outlives this process.

        part_of: a lab in whose directory this one is, and with which it ends.
        """
        self._runtime = self._java(self.plan.kafka)
        if self.plan.address != HOST:
            self._apart = self._network(detached=detached)
        try:
            self._start(detached=detached, part_of=part_of)
        except BaseException:
            self.close()
            raise

    def _start(self, *, detached: bool, part_of: State | None) -> None:
        home = self._wanted_home or temporary_directory()
        _make_home(home)
        nodes = draw_nodes(self.plan)
        require_resources(len(nodes), home)
        if "postgres" in self.plan.services:
            require_way(home)
        is_kept = self._wanted_home is not None and not detached
        lab_id = random_id() if part_of is None else part_of.lab_id
        state = State(home, self.plan, nodes, is_kept, lab_id)
        state.save()
        try:
            if not detached:
                self._keeper = Keeper(home)
            build(state, self.runtime)
            self._adopt(state)
            self._launch(state)
        except BaseException:
            clear(home)
            raise

    def _network(self, *, detached: bool) -> Apart:
        if detached:
            raise LabError("A lab in a network apart ends with the command that started it.")
        return Apart(self.plan.address)

    def _launch(self, state: State) -> None:
        kraft = {id_ for id_, node in self._nodes.items() if node.node.is_controller}
        is_migrating = self.plan.metadata == "migrating"
        launch(node for id_, node in self._nodes.items() if not is_migrating or id_ not in kraft)
        self.wait_ready()
        if self.plan.metadata != "kraft":
            self._state = state = replace(state, cluster_id=state.found_cluster_id())
            state.save()
        if is_migrating:
            migrate(state, self._nodes, self.runtime)
        start_services(self)

    def close(self) -> None:
        """End every process of the lab and remove what it wrote, unless the directory is kept."""
        self._admin = None
        if self._state is not None:
            clear(self._state.home)
        if self._keeper is not None:
            self._keeper.release()
            self._keeper = None
        if self._apart is not None:
            self._apart.leave()
            self._apart = None

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    @property
    def state(self) -> State:
        """Return the directory of the lab and what is in it."""
        if self._state is None:
            raise LabError("The lab has not been started.")
        return self._state

    @property
    def home(self) -> Path:
        """Return the directory of the lab."""
        return self.state.home

    @property
    def cluster_id(self) -> str:
        """Return the id of the cluster."""
        return self.state.cluster_id

    @property
    def brokers(self) -> dict[int, Broker]:
        """Return the brokers by id."""
        return {id_: node for id_, node in self._nodes.items() if node.node.is_broker}

    @property
    def controllers(self) -> dict[int, Broker]:
        """Return the voters of the quorum by id; brokers among them where roles are combined."""
        return {id_: node for id_, node in self._nodes.items() if node.node.is_controller}

    @property
    def nodes(self) -> dict[int, Broker]:
        """Return all nodes by id: brokers, controllers, ZooKeeper."""
        return dict(self._nodes)

    @property
    def zookeeper(self) -> Broker:
        """Return the server that keeps the metadata of an older cluster."""
        found = [node for node in self._nodes.values() if node.node.is_zookeeper]
        if not found:
            raise LabError("The lab has no ZooKeeper.")
        return found[0]

    @property
    def bootstrap(self) -> str:
        """Return the addresses of the plain listeners."""
        return self.bootstrap_of("plaintext")

    def bootstrap_of(self, kind: str) -> str:
        """Return the addresses of the listeners of a kind."""
        brokers = (node for node in self.state.nodes if node.is_broker)
        return ",".join(node.address(kind.upper()) for node in brokers)

    def jmx_urls(self) -> tuple[str, ...]:
        """Return where JMX of each node is asked, as `--jmx` takes it."""
        return tuple(jmx.url(node) for node in self.state.nodes if node.jmx_ports)

    @property
    def connect(self) -> KafkaConnect:
        """Return the workers of Kafka Connect and their connectors."""
        return KafkaConnect(self)

    @property
    def postgres(self) -> Postgres:
        """Return the database server."""
        return Postgres(self)

    @property
    def store(self) -> Store:
        """Return the object store."""
        return Store(self)

    @property
    def mirror(self) -> Mirror:
        """Return the mirror of another cluster into this one."""
        return Mirror(self)

    @property
    def registry(self) -> Registry:
        """Return the schema registry."""
        return Registry(self)

    def client_properties(self, kind: str = "plaintext") -> Path:
        """Write client.properties with Java's keys for a kind of listener; return its path."""
        path = self.home / f"client-{kind}.properties"
        text = render(security.java_properties(kind, self.state.tls))
        path.write_text(text, encoding="utf-8")
        return path

    def client_config(self, kind: str = "plaintext") -> dict[str, Any]:
        """Return the settings of a confluent-kafka client for a kind of listener."""
        config = security.client_config(kind, self.state.tls)
        return clients.quiet(self.bootstrap_of(kind), **config)

    def wait_ready(self, seconds: float = 60) -> None:
        """Wait until all brokers that run are registered and serve."""
        running = {id_ for id_, broker in self.brokers.items() if broker.is_running}
        for broker in self._nodes.values():
            if broker.is_running and not broker.is_stopped:
                broker.wait_started(seconds)
        question = f"brokers {sorted(running)} are registered"
        wait_until(lambda: clients.broker_ids(self.bootstrap) >= running, question, seconds)

    def admin(self) -> "AdminClient":
        """Return an administration client on the plain listeners."""
        if self._admin is None:
            self._admin = clients.make_admin(self.bootstrap)
        return self._admin

    def create_topic(
        self,
        name: str,
        partitions: int = 3,
        replication_factor: int | None = None,
        configs: Mapping[str, str] | None = None,
        assignment: Sequence[Sequence[int]] | None = None,
    ) -> None:
        """Create a topic and wait until it is led and in sync.

        Without more it is a healthy one: 3 replicas where there are 3 brokers, 2 in sync for a
        write. assignment: for each partition the ids of its brokers, the preferred leader first.
        """
        replicas = replication_factor or min(3, self.plan.brokers)
        if assignment is not None:
            replicas = len(assignment[0])
        healthy = {"min.insync.replicas": "2"} if replicas >= 3 else {}
        clients.create_topic(
            self.admin(), name, partitions, replicas, healthy | dict(configs or {}), assignment
        )

    def delete_topic(self, name: str) -> None:
        """Delete a topic if it exists."""
        clients.delete_topic(self.admin(), name)

    def delete_group(self, name: str) -> None:
        """Delete a group and its committed offsets."""
        clients.delete_group(self.admin(), name)

    def committed(self, group: str, topic: str) -> int:
        """Return the sum of the committed offsets of a group on a topic."""
        return sum(clients.committed_offsets(self.bootstrap, group, topic).values())

    def alter_config(self, kind: str, name: str, configs: Mapping[str, str | None]) -> None:
        """Set configuration keys of a `topic`, `broker` or `group`; None removes the override."""
        clients.alter_config(self.admin(), kind, name, configs)

    def produce(
        self,
        topic: str,
        count: int,
        size: int = 100,
        key: str | None = None,
        partition: int | None = None,
        past_seconds: tuple[float, float] = (0, 0),
    ) -> None:
        """Write records and wait until all are written.

        past_seconds: how long ago the first and the last of them were made, by their timestamps.
        """
        clients.produce(self.bootstrap, topic, count, size, key, partition, past_seconds)

    def start_producer(self, topic: str, *, name: str | None = None, **options: Any) -> Process:
        """Start a producer in a process of its own; options are the fields of `Produce`."""
        return self._start_load(Produce(topic=topic, **options), name or f"producer-{topic}")

    def start_consumer(
        self, group: str, topic: str | Sequence[str], *, name: str | None = None, **options: Any
    ) -> Process:
        """Start a consumer in a process of its own; options are the fields of `Consume`."""
        topics = (topic,) if isinstance(topic, str) else tuple(topic)
        load = Consume(group=group, topics=topics, **options)
        process = self._start_load(load, name or f"consumer-{group}")
        clients.wait_offsets_topic(self.admin())
        return process

    def start_members(self, group: str, *, name: str | None = None, **options: Any) -> Process:
        """Start members that only join, in one process; options are the fields of `Join`."""
        return self._start_load(Join(group=group, **options), name or f"consumer-{group}")

    def start_share_consumer(
        self, group: str, topic: str, *, name: str | None = None, **options: Any
    ) -> Process:
        """Start a share consumer in a process of its own; options are the fields of `Share`.

        The group reads from the earliest record, where it has not begun.
        """
        self.alter_config("group", group, {"share.auto.offset.reset": "earliest"})
        load = Share(group=group, topics=(topic,), **options)
        return self._start_load(load, name or f"consumer-{group}")

    def start_streams_member(
        self, group: str, topics: Sequence[str], *, name: str | None = None, **options: Any
    ) -> Process:
        """Start a member of a streams group in a process of its own; options as for `Stream`."""
        load = Stream(group=group, topics=tuple(topics), **options)
        return self._start_load(load, name or f"consumer-{group}")

    def start_application(
        self, name: str, topics: Sequence[str], *, load: str | None = None, **options: Any
    ) -> Process:
        """Start a process of an application of Kafka Streams; options are the fields of `Count`."""
        count = counting.Count(application=name, topics=tuple(topics), **options)
        file = self._new_load(load or f"consumer-{name}")
        runtime = counting.with_streams(self.runtime)
        command = counting.command(runtime, self.bootstrap, count, file.with_suffix(""))
        process = self._spawn(command, runtime, file)
        clients.wait_offsets_topic(self.admin())
        return process

    def start_renewed_producers(
        self, topic: str, *, name: str | None = None, **options: Any
    ) -> Process:
        """Start a client that makes a producer for each record; options as for `Renew`."""
        return self._start_load(Renew(topic=topic, **options), name or f"producer-{topic}")

    def start_connections(self, broker: int, *, name: str | None = None, **options: Any) -> Process:
        """Start a client that opens connections to a broker; options as for `Connect`."""
        load = Connect(address=self.brokers[broker].bootstrap, **options)
        return self._start_load(load, name or f"connections-{broker}")

    def start_repeater(
        self, broker: int, frames: Sequence[bytes], *, name: str | None = None, **options: Any
    ) -> Process:
        """Start a client that sends requests to a broker in turn; options as for `Repeat`."""
        texts = tuple(frame.hex() for frame in frames)
        load = Repeat(address=self.brokers[broker].bootstrap, frames=texts, **options)
        return self._start_load(load, name or f"repeater-{broker}")

    def start_freezes(self, *nodes: int, name: str | None = None, **options: Any) -> Process:
        """Start freezing nodes in turn, again and again; options as for `Freeze`."""
        found = [(node, self._nodes[node].process) for node in nodes]
        for node, process in found:
            if process is None or not process.is_running:
                raise LabError(f"Node {node} does not run, so it cannot be frozen.")
        processes = tuple((each.pid, each.started) for _, each in found if each is not None)
        load = Freeze(processes=processes, **options)
        return self._start_load(load, name or f"freezes-{'-'.join(map(str, nodes))}")

    def _start_load(self, load: Load, name: str) -> Process:
        return self._spawn(arguments(self.bootstrap, load), self.runtime, self._new_load(name))

    def _new_load(self, name: str) -> Path:
        """Return the file for the pid of another load process of a name."""
        return self.state.load / f"{name}.{secrets.token_hex(4)}.pid"

    def _spawn(self, command: list[str], runtime: Runtime, file: Path) -> Process:
        environment = runtime.environment({LAB_VARIABLE: self.state.lab_id})
        process = spawn(command, environment, file.with_suffix(".log"))
        process.write(file)
        return process

    def restart_as(self, node: int, kafka: str) -> None:
        """Restart a node with another release of Kafka, as an upgrade does."""
        self._nodes[node].restart(self._java(kafka))
        self.wait_ready()

    def load(self, name: str) -> list[Process]:
        """Return the running load processes that were started under a name."""
        files = self.state.load.glob(f"{name}.*.pid")
        found = (Process.read(file) for file in files)
        return [process for process in found if process is not None and process.is_running]

    def end_load(self, name: str) -> None:
        """End the load processes that were started under a name."""
        for process in self.load(name):
            process.terminate(10)

    def tool(self, main: str, *arguments: str) -> str:
        """Run one of Kafka's own tools by its main class; return what it printed."""
        runtime = self.runtime
        done = subprocess.run(  # noqa: S603
            runtime.command(main, *arguments),
            env=runtime.environment({LAB_VARIABLE: self.state.lab_id}),
            capture_output=True,
            text=True,
            check=False,
        )
        if done.returncode != 0:
            raise LabError(f"{main} failed: {done.stdout.strip()} {done.stderr.strip()}")
        return done.stdout

    @property
    def runtime(self) -> Runtime:
        """Return the Java runtime with the release of the lab on its class path."""
        if self._runtime is None:
            self._runtime = self._java(self.plan.kafka)
        return self._runtime

    def _java(self, kafka: str) -> Runtime:
        found = with_archive(runtime(kafka), kafka)
        return tiering.with_plugin(found) if self.plan.is_tiered else found

    def _adopt(self, state: State) -> None:
        self.plan, self._state = state.plan, state
        java = self.runtime
        self._nodes = {node.id: Broker(state, node, java) for node in state.nodes}


def _make_home(home: Path) -> None:
    """Make the directory of a lab; it must be new, empty, or hold an ended lab."""
    if has_lab(home):
        if marked(State.load_from(home).lab_id):
            raise LabError(f"A lab is already in {home}; end it with: kdiag lab down.")
        remove(home)  # all its processes have ended, as after a reboot
    home.mkdir(parents=True, exist_ok=True)
    if any(home.iterdir()):
        raise LabError(f"The lab needs a directory of its own, and {home} is not empty.")
