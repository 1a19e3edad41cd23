"""`kdiag config`: the settings in force, and where each of them is from."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import click
from click.core import ParameterSource

from kdiag.cli import screen
from kdiag.cli.flags import CONFIG, flag, names_in_file
from kdiag.cli.logs import verbose_flag
from kdiag.config import COMMANDS


@click.group()
def config() -> None:
    """Show the settings in force."""


@config.command()
@click.argument("command", type=click.Choice(COMMANDS), default="exporter")
@CONFIG
@flag("--origin", is_flag=True, help="Say where each is from.")
@verbose_flag
@click.pass_context
def view(ctx: click.Context, command: str, config: Path | None, origin: bool) -> None:
    """Show the flags of a command as a file would give them.

    A flag on the command line wins over its variable, that over the file, and that over the
    default.
    """
    main = ctx.find_root().command
    assert isinstance(main, click.Group)  # noqa: S101 - `kdiag` itself
    shown = main.get_command(ctx, command)
    if shown is None:
        raise click.UsageError(f"no command {command!r}")
    arguments = [] if config is None else ["--config", str(config)]
    made = shown.make_context(command, arguments, resilient_parsing=True)
    lines = _lines(made, config, has_origin=origin)
    screen.write("\n".join([f"[{command}]", *lines]) + "\n", None)


def _lines(made: click.Context, file: Path | None, *, has_origin: bool) -> Iterator[str]:
    written = {}
    for name, option in names_in_file(made.command).items():
        value = made.params.get(str(option.name))
        text = f"# {name} is not set" if value in (None, ()) else f"{name} = {_toml(value)}"
        written[text] = _origin(made, option, file)
    width = max(map(len, written))
    for text, origin in written.items():
        yield f"{text.ljust(width)}  # {origin}" if has_origin else text


def _origin(made: click.Context, option: click.Parameter, file: Path | None) -> str:
    match made.get_parameter_source(str(option.name)):
        case ParameterSource.ENVIRONMENT:
            return str(option.envvar)
        case ParameterSource.DEFAULT_MAP:
            return str(file)
    return "default"


def _toml(value: Any) -> str:
    if isinstance(value, tuple | list):
        return f"[{', '.join(map(_toml, value))}]"
    if isinstance(value, bool | int | float):
        return json.dumps(value)
    return json.dumps(str(value), ensure_ascii=False)
