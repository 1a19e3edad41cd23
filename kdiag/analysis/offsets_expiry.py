"""When the coordinator deletes the committed offsets of a group that has no members.

The clock of a classic group that had members starts when the last one leaves; that of all others,
for each offset, when it is committed (OffsetExpirationConditionImpl of Kafka, KIP-211).
"""

from dataclasses import dataclass
from typing import Any, ClassVar

from kdiag.analysis.commit_timeline import CommitTrends
from kdiag.analysis.group_past import GroupPast
from kdiag.check import derive
from kdiag.sections import BrokerConfigs, Commits, Groups
from kdiag.snapshot import Missing, Section, Table

_KEY = "offsets.retention.minutes"
_ID = ["group", "topic", "partition"]


@dataclass(frozen=True, eq=False, kw_only=True)
class OffsetsRetention(Section):
    """How long offsets of a group without members are kept: the shortest of all brokers."""

    noun: ClassVar[str] = "setting"

    seconds: float


@derive(configs=(_KEY,))
def offsets_retention(configs: BrokerConfigs) -> OffsetsRetention | Missing:
    """Find the shortest offsets.retention.minutes of the brokers."""
    rows = configs.only("key", _KEY)
    minutes = [int(value) for value in rows["value"] if value is not None]
    if not minutes:
        return Missing(f"no broker returned {_KEY}", "DescribeConfigs on Cluster")
    return OffsetsRetention(seconds=60.0 * min(minutes))


class IdleGroups(Table):
    """One row a group without members and topic with committed offsets: since when it is idle.

    idle_seconds: since the last member left, or the last commit; the clock of the coordinator for
    its offsets. usual_gap_seconds: between two commits, NaN where the history does not show it.
    Groups whose clock started before the history begins are errors.
    """

    noun = "groups without members"
    needs_rows = False
    columns = {
        "group": "str",
        "topic": "str",
        "idle_seconds": "float",
        "usual_gap_seconds": "float",
    }


@derive()
def idle_groups(
    groups: Groups, commits: Commits, past: GroupPast, trends: CommitTrends
) -> IdleGroups:
    """Find since when each Empty group is idle."""
    empty = groups.rows[(groups.rows["state"] == "Empty")]
    rows = commits.rows[commits.rows["committed_offset"].notna()][_ID]
    rows = rows.merge(empty[["group", "type", "protocol_type"]], on="group")
    known = trends.rows[[*_ID, "last_committed_at", "usual_gap_seconds"]]
    rows = rows.merge(known, "left", _ID).merge(past.rows[["group", "emptied_at"]], "left", "group")
    has_clock = (rows["type"] == "classic") & (rows["protocol_type"] == "consumer")
    since = rows["emptied_at"].where(has_clock, rows["last_committed_at"])
    rows["idle_seconds"] = (groups.read_at - since).dt.total_seconds().clip(lower=0)
    found = rows.groupby(["group", "topic"], as_index=False).agg(
        idle_seconds=("idle_seconds", "min"), usual_gap_seconds=("usual_gap_seconds", "max")
    )
    is_known = found["idle_seconds"].notna()
    why = Missing("it has been idle since before the history that was read")
    unknown: Any = found.loc[~is_known, "group"].unique()
    return IdleGroups(
        rows=found[is_known].reset_index(drop=True),
        errors={f"group {name}": why for name in unknown},
    )
