"""A .proto file as far as it tells what stands on the wire: messages, fields, enums.

Own code: the compiler is a C++ program, and what PyPI has for its language in Python brings a
parser generator. Options, services and extensions are read over; of editions, whose features change
what a field is on the wire, that is kept (`has_features`).
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from kdiag.schemas.compatibility import SchemaError

_TOKEN = re.compile(
    r"""(?P<skip>\s+|//[^\n]*|/\*.*?\*/)|(?P<text>"(?:[^"\\\n]|\\.)*"|'(?:[^'\\\n]|\\.)*')"""
    r"""|(?P<word>[A-Za-z0-9_.+-]+)|(?P<sign>[{}\[\]()<>=;,:/])""",
    re.DOTALL,
)
_LABELS = ("required", "optional", "repeated")
_MOST_TOKENS = 500_000
_DEEPEST = 50


@dataclass(frozen=True)
class Field:
    """A field. label: required, optional, repeated or "". type: as written; of a map its value.

    key: type of the keys of a map, "" without. oneof: what it is a member of, "" without.
    """

    name: str
    number: int
    type: str
    label: str = ""
    key: str = ""
    oneof: str = ""


@dataclass(eq=False)
class Message:
    """A message. full_name: with its package and what it is nested in."""

    full_name: str
    offset: int
    fields: dict[int, Field] = field(default_factory=dict)
    offsets: dict[int, int] = field(default_factory=dict)

    @property
    def name(self) -> str:
        """Return the name without what is before it."""
        return self.full_name.rpartition(".")[2]


@dataclass(eq=False)
class ProtoFile:
    """One file. messages, enums: by full name, in their order. others: what it imports, by path.

    unread: imports that nobody gave. has_features: an edition changes what is on the wire.
    """

    package: str = ""
    messages: dict[str, Message] = field(default_factory=dict)
    enums: set[str] = field(default_factory=set)
    imports: list[str] = field(default_factory=list)
    others: Mapping[str, "ProtoFile"] = field(default_factory=dict)
    has_features: bool = False

    @property
    def title(self) -> str | None:
        """Return the name of the first message: what records are, where nothing says more."""
        return next((each.name for each in self.messages.values()), None)

    @property
    def unread(self) -> list[str]:
        """Return imports that were not read; those of Google are known by their names."""
        return [
            name
            for name in self.imports
            if name not in self.others and not name.startswith("google/protobuf/")
        ]

    def local(self, full_name: str) -> str:
        """Return a name without the package: what stays where the package is renamed."""
        return full_name.removeprefix(f"{self.package}.") if self.package else full_name

    def find(self, type_: str, scope: str) -> tuple["ProtoFile", str] | None:
        """Return the file and full name that a type means inside a scope; None where unknown."""
        if type_.startswith("."):
            return self._of(type_[1:])
        while True:
            found = self._of(f"{scope}.{type_}" if scope else type_)
            if found is not None or not scope:
                return found
            scope = scope.rpartition(".")[0]

    def _of(self, name: str) -> tuple["ProtoFile", str] | None:
        waiting, seen = [self], set[int]()
        while waiting:
            file = waiting.pop()
            if name in file.messages or name in file.enums:
                return file, name
            if id(file) not in seen:
                seen.add(id(file))
                waiting += file.others.values()
        return None


def parse(text: str, others: Mapping[str, ProtoFile] | None = None) -> ProtoFile:
    """Return what a file says; others: files that it imports, by path. Raises SchemaError."""
    parser = _Parser(list(_tokens(text)), ProtoFile(others=others or {}))
    parser.file()
    return parser.made


def place(text: str, offset: int) -> tuple[int, int]:
    """Return line and column of an offset, from 1."""
    before = text[:offset]
    return before.count("\n") + 1, offset - (before.rfind("\n") + 1) + 1


def _tokens(text: str) -> Iterator[tuple[str, int]]:
    at = count = 0
    while at < len(text):
        found = _TOKEN.match(text, at)
        if found is None:
            raise SchemaError(f"@{at}", f"{text[at]!r} is not expected here")
        if found.lastgroup != "skip":
            count += 1
            yield found.group(), at
        if count > _MOST_TOKENS:
            raise SchemaError(f"@{at}", "is too large")
        at = found.end()


