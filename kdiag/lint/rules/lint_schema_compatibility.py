"""Schemas that do not fit the versions before them.

BACKWARD: a reader with this schema reads what was written with the last one. FORWARD: a reader
with the last one reads what is written with this. FULL: both. The transitive levels ask all
versions. A registry with that level refuses the schema; one without lets it in, and readers fail.

Reads: Avro schemas, with --against DIR or --schema-registry URL; Avro's schema resolution.
"""

from kdiag.lint.api import Action, Finding, NotApplicable, Said, SchemaFiles, check, conflicts

_DO = {
    "default": "Give the field a default.",
    "type": "Keep the type, or one that it may be promoted to; else add a field of a new name.",
    "name": "Keep the name, or give the old one under aliases.",
    "size": "Keep the size; else add a field of a new name.",
    "symbols": "Keep the symbols, or give the enum a default.",
    "union": "Keep the branches of the union.",
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
