"""What is left of each partition while some brokers are away."""

from dataclasses import dataclass
from typing import Any, ClassVar

from kdiag.analysis.durability import Durability
from kdiag.check import derive
from kdiag.snapshot import Section, Table


@dataclass(frozen=True, eq=False, kw_only=True)
class Departure(Section):
    """Which brokers go away for a while, as asked, not read.

    margin: in-sync replicas beyond what acks=all writes need that must stay.
    """

    noun: ClassVar[str] = "departure"

    brokers: frozenset[int]
    margin: int = 0


class Remaining(Table):
    """One row a partition that has a leader, and an in-sync replica on a broker that goes away.

    left: the in-sync replicas that stay. out_of_sync: replicas elsewhere that are not in sync.
    needed: in-sync replicas that must stay, margin included. is_permanent: fewer would stay even
    if all replicas were in sync, so waiting does not help. outcome: kept (enough stay), refused
    (too few for acks=all writes), offline (none stays), sole (nor is there a replica elsewhere).
    """

    noun = "partitions"
    needs_rows = False
    columns = {
        "topic": "str",
        "partition": "int",
        "replication_factor": "int",
        "left": "object",
        "out_of_sync": "object",
        "effective_min_isr": "int",
        "needed": "int",
        "is_permanent": "bool",
        "outcome": "str",
    }


@derive()
def remaining(durability: Durability, departure: Departure) -> Remaining:
    """Take the brokers out of each ISR; a partition that they are not in sync for loses nothing."""
    rows = durability.rows[durability.rows["leader"].notna()]
    columns = (rows[name].tolist() for name in _READ)
    return Remaining.from_rows(
        [
            _row(departure, *log)
            for log in zip(*columns, strict=True)
            if not departure.brokers.isdisjoint(log[3])
        ]
    )


_READ = ("topic", "partition", "replicas", "isr", "effective_min_isr")
_Ids = tuple[int, ...]


def _row(
    departure: Departure, topic: str, number: int, replicas: _Ids, isr: _Ids, least: int
) -> dict[str, Any]:
    elsewhere = [id_ for id_ in replicas if id_ not in departure.brokers]
    left = tuple(id_ for id_ in elsewhere if id_ in isr)
    needed = least + departure.margin
    return {
        "topic": topic,
        "partition": number,
        "replication_factor": len(replicas),
        "left": left,
        "out_of_sync": tuple(id_ for id_ in elsewhere if id_ not in isr),
        "effective_min_isr": least,
        "needed": needed,
        "is_permanent": len(elsewhere) < needed,
        "outcome": _outcome(len(elsewhere), len(left), needed),
    }


def _outcome(elsewhere: int, left: int, needed: int) -> str:
    if left:
        return "kept" if left >= needed else "refused"
    return "offline" if elsewhere else "sole"
