"""Settings for a client inside something: of a worker, a connector, a listener, a Streams app."""

import re
from collections.abc import Iterable

from kdiag.keys import Key, keys
from kdiag.lint.files import KeyedFile

_INNER = re.compile(
    r"^(?:(?:main|restore|global)\.)?(producer|consumer|admin|topic)\.(?:override\.)?(?=.)"
)
_LISTENER = re.compile(r"^listener\.name\.[^.]+\.(?:[^.]+\.(?=sasl\.|oauth))?")


def inner(file: KeyedFile, key: str) -> tuple[str, tuple[str, ...]]:
    """Return a key without the prefix that gives it to a client inside, and the tables then."""
    if file.library == "librdkafka":
        return key, file.tables
    if file.kind == "broker":
        return _LISTENER.sub("", key), file.tables
    found = _INNER.match(key)
    if found and known_in(key, file.tables) is None and file.kind != "topic":
        if file.kind == "client" and "streams" not in file.tables:
            return key, file.tables
        rest = key[found.end() :]
        if file.kind != "connector" or ".override." in key:
            return rest, (found[1],)
    return key, file.tables


def known_in(key: str, tables: Iterable[str]) -> Key | None:
    """Return what the first of some tables that has a key knows of it."""
    return next((found for table in tables if (found := keys(table).get(key))), None)
