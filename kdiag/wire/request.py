"""A request: one version of an API, with plain values for its fields.

A request is written as a mapping of kio's field names to plain values; arrays are sequences,
structures are mappings, durations are timedeltas or milliseconds. A field that is not given has
the default of Kafka's schema: the declared one, or zero, false, empty.

A field that the version does not have raises Unsupported, with two exceptions, as in Kafka's own
client ("ignorable" in the message schemas): its value is the default in a version that has it, so
nothing is lost, or the caller named it droppable. A field of no version is a TypeError.
"""

from collections.abc import Iterable, Mapping
from functools import cache
from typing import NamedTuple

from kdiag.errors import Unsupported
from kdiag.wire.allowlist import Api, permit
from kdiag.wire.encoding import Unknown, struct_writer
from kdiag.wire.schemas import Schema, defaults_of, other_defaults, request_schema

_FLEXIBLE_HEADER, _OLD_HEADER = 2, 1


class Request(NamedTuple):
    """What is to be sent; fields has a value for every field of the version."""

    api: Api
    version: int
    fields: Mapping[str, object]
    droppable: frozenset[str] = frozenset()


def make_request(
    api: Api, version: int, fields: Mapping[str, object], droppable: Iterable[str] = ()
) -> Request:
    """Return a request with the given fields, the table's safe values, and Kafka's defaults.

    droppable: names of fields, at any depth, that a version may lack.
    """
    defaults = defaults_of(request_schema(api.key, version))
    safe = {name: allowed[0] for name, allowed in api.only.items() if name in defaults}
    return Request(api, version, {**defaults, **safe, **fields}, frozenset(droppable))


def encode(request: Request, correlation_id: int, client_id: str) -> bytes:
    """Return the whole frame of a request that may be sent.

    Frame: int32 size, header (key, version, correlation id, client id), body.

    Raises: SendRefused; Unsupported if the version lacks a field that may not be dropped.
    """
    permit(request.api, request.version, request.fields)
    schema = request_schema(request.api.key, request.version)
    name = client_id.encode()
    parts = [
        b"",
        request.api.key.to_bytes(2, "big"),
        request.version.to_bytes(2, "big"),
        correlation_id.to_bytes(4, "big"),
        len(name).to_bytes(2, "big") + name,
        _no_tags(schema),
    ]
    struct_writer(schema, _unknown(request.api, request.droppable))(request.fields, parts.append)
    parts[0] = sum(map(len, parts)).to_bytes(4, "big")
    return b"".join(parts)


@cache
def _no_tags(schema: Schema) -> bytes:
    return b"\0" if schema.__header_schema__.__version__ >= _FLEXIBLE_HEADER else b""


@cache
def _unknown(api: Api, droppable: frozenset[str]) -> Unknown:
    """Return what happens to fields that a version lacks."""
    versions = range(api.oldest, api.newest + 1)

    def unknown(schema: Schema, name: str, value: object) -> None:
        elsewhere = other_defaults(schema, name, versions)
        if not elsewhere:
            raise TypeError(f"no version of {schema.__name__} has a field {name}")
        if name not in droppable and value not in elsewhere:
            raise Unsupported(f"speaks {api.name} v{schema.__version__}, which has no {name}")

    return unknown
