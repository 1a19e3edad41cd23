"""Who was in a group, from one change to the next, as the coordinators wrote it.

Classic groups leave a record with all members whenever a rebalance completes, the group becomes
empty, or a static member is replaced (GroupMetadataValue). Groups that the broker drives leave a
record for each member that joins, and a tombstone for each that goes.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, ClassVar, NamedTuple

from kdiag.analysis.values import known
from kdiag.check import derive
from kdiag.sections import GenerationHistory, MemberHistory, PastMember
from kdiag.snapshot import Section


class Who(NamedTuple):
    """A member as its records describe it; the session is the broker's own but for classic groups.

    rebalance_timeout_seconds: max.poll.interval.ms of the client, not known of streams groups.
    """

    instance_id: str | None
    client_id: str | None
    client_host: str | None
    rebalance_timeout_seconds: float | None = None
    session_timeout_seconds: float | None = None

    @property
    def client(self) -> tuple[str, ...]:
        """Return what stays the same when a client comes back with another member id."""
        if self.instance_id is not None:
            return (self.instance_id,)
        return (self.client_id or "", self.client_host or "")


@dataclass(frozen=True, slots=True)
class Step:
    """The members of a group from a moment on.

    at: end of the join phase for classic groups; never earlier than the step before, although the
    clocks of two coordinators may differ. generation: None for groups that the broker drives, and
    where a classic group was deleted or converted. is_founding: whoever is in it, and was in no
    step before, has just joined.
    """

    at: datetime
    written_at: datetime
    kind: str
    protocol: str | None
    generation: int | None
    members: Mapping[str, Who]
    is_before_reach: bool = False
    is_founding: bool = False


@dataclass(frozen=True, eq=False, repr=False, kw_only=True)
class Memberships(Section):
    """The steps of each classic, consumer and streams group, in the order of the log."""

    noun: ClassVar[str] = "groups with a history"

    steps: Mapping[str, Sequence[Step]]

    def __len__(self) -> int:
        return len(self.steps)


@derive()
def memberships(generations: GenerationHistory, members: MemberHistory | None) -> Memberships:
    """Take the steps of each group out of the records about it."""
    return Memberships(steps=steps_of(generations, members))


def steps_of(
    generations: GenerationHistory, members: MemberHistory | None
) -> dict[str, list[Step]]:
    """Return the steps of each classic, consumer and streams group, in the order of the log."""
    found: dict[str, list[tuple[int, Step]]] = {}
    for group, offset, step in _classic(generations):
        found.setdefault(group, []).append((offset, step))
    for group, offset, step in _broker_driven(members) if members is not None else ():
        found.setdefault(group, []).append((offset, step))
    return {group: _never_back(each) for group, each in found.items()}


def _never_back(numbered: list[tuple[int, Step]]) -> list[Step]:
    """Order the steps, with times that do not go back.

    A static member that is replaced leaves the generation, and the time of its state, as it was.
    """
    steps: list[Step] = []
    for _, step in sorted(numbered, key=lambda pair: pair[0]):
        before = steps[-1] if steps else step
        is_same = steps and step.generation is not None and step.generation == before.generation
        at = max(before.at, step.written_at if is_same else step.at)
        steps.append(step if at == step.at else replace(step, at=at))
    return steps


def _classic(generations: GenerationHistory) -> Iterator[tuple[str, int, Step]]:
    rows = generations.rows[generations.rows["kind"] == "classic"]
    made: dict[tuple[Any, ...], Who] = {}
    for row in rows.itertuples():
        has_since = row.state_since == row.state_since
        yield (
            row.group,
            int(row.log_offset),
            Step(
                at=row.state_since if has_since else row.written_at,
                written_at=row.written_at,
                kind="classic",
                protocol=row.protocol,
                generation=None if row.is_tombstone else int(row.generation),
                members={each[0]: _who(each, made) for each in row.members or ()},
                is_before_reach=bool(row.is_before_reach),
                is_founding=not row.is_tombstone and int(row.generation) <= 1,
            ),
        )


def _who(each: tuple[Any, ...], made: dict[tuple[Any, ...], Who]) -> Who:
    """Return a member as Who; the same one in the next generation is made once."""
    if each not in made:
        member = PastMember(*each)
        interval = member.rebalance_timeout_ms
        made[each] = Who(
            member.instance_id,
            member.client_id,
            member.client_host,
            None if interval is None else interval / 1000,
            member.session_timeout_ms / 1000,
        )
    return made[each]


def _broker_driven(history: MemberHistory) -> Iterator[tuple[str, int, Step]]:
    """Yield a step for each time at which members came or went."""
    rows = history.rows
    rows = rows[(rows["record"] == "member") & rows["kind"].isin(("consumer", "streams"))]
    rows = rows.sort_values(["log_partition", "log_offset"])
    for (group, kind), records in rows.groupby(["group", "kind"], sort=False):
        present: dict[str, Who] = {}
        for batch in _batches(records):
            before = present.keys()
            present = dict(present)
            for row in batch:
                _apply(row, present)
            if present.keys() != before:
                at = batch[0].written_at
                step = Step(at, at, kind, None, None, present, is_founding=True)
                yield group, int(batch[0].log_offset), step


def _batches(records: Any) -> Iterator[list[Any]]:
    """Yield what was written together; a member that goes and returns at once is in two of them."""
    batch: list[Any] = []
    for row in records.itertuples():
        ids = {one.member_id for one in batch}
        if batch and (row.written_at != batch[0].written_at or row.member_id in ids):
            yield batch
            batch = []
        batch.append(row)
    if batch:
        yield batch


def _apply(row: Any, present: dict[str, Who]) -> None:
    if row.is_tombstone:
        present.pop(row.member_id, None)
    else:
        interval = known(row.rebalance_timeout_ms)
        seconds = None if interval is None else interval / 1000
        present[row.member_id] = Who(row.instance_id, row.client_id, row.client_host, seconds)
