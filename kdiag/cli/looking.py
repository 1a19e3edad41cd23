"""What `kdiag lag` and `kdiag group` share: flags, and the way from a snapshot to what is shown."""

from collections.abc import Callable, Collection
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any, TypeVar, cast

import click

from kdiag.cli import flags, screen
from kdiag.cli.ending import INCOMPLETE, OK
from kdiag.cli.flags import Connection, flag
from kdiag.cli.output import Output
from kdiag.cli.saved import opened
from kdiag.cli.watching import WATCH, samples, watch
from kdiag.errors import UsageError
from kdiag.pages.changes import Changes, Lags, changes
from kdiag.plan import plan_for
from kdiag.snapshot import Section, Snapshot

F = TypeVar("F", bound=Callable[..., Any])
P = TypeVar("P", bound=Lags)

EXIT_CODES = """\b
Exit codes:
   0  shown
   2  a flag or file is wrong, or there is no such group
   3  no broker could be reached, or none let us in
   4  shown as far as groups and offsets could be read
 130  interrupted
   1  crashed"""


@dataclass(frozen=True)
class Look:
    """Where from, and how often."""

    from_file: Path | None
    watch_seconds: float | None


_LOOK = (
    flag("--from", "from_file", type=flags.FILE, metavar="FILE", help="Read a saved snapshot."),
    WATCH,
)


def look(function: F) -> F:
    """Add the flags of a look; the command gets them as `look`."""
    return cast(F, flags.bundled(function, "look", Look, _LOOK))


AsText = Callable[[P, int | None, bool, Changes | None], str]
"""Renders a page for a width (None: any), with or without colours, with what changed."""

AsJson = Callable[[P, Changes | None], str]
"""Renders a page, with what changed, as a document."""


def show(
    ctx: click.Context,
    look: Look,
    output: Output,
    connection: Connection,
    sections: Collection[type[Section]],
    make: Callable[[Snapshot], P],
    as_text: AsText[P],
    as_json: AsJson[P],
) -> int:
    """Read, make a page of it, write it, and return the exit code; with --watch do not return."""
    flags.require_one_source(ctx)
    take = _taker(look, connection, sections)
    before: list[P] = []

    def once() -> str:
        page = make(take())
        changed = changes(before.pop(), page) if before else None
        before.append(page)
        if output.is_text:
            return as_text(page, output.width, output.has_color, changed)
        return as_json(page, changed)

    if look.watch_seconds is not None:
        watch(look.watch_seconds, once, output.output_file, is_text=output.is_text)
    screen.write(once(), output.output_file)
    return OK if before[0].is_complete else INCOMPLETE


def _taker(
    look: Look, connection: Connection, sections: Collection[type[Section]]
) -> Callable[[], Snapshot]:
    if look.from_file is None:
        return samples(plan_for(sections), connection).take
    if look.watch_seconds is not None:
        raise UsageError("--watch needs a cluster; a file does not change (--from)")
    return partial(opened, look.from_file)
