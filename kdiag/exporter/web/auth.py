"""Who may read the pages: users with a password, as bcrypt hashes."""

import base64
import binascii
import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field

import bcrypt

_NOBODY = b"$2b$10$C6UzMDM.H6dfI/f/IKcEeO7ZxQ1rQJvJr7V3c7g0kS8dXz9y2lP5K"
"""A hash that is compared where there is no such user, so that both take the same time."""

_MOST = 72
"""Bytes of a password that bcrypt looks at; its library refuses more."""


@dataclass
class Users:
    """The users of a web configuration. Answers are kept, for a comparison takes 50 ms."""

    hashes: Mapping[str, str]
    _known: dict[bytes, bool] = field(default_factory=dict, repr=False)

    def lets_in(self, authorization: str | None) -> bool:
        """Tell whether the header of a request names a user and the right password."""
        if not self.hashes:
            return True
        given = _decoded(authorization)
        if given is None:
            return False
        name, password = given
        key = hashlib.sha256(b"\0".join((name, password))).digest()
        if key not in self._known:
            if len(self._known) > 1000:
                self._known.clear()
            self._known[key] = self._is_right(name, password)
        return self._known[key]

    def _is_right(self, name: bytes, password: bytes) -> bool:
        hashed = self.hashes.get(name.decode("utf-8", "replace"))
        is_equal = bcrypt.checkpw(password[:_MOST], hashed.encode() if hashed else _NOBODY)
        return is_equal and hashed is not None


def _decoded(authorization: str | None) -> tuple[bytes, bytes] | None:
    scheme, _, value = (authorization or "").partition(" ")
    if scheme.lower() != "basic":
        return None
    try:
        name, colon, password = base64.b64decode(value.strip(), validate=True).partition(b":")
    except binascii.Error:
        return None
    return (name, password) if colon else None
