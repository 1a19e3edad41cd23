"""A directory in which kdiag keeps what moves, so that its next run can look back.

One small snapshot a run, with committed and end offsets and the facts of JMX only. Old ones are
removed; of the others the few that are read are about a minute, five, half an hour, an hour and a
day old.
"""

import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from kdiag.errors import UsageError
from kdiag.sections import Commits, EarlierSamples, Facts, Offsets, cluster_id
from kdiag.snapshot import Section, Snapshot
from kdiag.sources.saved import load, save
from kdiag.sources.starts import starts

_AGES_SECONDS = (60.0, 300.0, 1800.0, 3600.0, 86400.0)
_KEPT = timedelta(days=2)
_MOST = 100
_STAMP = "%Y%m%dT%H%M%SZ"
_NAME = re.compile(r"kdiag-(?P<cluster>[A-Za-z0-9_-]+)-(?P<stamp>\d{8}T\d{6}Z)\.json\.gz")
_KEY = ["topic", "partition"]


def look_back(directory: Path, snapshot: Snapshot) -> Snapshot:
    """Return the snapshot with what earlier runs saw, and keep this one for the next.

    Raises UsageError where the directory, or a file in it, cannot be used.
    """
    cluster = cluster_id(snapshot)
    if cluster is None:
        return snapshot
    samples = earlier_samples(directory, snapshot)
    before = snapshot.earlier or earlier_facts(directory, snapshot)
    remember(directory, snapshot)
    found = (_with_monitored(samples, snapshot), starts(directory, cluster, snapshot))
    more: dict[type[Section], Section] = {type(each): each for each in found if each is not None}
    return replace(snapshot, earlier=before, sections={**snapshot.sections, **more})


def remember(directory: Path, snapshot: Snapshot) -> None:
    """Keep the positions and facts of a snapshot, and remove what is too old.

    Raises UsageError where the directory cannot be written.
    """
    cluster = cluster_id(snapshot)
    if cluster is None:
        return
    try:
        directory.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as error:
        raise UsageError(f"{directory}: cannot be made: {error.strerror}") from None
    kept: tuple[type[Section], ...] = (Commits, Offsets, Facts)
    held = {kind: found for kind, found in snapshot.sections.items() if kind in kept}
    path = directory / f"kdiag-{cluster}-{snapshot.taken_at:{_STAMP}}.json.gz"
    save(Snapshot(taken_at=snapshot.taken_at, sections=held), path)
    for number, (at, old) in enumerate(_files(directory, cluster)):
        if number >= _MOST or at < snapshot.taken_at - _KEPT:
            old.unlink(missing_ok=True)


def earlier_samples(directory: Path, snapshot: Snapshot) -> EarlierSamples | None:
    """Return the positions of some earlier runs on the same cluster; None where there are none.

    Raises UsageError for a file that is not what kdiag writes.
    """
    cluster = cluster_id(snapshot)
    if cluster is None:
        return None
    chosen = _chosen(_files(directory, cluster), snapshot.taken_at)
    frames = [frame for path in chosen if (frame := _positions(load(path))) is not None]
    if not frames:
        return None
    import pandas

    rows = pandas.concat(frames, ignore_index=True)
    return EarlierSamples(rows=rows[list(EarlierSamples.columns)], read_at=snapshot.taken_at)


def _with_monitored(samples: EarlierSamples | None, snapshot: Snapshot) -> EarlierSamples | None:
    """Return the positions of earlier runs together with those that Prometheus told."""
    monitored = snapshot.get(EarlierSamples)
    if samples is None or not isinstance(monitored, EarlierSamples):
        return samples
    import pandas

    parts = [monitored.rows, samples.rows]
    return replace(monitored, rows=pandas.concat(parts, ignore_index=True))


def earlier_facts(directory: Path, snapshot: Snapshot) -> Snapshot | None:
    """Return the facts of the last run on the same cluster, to compare counters with.

    None where there are none. Raises UsageError for a file that is not what kdiag writes.
    """
    cluster = cluster_id(snapshot)
    if cluster is None:
        return None
    for at, path in _files(directory, cluster)[:1]:
        facts = load(path).get(Facts)
        if isinstance(facts, Facts) and at < snapshot.taken_at:
            return Snapshot(taken_at=at, sections={Facts: facts})
    return None


def _files(directory: Path, cluster: str) -> list[tuple[datetime, Path]]:
    """Return the files of a cluster with their times, the newest first."""
    found = []
    for path in directory.glob("kdiag-*.json.gz"):
        match = _NAME.fullmatch(path.name)
        if match and match["cluster"] == cluster:
            at = datetime.strptime(match["stamp"], _STAMP).replace(tzinfo=UTC)
            found.append((at, path))
    return sorted(found, reverse=True)


def _chosen(files: list[tuple[datetime, Path]], now: datetime) -> list[Path]:
    """Return for each age the youngest file that is at least as old."""
    chosen: dict[Path, None] = {}
    for age in _AGES_SECONDS:
        old_enough = (path for at, path in files if (now - at).total_seconds() >= age)
        path = next(old_enough, None)
        if path is not None:
            chosen[path] = None
    return list(chosen)


def _positions(snapshot: Snapshot) -> Any:
    """Return committed and end offsets of a snapshot, joined."""
    commits, ends = snapshot.get(Commits), snapshot.get(Offsets)
    if not isinstance(commits, Commits) or not isinstance(ends, Offsets):
        return None
    logs = ends.rows[[*_KEY, "end_offset"]].dropna()
    rows = commits.rows[["group", *_KEY, "committed_offset"]].dropna().merge(logs, on=_KEY)
    return rows.assign(at=commits.read_at, source="state")
