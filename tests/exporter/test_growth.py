"""What an exporter holds after months: as much as after an hour, whatever comes and goes."""

import gc
import itertools
import tracemalloc
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from kdiag.diagnose import diagnose
from kdiag.exporter import ages
from kdiag.exporter.compat import COMPAT
from kdiag.exporter.watcher import Rhythm, Watcher
from kdiag.plan import plan, plan_for
from kdiag.registry import load_checks
from kdiag.sections import Commits, Groups, Offsets
from tests.exporter.scenes import sections, snapshot
from tests.tables import commits, end_offset_history, groups, offsets

CHECKS = load_checks().select(["offline-partition", "commit-beyond-end"], [])
PARTITIONS = 100
SAMPLES, PASSES = 4, 8
LEFT_BYTES = 45_000
"""Less than what is kept of each partition that is gone would take: its name alone has 60 bytes."""


def changing():
    """Yield snapshots 30 s apart; each has topics and groups that no other has."""
    for number in itertools.count():
        at = datetime.now(UTC) + timedelta(seconds=30 * number)
        logs = [(f"topic-{number}-{n}", 0) for n in range(PARTITIONS)]
        names = [f"group-{number}-{n}" for n in range(PARTITIONS)]
        keys = [(group, *log) for group, log in zip(names, logs, strict=True)]
        held = [
            *(each for each in sections() if not isinstance(each, Commits | Groups | Offsets)),
            groups(*({"group": name} for name in names)),
            commits(dict.fromkeys(keys, 70)),
            replace(offsets(dict.fromkeys(logs, 100)), read_at=at),
            end_offset_history({(*log, 600.0): 90 for log in logs}),
        ]
        yield snapshot(held, at=at)


def test_passes_leave_nothing_behind_of_topics_and_groups_that_are_gone(monkeypatch):
    monkeypatch.setattr(ages, "MOST", SAMPLES)
    cluster = changing()
    watcher = Watcher(
        name="prod",
        take=lambda plan, pauses: next(cluster),
        judge=lambda taken: diagnose(taken, CHECKS, {}),
        plans=(plan_for([Commits, Groups, Offsets]), plan(CHECKS)),
        check_ids=[check.id for check in CHECKS],
        rhythm=Rhythm(diagnose_seconds=0),
        compat=[COMPAT["kafka-exporter"]],
    )

    def held_after(passes):
        for _ in range(passes):
            watcher.once()
            assert watcher.passes.error is None
        gc.collect()
        return tracemalloc.get_traced_memory()[0]

    tracemalloc.start()
    try:
        before = held_after(SAMPLES + 2)
        after = held_after(PASSES)
    finally:
        tracemalloc.stop()

    assert after - before < LEFT_BYTES
