"""How a command ends: one sentence on stderr, one exit code, no traceback unless -v."""

import errno
import os
import sys
import traceback
from collections.abc import Callable
from pathlib import Path
from typing import Any

import click

from kdiag.cli.logs import configure, is_verbose
from kdiag.errors import CheckError, ConnectError, DeliveryError, KdiagError, RequestError

OK = 0
CRASHED = 1
USAGE = 2
NO_CONNECTION = 3
INCOMPLETE = 4
NOT_DELIVERED = 5
FOUND = 10
INTERRUPTED = 130
HUNG_UP = 141
"""What a shell reports for a program whose reader went away."""

_FULL = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EIO)


def ended(run: Callable[[], Any]) -> int:
    """Run a command and return its exit code; what went wrong is said on stderr."""
    _open_streams()
    configure(verbose=False)
    try:
        code = run()
    except (click.Abort, KeyboardInterrupt):
        return _said("interrupted", INTERRUPTED)
    except click.ClickException as error:
        return _said(_usage(error), USAGE)
    except KdiagError as error:
        return _said(str(error), _code(error))
    except Exception as error:  # noqa: BLE001 - said in one line, and in full with -v
        return _full(error) if _is_full(error) else _crashed(error)
    return code if isinstance(code, int) else OK


def hung_up() -> int:
    """Let nothing more be written to a reader that went away; return the exit code."""
    _write_nowhere()
    return HUNG_UP


def _write_nowhere() -> None:
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, sys.stdout.fileno())


def _open_streams() -> None:
    """Put /dev/null where a stream was closed: else the first socket would take its number."""
    for name in ("stdin", "stdout", "stderr"):
        if getattr(sys, name) is None:
            setattr(sys, name, Path(os.devnull).open("r" if name == "stdin" else "w"))  # noqa: SIM115


def _is_full(error: Exception) -> bool:
    return isinstance(error, OSError) and error.errno in _FULL


def _full(error: Exception) -> int:
    """Say that what was to be written has no room, and leave the rest of it."""
    where, why = getattr(error, "filename", None), getattr(error, "strerror", None)
    if where is None:
        _write_nowhere()
    return _said(f"{where or 'stdout'}: cannot be written: {why}", USAGE)


def _said(sentence: str, code: int) -> int:
    click.echo(f"kdiag: {sentence}", err=True)
    return code


def _usage(error: click.ClickException) -> str:
    message = error.format_message().rstrip(".")
    context = getattr(error, "ctx", None)
    return f"{message} ({context.command_path} --help)" if context else message


def _code(error: KdiagError) -> int:
    match error:
        case ConnectError() | RequestError():
            return NO_CONNECTION
        case DeliveryError():
            return NOT_DELIVERED
        case CheckError():
            return CRASHED
    return USAGE


def _crashed(error: Exception) -> int:
    if is_verbose():
        traceback.print_exception(error)
        return CRASHED
    what = " ".join(f"{type(error).__name__}: {error}".split())
    return _said(f"crashed: {what}; run with -v for the traceback", CRASHED)
