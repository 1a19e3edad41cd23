"""gzip in two parts, of which the first is compressed once and the second each time.

One member, for not every client reads more than the first. A part that was compressed by itself and
flushed ends at a byte, and refers to nothing before it. Source: RFC 1951, RFC 1952.
"""

import struct
import zlib
from dataclasses import dataclass

_LEVEL = 1
_RAW = -zlib.MAX_WBITS
_HEADER = b"\x1f\x8b\x08\x00\x00\x00\x00\x00\x00\xff"
_LAST = b"\x03\x00"
"""A last block that holds nothing."""


@dataclass(frozen=True)
class Packed:
    """A text that was compressed by itself: what it became, its checksum and its length."""

    data: bytes
    checksum: int
    length: int

    @classmethod
    def of(cls, text: bytes) -> "Packed":
        """Compress a text."""
        return cls(_deflated(text), zlib.crc32(text), len(text))

    def followed_by(self, text: bytes) -> bytes:
        """Return this and a further text as one gzip file."""
        checksum, length = zlib.crc32(text, self.checksum), self.length + len(text)
        end = struct.pack("<LL", checksum, length & 0xFFFFFFFF)
        return b"".join((_HEADER, self.data, _deflated(text), _LAST, end))


def _deflated(text: bytes) -> bytes:
    packer = zlib.compressobj(_LEVEL, zlib.DEFLATED, _RAW)
    return packer.compress(text) + packer.flush(zlib.Z_FULL_FLUSH)
