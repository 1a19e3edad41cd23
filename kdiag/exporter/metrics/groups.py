"""Groups: state, members, and how far they are behind."""

from collections.abc import Iterator
from typing import Any

from kdiag.exporter.family import Family
from kdiag.exporter.seen import Seen

_GROUP, _TOPIC = ("consumergroup",), ("consumergroup", "topic")
_PARTITION = ("consumergroup", "topic", "partition")
_STATES = (
    "Stable",
    "Empty",
    "PreparingRebalance",
    "CompletingRebalance",
    "Assigning",
    "Reconciling",
    "NotReady",
    "Dead",
)
"""States that groups of all types have (GroupState of Kafka)."""

_INFO = Family(
    "kdiag_consumergroup",
    "A group; type is classic, consumer, share or streams; coordinator is a broker (ListGroups).",
    ("consumergroup", "type", "protocol_type", "coordinator"),
    kind="info",
    level="group",
)
_STATE = Family(
    "kdiag_consumergroup_state",
    "1 for the state that the group is in (ListGroups, and the describe of its type).",
    ("consumergroup", "state"),
    level="group",
)
_MEMBERS = Family(
    "kdiag_consumergroup_members",
    "Members of the group (the describe of its type).",
    _GROUP,
    level="group",
)
_LAG_HELP = (
    "Records from the committed offset, or the log start where that is higher, to the end; none "
    "where nothing is committed, or more than there is (OffsetFetch, ListOffsets)"
)
_AGE_HELP = (
    "Age of the oldest record that the group has not read, from the end offsets of earlier "
    "snapshots; at least so old where it is older than these, none where nothing tells"
)
_SUM = Family(
    "kdiag_consumergroup_sum_lag_records",
    f"Over all partitions: {_LAG_HELP}.",
    _GROUP,
    level="group",
)
_MAX = Family(
    "kdiag_consumergroup_max_lag_records",
    f"Of the worst partition: {_LAG_HELP}.",
    _GROUP,
    level="group",
)
_MAX_AGE = Family(
    "kdiag_consumergroup_max_lag_seconds",
    f"{_AGE_HELP}; of the worst partition.",
    _GROUP,
    level="group",
)
_LOST = Family(
    "kdiag_consumergroup_lost_records",
    "Records between the committed offset and the log start: deleted before the group read them, "
    "on all partitions (OffsetFetch, ListOffsets).",
    _GROUP,
    level="group",
)
_SLO = Family(
    "kdiag_consumergroup_lag_slo_seconds",
    "Lag that the group may have, as --lag-slo says; none for groups of which it says nothing.",
    _GROUP,
    level="group",
)
_TOPIC_SUM = Family(
    "kdiag_consumergroup_topic_lag_records",
    f"Over the partitions of a topic: {_LAG_HELP}.",
    _TOPIC,
    level="topic",
)
_TOPIC_AGE = Family(
    "kdiag_consumergroup_topic_max_lag_seconds",
    f"{_AGE_HELP}; of the worst partition of a topic.",
    _TOPIC,
    level="topic",
)
_LAG = Family("kdiag_consumergroup_lag_records", f"{_LAG_HELP}.", _PARTITION, level="partition")
_AGE = Family("kdiag_consumergroup_lag_seconds", f"{_AGE_HELP}.", _PARTITION, level="partition")
_COMMITTED = Family(
    "kdiag_consumergroup_committed_offset",
    "The offset that the group reads next, as it committed it (OffsetFetch).",
    _PARTITION,
    level="partition",
)


_OF_GROUP = {
    "lag_records": _SUM,
    "lag_seconds": _MAX_AGE,
    "max_lag_records": _MAX,
    "lost_records": _LOST,
}
_OF_TOPIC = {"lag_records": _TOPIC_SUM, "lag_seconds": _TOPIC_AGE}
_OF_PARTITION = {"lag_records": _LAG, "lag_seconds": _AGE, "committed_offset": _COMMITTED}


def groups(seen: Seen) -> Iterator[Family]:
    """Yield what is told of each group, and of its topics and partitions where they are shown."""
    yield from _described(seen)
    if seen.lag is None:
        return
    rows = seen.lag_by_group
    names = rows["group"].tolist()
    for column, family in _OF_GROUP.items():
        yield family.of(names, values=rows[column].tolist())
    if seen.shown.has("topic"):
        rows = seen.lag_by_topic
        places = (rows["group"].tolist(), rows["topic"].tolist())
        for column, family in _OF_TOPIC.items():
            yield family.of(*places, values=rows[column].tolist())
    if seen.shown.has("partition"):
        yield from _partitions(seen.lag, seen.shown.top)


def _described(seen: Seen) -> Iterator[Family]:
    rows = seen.groups
    if rows is None:
        return
    names = rows["group"].tolist()
    coordinators = rows["coordinator_id"].tolist()
    kinds = [[word or "" for word in rows[name]] for name in ("type", "protocol_type")]
    yield _INFO.of(names, *kinds, coordinators, values=[1] * len(names))
    yield _STATE.rows(
        [
            (group, state, int(_word(is_) == _word(state)))
            for group, is_ in zip(names, rows["state"], strict=True)
            if is_ is not None
            for state in _STATES
        ]
    )
    yield _MEMBERS.of(names, values=rows["members"].tolist())
    yield _SLO.of(names, values=[seen.shown.lag_slo(name) for name in names])


def _word(state: str) -> str:
    """Return a state without what its spellings differ in."""
    return state.replace("_", "").lower()


def _partitions(rows: Any, top: int) -> Iterator[Family]:
    if top:
        rows = rows.assign(lag_order=rows["lag_records"].fillna(-1)).nlargest(top, "lag_order")
    places = (rows["group"].tolist(), rows["topic"].tolist(), rows["partition"].tolist())
    for column, family in _OF_PARTITION.items():
        yield family.of(*places, values=rows[column].tolist())
