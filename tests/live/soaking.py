"""A process that reads and judges a cluster again and again, and what it holds after each pass.

`python -m tests.live.soaking BOOTSTRAP SECONDS` prints one JSON object a pass, until its time is
over and there were some: seconds since the start, what the process holds, and how the pass ended.
"""

import asyncio
import ctypes
import gc
import json
import os
import sys
import threading
import time
from collections import Counter
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

from kdiag.collect import Limits, _Pass
from kdiag.diagnose import diagnose
from kdiag.errors import KdiagError
from kdiag.plan import plan
from kdiag.registry import load_checks
from kdiag.render.json import render
from kdiag.sources.jmx import Access
from kdiag.sources.services import Services
from kdiag.wire.settings import ClientSettings

LIMITS = Limits(
    sample_seconds=0.5, timeout_seconds=10, request_timeout_seconds=2, history_seconds=1
)
PAUSE_SECONDS = 1
LEAST_PASSES = 6


def main() -> None:
    """Pass after pass in one event loop, as a task that is left over would stay in it."""
    bootstrap, seconds = sys.argv[1], float(sys.argv[2])
    asyncio.run(soak(bootstrap, seconds))


async def soak(bootstrap: str, seconds: float) -> None:
    checks = load_checks().checks
    wanted, began, passes = plan(checks), time.monotonic(), 0
    while time.monotonic() - began < seconds or passes < LEAST_PASSES:
        one = _Pass(wanted, bootstrap, ClientSettings(), LIMITS, None, Access(), None, Services())
        ended = "unreachable"
        try:
            report = diagnose(await one.run(), checks, {})
            render(report)
            ended = report.verdict.status
            del report
        except KdiagError as error:
            ended = type(error).__name__
        del one
        passes += 1
        await asyncio.sleep(PAUSE_SECONDS)
        row = {"at": time.monotonic() - began, "ended": ended, **held()}
        sys.stdout.write(f"{json.dumps(row)}\n")
        sys.stdout.flush()


def held() -> dict[str, int]:
    """Return what this process holds, after its garbage was collected; memory in bytes.

    objects: containers that the collector knows. blocks: of the interpreter's allocator, texts and
    numbers included. memory: resident, after the C library gave back what is free.
    """
    gc.collect()
    ctypes.CDLL(None).malloc_trim(0)
    return {
        "objects": len(gc.get_objects()),
        "blocks": sys.getallocatedblocks(),
        "tasks": len(asyncio.all_tasks()),
        "threads": threading.active_count(),
        **seen_from_outside(os.getpid()),
    }


def seen_from_outside(pid: int) -> dict[str, int]:
    """Return memory in bytes, sockets and open files of a process."""
    kinds: Counter[bool] = Counter()
    for file in Path(f"/proc/{pid}/fd").iterdir():
        with suppress(FileNotFoundError):
            kinds[str(file.readlink()).startswith("socket:")] += 1
    resident = int(Path(f"/proc/{pid}/statm").read_text().split()[1])
    return {
        "memory": resident * os.sysconf("SC_PAGESIZE"),
        "sockets": kinds[True],
        "files": kinds.total(),
    }


def growth(rows: Sequence[dict[str, Any]], key: str) -> float:
    """Return the growth in an hour: the slope between the medians of two halves.

    The first third is left out: tables of a library, caches and the allocator's pools fill then.
    Medians do not see the single pass that was large.
    """
    warm = rows[len(rows) // 3 :]
    half = len(warm) // 2
    early, late = (
        {k: _median(part, k) for k in ("at", key)} for part in (warm[:half], warm[half:])
    )
    return (late[key] - early[key]) / (late["at"] - early["at"]) * 3600


def _median(rows: Sequence[dict[str, Any]], key: str) -> float:
    values = sorted(row[key] for row in rows)
    return float(values[len(values) // 2])


if __name__ == "__main__":
    main()
