"""`kdiag preflight reassign`: whether a reassignment should be run as a file proposes it."""

from dataclasses import replace
from pathlib import Path

import click

from kdiag.cli import flags
from kdiag.cli.diagnosis import known_checks, read_cluster
from kdiag.cli.flags import Connection
from kdiag.cli.logs import verbose_flag
from kdiag.cli.saved import opened
from kdiag.cli.trying import Trial, trial
from kdiag.preflight.proposal import read_proposal
from kdiag.preflight.reassign import judged, reassign_plan

_EXIT_CODES = """\b
Exit codes:
   0  nothing at or above --fail-on would be new or worse
  10  findings at or above --fail-on
   2  a flag or file is wrong, or the cluster has no such partition or broker
   3  no broker could be reached, or none let us in
   4  not known: not everything that matters was seen
 130  interrupted
   1  crashed"""


@click.command(epilog=_EXIT_CODES)
@click.argument("file", type=flags.FILE)
@flags.connection
@trial
@verbose_flag
@click.pass_context
def reassign(ctx: click.Context, file: Path, connection: Connection, trial: Trial) -> None:
    """Say what would be new or worse once the reassignment in FILE is done, and while it runs.

    FILE is the JSON of kafka-reassign-partitions.sh. Racks, copies, limits, leaders and disks are
    judged by the checks of doctor on the cluster as it would be; the cluster is not touched.
    """
    flags.require_one_source(ctx)
    proposal, checks = read_proposal(file), known_checks().checks
    if trial.from_file is not None:
        snapshot = opened(trial.from_file)
    else:
        once = replace(connection, history_seconds=0, sample_records=False, sample_seconds=0)
        snapshot = read_cluster(reassign_plan(checks), once)
    report = judged(snapshot, checks, proposal, str(connection.command_config or ""))
    ctx.exit(trial.shown(replace(report, fail_on=flags.least_severe(trial.fail_on))))
