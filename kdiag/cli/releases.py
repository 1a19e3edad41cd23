"""How well doctor does on a healthy cluster of each release: nothing false, all reasons true."""

import re
import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from kdiag.errors import KdiagError
from kdiag.finding import CheckResult, Report

if TYPE_CHECKING:
    from kdiag.collect import Limits
    from kdiag.lab.releases import Release
    from kdiag.snapshot import Snapshot

Say = Callable[[str], None]

ABOUT_RELEASES = frozenset({"zookeeper-in-use", "eol-version", "known-bad-version"})
"""Checks that speak of a healthy cluster too, where its release or mode is the fault."""

_ZOOKEEPER_MODES = ("zookeeper", "migrating")
_SETTLE_SECONDS = 5
_LIMIT = re.compile(r"(\d+)\.(\d+) (?:or|and) (newer|older)")
_YOUNG = re.compile(r"it started \d+ s ago")
_MIGRATES = "no broker is on KRaft yet"


@dataclass(frozen=True)
class Tried:
    """What doctor said of a healthy cluster of one release.

    error: why it could not be started or diagnosed. version, mode: as doctor tells them. statuses:
    how many checks ended how. said: all findings, `severity check` each. wrong: what is false among
    them, or should have been there, one sentence each. seconds: of the diagnosis.
    """

    name: str
    kafka: str
    metadata: str
    error: str | None = None
    version: str | None = None
    mode: str | None = None
    statuses: tuple[tuple[str, int], ...] = ()
    said: tuple[str, ...] = ()
    wrong: tuple[str, ...] = ()
    seconds: float = 0.0

    @property
    def is_right(self) -> bool:
        """Tell whether nothing was wrong."""
        return self.error is None and not self.wrong


def try_releases(releases: Iterable["Release"], say: Say, brokers: int = 3) -> Iterator[Tried]:
    """Start a healthy cluster of each release and judge what doctor says of it."""
    for release in releases:
        say(f"Starting {release.name}")
        try:
            report, snapshot = _diagnosed(release, brokers)
        except KdiagError as error:
            yield Tried(release.name, release.kafka, release.metadata, error=str(error))
        else:
            yield judge(release, report, snapshot)


def _diagnosed(release: "Release", brokers: int) -> tuple[Report, "Snapshot"]:
    from kdiag.collect import collect
    from kdiag.diagnose import diagnose
    from kdiag.lab import Lab
    from kdiag.lab.releases import start_work
    from kdiag.plan import plan
    from kdiag.registry import load_checks
    from kdiag.sources.jmx import Access

    checks = load_checks().checks
    usual: dict[str, Any] = {}
    if brokers == 3:
        usual = {"racks": ("r1", "r2", "r3"), "properties": {"min.insync.replicas": "2"}}
    with Lab(
        brokers, kafka=release.kafka, metadata=release.metadata, jmx=("jolokia",), **usual
    ) as lab:
        start_work(lab)
        time.sleep(_SETTLE_SECONDS)
        access = Access(urls=lab.jmx_urls())
        snapshot = collect(plan(checks), lab.bootstrap, limits=_patient(), access=access)
        return diagnose(snapshot, checks, {}), snapshot


def _patient() -> "Limits":
    """Return limits for a busy machine: what is judged is what can be read, not how fast."""
    from kdiag.collect import Limits

    return Limits(timeout_seconds=120, request_timeout_seconds=30)


def judge(release: "Release", report: Report, snapshot: "Snapshot") -> Tried:
    """Return what a report on a healthy cluster of a release says, and what is wrong in it."""
    counted: dict[str, int] = {}
    for result in report.results:
        counted[result.status] = counted.get(result.status, 0) + 1
    return Tried(
        name=release.name,
        kafka=release.kafka,
        metadata=release.metadata,
        version=report.cluster.get("version"),
        mode=report.cluster.get("mode"),
        statuses=tuple(sorted(counted.items())),
        said=tuple(f"{f.finding.severity} {f.check}" for f in report.findings),
        wrong=tuple(_wrong(release, report, snapshot)),
        seconds=report.duration_seconds,
    )


def _wrong(release: "Release", report: Report, snapshot: "Snapshot") -> Iterator[str]:
    version, mode = report.cluster.get("version"), report.cluster.get("mode")
    if version != ".".join(map(str, release.number)):
        yield f"version {version}"
    if mode != release.metadata:
        yield f"mode {mode}"
    found = {item.check for item in report.findings}
    if ("zookeeper-in-use" in found) != (release.metadata in _ZOOKEEPER_MODES):
        yield f"zookeeper-in-use {'said' if 'zookeeper-in-use' in found else 'not said'}"
    for item in report.findings:
        if item.check not in ABOUT_RELEASES and item.finding.severity != "info":
            yield f"{item.check}: {item.finding.symptom}"
    for result in report.results:
        if not is_true(result, release):
            yield f"{result.check} is {result.status}: {result.reason} ({result.needs})"
    yield from _unread(release, snapshot)


def is_true(result: CheckResult, release: "Release") -> bool:
    """Tell whether a result without an answer says why, and whether the release bears it out.

    True are: a release or mode that this one is not, a flag that was not given, a process that is
    young, and that no broker of a migration is on KRaft yet.
    """
    if result.status in ("ok", "problem"):
        return True
    if result.status == "not_applicable":
        return bool(result.reason)
    told = f"{result.reason} {result.needs or ''}"
    if (result.needs or "").startswith("--"):
        return True
    if _MIGRATES in told:
        return release.metadata == "migrating"
    if _YOUNG.search(told) or (" on KRaft has" in told and release.metadata != "kraft"):
        return True
    limits = _LIMIT.findall(told)
    return bool(limits) and all(_excludes(limit, release.number) for limit in limits)


def _excludes(limit: tuple[str, str, str], number: tuple[int, int]) -> bool:
    major, minor, kind = limit
    bound = (int(major), int(minor))
    return number < bound if kind == "newer" else number > bound


def _unread(release: "Release", snapshot: "Snapshot") -> Iterator[str]:
    """Yield what a healthy group and a producer with transactions must show, and did not."""
    from kdiag.lab.releases import GROUP, TOPIC, TRANSACTIONAL_ID
    from kdiag.sections import (
        CommitHistory,
        Commits,
        GenerationHistory,
        Members,
        Offsets,
        Transactions,
    )

    shown = (
        (Members, "group", GROUP),
        (Commits, "group", GROUP),
        (CommitHistory, "group", GROUP),
        (GenerationHistory, "group", GROUP),
        (Offsets, "topic", TOPIC),
        *(((Transactions, "transactional_id", TRANSACTIONAL_ID),) * (release.number >= (3, 0))),
    )
    for section, column, value in shown:
        held = snapshot.sections.get(section)
        rows = getattr(held, "rows", None)
        if rows is None:
            yield f"{section.__name__}: {held}"
        elif not (rows[column] == value).any():
            yield f"{section.__name__} without {value}"


def rows(tried: Iterable[Tried]) -> Iterator[str]:
    """Yield the lines of a table of releases."""
    yield "| Kafka | Metadata | Told | Checks | Said | Wrong | Seconds |"
    yield "|---|---|---|---|---|---|---|"
    for one in tried:
        told = f"{one.version}, {one.mode}"
        ended = ", ".join(f"{number} {status.replace('_', ' ')}" for status, number in one.statuses)
        wrong = one.error or "; ".join(one.wrong)
        cells = (one.kafka, one.metadata, told, ended, ", ".join(one.said), wrong)
        yield f"| {' | '.join(cells)} | {one.seconds:.0f} |"
