"""Building a lab's directory from its plan, and launching its nodes together."""

from collections.abc import Iterable, Mapping, Sequence

from kdiag.lab import jmx, tiering
from kdiag.lab.broker import Broker
from kdiag.lab.java import Runtime
from kdiag.lab.plan import Node
from kdiag.lab.properties import node_properties, render
from kdiag.lab.security import scram_arguments, write_credentials
from kdiag.lab.state import State, mount_small_disk
from kdiag.lab.storage import format_storage
from kdiag.lab.waiting import wait_until

SMALL_DISK_MEBIBYTES = 256
"""Size of a small disk that a fault can fill."""

_HAS_MIGRATED = "Completed migration of metadata from ZooKeeper to KRaft"


def build(state: State, runtime: Runtime) -> None:
    """Write configuration and credentials, mount the small disks, and format the storage.

    With ZooKeeper the brokers format their own, and what id the cluster has is told by them.
    """
    for directory in (state.load, state.broken):
        directory.mkdir()
    for node in state.nodes:
        state.node_home(node.id).mkdir()
        for disk in state.small_disks(node.id):
            mount_small_disk(disk, SMALL_DISK_MEBIBYTES)
    if state.plan.kinds:
        write_credentials(state.plan, state.tls)
    if state.plan.jmx:
        jmx.write_files(state.plan.jmx, state.jmx)
    _write_properties(state)
    if state.plan.metadata == "kraft":
        format_nodes(state, state.nodes, runtime)


def _write_properties(state: State) -> None:
    tls = state.tls if state.plan.kinds else None
    for node in state.nodes:
        dirs = state.log_dirs(node.id)
        properties = node_properties(state.plan, node, state.nodes, dirs, tls)
        if state.plan.is_tiered:
            properties = tiering.properties(state.home, state.plan.brokers) | properties
        file = state.node_home(node.id) / "server.properties"
        file.touch(mode=0o600)
        file.write_text(render(properties), encoding="utf-8")


def format_nodes(state: State, nodes: Sequence[Node], runtime: Runtime) -> None:
    """Format the storage of nodes that run on KRaft."""
    dirs = {node.id: state.log_dirs(node.id) for node in nodes}
    first = next(node for node in nodes if node.is_controller)
    config = state.node_home(first.id) / "server.properties"
    users = scram_arguments(state.plan.kinds, state.tls)
    format_storage(runtime, state.cluster_id, nodes, dirs, config, users, state.plan)


def launch(nodes: Iterable[Broker]) -> None:
    """Start all nodes together, but ZooKeeper first.

    Brokers wait for it by themselves, though not longer than for a session to be lost.
    """
    chosen = list(nodes)
    for node in chosen:
        if node.node.is_zookeeper:
            node.start()
    for node in chosen:
        node.launch()


def migrate(state: State, nodes: Mapping[int, Broker], runtime: Runtime) -> None:
    """Start the controllers that take over from ZooKeeper, and wait until they have."""
    controllers = [node for node in state.nodes if node.is_controller]
    format_nodes(state, controllers, runtime)
    launch(nodes[node.id] for node in controllers)
    wait_until(
        lambda: any(_HAS_MIGRATED in nodes[node.id].log() for node in controllers),
        "the controllers have taken over from ZooKeeper",
        60,
    )
