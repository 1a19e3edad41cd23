"""Whether what was written by one .proto file can be read by another: by what is on the wire.

Fields are known by their numbers. The rules are those of the language guide ("Updating a message
type"), with those that Confluent's registry adds: messages that are gone, and fields that exclude
each other in a oneof. Fields may come and go, names and packages may change.

Two are told in the direction in which they break, where Confluent's registry refuses both: a
required field that is new breaks readers that have it, one that is gone those that have it still.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field

from kdiag.schemas.compatibility import Break, Kind, Verdict
from kdiag.schemas.proto_file import Field, Message, ProtoFile

_WIRE = {
    **dict.fromkeys(("int32", "int64", "uint32", "uint64", "bool"), "a whole number"),
    **dict.fromkeys(("sint32", "sint64"), "a signed number"),
    **dict.fromkeys(("fixed32", "sfixed32"), "32 bits"),
    **dict.fromkeys(("fixed64", "sfixed64"), "64 bits"),
    **dict.fromkeys(("string", "bytes"), "text or bytes"),
    **{"float": "a float", "double": "a double"},
}
"""Scalar type → what it is on the wire; types of one kind read each other."""

_ENUM = _WIRE["int32"]
_TEXT = _WIRE["string"]

Found = Break | str
"""A reason, or a sentence on what cannot be told."""


def compare(reader: ProtoFile, writer: ProtoFile) -> Verdict:
    """Return why a reader does not read what a writer wrote, and what cannot be told."""
    found = tuple(_Walk(reader, writer).all())
    said = [each for each in found if isinstance(each, Break)]
    unjudged = [each for each in found if isinstance(each, str)]
    return Verdict(tuple(dict.fromkeys(said)), tuple(dict.fromkeys(unjudged)))


@dataclass
class _Walk:
    reader: ProtoFile
    writer: ProtoFile
    seen: set[tuple[int, int]] = field(default_factory=set)

    def all(self) -> Iterator[Found]:
        if self.reader.has_features or self.writer.has_features:
            yield "features of an edition are not compared"
        by_name = {self.reader.local(name): each for name, each in self.reader.messages.items()}
        for name, written in self.writer.messages.items():
            local = self.writer.local(name)
            if local in by_name:
                yield from self.message(self.reader, by_name[local], self.writer, written)
            else:
                at = _At(f"/{local}", local)
                yield at.says("message", f"message {local} is not there")

    def message(
        self, read: ProtoFile, reader: Message, wrote: ProtoFile, writer: Message
    ) -> Iterator[Found]:
        pair = id(reader), id(writer)
        if pair in self.seen:
            return
        self.seen.add(pair)
        local = read.local(reader.full_name)
        for number, written in sorted(writer.fields.items()):
            if (taken := reader.fields.get(number)) is not None:
                at = _At(f"/{local}/{number}", f"{local}.{taken.name}")
                yield from self.field(at, (read, reader, taken), (wrote, writer, written))
        yield from _required(local, reader, writer)
        yield from _oneofs(local, reader, writer)

    def field(
        self,
        at: "_At",
        taken: tuple[ProtoFile, Message, Field],
        written: tuple[ProtoFile, Message, Field],
    ) -> Iterator[Found]:
        one, other = taken[2], written[2]
        if bool(one.key) != bool(other.key):
            yield at.says("type", f"{_said(one)} cannot be read from {_said(other)}")
            return
        if one.key and _WIRE.get(one.key) != _WIRE.get(other.key):
            yield at.says("type", f"keys of {one.key} cannot be read from {other.key}")
        yield from self.types(at, taken, written)

    def types(
        self,
        at: "_At",
        taken: tuple[ProtoFile, Message, Field],
        written: tuple[ProtoFile, Message, Field],
    ) -> Iterator[Found]:
        (read, reader, one), (wrote, writer, other) = taken, written
        a, b = _kind(read, reader, one), _kind(wrote, writer, other)
        if a is None or b is None:
            yield from _unknown(one, other, a or b)
        elif isinstance(a, str) or isinstance(b, str):
            if a != b:
                yield at.says("type", f"{_said(one)} cannot be read from {_said(other)}")
            elif _is_list(one) != _is_list(other) and a != _TEXT:
                yield at.says("label", f"{_said(one)} cannot be read from {_said(other)}")
        elif a[1].name != b[1].name:
            yield at.says("name", f"{a[1].name} cannot be read from {b[1].name}")
        elif one.type.startswith("group ") != other.type.startswith("group "):
            yield at.says("type", f"{_said(one)} cannot be read from {_said(other)}")
        else:
            yield from self.message(*a, *b)


@dataclass(frozen=True)
class _At:
    pointer: str
    path: str

    def says(self, kind: Kind, message: str) -> Break:
        return Break(kind, f"{self.path}: {message}", self.pointer, self.pointer, self.path)


def _kind(file: ProtoFile, scope: Message, one: Field) -> str | tuple[ProtoFile, Message] | None:
    """Return what a type is on the wire, or the message that it is; None where it was not read."""
    if one.type in _WIRE:
        return _WIRE[one.type]
    if one.type.startswith("group "):
        name = f"{scope.full_name}.{one.type.removeprefix('group ')}"
        return file, file.messages[name]
    found = file.find(one.type, scope.full_name)
    if found is None:
        return None
    return (found[0], found[0].messages[found[1]]) if found[1] in found[0].messages else _ENUM


def _unknown(one: Field, other: Field, known: object) -> Iterator[Found]:
    """Say what is not known of a type from elsewhere; those of Google are told by their names."""
    names = [each.type.lstrip(".") for each in (one, other)]
    is_same_of_google = names[0] == names[1] and names[0].startswith("google.protobuf.")
    if not is_same_of_google or known is not None:
        unread = next((name for name in names if name not in _WIRE), names[0])
        yield f"type {unread[:60]} comes from a file that was not read"


def _required(local: str, reader: Message, writer: Message) -> Iterator[Break]:
    for number, one in sorted(reader.fields.items()):
        other = writer.fields.get(number)
        if one.label == "required" and (other is None or other.label != "required"):
            at = _At(f"/{local}/{number}", f"{local}.{one.name}")
            yield at.says("required", "must be there, and need not have been written")


def _oneofs(local: str, reader: Message, writer: Message) -> Iterator[Break]:
    """Yield fields that could be set together and no longer can, and members that are gone."""
    came: dict[str, set[str]] = {}
    for number, one in reader.fields.items():
        if one.oneof and (other := writer.fields.get(number)) is not None:
            came.setdefault(one.oneof, set()).add(other.oneof or f" {number}")
    for name, origins in sorted(came.items()):
        if len(origins) > 1:
            at = _At(f"/{local}", f"{local}.{name}")
            yield at.says("oneof", "its fields could be set together before")
    kept = {other.oneof for number, other in writer.fields.items() if number in reader.fields}
    kept |= {one.oneof for one in reader.fields.values()}
    for number, other in sorted(writer.fields.items()):
        if other.oneof and number not in reader.fields and other.oneof in kept:
            at = _At(f"/{local}", f"{local}.{other.oneof}")
            yield at.says("oneof", f"its member {other.name} is not there")


def _is_list(one: Field) -> bool:
    return one.label == "repeated"


def _said(one: Field) -> str:
    if one.key:
        return f"map<{one.key}, {one.type}>"
    return f"repeated {one.type}" if _is_list(one) else one.type
