"""Changes of JSON Schema and Protobuf: an old version, a new one, and what reading the old needs.

Each is (old, new, kinds of breaks when the new one reads what the old one wrote).
"""

import json


def thing(properties=None, required=(), **more):
    """An object in JSON Schema."""
    told = {"type": "object", "properties": properties or {}, **more}
    return {**told, "required": list(required)} if required else told


def closed(properties=None, required=()):
    """An object that takes no other names."""
    return thing(properties, required, additionalProperties=False)


def whole(*limits):
    """A whole number, with a minimum and a maximum."""
    return {"type": "integer", **dict(zip(("minimum", "maximum"), limits, strict=False))}


TEXT = {"type": "string"}
ID = {"id": whole()}

JSON_CHANGES = {
    "the same": (thing(ID), thing(ID), []),
    "a title": (thing(ID), thing(ID, title="T", description="d"), []),
    "another type": (thing(ID), thing({"id": TEXT}), ["type"]),
    "a wider type": (thing(ID), thing({"id": {"type": "number"}}), []),
    "a narrower type": (thing({"id": {"type": "number"}}), thing(ID), ["type"]),
    "null as well": (thing(ID), thing({"id": {"type": ["integer", "null"]}}), []),
    "no null any more": (thing({"id": {"type": ["integer", "null"]}}), thing(ID), ["type"]),
    "required": (closed(ID), closed(ID, ["id"]), ["required"]),
    "required with a default": (
        closed(ID),
        closed({"id": {"type": "integer", "default": 0}}, ["id"]),
        [],
    ),
    "not required any more": (closed(ID, ["id"]), closed(ID), []),
    "added to a closed object": (closed(ID), closed({**ID, "mail": TEXT}), []),
    "added to an open object": (thing(ID), thing({**ID, "mail": TEXT}), ["open"]),
    "any value added to an open object": (thing(ID), thing({**ID, "mail": {}}), []),
    "removed from an open object": (thing({**ID, "mail": TEXT}), thing(ID), []),
    "removed from a closed object": (closed({**ID, "mail": TEXT}), closed(ID), ["closed"]),
    "closed": (thing(ID), closed(ID), ["closed"]),
    "opened": (closed(ID), thing(ID), []),
    "a schema for other names": (thing(ID), thing(ID, additionalProperties=TEXT), ["open"]),
    "covered by other names": (
        thing(ID, additionalProperties=TEXT),
        thing({**ID, "mail": TEXT}, additionalProperties=TEXT),
        [],
    ),
    "a higher minimum": (thing({"id": whole(1)}), thing({"id": whole(2)}), ["bounds"]),
    "a lower minimum": (thing({"id": whole(2)}), thing({"id": whole(1)}), []),
    "a lower maximum": (thing({"id": whole(1, 9)}), thing({"id": whole(1, 8)}), ["bounds"]),
    "a shorter text": (
        thing({"a": {"type": "string", "maxLength": 9}}),
        thing({"a": {"type": "string", "maxLength": 8}}),
        ["bounds"],
    ),
    "a value more": (thing({"a": {"enum": ["x"]}}), thing({"a": {"enum": ["x", "y"]}}), []),
    "a value less": (
        thing({"a": {"enum": ["x", "y"]}}),
        thing({"a": {"enum": ["x"]}}),
        ["symbols"],
    ),
    "other items": (
        thing({"a": {"type": "array", "items": whole()}}),
        thing({"a": {"type": "array", "items": TEXT}}),
        ["type"],
    ),
    "a branch more": (
        thing({"a": {"oneOf": [TEXT, whole()]}}),
        thing({"a": {"oneOf": [TEXT, whole(), {"type": "null"}]}}),
        [],
    ),
    "a branch less": (
        thing({"a": {"oneOf": [TEXT, whole(), {"type": "boolean"}]}}),
        thing({"a": {"oneOf": [TEXT, whole()]}}),
        ["union"],
    ),
    "inside a definition": (
        thing({"a": {"$ref": "#/definitions/A"}}, definitions={"A": whole()}),
        thing({"a": {"$ref": "#/definitions/A"}}, definitions={"A": TEXT}),
        ["type"],
    ),
}


def message(*lines, syntax="proto3", more=""):
    """A .proto file with one message M."""
    return f'syntax = "{syntax}";\nmessage M {{\n{chr(10).join(lines)}\n}}\n{more}'


PROTO_CHANGES = {
    "the same": (message("int32 a = 1;"), message("int32 a = 1;"), []),
    "a field more": (message("int32 a = 1;"), message("int32 a = 1;", "string b = 2;"), []),
    "a field less": (message("int32 a = 1;", "string b = 2;"), message("int32 a = 1;"), []),
    "another name": (message("int32 a = 1;"), message("int32 b = 1;"), []),
    "a wider number": (message("int32 a = 1;"), message("int64 a = 1;"), []),
    "bytes": (message("string a = 1;"), message("bytes a = 1;"), []),
    "another type": (message("int32 a = 1;"), message("string a = 1;"), ["type"]),
    "a signed number": (message("int32 a = 1;"), message("sint32 a = 1;"), ["type"]),
    "repeated numbers": (message("int32 a = 1;"), message("repeated int32 a = 1;"), ["label"]),
    "repeated texts": (message("string a = 1;"), message("repeated string a = 1;"), []),
    "a required field more": (
        message("optional int32 a = 1;", syntax="proto2"),
        message("optional int32 a = 1;", "required int32 b = 2;", syntax="proto2"),
        ["required"],
    ),
    "a member of a oneof more": (
        message("oneof o { int32 a = 1; }"),
        message("oneof o { int32 a = 1; string b = 2; }"),
        [],
    ),
    "a member of a oneof less": (
        message("oneof o { int32 a = 1; string b = 2; }"),
        message("oneof o { int32 a = 1; }"),
        ["oneof"],
    ),
    "one field into a oneof": (
        message("int32 a = 1;"),
        message("oneof o { int32 a = 1; int32 b = 2; }"),
        [],
    ),
    "two fields into a oneof": (
        message("int32 a = 1;", "int32 b = 2;"),
        message("oneof o { int32 a = 1; int32 b = 2; }"),
        ["oneof"],
    ),
    "a message less": (
        message("int32 a = 1;", more="message N { int32 a = 1; }"),
        message("int32 a = 1;"),
        ["message"],
    ),
    "another message": (
        message("N a = 1;", more="message N { int32 a = 1; } message O { int32 a = 1; }"),
        message("O a = 1;", more="message N { int32 a = 1; } message O { int32 a = 1; }"),
        ["name"],
    ),
    "an enum for a number": (
        message("int32 a = 1;"),
        message("E a = 1;", more="enum E { X = 0; }"),
        [],
    ),
    "other values of a map": (
        message("map<string, int32> a = 1;"),
        message("map<string, string> a = 1;"),
        ["type"],
    ),
}


def text_of(change):
    """Both versions of a change as a registry has them."""
    old, new, _ = change
    both = (json.dumps({"$schema": SCHEMA, **each}) for each in (old, new))
    return tuple(both) if isinstance(old, dict) else (old, new)


SCHEMA = "http://json-schema.org/draft-07/schema#"
