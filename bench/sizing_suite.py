"""The exporter by the size of the cluster: what a pass costs it besides reading, and its memory."""

import json
import subprocess
import sys

_SIZES = (
    (100, 10, 100),
    (100, 10, 1000),
    (100, 10, 5000),
    (1000, 10, 100),
    (1000, 10, 1000),
    (1000, 10, 5000),
    (5000, 20, 100),
    (5000, 20, 1000),
    (5000, 20, 5000),
)
"""Topics, partitions of each, groups."""


def run() -> None:
    """Print a row for each size."""
    for topics, partitions, groups in _SIZES:
        command = [sys.executable, "-m", "bench.sized", *map(str, (topics, partitions, groups))]
        done = subprocess.run(command, check=True, capture_output=True, text=True)  # noqa: S603
        print(f"{topics * partitions:,} partitions, {groups:,} groups: {json.loads(done.stdout)}")
