"""As a monitoring plugin (`-o nagios`): every end is one line on stdout and a code from 0 to 3."""

from collections.abc import Iterator
from contextlib import contextmanager

import click

from kdiag.cli import screen
from kdiag.errors import KdiagError

NAGIOS = "nagios"


@contextmanager
def ending(format_: str) -> Iterator[None]:
    """End what fails as UNKNOWN where a plugin was asked for; else let it pass.

    A plugin that ended with the codes of other commands would say WARNING for a crash, and CRITICAL
    for a wrong file.
    """
    try:
        yield
    except (click.exceptions.Exit, click.Abort):
        raise
    except Exception as error:
        if format_ != NAGIOS:
            raise
        from kdiag.render.nagios import UNKNOWN, line

        known = isinstance(error, KdiagError | click.ClickException)
        what = str(error) if known else f"crashed: {type(error).__name__}: {error}"
        screen.write(line(UNKNOWN, what), None)
        raise click.exceptions.Exit(UNKNOWN) from error
