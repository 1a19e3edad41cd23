"""Schemas that are none, or that will not let themselves be changed.

A default that is no value of its type is refused by Avro's parser. A field that may be null but
has no default can be neither added nor removed; an enum without a default cannot grow. A change of
a logical type, and a renamed field without an alias, are compatible for every registry, and read
wrong all the same.

Of JSON Schema and Protobuf only what is no schema is told.

Reads: schemas; the version before, with --against DIR or --schema-registry URL.
"""

import re
from collections.abc import Iterator

from kdiag.lint.api import (
    Action,
    Field,
    Finding,
    Said,
    Schema,
    SchemaFile,
    SchemaFiles,
    Severity,
    check,
    named_types,
    wrong_default,
)

_ELSEWHERE = re.compile(r"there is no type '(?:[\w.]+\.)?[A-Z]\w*'")


@check(area="files")
def lint_schema_evolution(schemas: SchemaFiles) -> Said:
    """Schemas that are none, that cannot grow, or that change what values mean."""
    for file in schemas:
        if file.schema is None:
            yield _no_schema(file)
            continue
        if not isinstance(file.schema, Schema):
            continue
        for type_ in _own(file, file.schema):
            yield from _type(file, type_)
        version, old = file.earlier[-1] if file.earlier else ("", None)
        if isinstance(old, Schema):
            yield from _changes(file, file.schema, old, version)


def _no_schema(file: SchemaFile) -> Finding:
    pointer, message = file.fault or ("", "it cannot be read")
    text = f"This is no {file.word} schema: {message}."
    if _ELSEWHERE.search(message):
        text = f"This is no {file.word} schema by itself: {message}, and the rest was not judged."
        impact = "A registry takes it with a reference to the schema that has it, and only then."
        do = (
            "Keep one definition of it."
            if message.endswith("differently")
            else "Give lint the file that has it, too, and the registry a reference to it."
        )
        return _finding(file, pointer, "warning", text, impact, do)
    return _finding(
        file, pointer, "critical", text, "Nothing can be registered or read with it.", "Mend it."
    )


def _own(file: SchemaFile, schema: Schema) -> list[Schema]:
    """Return the named types that this file defines; others are judged where they stand."""
    return [one for name, one in named_types(schema).items() if name not in file.elsewhere]


def _type(file: SchemaFile, type_: Schema) -> Iterator[Finding]:
    for each in type_.fields:
        yield from _field(file, each)
    if type_.kind == "enum" and type_.default is None:
        text = f"Enum {type_.name} has no default."
        impact = "A symbol that is added later breaks every reader that does not know it."
        do = 'Add a symbol as UNKNOWN, and "default": "UNKNOWN".'
        yield _finding(file, type_.pointer, "info", text, impact, do)


def _field(file: SchemaFile, each: Field) -> Iterator[Finding]:
    if each.has_default:
        wrong = wrong_default(each.schema, each.default)
        if wrong is not None:
            text = f"The default of {each.name} {wrong}."
            impact = "Avro's parser refuses the schema, and so does a registry."
            do = "Write a default of that type; of a union, one of its first branch."
            yield _finding(file, f"{each.pointer}/default", "critical", text, impact, do)
    elif each.schema.kind == "union" and any(b.kind == "null" for b in each.schema.branches):
        text = f"Field {each.name} may be null, but has no default."
        impact = "It can be neither added to nor removed from a schema that others use."
        do = 'Put "null" first, and add "default": null.'
        yield _finding(file, each.pointer, "warning", text, impact, do)


def _changes(file: SchemaFile, new: Schema, old: Schema, version: str) -> Iterator[Finding]:
    """Say what every registry lets pass, and readers get wrong; of records of the same name."""
    before = {type_.short_name: type_ for type_ in named_types(old).values()}
    for type_ in _own(file, new):
        was = before.get(type_.short_name)
        if was is not None and type_.kind == "record" == was.kind:
            yield from _meanings(file, type_, was, version)
            yield from _renamed(file, type_, was, version)


def _meanings(file: SchemaFile, new: Schema, old: Schema, version: str) -> Iterator[Finding]:
    by_name = {each.name: each for each in old.fields}
    for each in new.fields:
        was = by_name.get(each.name)
        if was is None or was.schema.kind != each.schema.kind:
            continue
        if was.schema.logical != each.schema.logical:
            told, tells = _logical(was.schema), _logical(each.schema)
            text = f"Field {each.name} is {tells}; with {version} it was {told}."
            impact = "Old values are read with the new meaning: compatible, and wrong."
            do = "Add a field of a new name instead."
            yield _finding(file, each.type_pointer, "warning", text, impact, do)


def _renamed(file: SchemaFile, new: Schema, old: Schema, version: str) -> Iterator[Finding]:
    now, then = {each.name for each in new.fields}, {each.name for each in old.fields}
    gone = [each for each in old.fields if each.name not in now]
    come = [each for each in new.fields if each.name not in then]
    if len(gone) != 1 or len(come) != 1 or gone[0].name in come[0].aliases:
        return
    if str(gone[0].schema) == str(come[0].schema):
        text = f"Field {come[0].name} seems to be {gone[0].name} of {version} under a new name."
        impact = "Values of old records are lost: readers get the default instead."
        do = f'Add "aliases": ["{gone[0].name}"], if it is the same.'
        yield _finding(file, come[0].pointer, "info", text, impact, do)


def _logical(schema: Schema) -> str:
    if schema.logical is None:
        return f"a plain {schema.kind}"
    name, precision, scale = schema.logical
    return f"{name}({precision}, {scale or 0})" if precision is not None else name


def _finding(
    file: SchemaFile, pointer: str, severity: Severity, text: str, impact: str, do: str
) -> Finding:
    is_guess = severity == "info" and "seems" in text
    return Finding(
        severity,
        file.at(pointer),
        text,
        impact,
        evidence={"pointer": pointer},
        actions=(Action(do),),
        confidence="possible" if is_guess else "certain",
    )
