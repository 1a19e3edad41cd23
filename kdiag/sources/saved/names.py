"""The names behind pseudonyms, and the key that pseudonyms come from, in files of their owner."""

import secrets
from collections.abc import Mapping
from pathlib import Path

from kdiag.errors import UsageError
from kdiag.sources.saved.document import Origin, document_at
from kdiag.sources.saved.write import write_bytes, write_document

Names = Mapping[str, Mapping[str, str]]
"""What is named → pseudonym → name."""

_ORIGIN = Origin(
    "kdiag names", "a file of names", "it comes from kdiag snapshot --redact … --names-file", 1
)
_LEAST_BYTES = 16
_MOST_BYTES = 4096


def save_names(names: Names, path: Path) -> None:
    """Write the names, readable by their owner only. Raises UsageError where that fails."""
    head = {"format": _ORIGIN.format, "schema_version": _ORIGIN.version}
    write_document({**head, "names": names}, path)


def load_names(path: Path) -> Names:
    """Return the names of a file. Raises UsageError, one sentence, where it has none."""
    names = document_at(path, _ORIGIN).get("names")
    if not isinstance(names, dict) or not all(_is_plain(known) for known in names.values()):
        raise UsageError(f"{path}: is a damaged file of names")
    return names


def _is_plain(known: object) -> bool:
    return isinstance(known, dict) and all(isinstance(name, str) for name in known.values())


def new_key() -> bytes:
    """Return a key that no other file of names has."""
    return secrets.token_hex(32).encode()


def key_at(path: Path) -> bytes:
    """Return the key in a file, which is made where there is none.

    Raises UsageError where it cannot be read or written, or is no key.
    """
    if not path.exists():
        write_bytes(new_key() + b"\n", path)
    try:
        with path.open("rb") as file:
            key = file.read(_MOST_BYTES + 1).strip()
    except OSError as error:
        raise UsageError(f"{path}: cannot be read: {error.strerror}") from None
    if not _LEAST_BYTES <= len(key) <= _MOST_BYTES:
        raise UsageError(
            f"{path}: is no key: it must have {_LEAST_BYTES} to {_MOST_BYTES} bytes that nobody "
            "can guess; one is made where there is no such file"
        )
    return key
