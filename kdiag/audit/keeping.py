"""Reports in a directory: written whole or not at all, the latest linked, old ones removed.

Files get the permissions that the umask leaves, as those of any program: who may read reports is
for the operator to say (`UMask=` of a systemd unit). Several runs at once take turns.
"""

import contextlib
import fcntl
import json
import logging
import os
import secrets
import shutil
import time
from collections.abc import Callable, Iterator, Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

from kdiag.audit.names import outdated, stamp_of, stem
from kdiag.bounded import read_text
from kdiag.errors import UsageError

log = logging.getLogger(__name__)

SCHEMA_VERSION = 1
"""Of documents that `history` returns: that of the report."""

MOST = 60
"""Earlier reports that are looked at, the newest."""

_TURN_SECONDS = 30
_PAUSE_SECONDS = 0.1


def require_writable(directory: Path) -> None:
    """Make a directory where there is none, and try to write there.

    Raises UsageError where it cannot be made or written.
    """
    with _said(directory):
        directory.mkdir(parents=True, exist_ok=True)
        _temporary(directory, b"").unlink()


def write(directory: Path, name: str, text: str) -> Path:
    """Write a file in a directory whole or not at all, and return where it is.

    Raises UsageError where it cannot be written.
    """
    path = directory / name
    with _said(directory):
        _temporary(directory, text.encode()).replace(path)
    return path


def keep(
    output_dir: Path,
    name: str,
    stamp: datetime,
    files: Mapping[str, str],
    keep_count: int | None = None,
    keep_days: float | None = None,
) -> Mapping[str, Path]:
    """Write the files of a report, link `latest.*` to them, and remove reports that are too old.

    name: of the cluster. files: suffix (`json`, `html`, `md`) → text. keep_count, keep_days: which
    reports of this cluster stay, None for all; other files are never removed. Returns suffix →
    where it is. Raises UsageError where the directory cannot be written.
    """
    require_writable(output_dir)
    with _said(output_dir), _turn(output_dir):
        made = {kind: output_dir / f"{stem(name, stamp)}.{kind}" for kind in files}
        for kind, path in made.items():
            _temporary(output_dir, files[kind].encode()).replace(path)
        for kind, path in made.items():
            _link(path, output_dir / f"latest.{kind}")
        there = [path.name for path in output_dir.iterdir()]
        for old in outdated(there, name, stamp, keep_count, keep_days):
            (output_dir / old).unlink(missing_ok=True)
    return made


def history(
    directory: Path,
    cluster_id: str | None,
    most: int = MOST,
    say: Callable[[str], object] = log.warning,
) -> list[dict[str, Any]]:
    """Return the documents of earlier reports on a cluster, the newest `most`, the oldest first.

    say: gets a sentence for each file that is left out: it cannot be read, is no report, has
    another schema, or is of another cluster. Raises UsageError where the directory cannot be
    listed.
    """
    with _said(directory, "read"):
        paths = [path for path in directory.iterdir() if path.suffix == ".json"]
    dated = [(at, path) for path in paths if (at := stamp_of(path.name)) is not None]
    found = []
    for _, path in sorted(dated, reverse=True):
        try:
            found.append(_document(path, cluster_id))
        except FileNotFoundError:  # another run removed it
            continue
        except _LeftOut as why:
            say(f"{path}: left out of the history: {why}")
        if len(found) == most:
            break
    return sorted(found, key=lambda document: str(document["started_at"]))


class _LeftOut(Exception):
    """Says why a file is no part of the history."""


def _document(path: Path, cluster_id: str | None) -> dict[str, Any]:
    try:
        document = json.loads(read_text(path))
        of_cluster, version = document["cluster"]["id"], document["schema_version"]
        datetime.fromisoformat(document["started_at"])
    except FileNotFoundError:
        raise
    except OSError as error:
        raise _LeftOut(f"it cannot be read: {error.strerror}") from None
    except (ValueError, LookupError, TypeError, RecursionError):
        raise _LeftOut("it is no report of kdiag") from None
    if version != SCHEMA_VERSION:
        raise _LeftOut(f"its schema_version is {version!r}, not {SCHEMA_VERSION}")
    if cluster_id is None or of_cluster != cluster_id:
        raise _LeftOut(f"it is of another cluster ({of_cluster})")
    return dict(document)


def _temporary(directory: Path, content: bytes) -> Path:
    """Write a new file beside those that it shall replace, safe against a loss of power."""
    path = directory / f".kdiag-{secrets.token_hex(8)}.tmp"
    try:
        with path.open("xb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
    except OSError:
        path.unlink(missing_ok=True)
        raise
    return path


def _link(path: Path, latest: Path) -> None:
    """Point `latest.*` to a report, unless it points to a newer one; copy where links cannot be."""
    if latest.is_symlink() and _is_newer(latest.readlink().name, path.name):
        return
    fresh = latest.with_name(f".kdiag-{secrets.token_hex(8)}.tmp")
    try:
        fresh.symlink_to(path.name)
    except (OSError, NotImplementedError):
        shutil.copyfile(path, fresh)
    try:
        fresh.replace(latest)
    except OSError:
        fresh.unlink(missing_ok=True)
        raise


def _is_newer(one: str, than: str) -> bool:
    at, other = stamp_of(one), stamp_of(than)
    return at is not None and other is not None and at > other


@contextlib.contextmanager
def _turn(directory: Path) -> Iterator[None]:
    """Hold the directory while no other run does. Raises UsageError after 30 seconds of waiting."""
    handle = os.open(directory, os.O_RDONLY)
    try:
        _wait(handle, directory)
        yield
    finally:
        os.close(handle)


def _wait(handle: int, directory: Path) -> None:
    deadline = time.monotonic() + _TURN_SECONDS
    while True:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            if time.monotonic() > deadline:
                raise UsageError(
                    f"{directory}: another run has been writing there for {_TURN_SECONDS} s"
                ) from None
            time.sleep(_PAUSE_SECONDS)
        except OSError:  # a file system without locks: each file is still written whole
            return
        else:
            return


@contextlib.contextmanager
def _said(directory: Path, what: str = "written") -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise UsageError(f"{directory}: cannot be {what}: {error.strerror}") from None
