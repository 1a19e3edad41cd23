"""Snapshots in a file: what was read once can be judged again, elsewhere and later.

One JSON document, compressed where the name ends in `.gz` (and recognised by its first bytes when
it is read). It holds every raw section with its columns, times in nanoseconds, so that a loaded
snapshot equals the saved one; values of settings that look like secrets are left out. `FORMAT.md`
beside this file describes it.
"""

import gzip
import json
import os
import tempfile
from contextlib import suppress
from pathlib import Path
from typing import Any, NoReturn

from kdiag.errors import UsageError
from kdiag.snapshot import Snapshot
from kdiag.sources.saved.decode import decoded
from kdiag.sources.saved.encode import FORMAT, SCHEMA_VERSION, encoded, plain
from kdiag.sources.saved.unpack import Malformed
from kdiag.sources.saved.unzip import text_of

_LEVEL = 6


def save(snapshot: Snapshot, path: Path) -> None:
    """Write a snapshot, readable by its owner only; a file of that name is replaced at once.

    Raises UsageError where the file cannot be written.
    """
    text = json.dumps(encoded(snapshot), default=plain, allow_nan=False, separators=(",", ":"))
    data = text.encode("ascii")
    if path.suffix == ".gz":
        data = gzip.compress(data, _LEVEL, mtime=0)
    try:
        _replace(Path(os.path.realpath(path)), data)
    except OSError as error:
        raise UsageError(f"{path}: cannot be written: {error.strerror}") from None


def load(path: Path) -> Snapshot:
    """Return the snapshot in a file.

    Raises UsageError, one sentence, for a file that is not exactly a snapshot which this version
    reads.
    """
    document = _document(path)
    _require_our_format(path, document)
    try:
        return decoded(document)
    except Malformed as error:
        raise UsageError(f"{path}: is a damaged snapshot: {error}") from None
    except RecursionError:
        raise UsageError(f"{path}: is a damaged snapshot: nested too deeply") from None


def _replace(path: Path, data: bytes) -> None:
    """Write beside the file, then rename: whoever reads it sees the old or the new one."""
    if path.exists() and not path.is_file():
        raise OSError(0, "it is not a regular file")
    handle, name = tempfile.mkstemp(prefix=f".{path.name}.", dir=path.parent)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        Path(name).replace(path)
    except BaseException:
        with suppress(OSError):
            Path(name).unlink()
        raise


def _document(path: Path) -> Any:
    try:
        text = text_of(path).decode()
    except UnicodeDecodeError:
        raise UsageError(f"{path}: {_FOREIGN}") from None
    if not text.strip():
        raise UsageError(f"{path}: is empty; a snapshot comes from kdiag snapshot")
    try:
        return json.loads(text, parse_constant=_refused, object_pairs_hook=_once)
    except (ValueError, RecursionError):
        ours = f'"{FORMAT}"' in text[:100]
        raise UsageError(f"{path}: {_TRUNCATED if ours else _FOREIGN}") from None


_FOREIGN = "is not a snapshot; a snapshot comes from kdiag snapshot"
_TRUNCATED = "is a damaged or truncated snapshot; take a new one with kdiag snapshot"


def _refused(constant: str) -> NoReturn:
    raise ValueError(constant)


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """Return an object of JSON in which no key occurs twice: else who wins would be chance."""
    made = dict(pairs)
    if len(made) < len(pairs):
        raise ValueError("a key occurs twice")
    return made


def _require_our_format(path: Path, document: Any) -> None:
    if not isinstance(document, dict) or document.get("format") != FORMAT:
        raise UsageError(f"{path}: {_FOREIGN}")
    version = document.get("schema_version")
    if type(version) is not int or version < 1:
        raise UsageError(f"{path}: is a damaged snapshot: its schema_version is {version!r:.40}")
    if version > SCHEMA_VERSION:
        raise UsageError(
            f"{path}: was saved by a newer kdiag {str(document.get('kdiag'))[:20]} "
            f"(schema {version!s:.9}); this one reads up to schema {SCHEMA_VERSION}"
        )
