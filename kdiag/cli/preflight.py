"""`kdiag preflight`: what a change would break, before it is made."""

import click

from kdiag.cli.lazy import LazyGroup
from kdiag.cli.logs import verbose_flag

_COMMANDS = {
    "reassign": ("kdiag.cli.reassign:reassign", "Say what a reassignment would break."),
    "restart": ("kdiag.cli.restart:restart", "Say whether a broker or rack can be restarted now."),
    "upgrade": ("kdiag.cli.upgrade:upgrade", "Say what stands before a newer release."),
}


@click.group(cls=LazyGroup, commands_at=_COMMANDS)
@verbose_flag
def preflight() -> None:
    """Say what a change would break, before it is made. It only reads."""
