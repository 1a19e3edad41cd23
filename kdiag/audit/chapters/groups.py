"""Lag and rebalances, now and as far back as can be seen."""

from typing import Any

from kdiag.analysis.forecast import LagForecast
from kdiag.analysis.lag import PartitionLag
from kdiag.analysis.rebalances import Rebalances
from kdiag.audit.blocks import Block, Cell, Chapter, Text, table
from kdiag.audit.chapters.group_figures import lag_figure, rebalance_figure, work_figure
from kdiag.audit.saying import advices, conclusions
from kdiag.audit.seen import Seen
from kdiag.sections import HistoryReach
from kdiag.wording import span

_KEY = ["group", "topic"]


def groups(seen: Seen) -> Chapter:
    """Show who is behind and why it matters, and how groups behaved."""
    items = seen.of_areas("lag", "groups")
    blocks: list[Block | None] = [
        _reach(seen),
        _behind(seen),
        lag_figure(seen),
        _rebalanced(seen),
        rebalance_figure(seen),
        work_figure(seen),
    ]
    return Chapter(
        "groups",
        "Consumer groups: lag and rebalances",
        observations=tuple(block for block in blocks if block is not None),
        conclusions=conclusions(items),
        recommendations=advices(items),
        unseen=seen.taken_unseen(),
    )


def _reach(seen: Seen) -> Text | None:
    reach = seen.held(HistoryReach)
    if reach is None or reach.rows["trustworthy_from"].isna().all():
        return None
    begins = reach.rows["trustworthy_from"].dropna()
    oldest, newest = (reach.read_at - each for each in (begins.min(), begins.max()))
    return Text(
        "The past of groups is read from the part of __consumer_offsets that is not compacted: "
        f"between {span(newest.total_seconds())} and {span(oldest.total_seconds())} of it, by "
        "the log partition of the group."
    )


def _behind(seen: Seen) -> Block | None:
    lag, forecast = seen.held(PartitionLag), seen.held(LagForecast)
    if lag is None:
        return None
    rows = lag.rows[lag.rows["lag_records"] > 0]
    worst = rows.groupby(_KEY, as_index=False).agg(
        lag_records=("lag_records", "sum"),
        age=("oldest_unread_seconds", "max"),
        written=("produced_per_second", "sum"),
        read=("consumed_per_second", "sum"),
    )
    if forecast is not None:
        ahead = forecast.rows.groupby(_KEY, as_index=False).agg(
            retention=("retention_seconds", "min"),
            lost=("lost_in_seconds", "min"),
            drained=("drain_seconds", "max"),
        )
        worst = worst.merge(ahead, on=_KEY, how="left")
    worst = worst.sort_values(["age", "lag_records"], ascending=False, na_position="last")
    names = ("group", "topic", "lag_records", "age", "written", "read", "retention", "lost")
    return table(
        "Groups that are behind, the oldest backlog first",
        {
            "Group": "text",
            "Topic": "text",
            "Records behind": "count",
            "Oldest unread": "seconds",
            "Written": "per_second",
            "Read": "per_second",
            "Retention": "seconds",
            "Deleted unread in": "seconds",
        },
        [tuple(_cell(row, name) for name in names) for row in worst.to_dict("records")],
    )


def _cell(row: dict[str, Any], name: str) -> Cell:
    value = row.get(name)
    return None if value is None or value != value else value


def _rebalanced(seen: Seen) -> Block | None:
    done = seen.held(Rebalances)
    if done is None or not len(done):
        return None
    by_group = done.rows.groupby("group")
    rows = by_group.agg(
        number=("completed_at", "size"),
        first=("completed_at", "min"),
        last=("completed_at", "max"),
        longest=("seconds", "max"),
        failed=("failed_before", "sum"),
        members=("member_count", "last"),
    ).sort_values("number", ascending=False)
    return table(
        "Rebalances, as far back as is known",
        {
            "Group": "text",
            "Rebalances": "count",
            "First": "time",
            "Last": "time",
            "Longest": "seconds",
            "Failed": "count",
            "Members": "count",
        },
        [
            (
                str(row.Index),
                int(row.number),
                row.first.isoformat(),
                row.last.isoformat(),
                float(row.longest) if row.longest == row.longest else None,
                int(row.failed),
                int(row.members),
            )
            for row in rows.itertuples()
        ],
    )
