"""Runs commands and reports the best of several runs: the machine's noise only ever adds."""

import os
import resource
import subprocess
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Run:
    """One command: wall time, peak memory of the process, what it printed."""

    seconds: float
    peak_bytes: int
    output: str


def best(arguments: Sequence[str], times: int = 5) -> Run:
    """Run a Python command several times and return the fastest run."""
    return min((_once(arguments) for _ in range(times)), key=lambda run: run.seconds)


def _once(arguments: Sequence[str]) -> Run:
    """Run once in a child of its own, so that its peak memory can be told."""
    environment = {k: v for k, v in os.environ.items() if k != "PYTHONDONTWRITEBYTECODE"}
    started = time.perf_counter()
    child = subprocess.Popen(  # noqa: S603
        [sys.executable, *arguments], stdout=subprocess.PIPE, text=True, env=environment
    )
    output = child.stdout.read() if child.stdout else ""
    _, _, usage = os.wait4(child.pid, 0)
    child.returncode = 0
    return Run(time.perf_counter() - started, _peak(usage), output)


def _peak(usage: resource.struct_rusage) -> int:
    return usage.ru_maxrss * 1024


def line(what: str, run: Run, baseline: Run | None = None, limit: str = "") -> None:
    """Print one measurement, with its ratio to the baseline and what it must reach."""
    ratio = f"{run.seconds / baseline.seconds:6.2f} x baseline" if baseline else "      baseline"
    memory = f"{run.peak_bytes / 2**20:6.0f} MiB"
    print(f"{what:44} {run.seconds:7.3f} s {memory}  {ratio}  {limit}".rstrip())
