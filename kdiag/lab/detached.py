"""The lab of the command line: it outlives the command that started it.

Each function takes the directory of the lab's state; another command finds the lab there again.
"""

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from kdiag.errors import LabError
from kdiag.lab.broker import Broker
from kdiag.lab.fault import Fault, inject, is_injected
from kdiag.lab.fault import heal as heal_fault
from kdiag.lab.faults import FAULTS
from kdiag.lab.lab import Lab
from kdiag.lab.lookalikes import LOOKALIKES
from kdiag.lab.plan import CONTROLLER, HOST, INTERNAL, ZOOKEEPER
from kdiag.lab.processes import marked
from kdiag.lab.service import services_of
from kdiag.lab.state import State, clear, default_directory

KNOWN: Mapping[str, Fault] = FAULTS | LOOKALIKES
"""Everything that `break_` can inject, faults and look-alikes, by name."""

_SHOWN = (INTERNAL, CONTROLLER, ZOOKEEPER)


@dataclass(frozen=True)
class NodeStatus:
    """One node of a detached lab as `status` shows it."""

    id: int
    roles: tuple[str, ...]
    state: str
    pid: int | None
    address: str
    jmx_addresses: tuple[str, ...]


@dataclass(frozen=True)
class LabStatus:
    """A detached lab as `status` shows it.

    services: name and address of those that run; flags: how `kdiag doctor` is told of them.
    """

    home: Path
    cluster_id: str
    kafka: str
    bootstrap: str
    nodes: tuple[NodeStatus, ...]
    broken: tuple[str, ...]
    services: tuple[tuple[str, str], ...]
    flags: tuple[str, ...]
    load_processes: int


def up(state_dir: Path | None = None, brokers: int = 3, **options: Any) -> LabStatus:
    """Start a lab that stays until `down`; options are those of `Lab`.

    Three brokers get racks and min.insync.replicas=2; root also gets a small disk on broker 2.
    """
    home = state_dir or default_directory()
    if brokers == 3:
        options.setdefault("racks", ("r1", "r2", "r3"))
        options["properties"] = {"min.insync.replicas": "2", **options.get("properties", {})}
        if os.geteuid() == 0:
            options.setdefault("small_disks", {2: 1})
    lab = Lab(brokers, state_dir=home, **options)
    lab.start(detached=True)
    return status(home)


def status(state_dir: Path | None = None) -> LabStatus:
    """Return what runs in a lab and what has been broken."""
    lab = Lab.attach(state_dir or default_directory())
    nodes = lab.nodes
    pids = {node.pid for node in (*nodes.values(), *_mirrored(lab))}
    running = [one for one in services_of(lab.state) if one.process and one.is_running]
    pids |= {one.process.pid for one in running if one.process}
    return LabStatus(
        home=lab.home,
        cluster_id=lab.cluster_id,
        kafka=lab.plan.kafka,
        bootstrap=lab.bootstrap,
        nodes=tuple(_node_status(lab, id_) for id_ in sorted(nodes)),
        broken=tuple(sorted(path.name for path in lab.state.broken.iterdir())),
        services=tuple((one.name, one.address) for one in running),
        flags=_flags(lab),
        load_processes=sum(process.pid not in pids for process in marked(lab.state.lab_id)),
    )


def _mirrored(lab: Lab) -> list[Broker]:
    """Return the nodes of the cluster that is mirrored into a lab."""
    return list(lab.mirror.source.nodes.values()) if "mirror" in lab.plan.services else []


def _flags(lab: Lab) -> tuple[str, ...]:
    flags = [word for url in lab.connect.urls for word in ("--connect", url)]
    flags += [word for url in lab.registry.urls for word in ("--schema-registry", url)]
    if "postgres" in lab.plan.services:
        flags += ["--postgres", lab.postgres.dsn, "--config", str(lab.postgres.config_file)]
    return tuple(flags)


def _node_status(lab: Lab, id_: int) -> NodeStatus:
    node = lab.nodes[id_]
    listener = next(name for name in _SHOWN if name in node.node.ports)
    return NodeStatus(
        id=id_,
        roles=node.node.roles,
        state="stopped" if node.is_stopped else "running" if node.is_running else "down",
        pid=node.pid,
        address=node.node.address(listener),
        jmx_addresses=tuple(f"{k} {HOST}:{port}" for k, port in node.node.jmx_ports.items()),
    )


def break_(state_dir: Path | None, name: str) -> Fault:
    """Inject a fault or look-alike into a lab; return it, with what must be found."""
    fault = _known(name)
    if fault.meanwhile is not None:
        raise LabError(f"{name} happens while a cluster is looked at; try: kdiag lab score {name}.")
    inject(Lab.attach(state_dir or default_directory()), [fault])
    return fault


def heal(state_dir: Path | None, name: str | None = None) -> list[Fault]:
    """Undo one fault, or all that can be undone; return those that were."""
    lab = Lab.attach(state_dir or default_directory())
    if name is not None:
        faults = [_known(name)]
    else:
        faults = [f for f in KNOWN.values() if f.heal is not None and is_injected(lab, f)]
    for fault in sorted(faults, key=lambda fault: not fault.is_last):
        heal_fault(lab, fault)
    return faults


def _known(name: str) -> Fault:
    if name not in KNOWN:
        raise LabError(f"The lab has no fault {name}; it has {', '.join(sorted(KNOWN))}.")
    return KNOWN[name]


def logs(state_dir: Path | None, broker: int) -> Path:
    """Return the log file of a node."""
    lab = Lab.attach(state_dir or default_directory())
    nodes = lab.nodes
    if broker not in nodes:
        raise LabError(f"The lab has no node {broker}; it has {', '.join(map(str, nodes))}.")
    return nodes[broker].log_file


def down(state_dir: Path | None = None) -> None:
    """End a lab: all its processes, its disks, its directory."""
    home = (state_dir or default_directory()).absolute()
    State.load_from(home)
    clear(home)
