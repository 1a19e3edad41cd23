"""`kdiag group`: one group, its members, and what it did."""

from functools import partial

import click

from kdiag.cli import flags, looking
from kdiag.cli.flags import Connection
from kdiag.cli.logs import verbose_flag
from kdiag.cli.looking import Look
from kdiag.cli.output import Output, output
from kdiag.pages.group import SECTIONS, group_page
from kdiag.render import group_json, group_text


@click.command(epilog=looking.EXIT_CODES)
@click.argument("name")
@flags.connection
@looking.look
@output
@verbose_flag
@click.pass_context
def group(
    ctx: click.Context, name: str, connection: Connection, look: Look, output: Output
) -> None:
    """Show a group: its members, its lag, and its past rebalances and commits.

    NAME is a name, or a glob pattern that only one group fits.
    """
    make = partial(group_page, name=name)
    renderers = (group_text.render, group_json.render)
    ctx.exit(looking.show(ctx, look, output, connection, SECTIONS, make, *renderers))
