"""Watches a cluster for some passes, and prints what they took: `python -m bench.watching ADDRESS`.

One JSON document a line: of the pass that is judged, of those that only read what moves, and of
the pages. Between the first line and the last nothing else happens in this process.
"""

import json
import resource
import sys
import time
from typing import Any

from kdiag.collect import Limits, collect
from kdiag.diagnose import diagnose
from kdiag.exporter import exposition
from kdiag.exporter.family import Level
from kdiag.exporter.heap import return_large_blocks
from kdiag.exporter.packed import blocks
from kdiag.exporter.seen import READS
from kdiag.exporter.shown import Shown
from kdiag.exporter.watcher import Watcher
from kdiag.plan import Plan, plan, plan_for
from kdiag.registry import load_checks
from kdiag.snapshot import Snapshot

_PASSES = 5


def main() -> None:
    """Take the passes and print what they took."""
    bootstrap = sys.argv[1]
    return_large_blocks()
    for granularity in ("partition", "topic"):
        watcher = _watcher(bootstrap, granularity)
        _say(granularity, "judged", _measured(watcher))
        took = [_measured(watcher) for _ in range(_PASSES)]
        _say(granularity, "passes", min(took, key=lambda one: float(one["cpu_seconds"])))
        began = time.perf_counter()
        texts = list(exposition.texts(watcher.held_pages()))
        size = sum(map(len, blocks(texts)))
        seconds = time.perf_counter() - began
        lines = sum(text.lines for text in texts)
        _say(granularity, "scrape", {"seconds": seconds, "lines": lines, "bytes": size})
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    _say("all", "memory", {"peak_mib": peak / 1024})


def _watcher(bootstrap: str, granularity: Level) -> Watcher:
    checks = load_checks().checks
    often = plan_for(READS)

    def take(wanted: Plan, pauses: bool) -> Snapshot:
        return collect(wanted, bootstrap, limits=Limits(sample_seconds=0))

    return Watcher(
        name="bench",
        take=take,
        judge=lambda snapshot: diagnose(snapshot, checks, {}),
        plans=(often, often | plan(checks)),
        check_ids=[check.id for check in checks],
        shown=Shown(granularity=granularity, max_series=1_000_000),
    )


def _measured(watcher: Watcher) -> dict[str, Any]:
    before, cpu, began = watcher.passes.requests.total(), time.process_time(), time.perf_counter()
    watcher.once()
    if watcher.passes.error is not None:
        raise RuntimeError(watcher.passes.error)
    return {
        "seconds": time.perf_counter() - began,
        "cpu_seconds": time.process_time() - cpu,
        "requests": watcher.passes.requests.total() - before,
    }


def _say(granularity: str, what: str, numbers: dict[str, Any]) -> None:
    print(json.dumps({"granularity": granularity, "what": what, **numbers}), flush=True)


if __name__ == "__main__":
    main()
