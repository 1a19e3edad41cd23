"""`kdiag audit`: the report for people, as files."""

from collections.abc import Sequence
from pathlib import Path

import click

from kdiag.check import Check
from kdiag.cli import flags
from kdiag.cli.beside import asked
from kdiag.cli.diagnosis import Chosen, choose, connect_flags, read_cluster
from kdiag.cli.flags import Beside, Connection, Selection, flag
from kdiag.cli.logs import verbose_flag
from kdiag.plan import Plan, plan, plan_for
from kdiag.snapshot import Snapshot


@click.command()
@flags.connection
@flag("--from", "from_file", type=flags.FILE, metavar="FILE", help="Audit a saved snapshot.")
@flags.selection
@flags.beside
@flag(
    "--output-dir",
    type=click.Path(path_type=Path, file_okay=False),
    metavar="DIR",
    required=True,
    help="Where report.json, report.html and report.md go.",
)
@verbose_flag
@click.pass_context
def audit(
    ctx: click.Context,
    connection: Connection,
    selection: Selection,
    beside: Beside,
    from_file: Path | None,
    output_dir: Path,
) -> None:
    """Write a report for people: what was seen, what follows, what to do, and what was not seen."""
    flags.require_one_source(ctx)
    chosen = choose(selection)
    snapshot = _snapshot(chosen, connection, beside, selection.config, from_file)
    report = chosen.judge(snapshot, connect_flags(connection, snapshot.bootstrap))
    from kdiag.audit import html, markdown
    from kdiag.audit.audit import audit as made_of

    made = made_of(snapshot, report, chosen.checks)
    output_dir.mkdir(parents=True, exist_ok=True)
    import json

    (output_dir / "report.json").write_text(json.dumps(made.document, indent=1))
    (output_dir / "report.html").write_text(html.render(made))
    (output_dir / "report.md").write_text(markdown.render(made))


def _snapshot(
    chosen: Chosen,
    connection: Connection,
    beside: Beside,
    config: Path | None,
    from_file: Path | None,
) -> Snapshot:
    if from_file is not None:
        from kdiag.sources.saved import load

        return load(from_file)
    return read_cluster(_plan(chosen.checks), connection, others=asked(beside, config))


def _plan(checks: Sequence[Check]) -> Plan:
    from kdiag.audit.reads import READS

    return plan(checks) | plan_for(READS)
