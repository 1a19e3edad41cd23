"""Members of groups that the broker drives which do not give up what they shall give up.

A member that has partitions to revoke says so with its next heartbeats; until then their new owners
wait (KIP-848). It stays in its old epoch, while those that wait for it have reached the new one.
"""

from datetime import datetime
from typing import Any

from kdiag.analysis.history_span import HistorySpan
from kdiag.check import derive
from kdiag.sections import Groups, MemberHistory, Members
from kdiag.snapshot import Table

_HAS_TO_REVOKE = 1  # MemberState.UNREVOKED_PARTITIONS of Kafka


class Revocations(Table):
    """One row a member that owns partitions that its target assignment does not have.

    partitions: tuple of (topic, partition) that it is to give up. waiting: how many members have
    reached the group's epoch and wait for some of them. since: when it was told, or the begin of
    the history where that is older. waits_seconds: since then.
    """

    noun = "members that have to revoke"
    needs_rows = False
    columns = {
        "group": "str",
        "member_id": "str",
        "client_id": "str",
        "client_host": "str",
        "member_epoch": "int",
        "group_epoch": "int",
        "partitions": "object",
        "waiting": "int",
        "since": "time",
        "waits_seconds": "float",
    }


@derive()
def revocations(
    groups: Groups, members: Members, history: MemberHistory, span: HistorySpan
) -> Revocations:
    """Find the members behind their group's epoch with more than their target assignment."""
    driven = groups.rows[groups.rows["type"].isin(("consumer", "streams"))]
    epochs = driven[driven["group_epoch"].notna()].set_index("group")["group_epoch"]
    rows = members.rows[members.rows["group"].isin(epochs.index)].copy()
    rows["group_epoch"] = rows["group"].map(epochs)
    rows["owed"] = [
        _owed(*pair) for pair in zip(rows["assignment"], rows["target_assignment"], strict=True)
    ]
    rows["is_behind"] = (rows["member_epoch"] < rows["group_epoch"]).fillna(False)
    current = history.rows[(history.rows["record"] == "current") & ~history.rows["is_tombstone"]]
    known_from = dict(zip(span.rows["group"], span.rows["known_from"], strict=True))
    found = []
    for row in rows[rows["is_behind"] & rows["owed"].map(bool)].itertuples():
        mine = current[(current["group"] == row.group) & (current["member_id"] == row.member_id)]
        since = known_from.get(row.group) if mine.empty else _since(mine, groups.read_at)
        found.append(
            {
                **{name: getattr(row, name) for name in _COPIED},
                "partitions": row.owed,
                "waiting": int(((rows["group"] == row.group) & ~rows["is_behind"]).sum()),
                "since": since,
            }
        )
    made = Revocations.from_rows(found)
    waits = (groups.read_at - made.rows["since"]).dt.total_seconds()
    return Revocations(rows=made.rows.assign(waits_seconds=waits))


_COPIED = ("group", "member_id", "client_id", "client_host", "member_epoch", "group_epoch")


def _owed(assignment: Any, target: Any) -> tuple[Any, ...]:
    """Return what a member owns and shall not own."""
    if assignment is None or target is None:
        return ()
    return tuple(pair for pair in assignment if pair not in set(target))


def _since(records: Any, now: datetime) -> Any:
    """Return when a member was told to revoke: its first record of that since any other."""
    since = now
    for row in records.sort_values("log_offset", ascending=False).itertuples():
        if row.state != _HAS_TO_REVOKE:
            break
        since = row.written_at
    return since
