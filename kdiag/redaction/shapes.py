"""What a pseudonym keeps of a name: the part that Kafka, its clients or a check read a meaning in.

* Topics: those in which Kafka, Connect and Schema Registry keep their state stay (what stands
  between `connect-` and `-offsets` goes); `__` before, and `-repartition`, `-changelog` of Kafka
  Streams, the word archive and what names a dead-letter topic behind a name stay. Topics of one
  mirror (`SOURCE.` before, with `SOURCE.heartbeats` among them) keep what they have in common, as
  do those of one source of changes (its topic.prefix before).
* Groups: `console-consumer-` with other digits; a group with a UUID in it gets another UUID;
  `connect-` before the group of a sink, whose connector is named by the rest.
* Clients: ids that differ in their last parts with digits only are of one application, and their
  pseudonyms differ in their last part only; `-StreamThread-1` of Kafka Streams stays.
* Paths: their order, as the first directory of a volume stands for all of it.
* Members: their id begins with that of their client or instance.
* Loopback addresses, usual names of listeners, assignors of Kafka and `<default>` stay.
"""

import itertools
import re
from ipaddress import ip_address
from typing import Protocol

from kdiag.analysis.connect_topics import NAME as CONNECT_TOPIC
from kdiag.analysis.families import DEAD_LETTERS, STREAMS, family_of
from kdiag.analysis.topic_durability import PLUMBING
from kdiag.sections import HEARTBEATS

SINK_GROUP = "connect-"
_ARCHIVE = re.compile(r"(^|[._-])archive([._-]|$)")
_CONSOLE = re.compile(r"console-consumer-\d+", re.IGNORECASE)
_UUID = re.compile(r"[0-9a-f]{8}-([0-9a-f]{4}-){3}[0-9a-f]{12}", re.IGNORECASE)
_THREAD = "-StreamThread-"
_THREAD_CLIENT = re.compile(r"\d+(-(restore-|global-)?(consumer|producer|admin))?")
_NOBODY = frozenset(["", "<default>", "*", "ANONYMOUS"])
_LISTENERS_TEXT = """
PLAINTEXT SSL SASL_PLAINTEXT SASL_SSL CONTROLLER BROKER INTERNAL EXTERNAL CLIENT CLIENTS INSIDE
OUTSIDE REPLICATION HOST DOCKER LOCAL
"""
_LISTENERS = frozenset(_LISTENERS_TEXT.split())
_PROTOCOLS_TEXT = """
consumer connect sr share streams range roundrobin sticky cooperative-sticky stream uniform simple
eager compatible sessioned
"""
_PROTOCOLS = frozenset(_PROTOCOLS_TEXT.split())


class Letters(Protocol):
    """Where the parts of a pseudonym come from."""

    def word(self) -> str:
        """Return letters for this name."""

    def digits(self, length: int) -> str:
        """Return digits for this name."""

    def hexes(self, length: int) -> str:
        """Return hexadecimal digits for this name."""

    def of(self, category: str, name: str) -> str:
        """Return the pseudonym of another name."""

    def rank(self, category: str, name: str) -> int:
        """Return the place of a name among all of its kind."""

    def owner(self, name: str) -> tuple[str, str] | None:
        """Return what a member's id begins with."""


def shaped(category: str, name: str, letters: Letters) -> str:
    """Return the pseudonym of a name, or the name where it names nothing of anybody."""
    if name in _NOBODY:
        return name
    shape = _SHAPES.get(category)
    return f"{category}-{letters.word()}" if shape is None else shape(name, letters)


def _topic(name: str, letters: Letters) -> str:
    if found := CONNECT_TOPIC.fullmatch(name):
        return _connect_topic(found, letters)
    if PLUMBING.fullmatch(name):
        return name
    if prefix := _prefix(name, letters):
        return f"{letters.of('prefix', prefix)}.{_usual(name, letters)}"
    sources, own = _mirrored(name, letters)
    if sources:
        aliases = [letters.of("mirror", alias) for alias in sources]
        return ".".join([*aliases, own if own == HEARTBEATS else _usual(own, letters)])
    return _usual(name, letters)


