"""`kdiag diff`: what changed between two reports or snapshots of one cluster."""

import importlib
from pathlib import Path

import click

from kdiag.cli import flags, screen
from kdiag.cli.diagnosis import choose
from kdiag.cli.ending import FOUND, OK
from kdiag.cli.flags import Selection, flag
from kdiag.cli.logs import verbose_flag
from kdiag.cli.reports import opened
from kdiag.compare import ALARMING, Comparison, compare
from kdiag.finding import SEVERITIES, Severity, at_least
from kdiag.recorded import require_one_cluster

_RENDERERS = {
    "text": "kdiag.render.changes",
    "json": "kdiag.render.diff_json",
    "markdown": "kdiag.render.diff_markdown",
}

_EXIT_CODES = """\b
Exit codes:
   0  compared
  10  findings at or above --fail-on are new, worse, back, or seen for the first time
   2  a flag or file is wrong, or the files are of two clusters
   1  crashed"""


@click.command(epilog=_EXIT_CODES)
@click.argument("before", type=flags.FILE)
@click.argument("after", type=flags.FILE)
@flags.format_flag(list(_RENDERERS))
@flag("--output-file", type=flags.FILE, metavar="FILE", help="Write there, not to stdout.")
@flag(
    "--fail-on",
    type=click.Choice([*SEVERITIES, flags.NEVER]),
    default=flags.NEVER,
    show_default=True,
    help="Exit with 10 where a finding at least as severe is new, worse or back.",
)
@flags.WAIVERS
@flags.CONFIG
@flags.OVERRIDES
@verbose_flag
@click.pass_context
def diff(
    ctx: click.Context,
    before: Path,
    after: Path,
    format_: str,
    output_file: Path | None,
    fail_on: str,
    waivers: Path | None,
    config: Path | None,
    overrides: tuple[str, ...],
) -> None:
    """Say what changed from BEFORE to AFTER: new, gone, worse, better, and what was not seen.

    Each is a report (kdiag doctor -o json) or a snapshot, which is judged first, with --waivers,
    --config and --set.
    """
    chosen = choose(Selection((), (), config, overrides), waivers)
    reports = opened(before, chosen), opened(after, chosen)
    require_one_cluster(*reports)
    comparison = compare(*reports)
    render = importlib.import_module(_RENDERERS[format_]).render
    screen.write(render(comparison), output_file)
    ctx.exit(exit_code(comparison, flags.least_severe(fail_on)))


def exit_code(comparison: Comparison, fail_on: Severity | None) -> int:
    """Return 10 where something that asks for attention is severe enough, else 0."""
    failing = at_least(fail_on)
    alarming = [one for one in comparison.changes if one.kind in ALARMING]
    return FOUND if any(one.now in failing for one in alarming) else OK
