"""`kdiag snapshot`: save what doctor would read, without names if wanted."""

from pathlib import Path

import click

from kdiag.cli import flags
from kdiag.cli.beside import Asked, asked
from kdiag.cli.diagnosis import choose, expected, read_cluster
from kdiag.cli.flags import Beside, Connection, Selection, flag
from kdiag.cli.logs import verbose_flag
from kdiag.cli.redacting import Redaction, redaction
from kdiag.cli.saved import opened
from kdiag.errors import UsageError
from kdiag.plan import plan
from kdiag.profiles.expect import expecting
from kdiag.snapshot import Snapshot

_FORMAT = """\b
The format is described in kdiag/sources/saved/FORMAT.md of the package."""


@click.command(epilog=_FORMAT)
@flags.connection
@flag("--from", "from_file", type=flags.FILE, metavar="FILE", help="Redact a saved snapshot.")
@flag(
    "--output-file",
    type=flags.FILE,
    metavar="FILE",
    help="Where to; compressed where it ends in .gz.",
)
@redaction
@flag(
    "--describe",
    type=flags.FILE,
    metavar="FILE",
    help="Say what a saved snapshot holds and withholds, and do nothing else.",
)
@flag("--only", multiple=True, metavar="ID|AREA[,...]", help="Read only what these checks need.")
@flag("--skip", multiple=True, metavar="ID|AREA[,...]", help="Leave out what only these need.")
@flags.CONFIG
@flags.PROFILE
@flags.beside
@verbose_flag
@click.pass_context
def snapshot(
    ctx: click.Context,
    connection: Connection,
    from_file: Path | None,
    output_file: Path | None,
    redaction: Redaction,
    describe: Path | None,
    only: tuple[str, ...],
    skip: tuple[str, ...],
    config: Path | None,
    profile: str | None,
    beside: Beside,
) -> None:
    """Save what doctor would read, to judge it elsewhere with `kdiag doctor --from FILE`.

    Values of settings that look like secrets are left out. The file holds names of topics, groups,
    clients and hosts; with --redact all it holds pseudonyms, and doctor finds the same.
    """
    from kdiag.cli.holdings import described
    from kdiag.sources.saved import save

    if describe is not None:
        click.echo(described(describe))
        return
    if output_file is None:
        raise UsageError("--output-file FILE is missing")
    redaction.kinds()
    flags.require_one_source(ctx)
    wanted = expected(profile, config)
    taken = opened(from_file) if from_file else _read(connection, only, skip, asked(beside, config))
    save(redaction(expecting(taken, wanted)), output_file)
    click.echo(f"{described(output_file)}\nJudge it with kdiag doctor --from", err=True)


def _read(
    connection: Connection, only: tuple[str, ...], skip: tuple[str, ...], others: Asked
) -> Snapshot:
    chosen = choose(Selection(only, skip, None, ()))
    return read_cluster(plan(chosen.checks), connection, others=others)
