"""The audit of 10,000 partitions, 2,000 groups and 100,000 committed offsets."""

import subprocess
import sys
import tempfile
import time
from pathlib import Path

from bench.seed import fill
from kdiag.lab import Lab


def run() -> None:
    """Print how long the audit takes, as a process of its own, and how large its files are."""
    properties = {"log.index.size.max.bytes": "4096", "log.segment.bytes": "1048576"}
    with (
        Lab(brokers=3, fast_clocks=False, properties=properties) as lab,
        tempfile.TemporaryDirectory() as directory,
    ):
        fill(lab)
        command = [
            *(sys.executable, "-m", "kdiag", "audit", "--bootstrap-server", lab.bootstrap),
            *("--output-dir", directory, "--fail-on", "never"),
        ]
        for name in ("first", "second"):
            began = time.monotonic()
            subprocess.run(command, check=True, stderr=subprocess.DEVNULL)  # noqa: S603
            print(f"{name}: {time.monotonic() - began:.1f} s, limit 20 s")
        for path in sorted(Path(directory).glob("report.*")):
            print(f"{path.name}: {path.stat().st_size / 1e6:.2f} MB")
