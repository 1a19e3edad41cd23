"""Formatting of the nodes' storage: one run of Kafka's storage tool, then copies of what it wrote.

A run for each node would cost a second of Java each; what differs between nodes is two lines of
meta.properties.
"""

import shutil
import subprocess
from collections.abc import Sequence
from pathlib import Path

from kdiag.errors import LabError
from kdiag.lab.java import Runtime
from kdiag.lab.plan import CONTROLLER, Node, Plan, random_id
from kdiag.lab.properties import has_static_voters

_METADATA = "__cluster_metadata-0"
_META = "meta.properties"


def format_storage(
    runtime: Runtime,
    cluster_id: str,
    nodes: Sequence[Node],
    log_dirs: dict[int, list[Path]],
    config: Path,
    arguments: Sequence[str],
    plan: Plan,
) -> None:
    """Format the log directories of all nodes; config is the file of the first controller."""
    voters = [node for node in nodes if node.is_controller]
    first = voters[0]
    command = ["format", f"--cluster-id={cluster_id}", "--config", str(config)]
    _run_tool(runtime, [*command, *_initial(plan, voters), *arguments])
    made = log_dirs[first.id][0]
    for node in nodes:
        if node is not first:
            _copy(made, node, log_dirs[node.id], cluster_id)


def _initial(plan: Plan, voters: Sequence[Node]) -> list[str]:
    """Return what names the voters, where server.properties does not."""
    if has_static_voters(plan):
        return []
    addresses = [f"{node.id}@{node.address(CONTROLLER)}:{node.directory_id}" for node in voters]
    return ["--initial-controllers", ",".join(addresses)]


def _run_tool(runtime: Runtime, arguments: list[str]) -> None:
    command = runtime.command("kafka.tools.StorageTool", *arguments)
    done = subprocess.run(  # noqa: S603
        command, env=runtime.environment({}), capture_output=True, text=True, check=False
    )
    if done.returncode != 0:
        said = (done.stderr + done.stdout).strip().splitlines() or ["it said nothing"]
        raise LabError(f"Kafka's storage tool refused to format: {said[-1]}")


def _copy(made: Path, node: Node, directories: list[Path], cluster_id: str) -> None:
    for number, directory in enumerate(directories):
        directory.mkdir(parents=True, exist_ok=True)
        directory_id = node.directory_id if number == 0 else random_id()
        text = f"version=1\ncluster.id={cluster_id}\nnode.id={node.id}\n"
        (directory / _META).write_text(f"{text}directory.id={directory_id}\n", encoding="ascii")
        checkpoint = made / "bootstrap.checkpoint"
        if checkpoint.exists():
            shutil.copy(checkpoint, directory)
    if node.is_controller and (made / _METADATA).is_dir():
        shutil.copytree(made / _METADATA, directories[0] / _METADATA)
