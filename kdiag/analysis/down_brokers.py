"""Which brokers are down, and which partitions miss replicas because of that and nothing else.

Down is what the cluster itself has given up: a broker that is gone, fenced or silent, and out of
the ISR of everything that it should hold. A broker that does not answer from here but is in sync
for others is not down: its address cannot be reached from here.

The controller fences a broker whose heartbeats stop for broker.session.timeout.ms, and takes it
out of every ISR in the same step (KIP-631). The last member of an ISR stays in it, without a
leader, unless eligible leader replicas are on (KIP-966): so an ISR without a leader proves nothing.
Nor do leaders and ISRs prove anything while no controller answers: they are as they were before.
"""

from collections import Counter
from itertools import chain
from typing import Any

from kdiag.analysis.live_metadata import is_frozen
from kdiag.check import derive
from kdiag.sections import Brokers, Partitions, Quorum
from kdiag.snapshot import Table

_NOT_LISTED = "the cluster does not list it"
_UNHEARD = "it answers, but the controller does not hear it"


class DownBrokers(Table):
    """One row a broker that is down.

    reason: why it counts as down. replica_count: partitions that have a replica on it.
    leaderless_count: how many of these have no leader. explained: tuple of (topic, partition) for
    the partitions whose absent replicas are all on brokers that are down, this one among them.
    Absent are the replicas out of the ISR; where there is no leader, all of them. A leader that is
    down is none, and who is down is in no ISR, whatever the metadata still says.
    last_seen: when it fetched metadata last, by the clock of the active controller.
    """

    noun = "down brokers"
    needs_rows = False
    columns = {
        "broker": "int",
        "host": "str",
        "port": "int",
        "rack": "str",
        "is_registered": "bool",
        "is_fenced": "bool",
        "is_reachable": "bool",
        "reason": "str",
        "replica_count": "int",
        "leaderless_count": "int",
        "explained": "object",
        "last_seen": "time",
    }


@derive()
def down_brokers(brokers: Brokers, partitions: Partitions, quorum: Quorum | None) -> DownBrokers:
    """Find the brokers that are down and what each of them explains."""
    rows = brokers.rows
    suspects = rows[~rows["is_registered"] | rows["is_fenced"] | ~rows["is_reachable"]]
    if suspects.empty:
        return DownBrokers.of()
    held = Counter(chain.from_iterable(partitions.rows["replicas"]))
    stands = is_frozen(quorum)
    in_sync = set() if stands else _in_sync(partitions)
    down = [row for row in suspects.itertuples() if _is_down(row, held, in_sync)]
    ids = {int(row.broker) for row in down}
    explained, leaderless = _explained(partitions, ids, stands=stands)
    seen = {} if quorum is None else _last_fetches(quorum)
    return DownBrokers.from_rows(
        [
            {
                **{name: getattr(row, name) for name in _COPIED},
                "reason": _reason(row),
                "replica_count": held[row.broker],
                "leaderless_count": leaderless[row.broker],
                "explained": tuple(explained[row.broker]),
                "last_seen": seen.get(row.broker),
            }
            for row in down
        ]
    )


_COPIED = ("broker", "host", "port", "rack", "is_registered", "is_fenced", "is_reachable")


def _in_sync(partitions: Partitions) -> set[int]:
    """Return the brokers that are in the ISR of some partition that has a leader."""
    led = partitions.rows[partitions.rows["leader"].notna()]
    return set(chain.from_iterable(led["isr"])) | set(led["leader"])


def _is_down(row: Any, held: Counter[int], in_sync: set[int]) -> bool:
    if row.is_fenced and not row.is_reachable:
        return True
    if row.broker in in_sync:
        return False
    return bool(held[row.broker] or row.is_fenced or not row.is_registered)


def _reason(row: Any) -> str:
    if row.is_reachable:
        return _UNHEARD if row.is_fenced else _NOT_LISTED
    return str(row.unreachable_reason or (_NOT_LISTED if not row.is_registered else "no answer"))


def _last_fetches(quorum: Quorum) -> dict[int, Any]:
    """Return replica → when it fetched metadata last, where that is known."""
    rows = quorum.rows.dropna(subset=["last_fetch"])
    return dict(zip(rows["replica_id"].tolist(), rows["last_fetch"], strict=True))


def _explained(
    partitions: Partitions, ids: set[int], *, stands: bool
) -> tuple[dict[int, list[tuple[str, int]]], Counter[int]]:
    """Return broker → partitions that only down brokers explain, and broker → leaderless ones.

    stands: no controller answers, so that nobody can elect a replica that is alive and in sync.
    """
    explained: dict[int, list[tuple[str, int]]] = {id_: [] for id_ in ids}
    leaderless: Counter[int] = Counter()
    rows = partitions.rows
    has_no_leader = rows["leader"].isna() | rows["leader"].isin(ids)
    columns = (rows["topic"], rows["partition"], has_no_leader, rows["replicas"])
    for topic, number, has_none, replicas, isr in zip(*columns, rows["isr"], strict=True):
        if ids.isdisjoint(replicas):
            continue
        lost = ids.intersection(replicas)
        is_whole = has_none and not stands
        absent = set(replicas) if is_whole else set(replicas).difference(isr) | lost
        for id_ in absent & ids:
            leaderless[id_] += bool(has_none)
            if absent <= ids:
                explained[id_].append((topic, int(number)))
    return explained, leaderless
