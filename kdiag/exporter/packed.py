"""Texts that are kept compressed, a tenth of their size or less, and never made whole.

Each is compressed by itself once, and then goes into as many gzip files as are asked for as it is:
it ends at a byte, refers to nothing before it, and its checksum joins that of the others. A file is
one member, for not every client reads more than the first. Source: RFC 1951, RFC 1952; the product
of polynomials that joins checksums: zlib, crc32_combine.
"""

import struct
import zlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache, lru_cache

_LEVEL = 1
_RAW = -zlib.MAX_WBITS
_HEADER = b"\x1f\x8b\x08\x00\x00\x00\x00\x00\x00\xff"
_LAST = b"\x03\x00"
"""A last block that holds nothing."""

_BLOCK_BYTES = 1 << 20
_POLYNOMIAL = 0xEDB88320
_ONE, _X8 = 1 << 31, 1 << 23
"""Polynomials are written as checksums are: the highest bit is the coefficient of 1."""


@dataclass(frozen=True)
class Packed:
    """A text: what it became, its checksum, its length in bytes, and how many lines it has."""

    data: bytes
    checksum: int
    length: int
    lines: int

    @classmethod
    def of(cls, pieces: Iterable[str]) -> "Packed":
        """Compress a text that comes in pieces."""
        packer = zlib.compressobj(_LEVEL, zlib.DEFLATED, _RAW)
        data, checksum, length, lines = [], 0, 0, 0
        for piece in pieces:
            text = piece.encode()
            data.append(packer.compress(text))
            checksum = zlib.crc32(text, checksum)
            length += len(text)
            lines += piece.count("\n")
        if not length:
            return cls(b"", 0, 0, 0)
        data.append(packer.flush(zlib.Z_FULL_FLUSH))
        return cls(b"".join(data), checksum, length, lines)

    def pieces(self) -> Iterator[bytes]:
        """Yield the text as bytes, some at a time."""
        unpacker = zlib.decompressobj(_RAW)
        left = self.data
        while left:
            yield unpacker.decompress(left, _BLOCK_BYTES)
            left = unpacker.unconsumed_tail


def gzipped(texts: Iterable[Packed]) -> bytes:
    """Return some texts, one after the other, as one gzip file."""
    parts, checksum, length = [_HEADER], 0, 0
    for text in texts:
        parts.append(text.data)
        checksum = _product(checksum, _moved(text.length)) ^ text.checksum
        length += text.length
    end = struct.pack("<LL", checksum, length & 0xFFFFFFFF)
    return b"".join((*parts, _LAST, end))


def blocks(texts: Iterable[Packed]) -> Iterator[bytes]:
    """Yield some texts, one after the other, as blocks that are worth to be sent."""
    block = bytearray()
    for text in texts:
        for piece in text.pieces():
            block += piece
            if len(block) >= _BLOCK_BYTES:
                yield bytes(block)
                block.clear()
    if block:
        yield bytes(block)


@lru_cache(maxsize=1024)
def _moved(length: int) -> int:
    """Return x to the power of so many bytes: what a checksum is times, with as many behind it."""
    made = _ONE
    for power in _powers():
        if length & 1:
            made = _product(made, power)
        length >>= 1
    return made


@cache
def _powers() -> tuple[int, ...]:
    """Return x to the power of 1, 2, 4, ... bytes; a file has less than 2 to the power of 40."""
    powers = [_X8]
    for _ in range(39):
        powers.append(_product(powers[-1], powers[-1]))
    return tuple(powers)


def _product(one: int, other: int) -> int:
    """Return the product of two polynomials modulo that of the checksum (CRC-32)."""
    made = 0
    while one:
        if one & _ONE:
            made ^= other
        one = one << 1 & 0xFFFFFFFF
        other = other >> 1 ^ (_POLYNOMIAL if other & 1 else 0)
    return made
