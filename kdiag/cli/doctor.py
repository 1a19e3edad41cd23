"""`kdiag doctor`: the answer to "what is wrong with this cluster?"."""

from collections.abc import Callable
from dataclasses import replace
from functools import partial
from pathlib import Path

import click

from kdiag.cli import flags, plugin, provisional, screen
from kdiag.cli.beside import Asked, asked
from kdiag.cli.diagnosis import (
    Chosen,
    choose,
    report_of_cluster,
    report_of_file,
)
from kdiag.cli.ending import FOUND, INCOMPLETE, OK
from kdiag.cli.flags import Beside, Connection, Selection, flag
from kdiag.cli.logs import verbose_flag
from kdiag.cli.watching import WATCH, samples, watch
from kdiag.errors import UsageError
from kdiag.finding import Report
from kdiag.plan import plan
from kdiag.recorded import read_report
from kdiag.render.changes import changes

_EXIT_CODES = """\b
Exit codes:
   0  nothing at or above --fail-on
  10  findings at or above --fail-on that are not waived
   2  a flag or file is wrong
   3  no broker could be reached, or none let us in
   4  no verdict, or with --strict not everything was seen
 130  interrupted
   1  crashed

With -o nagios: 0 OK, 1 WARNING, 2 CRITICAL, 3 UNKNOWN, whatever --fail-on says."""


@click.command(epilog=_EXIT_CODES)
@flags.connection
@flag("--from", "from_file", type=flags.FILE, metavar="FILE", help="Judge a saved snapshot.")
@flag(
    "--names",
    "names_file",
    type=flags.FILE,
    metavar="FILE",
    help="With --from: the names behind its pseudonyms (kdiag snapshot --names-file).",
)
@flags.selection
@flags.beside
@flags.WAIVERS
@flag(
    "--baseline",
    type=flags.FILE,
    metavar="FILE",
    help="An earlier report (-o json), to say what is new.",
)
@flag("--new-only", is_flag=True, help="Show, and fail on, only what is new or worse since then.")
@flags.format_flag(screen.formats())
@flag("--output-file", type=flags.FILE, metavar="FILE", help="Write there, not to stdout.")
@flags.FAIL_ON
@WATCH
@flag("--strict", is_flag=True, help="Exit with 4 where a check could not see everything.")
@flag("--all", "all_", is_flag=True, help="Show every cause with all actions, infos, waived ones.")
@flag("--no-color", is_flag=True, help="No colours, as NO_COLOR does.")
@verbose_flag
@click.pass_context
def doctor(
    ctx: click.Context,
    connection: Connection,
    selection: Selection,
    beside: Beside,
    waivers: Path | None,
    baseline: Path | None,
    new_only: bool,
    from_file: Path | None,
    names_file: Path | None,
    format_: str,
    output_file: Path | None,
    fail_on: str,
    watch_seconds: float | None,
    strict: bool,
    all_: bool,
    no_color: bool,
) -> None:
    """Say what is wrong, on which object, since when, why, what it breaks next, what to type."""
    render = partial(
        screen.rendered, format_=format_, file=output_file, all_=all_, no_color=no_color
    )
    is_text = format_ == screen.TEXT
    with plugin.ending(format_):
        flags.require_one_source(ctx)
        if names_file is not None and from_file is None:
            raise UsageError("--names needs --from FILE, a snapshot with pseudonyms")
        chosen = replace(
            choose(selection, waivers),
            fail_on=flags.least_severe(fail_on),
            strict=strict,
            before=_before(baseline, new_only=new_only),
            only_new=new_only,
        )
        others = asked(beside, selection.config)
        if watch_seconds is not None:
            if from_file is not None:
                raise UsageError("--watch needs a cluster; a file does not change (--from)")
            once = _pages(chosen, connection, others, render, is_text=is_text)
            watch(watch_seconds, once, output_file, is_text=is_text)
        if from_file is not None:
            report = report_of_file(chosen, from_file, names_file)
        else:
            is_on_screen = is_text and output_file is None and provisional.is_possible()
            report = _report(chosen, connection, others, render if is_on_screen else None)
        screen.write(render(report), output_file)
    ctx.exit(exit_code(report, format_))


def _before(file: Path | None, *, new_only: bool) -> Report | None:
    """Return the report to compare with, None where none was given."""
    if file is None:
        if new_only:
            raise UsageError("--new-only needs an earlier report to compare with (--baseline FILE)")
        return None
    return read_report(file)


Render = Callable[[Report], str]


def _report(chosen: Chosen, connection: Connection, others: Asked, render: Render | None) -> Report:
    """Read the cluster; render: shows the first page, until the whole one takes its place."""
    if render is None:
        return report_of_cluster(chosen, connection, others=others)
    first = provisional.Provisional()
    try:
        return report_of_cluster(
            chosen,
            connection,
            lambda report, waits: first.write(render(report), waits),
            others,
        )
    finally:
        first.take_back()


def _pages(
    chosen: Chosen, connection: Connection, others: Asked, render: Render, *, is_text: bool
) -> Callable[[], str]:
    """Return what reads the cluster once more and says, in text, what has changed since."""
    taken, before = samples(plan(chosen.checks), connection, others), list[Report]()

    def once() -> str:
        snapshot = taken.take()
        report = chosen.judge(snapshot, connection.command_config)
        news = changes(before.pop(), report) if before else []
        before.append(report)
        said = "\n".join(("Since the last page:", *news)) + "\n\n" if news and is_text else ""
        return said + render(report)

    return once


def exit_code(report: Report, format_: str = screen.TEXT) -> int:
    """Return the code of a report: findings first, then what could not be seen."""
    if format_ == plugin.NAGIOS:
        from kdiag.render import nagios

        return nagios.status(report)
    if report.failing:
        return FOUND
    return INCOMPLETE if report.is_incomplete else OK
