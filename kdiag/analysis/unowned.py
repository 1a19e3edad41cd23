"""Partitions of a subscribed topic that no member of a Stable group owns, in both samples."""

from typing import Any

from kdiag.check import Earlier, derive
from kdiag.sections import Commits, Groups, Members, Offsets, PastEnds
from kdiag.snapshot import Missing, Table

_ID, _LOG = ["group", "topic", "partition"], ["topic", "partition"]
_OLD_SECONDS = 3600.0  # the youngest time that is asked of every partition


class UnownedPartitions(Table):
    """One row a group and partition of a topic that it reads, and that has no owner.

    Only groups of plain consumers whose members all tell what they subscribe to and own. One that
    the group has never committed for counts where it has records of an hour ago: partitions that
    were just added stay without an owner until a member refreshes its metadata
    (metadata.max.age.ms, 5 min by default), and some clients never do.
    """

    noun = "partitions without an owner"
    needs_rows = False
    columns = {"group": "str", "topic": "str", "partition": "int"}


@derive()
def unowned_partitions(
    groups: Groups,
    members: Members,
    commits: Commits,
    groups_before: Earlier[Groups] | None,
    members_before: Earlier[Members] | None,
    offsets: Offsets | None,
    past: PastEnds | None,
) -> UnownedPartitions | Missing:
    """Compare what is committed, or has long been there, with what is assigned, in both samples."""
    read = _read(commits, _old(offsets, past))
    now = _unowned(groups, members, read)
    if now.empty:
        return UnownedPartitions.of()
    if groups_before is None or members_before is None:
        return Missing("only one sample was taken", "--sample-seconds")
    rows = now.merge(_unowned(groups_before, members_before, read), on=_ID)
    return UnownedPartitions(rows=rows.reset_index(drop=True))


def _old(offsets: Offsets | None, past: PastEnds | None) -> Any:
    """Return the partitions that have records of an hour ago."""
    import pandas

    if offsets is None or past is None:
        return pandas.DataFrame(columns=_LOG)
    then = past.rows[past.rows["age_seconds"] == _OLD_SECONDS]
    rows = offsets.rows[[*_LOG, "log_start_offset", "end_offset"]].merge(
        then, on=_LOG, suffixes=("", "_then")
    )
    end_then = rows["end_offset_then"].fillna(rows["end_offset"])
    return rows.loc[(rows["log_start_offset"] < end_then).fillna(False), _LOG]


def _read(commits: Commits, old: Any) -> Any:
    """Return the partitions that each group has committed for, and old ones of the same topics."""
    import pandas

    known = commits.rows.loc[commits.rows["committed_offset"].notna(), _ID]
    beside = known[["group", "topic"]].drop_duplicates().merge(old, on="topic")
    return pandas.concat([known, beside[_ID]]).drop_duplicates(ignore_index=True)


def _unowned(groups: Groups, members: Members, read: Any) -> Any:
    import pandas

    is_settled = (groups.rows["state"] == "Stable") & (groups.rows["protocol_type"] == "consumer")
    settled = set(groups.rows.loc[is_settled & (groups.rows["protocol"] != "stream"), "group"])
    rows = members.rows[members.rows["group"].isin(settled)]
    is_dark = rows["subscription"].isna() | rows["assignment"].isna()
    rows = rows[~rows["group"].isin(rows.loc[is_dark, "group"])]
    wanted = rows[["group", "subscription"]].explode("subscription").dropna().drop_duplicates()
    wanted = wanted.rename(columns={"subscription": "topic"})
    owned = {
        (group, topic, number)
        for group, pairs in zip(rows["group"], rows["assignment"], strict=True)
        for topic, number in pairs
    }
    known = read.merge(wanted, on=["group", "topic"])
    has_owner = [key in owned for key in known.itertuples(index=False, name=None)]
    return known[~pandas.Series(has_owner, known.index, dtype="bool")]
