"""A schema in a file (Avro, JSON Schema, Protobuf), and the versions before it."""

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from kdiag.errors import UsageError
from kdiag.lint.files import SchemaFile
from kdiag.lint.kinds import is_json_schema
from kdiag.lint.nodes import Node, Place, of_json
from kdiag.schemas import json_document, proto_file
from kdiag.schemas.avro_files import Types, types_of
from kdiag.schemas.avro_schema import Schema, definitions, named_types
from kdiag.schemas.compare import AnySchema, title
from kdiag.schemas.compatibility import WORDS, Format, Level, SchemaError
from kdiag.snapshot import Missing

Versions = Sequence[tuple[str, AnySchema]]
_DIGITS = re.compile(r"(\d+)")


@dataclass(frozen=True)
class Earlier:
    """Where versions before are. directory: of files, by name. level: what is asked.

    of_registry: path and schema → its versions and level, where a registry is asked, or why not.
    """

    directory: Path | None = None
    level: Level = "BACKWARD"
    of_registry: Callable[[str, AnySchema], tuple[Versions, Level] | Missing] | None = None


def schema_files(trees: Sequence[tuple[str, Node]], earlier: Earlier) -> Iterator[SchemaFile]:
    """Yield the schemas of documents and their paths; of Avro they may refer to each other.

    Raises UsageError for a directory of versions that cannot be read, or an earlier version in it
    that is no schema.
    """
    types = _types(trees)
    for path, tree in trees:
        yield _schema_file(tree, path, types, earlier)


def _types(trees: Iterable[tuple[str, Node]]) -> Types:
    documents = [(path, tree.plain) for path, tree in trees]
    return types_of([one for one in documents if not is_json_schema(one[1])])


def _schema_file(tree: Node, path: str, types: Types, earlier: Earlier) -> SchemaFile:
    places = dict(_places(tree, ""))
    format_: Format = "JSON" if is_json_schema(tree.plain) else "AVRO"
    try:
        schema = _of_tree(tree, format_, types)
    except SchemaError as error:
        return SchemaFile(
            path=path,
            schema=None,
            format=format_,
            fault=(error.pointer, str(error)),
            places=places,
        )
    made = _with_earlier(schema, format_, path, earlier, places)
    if not isinstance(schema, Schema):
        return made
    return replace(made, elsewhere=frozenset(named_types(schema)) - set(definitions(tree.plain)))


def proto_schema_file(text: str, path: str, earlier: Earlier) -> SchemaFile:
    """Return the schema of a .proto file. Raises UsageError as `schema_files` does."""
    try:
        schema = proto_file.parse(text)
    except SchemaError as error:
        return SchemaFile(
            path=path,
            schema=None,
            format="PROTOBUF",
            fault=(error.pointer, str(error)),
            places={error.pointer: _proto_place(text, error.pointer)},
        )
    places: dict[str, Place] = {}
    for name, message in schema.messages.items():
        pointer = f"/{schema.local(name)}"
        places[pointer] = proto_file.place(text, message.offset)
        for number, offset in message.offsets.items():
            places[f"{pointer}/{number}"] = proto_file.place(text, offset)
    return _with_earlier(schema, "PROTOBUF", path, earlier, places)


def _with_earlier(
    schema: AnySchema, format_: Format, path: str, earlier: Earlier, places: dict[str, Place]
) -> SchemaFile:
    told = _versions(path, schema, format_, earlier)
    untold = told if isinstance(told, Missing) else None
    versions, level = ((), earlier.level) if isinstance(told, Missing) else told
    return SchemaFile(
        path=path,
        schema=schema,
        format=format_,
        places=places,
        earlier=tuple(versions),
        level=level,
        has_earlier=earlier.directory is not None or earlier.of_registry is not None,
        untold=untold,
    )


def _of_tree(tree: Node, format_: Format, types: Types) -> AnySchema:
    return json_document.parse(tree.plain) if format_ == "JSON" else types.parse(tree.plain)


def _versions(
    path: str, schema: AnySchema, format_: Format, earlier: Earlier
) -> tuple[Versions, Level] | Missing:
    if earlier.of_registry is not None:
        return earlier.of_registry(path, schema)
    if earlier.directory is None:
        return (), earlier.level
    return list(_in_directory(earlier.directory, path, schema, format_)), earlier.level


_ENDINGS: dict[Format, str] = {"AVRO": "avsc", "JSON": "json", "PROTOBUF": "proto"}


def _in_directory(
    directory: Path, path: str, schema: AnySchema, format_: Format
) -> Iterator[tuple[str, AnySchema]]:
    """Yield the schemas of a directory that have the name of this one, in the order of names."""
    if not directory.is_dir():
        raise UsageError(f"{directory}: is no directory of earlier versions")
    texts = {
        file: _read(file) for file in sorted(directory.glob(f"*.{_ENDINGS[format_]}"), key=_natural)
    }
    trees = {} if format_ == "PROTOBUF" else {f: of_json(text, str(f)) for f, text in texts.items()}
    types = _types((str(file), tree) for file, tree in trees.items())
    for file, text in texts.items():
        if file.resolve() == Path(path).resolve():
            continue
        old = _earlier_version(file, text, trees.get(file), format_, types)
        if old is not None and title(old) == title(schema):
            yield file.name, old


def _read(file: Path) -> str:
    try:
        return file.read_text(encoding="utf-8-sig")
    except (OSError, ValueError) as error:
        raise UsageError(f"{file}: cannot be read: {error}") from None


def _earlier_version(
    file: Path, text: str, tree: Node | None, format_: Format, types: Types
) -> AnySchema | None:
    """Return what a file holds; None where it is JSON of another kind. Raises UsageError."""
    if tree is not None and format_ == "JSON" and not is_json_schema(tree.plain):
        return None
    try:
        return proto_file.parse(text) if tree is None else _of_tree(tree, format_, types)
    except SchemaError as error:
        pointer = error.pointer
        line, column = _proto_place(text, pointer) if tree is None else tree.at(pointer)
        where = f"{file}:{line}:{column}"
        raise UsageError(f"{where}: is no {WORDS[format_]} schema: {error}") from None


def _proto_place(text: str, pointer: str) -> Place:
    return proto_file.place(text, int(pointer.lstrip("@") or 0))


def _natural(file: Path) -> list[tuple[bool, int, str]]:
    """Return what sorts v2 before v10."""
    parts = _DIGITS.split(file.name)
    return [(part.isdigit(), int(part) if part.isdigit() else 0, part) for part in parts]


def _places(node: Node, pointer: str) -> Iterator[tuple[str, Place]]:
    yield pointer, node.place
    for key, place, value in node.items():
        yield from _places(value, f"{pointer}/{key}")
        yield f"{pointer}/{key}", place
    for number, value in enumerate(node.elements()):
        yield from _places(value, f"{pointer}/{number}")
