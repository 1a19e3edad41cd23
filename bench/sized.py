"""What the exporter makes of a synthetic cluster: `python -m bench.sized TOPICS PARTITIONS GROUPS`.

PARTITIONS of each topic, of one topic each group reads all. Nothing is read from brokers: what
that costs is in the suite `exporter`. Prints one JSON document: CPU of a pass that only renders,
of one that is judged, series, bytes, and the peak of memory above that of the imports.
"""

import json
import resource
import sys
import time
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from bench.filed import Size, snapshot
from kdiag.diagnose import diagnose
from kdiag.exporter import exposition
from kdiag.exporter.heap import return_large_blocks
from kdiag.exporter.shown import Shown
from kdiag.exporter.watcher import Watcher
from kdiag.plan import Plan
from kdiag.registry import load_checks
from kdiag.sections import Offsets
from kdiag.snapshot import Snapshot

_PASSES = 4


def main() -> None:
    """Take the passes and print what they took."""
    return_large_blocks()
    topics, partitions, groups = map(int, sys.argv[1:4])
    given = snapshot(0, Size(topics, partitions, groups, offsets=partitions))
    checks = load_checks().checks
    passes = iter(range(1000))

    def take(wanted: Plan, pauses: bool) -> Snapshot:
        return _later(given, next(passes))

    nothing = Plan(frozenset())
    watcher = Watcher(
        name="bench",
        take=take,
        judge=lambda taken: diagnose(taken, checks, {}),
        plans=(nothing, nothing),
        check_ids=[check.id for check in checks],
        shown=Shown(granularity="partition", max_series=10_000_000),
    )
    judged = _cpu(watcher)
    rendered = min(_cpu(watcher) for _ in range(_PASSES))
    texts = list(exposition.texts(watcher.held_pages()))
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(
        json.dumps(
            {
                "judged_cpu_seconds": round(judged, 2),
                "pass_cpu_seconds": round(rendered, 2),
                "series": sum(text.lines for text in texts),
                "megabytes": round(sum(text.length for text in texts) / 1e6, 1),
                "peak_mib": round(peak),
            }
        )
    )


def _later(given: Snapshot, number: int) -> Snapshot:
    """Return the snapshot of some passes later: every partition has grown."""
    sections: dict[Any, Any] = dict(given.sections)
    ends = sections[Offsets]
    rows = ends.rows.assign(end_offset=ends.rows["end_offset"] + 300 * number)
    at = datetime.now(UTC)  # what is older than some intervals is not served
    sections[Offsets] = replace(ends, rows=rows, read_at=at)
    return replace(given, taken_at=at, sections=sections)


def _cpu(watcher: Watcher) -> float:
    began = time.process_time()
    watcher.once()
    if watcher.passes.error is not None:
        raise RuntimeError(watcher.passes.error)
    return time.process_time() - began


if __name__ == "__main__":
    main()
