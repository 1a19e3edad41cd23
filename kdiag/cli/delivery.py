"""Where a report goes when it is saved: flags, and the tables in [audit] of the config file."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar, cast

import click

from kdiag.cli.flags import FILE, bundled, flag
from kdiag.config import SUBTABLES, nearest, read_table
from kdiag.errors import UsageError

if TYPE_CHECKING:
    from kdiag.audit.deliver import Target

F = TypeVar("F", bound=Callable[..., Any])

_DAY_SECONDS = 86400


@dataclass(frozen=True)
class Delivery:
    """Where a report goes besides the tables of the file, and how often there is one."""

    textfile: Path | None
    pushgateway: str | None
    period_seconds: float
    preview_delivery: bool


_DELIVERY = (
    flag(
        "--textfile",
        type=FILE,
        metavar="FILE",
        help="Write metrics of the audit there, for the textfile collector of node_exporter.",
    ),
    flag("--pushgateway", metavar="URL", help="Push them to this Pushgateway."),
    flag(
        "--period-seconds",
        type=click.FloatRange(min=0, min_open=True),
        default=_DAY_SECONDS,
        show_default=True,
        metavar="SECONDS",
        help="How often the audit is run, for the alert on one that is overdue.",
    ),
    flag(
        "--preview-delivery",
        is_flag=True,
        help="Save the report and print what would be sent where, without secrets; send nothing.",
    ),
)


def delivery(function: F) -> F:
    """Add the flags of delivery; the command gets them as `delivery`."""
    return cast(F, bundled(function, "delivery", Delivery, _DELIVERY))


def targets(config: Path | None, flags: Delivery) -> "Sequence[Target]":
    """Return the channels that the file and the flags name; a flag beats the file.

    Everything about them is looked at: call it before the cluster is read. Raises UsageError for
    what is wrong in a table, a secret that cannot be had, a package that is missing.
    """
    found = _tables(config)
    home = Path() if config is None else config.parent
    given = _given(flags)
    if not found and not given:
        return ()
    from kdiag.cli.channels import makers

    made = []
    for name, make in makers(flags.period_seconds).items():
        table = {**found.get(name, {}), **given.get(name, {})}
        if name in given or name in found:
            where = f"--{name}" if name in given else f"{config}: [audit.{name}]"
            made.append(make(where, table, home))
    return made


def _given(flags: Delivery) -> Mapping[str, Mapping[str, str]]:
    """Return name of the table → what flags give in its place; a path of a flag is as typed."""
    given = {}
    if flags.pushgateway:
        given["pushgateway"] = {"url": flags.pushgateway}
    if flags.textfile:
        given["textfile"] = {"path": str(flags.textfile.absolute())}
    return given


def _tables(config: Path | None) -> Mapping[str, Mapping[str, Any]]:
    """Return the tables in [audit] that are channels."""
    audit = {} if config is None else read_table(config, "audit")
    if not isinstance(audit, Mapping):
        raise UsageError(f"{config}: audit must be a table, [audit]")
    known = SUBTABLES["audit"]
    for name, table in audit.items():
        if name in known and not isinstance(table, Mapping):
            raise UsageError(f"{config}: audit.{name} must be a table, [audit.{name}]")
        if name not in known and isinstance(table, Mapping):
            raise UsageError(f"{config}: [audit.{name}] is no channel{nearest(name, known)}")
    return {name: table for name, table in audit.items() if name in known}
