"""What a lab is really like, asked with plain clients: never with what is to be tested."""

import time
from collections.abc import Iterable
from dataclasses import dataclass

from kdiag.lab import Lab
from kdiag.lab.clients import committed_offsets, offsets
from kdiag.lab.groups import described


@dataclass
class Movement:
    """Of one group and topic, by partition: committed offsets, ends, and how far both went."""

    committed: dict[int, int]
    ends: dict[int, int]
    consumed: dict[int, int]
    produced: dict[int, int]

    @property
    def lag(self) -> int:
        return sum(end - self.committed.get(number, 0) for number, end in self.ends.items())


def movements(
    lab: Lab, pairs: Iterable[tuple[str, str]], seconds: float = 6
) -> dict[str, Movement]:
    """Look twice at all groups and topics; return what moved, by group."""
    pairs = list(pairs)
    before = {pair: _look(lab, *pair) for pair in pairs}
    time.sleep(seconds)
    return {pair[0]: _moved(before[pair], _look(lab, *pair)) for pair in pairs}


def _look(lab: Lab, group: str, topic: str) -> tuple[dict[int, int], dict[int, int]]:
    return committed_offsets(lab.bootstrap, group, topic), offsets(lab.admin(), topic, "latest")


def _moved(
    first: tuple[dict[int, int], dict[int, int]], then: tuple[dict[int, int], dict[int, int]]
) -> Movement:
    (committed_before, ends_before), (committed, ends) = first, then
    consumed = {number: at - committed_before.get(number, 0) for number, at in committed.items()}
    produced = {number: at - ends_before[number] for number, at in ends.items()}
    return Movement(committed, ends, consumed, produced)


def assignments(lab: Lab, group: str) -> dict[str, set[tuple[str, int]]]:
    """Return what each client id of a group owns."""
    found = described(lab, group)
    return {
        member.client_id: {(p.topic, p.partition) for p in member.assignment.topic_partitions}
        for member in (found.members if found else ())
    }
