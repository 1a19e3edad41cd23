"""Moves of replicas, by Kafka's own tool."""

import json
from collections.abc import Mapping, Sequence
from pathlib import Path

from kdiag.lab.lab import Lab

_TOOL = "org.apache.kafka.tools.reassign.ReassignPartitionsCommand"


def reassign(
    lab: Lab,
    replicas: Mapping[tuple[str, int], Sequence[int]],
    throttle_bytes_per_second: int | None = None,
) -> None:
    """Start a reassignment: (topic, partition) → ids of brokers, the preferred leader first."""
    moves = [
        {"topic": topic, "partition": partition, "replicas": list(ids)}
        for (topic, partition), ids in replicas.items()
    ]
    file = _file(lab, next(iter(replicas))[0])
    file.write_text(json.dumps({"version": 1, "partitions": moves}), encoding="utf-8")
    throttle = throttle_bytes_per_second
    limits = [] if throttle is None else ["--throttle", str(throttle)]
    # the tool refuses while any partition of the cluster moves, unless told that this is meant
    _run(lab, "--execute", "--additional", "--reassignment-json-file", str(file), *limits)


def cancel(lab: Lab, topic: str) -> None:
    """End the reassignment that a topic was first in, and take its throttle away."""
    _run(lab, "--cancel", "--reassignment-json-file", str(_file(lab, topic)))


def _file(lab: Lab, topic: str) -> Path:
    return lab.home / f"reassignment-{topic}.json"


def _run(lab: Lab, *arguments: str) -> None:
    lab.tool(_TOOL, "--bootstrap-server", lab.bootstrap, *arguments)
