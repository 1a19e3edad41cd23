"""`kdiag lab`: real brokers on this machine, which stay until `kdiag lab down`."""

import click

from kdiag.cli.lazy import LazyGroup
from kdiag.cli.logs import verbose_flag

_HERE = "kdiag.cli.lab_commands"

_COMMANDS = {
    "up": (f"{_HERE}:up", "Start a lab that stays until down."),
    "status": (f"{_HERE}:status", "Show what runs and what has been broken."),
    "break": (
        f"{_HERE}:break_",
        "Inject a fault or a look-alike of one; without a name list them.",
    ),
    "heal": (f"{_HERE}:heal", "Undo one fault, or all of them."),
    "score": (f"{_HERE}:score", "Try all faults and look-alikes, and judge what doctor says."),
    "logs": (f"{_HERE}:logs", "Show the end of a broker's log."),
    "down": (f"{_HERE}:down", "End the lab and remove what it wrote."),
}


@click.group(cls=LazyGroup, commands_at=_COMMANDS)
@verbose_flag
def lab() -> None:
    """Run real brokers on this machine, break and heal them. Everything listens on loopback."""
