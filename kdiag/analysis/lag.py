"""How far each group is behind, how that changes, and what state of affairs it amounts to.

Two samples a few seconds apart say what moves. They cannot say since when, and a consumer that
commits every five seconds (auto.commit.interval.ms) looks frozen between two commits. The end
offset of some time ago closes that gap: a committed offset below it has an unread record at least
that old, whatever the rhythm of the commits.
"""

from typing import Any

from kdiag.check import Earlier, derive
from kdiag.finding import NotApplicable
from kdiag.sections import Commits, EndOffsetHistory, Groups, Members, Offsets
from kdiag.snapshot import Table

REBALANCING = ("PreparingRebalance", "CompletingRebalance", "Assigning", "Reconciling")
"""States in which members have no settled assignment (GroupState and ConsumerGroup of Kafka)."""

OLD_SECONDS = 30
"""Age from which an unread record is backlog: six times the default auto.commit.interval.ms."""

STALE_SECONDS = 600
"""Age from which a backlog cannot be explained by a slow rhythm of commits any more."""

GROWTH_RATIO = 1.3
"""Least ratio of input to progress that two samples can tell from the rhythm of commits.

In a window of 6 s a consumer that commits every 5 s shows 5/6 of its progress at worst."""

_KEY = ["topic", "partition"]


class PartitionLag(Table):
    """One row a group and partition that it committed for: how far behind, and what moved.

    lag_records: end offset minus committed offset; what retention deleted counts as not read
    (below the log start). oldest_unread_seconds: age that the oldest unread record has at least;
    <NA> where it is younger than was asked for, or the past was not asked. written_lately: the
    partition grew in the window or since the oldest time asked for. window_seconds: between the
    samples. committed_before, end_before: <NA> where the earlier sample lacks them.
    """

    noun = "committed offsets"
    columns = {
        "group": "str",
        "topic": "str",
        "partition": "int",
        "committed_offset": "int",
        "log_start_offset": "int",
        "end_offset": "int",
        "last_stable_offset": "int",
        "lag_records": "int",
        "committed_before": "int",
        "end_before": "int",
        "window_seconds": "float",
        "oldest_unread_seconds": "float",
        "oldest_unread_upper_seconds": "float",
        "written_lately": "bool",
    }


class LagVerdicts(Table):
    """One row a group and topic: the state of affairs.

    verdict: caught_up, moving (keeps up or drains), growing, stuck, dead, rebalancing, waiting
    (behind, but too little or too young to judge). produced_per_second, consumed_per_second: in
    the window. oldest_unread_seconds: at least, of the oldest partition; _upper_: at most.
    partitions_behind: with a backlog older than OLD_SECONDS. stuck: tuple of (partition, member
    id) where the committed offset stood although the member had a backlog, and stood on
    everything else that the member is behind on: a slow member that works through its partitions
    in turn is not stuck.
    """

    noun = "groups with committed offsets"
    columns = {
        "group": "str",
        "topic": "str",
        "type": "str",
        "protocol_type": "str",
        "state": "str",
        "members": "int",
        "verdict": "str",
        "lag_records": "int",
        "lag_before_records": "int",
        "window_seconds": "float",
        "produced_per_second": "float",
        "consumed_per_second": "float",
        "oldest_unread_seconds": "float",
        "oldest_unread_upper_seconds": "float",
        "partitions": "int",
        "partitions_behind": "int",
        "stuck": "object",
    }


@derive()
def partition_lag(
    commits: Commits,
    offsets: Offsets,
    commits_before: Earlier[Commits],
    offsets_before: Earlier[Offsets],
    history: EndOffsetHistory | None,
) -> PartitionLag | NotApplicable:
    """Join committed and end offsets of both samples with the end offsets of the past."""
    known = commits.rows[commits.rows["committed_offset"].notna()]
    log = offsets.rows[[*_KEY, "log_start_offset", "end_offset", "last_stable_offset"]]
    rows = known[["group", *_KEY, "committed_offset"]].merge(log, on=_KEY, how="inner")
    rows = rows[rows["end_offset"].notna()]
    before = commits_before.rows[["group", *_KEY, "committed_offset"]]
    rows = rows.merge(
        before.rename(columns={"committed_offset": "committed_before"}),
        on=["group", *_KEY],
        how="left",
    )
    ends = offsets_before.rows[[*_KEY, "end_offset"]]
    rows = rows.merge(ends.rename(columns={"end_offset": "end_before"}), on=_KEY, how="left")
    rows["window_seconds"] = (commits.read_at - commits_before.read_at).total_seconds()
    rows["lag_records"] = (rows["end_offset"] - rows["committed_offset"]).clip(lower=0)
    rows = _with_ages(rows, history)
    return PartitionLag(rows=rows[list(PartitionLag.columns)].reset_index(drop=True))


def _with_ages(rows: Any, history: EndOffsetHistory | None) -> Any:
    """Add the bounds of the age of each backlog, and whether its partition is written to."""
    grew = rows["end_offset"].gt(rows["end_before"]).fillna(False).astype("bool")
    if history is None or not len(history):
        nothing = float("nan")
        return rows.assign(
            oldest_unread_seconds=nothing, oldest_unread_upper_seconds=nothing, written_lately=grew
        )
    past = history.rows[[*_KEY, "age_seconds", "end_offset"]]
    past = past.rename(columns={"end_offset": "end_then"})
    behind = rows[rows["lag_records"] > 0][[*_KEY, "committed_offset", "end_offset"]]
    pairs = behind.reset_index().merge(past, on=_KEY)
    is_older = pairs["committed_offset"] < pairs["end_then"]
    lower = pairs[is_older].groupby("index")["age_seconds"].max()
    upper = pairs[~is_older].groupby("index")["age_seconds"].min()
    written = pairs[pairs["end_then"] < pairs["end_offset"]]["index"].unique()
    return rows.assign(
        oldest_unread_seconds=lower.reindex(rows.index),
        oldest_unread_upper_seconds=upper.reindex(rows.index),
        written_lately=grew | rows.index.isin(written),
    )


