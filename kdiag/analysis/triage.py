"""Why a group is behind on a topic: one verdict each, by rules in the order of what excludes what.

A rule looks at one group and topic, with all partitions and members, and either names the state of
affairs or passes on to the next. The words are those of the checks, where one is named after it.
"""

from typing import Any

from kdiag.analysis.aborted import AbortedWrites
from kdiag.analysis.forecast import LagForecast
from kdiag.analysis.group_past import GroupPast
from kdiag.analysis.lag import OLD_SECONDS, PartitionLag
from kdiag.analysis.lag_case import Case, Casebook, cases
from kdiag.analysis.lag_rules import Verdict, judge
from kdiag.analysis.sink_flushes import SinkFlushes
from kdiag.analysis.topic_input import TopicInput
from kdiag.check import derive
from kdiag.sections import GenerationHistory, Groups, Members
from kdiag.snapshot import Table

CONSUMERS = ("consumer", "streams", "")
"""Protocol types whose committed offsets are read by the group itself; Connect workers, schema
registries and others use groups to elect a leader and commit nothing, share groups keep their own
accounts."""


class LagVerdicts(Table):
    """One row a group and topic: the state of affairs.

    verdict: the id of a check (slow-consumer, partition-ceiling, producer-burst, hot-partition,
    slow-member, stuck-consumer, poison-record, static-zombie, unowned-partition, group-dead,
    abandoned-topic, reader-blocked-by-transaction, lag-growing), or caught-up, moving (reads, and
    what is unread is young or drains), rebalancing, periodic (empty or silent, as often before),
    waiting (behind, but too little or too young to judge). confidence: of the verdict. reason: what
    is not known where it is not certain. culprit_members, culprit_partitions: member ids and
    partitions that it names.
    oldest_unread_seconds: at least, of the oldest partition; _upper_: at most. over_seconds,
    rates_from: of the rates, see PartitionLag. baseline_per_second: what was written before that.
    stands_seconds: how long no offset of the culprits has moved; repeats: commits meanwhile.
    emptied_at: when the group lost its last member. drain_seconds, lost_in_seconds,
    retention_seconds: see LagForecast, of the partition that drains last or loses first.
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
        "confidence": "str",
        "reason": "str",
        "culprit_members": "object",
        "culprit_partitions": "object",
        "lag_records": "int",
        "lag_then_records": "int",
        "produced_per_second": "float",
        "consumed_per_second": "float",
        "baseline_per_second": "float",
        "over_seconds": "float",
        "rates_from": "str",
        "oldest_unread_seconds": "float",
        "oldest_unread_upper_seconds": "float",
        "partitions": "int",
        "partitions_behind": "int",
        "stands_seconds": "float",
        "repeats": "int",
        "usual_gap_seconds": "float",
        "emptied_at": "time",
        "drain_seconds": "float",
        "lost_in_seconds": "float",
        "retention_seconds": "float",
    }


@derive()
def lag_verdicts(
    lag: PartitionLag,
    groups: Groups,
    members: Members,
    input_: TopicInput | None,
    past: GroupPast | None,
    generations: GenerationHistory | None,
    forecast: LagForecast | None,
    aborted: AbortedWrites | None,
    sinks: SinkFlushes | None,
) -> LagVerdicts:
    """Judge each group and topic; groups that are no consumers are left out."""
    kinds = groups.rows[groups.rows["protocol_type"].isin(CONSUMERS)]
    kinds = kinds[["group", "type", "protocol_type", "state"]]
    rows = _by_topic(lag.rows).merge(kinds, on="group", how="inner")
    counted = rows["group"].map(members.rows.groupby("group").size())
    rows["members"] = counted.fillna(0).astype("int64")
    rows = _with_forecast(rows, forecast)
    details = _details(input_, past, aborted, groups)
    _add_files(details, sinks)
    rows["baseline_per_second"] = [
        details.get(f"topic {name}", {}).get("baseline_per_second") for name in rows["topic"]
    ]
    rows["emptied_at"] = rows["group"].map(_emptied(past))
    open_ = rows[rows["partitions_behind"] > 0]
    casebook = Casebook(lag, members, generations, set(open_["group"]))
    judged = {case.key: _said(case, judge(case)) for case in cases(casebook, open_, details)}
    keys = zip(rows["group"], rows["topic"], strict=True)
    said = [
        judged.get(key) or _settled(row) for key, row in zip(keys, rows.itertuples(), strict=True)
    ]
    columns = {name: rows[name] for name in LagVerdicts.columns if name in rows}
    return LagVerdicts.of({**columns, **{name: [one[name] for one in said] for name in _SAID}})


_SAID = (
    "verdict",
    "confidence",
    "reason",
    "culprit_members",
    "culprit_partitions",
    "stands_seconds",
    "repeats",
)


def _by_topic(rows: Any) -> Any:
    """Sum the partitions of each group and topic; a bound that one lacks, the whole lacks."""
    upper = rows["oldest_unread_upper_seconds"]
    is_open = rows["oldest_unread_seconds"].notna() & upper.isna()
    rows = rows.assign(
        behind=rows["oldest_unread_seconds"] >= OLD_SECONDS,
        rates_from=rows["rates_from"].astype("category").cat.as_ordered(),
        oldest_unread_upper_seconds=upper.mask(is_open, float("inf")),
    )
    summed = rows.groupby(["group", "topic"], as_index=False, sort=False).agg(
        lag_records=("lag_records", "sum"),
        lag_then_records=("lag_then_records", "sum"),
        produced_per_second=("produced_per_second", "sum"),
        consumed_per_second=("consumed_per_second", "sum"),
        over_seconds=("over_seconds", "max"),
        rates_from=("rates_from", "min"),
        oldest_unread_seconds=("oldest_unread_seconds", "max"),
        oldest_unread_upper_seconds=("oldest_unread_upper_seconds", "max"),
        partitions=("partition", "size"),
        partitions_behind=("behind", "sum"),
        usual_gap_seconds=("usual_gap_seconds", "max"),
        written_lately=("written_lately", "any"),
    )
    known = summed["oldest_unread_upper_seconds"]
    return summed.assign(
        oldest_unread_upper_seconds=known.where(known < float("inf")),
        rates_from=summed["rates_from"].astype("object"),
    )


def _details(
    input_: TopicInput | None,
    past: GroupPast | None,
    aborted: AbortedWrites | None,
    groups: Groups,
) -> dict[str, dict[str, Any]]:
    """Return `topic NAME` or `group NAME` → what the rules want to know of it."""
    found: dict[str, dict[str, Any]] = {}
    for row in aborted.rows.itertuples() if aborted is not None else ():
        each = found.setdefault(f"topic {row.topic}", {"aborted_seconds": {}})
        each["aborted_seconds"][row.partition] = row.seconds
    for topic in input_.rows.itertuples() if input_ is not None else ():
        if topic.baseline_per_second == topic.baseline_per_second:
            each = found.setdefault(f"topic {topic.topic}", {})
            each["baseline_per_second"] = topic.baseline_per_second
    for group in past.rows.itertuples() if past is not None else ():
        is_empty = group.emptied_at == group.emptied_at
        found[f"group {group.group}"] = {
            "empty_seconds": (groups.read_at - group.emptied_at).total_seconds()
            if is_empty
            else None,
            "empty_count": int(group.empty_count),
            "longest_empty_seconds": group.longest_empty_seconds if group.empty_count else None,
        }
    return found


def _add_files(details: dict[str, dict[str, Any]], sinks: SinkFlushes | None) -> None:
    """Add what closes the files of sinks to what is known of their groups."""
    for row in sinks.rows[sinks.rows["is_known"]].itertuples() if sinks is not None else ():
        rotation = row.rotation_seconds
        details.setdefault(f"group {row.group}", {}).update(
            file_records=int(row.flush_records),
            file_seconds=rotation if rotation == rotation else 0.0,
        )


def _emptied(past: GroupPast | None) -> dict[str, Any]:
    if past is None:
        return {}
    return dict(zip(past.rows["group"], past.rows["emptied_at"], strict=True))


def _with_forecast(rows: Any, forecast: LagForecast | None) -> Any:
    """Add the latest end of draining and the earliest loss of any partition."""
    known = (forecast or LagForecast.of()).rows
    known = known.assign(drain_seconds=known["drain_seconds"].fillna(float("inf")))
    summed = known.groupby(["group", "topic"], as_index=False).agg(
        drain_seconds=("drain_seconds", "max"),
        lost_in_seconds=("lost_in_seconds", "min"),
        retention_seconds=("retention_seconds", "min"),
    )
    summed["drain_seconds"] = summed["drain_seconds"].where(summed["drain_seconds"] < float("inf"))
    return rows.merge(summed, on=["group", "topic"], how="left")


def _said(case: Case, verdict: Verdict) -> dict[str, Any]:
    """Return the columns of a verdict, with how long the partitions that it names have stood."""
    named = [part for part in case.parts if part.partition in verdict.partitions] or case.parts
    stands = [part.stands_seconds for part in named if part.stands_seconds is not None]
    return {
        "verdict": verdict.word,
        "confidence": verdict.confidence,
        "reason": verdict.reason,
        "culprit_members": verdict.members,
        "culprit_partitions": verdict.partitions,
        "stands_seconds": min(stands, default=None),
        "repeats": max((part.repeats for part in named), default=0),
    }


def _settled(row: Any) -> dict[str, Any]:
    """Return the columns of a group that is not behind with anything old."""
    word = "caught-up"
    if row.lag_records > 0:
        word = "moving" if row.consumed_per_second > 0 else "waiting"
    nothing: tuple[Any, ...] = ()
    values = (word, "certain", None, nothing, nothing, None, 0)
    return dict(zip(_SAID, values, strict=True))