@dataclass
class _Parser:
    tokens: list[tuple[str, int]]
    made: ProtoFile
    at: int = 0

    def peek(self) -> str:
        return self.tokens[self.at][0] if self.at < len(self.tokens) else ""

    def take(self, wanted: str = "") -> str:
        told = self.peek()
        if not told or (wanted and told != wanted):
            what = f"expected {wanted!r}" if wanted else "it ends too early"
            raise self.error(f"{what}, found {told[:40]!r}" if told and wanted else what)
        self.at += 1
        return told

    def error(self, message: str) -> SchemaError:
        last = self.tokens[min(self.at, len(self.tokens) - 1)][1] if self.tokens else 0
        return SchemaError(f"@{last}", message)

    def file(self) -> None:
        if self.peek() not in (
            "syntax",
            "edition",
            "package",
            "import",
            "message",
            "enum",
            "option",
        ):
            raise self.error("is no .proto file")
        while self.peek():
            match self.peek():
                case "package":
                    self.take()
                    self.made.package = self.take()
                    self.take(";")
                case "import":
                    self._import()
                case "message" | "enum":
                    self.type(self.made.package, 0)
                case _:
                    self.skip()

    def _import(self) -> None:
        self.take()
        if self.peek() in ("public", "weak"):
            self.take()
        self.made.imports.append(self.take().strip("\"'"))
        self.take(";")

    def type(self, scope: str, depth: int) -> None:
        if depth > _DEEPEST:
            raise self.error("is nested too deep for a schema")
        is_enum = self.take() == "enum"
        offset = self.tokens[min(self.at, len(self.tokens) - 1)][1]
        name = self._name()
        full = f"{scope}.{name}" if scope else name
        if is_enum:
            self.made.enums.add(full)
            self.skip()
            return
        if full in self.made.messages:
            raise self.error(f"message {full} is there twice")
        message = self.made.messages[full] = Message(full, offset)
        self.body(message, depth)

    def _name(self) -> str:
        name = self.take()
        if not re.fullmatch(r"[A-Za-z_]\w*", name):
            self.at -= 1
            raise self.error(f"expected a name, found {name[:40]!r}")
        return name

    def body(self, message: Message, depth: int) -> None:
        self.take("{")
        while self.peek() != "}":
            following = self.tokens[self.at + 1][0] if self.at + 1 < len(self.tokens) else ""
            is_type = self.peek() in ("message", "enum", "oneof") and self._is_block()
            if is_type and self.peek() == "oneof":
                self._oneof(message, depth)
            elif is_type:
                self.type(message.full_name, depth + 1)
            elif self.peek() in ("option", "reserved", "extensions", "extend", ";") and (
                following not in ("=",)
            ):
                self.skip()
            else:
                self.field(message, "", depth)
        self.take("}")

    def _is_block(self) -> bool:
        return self.at + 2 < len(self.tokens) and self.tokens[self.at + 2][0] == "{"

    def _oneof(self, message: Message, depth: int) -> None:
        self.take()
        name = self._name()
        self.take("{")
        while self.peek() != "}":
            if self.peek() == "option":
                self.skip()
            else:
                self.field(message, name, depth)
        self.take("}")

    def field(self, message: Message, oneof: str, depth: int) -> None:
        label = self.take() if self.peek() in _LABELS else ""
        offset = self.tokens[min(self.at, len(self.tokens) - 1)][1]
        type_, key = self.take(), ""
        if type_ == "map" and self.peek() == "<":
            self.take("<")
            key = self.take()
            self.take(",")
            type_ = self.take()
            self.take(">")
        if not re.fullmatch(r"[\w.]+", type_):
            raise self.error(f"expected a type, found {type_[:40]!r}")
        name = self._name()
        self.take("=")
        number = self._number()
        if number in message.fields:
            raise self.error(f"number {number} of {message.name} is given twice")
        if type_ == "group":
            self._group(message, name, depth)
            type_ = f"group {name}"
        else:
            self.skip()
        message.fields[number] = Field(name, number, type_, label, key, oneof)
        message.offsets[number] = offset

    def _group(self, message: Message, name: str, depth: int) -> None:
        if self.peek() == "[":
            while self.take() != "]":
                pass
        if depth > _DEEPEST:
            raise self.error("is nested too deep for a schema")
        full = f"{message.full_name}.{name}"
        inner = self.made.messages[full] = Message(full, self.tokens[self.at - 1][1])
        self.body(inner, depth + 1)

    def _number(self) -> int:
        text = self.take()
        try:
            return int(text, 0) if not re.fullmatch(r"0[0-7]+", text) else int(text, 8)
        except ValueError:
            self.at -= 1
            raise self.error(f"expected the number of a field, found {text[:40]!r}") from None

    def skip(self) -> None:
        """Read over a statement, or what is left of it: until ; or the end of its block."""
        depth = 0
        while True:
            told = self.take()
            self.made.has_features |= told.startswith("features.")
            depth += (told in "{[(") - (told in "}])")
            if depth < 0:
                raise self.error(f"{told!r} is not expected here")
            if depth == 0 and told in (";", "}"):
                return
