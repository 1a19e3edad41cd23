"""Schemas that do not fit the versions before them.

BACKWARD: a reader with this schema reads what was written with the last one. FORWARD: a reader
with the last one reads what is written with this. FULL: both. The transitive levels ask all
versions. A registry with that level refuses the schema; one without lets it in, and readers fail.

What the rules cannot tell (a $ref or import that was not read, two regular expressions) is unknown.

Reads: schemas of Avro, JSON Schema and Protobuf, with --against DIR or --schema-registry URL.
"""

from kdiag.lint.api import Action, Finding, NotApplicable, Said, SchemaFiles, check, conflicts

_DO = {
    "default": "Give the field a default.",
    "type": "Keep the type, or one that it may be promoted to; else add a field of a new name.",
    "name": "Keep the name, or give the old one under aliases.",
    "size": "Keep the size; else add a field of a new name.",
    "symbols": "Keep the symbols, or give the enum a default.",
    "union": "Keep the branches of the union.",
    "required": "Leave it optional, or give it a default.",
    "closed": "Keep it, or leave the object open.",
    "open": "Close the object first (additionalProperties of false), or take any value there.",
    "bounds": "Keep the range as wide as it was.",
    "label": "Keep it single, or repeated; else add a field of a new number.",
    "oneof": "Keep the members of the oneof; new fields may be added to it.",
    "message": "Keep the message.",
}


@check(area="files")
def lint_schema_compatibility(schemas: SchemaFiles) -> Said:
    """Schemas that break readers or writers of an earlier version."""
    if not any(file.has_earlier for file in schemas):
        yield NotApplicable("no earlier versions were given (--against, --schema-registry)")
    for file in schemas:
        if file.schema is None:
            continue
        for conflict in conflicts(file.schema, file.earlier, file.level):
            who = (
                f"This schema cannot read what was written with {conflict.version}"
                if conflict.is_backward
                else f"Readers with {conflict.version} cannot read what is written with this schema"
            )
            for each in conflict.breaks:
                here = each.reader_pointer if conflict.is_backward else each.writer_pointer
                yield Finding(
                    "critical",
                    file.at(here),
                    f"{who}: {each.message}.",
                    f"A registry with {file.level} refuses it; elsewhere "
                    + (
                        "consumers that are updated fail on old records."
                        if conflict.is_backward
                        else "consumers that are not updated fail on new records."
                    ),
                    evidence={
                        "level": file.level,
                        "version": conflict.version,
                        "kind": each.kind,
                        "field": each.path,
                    },
                    actions=(Action(_DO[each.kind]),),
                )
