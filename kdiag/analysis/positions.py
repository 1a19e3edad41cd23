"""Where each group stands on each partition that it has a position on, or owns.

Needs one sample only, and leaves nothing out: where the lag cannot be told, the reason stands in
its place. What moved and why is said by PartitionLag and LagVerdicts.
"""

from typing import Any

from kdiag.check import derive
from kdiag.sections import Commits, Groups, Members, Offsets, ShareOffsets
from kdiag.snapshot import Table

NOTHING_COMMITTED = "nothing committed"
NOTHING_ACKNOWLEDGED = "nothing acknowledged"
NO_POSITION = (NOTHING_COMMITTED, NOTHING_ACKNOWLEDGED)
"""Reasons of partitions on which a group, or share group, has no position yet."""

_KEY = ["topic", "partition"]
_ID = ["group", *_KEY]
_OWNER = ("member_id", "instance_id", "client_id", "client_host")


class Positions(Table):
    """One row a group and partition that it has a committed offset on, or that a member owns.

    committed_offset: of a share group its start offset, the first record that is not done with.
    lag_records: end offset minus committed offset; of a share group as its coordinator tells it
    (ShareOffsets). reason: why it is <NA>; else None. owners: tuple of (member_id, instance_id,
    client_id, client_host) of the members that the partition is assigned to, None where members
    were not read.
    """

    noun = "positions"
    columns = {
        "group": "str",
        "topic": "str",
        "partition": "int",
        "committed_offset": "int",
        "log_start_offset": "int",
        "end_offset": "int",
        "lag_records": "int",
        "reason": "str",
        "owners": "object",
    }


@derive()
def positions(
    commits: Commits,
    offsets: Offsets,
    shared: ShareOffsets | None,
    groups: Groups | None,
    members: Members | None,
) -> Positions:
    """Join committed offsets, start offsets of share groups, owners, and the ends of the logs."""
    rows = _stands(commits, shared).merge(_owned(members), on=_ID, how="outer")
    log = offsets.rows[[*_KEY, "log_start_offset", "end_offset", "error"]]
    rows = rows.merge(log.rename(columns={"error": "log_error"}), on=_KEY, how="left")
    is_share = rows["group"].isin(_share_groups(groups))
    behind = (rows["end_offset"] - rows["committed_offset"]).clip(lower=0)
    rows["lag_records"] = behind.mask(is_share, rows["told_records"])
    rows["reason"] = _reasons(rows, is_share)
    nobody: tuple[Any, ...] | None = None if members is None else ()
    rows["owners"] = [own if isinstance(own, tuple) else nobody for own in rows["owners"]]
    return Positions(rows=rows[list(Positions.columns)])


def _stands(commits: Commits, shared: ShareOffsets | None) -> Any:
    """Return what was committed, and the start offsets and lags of share groups."""
    import pandas

    committed = commits.rows[[*_ID, "committed_offset", "error"]]
    committed = committed.assign(told_records=pandas.array([None] * len(committed), "Int64"))
    if shared is None or not len(shared):
        return committed
    names = {"start_offset": "committed_offset", "lag_records": "told_records"}
    started = shared.rows[[*_ID, "start_offset", "error", "lag_records"]].rename(columns=names)
    return pandas.concat([committed, started], ignore_index=True) if len(committed) else started


def _owned(members: Members | None) -> Any:
    """Return who owns each partition; several members where a share group does."""
    import pandas

    owners: dict[tuple[str, str, int], list[Any]] = {}
    rows = members.rows if members is not None else Members.of().rows
    columns = (rows["group"], rows["assignment"], *(rows[name] for name in _OWNER))
    for group, assignment, *who in zip(*columns, strict=True):
        for topic, partition in assignment or ():
            owners.setdefault((group, topic, int(partition)), []).append(tuple(who))
    made = {name: [key[place] for key in owners] for place, name in enumerate(_ID)}
    frame = pandas.DataFrame({**made, "owners": [tuple(each) for each in owners.values()]})
    return frame.astype({"group": object, "topic": object, "partition": "Int64", "owners": object})


def _share_groups(groups: Groups | None) -> set[str]:
    if groups is None:
        return set()
    return set(groups.rows["group"][groups.rows["type"] == "share"])


def _reasons(rows: Any, is_share: Any) -> list[str | None]:
    """Return why a lag is not known, for each row."""
    names = ("lag_records", "error", "committed_offset", "end_offset", "log_error")
    columns = [rows[name].astype(object) for name in names]
    return [
        None if _is_known(lag) else _reason(error, at, end, log_error, of_share)
        for lag, error, at, end, log_error, of_share in zip(*columns, is_share, strict=True)
    ]


def _reason(error: Any, at: Any, end: Any, log_error: Any, of_share: bool) -> str:
    if _is_known(error):
        return f"committed offset: {error}"
    if not _is_known(at):
        return NOTHING_ACKNOWLEDGED if of_share else NOTHING_COMMITTED
    if of_share:
        return "brokers before 4.2 do not tell the lag of share groups"
    if _is_known(end):
        return "its lag is not known"
    return f"end offset: {log_error}" if _is_known(log_error) else "its topic is deleted or hidden"


def _is_known(value: Any) -> bool:
    import pandas

    return not pandas.isna(value)
