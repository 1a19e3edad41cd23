"""Whether streams groups have the topics that their topology needs (KIP-1071)."""

from collections.abc import Iterable
from datetime import datetime

from kdiag.analysis.member_lives import MemberLives
from kdiag.check import Earlier, derive
from kdiag.sections import Groups, StreamsTopologies, Topics
from kdiag.snapshot import Missing, Table

_NOT_READY, _EMPTY = "NotReady", "Empty"  # StreamsGroupState of Kafka


class StreamsReadiness(Table):
    """One row a streams group.

    waits: it is NotReady in both samples. emptied_at: when the last member left a group that is
    Empty, where the past of groups tells it; emptied_seconds: how long ago.
    missing_source_topics, missing_internal_topics: topics of its topology that do not exist, in
    order; internal ones are repartition topics and changelogs.
    """

    noun = "streams groups"
    columns = {
        "group": "str",
        "waits": "bool",
        "emptied_at": "time",
        "emptied_seconds": "float",
        "missing_source_topics": "object",
        "missing_internal_topics": "object",
    }


@derive()
def streams_readiness(
    groups: Groups,
    topologies: StreamsTopologies,
    topics: Topics,
    groups_before: Earlier[Groups] | None,
    lives: MemberLives | None,
) -> StreamsReadiness | Missing:
    """Compare the topologies of streams groups with the topics that exist."""
    streams = groups.rows[groups.rows["type"] == "streams"]
    waiting = _not_ready(groups)
    if waiting and groups_before is None:
        return Missing("only one sample was taken", "--sample-seconds")
    waiting &= set() if groups_before is None else _not_ready(groups_before)
    existing = set(topics.rows["topic"])
    emptied = {} if lives is None else _emptied(groups, lives)
    rows = []
    for name in streams["group"]:
        parts = topologies.rows[topologies.rows["group"] == name]
        internal = [*parts["repartition_source_topics"], *parts["changelog_topics"]]
        rows.append(
            {
                "group": name,
                "waits": name in waiting,
                "emptied_at": emptied.get(name),
                "emptied_seconds": _seconds(emptied.get(name), groups.read_at),
                "missing_source_topics": _missing(parts["source_topics"], existing),
                "missing_internal_topics": _missing(internal, existing),
            }
        )
    return StreamsReadiness.from_rows(rows)


def _not_ready(groups: Groups) -> set[str]:
    rows = groups.rows
    return set(rows[(rows["type"] == "streams") & (rows["state"] == _NOT_READY)]["group"])


def _emptied(groups: Groups, lives: MemberLives) -> dict[str, datetime]:
    """Return group → when its last member left, for those that are Empty."""
    rows = groups.rows
    empty = rows[(rows["type"] == "streams") & (rows["state"] == _EMPTY)]["group"]
    ended = lives.rows[lives.rows["group"].isin(empty)].groupby("group")["ended_at"].max().dropna()
    return {name: at.to_pydatetime() for name, at in ended.items()}


def _seconds(then: datetime | None, now: datetime) -> float | None:
    return None if then is None else (now - then).total_seconds()


def _missing(topics: Iterable[tuple[str, ...]], existing: set[str]) -> tuple[str, ...]:
    return tuple(sorted({name for names in topics for name in names} - existing))
