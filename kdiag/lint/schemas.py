"""An Avro schema in a file, and the versions before it."""

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from kdiag.errors import UsageError
from kdiag.lint.files import SchemaFile
from kdiag.lint.nodes import Node, Place, of_json
from kdiag.schemas.avro import Level
from kdiag.schemas.avro_schema import AvroError, Schema, parse
from kdiag.snapshot import Missing

Versions = Sequence[tuple[str, Schema]]
_DIGITS = re.compile(r"(\d+)")


@dataclass(frozen=True)
class Earlier:
    """Where versions before are. directory: of .avsc files, by name. level: what is asked.

    of_registry: path and schema → its versions and level, where a registry is asked, or why not.
    """

    directory: Path | None = None
    level: Level = "BACKWARD"
    of_registry: Callable[[str, Schema], tuple[Versions, Level] | Missing] | None = None


def schema_file(tree: Node, path: str, earlier: Earlier) -> SchemaFile:
    """Return the schema of a document.

    Raises UsageError for a directory of versions that cannot be read, or an earlier version in it
    that is no schema.
    """
    places = dict(_places(tree, ""))
    try:
        schema = parse(tree.plain)
    except AvroError as error:
        return SchemaFile(path=path, schema=None, fault=(error.pointer, str(error)), places=places)
    told = _versions(path, schema, earlier)
    untold = told if isinstance(told, Missing) else None
    versions, level = ((), earlier.level) if isinstance(told, Missing) else told
    return SchemaFile(
        path=path,
        schema=schema,
        places=places,
        earlier=tuple(versions),
        level=level,
        has_earlier=earlier.directory is not None or earlier.of_registry is not None,
        untold=untold,
    )


def _versions(path: str, schema: Schema, earlier: Earlier) -> tuple[Versions, Level] | Missing:
    if earlier.of_registry is not None:
        return earlier.of_registry(path, schema)
    if earlier.directory is None:
        return (), earlier.level
    return list(_in_directory(earlier.directory, path, schema)), earlier.level


def _in_directory(directory: Path, path: str, schema: Schema) -> Iterator[tuple[str, Schema]]:
    """Yield the schemas of a directory that have the name of this one, in the order of names."""
    if not directory.is_dir():
        raise UsageError(f"{directory}: is no directory of earlier versions")
    for file in sorted(directory.glob("*.avsc"), key=_natural):
        if file.resolve() == Path(path).resolve():
            continue
        try:
            text = file.read_text(encoding="utf-8-sig")
        except (OSError, ValueError) as error:
            raise UsageError(f"{file}: cannot be read: {error}") from None
        tree = of_json(text, str(file))
        try:
            old = parse(tree.plain)
        except AvroError as error:
            line, column = tree.at(error.pointer)
            raise UsageError(f"{file}:{line}:{column}: is no Avro schema: {error}") from None
        if old.short_name == schema.short_name:
            yield file.name, old


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
