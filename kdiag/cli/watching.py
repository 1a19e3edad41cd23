"""`--watch`: the same page again and again, until Ctrl-C.

A terminal shows one page, drawn over the last in one write, so that nothing flickers. Anything else
gets page after page, each under the time of its drawing; JSON documents carry their own times.
"""

import gc
import math
import os
import shutil
import sys
import time
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import NoReturn

import click

from kdiag.cli import screen
from kdiag.cli.beside import Asked
from kdiag.cli.diagnosis import read_cluster
from kdiag.cli.flags import Connection, flag
from kdiag.errors import KdiagError
from kdiag.plan import Plan
from kdiag.render.layout import clean
from kdiag.snapshot import Snapshot

WATCH = flag(
    "--watch",
    "watch_seconds",
    type=click.FloatRange(min=1),
    metavar="SECONDS",
    help="Do it again every so many seconds, until Ctrl-C.",
)

_HOME, _REST_OF_LINE, _REST_OF_SCREEN, _ALL = "\x1b[H", "\x1b[K", "\x1b[J", "\x1b[2J"
_TIME = "%Y-%m-%d %H:%M:%S UTC"


class Samples:
    """Snapshots of one cluster, each with an earlier one to compare with.

    read: takes one, with a pause of so many seconds for a second sample. Only the first pass pauses
    so; then the passes before serve, the youngest that is at least as old as that pause. What is
    older than forget_seconds serves no more, and the next pass pauses again.
    """

    def __init__(
        self,
        read: Callable[[float], Snapshot],
        pause_seconds: float,
        forget_seconds: float = math.inf,
    ) -> None:
        self._read, self._pause, self._forget = read, pause_seconds, forget_seconds
        self._taken: list[Snapshot] = []

    def take(self) -> Snapshot:
        """Read the cluster. Raises what `read` raises."""
        if not self._taken or self._is_forgotten(self._taken[-1]):
            snapshot = self._read(self._pause)
            self._taken = [replace(snapshot, earlier=None)]
            return snapshot
        snapshot = self._read(0)
        return replace(snapshot, earlier=self._earlier(snapshot))

    def _is_forgotten(self, last: Snapshot) -> bool:
        return (datetime.now(UTC) - last.taken_at).total_seconds() > self._forget

    def _earlier(self, snapshot: Snapshot) -> Snapshot:
        """Return the sample to compare with; keep what the next ones may need."""
        while len(self._taken) > 1 and _seconds(self._taken[1], snapshot) >= self._pause:
            self._taken.pop(0)
        self._taken.append(snapshot)
        return self._taken[0]


def samples(plan: Plan, connection: Connection, others: Asked | None = None) -> Samples:
    """Return snapshots of what a plan wants, with signs of life; see read_cluster."""

    def read(pause: float) -> Snapshot:
        return read_cluster(plan, replace(connection, sample_seconds=pause), others=others)

    return Samples(read, connection.sample_seconds)


def _seconds(before: Snapshot, after: Snapshot) -> float:
    return (after.taken_at - before.taken_at).total_seconds()


def watch(
    seconds: float, once: Callable[[], str], file: Path | None = None, *, is_text: bool = True
) -> NoReturn:
    """Show what `once` returns every so many seconds; Ctrl-C ends it as it ends any command.

    What fails after the first page is said below the last one, and tried again. A pass that takes
    longer than its time skips the next ones. file: write each page there, over the last one.

    Raises what the first `once` raises, and UsageError where the file cannot be written.
    """
    gc.enable()  # the command line turns it off, for processes of seconds
    draw = _drawer(file, is_text=is_text)
    page = once()
    draw(page, None)
    started, passes = time.monotonic(), 0
    while True:
        passes = max(passes + 1, int((time.monotonic() - started) / seconds))
        time.sleep(max(0.0, started + passes * seconds - time.monotonic()))
        try:
            page, trouble = once(), None
        except KdiagError as error:
            trouble = f"{datetime.now(UTC):{_TIME}}  {clean(str(error))}; trying again."
        draw(page, trouble)


Draw = Callable[[str, str | None], None]
"""Shows a page, or the last one and what went wrong since."""


def _drawer(file: Path | None, *, is_text: bool) -> Draw:
    if file is not None or not is_text:
        return lambda page, trouble: _written(page, trouble, file)
    if sys.stdout.isatty() and os.environ.get("TERM") != "dumb":
        return _Drawn().draw
    return _appended


def _written(page: str, trouble: str | None, file: Path | None) -> None:
    """Write a page to the file, or a document to stdout; trouble goes to stderr."""
    if trouble is None:
        screen.write(page, file)
    else:
        click.echo(trouble, err=True)


def _appended(page: str, trouble: str | None) -> None:
    said = trouble or f"{datetime.now(UTC):{_TIME}}\n{page}"
    screen.write(f"{said}\n", None)


class _Drawn:
    """The page on a terminal, drawn over the one before."""

    def __init__(self) -> None:
        self._begin = _HOME + _ALL

    def draw(self, page: str, trouble: str | None) -> None:
        """Draw as much of the page as the terminal has lines for."""
        room = max(2, shutil.get_terminal_size().lines - 2)
        lines = page.rstrip("\n").split("\n")
        if len(lines) > room:
            lines[room - 1 :] = [f"{len(lines) - room + 1:,} more lines."]
        last = trouble or f"{datetime.now(UTC):{_TIME}}, Ctrl-C ends"
        drawn = "".join(f"{line}{_REST_OF_LINE}\n" for line in [*lines, last])
        screen.write(f"{self._begin}{drawn}{_REST_OF_SCREEN}", None)
        self._begin = _HOME
