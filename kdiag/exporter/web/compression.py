"""gzip of what was compressed in parts: what does not change is not compressed anew.

One member, for not every client reads more than the first. A part that was compressed by itself and
flushed ends at a byte, and refers to nothing before it. Source: RFC 1951, RFC 1952.
"""

import struct
import zlib
from collections.abc import Iterable

_LEVEL = 1
_RAW = -zlib.MAX_WBITS
_HEADER = b"\x1f\x8b\x08\x00\x00\x00\x00\x00\x00\xff"
_LAST = b"\x03\x00"
"""A last block that holds nothing."""


def deflated(text: bytes) -> bytes:
    """Return a part compressed by itself."""
    packer = zlib.compressobj(_LEVEL, zlib.DEFLATED, _RAW)
    return packer.compress(text) + packer.flush(zlib.Z_FULL_FLUSH)


def gzipped(parts: Iterable[tuple[bytes, bytes | None]]) -> bytes:
    """Return the parts as one gzip file: each a text, and what `deflated` made of it, if it did."""
    packed, checksum, length = [_HEADER], 0, 0
    for text, made in parts:
        packed.append(deflated(text) if made is None else made)
        checksum, length = zlib.crc32(text, checksum), length + len(text)
    return b"".join([*packed, _LAST, struct.pack("<LL", checksum, length & 0xFFFFFFFF)])
