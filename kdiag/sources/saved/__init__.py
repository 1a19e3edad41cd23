"""Snapshots in a file: what was read once can be judged again, elsewhere and later.

One JSON document, compressed where the name ends in `.gz` (and recognised by its first bytes when
it is read). It holds every raw section with its columns, times in nanoseconds, so that a loaded
snapshot equals the saved one; values of settings that look like secrets are left out. `FORMAT.md`
beside this file describes it.
"""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from kdiag.errors import UsageError
from kdiag.snapshot import Snapshot
from kdiag.sources.saved.decode import decoded
from kdiag.sources.saved.document import Origin, document_at
from kdiag.sources.saved.encode import FORMAT, SCHEMA_VERSION, encoded
from kdiag.sources.saved.unpack import Malformed
from kdiag.sources.saved.write import write_document

_ORIGIN = Origin(FORMAT, "a snapshot", "a snapshot comes from kdiag snapshot", SCHEMA_VERSION)


@dataclass(frozen=True)
class Contents:
    """A snapshot, and what its file says of itself.

    size_bytes: as it lies there. saved_at: ISO 8601, None in files of the first schema.
    """

    snapshot: Snapshot
    size_bytes: int
    schema_version: int
    kdiag: str
    saved_at: str | None


def save(snapshot: Snapshot, path: Path) -> None:
    """Write a snapshot, readable by its owner only; a file of that name is replaced at once.

    Raises UsageError where the file cannot be written.
    """
    write_document(encoded(snapshot), path)


def load(path: Path) -> Snapshot:
    """Return the snapshot in a file.

    Raises UsageError, one sentence, for a file that is not exactly a snapshot which this version
    reads.
    """
    return _decoded(path, document_at(path, _ORIGIN))


def contents(path: Path) -> Contents:
    """Return the snapshot in a file with what the file says of itself. Raises as load does."""
    document = document_at(path, _ORIGIN)
    saved_at = document.get("saved_at")
    return Contents(
        snapshot=_decoded(path, document),
        size_bytes=path.stat().st_size,
        schema_version=document["schema_version"],
        kdiag=str(document.get("kdiag"))[:20],
        saved_at=str(saved_at)[:32] if saved_at else None,
    )


def _decoded(path: Path, document: dict[str, Any]) -> Snapshot:
    try:
        return decoded(document)
    except Malformed as error:
        raise UsageError(f"{path}: is a damaged snapshot: {error}") from None
    except RecursionError:
        raise UsageError(f"{path}: is a damaged snapshot: nested too deeply") from None
