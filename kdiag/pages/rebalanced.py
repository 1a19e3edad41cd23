"""The completed rebalances of one group, with the clients that came and went."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import pairwise
from typing import Any, NamedTuple

from kdiag.analysis.membership import Step, Who
from kdiag.analysis.rebalances import Rebalances
from kdiag.analysis.values import known


class Client(NamedTuple):
    """A member as people know it."""

    client_id: str | None
    client_host: str | None
    instance_id: str | None


@dataclass(frozen=True, kw_only=True)
class Rebalance:
    """A completed rebalance, or that the group lost its last member.

    generation: the epoch for all but classic groups. members: how many there were then; 0: it
    became empty. joined, left: since the one before, None where that is not known. seconds,
    failed_before: see Rebalances.
    """

    at: datetime
    generation: int | None
    members: int
    joined: tuple[Client, ...] | None = None
    left: tuple[Client, ...] | None = None
    seconds: float | None = None
    failed_before: int | None = None


def rebalances(done: Rebalances, steps: Sequence[Step], group: str) -> Iterator[Rebalance]:
    """Yield the rebalances of a group, the oldest first; steps: its own, see Memberships."""
    rows = done.rows[done.rows["group"] == group]
    marks = [*(_completed(row) for row in rows.itertuples()), *_emptied(steps)]
    before = _at_first(steps)
    for seen_at, mark in sorted(marks, key=lambda pair: pair[0]):
        now = _members_at(steps, seen_at)
        yield replace(mark, joined=_only_in(now, before), left=_only_in(before, now))
        before = now


Mark = tuple[datetime, Rebalance]
"""When it was written, and what it was."""


def _completed(row: Any) -> Mark:
    made = Rebalance(
        at=row.completed_at.to_pydatetime(),
        generation=known(row.generation),
        members=int(row.member_count),
        seconds=None if row.seconds != row.seconds else round(row.seconds, 3),
        failed_before=known(row.failed_before),
    )
    return row.completed_at, made


def _emptied(steps: Sequence[Step]) -> Iterator[Mark]:
    """Yield when the group lost its last member, from one step with some to one without."""
    for before, step in pairwise(steps):
        if before.members and not step.members and not step.is_before_reach:
            yield step.written_at, Rebalance(at=step.at, generation=step.generation, members=0)


Members = Mapping[str, Who] | None


def _at_first(steps: Sequence[Step]) -> Members:
    """Return who was there before the first rebalance; None where that is not known."""
    if not steps:
        return None
    if steps[0].is_before_reach:
        return steps[0].members
    return {} if steps[0].is_founding else None


def _members_at(steps: Sequence[Step], at: datetime) -> Members:
    return next((step.members for step in reversed(steps) if step.written_at <= at), None)


def _only_in(those: Members, others: Members) -> tuple[Client, ...] | None:
    """Return who is not among the others; a static member is the same with another member id."""
    if those is None or others is None:
        return None
    there = {who.instance_id or id_ for id_, who in others.items()}
    gone = [who for id_, who in those.items() if (who.instance_id or id_) not in there]
    return tuple(Client(who.client_id, who.client_host, who.instance_id) for who in gone)
