"""Schemas of any format: read as one, and held against each other by the rules of their format."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from kdiag.schemas import avro, avro_schema, json_document, json_schema, proto_file, protobuf
from kdiag.schemas.avro_schema import Schema as AvroSchema
from kdiag.schemas.compatibility import WORDS, Break, Format, Level, SchemaError, Verdict
from kdiag.schemas.json_document import JsonSchema
from kdiag.schemas.proto_file import ProtoFile

AnySchema = AvroSchema | JsonSchema | ProtoFile


@dataclass(frozen=True)
class Conflict:
    """A pair of versions that does not fit. is_backward: the new one cannot read the earlier."""

    version: str
    is_backward: bool
    breaks: tuple[Break, ...]
    unjudged: tuple[str, ...] = ()


def parse(format_: Format, text: str, known: Mapping[str, AnySchema] | None = None) -> AnySchema:
    """Return the schema that a text holds.

    known: schemas that it refers to, by the name that it has for them; of Avro any names.
    Raises SchemaError.
    """
    others = known or {}
    if format_ == "PROTOBUF":
        files = {name: one for name, one in others.items() if isinstance(one, ProtoFile)}
        return proto_file.parse(text, files)
    try:
        document = json.loads(text)
    except (ValueError, RecursionError):
        raise SchemaError("", "is no JSON") from None
    if format_ == "JSON":
        schemas = {name: one for name, one in others.items() if isinstance(one, JsonSchema)}
        return json_document.parse(document, schemas)
    types: dict[str, AvroSchema] = {}
    for one in others.values():
        if isinstance(one, AvroSchema):
            types |= avro_schema.named_types(one)
    return avro_schema.parse(document, types)


def format_of(schema: AnySchema) -> Format:
    """Return the format of a schema, as a registry calls it."""
    if isinstance(schema, AvroSchema):
        return "AVRO"
    return "JSON" if isinstance(schema, JsonSchema) else "PROTOBUF"


def is_same_name(one: AnySchema, other: AnySchema) -> bool:
    """Tell whether two schemas are of one kind of record, as far as they say so."""
    if isinstance(one, AvroSchema) and isinstance(other, AvroSchema):
        return one.kind == other.kind and one.short_name == other.short_name
    return type(one) is type(other) and title(one) == title(other)


def title(schema: AnySchema) -> str | None:
    """Return what a schema calls its records; None where it does not."""
    return (schema.short_name or None) if isinstance(schema, AvroSchema) else schema.title


def compare(reader: AnySchema, writer: AnySchema) -> Verdict:
    """Return why a reader cannot read what a writer wrote. Raises SchemaError."""
    if isinstance(reader, AvroSchema) and isinstance(writer, AvroSchema):
        return Verdict(avro.breaks(reader, writer))
    if isinstance(reader, JsonSchema) and isinstance(writer, JsonSchema):
        return json_schema.compare(reader, writer)
    if isinstance(reader, ProtoFile) and isinstance(writer, ProtoFile):
        return protobuf.compare(reader, writer)
    words = [WORDS[format_of(each)] for each in (reader, writer)]
    return Verdict((Break("type", f"{words[0]} cannot read {words[1]}", "", "", ""),))


def conflicts(
    new: AnySchema, earlier: Sequence[tuple[str, AnySchema]], level: Level
) -> tuple[Conflict, ...]:
    """Return the earlier versions (oldest first) with which a new one does not fit at a level.

    One that nobody can judge is among them, without breaks. Only the transitive levels ask all of
    them; the others ask the last one.
    """
    if level == "NONE":
        return ()
    asked = earlier if level.endswith("_TRANSITIVE") else earlier[-1:]
    direction = level.removesuffix("_TRANSITIVE")
    made = []
    for version, old in asked:
        if direction in ("BACKWARD", "FULL"):
            told = compare(new, old)
            made.append(Conflict(version, True, told.breaks, told.unjudged))
        if direction in ("FORWARD", "FULL"):
            told = compare(old, new)
            made.append(Conflict(version, False, told.breaks, told.unjudged))
    return tuple(each for each in made if each.breaks or each.unjudged)
