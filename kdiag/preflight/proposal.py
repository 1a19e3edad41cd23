"""A reassignment as kafka-reassign-partitions.sh takes it, read from its JSON file."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, ClassVar

from kdiag.bounded import read_text
from kdiag.errors import UsageError
from kdiag.sections import Brokers, Partitions
from kdiag.snapshot import Missing, Section, Snapshot
from kdiag.wording import listed

Key = tuple[str, int]

ANY = "any"
"""In log_dirs: the broker chooses the directory."""

_SHAPE = '{"version": 1, "partitions": [{"topic": "…", "partition": 0, "replicas": [1, 2]}]}'
KEYS = ("log_dirs", "partition", "replicas", "topic")
"""Of an entry; the tool passes over all others."""

VERSION = 1
"""The only version of the format, and that of a file which does not say one."""


@dataclass(frozen=True)
class Move:
    """Where the replicas of a partition are to be: broker → log directory or `any`, in order."""

    replicas: tuple[int, ...]
    log_dirs: tuple[str, ...]

    @property
    def named_dirs(self) -> Iterator[tuple[int, str]]:
        """Yield broker and path where the file says which directory it is to be."""
        pairs = zip(self.replicas, self.log_dirs, strict=True)
        return ((id_, path) for id_, path in pairs if path != ANY)


@dataclass(frozen=True, eq=False, kw_only=True)
class Proposal(Section):
    """What is to be moved, as a file says."""

    noun: ClassVar[str] = "proposal"

    moves: Mapping[Key, Move]

    def __len__(self) -> int:
        return len(self.moves)


def read_proposal(path: Path) -> Proposal:
    """Return what a file proposes.

    Raises UsageError where it cannot be read, is no such JSON, or says something twice.
    """
    try:
        document = json.loads(read_text(path))
    except OSError as error:
        raise UsageError(f"{path}: cannot be read: {error.strerror}") from None
    except json.JSONDecodeError as error:
        raise UsageError(f"{path}:{error.lineno}:{error.colno}: is no JSON: {error.msg}") from None
    except (ValueError, RecursionError):
        raise UsageError(f"{path}: is no JSON in UTF-8") from None
    return proposal_of(document, str(path))


def proposal_of(document: Any, name: str) -> Proposal:
    """Return what a document of JSON proposes. name: what errors call it.

    Raises UsageError where it is no reassignment, or says something twice.
    """
    rows = document.get("partitions") if isinstance(document, dict) else None
    if not isinstance(rows, list) or not rows or not is_known(document):
        raise UsageError(f"{name}: is no reassignment; expected {_SHAPE}")
    moves: dict[Key, Move] = {}
    for number, row in enumerate(rows, 1):
        where = f"{name}: entry {number} of partitions"
        key, move = entry_of(row, where)
        if key in moves:
            raise UsageError(f"{where}: {key[0]}-{key[1]} is there twice")
        moves[key] = move
    return Proposal(moves=moves)


def is_known(document: Mapping[str, Any]) -> bool:
    """Tell whether a document is of the version that the tool reads."""
    version = document.get("version", VERSION)
    return version == VERSION and not isinstance(version, bool)


def entry_of(row: Any, where: str) -> tuple[Key, Move]:
    """Return one entry; where names it in errors. Raises UsageError."""
    if not isinstance(row, dict):
        raise UsageError(f"{where}: expected an object with {', '.join(KEYS)}")
    topic, number, replicas = row.get("topic"), row.get("partition"), row.get("replicas")
    if not isinstance(topic, str) or not topic or not _is_id(number):
        raise UsageError(f"{where}: expected a topic as text and a partition as a whole number")
    if not isinstance(replicas, list) or not replicas or not all(map(_is_id, replicas)):
        raise UsageError(f"{where}: replicas must be a list of broker ids")
    if len(set(replicas)) < len(replicas):
        raise UsageError(f"{where}: replicas names a broker twice")
    log_dirs = row.get("log_dirs", [ANY] * len(replicas))
    if not isinstance(log_dirs, list) or not all(isinstance(each, str) for each in log_dirs):
        raise UsageError(f"{where}: log_dirs must be a list of paths, or of any")
    if len(log_dirs) != len(replicas):
        raise UsageError(f"{where}: log_dirs must name a directory, or any, for each replica")
    return (topic, int(number or 0)), Move(tuple(replicas), tuple(log_dirs))


def _is_id(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and value >= 0


def require_there(proposal: Proposal, snapshot: Snapshot) -> None:
    """Raise UsageError for a partition or broker that the cluster does not have."""
    partitions, brokers = snapshot.get(Partitions), snapshot.get(Brokers)
    for held in (partitions, brokers):
        if isinstance(held, Missing):
            raise UsageError(f"the partitions and brokers could not be listed: {held}")
    if not isinstance(partitions, Partitions) or not isinstance(brokers, Brokers):
        return
    columns = partitions.rows["topic"], partitions.rows["partition"]
    there = {(topic, int(number)) for topic, number in zip(*columns, strict=True)}
    if gone := [
        f"{topic}-{number}" for topic, number in proposal.moves if (topic, number) not in there
    ]:
        raise UsageError(f"the cluster has no {listed(gone)}")
    known = {int(id_) for id_ in brokers.rows["broker"]}
    named = {id_ for move in proposal.moves.values() for id_ in move.replicas}
    if strangers := sorted(named - known):
        ids = ", ".join(map(str, sorted(known)))
        raise UsageError(f"there is no broker {listed(strangers)}; there are {ids}")
