"""From flags to a report: choose the checks, read the cluster or a file, judge."""

import shlex
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import click

from kdiag.check import Check
from kdiag.cli.flags import Connection, Selection
from kdiag.cli.progress import Progress
from kdiag.config import read_tunables
from kdiag.diagnose import diagnose
from kdiag.engine import Tunables
from kdiag.errors import UsageError
from kdiag.finding import Report
from kdiag.plan import plan
from kdiag.registry import Registry, load_checks
from kdiag.snapshot import Snapshot

_NO_ADDRESS = "HOST:PORT"


@dataclass(frozen=True)
class Chosen:
    """The checks to run, with the tunables that differ from their defaults."""

    checks: tuple[Check, ...]
    tunables: Tunables

    def judge(self, snapshot: Snapshot, connect_flags: str = "") -> Report:
        """Return the report on a snapshot."""
        flags = connect_flags or snapshot.bootstrap or _NO_ADDRESS
        return diagnose(snapshot, self.checks, self.tunables, flags)


def choose(selection: Selection) -> Chosen:
    """Return the checks that the flags select. Raises UsageError for what does not exist."""
    registry = known_checks()
    checks = registry.select(list(words(selection.only)), list(words(selection.skip)))
    if not checks:
        raise UsageError("--only and --skip leave no check (kdiag checks lists them)")
    tunables = read_tunables(selection.config, selection.overrides, registry.checks)
    return Chosen(checks, tunables)


def known_checks() -> Registry:
    """Return all checks; plug-ins that could not be loaded are said on stderr."""
    registry = load_checks()
    for name, error in registry.failed:
        click.echo(f"kdiag: the plug-in {name} could not be loaded: {error}", err=True)
    return registry


def words(values: Sequence[str]) -> Iterator[str]:
    """Yield the words of repeated flags and of comma lists."""
    for value in values:
        yield from (word.strip() for word in value.split(",") if word.strip())


def report_of_file(chosen: Chosen, path: Path) -> Report:
    """Return the report on a saved snapshot."""
    from kdiag.sources.saved import load

    return chosen.judge(load(path))


def report_of_cluster(chosen: Chosen, connection: Connection) -> Report:
    """Read a cluster and return the report on it; a first look is said while it waits."""

    def look(progress: Progress, snapshot: Snapshot, question: str) -> None:
        verdict = chosen.judge(snapshot).verdict
        progress.say(
            f"First look after {snapshot.duration_seconds:.1f} s: {verdict.sentence} "
            f"Waiting {connection.sample_seconds:g} s for a second sample to tell {question}."
        )

    snapshot = read_cluster(chosen.checks, connection, look)
    return chosen.judge(snapshot, _connect_flags(connection, snapshot.bootstrap))


def read_cluster(
    checks: Sequence[Check],
    connection: Connection,
    on_first_sample: Callable[[Progress, Snapshot, str], None] | None = None,
) -> Snapshot:
    """Read what the checks need.

    Raises UsageError where no address is given, ConnectError where no broker lets us in.
    """
    from kdiag.collect import Limits, collect
    from kdiag.wire.settings import read_settings

    file = connection.command_config
    settings = None if file is None else read_settings(file)
    for warning in settings.warnings if settings else ():
        click.echo(f"kdiag: {warning}", err=True)
    bootstrap = connection.bootstrap_server or (settings.bootstrap_servers if settings else None)
    if not bootstrap:
        raise UsageError("--bootstrap-server HOST:PORT is missing")
    with Progress(f"Reading from {bootstrap}") as progress:
        return collect(
            plan(checks),
            bootstrap,
            settings,
            Limits(
                sample_seconds=connection.sample_seconds,
                timeout_seconds=connection.timeout_seconds,
                request_timeout_seconds=connection.request_timeout_seconds,
                history_seconds=connection.history_seconds,
                history_bytes=connection.history_mib << 20,
            ),
            None if on_first_sample is None else partial(on_first_sample, progress),
        )


def _connect_flags(connection: Connection, bootstrap: str) -> str:
    """Return what the user's own Kafka commands need behind --bootstrap-server."""
    if connection.command_config is None:
        return bootstrap
    return f"{bootstrap} --command-config {shlex.quote(str(connection.command_config))}"
