"""`--validate` of lint: a worker of Connect is asked, after the user was told what that does."""

import asyncio
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from kdiag.cli.limit import Limit
from kdiag.cli.progress import Progress
from kdiag.cli.servers import servers
from kdiag.errors import KdiagError, UsageError
from kdiag.render.layout import clean
from kdiag.snapshot import Missing

if TYPE_CHECKING:
    from kdiag.lint.files import KeyedFile
    from kdiag.lint.validations import Ask, Errors, NoPlugin
    from kdiag.sources.http import Server

_SECONDS = 60.0  # a database that does not answer holds a worker as long as its driver waits


def validating(
    urls: Sequence[str], config: Path | None, limit: Limit, *, is_asked: bool
) -> "Ask | None":
    """Return what asks the worker about a connector; None where that is not wanted.

    Raises UsageError for a URL without --validate, --validate without or with several URLs, or
    what is no URL.
    """
    if not is_asked:
        if urls:
            raise UsageError("--connect: nothing is asked of a worker but with --validate")
        return None
    found = servers("Kafka Connect", "connect", urls, config)
    if len(found) != 1:
        raise UsageError(
            f"--validate needs one --connect URL, or one in [connect] of --config; {len(found)} "
            "are given"
        )
    worker = found[0]

    def ask(file: "KeyedFile") -> "Errors | NoPlugin | Missing":
        left = limit.left
        if not left:
            return Missing(f"{worker.shown} was not asked within {limit.seconds:g} s (--timeout)")
        name = clean(file.name or file.path)
        click.echo(
            f"kdiag: {worker.shown} validates connector {name}: it dials what the connector reads "
            "from or writes to, and stores nothing",
            err=True,
        )
        return _asked(worker, file, min(left, _SECONDS))

    return ask


def _asked(worker: "Server", file: "KeyedFile", seconds: float) -> "Errors | NoPlugin | Missing":
    from kdiag.lint.validations import NoPlugin
    from kdiag.sources.missing import missing
    from kdiag.sources.rest.validation import PluginAbsent, validated

    settings = {"name": file.name or "kdiag-lint", **{s.key: s.value for s in file.settings}}
    try:
        with Progress(f"Waiting for {worker.shown}"):
            return asyncio.run(validated(worker, settings, seconds))
    except UsageError:
        raise
    except PluginAbsent:
        return NoPlugin()
    except KdiagError as error:
        return missing(error)
