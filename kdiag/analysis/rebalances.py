"""The rebalances of the past: when each of them completed, and whom it brought and took.

A classic rebalance leaves a record when its leader's SyncGroup arrives. One that ends before (its
leader is gone, another member joins) leaves none, but takes a number: a gap between two
generations. A group that the broker drives raises its epoch for each trigger; it is done when all
members have reached the last of them (KIP-848), however many there were.
"""

from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Any

from kdiag.analysis.membership import Memberships, Step
from kdiag.check import derive
from kdiag.sections import GenerationHistory, MemberHistory
from kdiag.snapshot import Table


class Rebalances(Table):
    """One row a completed rebalance of a classic, consumer or streams group.

    kind: type of the group. generation: the epoch for all but classic groups. began_at: the first
    trigger, not told of classic groups. completed_at: when the members had their assignment.
    seconds: from began_at to completed_at; for classic groups from the end of the join phase on.
    failed_before: generations since the last completed one that never completed; <NA> where that
    one is not known, and for all but classic groups. joined, left: members since then; returned:
    how many of those that joined are clients that had left before. <NA> likewise.
    """

    noun = "rebalances"
    needs_rows = False
    columns = {
        "group": "str",
        "kind": "str",
        "protocol": "str",
        "generation": "int",
        "began_at": "time",
        "completed_at": "time",
        "seconds": "float",
        "failed_before": "int",
        "member_count": "int",
        "joined": "int",
        "left": "int",
        "returned": "int",
    }


@derive()
def rebalances(
    memberships: Memberships, generations: GenerationHistory, members: MemberHistory | None
) -> Rebalances:
    """List the rebalances of each group in their order."""
    rows = [
        {"group": group, **row}
        for group, steps in memberships.steps.items()
        for row in _classic(steps)
    ]
    if members is not None:
        rows += _broker_driven(generations, members)
    return Rebalances.from_rows(rows)


def _classic(steps: Sequence[Step]) -> Iterator[dict[str, Any]]:
    before: Step | None = None
    departed: Counter[tuple[str, ...]] = Counter()
    for step in (step for step in steps if step.kind == "classic"):
        changes = _changes(before, step, departed) if before is not None else {}
        is_new = before is None or before.generation != step.generation
        if is_new and step.members and not step.is_before_reach:
            yield {
                "kind": step.kind,
                "protocol": step.protocol,
                "generation": step.generation,
                "completed_at": max(step.at, step.written_at),
                "seconds": max(0.0, (step.written_at - step.at).total_seconds()),
                "failed_before": _failed(before, step),
                "member_count": len(step.members),
                **changes,
            }
        before = step


def _changes(before: Step, step: Step, departed: Counter[tuple[str, ...]]) -> dict[str, int]:
    """Count who came and went; departed: clients that left and have not returned."""
    left = [who.client for id_, who in before.members.items() if id_ not in step.members]
    joined = [who.client for id_, who in step.members.items() if id_ not in before.members]
    departed.update(left)
    returned = Counter(joined) & departed
    departed.subtract(returned)
    return {"joined": len(joined), "left": len(left), "returned": returned.total()}


def _failed(before: Step | None, step: Step) -> int | None:
    """Return how many generations are missing; an empty group has one of its own."""
    if before is None or before.is_before_reach:
        return None
    if before.generation is None or step.generation is None:
        return None
    return max(0, step.generation - before.generation - 1)


def _broker_driven(generations: GenerationHistory, members: MemberHistory) -> list[dict[str, Any]]:
    """Follow the epochs of each group and of its members, in the order of the log."""
    kinds = ("consumer", "streams")
    epochs = generations.rows[generations.rows["kind"].isin(kinds)]
    epochs = epochs[~epochs["is_before_reach"] & ~epochs["is_tombstone"]]
    changes = members.rows[members.rows["kind"].isin(kinds)]
    changes = changes[changes["record"].isin(("member", "current"))]
    events: dict[str, list[Any]] = {}
    for row in [*epochs.itertuples(), *changes.itertuples()]:
        events.setdefault(row.group, []).append(row)
    return [
        {"group": group, **row}
        for group, rows in events.items()
        for row in _converged(sorted(rows, key=lambda row: int(row.log_offset)))
    ]


def _converged(events: list[Any]) -> Iterator[dict[str, Any]]:
    reached: dict[str, int] = {}
    began_at, epoch, kind = None, 0, None
    joined: set[str] = set()
    left: set[str] = set()
    for row in events:
        if hasattr(row, "generation"):
            began_at, epoch, kind = began_at or row.written_at, int(row.generation), row.kind
        elif row.is_tombstone:
            reached.pop(row.member_id, None)
            if row.record == "member":
                left.add(row.member_id)
        elif row.record == "member":
            joined.add(row.member_id)
            reached.setdefault(row.member_id, -1)
        else:
            reached[row.member_id] = int(row.member_epoch) if row.state == 0 else -1
        if began_at is not None and reached and min(reached.values()) >= epoch:
            yield {
                "kind": kind,
                "generation": epoch,
                "began_at": began_at,
                "completed_at": max(began_at, row.written_at),
                "seconds": max(0.0, (row.written_at - began_at).total_seconds()),
                "member_count": len(reached),
                "joined": len(joined),
                "left": len(left),
                "returned": len(joined & left),
            }
            began_at, joined, left = None, set(), set()
