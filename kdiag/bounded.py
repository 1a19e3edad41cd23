"""Files of users, read as far as such files go: a device or a wrong path costs no memory."""

import errno
import os
from pathlib import Path

MOST_BYTES = 64 << 20
"""Far above any configuration, certificate or report; snapshots have a bound of their own."""


def read_bytes(path: Path) -> bytes:
    """Return what a file holds. Raises OSError; EFBIG where it holds more than MOST_BYTES."""
    with path.open("rb") as file:
        data = file.read(MOST_BYTES + 1)
    if len(data) > MOST_BYTES:
        raise OSError(errno.EFBIG, os.strerror(errno.EFBIG), str(path))
    return data


def read_text(path: Path) -> str:
    """Return a text in UTF-8, lines ended by a newline; raises UnicodeDecodeError besides."""
    return read_bytes(path).decode("utf-8").replace("\r\n", "\n")
