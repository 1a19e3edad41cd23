"""Avro schemas in several files that refer to types of each other, in whatever order.

As Avro's own tools take them, where a type has one definition. Of one that files define differently
nobody can tell which is meant.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from kdiag.schemas.avro_schema import (
    AvroError,
    Schema,
    UnknownType,
    definitions,
    named_types,
    parse,
)


@dataclass(frozen=True)
class Types:
    """Named types of files, by full name. several: names with several definitions → files."""

    known: Mapping[str, Schema]
    several: Mapping[str, Sequence[str]]

    def parse(self, document: Any, pointer: str = "") -> Schema:
        """Return the schema of a document, with types of other files. Raises AvroError."""
        own = definitions(document)
        others = {name: type_ for name, type_ in self.known.items() if name not in own}
        try:
            return parse(document, others, pointer)
        except UnknownType as error:
            files = next((self.several[name] for name in error.names if name in self.several), None)
            if files is None:
                raise
            told = f"{error}, and {' and '.join(files)} define it differently"
            raise AvroError(error.pointer, told) from None


def types_of(documents: Sequence[tuple[str, Any]]) -> Types:
    """Return the types that documents define; each is the path of a file, and its JSON.

    Pointers of these types are no places of another file.
    """
    defined: dict[str, list[tuple[str, Any]]] = {}
    for path, document in documents:
        for name, node in definitions(document).items():
            defined.setdefault(name, []).append((path, node))
    several = {
        name: sorted({path for path, _ in all_})
        for name, all_ in defined.items()
        if any(node != all_[0][1] for _, node in all_)
    }
    known: dict[str, Schema] = {}
    types, waiting = Types(known, several), list(documents)
    while waiting:
        left = [one for one in waiting if not _take(types, known, *one)]
        if len(left) == len(waiting):  # what they lack is in none of the files, or in a circle
            break
        waiting = left
    return types


def _take(types: Types, known: dict[str, Schema], path: str, document: Any) -> bool:
    """Take the types of a document in, and tell whether nothing was lacking."""
    try:
        made = named_types(types.parse(document, f"@{path}"))
    except AvroError:
        return False
    known |= {name: type_ for name, type_ in made.items() if name not in types.several}
    return True
