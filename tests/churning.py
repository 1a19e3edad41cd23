"""Groups whose members come and go: their generations and commits, as the history has them."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from kdiag.snapshot import Section
from tests.tables import (
    ago,
    commit_history,
    generation_history,
    groups,
    history_reach,
    past_member,
    topics,
)

Stay = tuple[float, float]
"""Seconds ago at which a stay began and ended."""


def stays(times: int, lasted: float, away: float, ended_ago: float = 10) -> list[Stay]:
    """Return so many stays of equal length, the last of which ended so long ago."""
    period = lasted + away
    ends = [ended_ago + number * period for number in range(times)]
    return [(end + lasted, end) for end in reversed(ends)]


def generations(
    comers: Mapping[str, Sequence[Stay]],
    group: str = "app",
    begin: float = 80_000,
    steady: int = 2,
    **member: Any,
) -> list[dict[str, Any]]:
    """Return the generations of a group: steady members, and clients that come and go.

    comers: client id → its stays. begin: how long ago the steady members joined. member: fields of
    those that come and go.
    """
    there = {
        f"s{number}": past_member(f"s{number}", client_id=f"steady-{number}", **member)
        for number in range(steady)
    }
    changes: dict[float, list[tuple[str, tuple[Any, ...] | None]]] = {begin: []}
    for client, each in comers.items():
        for number, (began, ended) in enumerate(each):
            id_ = f"{client}-{number}"
            joined = past_member(id_, **{"client_id": client, **member})
            changes.setdefault(began, []).append((id_, joined))
            changes.setdefault(ended, []).append((id_, None))
    rows = []
    for seconds in sorted(changes, reverse=True):
        for id_, who in changes[seconds]:
            there = {k: v for k, v in there.items() if k != id_} | ({id_: who} if who else {})
        rows.append({"group": group, "written_at": ago(seconds), "members": tuple(there.values())})
    return rows


def commits(
    silent: Iterable[Stay], group: str = "app", every: float = 5, since: float = 4000
) -> Section:
    """Return commits to two partitions; to one of them none within the times given."""
    spans = list(silent)
    times = [since - number * every for number in range(int(since / every))]
    heard = [at for at in times if not any(end <= at <= begin for begin, end in spans)]
    return commit_history(
        {
            (group, "orders", 0): [(at, number) for number, at in enumerate(times)],
            (group, "orders", 1): [(at, number) for number, at in enumerate(heard)],
        }
    )


def scene(
    rows: Sequence[Mapping[str, Any]], *more: Section, reach: float = 86_400, **group: Any
) -> list[Section]:
    """Return the sections that checks of rebalances of the past read."""
    return [
        groups({"group": "app", **group}),
        generation_history(*rows),
        history_reach(reach),
        topics({"topic": "__consumer_offsets", "partition_count": 1}),
        *more,
    ]
