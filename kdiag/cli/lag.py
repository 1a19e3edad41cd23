"""`kdiag lag`: how far each group is behind."""

from functools import partial
from typing import get_args

import click

from kdiag.cli import flags, looking
from kdiag.cli.flags import Connection, flag
from kdiag.cli.logs import verbose_flag
from kdiag.cli.looking import Look
from kdiag.cli.output import Output, output
from kdiag.pages.lag import SECTIONS, Order, Wanted, lag_page
from kdiag.render import lag_json, lag_text


@click.command(epilog=looking.EXIT_CODES)
@click.argument("group", required=False)
@flags.connection
@looking.look
@output
@flag("--topic", metavar="PATTERN", help="Only topics that fit; a name or a glob pattern.")
@flag("--partitions", "by_partition", is_flag=True, help="A row a partition, with its member.")
@flag(
    "--sort",
    "order",
    type=click.Choice(get_args(Order)),
    default="seconds",
    show_default=True,
    help="By age of the oldest unread record, by lag in records, or by name.",
)
@flag(
    "--min-lag",
    "min_lag_records",
    type=click.IntRange(min=0),
    default=0,
    metavar="RECORDS",
    help="Only rows with at least so much lag, or unknown lag.",
)
@flag("--limit", type=click.IntRange(min=1), metavar="ROWS", help="Show at most so many rows.")
@verbose_flag
@click.pass_context
def lag(
    ctx: click.Context,
    group: str | None,
    connection: Connection,
    look: Look,
    output: Output,
    topic: str | None,
    by_partition: bool,
    order: Order,
    min_lag_records: int,
    limit: int | None,
) -> None:
    """Show how far each group is behind on each topic, in records and seconds, and why.

    GROUP is a name or a glob pattern; with it there is a row a partition.
    """
    wanted = Wanted(
        group=group,
        topic=topic,
        by_partition=by_partition or group is not None,
        min_lag_records=min_lag_records,
        limit=limit,
        order=order,
    )
    make = partial(lag_page, wanted=wanted)
    renderers = (lag_text.render, lag_json.render)
    ctx.exit(looking.show(ctx, look, output, connection, SECTIONS, make, *renderers))
