"""Positions with what is known of their movement: one frame by partition, one by topic."""

from typing import Any

from kdiag.analysis.forecast import LagForecast
from kdiag.analysis.lag import OLD_SECONDS, PartitionLag
from kdiag.analysis.positions import Positions
from kdiag.analysis.share_groups import ShareLag
from kdiag.analysis.triage import LagVerdicts
from kdiag.sections import Groups, Members
from kdiag.snapshot import Section, Table
from kdiag.view import View

LAG_SECTIONS: tuple[type[Section], ...] = (
    Positions,
    PartitionLag,
    LagForecast,
    LagVerdicts,
    ShareLag,
)

_TOPIC = ["group", "topic"]
_ID = [*_TOPIC, "partition"]
_MOVED = {
    "oldest_unread_seconds": "lag_seconds_at_least",
    "oldest_unread_upper_seconds": "lag_seconds_at_most",
    "produced_per_second": "produced_records_per_second",
    "consumed_per_second": "consumed_records_per_second",
    "over_seconds": "over_seconds",
    "rates_from": "rates_from",
}
_NEXT = {"drain_seconds": "drain_seconds", "lost_in_seconds": "lost_in_seconds"}
_WORDS = ("verdict", "confidence", "reason")
_SAID = {name: name for name in (*_WORDS, "culprit_partitions")}
_RATES = ("produced_records_per_second", "consumed_records_per_second")
_SHARE = {
    "oldest_undone_seconds": "lag_seconds_at_least",
    "oldest_undone_upper_seconds": "lag_seconds_at_most",
    "produced_per_second": "produced_records_per_second",
    "completed_per_second": "consumed_records_per_second",
    "window_seconds": "over_seconds",
    "verdict": "verdict",
}
_FIRST = ("type", "state", "members", "unknown_reason", "rates_from", *_WORDS)
_MOST = ("lag_seconds_at_least", "lag_seconds_at_most", "over_seconds", "drain_seconds")
_SUM = ("lag_records", "partitions_unknown", *_RATES)
_NEVER = float("inf")


def partition_frame(view: View, positions: Positions) -> Any:
    """Return one row a position, with the fields of a LagRow as far as they are known."""
    rows = positions.rows.rename(columns={"reason": "unknown_reason"})
    rows = rows.merge(_from(view, PartitionLag, _ID, _MOVED), on=_ID, how="left")
    rows = rows.merge(_from(view, LagForecast, _ID, _NEXT), on=_ID, how="left")
    rows = _with_ages(rows)
    rows[[*_NEXT]] = rows[[*_NEXT]].where(_is_old(rows))
    rows = rows.merge(_from(view, LagVerdicts, _TOPIC, _SAID), on=_TOPIC, how="left")
    rows = _with_own_verdict(rows)
    rows["partitions_unknown"] = rows["lag_records"].isna().astype("int64")
    return _with_group(rows, view)


def _from(view: View, table: type[Table], on: list[str], names: dict[str, str]) -> Any:
    """Return columns of a section under their names here; no rows where it could not be made."""
    held = view.get(table)
    rows = held.rows if isinstance(held, Table) else table.of().rows
    return rows[[*on, *names]].rename(columns=names)


def _with_ages(rows: Any) -> Any:
    """Make the bounds of the age those of the lag: 0 without lag, from 0 where it is young."""
    low, high = rows["lag_seconds_at_least"], rows["lag_seconds_at_most"]
    has_none = _has_none(rows)
    low = low.mask(has_none, 0.0).mask(low.isna() & high.notna(), 0.0)
    return rows.assign(lag_seconds_at_least=low, lag_seconds_at_most=high.mask(has_none, 0.0))


def _is_old(rows: Any) -> Any:
    """Tell where there is an old backlog: a forecast for records in flight would mislead."""
    return rows["lag_seconds_at_least"] >= OLD_SECONDS


def _with_own_verdict(rows: Any) -> Any:
    """Let a partition have the verdict on its topic only where it takes part in it."""
    import pandas

    named = zip(rows["culprit_partitions"], rows["partition"], strict=True)
    is_named = rows["verdict"].notna() & pandas.Series(
        [
            not isinstance(culprits, tuple) or not culprits or number in culprits
            for culprits, number in named
        ],
        index=rows.index,
        dtype="bool",
    )
    takes_part = _is_old(rows) & is_named
    moves = rows["consumed_records_per_second"] > 0
    rows["topic_verdict"] = rows["verdict"]
    young = moves.map({True: "moving", False: "waiting"}).where(rows["over_seconds"].notna())
    own = rows["verdict"].where(takes_part, young.where(~_is_old(rows)))
    rows["verdict"] = own.mask(_has_none(rows), "caught-up").where(rows["lag_records"].notna())
    return rows


def _has_none(rows: Any) -> Any:
    """Tell where nothing is unread."""
    return (rows["lag_records"] == 0).fillna(False).astype("bool")


def _with_group(rows: Any, view: View) -> Any:
    """Add type, state and number of members of the group."""
    groups, members = view.get(Groups), view.get(Members)
    known = groups.rows if isinstance(groups, Groups) else Groups.of().rows
    rows = rows.merge(known[["group", "type", "state"]], on="group", how="left")
    if not isinstance(members, Members):
        return rows.assign(members=None)
    counted = members.rows.groupby("group").size()
    return rows.assign(members=rows["group"].map(counted).fillna(0).astype("Int64"))


def by_topic(view: View, frame: Any) -> Any:
    """Return one row a group and topic: a sum, or the partition that is worst off.

    A bound that one partition does not have, the topic does not have.
    """
    worst = frame.assign(
        lag_seconds_at_most=frame["lag_seconds_at_most"].fillna(_NEVER),
        drain_seconds=frame["drain_seconds"].fillna(_NEVER).where(_is_old(frame)),
        verdict=frame["topic_verdict"],
    )
    grouped = worst.groupby(_TOPIC, sort=False)
    first, most = grouped[[*_FIRST]].first(), grouped[[*_MOST]].max().replace(_NEVER, float("nan"))
    sums = grouped[[*_SUM]].sum(min_count=1)
    least = grouped[["lost_in_seconds"]].min()
    counted = grouped.size().rename("partitions")
    rows = first.join([most, sums, least, counted]).reset_index()
    return _with_share(rows, view)


def _with_share(rows: Any, view: View) -> Any:
    """Add what is known of share groups, topic by topic."""
    known = _from(view, ShareLag, _TOPIC, _SHARE).set_index(_TOPIC)
    known["verdict"] = known["verdict"].str.replace("_", "-") if len(known) else known["verdict"]
    found = rows[_TOPIC].merge(known.reset_index(), on=_TOPIC, how="left")
    for name in _SHARE.values():
        rows[name] = rows[name].where(rows["type"] != "share", found[name].to_numpy())
    return rows
