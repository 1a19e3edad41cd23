"""PEM texts: their blocks, and inline values of properties (KIP-651)."""

import re

from kdiag.errors import UsageError

_BLOCK = re.compile(r"-----BEGIN ([A-Z0-9 ]+)-----(.*?)-----END \1-----", re.DOTALL)


def pem_blocks(text: str) -> str:
    """Return the PEM blocks of a text, one below the other; empty if there is none."""
    return "".join(f"{match[0]}\n" for match in _BLOCK.finditer(text))


def inline_pem(text: str, origin: str) -> str:
    """Return a PEM text out of a property, where line breaks may have become blanks.

    Raises: UsageError if there is no PEM block in it.
    """
    blocks = _BLOCK.findall(text)
    if not blocks:
        raise UsageError(f"{origin}: holds no PEM block (-----BEGIN ... -----END ...)")
    return "".join(
        f"-----BEGIN {label}-----\n{_wrap(body)}-----END {label}-----\n" for label, body in blocks
    )


def certificates(text: str) -> str:
    """Return the certificates of a PEM text, without the private key that may stand beside."""
    return _blocks(text, "CERTIFICATE")


def private_key(text: str) -> str:
    """Return the private key of a PEM text; empty if there is none."""
    return _blocks(text, "PRIVATE KEY")


def _blocks(text: str, label: str) -> str:
    return "".join(f"{m[0]}\n" for m in _BLOCK.finditer(text) if m[1].endswith(label))


def _wrap(body: str) -> str:
    flat = "".join(body.split())
    return "".join(flat[i : i + 64] + "\n" for i in range(0, len(flat), 64))
