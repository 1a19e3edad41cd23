"""Whether what one JSON Schema lets pass is let pass by another, and where no rule can tell.

Own code: PyPI has no kept library for this. The rules are those of Confluent's registry (its
json-schema differences, strict), as "every value that the writer's schema takes fits the reader's":
open and closed objects, required properties, types, ranges, enums, and unions branch by branch.

What no rule here tells (two regular expressions, if/then/else, a $ref that was not read) is said
and never counts as fitting. The draft is not looked at: a keyword means what newer drafts mean by
it, and those of older ones (boolean exclusiveMinimum, a list of items) are known.
"""

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from kdiag.schemas import json_limits, json_objects
from kdiag.schemas.compatibility import Break, Kind, SchemaError, Verdict
from kdiag.schemas.json_document import JsonSchema, Part, UnfollowedError, followed

TYPES = ("null", "boolean", "integer", "number", "string", "array", "object")
_ASSERTING = (
    *("not", "if", "then", "else", "contains", "minContains", "maxContains", "propertyNames"),
    *("dependencies", "dependentRequired", "dependentSchemas", "$dynamicRef", "$recursiveRef"),
)
"""Keywords that narrow what fits, and that are only looked at for whether they are the same."""
_UNEVALUATED = ("unevaluatedProperties", "unevaluatedItems")
_UNIONS = ("anyOf", "oneOf")
_AGAIN = "does not fit, as is said where it is first used"
_MOST_PAIRS = 20_000
_LARGEST = 1_000_000  # signs of one schema
_MOST_SIGNS = 20_000_000  # that are looked at for one pair of schemas


def compare(reader: JsonSchema, writer: JsonSchema) -> Verdict:
    """Return why a reader does not take all that a writer may write, and what cannot be told."""
    broken: frozenset[tuple[Any, ...]] = frozenset()
    if any(len(_text(each.document)) > _LARGEST for each in (reader, writer)):
        return Verdict(unjudged=(f"schemas of more than {_LARGEST} signs are not compared",))
    first = Part(reader, reader.document, ""), Part(writer, writer.document, "")
    try:
        while True:
            walk = Walk(broken)
            found = tuple(walk.of(*first, ""))
            if walk.found <= broken:
                break
            broken |= walk.found
    except RecursionError:
        raise SchemaError("", "is nested too deep for a schema") from None
    said = tuple(each for each in found if isinstance(each, Break))
    told = tuple(each for each in said if each.message != _AGAIN) or said
    unjudged = [each for each in found if isinstance(each, str)]
    return Verdict(tuple(dict.fromkeys(told)), tuple(dict.fromkeys(unjudged)))


Found = Break | str
"""A reason, or a sentence on what cannot be told."""


