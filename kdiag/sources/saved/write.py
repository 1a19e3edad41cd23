"""Documents into files: whole or not at all, and for their owner only."""

import gzip
import json
import os
import tempfile
from collections.abc import Mapping
from contextlib import suppress
from datetime import datetime
from pathlib import Path
from typing import Any

from kdiag.errors import UsageError

_LEVEL = 6


def write_document(document: Mapping[str, Any], path: Path) -> None:
    """Write a document as JSON, compressed where the name ends in `.gz`.

    Raises UsageError where the file cannot be written.
    """
    text = json.dumps(document, default=plain, allow_nan=False, separators=(",", ":"))
    data = text.encode("ascii")
    if path.suffix == ".gz":
        data = gzip.compress(data, _LEVEL, mtime=0)
    write_bytes(data, path)


def write_bytes(data: bytes, path: Path) -> None:
    """Write bytes that their owner only may read. Raises UsageError where that is not possible."""
    try:
        _replace(Path(os.path.realpath(path)), data)
    except OSError as error:
        raise UsageError(f"{path}: cannot be written: {error.strerror}") from None


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


def plain(value: Any) -> Any:
    """Return what JSON has no word for as what it means: numbers of numpy, mappings, times."""
    if isinstance(value, Mapping):
        return dict(value)
    if isinstance(value, datetime):
        return {"$time": value.isoformat()}
    if hasattr(value, "item"):
        return value.item()
    return None
