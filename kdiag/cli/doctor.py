"""`kdiag doctor`: the answer to "what is wrong with this cluster?"."""

from collections.abc import Callable
from functools import partial
from pathlib import Path

import click

from kdiag.cli import flags, provisional, screen
from kdiag.cli.beside import Asked, asked
from kdiag.cli.diagnosis import (
    Chosen,
    choose,
    connect_flags,
    report_of_cluster,
    report_of_file,
)
from kdiag.cli.ending import FOUND, INCOMPLETE, OK
from kdiag.cli.flags import Beside, Connection, Selection, flag
from kdiag.cli.logs import verbose_flag
from kdiag.cli.watching import WATCH, Samples, watch
from kdiag.errors import UsageError
from kdiag.finding import SEVERITIES, Report, Reported
from kdiag.plan import plan
from kdiag.render.changes import changes

_NEVER = "never"


_EXIT_CODES = """\b
Exit codes:
   0  nothing at or above --fail-on
  10  findings at or above --fail-on that are not waived
   2  a flag or file is wrong
   3  no broker could be reached, or none let us in
   4  no verdict, or with --strict not everything was seen
 130  interrupted
   1  crashed"""


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
@flag(
    "-o",
    "--output",
    "format_",
    type=click.Choice(screen.formats()),
    default=screen.TEXT,
    show_default=True,
    help="Format.",
)
@flag("--output-file", type=flags.FILE, metavar="FILE", help="Write there, not to stdout.")
@flag(
    "--fail-on",
    type=click.Choice([*SEVERITIES, _NEVER]),
    default="critical",
    show_default=True,
    help="Exit with 10 where a finding is at least as severe.",
)
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
    flags.require_one_source(ctx)
    if names_file is not None and from_file is None:
        raise UsageError("--names needs --from FILE, a snapshot with pseudonyms")
    chosen = choose(selection)
    others = asked(beside, selection.config)
    render = partial(
        screen.rendered, format_=format_, file=output_file, all_=all_, no_color=no_color
    )
    is_text = format_ == screen.TEXT
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
    ctx.exit(exit_code(report, fail_on, strict=strict))


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
    samples, before = Samples(plan(chosen.checks), connection, others), list[Report]()

    def once() -> str:
        snapshot = samples.take()
        report = chosen.judge(snapshot, connect_flags(connection, snapshot.bootstrap))
        news = changes(before.pop(), report) if before else []
        before.append(report)
        said = "\n".join(("Since the last page:", *news)) + "\n\n" if news and is_text else ""
        return said + render(report)

    return once


def exit_code(report: Report, fail_on: str, *, strict: bool) -> int:
    """Return the code of a report: findings first, then what could not be seen."""
    if fail_on != _NEVER:
        failing = SEVERITIES[: SEVERITIES.index(fail_on) + 1]
        if any(item.finding.severity in failing for item in _standing(report)):
            return FOUND
    is_partial = any(result.status == "unknown" or result.unseen for result in report.results)
    if report.verdict.status == "unknown" or (strict and is_partial):
        return INCOMPLETE
    return OK


def _standing(report: Report) -> list[Reported]:
    """Return what is waived neither by itself nor with its cause."""
    waived = {item.fingerprint for item in report.findings if item.waiver}
    return [
        item for item in report.findings if item.waiver is None and item.explained_by not in waived
    ]
