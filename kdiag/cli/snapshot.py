"""`kdiag snapshot`: save what doctor would read."""

from pathlib import Path

import click

from kdiag.cli import flags
from kdiag.cli.beside import asked
from kdiag.cli.diagnosis import choose, read_cluster
from kdiag.cli.flags import Beside, Connection, Selection, flag
from kdiag.cli.logs import verbose_flag
from kdiag.plan import plan
from kdiag.wording import size


@click.command()
@flags.connection
@flag(
    "--output-file",
    type=flags.FILE,
    metavar="FILE",
    required=True,
    help="Where to; compressed where it ends in .gz.",
)
@flag("--only", multiple=True, metavar="ID|AREA[,...]", help="Read only what these checks need.")
@flag("--skip", multiple=True, metavar="ID|AREA[,...]", help="Leave out what only these need.")
@flags.CONFIG
@flags.beside
@verbose_flag
def snapshot(
    connection: Connection,
    output_file: Path,
    only: tuple[str, ...],
    skip: tuple[str, ...],
    config: Path | None,
    beside: Beside,
) -> None:
    """Save what doctor would read, to judge it elsewhere with `kdiag doctor --from FILE`.

    Values of settings that look like secrets are left out. The file holds names of topics, groups,
    clients and hosts.
    """
    from kdiag.sources.saved import save

    chosen = choose(Selection(only, skip, None, ()))
    others = asked(beside, config)
    save(read_cluster(plan(chosen.checks), connection, others=others), output_file)
    written = size(output_file.stat().st_size)
    click.echo(f"{output_file}: {written}; judge it with kdiag doctor --from", err=True)