def ages_of(row: Any) -> dict[str, int]:
    """Return the age of the oldest unread record as evidence, with the bounds that are known."""
    ages = {"oldest_unread_at_least_seconds": round(row.oldest_unread_seconds)}
    if row.oldest_unread_upper_seconds == row.oldest_unread_upper_seconds:
        ages["oldest_unread_at_most_seconds"] = round(row.oldest_unread_upper_seconds)
    return ages


@derive()
def lag_verdicts(lag: PartitionLag, groups: Groups, members: Members) -> LagVerdicts:
    """Judge each group and topic; groups that are no consumers are left out.

    Share groups keep their own accounts and Connect workers commit nothing.
    """
    kinds = groups.rows[groups.rows["protocol_type"].isin(["consumer", "streams", ""])]
    kinds = kinds[["group", "type", "protocol_type", "state"]]
    partitions = _moving(lag.rows)
    rows = _by_topic(partitions).merge(kinds, on="group", how="inner")
    counted = members.rows.groupby("group").size()
    rows["members"] = rows["group"].map(counted).fillna(0).astype("int64")
    stuck = _stuck(partitions, members)
    keys = zip(rows["group"], rows["topic"], strict=True)
    rows["stuck"] = [tuple(stuck.get(key, ())) for key in keys]
    rows["verdict"] = [_verdict(row) for row in rows.itertuples()]
    return LagVerdicts(rows=rows[list(LagVerdicts.columns)])


def _moving(rows: Any) -> Any:
    """Add what each partition did in the window, and whether its backlog is old."""
    return rows.assign(
        behind=rows["oldest_unread_seconds"] >= OLD_SECONDS,
        stood=(rows["committed_offset"] == rows["committed_before"]).fillna(False),
        produced=(rows["end_offset"] - rows["end_before"]).clip(lower=0).fillna(0),
        consumed=(rows["committed_offset"] - rows["committed_before"]).clip(lower=0).fillna(0),
        lag_before=(rows["end_before"] - rows["committed_before"]).clip(lower=0),
    )


def _by_topic(rows: Any) -> Any:
    """Sum the partitions of each group and topic."""
    summed = rows.groupby(["group", "topic"], as_index=False, sort=False).agg(
        lag_records=("lag_records", "sum"),
        lag_before_records=("lag_before", "sum"),
        window_seconds=("window_seconds", "first"),
        produced=("produced", "sum"),
        consumed=("consumed", "sum"),
        oldest_unread_seconds=("oldest_unread_seconds", "max"),
        oldest_unread_upper_seconds=("oldest_unread_upper_seconds", "max"),
        partitions=("partition", "size"),
        partitions_behind=("behind", "sum"),
        written_lately=("written_lately", "any"),
    )
    summed["produced_per_second"] = summed["produced"] / summed["window_seconds"]
    summed["consumed_per_second"] = summed["consumed"] / summed["window_seconds"]
    return summed


def _stuck(rows: Any, members: Members) -> dict[tuple[str, str], list[tuple[int, str]]]:
    """Return (group, topic) → partitions whose owner moves on nothing that it is behind on."""
    behind = rows[rows["behind"]]
    suspects = behind[behind["stood"]]["group"].unique()
    owners = _owners(members, suspects)
    behind = behind[behind["group"].isin(suspects)]
    keys = list(zip(behind["group"], behind["topic"], behind["partition"], strict=True))
    stood = behind["stood"].tolist()
    advancing = {owners.get(key) for key, stands in zip(keys, stood, strict=True) if not stands}
    found: dict[tuple[str, str], list[tuple[int, str]]] = {}
    for key, stands in zip(keys, stood, strict=True):
        owner = owners.get(key)
        if stands and owner is not None and owner not in advancing:
            found.setdefault(key[:2], []).append((int(key[2]), owner[1]))
    return found


def _owners(members: Members, groups: Any) -> dict[tuple[str, str, int], tuple[str, str]]:
    """Return (group, topic, partition) → (group, member id) for the groups named."""
    rows = members.rows[members.rows["group"].isin(groups)]
    return {
        (member.group, topic, partition): (member.group, member.member_id)
        for member in rows.itertuples()
        for topic, partition in member.assignment or ()
    }


def _verdict(row: Any) -> str:
    """Return the verdict of one group and topic; see LagVerdicts for the words."""
    if row.lag_records == 0:
        return "caught_up"
    if row.partitions_behind == 0:
        return "moving" if row.consumed_per_second > 0 else "waiting"
    if not row.written_lately:
        return "moving" if row.consumed_per_second > 0 else "waiting"
    if row.consumed_per_second == 0 and row.members == 0:
        return "dead"
    if row.consumed_per_second == 0 and row.state in REBALANCING:
        return "rebalancing"
    if row.stuck:
        return "stuck"
    is_losing = row.produced_per_second >= GROWTH_RATIO * row.consumed_per_second
    return "growing" if is_losing and row.lag_records > row.lag_before_records else "moving"
