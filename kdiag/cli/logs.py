"""Logging of the command line: silent, or with -v everything on stderr."""

import logging
import sys
from collections.abc import Callable
from typing import Any, TypeVar

import click

_NAME = "kdiag"

F = TypeVar("F", bound=Callable[..., Any])


def configure(*, verbose: bool, is_service: bool = False) -> None:
    """Send log records and warnings to stderr, or nowhere.

    is_service: what runs for long logs what it does, with less than -v.
    """
    root = logging.getLogger()
    for handler in [handler for handler in root.handlers if handler.get_name() == _NAME]:
        root.removeHandler(handler)
    shows = verbose or is_service
    made = logging.StreamHandler(sys.stderr) if shows else logging.NullHandler()
    made.set_name(_NAME)
    made.setFormatter(logging.Formatter("%(asctime)s %(name)s %(levelname)s %(message)s"))
    root.addHandler(made)
    level = logging.DEBUG if verbose else logging.INFO if is_service else logging.NOTSET
    logging.getLogger(_NAME).setLevel(level)
    logging.captureWarnings(capture=not verbose)


def is_verbose() -> bool:
    """Tell whether -v was given."""
    return logging.getLogger(_NAME).level == logging.DEBUG


def verbose_flag(function: F) -> F:
    """Add -v to a command."""

    def turn_on(_context: click.Context, _parameter: click.Parameter, value: bool) -> None:
        if value:
            configure(verbose=True)

    return click.option(
        "-v",
        "--verbose",
        is_flag=True,
        is_eager=True,
        expose_value=False,
        callback=turn_on,
        envvar="KDIAG_VERBOSE",
        help="Log to stderr, and show the traceback of a crash.",
    )(function)
