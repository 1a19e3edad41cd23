"""What is said of two schemas: why one cannot read what the other wrote, and what nobody can tell.

Levels are those of Confluent's registry. Each format has its own rules, in a module of its own.
"""

from dataclasses import dataclass
from typing import Literal

from kdiag.errors import KdiagError

Format = Literal["AVRO", "JSON", "PROTOBUF"]
FORMATS: tuple[Format, ...] = ("AVRO", "JSON", "PROTOBUF")
WORDS: dict[str, str] = {"AVRO": "Avro", "JSON": "JSON", "PROTOBUF": "Protobuf"}
"""Format, as a registry calls it → the word for it in a sentence."""

Level = Literal[
    "NONE",
    "BACKWARD",
    "BACKWARD_TRANSITIVE",
    "FORWARD",
    "FORWARD_TRANSITIVE",
    "FULL",
    "FULL_TRANSITIVE",
]
LEVELS: tuple[Level, ...] = (
    "NONE",
    "BACKWARD",
    "BACKWARD_TRANSITIVE",
    "FORWARD",
    "FORWARD_TRANSITIVE",
    "FULL",
    "FULL_TRANSITIVE",
)

Kind = Literal[
    "type",
    "name",
    "size",
    "symbols",
    "default",
    "union",
    "required",
    "closed",
    "open",
    "bounds",
    "label",
    "oneof",
    "message",
]


class SchemaError(KdiagError):
    """A document that is no schema of its format; `pointer` says where in it."""

    def __init__(self, pointer: str, message: str) -> None:
        """Take where it is, and what is wrong with what is expected there."""
        super().__init__(message)
        self.pointer = pointer


@dataclass(frozen=True)
class Break:
    """One reason why a reader cannot read what a writer wrote.

    kind: type (no promotion), name (other type of the same kind), size (of a fixed), symbols (an
    enum lacks some and has no default), default (a field that was not written has none), union (no
    branch fits), required (a field must be there and need not have been written), closed (what was
    written has no place in the reader), open (what was written under a name that had no schema may
    be of any type), bounds (a narrower range), label (repeated or not), oneof (fields that exclude
    each other now), message (a type is gone). reader_pointer, writer_pointer: JSON pointers into
    both documents; of Protobuf the names of messages and the number of a field. path: names of the
    fields that lead there, with a dot between.
    """

    kind: Kind
    message: str
    reader_pointer: str
    writer_pointer: str
    path: str


@dataclass(frozen=True)
class Verdict:
    """Why a reader cannot read what a writer wrote. unjudged: sentences on what no rule tells.

    With neither it can; with only the latter nobody knows.
    """

    breaks: tuple[Break, ...] = ()
    unjudged: tuple[str, ...] = ()
