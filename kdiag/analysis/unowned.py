"""Partitions of a subscribed topic that no member of a Stable group owns, in both samples."""

from typing import Any

from kdiag.check import Earlier, derive
from kdiag.sections import Commits, Groups, Members
from kdiag.snapshot import Missing, Table

_ID = ["group", "topic", "partition"]


class UnownedPartitions(Table):
    """One row a group and partition that it has committed for, and that has no owner.

    Only groups of plain consumers whose members all tell what they subscribe to and own. One that
    the group has never committed for is left out: partitions that were just added stay without an
    owner until a member refreshes its metadata (metadata.max.age.ms, 5 min by default).
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
) -> UnownedPartitions | Missing:
    """Compare what is committed with what is assigned, in both samples."""
    now = _unowned(groups, members, commits)
    if now.empty:
        return UnownedPartitions.of()
    if groups_before is None or members_before is None:
        return Missing("only one sample was taken", "--sample-seconds")
    rows = now.merge(_unowned(groups_before, members_before, commits), on=_ID)
    return UnownedPartitions(rows=rows.reset_index(drop=True))


def _unowned(groups: Groups, members: Members, commits: Commits) -> Any:
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
    known = commits.rows.loc[commits.rows["committed_offset"].notna(), _ID]
    known = known.merge(wanted, on=["group", "topic"])
    has_owner = [key in owned for key in known.itertuples(index=False, name=None)]
    return known[~pandas.Series(has_owner, known.index, dtype="bool")]
