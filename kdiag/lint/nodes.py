"""Documents as trees in which each part knows its line and column: JSON and YAML alike."""

import json
import re
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from json.decoder import scanstring  # type: ignore[attr-defined]
from typing import Any

import yaml

from kdiag.errors import UsageError

Place = tuple[int, int]
"""Line and column, both from 1."""

_MERGE, _DATE = "tag:yaml.org,2002:merge", "tag:yaml.org,2002:timestamp"
_SPACE = re.compile(r"[ \t\n\r]*")
_PLAIN = re.compile(r"-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?|true|false|null")


Member = tuple[str, Place, "Node"]
"""Key of a mapping, its place, and its value."""


@dataclass(frozen=True)
class Node:
    """A value and its place. A list holds nodes; a mapping holds pairs of nodes, in their order.

    hidden: members of a mapping that a later one of the same key makes void.
    """

    value: Any
    place: Place
    hidden: tuple[Member, ...] = ()

    @property
    def plain(self) -> Any:
        """Return the value without places; of equal keys the last one counts."""
        if isinstance(self.value, list):
            return [each.plain for each in self.value]
        if isinstance(self.value, dict):
            return {key: value.plain for key, (_, value) in self.value.items()}
        return self.value

    def get(self, key: str) -> "Node | None":
        """Return what a mapping has under a key."""
        found = self.value.get(key) if isinstance(self.value, dict) else None
        return found[1] if found else None

    def key_place(self, key: str) -> Place:
        """Return where a key of a mapping stands; the mapping itself where it has no such key."""
        found = self.value.get(key) if isinstance(self.value, dict) else None
        return found[0] if found else self.place

    def items(self) -> Iterator[Member]:
        """Yield the members of a mapping, the hidden ones first."""
        yield from self.hidden
        if isinstance(self.value, dict):
            for key, (place, value) in self.value.items():
                yield key, place, value

    def elements(self) -> list["Node"]:
        """Return the nodes of a list; none of anything else."""
        return self.value if isinstance(self.value, list) else []

    def at(self, pointer: str) -> Place:
        """Return the place of what a JSON pointer names, or of the deepest part that is there."""
        node, place = self, self.place
        for part in pointer.split("/")[1:]:
            if isinstance(node.value, dict) and part in node.value:
                place, node = node.value[part]
            elif isinstance(node.value, list) and part.isdigit() and int(part) < len(node.value):
                node = node.value[int(part)]
                place = node.place
            else:
                break
        return place


def of_json(text: str, origin: str) -> Node:
    """Return the tree of a JSON text. Raises UsageError with line and column for what is none."""
    try:
        json.loads(text, parse_int=str)
        return _Reader(text).value(0)[0]
    except json.JSONDecodeError as error:
        place = f"{origin}:{error.lineno}:{error.colno}"
        raise UsageError(f"{place}: is no JSON: {error.msg}") from None
    except RecursionError:
        raise UsageError(f"{origin}: is no JSON of settings: it is nested too deep") from None


class _Reader:
    """Reads JSON that is known to be right."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.starts = [0, *(found.end() for found in re.finditer("\n", text))]

    def place(self, at: int) -> Place:
        line = bisect_right(self.starts, at)
        return line, at - self.starts[line - 1] + 1

    def after_space(self, at: int) -> int:
        found = _SPACE.match(self.text, at)
        return found.end() if found else at

    def value(self, at: int) -> tuple[Node, int]:
        at = self.after_space(at)
        place, sign = self.place(at), self.text[at]
        if sign == "{":
            members, end = self.members(at + 1)
            return _mapping(members, place), end
        if sign == "[":
            elements, end = self.elements(at + 1)
            return Node(elements, place), end
        if sign == '"':
            text, end = scanstring(self.text, at + 1, True)
            return Node(text, place), end
        found = _PLAIN.match(self.text, at)
        if found is None:  # Python's reader takes NaN and Infinity, nobody else does
            raise json.JSONDecodeError("Expecting value", self.text, at)
        return Node(_plain(found[0]), place), found.end()

    def members(self, at: int) -> tuple[list[Member], int]:
        found: list[Member] = []
        at = self.after_space(at)
        while self.text[at] != "}":
            place = self.place(at)
            key, at = scanstring(self.text, at + 1, True)
            value, at = self.value(self.after_space(at) + 1)
            found.append((key, place, value))
            at = self._next(at)
        return found, at + 1

    def elements(self, at: int) -> tuple[list[Node], int]:
        found: list[Node] = []
        at = self.after_space(at)
        while self.text[at] != "]":
            value, at = self.value(at)
            found.append(value)
            at = self._next(at)
        return found, at + 1

    def _next(self, at: int) -> int:
        """Return where the next member or element starts, or the end of them."""
        at = self.after_space(at)
        return self.after_space(at + 1) if self.text[at] == "," else at


def _mapping(members: Sequence[Member], place: Place, merged: int = 0) -> Node:
    """Return a mapping in which the last of equal keys counts.

    merged: the number of members at the start that YAML's << brought, which may be overridden.
    """
    last = {key: number for number, (key, _, _) in enumerate(members)}
    hidden = tuple(m for number, m in enumerate(members) if merged <= number < last[m[0]])
    return Node({key: (at, value) for key, at, value in members}, place, hidden)


def _plain(text: str) -> Any:
    """Return a number or word of JSON; a number that is too long for one stays text."""
    try:
        return json.loads(text)
    except ValueError:
        return text


def of_yaml(text: str, origin: str) -> list[Node]:
    """Return the trees of the documents in a YAML text.

    Raises UsageError with line and column for what is none.
    """
    try:
        loader = yaml.SafeLoader(text)
        documents = []
        while loader.check_node():
            if (made := loader.get_node()) is not None:
                documents.append(_Composed(loader).node(made))
        return documents
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        place = f":{mark.line + 1}:{mark.column + 1}" if mark else ""
        raise UsageError(f"{origin}{place}: is no YAML: {error.problem}") from None
    except yaml.YAMLError as error:
        raise UsageError(f"{origin}: is no YAML: {_first_line(error)}") from None
    except RecursionError:
        raise UsageError(f"{origin}: is no YAML of settings: it is nested too deep") from None


def _first_line(error: Exception) -> str:
    return str(error).partition("\n")[0]


@dataclass
class _Composed:
    """Takes PyYAML's nodes apart; aliases may not make a document large."""

    loader: yaml.SafeLoader
    left: int = 100_000

    def node(self, made: yaml.Node) -> Node:
        self.left -= 1
        if self.left < 0:
            raise yaml.YAMLError("its aliases make it larger than 100000 values")
        place = (made.start_mark.line + 1, made.start_mark.column + 1)
        if isinstance(made, yaml.MappingNode):
            own = sum(key.tag != _MERGE for key, _ in made.value)
            self.loader.flatten_mapping(made)
            members = [self.member(key, value) for key, value in made.value]
            return _mapping(members, place, len(members) - own)
        if isinstance(made, yaml.SequenceNode):
            return Node([self.node(each) for each in made.value], place)
        return Node(self.scalar(made), place)

    def member(self, key: yaml.Node, value: yaml.Node) -> Member:
        where = (key.start_mark.line + 1, key.start_mark.column + 1)
        return str(getattr(key, "value", "")), where, self.node(value)

    def scalar(self, made: yaml.Node) -> Any:
        """Return a value; a date, and a number that is too long for one, stay text."""
        if made.tag == _DATE:
            return made.value
        try:
            return self.loader.construct_object(made)
        except ValueError:
            return made.value
