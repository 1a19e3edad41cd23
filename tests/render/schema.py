"""As much of JSON Schema as report.schema.json uses; a keyword beyond that fails the test."""

import re

_KNOWN = {
    "$schema", "$ref", "$defs", "title", "description", "type", "const", "enum", "pattern",
    "minimum", "required", "properties", "additionalProperties", "items", "anyOf",
}  # fmt: skip
_TYPES = {
    "object": dict,
    "array": list,
    "string": str,
    "integer": int,
    "number": (int, float),
    "null": type(None),
}


def faults(value, schema, root, path="$"):
    """Yield what of a value is not as its schema says."""
    assert set(schema) <= _KNOWN, set(schema) - _KNOWN
    if "$ref" in schema:
        yield from faults(value, root["$defs"][schema["$ref"].removeprefix("#/$defs/")], root, path)
    if "anyOf" in schema and all(any(faults(value, one, root)) for one in schema["anyOf"]):
        yield f"{path}: fits nothing of anyOf"
    yield from _scalar_faults(value, schema, path)
    if isinstance(value, list):
        for number, item in enumerate(value):
            yield from faults(item, schema.get("items", {}), root, f"{path}[{number}]")
    if isinstance(value, dict):
        yield from _object_faults(value, schema, root, path)


def _scalar_faults(value, schema, path):
    types = schema.get("type", list(_TYPES))
    allowed = [_TYPES[name] for name in ([types] if isinstance(types, str) else types)]
    if isinstance(value, bool):
        if "type" in schema:
            yield f"{path}: is a boolean"
    elif not any(isinstance(value, one) for one in allowed):
        yield f"{path}: {value!r} is no {types}"
    if "const" in schema and value != schema["const"]:
        yield f"{path}: {value!r} is not {schema['const']!r}"
    if "enum" in schema and value not in schema["enum"]:
        yield f"{path}: {value!r} is not one of {schema['enum']}"
    if "pattern" in schema and not re.search(schema["pattern"], str(value)):
        yield f"{path}: {value!r} does not match"
    if "minimum" in schema and isinstance(value, int | float) and value < schema["minimum"]:
        yield f"{path}: {value!r} is too low"


def _object_faults(value, schema, root, path):
    known, others = schema.get("properties", {}), schema.get("additionalProperties", {})
    yield from (f"{path}: lacks {key}" for key in schema.get("required", ()) if key not in value)
    for key, item in value.items():
        if key not in known and others is False:
            yield f"{path}: has {key}"
            continue
        yield from faults(item, known.get(key, others or {}), root, f"{path}.{key}")
