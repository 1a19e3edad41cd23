"""`kdiag preflight restart`: whether a broker, or all of a rack, can be restarted now."""

import time
from collections.abc import Callable
from dataclasses import replace
from functools import partial

import click

from kdiag.cli import flags
from kdiag.cli.diagnosis import reader
from kdiag.cli.flags import Connection, flag
from kdiag.cli.logs import verbose_flag
from kdiag.cli.progress import Progress
from kdiag.cli.saved import opened
from kdiag.cli.trying import Trial, trial
from kdiag.errors import UsageError
from kdiag.finding import Report
from kdiag.preflight.restart import Restart, is_hopeless, judged, restart_plan
from kdiag.snapshot import Snapshot

_POLL_SECONDS = 5.0

_EXIT_CODES = """\b
Exit codes:
   0  it can be restarted
  10  it cannot: findings at or above --fail-on
   2  a flag or file is wrong, or there is no such broker or rack
   3  no broker could be reached, or none let us in
   4  not known: not everything that matters was seen
 130  interrupted
   1  crashed"""


@click.command(epilog=_EXIT_CODES)
@click.argument("broker", type=click.IntRange(min=0), required=False)
@flag("--rack", metavar="NAME", help="All brokers of a rack, instead of one broker.")
@flag(
    "--margin",
    type=click.IntRange(min=0),
    default=0,
    show_default=True,
    metavar="REPLICAS",
    help="In-sync replicas that must stay beyond what acks=all writes need.",
)
@flag(
    "--wait",
    "wait_seconds",
    type=click.FloatRange(min=0),
    metavar="SECONDS",
    help="Wait at most so long until it can be, as long as waiting can help.",
)
@flags.connection
@trial
@verbose_flag
@click.pass_context
def restart(
    ctx: click.Context,
    broker: int | None,
    rack: str | None,
    margin: int,
    wait_seconds: float | None,
    connection: Connection,
    trial: Trial,
) -> None:
    """Say what breaks while BROKER is away: partitions offline, refused writes, the quorum.

    The loss is tried on what was read; the cluster is not touched. Nothing that could not be read
    counts as safe.
    """
    flags.require_one_source(ctx)
    if (broker is None) == (rack is None):
        raise UsageError("name one broker by its id, or a rack with --rack")
    if wait_seconds is not None and trial.from_file is not None:
        raise UsageError("--wait needs a cluster; a file does not change (--from)")
    wanted = Restart(broker, rack, margin)

    def judge(snapshot: Snapshot) -> Report:
        report = judged(snapshot, wanted, str(connection.command_config or ""))
        return replace(report, fail_on=flags.least_severe(trial.fail_on))

    if trial.from_file is not None:
        report = judge(opened(trial.from_file))
    else:
        report = _read(connection, judge, wait_seconds or 0.0)
    ctx.exit(trial.shown(report))


def _read(
    connection: Connection, judge: Callable[[Snapshot], Report], wait_seconds: float
) -> Report:
    """Return the first report without a failure, or the last one when waiting has ended."""
    read = reader(replace(connection, history_seconds=0, sample_records=False))
    take = partial(read, restart_plan(), sample_seconds=0)
    until = time.monotonic() + wait_seconds
    with Progress(f"Reading from {read.bootstrap}") as progress:
        while True:
            report = judge(take())
            is_settled = not report.failing and not report.is_incomplete
            left = until - time.monotonic()
            if is_settled or is_hopeless(report) or left <= 0:
                return report
            progress.say(report.verdict.sentence)
            time.sleep(min(_POLL_SECONDS, left))
