"""kio's dataclasses as schemas: field names, types, defaults of each request version.

kio is generated from Kafka's message schemas; a dataclass of it says for each field the type on the
wire, whether it may be null, its tag and its default. Nothing else of Kafka's schemas is needed.
"""

import dataclasses
import sys
from collections.abc import Mapping
from datetime import timedelta
from functools import cache
from types import GenericAlias, NoneType, UnionType
from typing import Any, NamedTuple, get_args, get_origin

from kio.index import load_request_schema, load_response_schema

Schema = Any  # a kio dataclass; its class variables are __version__, __flexible__, __api_key__

_TOLD = ("__type__", "__version__", "__flexible__", "__api_key__", "__header_schema__")

_ZEROS: dict[str, object] = {
    "bool": False,
    "bytes": b"",
    "records": None,
    "string": "",
    "timedelta_i32": timedelta(),
    "timedelta_i64": timedelta(),
    "uuid": None,
}


class Field(NamedTuple):
    """One field: kind is the type on the wire, struct the schema of a structure instead."""

    name: str
    kind: str
    struct: Schema | None
    is_array: bool
    is_nullable: bool
    default: object
    tag: int | None


@cache
def request_schema(key: int, version: int) -> Schema:
    """Return the schema of a request in one version."""
    return load_request_schema(key, version)


@cache
def response_schema(key: int, version: int) -> Schema:
    """Return the schema of a reply in one version; times in it are milliseconds."""
    return _with_plain_times(load_response_schema(key, version))


@cache
def _with_plain_times(schema: Any) -> Schema:
    """Return the schema with int64 for times: kio cannot read -1, by which brokers mean none."""
    changed = {
        field.name: twin
        for field in dataclasses.fields(schema)
        if (twin := _twin_field(field)) is not None
    }
    if not changed:
        return schema
    fields = [
        changed.get(field.name) or (field.name, field.type, _copied(field))
        for field in dataclasses.fields(schema)
    ]
    told = {name: getattr(schema, name) for name in _TOLD if hasattr(schema, name)}
    return dataclasses.make_dataclass(
        schema.__name__, fields, namespace=told, frozen=True, slots=True, kw_only=True
    )


def _twin_field(field: "dataclasses.Field[Any]") -> tuple[str, Any, Any] | None:
    """Return the field with a changed type; None where nothing in it is a time."""
    if field.metadata.get("kafka_type") == "datetime_i64":
        return field.name, int, dataclasses.field(metadata={"kafka_type": "int64"})
    inner: Any = get_args(field.type)[0] if get_origin(field.type) is tuple else None
    is_struct = dataclasses.is_dataclass(inner)
    twin = _with_plain_times(inner) if is_struct else inner
    if twin is inner:
        return None
    return field.name, GenericAlias(tuple, (twin, ...)), _copied(field)


def _copied(field: "dataclasses.Field[Any]") -> Any:
    return dataclasses.field(default=field.default, metadata=field.metadata)


@cache
def fields_of(schema: Schema) -> tuple[Field, ...]:
    """Return the fields of a request or structure in the order in which they are written."""
    return tuple(_field(field) for field in dataclasses.fields(schema))


@cache
def defaults_of(schema: Schema) -> Mapping[str, object]:
    """Return the value of each field that is not given: the declared one, or zero, as in Kafka."""
    return {field.name: field.default for field in fields_of(schema)}


@cache
def other_defaults(schema: Schema, name: str, versions: range) -> tuple[object, ...]:
    """Return the defaults of a field in those versions of the same request that have it."""
    twins = (_twin(schema, version) for version in versions)
    defaults = [defaults_of(twin) for twin in twins if twin is not None]
    return tuple(known[name] for known in defaults if name in known)


def _twin(schema: Schema, version: int) -> Schema | None:
    request = request_schema(int(schema.__api_key__), version)
    return getattr(sys.modules[request.__module__], schema.__name__, None)


def _field(field: "dataclasses.Field[Any]") -> Field:
    type_, nullable = _without_none(field.type)
    is_array = get_origin(type_) is tuple
    if is_array:
        type_, _ = _without_none(get_args(type_)[0])
    struct = type_ if dataclasses.is_dataclass(type_) else None
    kind = field.metadata.get("kafka_type", "struct")
    default = _default(field, kind, struct, is_array)
    return Field(field.name, kind, struct, is_array, nullable, default, field.metadata.get("tag"))


def _without_none(type_: Any) -> tuple[Any, bool]:
    if get_origin(type_) is not UnionType:
        return type_, False
    return next(arg for arg in get_args(type_) if arg is not NoneType), True


def _default(field: "dataclasses.Field[Any]", kind: str, struct: Any, is_array: bool) -> object:
    if field.default is None or is_array:
        return field.default if field.default is not dataclasses.MISSING else ()
    if struct is not None:
        return defaults_of(struct)
    return _ZEROS.get(kind, 0) if field.default is dataclasses.MISSING else field.default
