"""The fields of one key or value, read one after the other.

Types: Kafka's protocol guide; flexible versions (compact lengths, tagged fields): KIP-482.
"""

import struct
import uuid
from functools import cache

_INT16, _INT32, _INT64 = struct.Struct(">h"), struct.Struct(">i"), struct.Struct(">q")
_LONGEST = 35  # bits of a varint that is a length


class Malformed(Exception):
    """The bytes are not the fields that their version has."""


class Fields:
    """A place in bytes that moves on with each field read; every method raises Malformed.

    is_flexible: lengths are compact and structures end in tagged fields.
    """

    __slots__ = ("_at", "_data", "_end", "is_flexible")

    def __init__(self, data: bytes, at: int, end: int, is_flexible: bool = False) -> None:
        self._data, self._at, self._end = data, at, end
        self.is_flexible = is_flexible

    def int8(self) -> int:
        """Return a signed byte."""
        byte = self._data[self._over(1)]
        return byte - 256 if byte > 127 else byte

    def int16(self) -> int:
        """Return two bytes."""
        return int(_INT16.unpack_from(self._data, self._over(2))[0])

    def int32(self) -> int:
        """Return four bytes."""
        return int(_INT32.unpack_from(self._data, self._over(4))[0])

    def int64(self) -> int:
        """Return eight bytes."""
        return int(_INT64.unpack_from(self._data, self._over(8))[0])

    def topic_id(self) -> str:
        """Return a uuid as Topics writes it."""
        at = self._over(16)
        return uuid_text(self._data[at : at + 16])

    def text(self) -> str | None:
        """Return a string; what is not UTF-8 in it is replaced."""
        size = self._unsigned_varint() - 1 if self.is_flexible else self.int16()
        if size < 0:
            return None
        at = self._over(size)
        return self._data[at : at + size].decode("utf-8", "replace")

    def skip_bytes(self) -> None:
        """Pass a field of bytes."""
        self._over(max(0, self._unsigned_varint() - 1 if self.is_flexible else self.int32()))

    def count(self) -> int:
        """Return the length of an array, at most as many as there are bytes; null is 0."""
        count = self._unsigned_varint() - 1 if self.is_flexible else self.int32()
        if count > self._end - self._at:
            raise Malformed("an array claims more than there is")
        return max(0, count)

    def tags(self) -> dict[int, bytes]:
        """Return the tagged fields that end a structure; none where they do not exist."""
        if not self.is_flexible:
            return {}
        found = {}
        for _ in range(self._unsigned_varint()):
            tag, size = self._unsigned_varint(), self._unsigned_varint()
            at = self._over(size)
            found[tag] = self._data[at : at + size]
        return found

    def _over(self, size: int) -> int:
        """Move on, and return where the field began."""
        at = self._at
        if at + size > self._end:
            raise Malformed("it ends early")
        self._at = at + size
        return at

    def _unsigned_varint(self) -> int:
        value = 0
        for shift in range(0, _LONGEST, 7):
            byte = self._data[self._over(1)]
            value |= (byte & 0x7F) << shift
            if byte < 0x80:
                return value
        raise Malformed("a length does not end")


@cache
def uuid_text(data: bytes) -> str:
    """Return 16 bytes as the text of a uuid; clusters have few topics, so each is made once."""
    return str(uuid.UUID(bytes=data))
