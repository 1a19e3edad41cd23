"""Replies from bytes: the header with its correlation id, then kio's dataclass."""

import gc
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from kio.serial import entity_reader

from kdiag.errors import RequestError
from kdiag.wire.allowlist import BY_KEY
from kdiag.wire.counts import check_counts
from kdiag.wire.schemas import Schema, response_schema


def decode(key: int, version: int, frame: bytes) -> Any:
    """Return the reply inside a frame without its size prefix.

    Raises: RequestError if the bytes are not such a reply; the connection stays usable.
    """
    schema = response_schema(key, version)
    try:
        with _no_collection():
            return _read(schema, frame)
    except Exception as error:
        why = f"{type(error).__name__}: {error}"
        raise RequestError(
            f"a reply to {BY_KEY[key].name} v{version} ({len(frame)} bytes) cannot be read: {why}"
        ) from error


def _read(schema: Schema, frame: bytes) -> Any:
    _, header_size = entity_reader(schema.__header_schema__)(frame, 0)
    check_counts(schema, frame, header_size)
    reply, _ = entity_reader(schema)(frame, header_size)
    return reply


@contextmanager
def _no_collection() -> Iterator[None]:
    """Keep the garbage collector out: a large reply is 100,000 objects, none of them garbage."""
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_enabled:
            gc.enable()


def correlation_id(frame: bytes) -> int:
    """Return the number of the request that a frame answers."""
    return int.from_bytes(frame[:4], "big", signed=True)


def leading_error_code(frame: bytes) -> int:
    """Return the error code of an ApiVersions reply, which has the same place in any version."""
    return int.from_bytes(frame[4:6], "big", signed=True)
