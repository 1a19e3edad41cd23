"""Committed offsets of topics that were deleted and made anew under the same name."""

from collections.abc import Iterator
from typing import Any

from kdiag.analysis.outside_commits import OutsideCommits
from kdiag.check import Earlier, derive
from kdiag.finding import NotApplicable
from kdiag.sections import CommitHistory, Commits, Partitions, Topics
from kdiag.snapshot import Missing, Table

_KEY = ["topic", "partition"]


class StaleCommits(Table):
    """One row a group and topic with an offset of an earlier topic of that name.

    known_by: topic-id (a commit names another one than the topic has; brokers write it since Kafka
    4.1) or leader-epoch (the commit has a later one than the partition). committed_at: the last
    commit that names another topic id, <NA> where the leader epoch tells.
    """

    noun = "offsets of earlier topics"
    needs_rows = False
    columns = {
        "group": "str",
        "topic": "str",
        "known_by": "str",
        "committed_at": "time",
    }


@derive()
def stale_commits(
    commits: Commits,
    partitions: Partitions,
    topics: Topics,
    before: Earlier[Commits] | None,
    history: CommitHistory | None,
    outside: OutsideCommits | None,
) -> StaleCommits | NotApplicable:
    """Find offsets that still stand and were committed for another topic.

    Leader epochs are compared with those of commits of the sample before, so that a leader that
    changes while the cluster is read deceives nobody. Without the history they are all that tells.
    """
    if not len(commits) and not commits.errors:
        return NotApplicable("there are no committed offsets")
    found: dict[tuple[str, str], dict[str, Any]] = {}
    is_unread = history is None and len(commits) > 0
    errors = {"topic ids of commits": _UNREAD} if is_unread else {}
    stale = [*_ahead(before, partitions), *_named(history, topics), *_beyond(outside)]
    standing = _standing(commits) if stale else set()
    for row in stale:
        key = (row["group"], row["topic"])
        if key in standing:
            found[key] = {**found.get(key, {}), **row}
    return StaleCommits.from_rows(list(found.values()), errors=errors)


def _standing(commits: Commits) -> set[tuple[str, str]]:
    return set(zip(*(commits.rows[name].tolist() for name in ("group", "topic")), strict=True))


_UNREAD = Missing("the history of commits was not read", "Read on Topic __consumer_offsets")


def _ahead(before: Commits | None, partitions: Partitions) -> Iterator[dict[str, Any]]:
    """Yield the groups that committed in a later leader epoch than their partition has."""
    if before is None:
        return
    rows = before.rows[["group", *_KEY, "leader_epoch"]].dropna(subset=["leader_epoch"])
    rows = rows.merge(partitions.rows[[*_KEY, "leader_epoch"]], on=_KEY, suffixes=("", "_now"))
    ahead = rows[(rows["leader_epoch"] > rows["leader_epoch_now"]).fillna(False)]
    for name, topic in ahead[["group", "topic"]].drop_duplicates().itertuples(index=False):
        yield {"group": name, "topic": topic, "known_by": "leader-epoch"}


def _named(history: CommitHistory | None, topics: Topics) -> Iterator[dict[str, Any]]:
    """Yield the groups whose last commit names the id of another topic."""
    if history is None:
        return
    rows = history.rows.sort_values("log_offset")
    last = rows.drop_duplicates(["group", *_KEY], keep="last").dropna(subset=["topic_id"])
    ids = topics.rows.dropna(subset=["topic_id"]).set_index("topic")["topic_id"]
    last = last.assign(now=last["topic"].map(ids)).dropna(subset=["now"])
    other = last[(last["topic_id"] != last["now"]) & ~last["is_tombstone"]]
    for row in other.sort_values("committed_at").itertuples():
        yield {
            "group": row.group,
            "topic": row.topic,
            "known_by": "topic-id",
            "committed_at": row.committed_at,
        }


def _beyond(outside: OutsideCommits | None) -> Iterator[dict[str, Any]]:
    """Yield the groups beyond the end of a log whose earlier commits were for another topic."""
    rows = (outside or OutsideCommits.of()).rows
    rows = rows[(rows["side"] == "beyond") & (rows["origin"] == "recreated")]
    for name, topic in rows[["group", "topic"]].drop_duplicates().itertuples(index=False):
        yield {"group": name, "topic": topic}
