"""The exporter on 10,000 partitions, 2,000 groups and 100,000 committed offsets."""

import json
import os
import subprocess
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from bench.seed import fill
from kdiag.lab import Lab

_TICKS = os.sysconf("SC_CLK_TCK")


def run() -> None:
    """Print what a pass costs the exporter and the brokers, and what a scrape takes."""
    properties = {"log.index.size.max.bytes": "4096", "log.segment.bytes": "1048576"}
    with Lab(brokers=3, fast_clocks=False, properties=properties) as lab:
        fill(lab)
        command = [sys.executable, "-m", "bench.watching", lab.bootstrap]
        pids = [broker.pid for broker in lab.brokers.values() if broker.pid]
        with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:  # noqa: S603
            before = _cpu_seconds(pids)
            for line in process.stdout or ():
                said = json.loads(line)
                now = _cpu_seconds(pids)
                _print(said, now - before)
                before = now
    if process.returncode:
        raise SystemExit(process.returncode)


def _print(said: dict[str, Any], brokers: float) -> None:
    name = f"{said['granularity']}, {said['what']}"
    if said["what"] in ("judged", "passes"):
        passes = 5 if said["what"] == "passes" else 1
        print(
            f"{name}: {said['seconds']:.2f} s, {said['requests']} requests, "
            f"{said['cpu_seconds']:.2f} s of CPU, {brokers / passes:.2f} s of the brokers'"
        )
    elif said["what"] == "scrape":
        print(f"{name}: {said['seconds']:.3f} s, {said['lines']:,} lines, {said['bytes']:,} bytes")
    else:
        print(f"peak memory {said['peak_mib']:.0f} MiB, limit 207 MiB")


def _cpu_seconds(pids: Iterable[int]) -> float:
    """Return what some processes have used so far."""
    fields = [Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split() for pid in pids]
    return sum(int(each[11]) + int(each[12]) for each in fields) / _TICKS
