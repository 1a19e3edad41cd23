"""Whether the default of a field is a value of its type, as the specification writes defaults."""

import math
from collections.abc import Callable, Mapping
from typing import Any

from kdiag.schemas.avro_schema import Schema

_LIMITS = {"int": 2**31, "long": 2**63}


def wrong_default(schema: Schema, value: Any) -> str | None:
    """Return what is wrong with a default; None where it fits.

    Of a union it must fit the first branch: since Avro 1.12 any will do, but a registry, or a
    reader, with an older library refuses that.
    """
    meant = schema.branches[0] if schema.kind == "union" and schema.branches else schema
    if _fits(meant, value):
        return None
    if schema.kind == "union" and any(_fits(branch, value) for branch in schema.branches[1:]):
        return f"is of another branch than the first of the union, {meant}"
    return f"is no {meant}"


def _fits(schema: Schema, value: Any) -> bool:
    if schema.kind == "union":
        return any(_fits(branch, value) for branch in schema.branches)
    return _FITS[schema.kind](schema, value)


def _is_whole(schema: Schema, value: Any) -> bool:
    limit = _LIMITS[schema.kind]
    return isinstance(value, int) and not isinstance(value, bool) and -limit <= value < limit


def _is_number(_schema: Schema, value: Any) -> bool:
    if isinstance(value, bool):
        return False
    return isinstance(value, int) or (isinstance(value, float) and not math.isinf(value))


def _is_text(schema: Schema, value: Any) -> bool:
    if not isinstance(value, str):
        return False
    if schema.kind == "enum":
        return value in schema.symbols
    if schema.kind == "string":
        return True
    is_bytes = all(ord(sign) < 256 for sign in value)
    return is_bytes and (schema.kind == "bytes" or len(value) == schema.size_bytes)


def _is_list(schema: Schema, value: Any) -> bool:
    inner = schema.items
    return isinstance(value, list) and inner is not None and all(_fits(inner, one) for one in value)


def _is_map(schema: Schema, value: Any) -> bool:
    return isinstance(value, dict) and _is_list(schema, list(value.values()))


def _is_record(schema: Schema, value: Any) -> bool:
    return isinstance(value, dict) and all(
        _fits(each.schema, value[each.name]) if each.name in value else each.has_default
        for each in schema.fields
    )


_FITS: Mapping[str, Callable[[Schema, Any], bool]] = {
    "null": lambda _schema, value: value is None,
    "boolean": lambda _schema, value: isinstance(value, bool),
    "int": _is_whole,
    "long": _is_whole,
    "float": _is_number,
    "double": _is_number,
    "bytes": _is_text,
    "string": _is_text,
    "fixed": _is_text,
    "enum": _is_text,
    "array": _is_list,
    "map": _is_map,
    "record": _is_record,
}
