"""`kdiag mcp`: the diagnosis for agents, over stdin and stdout, or over HTTP on this machine."""

import gc
import logging
import math
import os
import shlex
import signal
import threading
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn

import click

from kdiag.cli import flags, logs
from kdiag.cli.beside import asked
from kdiag.cli.diagnosis import Chosen, choose, known_checks, reader
from kdiag.cli.explain import explained
from kdiag.cli.flags import Beside, Connection, Selection, flag
from kdiag.cli.saved import opened
from kdiag.cli.watching import Samples
from kdiag.errors import UsageError
from kdiag.finding import Report
from kdiag.lint.judge import judge
from kdiag.lint.reading import Asked, read_text
from kdiag.recorded import read_report
from kdiag.registry import RULES
from kdiag.snapshot import Snapshot
from kdiag.wire.secret import Secret
from kdiag.wire.secret_sources import of_command, of_file, one_line

if TYPE_CHECKING:
    from mcp.server.lowlevel import Server

log = logging.getLogger(__name__)

_TOKEN = "KDIAG_MCP_TOKEN"  # noqa: S105 - the name of a variable
_FORGET_SECONDS = 300
"""After so long without a question the next reading compares with nothing before it."""

_LEAST_BYTES = 4000

_EXIT_CODES = """\b
Exit codes:
   0  stdin was closed, or ended by SIGTERM or SIGINT
   2  a flag or file is wrong, or an address is taken
   1  crashed"""


@click.command(epilog=_EXIT_CODES)
@flags.connection
@flag("--from", "from_file", type=flags.FILE, metavar="FILE", help="Answer from a saved snapshot.")
@flags.selection
@flags.beside
@flags.WAIVERS
@flag(
    "--baseline",
    type=flags.FILE,
    metavar="FILE",
    help="An earlier report (-o json), to say what changed since.",
)
@flag(
    "--max-age",
    "max_age_seconds",
    type=click.FloatRange(min=0),
    default=30,
    show_default=True,
    metavar="SECONDS",
    help="Questions are answered from one snapshot until it is so old.",
)
@flag(
    "--max-bytes",
    type=click.IntRange(min=_LEAST_BYTES),
    default=40_000,
    show_default=True,
    metavar="BYTES",
    help="Most that one answer takes; the rest is counted, and can be asked for.",
)
@flag(
    "--listen",
    metavar="HOST:PORT",
    help="Serve over HTTP there, on loopback, instead of stdin and stdout; needs a token.",
)
@flag(
    "--token-file",
    type=flags.FILE,
    metavar="FILE",
    help=f"With --listen: the token that clients must send; or {_TOKEN} in the environment.",
)
@flag("--token-command", metavar="COMMAND", help="With --listen: a command that prints the token.")
@logs.verbose_flag
@click.pass_context
def mcp(
    ctx: click.Context,
    connection: Connection,
    from_file: Path | None,
    selection: Selection,
    beside: Beside,
    waivers: Path | None,
    baseline: Path | None,
    max_age_seconds: float,
    max_bytes: int,
    listen: str | None,
    token_file: Path | None,
    token_command: str | None,
) -> None:
    """Answer the questions of an agent that speaks the Model Context Protocol. It only reads.

    Tools: doctor, lag, group, diff, explain, lint, preflight; runbooks are resources. Answers are
    the JSON of the command line, cut to a size.
    """
    flags.require_one_source(ctx)
    if listen is None and (token_file or token_command):
        raise UsageError("a token is for --listen HOST:PORT; stdin and stdout need none")
    token = None if listen is None else _token(token_file, token_command)
    _require_sdk()
    from kdiag.mcp.reading import Readings
    from kdiag.mcp.server import made
    from kdiag.mcp.tools import Desk

    chosen = choose(selection, waivers)
    take = _taker(chosen, connection, beside, selection, from_file)
    gc.enable()  # the command line turns it off, for processes of seconds
    logs.configure(verbose=logs.is_verbose(), is_service=True)
    desk = Desk(
        Readings(
            take,
            lambda snapshot: chosen.judge(snapshot, connection.command_config),
            math.inf if from_file else max_age_seconds,
        ),
        known_checks().checks,
        lambda id_: explained(id_, selection.config, selection.overrides),
        lint_text,
        None if baseline is None else read_report(baseline),
        str(connection.command_config or ""),
    )
    server = made(desk, max_bytes)
    if listen is None or token is None:
        _over_stdio(server)
    else:
        _over_http(server, listen, token)


def _require_sdk() -> None:
    try:
        import mcp.server.lowlevel  # noqa: F401
    except ImportError:
        raise UsageError("kdiag mcp needs the SDK: pip install 'kdiag[mcp]'") from None


def _token(file: Path | None, command: str | None) -> Secret:
    """Return the token that clients must send, given in one of three ways."""
    if file is not None and command is not None:
        raise UsageError("--token-file and --token-command exclude each other")
    if file is not None:
        return Secret(of_file("--token-file", file))
    if command is not None:
        words = shlex.split(command)
        if not words:
            raise UsageError("--token-command is empty")
        return Secret(of_command("--token-command", words))
    if _TOKEN not in os.environ:
        raise UsageError(f"--listen needs a token: --token-file, --token-command, or {_TOKEN}")
    return Secret(one_line(_TOKEN, os.environ[_TOKEN]))


def _taker(
    chosen: Chosen,
    connection: Connection,
    beside: Beside,
    selection: Selection,
    from_file: Path | None,
) -> Callable[[], Snapshot]:
    """Return what takes a snapshot for all questions; wrong settings are said at once."""
    if from_file is not None:
        snapshot = opened(from_file)
        return lambda: snapshot
    from kdiag.mcp.tools import wanted

    read, plan = reader(connection, asked(beside, selection.config)), wanted(chosen.checks)
    return Samples(lambda pause: read(plan, pause), connection.sample_seconds, _FORGET_SECONDS).take


def lint_text(arguments: Mapping[str, Any]) -> Report:
    """Judge the content of a file as `kdiag lint` would, with the defaults of all rules."""
    asked_ = Asked(arguments.get("kind"), goal=arguments.get("goal"))
    files = read_text(arguments["content"], arguments.get("name", "content"), asked_)
    return judge(files, known_checks(RULES).checks, {})


def _over_stdio(server: "Server[Any]") -> None:
    """Serve until stdin is closed. A signal ends it at once: nothing is written anywhere."""
    import anyio
    from mcp.server.stdio import stdio_server

    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, _end)

    async def serve() -> None:
        async with stdio_server() as (read, write):
            await server.run(read, write, server.create_initialization_options())

    anyio.run(serve)


def _end(*_: object) -> NoReturn:
    os._exit(0)  # whoever waits for a line of stdin waits in a thread that nothing else can end


def _over_http(server: "Server[Any]", address: str, token: Secret) -> None:
    """Serve until SIGTERM or SIGINT."""
    from kdiag.mcp.web import Web

    web, ended = Web(server, address, token), threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: ended.set())
    web.start()
    log.info("serves %s; only reads", web.url)
    ended.wait()
    web.stop()