@dataclass
class Walk:
    """One pass over two schemas. broken: pairs known not to fit; found: those of this pass.

    A pair counts as fitting while it is looked at: schemas may hold themselves.
    """

    broken: frozenset[tuple[Any, ...]]
    memo: dict[tuple[Any, ...], tuple[Found, ...]] = field(default_factory=dict)
    found: set[tuple[Any, ...]] = field(default_factory=set)
    made: list[Part] = field(default_factory=list)
    signs: int = 0

    def of(self, reader: Part, writer: Part, path: str) -> tuple[Found, ...]:
        """Return what is found of a pair, named by the path that leads there."""
        try:
            reader, writer = followed(reader), followed(writer)
        except UnfollowedError as error:
            return (str(error),)
        pair = (reader.key, writer.key)
        if pair in self.memo:
            return self.memo[pair]
        if len(self.memo) > _MOST_PAIRS or self.signs > _MOST_SIGNS:
            return ("there is too much to compare",)
        again = Break("type", _AGAIN, reader.pointer, writer.pointer, path)
        self.memo[pair] = (again,) if pair in self.broken else ()
        told = self.memo[pair] = tuple(self._judged(reader, writer, path))
        self.made += [reader, writer]  # so that no other node gets the same id
        if any(isinstance(each, Break) for each in told):
            self.found.add(pair)
        return told

    def _judged(self, reader: Part, writer: Part, path: str) -> Iterator[Found]:
        if writer.node is False or reader.node is True or reader.node == {}:
            return
        if not all(isinstance(part.node, dict | bool) for part in (reader, writer)):
            yield "a schema is neither an object nor true nor false"
        elif self._are_same(reader, writer):
            return
        elif reader.node is False:
            yield Break("closed", "nothing is taken here", reader.pointer, writer.pointer, path)
        elif reader.has("allOf"):
            for each in _parts(reader):
                yield from self.of(each, writer, path)
        else:
            written = writer.of({}) if writer.node is True else writer
            yield from self._combined(reader, written, path)

    def _are_same(self, one: Part, other: Part) -> bool:
        """Tell whether two schemas are the same text, which refers to nothing."""
        texts = _text(one.node), _text(other.node)
        self.signs += len(texts[0]) + len(texts[1])
        return texts[0] == texts[1] and not _refers(one.node)

    def _combined(self, reader: Part, writer: Part, path: str) -> Iterator[Found]:
        """Take the writer apart, allOf and unions: each of its branches must fit."""
        flat = merged(writer)
        if flat is None:
            if all(self.of(reader, each, path) for each in _parts(writer)):
                yield "an allOf cannot be taken apart"
            return
        writer = flat
        for keyword in _UNIONS:
            if writer.has(keyword) and reader.has(keyword) and _equal(reader, writer, keyword):
                reader, writer = _without(reader, keyword), _without(writer, keyword)
        for keyword in _UNIONS:
            if writer.has(keyword):
                yield from self._written_union(reader, writer, keyword, path)
                return
        for one in _by_type(reader, writer):
            yield from self._read(reader, one, path)

    def _written_union(
        self, reader: Part, writer: Part, keyword: str, path: str
    ) -> Iterator[Found]:
        for number in range(len(_branches(writer, keyword))):
            branch = _joined(_without(writer, keyword), writer.at(keyword, number))
            if branch is None:
                yield f"{keyword} beside other keywords cannot be taken apart"
                return
            yield from self.of(reader, branch, path)

    def _read(self, reader: Part, writer: Part, path: str) -> Iterator[Found]:
        for keyword in _UNIONS:
            if reader.has(keyword):
                yield from self._any_branch(reader, writer, keyword, path)
                reader = _without(reader, keyword)
        yield from self._plain(reader, writer, path)

    def _any_branch(self, reader: Part, writer: Part, keyword: str, path: str) -> Iterator[Found]:
        near: tuple[Found, ...] = ()
        unjudged: list[str] = []
        branches = _branches(reader, keyword)
        for number in range(len(branches)):
            told = self.of(reader.at(keyword, number), writer, path)
            if not told:
                return
            unjudged += [each for each in told if isinstance(each, str)]
            if _types(reader.at(keyword, number)) & _types(writer) and len(branches) > 1:
                near = near or told
            near = told if len(branches) == 1 else near
        if unjudged:
            yield unjudged[0]
        elif _is_plain(writer):
            last = Break(
                "union",
                f"no branch of {keyword} takes {named(writer)}",
                *(reader.pointer, writer.pointer, path),
            )
            yield from near or (last,)
        else:
            yield f"{keyword} cannot be held against several kinds of value"

    def _plain(self, reader: Part, writer: Part, path: str) -> Iterator[Found]:
        """Hold two schemas without unions against each other, keyword by keyword."""
        at = At(self, reader, writer, path)
        lost = _types(writer) - _types(reader) - _whole(reader)
        if lost:
            wanted, told = named(reader), " or ".join(t for t in TYPES if t in lost)
            yield at.says("type", f"{wanted} is taken, {told} may be written")
            return
        yield from self._values(at)
        for keyword in _ASSERTING:
            if reader.has(keyword) and not (
                _equal(reader, writer, keyword) and not _refers(reader.node[keyword])
            ):
                yield f"keyword {keyword} is not compared"
        if any(part.has(keyword) for part in (reader, writer) for keyword in _UNEVALUATED):
            yield "unevaluatedProperties and unevaluatedItems are not compared"
        else:
            yield from json_limits.numbers(at, _types(writer))
            yield from json_limits.texts(at, _types(writer))
            if "array" in _types(writer):
                yield from json_limits.arrays(at)
            if "object" in _types(writer):
                yield from json_objects.objects(at)

    def _values(self, at: "At") -> Iterator[Found]:
        taken, written = _listed(at.reader), _listed(at.writer)
        if taken is None:
            return
        if written is None:
            yield at.says("symbols", "only some values are taken, others may be written")
            return
        lost = [value for value in written if _text(value) not in {_text(each) for each in taken}]
        if lost:
            values = ", ".join(_text(value) for value in lost[:5])
            yield at.says("symbols", f"{values[:80]} may be written and is not taken")


@dataclass(frozen=True)
class At:
    """Two schemas that stand against each other, where rules look at them."""

    walk: Walk
    reader: Part
    writer: Part
    path: str

    def says(self, kind: Kind, message: str, name: str = "") -> Break:
        """Return a break here, or of a property."""
        where = self.path
        if name:
            where = f"{where}.{name}" if where else name
        place = f"{where}: " if where else ""
        return Break(kind, place + message, self.reader.pointer, self.writer.pointer, where)

    def inner(self, reader: Part, writer: Part, name: str) -> tuple[Found, ...]:
        """Return what is found of two schemas below."""
        return self.walk.of(reader, writer, f"{self.path}.{name}" if self.path else name)


def _parts(part: Part) -> list[Part]:
    """Return what each has to take: a schema without its allOf, and what is in that."""
    numbers = range(len(_branches(part, "allOf")))
    return [_without(part, "allOf"), *(part.at("allOf", number) for number in numbers)]


