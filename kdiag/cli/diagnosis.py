"""From flags to a report: choose the checks, read the cluster or a file, judge."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import click

from kdiag.baseline import only_new
from kdiag.check import Check
from kdiag.cli.beside import Asked
from kdiag.cli.flags import Connection, Selection
from kdiag.cli.progress import Progress
from kdiag.cli.saved import opened
from kdiag.cli.waiving import read
from kdiag.config import read_tunables
from kdiag.diagnose import diagnose
from kdiag.engine import Tunables
from kdiag.errors import UsageError
from kdiag.finding import Report, Severity
from kdiag.plan import Plan, plan
from kdiag.profiles.expect import expecting
from kdiag.profiles.profile import NONE as NOTHING
from kdiag.profiles.profile import Profile, joined
from kdiag.profiles.read import objectives, read_profile
from kdiag.recorded import require_one_cluster
from kdiag.registry import CHECKS, Registry, load_checks
from kdiag.snapshot import Snapshot
from kdiag.waivers.ledger import NONE, Waivers

if TYPE_CHECKING:
    from kdiag.collect import OnFirstSample
    from kdiag.wire.settings import ClientSettings


@dataclass(frozen=True)
class Chosen:
    """The checks to run, with the tunables that differ from their defaults, and what fails.

    waivers: of the file that was given, none without one. before: an earlier report to compare
    with; only_new: leave out what it has. profile: what is expected of topics and groups.
    """

    checks: tuple[Check, ...]
    tunables: Tunables
    fail_on: Severity | None = "critical"
    strict: bool = False
    waivers: Waivers = NONE
    before: Report | None = None
    only_new: bool = False
    profile: Profile = NOTHING

    def judge(self, snapshot: Snapshot, command_config: Path | None = None) -> Report:
        """Return the report on a snapshot.

        Raises UsageError where it is of another cluster than the report to compare with.
        """
        snapshot = expecting(snapshot, self.profile)
        file = str(command_config or "")
        report = diagnose(snapshot, self.checks, self.tunables, file, self.waivers, self.before)
        report = replace(report, fail_on=self.fail_on, strict=self.strict)
        if self.before is None:
            return report
        require_one_cluster(self.before, report)
        return only_new(report) if self.only_new else report


def choose(selection: Selection, waivers: Path | None = None) -> Chosen:
    """Return the checks that the flags select, the waivers of a file, and what is expected.

    Raises UsageError for what does not exist, or is wrong in a file.
    """
    registry = known_checks()
    checks = registry.select(list(words(selection.only)), list(words(selection.skip)))
    if not checks:
        raise UsageError("--only and --skip leave no check (kdiag checks lists them)")
    tunables = read_tunables(selection.config, selection.overrides, registry.checks)
    return Chosen(
        checks,
        tunables,
        waivers=read(waivers, [each.id for each in registry.checks]),
        profile=expected(selection.profile, selection.config),
    )


def expected(profile: str | None, config: Path | None) -> Profile:
    """Return what a profile and the objectives of a config file expect; those of the file first.

    Raises UsageError, with file and line, for what is wrong in either.
    """
    own = NOTHING if config is None else Profile(lag=objectives(config))
    return joined([own, *([] if profile is None else [read_profile(profile)])])


def known_checks(package: str = CHECKS) -> Registry:
    """Return all checks, or rules; plug-ins that could not be loaded are said on stderr."""
    registry = load_checks(package)
    for name, error in registry.failed:
        click.echo(f"kdiag: the plug-in {name} could not be loaded: {error}", err=True)
    return registry


def words(values: Sequence[str]) -> Iterator[str]:
    """Yield the words of repeated flags and of comma lists."""
    for value in values:
        yield from (word.strip() for word in value.split(",") if word.strip())


def report_of_file(chosen: Chosen, path: Path, names: Path | None = None) -> Report:
    """Return the report on a saved snapshot; names: a file of names to put back in."""
    return chosen.judge(opened(path, names))


FirstPage = Callable[[Report, str], None]
"""Shows a first report, and a sentence that says what it still waits for."""


def report_of_cluster(
    chosen: Chosen,
    connection: Connection,
    first_page: FirstPage | None = None,
    others: Asked | None = None,
) -> Report:
    """Read a cluster and return the report on it.

    While it waits for a second sample, the first report is shown, or else its verdict is said.
    """

    def look(progress: Progress, snapshot: Snapshot, question: str) -> None:
        waits = f"Waiting {connection.sample_seconds:g} s for a second sample to tell {question}."
        report = chosen.judge(snapshot, connection.command_config)
        if first_page is None:
            seconds = f"{snapshot.duration_seconds:.1f} s"
            progress.say(f"First look after {seconds}: {report.verdict.sentence} {waits}")
        else:
            progress.end()
            first_page(report, waits)

    snapshot = read_cluster(plan(chosen.checks), connection, look, others)
    return chosen.judge(snapshot, connection.command_config)


def read_cluster(
    plan: Plan,
    connection: Connection,
    on_first_sample: Callable[[Progress, Snapshot, str], None] | None = None,
    others: Asked | None = None,
) -> Snapshot:
    """Read what a plan wants.

    Raises UsageError where no address is given, ConnectError where no broker lets us in.
    """
    read = reader(connection, others)
    with Progress(f"Reading from {read.bootstrap}") as progress:
        first = None if on_first_sample is None else partial(on_first_sample, progress)
        return read(plan, connection.sample_seconds, first)


@dataclass(frozen=True)
class Reader:
    """Reads a cluster, again and again if wanted."""

    bootstrap: str
    settings: "ClientSettings"
    connection: Connection
    others: Asked | None

    def __call__(
        self,
        plan: Plan,
        sample_seconds: float,
        on_first_sample: "OnFirstSample | None" = None,
    ) -> Snapshot:
        """Read what a plan wants. Raises ConnectError where no broker lets us in."""
        from kdiag.collect import Limits, collect

        snapshot = collect(
            plan,
            self.bootstrap,
            self.settings,
            Limits(
                sample_seconds=sample_seconds,
                timeout_seconds=self.connection.timeout_seconds,
                request_timeout_seconds=self.connection.request_timeout_seconds,
                history_seconds=self.connection.history_seconds,
                history_bytes=self.connection.history_mib << 20,
                sample_records=self.connection.sample_records,
            ),
            on_first_sample,
            None if self.others is None else self.others.access,
            None if self.others is None else self.others.prometheus,
            None if self.others is None else self.others.services,
        )
        return _with_earlier(snapshot, self.connection.state_dir)


def reader(connection: Connection, others: Asked | None = None) -> Reader:
    """Return what reads the cluster that flags and client.properties name.

    Raises UsageError where no address is given, or the file is wrong.
    """
    from kdiag.wire.settings import read_settings

    settings = read_settings(connection.command_config)
    for warning in settings.warnings:
        click.echo(f"kdiag: {warning}", err=True)
    bootstrap = connection.bootstrap_server or settings.bootstrap_servers
    if not bootstrap:
        raise UsageError("--bootstrap-server HOST:PORT is missing")
    return Reader(bootstrap, settings, connection, others)


def _with_earlier(snapshot: Snapshot, directory: Path | None) -> Snapshot:
    """Add what earlier runs have kept in a directory, and keep this one there.

    What is wrong with the directory is said, and costs only the look back.
    """
    if directory is None:
        return snapshot
    from kdiag.sources.state import look_back

    try:
        return look_back(directory, snapshot)
    except UsageError as error:
        click.echo(f"kdiag: {error}", err=True)
        return snapshot
