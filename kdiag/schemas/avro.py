"""Whether an Avro schema can read what another one wrote: Avro's schema resolution, as rules.

Own code: the checker of the official package (PyPI `avro`) is wrong about aliases in a namespace in
both directions, and cannot say where in a union a difference lies. The rules are those of the
specification ("Schema Resolution") and of Java's SchemaCompatibility, which Confluent's registry
and Apicurio ask: all pairs of the schemas in tests/schemas were given to both, and agree.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

from kdiag.schemas.avro_schema import PRIMITIVES, AvroError, Field, Schema
from kdiag.schemas.compatibility import Break, Kind

PROMOTIONS: Mapping[str, frozenset[str]] = {
    "long": frozenset({"int"}),
    "float": frozenset({"int", "long"}),
    "double": frozenset({"int", "long", "float"}),
    "bytes": frozenset({"string"}),
    "string": frozenset({"bytes"}),
}
"""What a reader of each primitive takes beside its own type (specification, Schema Resolution)."""

_AGAIN = "does not fit, as is said where it is first used"


def breaks(reader: Schema, writer: Schema) -> tuple[Break, ...]:
    """Return why a reader cannot read what a writer wrote; nothing where it can.

    Types may hold themselves: a pair of types counts as fitting until it is found not to; what is
    found is then held against the pairs that were tried before, until nothing changes.

    Raises AvroError for schemas that are nested too deep.
    """
    try:
        return _settled(reader, writer)
    except RecursionError:
        raise AvroError("", "is nested too deep for a schema") from None


def _settled(reader: Schema, writer: Schema) -> tuple[Break, ...]:
    broken: frozenset[tuple[int, int]] = frozenset()
    while True:
        walk = _Walk(broken)
        found = tuple(walk.of(reader, writer, _At(reader.pointer, writer.pointer, "")))
        if walk.found <= broken:
            return tuple(each for each in found if each.message != _AGAIN) or found
        broken |= walk.found


class _At(NamedTuple):
    reader: str
    writer: str
    path: str

    def says(self, kind: Kind, message: str) -> Break:
        return Break(kind, message, self.reader, self.writer, self.path)


@dataclass
class _Walk:
    """One pass over two schemas. broken: pairs known not to fit; found: those of this pass."""

    broken: frozenset[tuple[int, int]]
    memo: dict[tuple[int, int], tuple[Break, ...]] = field(default_factory=dict)
    found: set[tuple[int, int]] = field(default_factory=set)

    def of(self, reader: Schema, writer: Schema, at: _At) -> tuple[Break, ...]:
        if writer.kind in PRIMITIVES and _has(reader, writer.kind):
            return ()
        pair = (id(reader), id(writer))
        if pair in self.memo:
            return self.memo[pair]
        self.memo[pair] = (at.says("type", _AGAIN),) if pair in self.broken else ()
        made = self.memo[pair] = tuple(self._judged(reader, writer, at))
        if made:
            self.found.add(pair)
        return made

    def _judged(self, reader: Schema, writer: Schema, at: _At) -> Iterator[Break]:
        if writer.kind == "union":
            for number, branch in enumerate(writer.branches):
                place = _At(at.reader, f"{writer.pointer}/{number}", at.path)
                yield from self.of(reader, branch, place)
        elif reader.kind == "union":
            yield from self._union(reader, writer, at)
        elif reader.kind == writer.kind:
            yield from self._same_kind(reader, writer, at)
        elif writer.kind not in PROMOTIONS.get(reader.kind, ()):
            yield at.says("type", f"{reader} cannot read {writer}")

    def _same_kind(self, reader: Schema, writer: Schema, at: _At) -> Iterator[Break]:
        if reader.items and writer.items:
            part = "items" if reader.kind == "array" else "values"
            place = _At(f"{reader.pointer}/{part}", f"{writer.pointer}/{part}", at.path)
            yield from self.of(reader.items, writer.items, place)
        elif reader.name:
            yield from self._named(reader, writer, at)

    def _union(self, reader: Schema, writer: Schema, at: _At) -> Iterator[Break]:
        """Say what is wrong with the branch that is meant, where one has the writer's name."""
        near: tuple[Break, ...] = ()
        for branch in reader.branches:
            made = self.of(branch, writer, at)
            if not made:
                return
            if branch.kind == writer.kind and branch.short_name == writer.short_name:
                near = made
        yield from near or (at.says("union", f"{reader} has no branch that reads {writer}"),)

    def _named(self, reader: Schema, writer: Schema, at: _At) -> Iterator[Break]:
        if reader.short_name != writer.short_name and writer.name not in reader.aliases:
            message = f"{reader} is not {writer}, and has no alias for it"
            yield at.says("name", message)
        elif reader.kind == "fixed" and reader.size_bytes != writer.size_bytes:
            message = f"{reader} has {reader.size_bytes} bytes, {writer.size_bytes} were written"
            yield at.says("size", message)
        elif reader.kind == "enum":
            yield from _symbols(reader, writer, at)
        elif reader.kind == "record":
            by_name = {each.name: each for each in writer.fields}
            for each in reader.fields:
                yield from self._field(each, _written(each, by_name), writer, at)

    def _field(
        self, wanted: Field, written: Field | None, writer: Schema, at: _At
    ) -> Iterator[Break]:
        path = f"{at.path}.{wanted.name}" if at.path else wanted.name
        if written is not None:
            place = _At(wanted.type_pointer, written.type_pointer, path)
            yield from self.of(wanted.schema, written.schema, place)
        elif not wanted.has_default:
            place = _At(wanted.pointer, writer.pointer, path)
            yield place.says("default", f"field {path} was not written and has no default")


def _has(reader: Schema, primitive: str) -> bool:
    """Tell whether a reader is of a primitive type, or has a branch of it."""
    if reader.kind != "union":
        return reader.kind == primitive
    return primitive in [each.kind for each in reader.branches]


def _written(wanted: Field, by_name: Mapping[str, Field]) -> Field | None:
    """Return the writer's field that is read into one: by name, else by an alias of the reader."""
    for name in (wanted.name, *wanted.aliases):
        if name in by_name:
            return by_name[name]
    return None


def _symbols(reader: Schema, writer: Schema, at: _At) -> Iterator[Break]:
    missing = [symbol for symbol in writer.symbols if symbol not in reader.symbols]
    if missing and reader.default is None:
        names = ", ".join(missing)
        yield at.says("symbols", f"{reader} has no symbol {names}, and no default")
