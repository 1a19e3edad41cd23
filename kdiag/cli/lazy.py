"""A group of commands that imports a command only when it is used."""

import gc
import importlib
import sys
from collections.abc import Mapping, Sequence
from difflib import get_close_matches
from typing import Any, cast

import click

from kdiag.cli.ending import ended, hung_up


class LazyGroup(click.Group):
    """Commands by where they are defined; errors end as one sentence and an exit code."""

    def __init__(
        self, *args: Any, commands_at: Mapping[str, tuple[str, str]] | None = None, **more: Any
    ) -> None:
        super().__init__(*args, **more)
        self.commands_at = commands_at or {}

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Return the names in the order of the help."""
        return list(self.commands_at)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Import a command."""
        if cmd_name not in self.commands_at:
            return None
        module, _, name = self.commands_at[cmd_name][0].partition(":")
        return cast(click.Command, getattr(importlib.import_module(module), name))

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the list of commands without importing them."""
        with formatter.section("Commands"):
            formatter.write_dl([(name, line) for name, (_, line) in self.commands_at.items()])

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """Find the command, or name the nearest one."""
        word = args[0]
        if word not in self.commands_at and not word.startswith("-"):
            near = get_close_matches(word, list(self.commands_at), n=1, cutoff=0.4)
            hint = f"did you mean {near[0]}?" if near else f"there are {self._names()}"
            raise click.UsageError(f"no command {word!r}; {hint}", ctx)
        return super().resolve_command(ctx, args)

    def _names(self) -> str:
        return ", ".join(self.commands_at)

    def invoke(self, ctx: click.Context) -> Any:
        """Run the command; a reader that went away (`| head`) ends it quietly."""
        try:
            return super().invoke(ctx)
        except BrokenPipeError:
            return ctx.exit(hung_up())

    def main(
        self,
        args: Sequence[str] | None = None,
        prog_name: str | None = None,
        complete_var: str | None = None,
        standalone_mode: bool = True,
        **extra: Any,
    ) -> Any:
        """Run and exit; without standalone_mode raise and return as click does."""

        def run() -> Any:
            return super(LazyGroup, self).main(
                args, "kdiag", complete_var, standalone_mode=False, **extra
            )

        if not standalone_mode:
            return run()
        gc.disable()  # a process of seconds: looking for garbage would take a tenth of them
        return sys.exit(ended(run))
