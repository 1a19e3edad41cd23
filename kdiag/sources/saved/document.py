"""Documents out of files: JSON, compressed or not, of a format and a version that is known."""

import json
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NoReturn

from kdiag.errors import UsageError
from kdiag.sources.saved.unzip import text_of


@dataclass(frozen=True)
class Origin:
    """What a document must be.

    format: what it says of itself. noun: as in "is a damaged snapshot". where_from: half a
    sentence. version: the newest schema_version that is read.
    """

    format: str
    noun: str
    where_from: str
    version: int

    @property
    def foreign(self) -> str:
        """What is said of any other file."""
        return f"is not {self.noun}; {self.where_from}"


def document_at(path: Path, origin: Origin) -> dict[str, Any]:
    """Return the document in a file.

    Raises UsageError, one sentence, where it is another one, damaged, or newer.
    """
    document = _parsed(path, _text(path, origin), origin)
    _require_known(path, document, origin)
    made: dict[str, Any] = document
    return made


def _text(path: Path, origin: Origin) -> str:
    try:
        text = text_of(path).decode()
    except UnicodeDecodeError:
        raise UsageError(f"{path}: {origin.foreign}") from None
    if not text.strip():
        raise UsageError(f"{path}: is empty; {origin.where_from}")
    return text


def _parsed(path: Path, text: str, origin: Origin) -> Any:
    try:
        return json.loads(text, parse_constant=_refused, object_pairs_hook=_once)
    except _Twice as error:
        raise UsageError(f"{path}: is {_damaged(origin)}: {error}") from None
    except (ValueError, RecursionError):
        ours = f'"{origin.format}"' in text[:100]
        cut = f"is a damaged or truncated {origin.noun[2:]}; make a new one: {origin.where_from}"
        raise UsageError(f"{path}: {cut if ours else origin.foreign}") from None


class _Twice(Exception):
    """An object of JSON has a key twice."""


def _refused(constant: str) -> NoReturn:
    raise ValueError(constant)


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """Return an object in which no key occurs twice: else who wins would be chance."""
    made = dict(pairs)
    if len(made) < len(pairs):
        [(twice, _), *_] = Counter(key for key, _ in pairs).most_common(1)
        raise _Twice(f"{twice[:40]!r} is there twice")
    return made


def _damaged(origin: Origin) -> str:
    return f"a damaged {origin.noun[2:]}"


def _require_known(path: Path, document: Any, origin: Origin) -> None:
    if not isinstance(document, dict) or document.get("format") != origin.format:
        raise UsageError(f"{path}: {origin.foreign}")
    version = document.get("schema_version")
    if type(version) is not int or version < 1:
        raise UsageError(f"{path}: is {_damaged(origin)}: its schema_version is {version!r:.40}")
    if version > origin.version:
        raise UsageError(
            f"{path}: was saved by a newer kdiag {str(document.get('kdiag'))[:20]} "
            f"(schema {version!s:.9}); this one reads up to schema {origin.version}"
        )
