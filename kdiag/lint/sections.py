"""What rules read: the parts of all files, a section for each kind."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar

from kdiag.lint.files import Goal, KeyedFile, ReassignmentFile, SchemaFile, TopicDefinition
from kdiag.snapshot import Section


@dataclass(frozen=True, eq=False, kw_only=True)
class _Files(Section):
    files: tuple[KeyedFile, ...]

    def __len__(self) -> int:
        return len(self.files)

    def __iter__(self) -> Iterator[KeyedFile]:
        return iter(self.files)


@dataclass(frozen=True, eq=False, kw_only=True)
class KeyedFiles(_Files):
    """Everything that has settings of Kafka's software: all of the kinds below."""

    noun: ClassVar[str] = "sets of settings"


@dataclass(frozen=True, eq=False, kw_only=True)
class ClientFiles(_Files):
    """Producers, consumers, Streams, admin clients. goal: what they are to be good at, if told."""

    noun: ClassVar[str] = "files of clients"

    goal: Goal | None = None


@dataclass(frozen=True, eq=False, kw_only=True)
class BrokerFiles(_Files):
    """The server.properties of brokers and controllers."""

    noun: ClassVar[str] = "files of brokers"


@dataclass(frozen=True, eq=False, kw_only=True)
class WorkerFiles(_Files):
    """The properties of Connect workers."""

    noun: ClassVar[str] = "files of Connect workers"


@dataclass(frozen=True, eq=False, kw_only=True)
class ConnectorFiles(_Files):
    """Connectors."""

    noun: ClassVar[str] = "connectors"


@dataclass(frozen=True, eq=False, kw_only=True)
class TopicFiles(Section):
    """Definitions of topics."""

    noun: ClassVar[str] = "definitions of topics"

    topics: tuple[TopicDefinition, ...]

    def __len__(self) -> int:
        return len(self.topics)

    def __iter__(self) -> Iterator[TopicDefinition]:
        return iter(self.topics)


@dataclass(frozen=True, eq=False, kw_only=True)
class SchemaFiles(Section):
    """Schemas: Avro, JSON Schema, Protobuf."""

    noun: ClassVar[str] = "schemas"

    files: tuple[SchemaFile, ...]

    def __len__(self) -> int:
        return len(self.files)

    def __iter__(self) -> Iterator[SchemaFile]:
        return iter(self.files)


@dataclass(frozen=True, eq=False, kw_only=True)
class ReassignmentFiles(Section):
    """Reassignments."""

    noun: ClassVar[str] = "reassignments"

    files: tuple[ReassignmentFile, ...]

    def __len__(self) -> int:
        return len(self.files)

    def __iter__(self) -> Iterator[ReassignmentFile]:
        return iter(self.files)
