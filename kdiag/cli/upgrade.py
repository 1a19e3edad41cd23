"""`kdiag preflight upgrade`: what stands before a newer release of Kafka."""

from dataclasses import replace
from pathlib import Path

import click

from kdiag.cli import flags
from kdiag.cli.beside import asked
from kdiag.cli.diagnosis import known_checks, read_cluster
from kdiag.cli.flags import Beside, Connection
from kdiag.cli.logs import verbose_flag
from kdiag.cli.saved import opened
from kdiag.cli.trying import Trial, trial
from kdiag.preflight.upgrade import Wish, judged, upgrade_plan

_EXIT_CODES = """\b
Exit codes:
   0  nothing at or above --fail-on stands before it
  10  findings at or above --fail-on
   2  a flag or file is wrong, the release is not known, or not newer than that of the brokers
   3  no broker could be reached, or none let us in
   4  not known: not everything that matters was seen
 130  interrupted
   1  crashed"""


@click.command(epilog=_EXIT_CODES)
@click.argument("release")
@flags.connection
@flags.CONFIG
@flags.beside
@trial
@verbose_flag
@click.pass_context
def upgrade(
    ctx: click.Context,
    release: str,
    connection: Connection,
    config: Path | None,
    beside: Beside,
    trial: Trial,
) -> None:
    """Say what stands before an upgrade to RELEASE, as 4.0, and what changes with it.

    ZooKeeper, releases and metadata versions that are too old, settings that are gone or refused,
    clients whose requests are (with --jmx). What holds for a release comes from a dated table.
    Nothing that could not be read counts as fine.
    """
    flags.require_one_source(ctx)
    wish, checks = Wish.of(release), known_checks().checks
    if trial.from_file is not None:
        snapshot = opened(trial.from_file)
    else:
        once = replace(connection, history_seconds=0, sample_records=False)
        snapshot = read_cluster(upgrade_plan(checks), once, others=asked(beside, config))
    report = judged(snapshot, checks, wish, str(connection.command_config or ""))
    ctx.exit(trial.shown(replace(report, fail_on=flags.least_severe(trial.fail_on))))
