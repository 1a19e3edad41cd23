"""Java's own key stores (JKS): certificates, and the first private key with its chain.

Layout and key protection as in sun.security.provider.JavaKeyStore and KeyProtector: numbers are
big-endian; a key is XORed with SHA-1 of password and the block before; SHA-1 over password, a fixed
text and the store is its last 20 bytes.
"""

import hashlib
import hmac
from typing import Final, NamedTuple

MAGIC: Final = b"\xfe\xed\xfe\xed"
_KEY, _TRUSTED = 1, 2
_FIXED: Final = b"Mighty Aphrodite"
_SHA1: Final = 20
_PROTECTED_BY: Final = bytes.fromhex("060a2b060104012a02110101")  # 1.3.6.1.4.1.42.2.17.1.1, in DER


class WrongPassword(Exception):
    """The password of the store does not open it."""


class WrongKeyPassword(Exception):
    """The password of the key does not open it."""


class Held(NamedTuple):
    """Certificates in DER, a key's own first; its private key in PKCS8."""

    certificates: list[bytes]
    key: bytes | None


def read(data: bytes, password: str | None, key_password: str | None) -> Held:
    """Return what a store holds; without a password the certificates can be read, unproved.

    Raises WrongPassword, WrongKeyPassword, and ValueError for what is no such store.
    """
    if password is not None:
        _prove(data, password)
    reader = _Reader(data)
    if reader.take(4) != MAGIC or reader.number(4) not in (1, 2):
        raise ValueError("no JKS store")
    key: bytes | None = None
    chain: list[bytes] = []
    trusted: list[bytes] = []
    for _ in range(reader.number(4)):
        kind, _alias, _date = reader.number(4), reader.sized(2), reader.take(8)
        if kind == _KEY:
            protected = reader.sized(4)
            own = [reader.certificate() for _ in range(reader.number(4))]
            if not chain:
                key = None if key_password is None else _opened(protected, key_password)
                chain = own
        elif kind == _TRUSTED:
            trusted.append(reader.certificate())
        else:
            raise ValueError("an entry of another kind")
    return Held([*chain, *trusted], key)


class _Reader:
    """Takes parts off the front. Raises ValueError where there are too few bytes."""

    def __init__(self, data: bytes) -> None:
        self._data, self._at = data, 0

    def take(self, count: int) -> bytes:
        part = self._data[self._at : self._at + count]
        if len(part) != count:
            raise ValueError("ends too early")
        self._at += count
        return part

    def number(self, count: int) -> int:
        return int.from_bytes(self.take(count), "big")

    def sized(self, count: int) -> bytes:
        return self.take(self.number(count))

    def certificate(self) -> bytes:
        self.sized(2)  # its type, X.509
        return self.sized(4)


def _prove(data: bytes, password: str) -> None:
    told = hashlib.sha1(_bytes(password) + _FIXED + data[:-_SHA1], usedforsecurity=False).digest()
    if not hmac.compare_digest(told, data[-_SHA1:]):
        raise WrongPassword


def _opened(protected: bytes, password: str) -> bytes:
    """Return the private key inside an EncryptedPrivateKeyInfo."""
    at = protected.find(_PROTECTED_BY)
    if at < 0:
        raise ValueError("a key that is protected in another way")
    body = _octets(protected, at + len(_PROTECTED_BY))
    salt, hidden, proof = body[:_SHA1], body[_SHA1:-_SHA1], body[-_SHA1:]
    word, block, plain = _bytes(password), salt, bytearray()
    for start in range(0, len(hidden), _SHA1):
        block = hashlib.sha1(word + block, usedforsecurity=False).digest()
        plain += bytes(a ^ b for a, b in zip(hidden[start:], block, strict=False))
    if not hmac.compare_digest(
        hashlib.sha1(word + bytes(plain), usedforsecurity=False).digest(), proof
    ):
        raise WrongKeyPassword
    return bytes(plain)


def _octets(data: bytes, start: int) -> bytes:
    """Return the octet string that follows, behind an optional NULL of the algorithm."""
    if data[start : start + 2] == b"\x05\x00":
        start += 2
    reader = _Reader(data[start:])
    if reader.take(1) != b"\x04":
        raise ValueError("no octet string")
    size = reader.number(1)
    return reader.take(size if size < 0x80 else reader.number(size & 0x7F))


def _bytes(password: str) -> bytes:
    return password.encode("utf-16-be")
