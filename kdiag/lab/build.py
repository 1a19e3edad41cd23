"""Building a lab's directory from its plan, and launching its nodes together."""

from collections.abc import Iterable

from kdiag.lab import jmx
from kdiag.lab.broker import Broker
from kdiag.lab.java import Runtime
from kdiag.lab.properties import node_properties, render
from kdiag.lab.security import scram_arguments, write_credentials
from kdiag.lab.state import State, mount_small_disk
from kdiag.lab.storage import format_storage

SMALL_DISK_MEBIBYTES = 256
"""Size of the small disk that a fault can fill."""


def build(state: State, runtime: Runtime) -> None:
    """Write configuration and credentials, mount the small disk, and format the storage."""
    for directory in (state.load, state.broken):
        directory.mkdir()
    for node in state.nodes:
        state.node_home(node.id).mkdir()
    small = state.plan.small_disk_broker
    if small is not None:
        mount_small_disk(state.node_home(small) / "disk", SMALL_DISK_MEBIBYTES)
    if state.plan.kinds:
        write_credentials(state.plan, state.tls)
    if state.plan.jmx:
        jmx.write_files(state.plan.jmx, state.jmx)
    _write_properties(state)
    _format(state, runtime)


def _write_properties(state: State) -> None:
    tls = state.tls if state.plan.kinds else None
    for node in state.nodes:
        dirs = state.log_dirs(node.id)
        properties = node_properties(state.plan, node, state.nodes, dirs, tls)
        file = state.node_home(node.id) / "server.properties"
        file.touch(mode=0o600)
        file.write_text(render(properties), encoding="utf-8")


def _format(state: State, runtime: Runtime) -> None:
    dirs = {node.id: state.log_dirs(node.id) for node in state.nodes}
    first = next(node for node in state.nodes if node.is_controller)
    config = state.node_home(first.id) / "server.properties"
    users = scram_arguments(state.plan.kinds, state.tls)
    format_storage(runtime, state.cluster_id, state.nodes, dirs, config, users)


def launch(nodes: Iterable[Broker]) -> None:
    """Start all nodes together."""
    for node in nodes:
        node.launch()
