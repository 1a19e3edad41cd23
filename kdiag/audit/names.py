"""How the files of a report are named: `kdiag-<cluster>-<UTC>.html`, and which names are ours."""

import hashlib
import re
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime, timedelta

KINDS = ("json", "html", "md")
"""Kinds of file that a report has, by their suffix."""

_STAMP = "%Y%m%dT%H%M%SZ"
_NAME = re.compile(r"kdiag-(?P<cluster>.+)-(?P<stamp>\d{8}T\d{6}Z)\.(?:json|html|md)")
_PLAIN = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,99}")
_LONGEST = 80


def stem(cluster: str, at: datetime) -> str:
    """Return the name of a report without its suffix."""
    return f"kdiag-{label(cluster)}-{at.astimezone(UTC):{_STAMP}}"


def label(cluster: str) -> str:
    """Return a cluster as names of files have it: no two clusters have the same.

    A name with characters that do not belong into one is cut, and told apart by a hash.
    """
    if _PLAIN.fullmatch(cluster):
        return cluster
    readable = re.sub(r"[^A-Za-z0-9._-]+", "_", cluster)[:_LONGEST].strip("._-")
    digest = hashlib.sha256(cluster.encode()).hexdigest()[:8]
    return f"{readable or 'cluster'}-{digest}"


def stamp_of(name: str, cluster: str | None = None) -> datetime | None:
    """Return when a file was written, by its name; None where it is no report of the cluster.

    cluster: None for a report of any.
    """
    match = _NAME.fullmatch(name)
    if match is None or (cluster is not None and match["cluster"] != label(cluster)):
        return None
    try:
        return datetime.strptime(match["stamp"], _STAMP).replace(tzinfo=UTC)
    except ValueError:
        return None


def outdated(
    names: Iterable[str],
    cluster: str,
    now: datetime,
    keep_count: int | None,
    keep_days: float | None,
) -> Sequence[str]:
    """Return the names of reports of a cluster that are not kept any more, whole reports each.

    Kept are the newest keep_count reports that are no older than keep_days; None is no limit. The
    newest is always kept. What is not a report of this cluster is never returned.
    """
    of_stamp: dict[datetime, list[str]] = {}
    for name in names:
        if (at := stamp_of(name, cluster)) is not None:
            of_stamp.setdefault(at, []).append(name)
    oldest = None if keep_days is None else now - timedelta(days=keep_days)
    gone = [
        at
        for number, at in enumerate(sorted(of_stamp, reverse=True))
        if number > 0
        and (
            (keep_count is not None and number >= keep_count)
            or (oldest is not None and at < oldest)
        )
    ]
    return [name for at in gone for name in sorted(of_stamp[at])]
