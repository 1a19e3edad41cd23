"""`kdiag doctor`: the answer to "what is wrong with this cluster?"."""

from pathlib import Path

import click

from kdiag.cli import flags, screen
from kdiag.cli.diagnosis import choose, report_of_cluster, report_of_file
from kdiag.cli.ending import FOUND, INCOMPLETE, OK
from kdiag.cli.flags import Connection, Selection, flag
from kdiag.cli.logs import verbose_flag
from kdiag.errors import UsageError
from kdiag.finding import SEVERITIES, Report, Reported

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
@flags.selection
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
@flag("--strict", is_flag=True, help="Exit with 4 where a check could not see everything.")
@flag("--all", "all_", is_flag=True, help="Show every cause with all actions, infos, waived ones.")
@flag("--no-color", is_flag=True, help="No colours, as NO_COLOR does.")
@verbose_flag
@click.pass_context
def doctor(
    ctx: click.Context,
    connection: Connection,
    selection: Selection,
    from_file: Path | None,
    format_: str,
    output_file: Path | None,
    fail_on: str,
    strict: bool,
    all_: bool,
    no_color: bool,
) -> None:
    """Say what is wrong, on which object, since when, why, what it breaks next, what to type."""
    _require_one_source(ctx)
    chosen = choose(selection)
    if from_file is not None:
        report = report_of_file(chosen, from_file)
    else:
        report = report_of_cluster(chosen, connection)
    screen.show(report, format_, output_file, all_=all_, no_color=no_color)
    ctx.exit(exit_code(report, fail_on, strict=strict))


def _require_one_source(ctx: click.Context) -> None:
    """Refuse a file and a cluster at once; a flag beats the environment."""
    typed = click.core.ParameterSource.COMMANDLINE
    both = ("from_file", "bootstrap_server")
    if all(ctx.get_parameter_source(name) is typed for name in both):
        raise UsageError("--from and --bootstrap-server exclude each other")
    if not any(ctx.params.get(name) for name in (*both, "command_config")):
        raise UsageError("--bootstrap-server HOST:PORT is missing (or --from FILE)")


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