def merged(part: Part) -> Part | None:
    """Return a schema with its allOf in it; None where both say the same by other words."""
    if not part.has("allOf"):
        return part
    made: Part | None = _without(part, "allOf")
    for number in range(len(_branches(part, "allOf"))):
        try:
            inner = merged(followed(part.at("allOf", number)))
        except (UnfollowedError, RecursionError):
            return None
        made = None if made is None or inner is None else _joined(made, inner)
        if made is None:
            return None
    return made


_JOINED = ("properties", "required", "type")
_NOTES = frozenset(
    {"title", "description", "$id", "id", "$schema", "$comment", "examples", "default"}
    | {"definitions", "$defs", "deprecated", "readOnly", "writeOnly", "format"}
)


def _joined(one: Part, other: Part) -> Part | None:
    """Return one schema that says what two say; None where that is not simple."""
    try:
        inner = merged(followed(other))
    except UnfollowedError:
        return None
    if inner is None or not isinstance(inner.node, dict) or not isinstance(one.node, dict):
        return inner if one.node in ({}, True) and inner is not None else None
    left = {key: value for key, value in one.node.items() if key not in _NOTES}
    right = {key: value for key, value in inner.node.items() if key not in _NOTES}
    if not left or not right:
        return (inner if not left else one) if one.root is inner.root or not left else None
    if one.root is not inner.root or set(left) & set(right) - set(_JOINED):
        return None
    closing = {"additionalProperties", "patternProperties", "items", "prefixItems", *_UNEVALUATED}
    if closing & (set(left) | set(right)) or not _are_joined(left, right):
        return None
    made = {**left, **right}
    for key, empty in (("properties", {}), ("required", [])):
        if key in left and key in right:
            made[key] = {**left[key], **right[key]} if empty == {} else [*left[key], *right[key]]
    return Part(one.root, made, one.pointer)


def _are_joined(left: dict[str, Any], right: dict[str, Any]) -> bool:
    one, other = left.get("properties", {}), right.get("properties", {})
    if not isinstance(one, dict) or not isinstance(other, dict):
        return False
    lists = [each.get("required", []) for each in (left, right)]
    same_type = "type" not in left or "type" not in right or left["type"] == right["type"]
    return not set(one) & set(other) and same_type and all(isinstance(e, list) for e in lists)


def _by_type(reader: Part, writer: Part) -> Sequence[Part]:
    """Return the writer's schema type by type, where the reader has branches for them."""
    types = writer.get("type")
    if isinstance(types, list) and any(reader.has(keyword) for keyword in _UNIONS):
        return [writer.of({**writer.node, "type": one}) for one in types]
    return [writer]


def _is_plain(part: Part) -> bool:
    """Tell whether all that fits is of one kind, so that one branch has to take all of it."""
    values = _listed(part)
    return len(_types(part)) == 1 and (values is None or len(values) == 1)


def _types(part: Part) -> frozenset[str]:
    if isinstance(part.node, bool):
        return frozenset(TYPES) - {"integer"} if part.node else frozenset()
    told = part.get("type")
    values = _listed(part)
    if told is None and values is not None:
        return frozenset(_type(value) for value in values)
    named_ = [told] if isinstance(told, str) else told if isinstance(told, list) else TYPES
    found = frozenset(each for each in named_ if each in TYPES)
    return found - {"integer"} if "number" in found else found


def _whole(reader: Part) -> frozenset[str]:
    """Return what is taken beside the types of a reader: a number takes what is whole."""
    return frozenset({"integer"}) if "number" in _types(reader) else frozenset()


def _type(value: Any) -> str:
    if isinstance(value, bool):
        return "boolean"
    if isinstance(value, float) and value.is_integer():
        return "integer"
    kinds = {int: "integer", float: "number", str: "string", list: "array", dict: "object"}
    return kinds.get(type(value), "null")


def named(part: Part) -> str:
    """Return the types of a schema in words."""
    types = [each for each in TYPES if each in _types(part)]
    return " or ".join(types) if len(types) < len(TYPES) - 1 else "any value"


def _listed(part: Part) -> list[Any] | None:
    if part.has("const"):
        return [part.node["const"]]
    values = part.get("enum")
    return values if isinstance(values, list) else None


def _branches(part: Part, keyword: str) -> list[Any]:
    told = part.get(keyword)
    return told if isinstance(told, list) else []


def _without(part: Part, keyword: str) -> Part:
    return part.of({key: value for key, value in part.node.items() if key != keyword})


def _equal(one: Part, other: Part, keyword: str) -> bool:
    is_same = one.has(keyword) and other.has(keyword)
    same = is_same and _text(one.node[keyword]) == _text(other.node[keyword])
    return same and (one.root is other.root or not _refers(one.node[keyword]))


def _refers(node: Any) -> bool:
    text = _text(node)
    return any(f'"{keyword}"' in text for keyword in ("$ref", "$dynamicRef", "$recursiveRef"))


def _text(value: Any) -> str:
    return json.dumps(value, sort_keys=True, ensure_ascii=False)
