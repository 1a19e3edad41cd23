"""`kdiag audit`: the report for people, as files, and where these go."""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import click

from kdiag.check import Check
from kdiag.cli import flags
from kdiag.cli.beside import asked
from kdiag.cli.delivery import Delivery, delivery, targets
from kdiag.cli.diagnosis import Chosen, choose, read_cluster
from kdiag.cli.doctor import exit_code
from kdiag.cli.ending import NOT_DELIVERED
from kdiag.cli.flags import Beside, Connection, Selection, flag
from kdiag.cli.keeping import Keeping, keeping
from kdiag.cli.logs import verbose_flag
from kdiag.cli.progress import Progress
from kdiag.cli.saved import opened
from kdiag.errors import UsageError
from kdiag.finding import Report
from kdiag.plan import Plan, plan, plan_for
from kdiag.recorded import report_of
from kdiag.sections import cluster_id
from kdiag.snapshot import Snapshot

if TYPE_CHECKING:
    from kdiag.audit.audit import Audit
    from kdiag.audit.deliver import Target
    from kdiag.audit.written import Written

_EXIT_CODES = """\b
Exit codes:
   0  nothing at or above --fail-on
  10  findings at or above --fail-on that are not waived
   2  a flag or file is wrong
   3  no broker could be reached, or none let us in
   4  no verdict, or with --strict not everything was seen
   5  the report was saved, and could not be delivered
 130  interrupted
   1  crashed"""


@click.command(epilog=_EXIT_CODES)
@flags.connection
@flag("--from", "from_file", type=flags.FILE, metavar="FILE", help="Audit a saved snapshot.")
@flags.selection
@flags.beside
@flags.WAIVERS
@keeping
@delivery
@flags.FAIL_ON
@flag("--strict", is_flag=True, help="Exit with 4 where a check could not see everything.")
@verbose_flag
@click.pass_context
def audit(
    ctx: click.Context,
    connection: Connection,
    selection: Selection,
    beside: Beside,
    waivers: Path | None,
    from_file: Path | None,
    keeping: Keeping,
    delivery: Delivery,
    fail_on: str,
    strict: bool,
) -> None:
    """Write a report for people: what was seen, what follows, what to do, and what was not seen.

    DIR gets report.json first, then report.html and report.md. It only reads the cluster.
    """
    flags.require_one_source(ctx)
    chosen = replace(choose(selection, waivers), fail_on=flags.least_severe(fail_on), strict=strict)
    channels = targets(selection.config, delivery)
    keeping.require_writable()
    snapshot = _snapshot(chosen, connection, beside, selection.config, from_file)
    with Progress("Writing the report"):
        made = _made(chosen, snapshot, connection, keeping)
        written = keeping.written(made)
    click.echo(f"{written.html}: {made.report.verdict.sentence}", err=True)
    failed = _delivered(channels, written, preview=delivery.preview_delivery)
    ctx.exit(NOT_DELIVERED if failed else exit_code(made.report))


def _snapshot(
    chosen: Chosen,
    connection: Connection,
    beside: Beside,
    config: Path | None,
    from_file: Path | None,
) -> Snapshot:
    if from_file is not None:
        return opened(from_file)
    return read_cluster(_plan(chosen.checks), connection, others=asked(beside, config))


def _plan(checks: Sequence[Check]) -> Plan:
    from kdiag.audit.reads import READS

    return plan(checks) | plan_for(READS)


def _made(chosen: Chosen, snapshot: Snapshot, connection: Connection, keeping: Keeping) -> "Audit":
    """Judge a snapshot, beside the audits before it."""
    from kdiag.audit.audit import audit as made_of

    earlier = _earlier(snapshot, keeping)
    judged = replace(chosen, before=earlier[-1] if earlier else None)
    report = judged.judge(snapshot, connection.command_config)
    if keeping.cluster_name:
        report = replace(report, cluster={**report.cluster, "name": keeping.cluster_name})
    return made_of(snapshot, report, chosen.checks, earlier)


def _earlier(snapshot: Snapshot, keeping: Keeping) -> list[Report]:
    """Return the reports before this one, the oldest first; what is damaged is said and left."""
    found = []
    for document in keeping.earlier(cluster_id(snapshot)):
        try:
            report = report_of(document, f"an audit of {document['started_at']}")
        except UsageError as error:
            click.echo(f"kdiag: left out of the history: {error}", err=True)
        else:
            found.append(report)
    return [each for each in found if each.started_at < snapshot.taken_at]


def _delivered(channels: "Sequence[Target]", written: "Written", *, preview: bool) -> bool:
    """Send the report, or print what would be sent; tell whether something failed."""
    if not channels:
        return False
    from kdiag.audit import deliver

    if preview:
        click.echo("\n".join(deliver.preview(channels, written)))
        return False
    failures = deliver.deliver(channels, written)
    for failure in failures:
        click.echo(f"kdiag: not delivered: {failure}", err=True)
    return bool(failures)
