"""Snapshots again and again, while brokers are restarted: nothing is left of a pass.

`make soak` takes half an hour. A process that reads and judges in one event loop, and an exporter,
are watched; brokers are killed, frozen and shut down in order by turns, under load.

What must not be, and how it is told so that no noise can make it so: a task, thread or socket more
than after the first passes, ever; Python objects that grow by what one object held from each pass
would be, but for what is loaded once; memory that grows, by the medians of two halves, by more than
a bound of which the allocator alone stays far below.
"""

import json
import os
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from itertools import cycle, pairwise
from pathlib import Path
from typing import Any

import pytest

from kdiag.lab import Lab
from kdiag.lab.plan import free_ports
from kdiag.lab.waiting import is_true_within
from tests.live.soaking import growth, seen_from_outside

SECONDS = float(os.environ.get("KDIAG_SOAK_SECONDS", "30"))
pytestmark = [pytest.mark.live, pytest.mark.timeout(SECONDS + 480)]

MEMORY_BYTES = 24 << 20
"""What an hour, or a run that is shorter, may add; a snapshot kept from each pass adds more."""

ROUND_SECONDS = min(12.0, SECONDS / 4)
"""How often the next broker is taken, and what it takes to start beside."""


@contextmanager
def disturbed(lab: Lab) -> Iterator[Counter[str]]:
    """Take one broker after the other, in each way by turns, while the block runs; count these."""
    over, done = threading.Event(), Counter[str]()
    trouble: list[BaseException] = []

    def take() -> None:
        ways = cycle(("kill", "stop", "restart"))
        brokers = cycle(lab.brokers.values())
        while not over.wait(ROUND_SECONDS / 3):
            way, broker = next(ways), next(brokers)
            if way == "restart":
                broker.restart()
            else:
                getattr(broker, way)()
                over.wait(ROUND_SECONDS / 3)
                broker.cont()
                broker.launch()
                broker.wait_started()
            done[way] += 1

    def run() -> None:
        try:
            take()
        except BaseException as error:  # noqa: BLE001 - shown by the test
            trouble.append(error)

    thread = threading.Thread(target=run)
    thread.start()
    try:
        yield done
    finally:
        over.set()
        thread.join()
    assert not trouble


@contextmanager
def exporter(lab: Lab) -> Iterator[subprocess.Popen[bytes]]:
    [port] = free_ports(1)
    words = ("exporter", "--bootstrap-server", lab.bootstrap, "--interval", "1")
    more = ("--diagnose-every", "5", "--web.listen-address", f"127.0.0.1:{port}")
    command = [sys.executable, "-m", "kdiag", *words, *more]
    process = subprocess.Popen(command, stderr=subprocess.DEVNULL)  # noqa: S603
    try:
        yield process
    finally:
        process.terminate()
        process.wait(30)


@contextmanager
def under_load() -> Iterator[Lab]:
    load = {"max_seconds": SECONDS + 480}
    with Lab(3) as lab:
        for topic in ("orders", "clicks"):
            lab.create_topic(topic, partitions=6)
            lab.start_producer(topic, rate=100, **load)
            lab.start_consumer(f"{topic}-billing", topic, members=2, **load)
        yield lab


def rows_of(file: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in file.read_text().splitlines()]


def test_many_passes_leave_nothing_while_brokers_are_restarted(tmp_path: Path) -> None:
    outside: list[dict[str, float]] = []
    with ExitStack() as stack:
        lab = stack.enter_context(under_load())
        watched = stack.enter_context(exporter(lab))
        out = stack.enter_context((tmp_path / "passes").open("w"))
        command = [sys.executable, "-m", "tests.live.soaking", lab.bootstrap, str(SECONDS)]
        began = time.monotonic()
        with disturbed(lab) as done:
            reader = subprocess.Popen(command, stdout=out)  # noqa: S603
            stack.callback(reader.kill)
            while not is_true_within(1, lambda: reader.poll() is not None):
                seen = seen_from_outside(watched.pid)
                outside.append({"at": time.monotonic() - began, **seen})
                assert outside[-1]["at"] < SECONDS + 300
        assert reader.returncode == 0
        assert watched.poll() is None
    rows = rows_of(tmp_path / "passes")
    sys.stdout.write("\n".join(["", *told(rows, outside, done), ""]))

    assert done.total() >= 2
    for key in ("tasks", "sockets", "threads", "files"):
        assert {row[key] for row in rows[3:]} == {rows[3][key]}, key
    assert growth(without_a_first_time(rows), "objects") < a_kept_object_of_each_pass(rows)
    span = max(1.0, 3600 / rows[-1]["at"])
    for each in (rows, outside):
        assert growth(each, "memory") < MEMORY_BYTES * span
    assert max(row["sockets"] for row in outside) <= most_sockets()


def without_a_first_time(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return the passes with the largest step of objects taken out.

    What is sent only once something is wrong (OffsetForLeaderEpoch) is loaded then, and stays; it
    comes once, and what is kept of each pass, or of each that meets a dead broker, comes again.
    """
    steps = [0, *(late["objects"] - one["objects"] for one, late in pairwise(rows))]
    at = steps.index(max(steps))
    return [
        {**row, "objects": row["objects"] - steps[at] * (number >= at)}
        for number, row in enumerate(rows)
    ]


def a_kept_object_of_each_pass(rows: list[dict[str, Any]]) -> float:
    """Return the growth of objects in an hour, were there one more of Python's with each pass."""
    return len(rows) / rows[-1]["at"] * 3600


def most_sockets() -> int:
    """Return what an exporter may have open: twice each broker, bootstrap, its server, its loop."""
    return 2 * 3 + 3 + 1 + 2


def told(
    rows: list[dict[str, Any]], outside: list[dict[str, float]], done: Counter[str]
) -> Iterator[str]:
    """Yield what was measured: `make soak` shows it."""
    yield f"{len(rows)} passes in {rows[-1]['at'] / 60:.1f} min; brokers: {dict(done)}"
    yield f"verdicts: {dict(Counter(row['ended'] for row in rows))}"
    for key in ("tasks", "sockets", "threads", "files", "objects", "blocks"):
        values = [row[key] for row in rows[3:]]
        yield f"{key}: {min(values)} to {max(values)}"
    for key in ("objects", "blocks"):
        yield f"{key}: {growth(rows, key):+.0f} in an hour"
    for name, each in (("passes", rows), ("exporter", outside)):
        first, last = each[len(each) // 3]["memory"], each[-1]["memory"]
        yield (
            f"memory of {name}: {first / 2**20:.1f} MiB after a third, {last / 2**20:.1f} MiB "
            f"at the end, {growth(each, 'memory') / 2**20:+.2f} MiB in an hour"
        )
    sockets = Counter(int(row["sockets"]) for row in outside)
    yield f"sockets of the exporter: {dict(sorted(sockets.items()))}"