def _prefix(name: str, letters: Letters) -> str:
    """Return the longest topic.prefix that a topic begins with, empty without one."""
    parts = name.split(".")
    heads = (".".join(parts[:depth]) for depth in range(len(parts) - 1, 0, -1))
    return next((head for head in heads if letters.rank("prefix", head)), "")


def _mirrored(name: str, letters: Letters) -> tuple[list[str], str]:
    """Return the clusters that a topic was mirrored from, and its name there.

    Such a cluster is one whose heartbeats are here, too.
    """
    parts = name.split(".")
    depths = [
        depth
        for depth in range(1, len(parts))
        if letters.rank("topic", ".".join([*parts[:depth], HEARTBEATS]))
    ]
    depth = max(depths, default=0)
    return parts[:depth], ".".join(parts[depth:])


def _usual(name: str, letters: Letters) -> str:
    before = "__" if name.startswith("__") else ""
    behind = "-archive" if _ARCHIVE.search(name) else ""
    behind += "-dlq" if re.search(DEAD_LETTERS, name) else ""
    behind += next((mark for mark in STREAMS if name.endswith(mark)), "")
    return f"{before}topic-{letters.word()}{behind}"


def _connect_topic(found: re.Match[str], letters: Letters) -> str:
    """Keep what the topic holds, and which three belong together."""
    name, before, behind = found[0], found["before"], found["behind"]
    if before == "connect-":
        return name
    word = letters.of("value", before + behind).removeprefix("value-")
    what = name.removeprefix(before).removesuffix(behind)
    if behind:
        return f"mm2-{what}.{word}.internal"
    return f"{'' if PLUMBING.fullmatch(name) else 'some-'}connect-{word}-{what}"


def _group(name: str, letters: Letters) -> str:
    if _CONSOLE.fullmatch(name):
        return f"console-consumer-{letters.digits(8)}"
    if _UUID.search(name):
        digits = letters.hexes(32)
        cuts = (0, 8, 12, 16, 20, 32)
        parts = [digits[at:end] for at, end in itertools.pairwise(cuts)]
        return f"group-{'-'.join(parts)}"
    return f"{SINK_GROUP if name.startswith(SINK_GROUP) else 'group-'}{letters.word()}"


def _connector(name: str, letters: Letters) -> str:
    return letters.of("group", SINK_GROUP + name).removeprefix(SINK_GROUP)


def _client(name: str, letters: Letters) -> str:
    process, mark, thread = name.partition(_THREAD)
    if mark and process:
        kept = thread if _THREAD_CLIENT.fullmatch(thread) else letters.word()
        return f"{letters.of('client', process)}{mark}{kept}"
    family = family_of(name)
    if family == name:
        return f"client-{letters.word()}"
    return f"{letters.of('client', family or '?')}-{letters.digits(6)}"


def _member(name: str, letters: Letters) -> str:
    owner = letters.owner(name)
    return f"{letters.of(*owner)}-{letters.word()}" if owner else f"member-{letters.word()}"


def is_address(host: str) -> bool:
    """Tell whether a host is an IP address."""
    try:
        ip_address(host.partition("%")[0])
    except ValueError:
        return False
    return True


def _host(name: str, letters: Letters) -> str:
    return name if name.lower() == "localhost" else f"host-{letters.word()}"


def _address(name: str, letters: Letters) -> str:
    address = ip_address(name.partition("%")[0])
    is_nobodys = address.is_loopback or address.is_unspecified
    return name if is_nobodys else f"address-{letters.word()}"


def _path(name: str, letters: Letters) -> str:
    return f"/path-{letters.rank('path', name):02}-{letters.word()}"


def _listener(name: str, letters: Letters) -> str:
    return name if name.upper() in _LISTENERS else f"LISTENER-{letters.word().upper()}"


def _protocol(name: str, letters: Letters) -> str:
    is_known = name.lower() in _PROTOCOLS or name.isdigit()
    return name if is_known else f"protocol-{letters.word()}"


_SHAPES = {
    "topic": _topic,
    "group": _group,
    "connector": _connector,
    "client": _client,
    "member": _member,
    "host": _host,
    "address": _address,
    "path": _path,
    "listener": _listener,
    "protocol": _protocol,
}
