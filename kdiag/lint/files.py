"""Parts of files: settings, topics, schemas, reassignments. Each knows where it stands."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from kdiag.finding import Subject
from kdiag.keys import Key, keys
from kdiag.lint.nodes import Place
from kdiag.schemas.compare import AnySchema
from kdiag.schemas.compatibility import WORDS, Format, Level
from kdiag.snapshot import Missing

Kind = Literal["client", "broker", "worker", "connector", "topic", "schema", "reassignment"]
Library = Literal["java", "librdkafka"]
Goal = Literal["throughput", "latency", "durability"]

GOALS: tuple[Goal, ...] = ("throughput", "latency", "durability")
TOP: Place = (1, 1)

_SECRET = re.compile(
    r"passw|secret|token(?!\.endpoint)|credential|jaas\.config|private\.?key|access\.?key|api\.?key"
    r"|keystore\.key|ssl\.key\.pem|basic\.auth\.user\.info|connection\.(url|uri|string)",
    re.IGNORECASE,
)
_NO_SECRET = re.compile(
    r"\.(location|file|path|type|class|ms|bytes|provider|encoder\.\w+|master\.key)$|callback"
    r"|token\.(expiry|lifetime|max)|credentials\.source|credentials\.provider",
    re.IGNORECASE,
)
_PLACEHOLDER = re.compile(r"\$\{|\$\(|^\$[A-Z_]+$|\{\{|^<.*>$|^%[A-Z_]+%$")


def is_secret(key: str) -> bool:
    """Tell whether the value of a setting must not be shown."""
    return bool(_SECRET.search(key)) and not _NO_SECRET.search(key)


@dataclass(frozen=True)
class Setting:
    """A key with its value as text, and where the key stands. is_nested: it was no plain value."""

    key: str
    value: str
    place: Place = TOP
    is_nested: bool = False

    @property
    def is_placeholder(self) -> bool:
        """Tell whether something else (`${env:NAME}`, a template) fills the value in."""
        return bool(_PLACEHOLDER.search(self.value))

    @property
    def shown(self) -> str:
        """Return the setting as a finding may show it."""
        value = "***" if is_secret(self.key) else self.value
        return f"{self.key}={value if len(value) <= 80 else value[:79] + '…'}"


@dataclass(frozen=True, kw_only=True)
class KeyedFile:
    """Settings of one thing in a file.

    tables: names of the tables (`kdiag.keys`) that its keys may be of. name: of what a file may
    hold several of (a topic, a connector). place: what stands for a key that is missing.
    """

    path: str
    kind: Kind
    settings: tuple[Setting, ...] = ()
    tables: tuple[str, ...] = ()
    library: Library = "java"
    name: str = ""
    place: Place = TOP

    def get(self, key: str) -> Setting | None:
        """Return a setting by its name or an alias; of several the last, as the software does."""
        wanted = self._canonical(key)
        found = [each for each in self.settings if self._canonical(each.key) == wanted]
        return found[-1] if found else None

    def __contains__(self, key: str) -> bool:
        return self.get(key) is not None

    def value(self, key: str) -> str | None:
        """Return what is written for a key; None where nothing is, or a placeholder."""
        found = self.get(key)
        return None if found is None or found.is_placeholder else found.value.strip()

    def effective(self, key: str) -> str | None:
        """Return what is in force: what is written, else today's default.

        None where a placeholder hides it, or there is no default.
        """
        if key in self:
            return self.value(key)
        known = self.known(key)
        return known.default if known else None

    def number(self, key: str) -> int | None:
        """Return what is in force as a whole number; None where it is none, or not known."""
        text = self.effective(key)
        try:
            return None if text is None else int(float(text))
        except (ValueError, OverflowError):
            return None

    def is_on(self, key: str) -> bool | None:
        """Return what is in force as yes or no; None where it is not known."""
        text = (self.effective(key) or "").lower()
        if self.library == "librdkafka":
            text = {"t": "true", "1": "true", "f": "false", "0": "false"}.get(text, text)
        return {"true": True, "false": False}.get(text)

    def known(self, key: str) -> Key | None:
        """Return what is known of a key."""
        for table in self.tables:
            if found := keys(table).get(key):
                return found
        return None

    def subject(self, key: str = "") -> Subject:
        """Return the place of a setting, or of what lacks it, for a finding."""
        found = self.get(key) if key else None
        return self.at(key, found.place if found else self.place)

    def at(self, key: str, place: Place) -> Subject:
        """Return a place in this file for a finding; the key tells findings there apart."""
        return at(self.path, place, "/".join(part for part in (self.name, key) if part))

    def _canonical(self, key: str) -> str:
        if self.library == "java":
            return key
        known = keys("librdkafka").get(key)
        return known.alias if known and known.alias else key


def at(path: str, place: Place, key: str = "") -> Subject:
    """Return a place in a file as the subject of a finding."""
    line, column = place
    return Subject.of("file", path=path, line=line, column=column, key=key or None)


@dataclass(frozen=True, kw_only=True)
class TopicDefinition(KeyedFile):
    """A topic as a file defines it; settings are its configs.

    partitions, replication: as written, None where they are not. dialect: what the file is for.
    hidden: what a later line of the same key makes void.
    """

    topic: Setting
    partitions: Setting | None = None
    replication: Setting | None = None
    dialect: str = "plain"
    hidden: tuple[Setting, ...] = ()

    @property
    def replicas(self) -> int | None:
        """Return the replication factor; None where it is not written as a whole number."""
        return _whole(self.replication)

    @property
    def partition_count(self) -> int | None:
        """Return the number of partitions; None where it is not written as a whole number."""
        return _whole(self.partitions)


def _whole(setting: Setting | None) -> int | None:
    text = "" if setting is None else setting.value.strip()
    return int(text) if re.fullmatch(r"-?\d{1,9}", text) else None


@dataclass(frozen=True, kw_only=True)
class SchemaFile:
    """A schema; it is None where the document is none, and why with its pointer.

    format: of the document. places: JSON pointer → where it stands. earlier: versions before,
    oldest first, where a directory or a registry was given. level: what is asked of them. untold:
    why they are not known. elsewhere: named types of Avro in it that other files define.
    """

    path: str
    schema: AnySchema | None
    format: Format = "AVRO"
    fault: tuple[str, str] | None = None
    places: Mapping[str, Place] = field(default_factory=dict)
    earlier: tuple[tuple[str, AnySchema], ...] = ()
    level: Level = "BACKWARD"
    has_earlier: bool = False
    untold: Missing | None = None
    elsewhere: frozenset[str] = frozenset()

    @property
    def word(self) -> str:
        """Return what its format is called."""
        return WORDS[self.format]

    def at(self, pointer: str) -> Subject:
        """Return the place of a part of the schema; the nearest around it where it has none."""
        around = pointer
        while around not in self.places and around:
            around = around.rpartition("/")[0]
        return at(self.path, self.places.get(around, TOP), pointer)


@dataclass(frozen=True)
class Entry:
    """A partition in a reassignment."""

    topic: str
    partition: int
    replicas: tuple[int, ...]
    place: Place


@dataclass(frozen=True, kw_only=True)
class ReassignmentFile:
    """A reassignment as kafka-reassign-partitions.sh takes it; faults: what it would refuse.

    ignored: keys that it passes over, each with the one that may be meant.
    """

    path: str
    entries: tuple[Entry, ...]
    faults: tuple[tuple[str, Place], ...] = ()
    ignored: tuple[tuple[str, str, Place], ...] = ()
