"""An Avro schema as the specification has it, read from its JSON, with where each part stands.

Names are resolved as Avro's own parser does: in the enclosing namespace, then without one. Each
named type is one object however often it is used, so that a type may hold itself. `pointer` is a
JSON pointer (RFC 6901) into the document: a caller that knows lines and columns can show them.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from kdiag.schemas.compatibility import SchemaError

PRIMITIVES = frozenset({"null", "boolean", "int", "long", "float", "double", "bytes", "string"})
_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
_NAMED = ("record", "error", "enum", "fixed")


class AvroError(SchemaError):
    """A document that is no Avro schema."""


class UnknownType(AvroError):
    """A type that the document does not define. names: what it may be called elsewhere."""

    def __init__(self, pointer: str, name: str, full: str) -> None:
        super().__init__(pointer, f"there is no type {name!r} here")
        self.names = (full, name)


@dataclass(eq=False, slots=True)
class Schema:
    """One type. Only the fields of its kind are filled.

    kind: a primitive, record, enum, fixed, array, map or union. name: with its namespace; aliases,
    too. items: of an array, or the values of a map. default: the symbol of an enum that stands
    for unknown ones. logical: logicalType with its precision and scale, as written.
    """

    kind: str
    pointer: str
    name: str = ""
    aliases: tuple[str, ...] = ()
    fields: tuple["Field", ...] = ()
    symbols: tuple[str, ...] = ()
    default: str | None = None
    size_bytes: int = 0
    items: "Schema | None" = None
    branches: tuple["Schema", ...] = ()
    logical: tuple[str, Any, Any] | None = None

    @property
    def short_name(self) -> str:
        """Return the name without its namespace."""
        return self.name.rpartition(".")[2]

    def __str__(self) -> str:
        if self.kind == "union":
            return " or ".join(map(str, self.branches))
        return f"{self.kind} {self.name}" if self.name else self.kind


@dataclass(eq=False, slots=True)
class Field:
    """A field of a record; `type_pointer` is where its type is written."""

    name: str
    schema: Schema
    pointer: str
    type_pointer: str
    aliases: tuple[str, ...] = ()
    has_default: bool = False
    default: Any = None


def parse(document: Any, known: Mapping[str, Schema] | None = None, pointer: str = "") -> Schema:
    """Return the schema that a decoded JSON document holds.

    known: named types from elsewhere, by full name, as references of a registry bring them.
    pointer: of the document. Raises AvroError.
    """
    try:
        return _Parser(dict(known or {})).schema(document, pointer, "")
    except RecursionError:
        raise AvroError("", "is nested too deep for a schema") from None


def named_types(schema: Schema) -> dict[str, Schema]:
    """Return the named types in a schema by full name: what others may refer to."""
    found: dict[str, Schema] = {}
    waiting = [schema]
    while waiting:
        one = waiting.pop()
        if one.name:
            if one.name in found:
                continue
            found[one.name] = one
        waiting += [each.schema for each in one.fields]
        waiting += [*one.branches, *([one.items] if one.items else [])]
    return found


def definitions(document: Any) -> dict[str, Any]:
    """Return what a document defines, though it need not be a schema: full name → JSON."""
    try:
        return dict(_defined(document, ""))
    except RecursionError:
        return {}


def _defined(node: Any, space: str) -> Iterator[tuple[str, Any]]:
    if isinstance(node, list):
        for each in node:
            yield from _defined(each, space)
    if not isinstance(node, dict):
        return
    if node.get("type") in _NAMED:
        try:
            name, space = _full_name(node, "", "", space)
        except AvroError:
            return
        yield name, node
    for key in ("type", "items", "values", "fields"):
        yield from _defined(node.get(key), space)


@dataclass
class _Parser:
    types: dict[str, Schema] = field(default_factory=dict)

    def schema(self, node: Any, pointer: str, space: str) -> Schema:
        if isinstance(node, str):
            return self._by_name(node, pointer, space)
        if isinstance(node, list):
            return self._union(node, pointer, space)
        if not isinstance(node, dict):
            raise AvroError(pointer, f"expected a type, found {_said(node)}")
        type_ = node.get("type")
        if type_ is None:
            raise AvroError(pointer, 'a type has no "type"')
        if isinstance(type_, str) and type_ in _NAMED:
            return self._named(node, type_, pointer, space)
        if type_ in ("array", "map"):
            return self._container(node, str(type_), pointer, space)
        made = self.schema(type_, f"{pointer}/type", space)
        if isinstance(type_, str) and made.kind in PRIMITIVES:
            made.logical = _logical(node)
        return made

    def _by_name(self, name: str, pointer: str, space: str) -> Schema:
        if name in PRIMITIVES:
            return Schema(name, pointer)
        full = _qualified(name, space)
        found = self.types.get(full) or self.types.get(name)
        if found is None:
            raise UnknownType(pointer, name, full)
        return found

    def _union(self, node: list[Any], pointer: str, space: str) -> Schema:
        branches = [
            self.schema(each, f"{pointer}/{number}", space) for number, each in enumerate(node)
        ]
        seen: set[str] = set()
        for number, branch in enumerate(branches):
            what = branch.name or branch.kind
            if what in seen or branch.kind == "union":
                wrong = "holds a union" if branch.kind == "union" else f"has {what} twice"
                raise AvroError(f"{pointer}/{number}", f"a union {wrong}")
            seen.add(what)
        return Schema("union", pointer, branches=tuple(branches))

    def _container(self, node: dict[str, Any], kind: str, pointer: str, space: str) -> Schema:
        inner = "items" if kind == "array" else "values"
        if inner not in node:
            raise AvroError(
                pointer, f'{"an array" if kind == "array" else "a map"} has no "{inner}"'
            )
        return Schema(kind, pointer, items=self.schema(node[inner], f"{pointer}/{inner}", space))

    def _named(self, node: dict[str, Any], type_: str, pointer: str, space: str) -> Schema:
        kind = "record" if type_ == "error" else type_
        name, space = _full_name(node, kind, pointer, space)
        if name in self.types:
            raise AvroError(f"{pointer}/name", f"the type {name} is defined twice")
        made = Schema(kind, pointer, name, _aliases(node, pointer, space))
        self.types[name] = made
        if kind == "record":
            made.fields = tuple(self._fields(node, pointer, space))
        elif kind == "enum":
            made.symbols, made.default = _symbols(node, pointer)
        else:
            made.size_bytes = _size(node, pointer)
            made.logical = _logical(node)
        return made

    def _fields(self, node: dict[str, Any], pointer: str, space: str) -> Iterator[Field]:
        written = node.get("fields")
        if not isinstance(written, list):
            raise AvroError(pointer, 'a record has no list "fields"')
        seen: set[str] = set()
        for number, each in enumerate(written):
            at = f"{pointer}/fields/{number}"
            if not isinstance(each, dict) or "type" not in each:
                raise AvroError(at, 'a field needs a "name" and a "type"')
            name = _simple_name(each, f"{at}/name" if "name" in each else at)
            if name in seen:
                raise AvroError(f"{at}/name", f"the field {name} is there twice")
            seen.add(name)
            yield Field(
                name,
                self.schema(each["type"], f"{at}/type", space),
                at,
                f"{at}/type",
                _texts(each, "aliases", at),
                "default" in each,
                each.get("default"),
            )


def _qualified(name: str, space: str) -> str:
    return name if "." in name or not space else f"{space}.{name}"


def _simple_name(node: dict[str, Any], pointer: str) -> str:
    name = node.get("name")
    if not isinstance(name, str) or not _NAME.fullmatch(name):
        raise AvroError(pointer, f"expected a name of letters, digits and _, found {_said(name)}")
    return name


def _full_name(node: dict[str, Any], kind: str, pointer: str, space: str) -> tuple[str, str]:
    """Return the name with its namespace, and that namespace: what is inside stands in it."""
    name, own = node.get("name"), node.get("namespace")
    at = f"{pointer}/name" if "name" in node else pointer
    if not isinstance(name, str) or not all(map(_NAME.fullmatch, name.split("."))):
        raise AvroError(
            at, f"{kind}: expected a name of letters, digits and _, found {_said(name)}"
        )
    if "." in name:
        return name, name.rpartition(".")[0]
    if own is not None and not isinstance(own, str):
        raise AvroError(f"{pointer}/namespace", f"expected a namespace, found {_said(own)}")
    space = space if own is None else own
    return _qualified(name, space), space


def _aliases(node: dict[str, Any], pointer: str, space: str) -> tuple[str, ...]:
    return tuple(_qualified(alias, space) for alias in _texts(node, "aliases", pointer))


def _texts(node: dict[str, Any], key: str, pointer: str) -> tuple[str, ...]:
    held = node.get(key, [])
    if not isinstance(held, list) or not all(isinstance(each, str) for each in held):
        raise AvroError(f"{pointer}/{key}", f"expected a list of names, found {_said(held)}")
    return tuple(held)


def _symbols(node: dict[str, Any], pointer: str) -> tuple[tuple[str, ...], str | None]:
    if "symbols" not in node:
        raise AvroError(pointer, 'an enum has no "symbols"')
    symbols, default = _texts(node, "symbols", pointer), node.get("default")
    for number, symbol in enumerate(symbols):
        if not _NAME.fullmatch(symbol) or symbol in symbols[:number]:
            wrong = "is there twice" if symbol in symbols[:number] else "is no name"
            raise AvroError(f"{pointer}/symbols/{number}", f"the symbol {symbol!r} {wrong}")
    if default is not None and default not in symbols:
        raise AvroError(
            f"{pointer}/default", f"the default {_said(default)} is none of the symbols"
        )
    return symbols, default


def _size(node: dict[str, Any], pointer: str) -> int:
    size = node.get("size")
    if not isinstance(size, int) or isinstance(size, bool) or size < 0:
        at = f"{pointer}/size" if "size" in node else pointer
        raise AvroError(at, f"a fixed needs a size in bytes, found {_said(size)}")
    return size


def _logical(node: dict[str, Any]) -> tuple[str, Any, Any] | None:
    type_ = node.get("logicalType")
    return (type_, node.get("precision"), node.get("scale")) if isinstance(type_, str) else None


def _said(value: Any) -> str:
    """Return a value of a document in few characters."""
    if isinstance(value, dict | list):
        return "an object" if isinstance(value, dict) else "a list"
    return "nothing" if value is None else repr(value)[:40]
