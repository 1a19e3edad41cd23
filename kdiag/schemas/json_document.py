"""A JSON Schema: its document, and where a `$ref` in it leads.

References are followed inside a document and into those that a registry names beside it; nothing is
ever fetched. One that leads nowhere is `UnfollowedError`, as nobody can tell what stands there.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import unquote

from kdiag.schemas.compatibility import SchemaError

_MOST_STEPS = 50  # references that lead to references
_DEEPEST = 200


class UnfollowedError(Exception):
    """A reference that leads to nothing that was read."""


@dataclass(eq=False)
class JsonSchema:
    """One document. others: what it may refer to, by the name that it uses."""

    document: Any
    others: Mapping[str, "JsonSchema"] = field(default_factory=dict)

    @property
    def title(self) -> str | None:
        """Return what tells kinds of record apart, where the document says it."""
        title = self.document.get("title") if isinstance(self.document, dict) else None
        return title if isinstance(title, str) else None


@dataclass(frozen=True, eq=False)
class Part:
    """A schema inside a document. node: of the document, true, false or an object."""

    root: JsonSchema
    node: Any
    pointer: str

    @property
    def key(self) -> tuple[int, int]:
        """Return what is the same for the same node."""
        return id(self.root), id(self.node)

    def at(self, *steps: str | int) -> "Part":
        """Return what stands below."""
        node = self.node
        for step in steps:
            node = node[step]
        more = "".join(f"/{_escaped(step)}" for step in steps)
        return Part(self.root, node, self.pointer + more)

    def of(self, node: Any) -> "Part":
        """Return a schema made of this one, in its place."""
        return Part(self.root, node, self.pointer)

    def has(self, keyword: str) -> bool:
        """Tell whether it says something by a keyword."""
        return isinstance(self.node, dict) and keyword in self.node

    def get(self, keyword: str, default: Any = None) -> Any:
        """Return what it says by a keyword."""
        return self.node.get(keyword, default) if isinstance(self.node, dict) else default


def parse(document: Any, others: Mapping[str, JsonSchema] | None = None) -> JsonSchema:
    """Return the schema that a decoded document holds. Raises SchemaError."""
    if not isinstance(document, dict | bool):
        raise SchemaError("", "expected an object, true or false")
    if any(depth > _DEEPEST for depth in _depths(document)):
        raise SchemaError("", "is nested too deep for a schema")
    return JsonSchema(document, others or {})


def _depths(document: Any) -> Iterator[int]:
    waiting = [(document, 0)]
    while waiting:
        node, depth = waiting.pop()
        yield depth
        inside = node.values() if isinstance(node, dict) else node
        if isinstance(node, dict | list):
            waiting += [(each, depth + 1) for each in inside]


def followed(part: Part) -> Part:
    """Return the schema that stands where a reference leads; the same where there is none.

    Raises UnfollowedError.
    """
    for _ in range(_MOST_STEPS):
        if not part.has("$ref"):
            return part
        ref = part.node["$ref"]
        if not isinstance(ref, str):
            raise UnfollowedError("a $ref is no text")
        part = _target(part, ref)
    raise UnfollowedError("references lead in a circle")


def _target(part: Part, ref: str) -> Part:
    name, _, fragment = ref.partition("#")
    root = part.root
    if name and name != _own_name(root):
        known = root.others.get(ref) or root.others.get(name)
        if known is None:
            raise UnfollowedError(f"what $ref {_short(ref)} leads to was not read")
        root = known
    if fragment and not fragment.startswith("/"):
        raise UnfollowedError(f"$ref {_short(ref)} leads to an anchor")
    try:
        return Part(root, root.document, "").at(*_steps(root.document, fragment))
    except (KeyError, IndexError, TypeError, ValueError):
        raise UnfollowedError(f"$ref {_short(ref)} leads to nothing") from None


def _own_name(root: JsonSchema) -> str | None:
    own = root.document.get("$id") if isinstance(root.document, dict) else None
    return own.rstrip("#") if isinstance(own, str) else None


def _steps(document: Any, fragment: str) -> list[str | int]:
    """Return the steps of a JSON pointer (RFC 6901), with numbers where lists stand."""
    made: list[str | int] = []
    for text in unquote(fragment).split("/")[1:]:
        step: str | int = text.replace("~1", "/").replace("~0", "~")
        if isinstance(document, list):
            step = int(step)
        document = document[step]
        made.append(step)
    return made


def _escaped(step: str | int) -> str:
    return str(step).replace("~", "~0").replace("/", "~1")


def _short(ref: str) -> str:
    return ref if len(ref) <= 60 else f"{ref[:59]}…"
