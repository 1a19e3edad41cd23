"""The bytes of a file, unpacked no further than a snapshot can be long."""

import zlib
from pathlib import Path

from kdiag.errors import UsageError

MOST_BYTES = 256 << 20
"""Of a file, packed and unpacked; a snapshot of 100,000 partitions is a tenth of it."""

GZIP = b"\x1f\x8b"
_DAMAGED = "is a damaged or truncated gzip file"


def text_of(path: Path) -> bytes:
    """Return the content of a file, unpacked where it is compressed.

    Raises UsageError where it cannot be read, is damaged or truncated, or is too large.
    """
    try:
        with path.open("rb") as file:
            data = file.read(MOST_BYTES + 1)
    except OSError as error:
        raise UsageError(f"{path}: cannot be read: {error.strerror}") from None
    if data.startswith(GZIP):
        data = _unzipped(path, data)
    if len(data) > MOST_BYTES:
        raise UsageError(f"{path}: is larger than {MOST_BYTES >> 20} MiB, which no snapshot is")
    return data


def _unzipped(path: Path, data: bytes) -> bytes:
    """Return what the one member of a gzip file holds, up to one byte more than is allowed."""
    member = zlib.decompressobj(wbits=zlib.MAX_WBITS | 16)
    try:
        unpacked = member.decompress(data, MOST_BYTES + 1)
    except zlib.error:
        raise UsageError(f"{path}: {_DAMAGED}") from None
    is_whole = member.eof and not member.unused_data
    if not is_whole and len(unpacked) <= MOST_BYTES:
        raise UsageError(f"{path}: {_DAMAGED}")
    return unpacked
